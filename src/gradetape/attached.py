"""Files handed in beside the notebook: which of them come along into the guest, and why others do not."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["MOST_BYTES", "MOST_FILES", "MOST_TOGETHER", "plain_files", "read"]

MOST_BYTES = 32 * 2**20
MOST_TOGETHER = 128 * 2**20
MOST_FILES = 2000


def read(folder: Path, *, handed_in: Path | None = None) -> tuple[dict[str, bytes], list[str]]:
    """Read the files beside a notebook.

    Args:
        folder: where nbgrader put them; it copies the *content* of links.
        handed_in: the folder of the submission itself. What is a link there is no file of the learner's: its
            content could be anybody's, and is left out.

    Returns:
        Contents by relative name, and a line for staff about each file that was left out.
    """
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    room = MOST_TOGETHER
    for path in plain_files(folder):
        name = path.relative_to(folder).as_posix()
        fault = _fault(path, handed_in / name if handed_in else None, room, len(files))
        if fault:
            left_out.append(f"Attached file {name!r} was left out: {fault}.")
            continue
        files[name] = path.read_bytes()
        room -= len(files[name])
    return files, left_out


def plain_files(folder: Path) -> Iterator[Path]:
    """Find all but notebooks, hidden files and caches below a folder, in order; links to folders are not followed."""
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__pycache__")
        for name in sorted(names):
            if not name.startswith(".") and not name.endswith(".ipynb"):
                yield folder / where / name


def _fault(path: Path, original: Path | None, room: int, count: int) -> str:
    """Say why a file cannot come along; '' when it can."""
    for place in (path, original):
        seen = _lstat(place)
        if seen is None:
            if place is path:
                return "it cannot be read"
        elif not stat.S_ISREG(seen.st_mode):
            return "it is a link, a pipe or a device, not a file"
        elif seen.st_nlink > 1:
            return "it is a hard link to another file"
        elif seen.st_size > MOST_BYTES:
            return f"it has {seen.st_size:,} bytes, and {MOST_BYTES:,} are allowed"
    if path.stat().st_size > room or count >= MOST_FILES:
        return f"together there may be {MOST_FILES:,} files of {MOST_TOGETHER:,} bytes"
    try:
        path.as_posix().encode()
    except UnicodeEncodeError:
        return "its name is no UTF-8 text"
    return ""


def _lstat(path: Path | None) -> os.stat_result | None:
    try:
        return path.lstat() if path else None
    except OSError:
        return None
