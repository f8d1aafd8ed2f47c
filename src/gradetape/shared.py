"""Files below `.gradetape/` that several processes, and in a shared course several accounts, write.

A reader sees the old file or the new one, two writers never meet in one temporary file, and where the course is its
group's (`CourseDirectory.groupshared`), so is what is written there.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

__all__ = ["folder", "write"]

_GROUP = stat.S_ISGID | stat.S_IRWXG


def folder(path: Path) -> Path:
    """Make a folder and those above it; each has its parent's permissions for the group, if that may write there."""
    if not path.is_dir():
        parent = folder(path.parent)
        path.mkdir(exist_ok=True)
        group = parent.stat().st_mode
        if group & stat.S_IWGRP and path.stat().st_uid == os.geteuid():
            path.chmod(stat.S_IMODE(path.stat().st_mode) | group & _GROUP)
    return path


def write(path: Path, data: bytes) -> None:
    """Write a file by a rename; it is this account's alone, or its group's where the folder is.

    Raises:
        OSError: it cannot be written; what was there before stays.
    """
    group = folder(path.parent).stat().st_mode & stat.S_IWGRP
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            if group:
                os.fchmod(handle, 0o660)
            file.write(data)
            file.flush()
            os.fsync(handle)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
