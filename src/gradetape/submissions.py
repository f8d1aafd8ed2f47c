"""What one learner handed in, the digest of all that decides its result, and results that need no grading.

Light: it starts nothing and imports nothing of the judge.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import platform
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradetape import notebook
from gradetape.verdict import UNCHECKED, Result, Status, Verdict

if TYPE_CHECKING:
    from gradetape.course import Assignment

__all__ = ["Submission", "digest", "run_seed", "unchecked", "unreadable", "versions"]

_PACKAGES = ("gradetape", "tensorflow", "keras", "tf-keras", "tensorflow-probability", "numpy")
_RUN_SEED = secrets.randbits(32)


@dataclass(frozen=True)
class Submission:
    """What one learner handed in: the notebook's bytes, attached files by relative name, and notes for staff.

    The notebook is expected to be sanitized (locked cells restored); without that the outputs shown
    can be of the learner's making, but no score can.
    """

    notebook: bytes
    files: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def run_seed() -> int:
    """Return the seed that was drawn for this process: what `grade` takes when it is given none."""
    return _RUN_SEED


def digest(assignment: Assignment, submission: Submission, *, only: str = "") -> str:
    """Return the digest of everything that decides the result, the seed of the run excepted.

    `only` is the one question that was asked, if not all were.
    """
    total = hashlib.sha256(assignment.digest.encode())
    parts = {"notebook": _content(submission.notebook), "versions": repr(_versions()).encode()}
    parts |= {f"files/{name}": data for name, data in submission.files.items()}
    parts |= {"only": only.encode()} if only else {}
    for name, data in sorted(parts.items()):
        total.update(f"{name}\0{len(data)}\0".encode(errors="surrogatepass") + data)  # a name may be no UTF-8
    return total.hexdigest()


def _content(data: bytes) -> bytes:
    """Reduce a notebook to what is run: cell ids, stored outputs and the kernel's name do not count.

    A file that is no notebook stands for itself, marked as such: it may hold just the bytes that another reduces to.
    """
    try:
        cells = notebook.read(data)["cells"]
    except notebook.NotebookError:
        return b"unreadable\0" + data
    parts = [[c.get("cell_type"), c["source"], notebook.cell_mark(c), c["metadata"].get("tags")] for c in cells]
    return b"notebook\0" + json.dumps(parts, sort_keys=True, default=str).encode()


def unchecked(assignment: Assignment, submission: Submission, reason: str) -> Result:
    """Return the result of a submission that could not be graded: a person has to look at every question."""
    return _without_tests(assignment, submission, Status.UNCHECKED, UNCHECKED, note=reason)


def unreadable(assignment: Assignment, submission: Submission, reason: str, *, seed: int = 0) -> Result:
    """Return the result of a file that is no notebook: zero everywhere, and why."""
    note = f"Unreadable submission: {reason}"
    return _without_tests(assignment, submission, Status.NOT_ATTEMPTED, reason, note=note, seed=seed)


def _without_tests(
    assignment: Assignment, submission: Submission, status: Status, message: str, *, note: str, seed: int = 0
) -> Result:
    """Give every automatic question the same verdict without points."""
    verdicts = tuple(
        Verdict(question=q.name, status=status, score=0.0, max_score=q.points, message=message)
        for q in assignment.questions
        if not q.manual
    )
    return Result(
        assignment=assignment.id, digest=digest(assignment, submission), seed=seed, verdicts=verdicts, notes=(note,),
        versions=versions(),
    )  # fmt: skip


def versions() -> dict[str, str]:
    """List the versions that decide a result; from package metadata, so that nothing is imported."""
    return dict(_versions())


@functools.cache
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
