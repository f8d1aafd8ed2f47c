"""The course directory: where an assignment's parts lie, read into plain data.

`Assignment` is what `grade` needs and nothing more, as bytes: it can travel to another process or
machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from glob import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from gradetape import alternatives, mistakes, sanitize, written
from gradetape import notebook as notebooks
from gradetape.attached import plain_files
from gradetape.ids import id_problem, module_name
from gradetape.policy import Policy, PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

__all__ = ["Assignment", "Course", "CourseError", "read_files"]

PROOFS = ("alternatives.py", "equivalent.toml")
"""Files of `graders/<assignment>/` that prove the grader and decide no verdict."""


class CourseError(Exception):
    """A course directory or assignment that cannot be used; the text says what to do."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """One assignment as plain data.

    `source` is the instructor's notebook, `release` the learner's, `graders` the files of
    `graders/<id>/` by relative name, `files` the companions that lie beside the notebook, `proofs` those
    files of `graders/<id>/` that only `gradetape check` reads.
    """

    id: str
    source: bytes
    release: bytes | None
    graders: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    proofs: dict[str, bytes] = field(default_factory=dict)
    data: str = ""
    """What tells the folders of data that guests may read from others, and from what they held before."""

    @cached_property
    def notebook(self) -> notebooks.Notebook:
        """The instructor's notebook."""
        try:
            return notebooks.read(self.source)
        except notebooks.NotebookError as error:
            raise CourseError(f"Assignment {self.id!r}: source/{self.id}/{self.id}.ipynb: {error}") from None

    @cached_property
    def questions(self) -> tuple[notebooks.Question, ...]:
        """All graded cells, in order."""
        try:
            return notebooks.questions(self.notebook)
        except notebooks.NotebookError as error:
            raise CourseError(f"Assignment {self.id!r}: source/{self.id}/{self.id}.ipynb: {error}") from None

    @cached_property
    def release_notebook(self) -> notebooks.Notebook:
        """The learner's notebook as it was released.

        Raises:
            CourseError: nothing was released yet.
        """
        if self.release is None:
            raise CourseError(
                f"Assignment {self.id!r} has no release/{self.id}/{self.id}.ipynb. "
                f"Run `nbgrader generate_assignment {self.id}` first."
            )
        try:
            return notebooks.read(self.release)
        except notebooks.NotebookError as error:
            raise CourseError(f"Assignment {self.id!r}: release/{self.id}/{self.id}.ipynb: {error}") from None

    @cached_property
    def released(self) -> dict[str, str]:
        """The released cells by `grade_id`; {} when nothing was released yet."""
        return notebooks.grade_ids(self.release_notebook) if self.release else {}

    @cached_property
    def _mistakes(self) -> tuple[tuple[mistakes.Mistake, ...], tuple[str, ...]]:
        text = self.graders.get("mistakes.py", b"").decode()
        return mistakes.parse(text, self.questions, where=f"graders/{self.id}/mistakes.py")

    @property
    def mistakes(self) -> tuple[mistakes.Mistake, ...]:
        """The known mistakes."""
        return self._mistakes[0]

    @property
    def mistake_problems(self) -> tuple[str, ...]:
        """What is wrong with mistakes.py, in words."""
        return self._mistakes[1]

    @cached_property
    def _alternatives(self) -> tuple[tuple[alternatives.Alternative, ...], tuple[str, ...]]:
        text = self.proofs.get("alternatives.py", b"").decode()
        return alternatives.parse(text, self.questions, where=f"graders/{self.id}/alternatives.py")

    @property
    def alternatives(self) -> tuple[alternatives.Alternative, ...]:
        """The accepted alternatives."""
        return self._alternatives[0]

    @property
    def alternative_problems(self) -> tuple[str, ...]:
        """What is wrong with alternatives.py, in words."""
        return self._alternatives[1]

    @property
    def visible_checks(self) -> tuple[str, ...]:
        """The graded cells that hold no answer: learners see them, and they decide no mark."""
        return tuple(q.name for q in self.questions if q.name not in q.answers)

    @property
    def settings(self) -> dict[str, Any]:
        """What the notebook's metadata asks for under `gradetape` (limits, datasets)."""
        settings = self.notebook.get("metadata", {}).get("gradetape", {})
        return dict(settings) if isinstance(settings, dict) else {}

    @property
    def datasets(self) -> tuple[str, ...]:
        """The stand-in data sets that the notebook loads."""
        names = self.settings.get("datasets", [])
        return tuple(map(str, names)) if isinstance(names, list) else ()

    @property
    def policy(self) -> Policy:
        """The limits of this assignment's guests."""
        limits = self.settings.get("limits", {})
        try:
            return Policy().merged(dict(limits), where=f"Assignment {self.id!r}, notebook metadata gradetape.limits")
        except (PolicyError, TypeError, ValueError) as error:
            raise CourseError(str(error)) from None

    @cached_property
    def test_files(self) -> tuple[str, ...]:
        """The files of hidden tests in `graders/<id>/`: pytest's two patterns, or the assignment's own name."""
        names = {f"{self.id}.py", f"{module_name(self.id)}.py"}
        return tuple(
            sorted(name for name in self.graders if PurePosixPath(name).name in names or written.is_test_file(name))
        )

    @property
    def has_tests(self) -> bool:
        """Whether there are hidden tests at all; without them nbgrader's own rule holds."""
        return bool(self.test_files)

    @cached_property
    def misspelt_questions(self) -> tuple[str, ...]:
        """What `@question("…")` names in the text of hidden tests, but is no graded cell of the notebook."""
        known = {q.name for q in self.questions}
        named = {name for file in self.test_files for name in written.asked(self.graders[file])}
        return tuple(sorted(named - known))

    @cached_property
    def uncollected(self) -> tuple[str, ...]:
        """Say which hidden tests pytest would pass by, as far as their text tells, and why."""
        return written.faults(self.graders, self.test_files)

    @cached_property
    def tested_questions(self) -> frozenset[str]:
        """The questions that hidden tests are marked with, found in the text of the tests, which are not run for it."""
        words = {word for name in self.graders if name.endswith(".py") for word in written.asked(self.graders[name])}
        return frozenset(q.name for q in self.questions if q.name in words)

    @cached_property
    def doubtful_blocks(self) -> tuple[str, ...]:
        """Checks with nbgrader's block of hidden tests of which nobody can tell whether a test in graders/ judges them.

        So it is where a mark does not say its question as a text.
        """
        if not any(written.is_unclear(data) for name, data in self.graders.items() if name.endswith(".py")):
            return ()
        sources = notebooks.grade_ids(self.notebook)
        open_ones = [q.name for q in self.questions if not q.manual and q.name not in self.tested_questions]
        return tuple(name for name in open_ones if sanitize.hidden_lines(sources[name]))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that decides a verdict, except the submission."""
        total = hashlib.sha256()
        parts = {"id": self.id.encode(), "source": self.source, "release": self.release or b""}
        parts |= {"data": self.data.encode(errors="surrogateescape")} if self.data else {}
        parts |= {f"graders/{name}": data for name, data in self.graders.items()}
        parts |= {f"files/{name}": data for name, data in self.files.items()}
        for name, data in sorted(parts.items()):
            total.update(f"{name}\0{len(data)}\0".encode() + data)
        return total.hexdigest()


class Course:
    """A course directory, by its root.

    `source` and `release` give the folders of an assignment where nbgrader has other names for them; `data` is its
    assignments' (`loads.stamp`).
    """

    def __init__(
        self,
        root: Path | str = ".",
        *,
        source: Callable[[str], str] | None = None,
        release: Callable[[str], str] | None = None,
        data: str = "",
    ) -> None:
        self.root = Path(root).resolve()
        self.data = data
        self._parts = {"source": source, "release": release}

    def folder(self, part: str, assignment: str) -> Path:
        """Return an assignment's folder in 'source', 'release' or 'graders'."""
        given = self._parts.get(part)
        return Path(given(assignment)) if given else self.root / part / assignment

    def ids(self) -> list[str]:
        """List the assignments in source/ (those with a notebook of their own name)."""
        return [name for name, folder in self.in_source().items() if (folder / f"{name}.ipynb").exists()]

    def in_source(self) -> dict[str, Path]:
        """List the folders of all assignments in source/ by their names, plain ones included."""
        name = re.compile("([^/]+)".join(map(re.escape, str(self.folder("source", "\0")).split("\0"))))
        where = self.folder("source", "\0")
        base = self.root if where.is_relative_to(self.root) else Path(where.anchor)
        pattern = escape(str(where.relative_to(base)))
        there = [path for path in base.glob(pattern.replace("\0", "*")) if path.is_dir()]
        return {found[1]: path for path in sorted(there) if (found := name.fullmatch(str(path)))}

    def graded_ids(self) -> set[str]:
        """List what lies in graders/, whether there is an assignment to it or not."""
        folder = self.root / "graders"
        found = os.listdir(folder) if os.path.lexists(folder) else []  # noqa: PTH208 - a glob hides what it cannot list
        return {name for name in found if not name.startswith((".", "__pycache__"))}

    def tested(self, assignment: str) -> Assignment | None:
        """Read an assignment with hidden tests; None for a plain one, which has no folder in graders/.

        Raises:
            CourseError: there is such a folder, but it cannot be used; the text says why. That is never a plain
            assignment.
        """
        problem = id_problem(assignment)
        if problem:
            raise CourseError(f"Assignment {assignment!r}: {problem}")
        folder = self.folder("graders", assignment)
        try:
            folder.lstat()
        except FileNotFoundError:
            self._refuse_near_names(assignment)
            return None
        except OSError as error:
            raise CourseError(
                f"Assignment {assignment!r}: graders/{assignment} cannot be looked at: {error}."
            ) from None
        if not folder.is_dir():
            raise CourseError(
                f"Assignment {assignment!r}: graders/{assignment} is no folder. Make it one, or remove it."
            )
        notebooks_there = sorted(p.stem for p in self.folder("source", assignment).glob("*.ipynb"))
        if notebooks_there != [assignment]:
            there = ", ".join(f"{name}.ipynb" for name in notebooks_there) or "no notebook"
            raise CourseError(
                f"Assignment {assignment!r} has hidden tests in graders/{assignment}/, and source/{assignment}/ "
                f"holds {there}. "
                f"Hidden tests need exactly one notebook, named {assignment}.ipynb. Make it so, or move the folder "
                f"out of "
                "graders/ to have the assignment graded by nbgrader's rule."
            )
        found = self.load(assignment)
        _ = (
            found.questions,
            found.policy,
        )  # what is wrong with them is no learner's fault
        if not found.has_tests:
            raise CourseError(
                f"Assignment {assignment!r}: graders/{assignment}/ holds no file of hidden tests. Name it "
                f"test_{module_name(assignment)}.py (or …_test.py, or {assignment}.py), or move the folder out of "
                f"graders/ to "
                "have the assignment graded by nbgrader's rule."
            )
        if found.misspelt_questions:
            named, there = ", ".join(map(repr, found.misspelt_questions)), ", ".join(q.name for q in found.questions)
            raise CourseError(
                f"Assignment {assignment!r}: hidden tests name the question {named}, which is no grade cell of the "
                f"notebook, so "
                f"they would not count. The grade cells are {there}. Mend @question(…) or the cell's grade_id."
            )
        if found.uncollected:
            raise CourseError(
                f"Assignment {assignment!r}: hidden tests are written in graders/{assignment}/ that would never be "
                f"asked: {'; '.join(found.uncollected)}. Mend each, or remove it."
            )
        if found.doubtful_blocks:
            blocks = ", ".join(map(repr, found.doubtful_blocks))
            raise CourseError(
                f"Assignment {assignment!r}: a test in graders/{assignment}/ does not say in its text which question "
                f"it is for, so nobody can tell whether the ### BEGIN HIDDEN TESTS block of {blocks} counts. Write "
                "@question(…) with the name as a text, or remove the block."
            )
        return found

    def _refuse_near_names(self, assignment: str) -> None:
        """A folder in graders/ that is meant for an assignment, but spelt otherwise, does not make that a plain one."""
        try:
            there = self.graded_ids()
        except OSError as error:
            raise CourseError(f"Assignment {assignment!r}: graders/ cannot be listed: {error}.") from None
        for name in sorted(there):
            orphan = not self.folder("source", name).is_dir()
            meant = module_name(name) == module_name(assignment) or _holds_tests(self.root / "graders" / name)
            if orphan and meant:
                raise CourseError(
                    f"Assignment {assignment!r} has no folder in graders/, but graders/{name} is there and "
                    "belongs to no assignment. If it is meant, give it the assignment's exact name; else move it away."
                )
        other = [p.name for p in self.root.glob("*") if p.name.lower() == "graders" != p.name]
        if other and not there:
            raise CourseError(
                f"Assignment {assignment!r}: hidden tests lie in graders/, and there is {other[0]}/. Rename it."
            )

    def load(self, assignment: str) -> Assignment:
        """Read one assignment.

        Raises:
            CourseError: there is none of this name, or a file of it cannot be read; the text says which.
        """
        source = self.folder("source", assignment) / f"{assignment}.ipynb"
        if id_problem(assignment) and source.is_file():
            raise CourseError(f"Assignment {assignment!r}: {id_problem(assignment)}")
        if not source.is_file():
            there = ", ".join(self.ids()) or f"none: is {str(self.root)!r} a course directory?"
            raise CourseError(f"There is no assignment {assignment!r} in source/. Known are {there}.")
        release = self.folder("release", assignment) / source.name
        try:
            graders = read_files(self.folder("graders", assignment), links=True)
            return Assignment(
                id=assignment,
                source=source.read_bytes(),
                release=release.read_bytes() if release.is_file() else None,
                graders={name: data for name, data in graders.items() if name not in PROOFS},
                files=read_files(source.parent),
                proofs={name: data for name, data in graders.items() if name in PROOFS},
                data=self.data,
            )
        except OSError as error:
            raise CourseError(f"Assignment {assignment!r} cannot be read: {error}.") from None

    def texts(self, assignments: Iterable[str]) -> Iterator[bytes]:
        """Yield the instructor's files of assignments: what they import can be seen there."""
        for name in assignments:
            for part in ("source", "graders"):
                folder = self.folder(part, name)
                with contextlib.suppress(OSError):  # what is wrong with it is told by who grades with it
                    yield from read_files(folder).values()
                    yield from (path.read_bytes() for path in sorted(folder.glob("*.ipynb")))

    def stamp(self, assignment: str) -> Hashable:
        """Return what changes when a file of the assignment does: names, times and sizes."""
        folders = [self.folder(part, assignment) for part in ("source", "release", "graders")]
        found = (path for folder in folders for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts)
        return tuple((str(path), seen.st_mtime_ns, seen.st_size) for path in found for seen in [path.lstat()])

    def select(self, names: list[str] | None) -> list[str]:
        """Return the named assignments, or all; every unknown name is reported in one go.

        Raises:
            CourseError
        """
        there = sorted({*self.ids(), *self.graded_ids()})
        if not there:
            raise CourseError(f"No assignments in {str(self.folder('source', ''))!r}. Run this in a course directory.")
        unknown = [n for n in names or [] if n not in there]
        if unknown:
            raise CourseError(
                f"There is no assignment {', '.join(map(repr, unknown))} in source/. Known are {', '.join(there)}."
            )
        return list(names) if names else there

    def select_any(self, names: list[str]) -> list[str]:
        """Return the named assignments; here ones of nbgrader's plain kind count too (any folder in source/).

        Raises:
            CourseError: a name without a folder in source/.
        """
        there = self.in_source()
        unknown = [n for n in names if n not in there]
        if unknown:
            known = ", ".join(there) or f"none: is {str(self.root)!r} a course directory?"
            raise CourseError(f"There is no assignment {', '.join(map(repr, unknown))} in source/. Known are {known}.")
        return list(names)


def _holds_tests(folder: Path) -> bool:
    return any(written.is_test_file(path.name) for path in plain_files(folder))


def read_files(folder: Path, *, links: bool = False) -> dict[str, bytes]:
    """Read all plain files below a folder by their relative names; notebooks, hidden ones and caches do not count.

    Links count only where they are asked for; one that leads nowhere is then an error.

    Raises:
        OSError: one of the files cannot be read, or a folder not be listed.
    """
    found = (
        path
        for path in plain_files(folder, whole=True)
        if (links and path.is_symlink()) or (path.is_file() and not path.is_symlink())
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
