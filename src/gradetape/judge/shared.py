"""Answers of the reference and the mistakes, shared by several grading processes of one machine through a folder.

The folder is a private one of the trusted side, outside of what a guest can see.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
from typing import TYPE_CHECKING

import msgpack

from gradetape import claims
from gradetape.guest.host import Answer

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

__all__ = ["SharedAnswers"]


class SharedAnswers:
    """One assignment's remembered answers in a folder."""

    def __init__(self, folder: Path, assignment: str) -> None:
        """Use `folder`/`assignment`, where the latter is the assignment's digest."""
        self._folder = folder / assignment

    def get(self, who: str, key: str) -> Answer | None:
        """Return what `who` (a mistake's key; '' is the reference) answered to the shipment `key`, if it is known."""
        try:
            return Answer(**msgpack.unpackb(self._path(who, key).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def put(self, who: str, key: str, answer: Answer) -> None:
        """Remember an answer; where it cannot be written it is not."""
        path = self._path(who, key)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(msgpack.packb(dataclasses.asdict(answer)))
            new.replace(path)

    def asking(self, who: str) -> AbstractContextManager[None]:
        """While open, no other process asks `who`: what it would ask is known afterwards."""
        return claims.held(self._folder / "claims" / _name(who))

    def _path(self, who: str, key: str) -> Path:
        return self._folder / _name(who) / key


def _name(who: str) -> str:
    return hashlib.sha256(who.encode()).hexdigest()[:32]
