"""Files handed in: which of them come along into the guest, and why others do not.

Links are the danger: nbgrader copies what they point to, and so would hand a learner any file of the grader's.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from gradetape import inert

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MOST_BYTES", "MOST_FILES", "MOST_TOGETHER", "TIMESTAMP", "everything", "fault", "plain_files", "printable", "read",
    "read_plain", "set_aside",
]  # fmt: skip

MOST_BYTES = 32 * 2**20
MOST_TOGETHER = 128 * 2**20
MOST_FILES = 2000
_LONGEST = 4000  # bytes of a path: the system takes 4,095, and nbgrader's other folders have longer names
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
        fault = _fault(path, handed_in / inert.original(name) if handed_in else None, room, len(files))
        if fault:
            left_out.append(f"Attached file {printable(name)} was left out: {fault}.")
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

    Raises:
        OSError: something cannot be moved, or the folder not be listed: nothing of it may then be copied.
    """
    moved: list[str] = []
    gone: set[Path] = set()
    room, count = MOST_TOGETHER, 0
    for path in [*_closed_folders(folder), *(p for p in everything(folder) if p.suffix != ".ipynb")]:
        if not gone.isdisjoint((path, *path.parents)):
            continue
        why = _too_long(path) or ("it cannot be read" if _is_folder(path) else fault(path))
        why = why or _beyond(path, room, count) or _unnameable(path)
        if not why:
            room, count = room - path.lstat().st_size, count + 1
            continue
        name = _move(path, folder, aside)
        gone.add(folder / name)
        moved.append(f"{printable(name)} was set aside: {why}")
    return moved


def _unnameable(path: Path) -> str:
    try:
        inert.renamed(path.name)
    except inert.TooLongError as error:
        return str(error)
    return ""


def _too_long(path: Path) -> str:
    return f"its path has more than {_LONGEST:,} bytes" if len(os.fsencode(path)) > _LONGEST else ""


def _move(path: Path, folder: Path, aside: Path) -> str:
    """Move something out of a submission's folder, together with its topmost folder where its own name is too long."""
    name = path.relative_to(folder)
    if _too_long(path) or _too_long(aside / name):
        name = Path(name.parts[0])
    target = aside / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if (folder / name).is_dir() and not (folder / name).is_symlink():
        (folder / name).chmod(0o700)
    (folder / name).rename(target)
    return name.as_posix()


def printable(name: str, most: int = 200) -> str:
    """Return a learner's name of a file in quotes, as it can stand in a log: one line, no control characters."""
    return repr(name if len(name) <= most else name[:most] + " …")


def plain_files(folder: Path, *, whole: bool = False) -> Iterator[Path]:
    """Find all but notebooks, hidden files and caches below a folder, in order; links to folders are not followed.

    Raises:
        OSError: with `whole`, a folder in it cannot be listed.
    """
    for path in everything(folder, whole=whole):
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


def _raised(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError | NotADirectoryError):  # there is no such folder, so nothing is in it
        raise error


def everything(folder: Path, *, whole: bool = False) -> Iterator[Path]:
    """Find everything below a folder that is no folder, links to folders included, in order."""
    for where, folders, names in os.walk(folder, onerror=_raised if whole else None):
        links = [name for name in folders if _is_link(Path(where, name))]
        folders[:] = sorted(set(folders) - set(links))
        for name in sorted([*names, *links]):
            yield Path(where, name)


def _is_link(path: Path) -> bool:
    """As `Path.is_symlink`, which raises where a path is too long for the system."""
    return os.path.islink(path)  # noqa: PTH114


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not _is_link(path)  # noqa: PTH112


def _closed_folders(folder: Path) -> list[Path]:
    """Find folders that cannot be listed: nobody may enter them, or their name is too long for the system."""
    found: dict[Path, None] = {}

    def note(error: OSError) -> None:
        found[Path(os.fsdecode(error.filename))] = None

    for where, folders, _ in os.walk(folder, onerror=note):
        for name in folders:
            path = Path(where, name)
            if not _is_link(path) and not os.access(path, os.R_OK | os.X_OK):
                found[path] = None
    if folder in found:
        raise PermissionError(f"The folder {str(folder)!r} cannot be listed.")
    return list(found)
