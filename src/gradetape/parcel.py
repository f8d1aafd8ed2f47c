"""What travels to a worker and back: plain bytes, so that neither needs the other's files.

`work` is the one function that every worker calls, in a process of the pool or on a cluster.
"""

from __future__ import annotations

import functools
import os
import threading
import zlib
from pathlib import Path
from typing import Any

import msgpack

from gradetape.course import Assignment, CourseError
from gradetape.guest import forkserver
from gradetape.submissions import Submission

__all__ = ["pack_assignment", "pack_submission", "work"]

_at_work = threading.Lock()  # pytest and its fixtures are one per process


@functools.lru_cache(maxsize=4)
def pack_assignment(assignment: Assignment) -> bytes:
    """Pack all of an assignment that grading needs; the same object is packed once."""
    parts = [assignment.id, assignment.source, assignment.release, assignment.graders, assignment.files]
    return _pack([*parts, os.fsencode(assignment.data), forkserver.shown()])


def pack_submission(submission: Submission) -> bytes:
    """Pack what one learner handed in."""
    return _pack([submission.notebook, submission.files, list(submission.notes)])


def work(assignment: bytes, submission: bytes, seed: int, trust_learners: bool) -> bytes:
    """Grade one submission.

    Args:
        assignment: from `pack_assignment`.
        submission: from `pack_submission`.
        seed: seed of the hidden tests' inputs.
        trust_learners: as for `grade`.

    Returns:
        The result as JSON in UTF-8 (`Result.from_json` reads it).

    Raises:
        DataError, CourseError, ExposedError: as `grade`.
    """
    from gradetape.grading import grade

    notebook, files, notes = _unpack(submission)
    whole, shown = _assignment(assignment)
    missing = [folder for folder in shown if not Path(folder).is_dir()]
    if missing:
        raise CourseError(f"Guests are to read {missing[0]!r} (c.Execute.readable_data), which is not on this machine.")
    with _at_work:
        forkserver.show(shown)
        result = grade(whole, Submission(notebook, files, tuple(notes)), seed=seed, trust_learners=trust_learners)
    return result.to_json().encode()


@functools.lru_cache(maxsize=4)
def _assignment(packed: bytes) -> tuple[Assignment, list[str]]:
    """Return the assignment, and the folders that its guests are shown."""
    name, source, release, graders, files, data, shown = _unpack(packed)
    parts = {"source": source, "release": release, "graders": graders, "files": files}
    return Assignment(id=name, **parts, data=os.fsdecode(data)), shown


def _pack(parts: list[Any]) -> bytes:
    return zlib.compress(msgpack.packb(parts))


def _unpack(packed: bytes) -> Any:
    return msgpack.unpackb(zlib.decompress(packed))
