"""nbgrader after a crash: submissions that it was working on are graded again.

nbgrader takes a folder in autograded/ for a graded submission. A process that is killed leaves such a folder
half done, and the next run passes it by, with no score. So each submission is claimed while nbgrader works on it
(`gradetape.nbgrader.converter`); what a dead process had claimed is cleared away before the next run begins.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from traitlets.log import get_logger

from gradetape import claims

__all__ = ["begin", "clear", "end", "prepare", "release", "take", "wait_for_locks"]

_LOCK_SECONDS = 60
_LONGEST_NAME = 200
_held: dict[Path, int] = {}


def clear(root: Path, *, autograded: Path) -> list[Path]:
    """Clear away what dead processes left half done, and let nbgrader wait for a locked SQLite gradebook.

    Args:
        root: the course directory.
        autograded: nbgrader's folder of autograded submissions; nothing outside of it is removed.

    Returns:
        The folders that were removed: nbgrader will grade those submissions again.
    """
    wait_for_locks()
    removed = []
    for path in sorted(_folder(root).glob("*")):
        try:
            descriptor = claims.claim(path, wait=False)
        except OSError:  # somebody is at work on it
            continue
        destination = root / os.fsdecode(os.pread(descriptor, 4096, 0))  # those of before name the whole path
        if autograded in destination.parents and ".." not in destination.parts and destination.is_dir():
            shutil.rmtree(destination)
            removed.append(destination)
        claims.release(path, descriptor)
    return removed


def take(root: Path, student: str, assignment: str, destination: Path) -> None:
    """Claim a submission before nbgrader removes what it made of it the last time; wait for who works on it.

    `release` gives it up, as does the claim on another one.

    Args:
        root: the course directory.
        student: whose submission it is.
        assignment: what was handed in.
        destination: nbgrader's folder for it, which is cleared away if this process dies.

    Raises:
        OSError: the claim cannot be written. The submission is then not to be touched.
    """
    name = f"{student}+{assignment}"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    path = _folder(root) / name
    if path not in _held:
        release()
        _held[path] = claims.claim(path)
    os.ftruncate(_held[path], 0)
    inside = destination.is_relative_to(root)  # so that it is found where the course is moved to
    os.write(_held[path], os.fsencode(destination.relative_to(root) if inside else destination))


def release() -> None:
    """Give up the claim that this process holds, if it holds one."""
    while _held:
        claims.release(*_held.popitem())


def _folder(root: Path) -> Path:
    return Path(root).resolve() / ".gradetape" / "autograding"


def wait_for_locks() -> None:
    """SQLite gives up after five seconds when another process writes; a class takes longer."""
    if "sqlalchemy" not in sys.modules:  # no gradebook can be open
        return
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    if not event.contains(Engine, "connect", _be_patient):
        event.listen(Engine, "connect", _be_patient)


def _be_patient(connection: Any, _record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute(f"PRAGMA busy_timeout = {1000 * _LOCK_SECONDS}")


def prepare(root: Path, **_: Any) -> None:
    """Called by configurations of version 0.1, with their copies of what `plug_in` sets; it goes in the next."""
    from gradetape.nbgrader import plugging

    get_logger().warning(
        "%s/nbgrader_config.py holds copies of Gradetape's lines, as of version 0.1. They work for one version more. "
        "Remove them all. %s",
        root, plugging.ADVICE,
    )  # fmt: skip
    plugging.note(Path(root))


def begin(**_: Any) -> None:
    """Named by configurations of version 0.1 as a hook; the converter does its work."""


def end(**_: Any) -> None:
    """Named by configurations of version 0.1 as a hook; the converter does its work."""
