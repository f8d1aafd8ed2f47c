"""nbgrader's exchange on one machine: folders that everybody may write into, and nobody may rename others' things in.

nbgrader makes them without the sticky bit. So whoever may hand in may also put another folder in place of the course's,
or rename and remove what others have handed in once its name is known.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["INBOUND", "ROOT", "make", "open_folders"]

ROOT = 0o1777
"""nbgrader demands that all may write here, and looks at the last nine bits only."""
INBOUND = 0o3733
"""nbgrader's own 2733 (all may put something in, only the course may look) and the sticky bit."""


def make(root: Path, course: str = "") -> Path:
    """Make an exchange, or mend the permissions of one that this account owns; return it.

    With `course`, also the folders that `nbgrader release_assignment` would make, so that nobody comes first.
    """
    _made(root, ROOT, missing=ROOT)
    if course and _owned(root):
        _made(root / course, 0o755)
        _made(root / course / "outbound", 0o755)
    if course and _owned(root / course):
        _made(root / course / "inbound", INBOUND, missing=stat.S_ISVTX)
    return root


def _made(path: Path, mode: int, *, missing: int = 0) -> None:
    """Make a folder with exactly this mode; one that is there, and this account's, gets the `missing` bits only."""
    try:
        path.mkdir(parents=True)
    except FileExistsError:  # also when another command has made it at this moment
        seen = path.lstat()
        if seen.st_uid == os.geteuid() and stat.S_ISDIR(seen.st_mode) and seen.st_mode & missing != missing:
            path.chmod(stat.S_IMODE(seen.st_mode) | missing)
    else:
        path.chmod(mode)


def _owned(path: Path) -> bool:
    try:
        return path.lstat().st_uid == os.geteuid()
    except OSError:
        return False


def open_folders(root: Path, course: str) -> list[str]:
    """List the folders of an exchange in which everybody may rename and remove what is others'."""
    found = []
    for path in (root, root / course, root / course / "inbound", root / course / "outbound"):
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            found.append(str(path))
    return found
