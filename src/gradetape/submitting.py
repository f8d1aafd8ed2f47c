"""What lies beside a submitted notebook: what is set aside before nbgrader reads it, and what gets another name.

nbgrader copies what a link points to, reads any `timestamp.txt`, and its formgrader serves every copied file from its
own address; a kernel started beside a module imports it. Pure of nbgrader: it is called by its converter and by the
reader of submissions ahead of it.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gradetape import attached, inert, timestamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["as_handed_in", "clashes", "disarm", "odd_timestamp", "set_aside"]


def set_aside(folder: Path, root: Path, given: Iterable[str], *, whose: str, what: str) -> list[str]:
    """Move what must not be copied or read from a submission's folder to `.gradetape/set_aside`; nothing is deleted.

    Args:
        folder: the submission's folder.
        root: the course directory.
        given: relative names of the instructor's files, which take the place of a learner's.
        whose: the learner's id.
        what: the assignment's id. What is set aside in a later round lies beside what was set aside before.

    Returns:
        A line for staff about each file.

    Raises:
        OSError: something that has to be set aside cannot be.
    """
    aside = _unused(root / ".gradetape" / "set_aside" / whose / what)
    lines = attached.set_aside(folder, aside)
    for name in clashes(folder, given):
        why = "the assignment has a folder of that name, or a file where this is a folder"
        attached.move(folder / name, aside / name, repr(name), why)
        lines.append(f"{name!r} was set aside: {why}")
    fault = odd_timestamp(folder)
    if fault:
        attached.move(folder / attached.TIMESTAMP, aside / attached.TIMESTAMP, repr(attached.TIMESTAMP), fault)
        lines.append(f"{attached.TIMESTAMP!r} was set aside: {fault}")
    return [f"{line if line[:1].isdigit() else f'attached file {line}'}. It lies in {aside}." for line in lines]


def _unused(folder: Path) -> Path:
    """Return a folder that is not there yet: this one, or it with a number behind its name."""
    names = itertools.chain([folder], (folder.with_name(f"{folder.name}.{number}") for number in itertools.count(2)))
    return next(path for path in names if not os.path.lexists(path))


def clashes(folder: Path, given: Iterable[str]) -> list[str]:
    """List what is a file where the instructor's files need a folder, or a folder where they have a file."""
    found = []
    for name in sorted(given):
        parts = PurePosixPath(name).parts
        above = (PurePosixPath(*parts[:depth]).as_posix() for depth in range(1, len(parts)))
        blocked = next((part for part in above if (folder / part).exists() and not (folder / part).is_dir()), None)
        if blocked is None and (folder / name).is_dir():
            blocked = name
        if blocked is not None and blocked not in found:
            found.append(blocked)
    return found


def odd_timestamp(folder: Path) -> str:
    """Say why a submission's timestamp cannot count; '' when it can, or there is none."""
    return timestamps.fault(folder / attached.TIMESTAMP)


def disarm(folder: Path, given: Iterable[str]) -> None:
    """Give attached files that a browser or Python would run another name; the instructor's keep theirs."""
    ours = set(given) | {attached.TIMESTAMP}
    for path in list(attached.everything(folder)):
        name = path.relative_to(folder).as_posix()
        if path.suffix != ".ipynb" and name not in ours and inert.renamed(name) != name:
            path.rename(folder / inert.renamed(name))


def as_handed_in(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files by the names under which they were handed in; an instructor's file keeps its place."""
    back = {inert.original(name): data for name, data in files.items() if inert.original(name) != name}
    return back | {name: data for name, data in files.items() if inert.original(name) == name}
