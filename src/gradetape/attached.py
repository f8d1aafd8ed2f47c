"""Files handed in: which of them come along into the guest, and why others do not.

Links are the danger: nbgrader copies what they point to, and so would hand a learner any file of the grader's.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MOST_BYTES",
    "MOST_FILES",
    "MOST_TOGETHER",
    "TIMESTAMP",
    "fault",
    "plain_files",
    "read",
    "read_plain",
    "set_aside",
]

MOST_BYTES = 32 * 2**20
MOST_TOGETHER = 128 * 2**20
MOST_FILES = 2000
TIMESTAMP = "timestamp.txt"
"""nbgrader's note of when something was handed in: no file of the learner's, and no part of what is graded."""


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
        if name == TIMESTAMP:
            continue
        fault = _fault(path, handed_in / name if handed_in else None, room, len(files))
        if fault:
            left_out.append(f"Attached file {name!r} was left out: {fault}.")
            continue
        data = read_plain(path)
        if data is None:
            left_out.append(f"Attached file {name!r} was left out: it cannot be read.")
            continue
        files[name] = data
        room -= len(data)
    return files, left_out


def set_aside(folder: Path, aside: Path) -> list[str]:
    """Move what could not come along from a submission's folder to `aside`, before nbgrader copies it.

    Nothing is deleted. Notebooks stay: what is wrong with one is its learner's result.

    Returns:
        A line for staff about each file.
    """
    moved: list[str] = []
    room, count = MOST_TOGETHER, 0
    for path in [*_closed_folders(folder), *(p for p in _all_files(folder) if p.suffix != ".ipynb")]:
        why = fault(path) if not path.is_dir() or path.is_symlink() else "it cannot be read"
        why = why or _beyond(path, room, count)
        if not why:
            room, count = room - path.lstat().st_size, count + 1
            continue
        name = path.relative_to(folder)
        target = aside / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)
            path.rename(target)
            moved.append(f"{name.as_posix()!r} was set aside: {why}")
    return moved


def plain_files(folder: Path) -> Iterator[Path]:
    """Find all but notebooks, hidden files and caches below a folder, in order; links to folders are not followed."""
    for path in _all_files(folder):
        parts = path.relative_to(folder).parts
        if path.suffix != ".ipynb" and not any(p.startswith(".") or p == "__pycache__" for p in parts):
            yield path


def fault(path: Path, *, most: int = MOST_BYTES) -> str:
    """Say why a file cannot be taken for one of the learner's own; '' when it can. It is not opened."""
    try:
        seen = path.lstat()
    except OSError:
        return "it cannot be read"
    if not stat.S_ISREG(seen.st_mode):
        return "it is a link, a pipe, a folder or a device, not a file"
    if seen.st_nlink > 1:
        return "it is a hard link to another file"
    if seen.st_size > most:
        return f"it has {seen.st_size:,} bytes, and {most:,} are allowed"
    if not os.access(path, os.R_OK):
        return "it cannot be read"
    try:
        path.as_posix().encode()
    except UnicodeEncodeError:
        return "its name is no UTF-8 text"
    return ""


def read_plain(path: Path, *, most: int = MOST_BYTES) -> bytes | None:
    """Read a file in a place where somebody else can write; None for what is no plain file of at most `most` bytes.

    Links are not followed, pipes and devices not waited for, also when they take the file's place at this moment.
    """
    if fault(path, most=most):
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        seen = os.fstat(descriptor)
        if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1:
            return None
        data = file.read(most + 1)
    return data if len(data) <= most else None


def _fault(path: Path, original: Path | None, room: int, count: int) -> str:
    """Say why a file cannot come along; '' when it can."""
    found = fault(path)
    if not found and original is not None and os.path.lexists(original):
        found = fault(original)
    return found or _beyond(path, room, count)


def _beyond(path: Path, room: int, count: int) -> str:
    if path.lstat().st_size > room or count >= MOST_FILES:
        return f"together there may be {MOST_FILES:,} files of {MOST_TOGETHER:,} bytes"
    return ""


def _all_files(folder: Path) -> Iterator[Path]:
    """Find everything below a folder that is no folder, links to folders included, in order."""
    for where, folders, names in os.walk(folder):
        links = [name for name in folders if Path(where, name).is_symlink()]
        folders[:] = sorted(set(folders) - set(links))
        for name in sorted([*names, *links]):
            yield Path(where, name)


def _closed_folders(folder: Path) -> list[Path]:
    """Find folders that cannot be entered."""
    return [
        Path(where, name)
        for where, folders, _ in os.walk(folder)
        for name in folders
        if not Path(where, name).is_symlink() and not os.access(Path(where, name), os.R_OK | os.X_OK)
    ]
