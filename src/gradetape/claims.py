"""Claims: small locked files that say who is at work on what, and outlive a process that is killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from typing import TYPE_CHECKING

from gradetape import shared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["claim", "held", "release"]

_MINE = 0o600


def claim(path: Path, *, wait: bool = True, mode: int | None = None) -> int:
    """Open and lock a claim, made when it is not there; return its descriptor.

    What it holds was left by processes that died with it. In a folder that several accounts share it is theirs: the
    claim that one of them left when it was killed must not keep the others out. `mode` says so otherwise.

    Raises:
        BlockingIOError: without `wait`, when a living process holds it.
        OSError: it cannot be written here.
    """
    group = shared.folder(path.parent).stat().st_mode & stat.S_IWGRP
    mode = mode or (0o660 if group else _MINE)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
        try:
            if mode != _MINE and os.fstat(descriptor).st_uid == os.geteuid():
                os.fchmod(descriptor, mode)  # whatever the account's umask is
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if os.fstat(descriptor).st_ino == path.stat().st_ino:  # else its last holder has removed it
                return descriptor
        except FileNotFoundError:
            pass
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)


def release(path: Path, descriptor: int) -> None:
    """Remove a claim and give up its lock."""
    path.unlink(missing_ok=True)
    os.close(descriptor)


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a claim, waiting for another holder; where none can be written (a course to read only) there is none."""
    try:
        descriptor = claim(path)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        release(path, descriptor)
