"""Watches over the memory and the processes of guests, from the fork server.

The limits of a process do not add up over its children and do not count shared memory; this does both. What a guest
shares with the fork server is not counted.
"""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Guest", "end_strays", "over"]

_PAGE = os.sysconf("SC_PAGE_SIZE")
_LOOKS_PER_COUNT = 4
_PARENT, _THREADS, _RESIDENT = 1, 17, 21  # fields of /proc/<pid>/stat after the name


@dataclass
class Guest:
    """A guest's first process, its ceilings, and why it was ended: '', 'memory', 'processes' or 'disk'."""

    number: int
    memory_bytes: int
    processes: int
    disk_bytes: int
    disk_files: int
    folder: str
    """Its folder on the machine's disk; '' for one whose tmpfs has its own limits."""
    why: str = ""
    looks: int = 0


@dataclass(frozen=True)
class _Process:
    parent: int
    threads: int
    resident: int


def over(guests: Mapping[int, Guest]) -> None:
    """Look at every guest once, and end the first process of one that is over a ceiling."""
    if not guests:
        return
    table = _processes()
    families: dict[int, list[int]] = {number: [] for number in guests}
    for pid in table:
        ancestor = _ancestor(pid, table, guests)
        if ancestor is not None:
            families[ancestor].append(pid)
    for number, guest in guests.items():
        family = families[number]
        if not guest.why:
            guest.why = _excess(guest, family, table) or _overflow(guest)
        if guest.why:
            for pid in (number, *family):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def end_strays(guests: Iterable[int]) -> None:
    """End processes that have lost the guest they came from; they are this process's children now."""
    known = set(guests)
    for task in Path("/proc/self/task").iterdir():
        for word in _read(str(task / "children")).split():
            if int(word) not in known:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(word), signal.SIGKILL)


def _excess(guest: Guest, family: list[int], table: Mapping[int, _Process]) -> str:
    if sum(table[pid].threads for pid in family) > guest.processes:
        return "processes"
    if sum(table[pid].resident for pid in family) <= guest.memory_bytes:
        return ""
    guest.looks += 1
    if guest.looks % _LOOKS_PER_COUNT != 1:  # counting pages properly costs milliseconds
        return ""
    return "memory" if sum(_own_bytes(pid) for pid in family) > guest.memory_bytes else ""


def _overflow(guest: Guest) -> str:
    """Say 'disk' when the guest's folder on the machine's disk is over its ceilings."""
    room, files, folders = guest.disk_bytes, guest.disk_files, [guest.folder] if guest.folder else []
    while folders and room >= 0 and files >= 0:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                files -= 1
                room -= 512 * entry.stat(follow_symlinks=False).st_blocks
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return "disk" if room < 0 or files < 0 else ""


def _processes() -> dict[int, _Process]:
    found = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - twenty times a second
        if name.isdigit():
            fields = _read(f"/proc/{name}/stat").rpartition(")")[2].split()
            if fields:
                found[int(name)] = _Process(int(fields[_PARENT]), int(fields[_THREADS]), int(fields[_RESIDENT]) * _PAGE)
    return found


def _ancestor(pid: int, table: Mapping[int, _Process], guests: Mapping[int, Guest]) -> int | None:
    """Return the guest a process belongs to."""
    for _ in range(len(table)):
        if pid in guests:
            return pid
        if pid not in table:
            return None
        pid = table[pid].parent
    return None


def _own_bytes(pid: int) -> int:
    """Count the proportional share of anonymous and shared memory, swap included."""
    total = 0
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        name, _, rest = line.partition(":")
        if name in ("Pss_Anon", "Pss_Shmem", "SwapPss"):
            total += 1024 * int(rest.split()[0])
    return total


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - twenty times a second
            return file.read()
    except OSError:
        return ""
