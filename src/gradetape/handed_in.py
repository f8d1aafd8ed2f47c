"""Read a submission of a course directory as nbgrader's autograding will see it, without touching anything.

What is graded ahead of nbgrader has to be what nbgrader then asks for. Where the two differ after all (a course with
sanitizing of its own), nbgrader's way grades again; nothing is wrong, it is only slower.
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from gradetape import attached, folders, notebook, sanitize, submitting
from gradetape.submissions import Submission, versions

if TYPE_CHECKING:
    from gradetape.course import Assignment, Course

__all__ = ["Places", "fingerprint", "learners", "plain_fingerprint", "submission"]

_MOST_NOTEBOOKS = 200
_ANY = "\0"
"""Stands for any learner's name where a path is made; no name holds it."""


class Places:
    """Where nbgrader keeps things in a course directory, and which files it passes over."""

    def __init__(self, api: Any) -> None:
        self._coursedir = api.coursedir
        self._excluded = api.config.Autograde.exclude_overwriting
        self._overwriting: dict[str, dict[str, bytes]] = {}

    def submitted(self, student: str, assignment: str) -> Path:
        """Return the folder of what was handed in."""
        return self._path(self._coursedir.submitted_directory, student, assignment)

    def autograded(self, student: str, assignment: str) -> Path:
        """Return the folder of what was graded."""
        return self._path(self._coursedir.autograded_directory, student, assignment)

    def feedback(self, student: str, assignment: str) -> Path:
        """Return the folder of the feedback pages."""
        return self._path(self._coursedir.feedback_directory, student, assignment)

    def overwriting(self, assignment: str) -> dict[str, bytes]:
        """Return the files of the source folder that take the place of a learner's; they are read once."""
        if assignment not in self._overwriting:
            self._overwriting[assignment] = self._read_overwriting(assignment)
        return self._overwriting[assignment]

    def _read_overwriting(self, assignment: str) -> dict[str, bytes]:
        folder = self._path(self._coursedir.source_directory, ".", assignment)
        kept = self._excluded.get(assignment, []) if isinstance(self._excluded, dict) else []
        copied = {path.relative_to(folder).as_posix() for path in self.passed_on(folder)} - set(kept)
        return {name: data for name, data in attached.read(folder)[0].items() if name in copied}

    def passed_on(self, folder: Path) -> list[Path]:
        """List the files of a folder that nbgrader copies."""
        return [Path(name) for name in folders.copied(folder, [*self._coursedir.ignore, "*.ipynb"])]

    def _path(self, part: str, student: str, assignment: str) -> Path:
        return Path(self._coursedir.format_path(part, student, assignment))


def learners(api: Any, assignment: str) -> set[str]:
    """List of whom something is in submitted/, whatever it is and whatever they are called."""
    coursedir = api.coursedir
    place = coursedir.format_path(coursedir.submitted_directory, _ANY, assignment)
    name, again = "(?P<who>[^/]*)", "(?P=who)"
    where = re.compile(re.escape(place).replace(re.escape(_ANY), name, 1).replace(re.escape(_ANY), again))
    found = (where.fullmatch(path) for path in glob.glob(glob.escape(place).replace(_ANY, "*")))  # noqa: PTH207
    return {match["who"] for match in found if match}


def submission(places: Places, assignment: Assignment, student: str) -> Submission | None:
    """Read a submission and bring it to the release's shape; None when there is no notebook that can be read."""
    folder = places.submitted(student, assignment.id)
    data = attached.read_plain(folder / f"{assignment.id}.ipynb", most=notebook.MAX_BYTES)
    if data is None:
        return None
    try:
        nb = notebook.read(data)
    except notebook.NotebookError:
        return None
    sanitize.unmark(nb)
    sanitize.restore(nb, assignment.release_notebook)
    sanitize.without_hidden_tests(nb, assignment.released, assignment.tested_questions)
    files, notes = _files(places, folder, assignment.id)
    return Submission(nbformat.writes(nb).encode(), files, tuple(notes))


def _files(places: Places, folder: Path, assignment: str) -> tuple[dict[str, bytes], list[str]]:
    """Read the attached files that will be copied; the instructor's of the same name take their place."""
    sifted = attached.sift(folder)
    files, notes = attached.read(folder, among=sifted.kept)
    given = places.overwriting(assignment)
    if files:
        passed_on = {path.relative_to(folder).as_posix() for path in places.passed_on(folder)}
        gone = tuple(f"{name}/" for name in submitting.clashes(folder, given))
        files = {
            name: data
            for name, data in files.items()
            if name in passed_on and not f"{name}/".startswith(gone or ("\0",))
        }
    return files | given, [*attached.left_out(sifted, folder), *notes]


def plain_fingerprint(places: Places, course: Course, assignment: str, student: str, settings: bytes) -> str:
    """Return the same of a plain assignment: all that was handed in, the instructor's files, the settings."""
    total = hashlib.sha256(
        f"{course.stamp(assignment)}\0{course.data}\0{versions()}\0".encode(errors="surrogateescape") + settings
    )
    folder = places.submitted(student, assignment)
    own = {path.name for path in course.folder("source", assignment).glob("*.ipynb")}
    notebooks = sorted(folder.glob("*.ipynb"), key=lambda path: (path.name not in own, path.name))
    _add_files(total, folder, [*notebooks[:_MOST_NOTEBOOKS], folder / attached.TIMESTAMP])
    return total.hexdigest()


def fingerprint(places: Places, assignment: Assignment, student: str, settings: bytes) -> str:
    """Return a digest of all that decides what is recorded: the submission's bytes, the assignment, the settings."""
    total = hashlib.sha256(f"{assignment.digest}\0{versions()}\0".encode() + settings)
    folder = places.submitted(student, assignment.id)
    _add_files(total, folder, [folder / f"{assignment.id}.ipynb", folder / attached.TIMESTAMP])
    return total.hexdigest()


def _add_files(total: Any, folder: Path, first: list[Path]) -> None:
    for path in [*first, *attached.plain_files(folder, among=attached.sift(folder).kept)]:
        most = notebook.MAX_BYTES if path.suffix == ".ipynb" else attached.MOST_BYTES
        data = attached.read_plain(path, most=most)
        fault = "" if data is not None else attached.fault(path, most=most) or "it changed"
        content = fault.encode() if data is None else data
        name = os.fsencode(path.relative_to(folder))
        total.update(b"%s\0%d\0%d\0" % (name, bool(fault), len(content)) + content)
