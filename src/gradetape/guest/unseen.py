"""What the kernel keeps for a guest outside of its processes' own memory: page tables, mappings, buffers, locks.

No limit of a process counts this. Page tables are read; of the rest the kernel does not say the size, so that the most
is taken that each can be. For a few processes that is little, and is not looked at.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["kernel_bytes"]

_FEW = 8
_MAPPING = 400
"""Bytes of a mapping and of what ties it to its pages."""
_DESCRIPTOR = 2 * 212_992
"""Bytes that may wait in a socket: twice the largest buffer that a process without privileges may ask for."""
_LOCK = 256
_MOST_LOCK_BYTES = 2**23
_BLOCK = 2**20


def kernel_bytes(family: Sequence[int], most: int) -> int:
    """Estimate what the kernel keeps for these processes; once it is over `most` it is not counted to the end."""
    total = sum(map(_page_tables, family)) + _LOCK * _locks(set(family))
    if len(family) > _FEW:
        for pid in family:
            total += _DESCRIPTOR * _descriptors(pid)
        for pid in family:
            if total > most:
                break
            total += _MAPPING * _lines(f"/proc/{pid}/maps")
    return total


def _page_tables(pid: int) -> int:
    for line in _read(f"/proc/{pid}/status", _BLOCK).split(b"\n"):
        if line.startswith(b"VmPTE:"):
            return 1024 * int(line.split()[1])
    return 0


def _descriptors(pid: int) -> int:
    folder = f"/proc/{pid}/fd"
    with contextlib.suppress(OSError):
        return os.stat(folder).st_size or len(os.listdir(folder))  # noqa: PTH116, PTH208 - several times a second
    return 0


def _locks(family: set[int]) -> int:
    """Count locks on files; a process may hold any number of them."""
    text = _read("/proc/locks", _MOST_LOCK_BYTES)
    holders = (line.split()[4:5] for line in text.split(b"\n") if b"->" not in line)
    return sum(int(pid) in family for found in holders for pid in found)


def _lines(path: str) -> int:
    found = 0
    with contextlib.suppress(OSError), open(path, "rb", buffering=0) as file:  # noqa: PTH123
        while block := file.read(_BLOCK):
            found += block.count(b"\n")
    return found


def _read(path: str, most: int) -> bytes:
    parts, room = [], most
    with contextlib.suppress(OSError), open(path, "rb", buffering=0) as file:  # noqa: PTH123
        while room > 0 and (block := file.read(min(room, _BLOCK))):
            parts.append(block)
            room -= len(block)
    return b"".join(parts)
