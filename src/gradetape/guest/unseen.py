"""What the kernel keeps for a guest outside of its processes' own memory: page tables, mappings, buffers, locks.

No limit of a process counts this. Page tables are read; of the rest the kernel does not say the size, so that the most
is taken that each can be. For a few processes that is little, and is not looked at. Counting mappings takes long: that
is done by samples, and only once the kernel's own memory has grown.
"""

from __future__ import annotations

import contextlib
import functools
import os
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["kernel_bytes", "slab"]

_FEW = 8
_MAPPING = 400
"""Bytes of a mapping and of what ties it to its pages."""
_USUAL_BUFFER = 212_992
_SAMPLE = 5
_GROWN = 8
"""Mappings are counted once the kernel's memory has grown by this part of a guest's ceiling."""
_LOCK = 256
_MOST_LOCK_BYTES = 2**23
_BLOCK = 2**20


def slab() -> int:
    """Return the bytes of memory that the kernel has for itself, whoever it needs them for."""
    for line in _read("/proc/meminfo", _BLOCK).split(b"\n"):
        if line.startswith(b"SUnreclaim:"):
            return 1024 * int(line.split()[1])
    return 0


def kernel_bytes(family: Sequence[int], most: int, before: int) -> int:
    """Estimate what the kernel keeps for a guest's processes.

    Args:
        family: the processes.
        most: the guest's ceiling.
        before: what `slab` said when it began.
    """
    total = sum(map(_page_tables, family)) + _LOCK * _locks(set(family))
    if len(family) > _FEW:
        total += _descriptor() * sum(map(_descriptors, family))
        if slab() - before > most // _GROWN:
            sample = random.sample(family, min(_SAMPLE, len(family)))
            total += _MAPPING * len(family) * sum(_lines(f"/proc/{pid}/maps") for pid in sample) // len(sample)
    return total


def _page_tables(pid: int) -> int:
    for line in _read(f"/proc/{pid}/status", _BLOCK).split(b"\n"):
        if line.startswith(b"VmPTE:"):
            return 1024 * int(line.split()[1])
    return 0


@functools.cache
def _descriptor() -> int:
    """Return how much may wait in one socket, more or less: the filter of system calls lets no guest ask for more."""
    text = _read("/proc/sys/net/core/wmem_default", _BLOCK)
    return 2 * (int(text) if text.strip().isdigit() else _USUAL_BUFFER)


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
