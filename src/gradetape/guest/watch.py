"""Watches over the memory, the processes and the share of the cores of guests, from the fork server.

The limits of a process do not add up over its children and do not count shared memory, nor what the kernel keeps for
it (`gradetape.guest.unseen`); this does. What a guest shares with the fork server is not counted.
"""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gradetape.guest import shares, unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Guest", "end_strays", "note_end", "over"]

_TICKS = os.sysconf("SC_CLK_TCK")
_TIMES = slice(11, 13)  # user and system time: fields of /proc/<pid>/stat after the name
_CPU_SLACK = 0.2
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LOOKS_PER_COUNT = 4
_LOOKS_PER_LOOK_AT_THE_KERNEL = 4
_STATE, _PARENT, _NICE, _THREADS, _RESIDENT = 0, 1, 16, 17, 21  # fields of /proc/<pid>/stat after the name


@dataclass
class Guest:
    """A guest's first process, its ceilings, and why it was ended: '', 'memory', 'processes', 'disk' or 'cpu'."""

    number: int
    memory_bytes: int
    processes: int
    disk_bytes: int
    disk_files: int
    folder: str
    """Its folder on the machine's disk; '' for one whose tmpfs has its own limits."""
    why: str = ""
    looks: int = 0
    rounds: int = 0
    kernel_bytes: int = 0
    slab: int = field(default_factory=unseen.slab)
    share: shares.Share = field(default_factory=shares.Share)


@dataclass(frozen=True)
class _Process:
    parent: int
    threads: int
    resident: int
    runs: bool
    nice: int


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
        else:
            guest.share.keep({pid: (table[pid].threads, table[pid].runs, table[pid].nice) for pid in family})


def note_end(guest: Guest) -> None:
    """Look at a guest that has ended and was not waited for: a limit of processor time kills as if from outside.

    The limit that counts is the process's own: it may have lowered it.
    """
    words = _read(f"/proc/{guest.number}/limits").partition("Max cpu time")[2].split()
    times = _read(f"/proc/{guest.number}/stat").rpartition(")")[2].split()[_TIMES]
    if not guest.why and len(words) > 1 and words[1].isdigit() and times:
        used = sum(map(int, times)) / _TICKS
        guest.why = "cpu" if used >= int(words[1]) - _CPU_SLACK else ""


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
    guest.rounds += 1
    if guest.rounds % _LOOKS_PER_LOOK_AT_THE_KERNEL == 1:
        guest.kernel_bytes = unseen.kernel_bytes(family, guest.memory_bytes, guest.slab)
    if sum(table[pid].resident for pid in family) + guest.kernel_bytes <= guest.memory_bytes:
        return ""
    if guest.kernel_bytes > guest.memory_bytes:
        return "memory"
    guest.looks += 1
    if guest.looks % _LOOKS_PER_COUNT != 1:  # counting pages properly costs milliseconds
        return ""
    own = sum(_own_bytes(pid, table[pid].resident) for pid in family)
    return "memory" if own + guest.kernel_bytes > guest.memory_bytes else ""


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
                parent, nice, threads, pages = (int(fields[i]) for i in (_PARENT, _NICE, _THREADS, _RESIDENT))
                found[int(name)] = _Process(parent, threads, pages * _PAGE, fields[_STATE] == "R", nice)
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


def _own_bytes(pid: int, resident: int) -> int:
    """Count the proportional share of anonymous and shared memory, swap included.

    A process that lets nobody look (an ended one has nothing left) counts with all that it has.
    """
    text = _read(f"/proc/{pid}/smaps_rollup")
    if not text:
        return resident if os.path.exists(f"/proc/{pid}") else 0  # noqa: PTH110
    total = 0
    for line in text.splitlines():
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
