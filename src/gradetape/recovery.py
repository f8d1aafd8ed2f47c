"""nbgrader after a crash: submissions that it was working on are graded again.

nbgrader takes a folder in autograded/ for a graded submission. A process that is killed leaves such a folder
half done, and the next run passes it by, with no score. So each submission is claimed while nbgrader works on it,
by two hooks that `nbgrader_config.py` names; what a dead process had claimed is cleared away when the configuration
is read.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets.log import get_logger

from gradetape import attached, claims

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["begin", "end", "prepare", "take"]

_LOCK_SECONDS = 60
_held: dict[Path, int] = {}
_courses: dict[Path, Path] = {}


def prepare(root: Path, *, autograded: str = "autograded") -> list[Path]:
    """Clear away what dead processes left half done, and let nbgrader wait for a locked SQLite gradebook.

    Args:
        root: the course directory.
        autograded: name of nbgrader's folder of autograded submissions.

    Returns:
        The folders that were removed: nbgrader will grade those submissions again.
    """
    root = Path(root).resolve()
    _courses[root] = root / autograded
    _wait_for_locks()
    removed = []
    for path in sorted(_folder(root).glob("*")):
        try:
            descriptor = claims.claim(path, wait=False)
        except OSError:  # somebody is at work on it
            continue
        destination = Path(os.fsdecode(os.pread(descriptor, 4096, 0)))
        if _courses[root] in destination.parents and destination.is_dir():
            shutil.rmtree(destination)
            removed.append(destination)
        claims.release(path, descriptor)
    return removed


def begin(*, notebooks: Sequence[str], **_: Any) -> None:
    """Called by nbgrader before it works on a submission (`c.Autograde.pre_convert_hook`)."""
    submission = Path(notebooks[0]).absolute().parent
    root = next(parent for parent in submission.parents if parent.resolve() in _courses).resolve()
    aside = root / ".gradetape" / "set_aside" / submission.parent.name / submission.name
    for line in [*attached.set_aside(submission, aside), *_odd_timestamp(submission, aside)]:
        who = f"{submission.parent.name}, {submission.name}"
        get_logger().warning("%s: attached file %s. It lies in %s.", who, line, aside)
    destination = _courses[root] / submission.parent.name / submission.name
    descriptor = take(root, submission.parent.name, submission.name)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, os.fsencode(destination))


def take(root: Path, student: str, assignment: str) -> int:
    """Claim a submission before nbgrader removes what it made of it the last time; wait for who works on it.

    `begin` finds it claimed, `end` gives it up.
    """
    path = _folder(root.resolve()) / f"{student}+{assignment}"
    if path not in _held:
        end()
        _held[path] = claims.claim(path)
    return _held[path]


def _odd_timestamp(submission: Path, aside: Path) -> list[str]:
    """Set a timestamp aside that nbgrader cannot read; it would give the whole submission up."""
    from nbgrader.utils import parse_utc

    path = submission / "timestamp.txt"
    try:
        parse_utc(path.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return []
    except (ValueError, OverflowError, OSError):
        aside.mkdir(parents=True, exist_ok=True)
        path.rename(aside / path.name)
        return ["'timestamp.txt' was set aside: it is no time"]
    return []


def end(**_: Any) -> None:
    """Called by nbgrader when it is done with a submission (`c.Autograde.post_convert_hook`).

    A claim that is still held at the next `begin` is of one that failed: nbgrader has removed what there was.
    """
    while _held:
        claims.release(*_held.popitem())


def _folder(root: Path) -> Path:
    return root / ".gradetape" / "autograding"


def _wait_for_locks() -> None:
    """SQLite gives up after five seconds when another process writes; a class takes longer."""
    try:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
    except ImportError:  # no nbgrader here either
        return
    if not event.contains(Engine, "connect", _be_patient):
        event.listen(Engine, "connect", _be_patient)


def _be_patient(connection: Any, _record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute(f"PRAGMA busy_timeout = {1000 * _LOCK_SECONDS}")
