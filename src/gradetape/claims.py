"""Claims: small locked files that say who is at work on what, and outlive a process that is killed."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["claim", "release"]

_MINE = 0o600


def claim(path: Path, *, wait: bool = True, mode: int = _MINE) -> int:
    """Open and lock a claim, made when it is not there; return its descriptor.

    What it holds was left by processes that died with it. `mode` is for a folder that several accounts share: the
    claim that one of them left when it was killed must not keep the others out.

    Raises:
        BlockingIOError: without `wait`, when a living process holds it.
        OSError: it cannot be written here.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
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
