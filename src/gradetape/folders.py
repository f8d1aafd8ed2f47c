"""Walk folders that learners have made: level by level without recursion, no deeper and no wider than is said.

Python's own walk recurses, as do `shutil.rmtree` and `copytree`: a thousand folders in one another end them. And
nbgrader lists a folder once for each file in it. Pure of nbgrader: names and listings.
"""

from __future__ import annotations

import fnmatch
import itertools
import os
import shutil
from glob import has_magic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["MOST_ENTRIES", "MOST_LEVELS", "OverfullError", "TooDeepError", "copied", "remove", "walk"]

MOST_LEVELS = 100
MOST_ENTRIES = 8000
"""Files and folders of one submission that are looked at one by one."""

Level = tuple[str, list[str], list[str]]


class TooDeepError(OSError):
    """A folder lies below more folders than are walked."""


class OverfullError(OSError):
    """A folder holds more than is looked at."""


def walk(
    top: str | Path,
    *,
    onerror: Callable[[OSError], None] | None = None,
    levels: int = MOST_LEVELS,
    most: int | None = None,
) -> Iterator[Level]:
    """Yield folders with the names of the folders and of the files in them, as `os.walk` does, in the order of names.

    Folders that the caller takes from the list are not entered; links never are.

    Args:
        top: where to begin.
        onerror: told of each folder that is passed over; its `filename` is the folder.
        levels: how many folders deep; below are `TooDeepError`.
        most: how many entries in all; a folder that holds more than are left is an `OverfullError`, and not listed.
    """
    left = most
    waiting = [(os.fspath(top), 0)]
    while waiting:
        where, depth = waiting.pop()
        try:
            if depth > levels:
                raise TooDeepError(0, f"it lies more than {levels} folders deep", where)
            folders, names = _listed(where, left)
        except OSError as error:
            if onerror is not None:
                onerror(error)
            continue
        left = None if left is None else left - len(folders) - len(names)
        yield where, folders, names
        below = [os.path.join(where, name) for name in reversed(folders)]  # noqa: PTH118 - names as they are
        waiting += [(path, depth + 1) for path in below if not os.path.islink(path)]  # noqa: PTH114 - may be too long


def _listed(where: str, most: int | None) -> tuple[list[str], list[str]]:
    folders: list[str] = []
    names: list[str] = []
    with os.scandir(where) as entries:
        for number, entry in enumerate(entries):
            if most is not None and number >= most:
                raise OverfullError(0, "it holds too many files and folders", where)
            (folders if _is_folder(entry) else names).append(entry.name)
    return sorted(folders), sorted(names)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as `shutil.rmtree`, also where it is deeper than Python recurses.

    Raises:
        OSError: something in it cannot be removed.
    """
    numbers = itertools.count()
    waiting = [os.fspath(folder)]
    while waiting:
        deep: list[str] = []
        for _ in walk(waiting.pop(), onerror=_keep_deep(deep)):
            pass
        for path in deep:
            target = next(t for n in numbers if not os.path.lexists(t := f"{os.fspath(folder)}/.deep{n}"))
            os.rename(path, target)  # noqa: PTH104 - nearer to the top, a bit at a time
            waiting.append(target)
    shutil.rmtree(folder)


def _keep_deep(found: list[str]) -> Callable[[OSError], None]:
    def keep(error: OSError) -> None:
        if isinstance(error, TooDeepError):
            found.append(error.filename)

    return keep


def copied(top: str | Path, exclude: Sequence[str] | None = None) -> list[str]:
    """List the files below a folder that nbgrader copies: as its own `find_all_files`, in time linear in the files.

    nbgrader asks a shell's pattern for each file, over the folder that it lies in; here names are compared.
    Folders deeper than `MOST_LEVELS` are passed over.
    """
    found = []
    for where, folders, names in walk(top):
        above = _Above(where)
        if _is_ignored(_Above(os.path.dirname(where)), os.path.basename(where), exclude or ()):  # noqa: PTH119, PTH120
            folders.clear()
            continue
        found += [os.path.join(where, name) for name in names if not _is_ignored(above, name, exclude or ())]  # noqa: PTH118
    return found


class _Above:
    """A folder, and whether its own path, read as a pattern, matches itself: a name may hold `[` or `*`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.matches = all(_matches(part, part) for part in path.split("/"))


def _is_ignored(above: _Above, name: str, exclude: Iterable[str]) -> bool:
    """Whether one of the patterns, put behind the folder's path, matches the file there, as `glob` would say."""
    for pattern in exclude:
        if "/" not in pattern:
            if above.matches and _matches(name, pattern):
                return True
        elif os.path.isabs(pattern):  # noqa: PTH117
            parts, wanted = os.path.join(above.path, name).split("/"), pattern.split("/")  # noqa: PTH118
            if len(parts) == len(wanted) and all(map(_matches, parts, wanted)):
                return True
    return False


def _matches(name: str, pattern: str) -> bool:
    if not has_magic(pattern):
        return name == pattern
    return bool(name) and (pattern[0] == "." or name[0] != ".") and fnmatch.fnmatchcase(name, pattern)
