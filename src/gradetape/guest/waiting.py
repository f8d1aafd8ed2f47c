"""How long a guest waited for a core, and deadlines that leave that time out: a neighbour must not cost marks.

The kernel says of every thread how long it stood in a run queue (`/proc/<pid>/task/<tid>/schedstat`). This is read
by the trusted side and only when an answer is late, so that a quick one costs nothing. Where the kernel does not tell,
wall time is all there is.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "BACKSTOP",
    "STARVED",
    "FairDeadline",
    "Look",
    "is_ending",
    "look",
    "newborn",
    "seen_waiting",
    "thread_wait",
    "waited",
]

BACKSTOP = 3.0
"""A limit ends after so many times its seconds of wall time, however long the guest waited."""
STARVED = 0.1
"""A guest that waited for this part of its time is starved."""
_FIRST_LOOK = 40
"""The first look is taken after this part of a limit: whoever answers sooner is never looked at."""
_LEAST_STEP = 0.1
_CORES = len(os.sched_getaffinity(0))
_TICKS = os.sysconf("SC_CLK_TCK")
_TIMES = slice(11, 15)  # user and system time, own and of ended children: fields of /proc/<pid>/stat after the name
_STEAL = 7
_FLAGS, _EXITING = 6, 4
_MOST_PROCESSES = 1000
_seen: dict[int, float] = {}


@dataclass(frozen=True)
class Look:
    """What the kernel says of a guest's processes at one moment."""

    at: float
    waits: dict[int, float]
    """Seconds that each living thread has stood in a run queue, since it began."""
    cpu: float
    """Seconds of processor time that all of them have had, ended threads and children included."""
    living: float
    """The part of it that the threads had which are still there."""
    machine: float
    """Seconds for which anybody on this machine has waited for a core, or its hypervisor had taken it away."""


def newborn() -> Look:
    """Return what there is to see of a guest that has not begun."""
    return Look(time.monotonic(), {}, 0.0, 0.0, _machine())


def look(process: int) -> Look:
    """Look at the process behind a pidfd, its threads and all that they started."""
    waits: dict[int, float] = {}
    cpu = living = 0.0
    todo, seen = [_number(process)], 0
    while todo and seen < _MOST_PROCESSES:
        pid, seen = todo.pop(), seen + 1
        fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        if pid <= 0 or not fields:
            continue
        cpu += sum(map(int, fields[_TIMES])) / _TICKS
        for thread in _listed(f"/proc/{pid}/task"):
            ran, _, rest = _read(f"/proc/{pid}/task/{thread}/schedstat").partition(" ")
            if rest:
                living += int(ran) / 1e9
                waits[int(thread)] = int(rest.split()[0]) / 1e9
            todo += [int(child) for child in _read(f"/proc/{pid}/task/{thread}/children").split()]
    return Look(time.monotonic(), waits, cpu, living, _machine())


def waited(before: Look, after: Look, devices: int = 1) -> float:
    """Say for how many seconds between two looks a guest waited for a core, in the guest's favour.

    That is the wait of the thread that waited longest. Processes of a guest's own that wait for each other while
    it has every core of the machine are its own doing: what it computed, spread over all cores, was no waiting.
    There are at least as many cores as `devices`: a guest with two on a machine of one core is to lose nothing.
    """
    passed = after.at - before.at
    longest = max((wait - before.waits.get(thread, 0.0) for thread, wait in after.waits.items()), default=0.0)
    return max(0.0, min(longest, passed - (after.cpu - before.cpu) / max(_CORES, devices)))


def _hidden(before: Look, after: Look) -> float:
    """Say for how long the machine was short of cores while a guest worked in threads and processes that have ended.

    They took what they waited with them. This proves nothing, and excuses nothing: it is a reason to try again.
    """
    ended = (after.cpu - after.living) - (before.cpu - before.living)
    if ended < STARVED * (after.at - before.at):
        return 0.0
    return (after.machine - before.machine) / BACKSTOP


class FairDeadline:
    """Seconds for an answer of a guest, less the time for which it waited for a core."""

    def __init__(self, process: int, seconds: float, devices: int = 1) -> None:
        """Begin to count; `process` is a pidfd of the guest's first process, `devices` how many it computes on."""
        self._process = process
        self._devices = devices
        self._seconds = seconds
        self._began = time.monotonic()
        self._first: Look | None = None
        self._excused = 0.0
        self.starved = False
        """Whether the guest had to wait so much that its being late may be somebody else's doing."""

    @property
    def waited(self) -> float:
        """Seconds for which the guest waited, as of the last look."""
        return self._excused

    def left(self) -> float:
        """Return the seconds until this has to be asked again; not above 0 when the time is over."""
        passed = time.monotonic() - self._began
        first = self._seconds / _FIRST_LOOK
        if self._first is None:
            if passed < first:
                return first - passed
            self._first = look(self._process)
        left = self._seconds - (passed - self._excused)
        if left <= 0:
            self.end()
            left = self._seconds - (passed - self._excused)
            left = 0.0 if left <= 0 else max(left, _LEAST_STEP)
        return min(left, BACKSTOP * self._seconds - passed)

    def end(self) -> float:
        """Look once more; return for how many seconds the guest waited."""
        if self._first is not None:
            now = look(self._process)
            found = max(self._excused, waited(self._first, now, self._devices))
            thread = threading.get_native_id()
            _seen[thread] = seen_waiting(thread) + found - self._excused
            self._excused = found
            passed = now.at - self._first.at
            self.starved = max(found, _hidden(self._first, now)) > STARVED * passed
        return self._excused


def seen_waiting(thread: int) -> float:
    """Return for how many seconds the guests have waited so far that a thread of this process asked."""
    return _seen.get(thread, 0.0)


def thread_wait(thread: int) -> float:
    """Return for how many seconds a thread of this process has waited for a core."""
    words = _read(f"/proc/self/task/{thread}/schedstat").split()
    return int(words[1]) / 1e9 if len(words) > 1 else 0.0


def is_ending(process: int) -> bool:
    """Whether the process behind a pidfd has begun to end: on a busy machine that can take long."""
    fields = _read(f"/proc/{_number(process)}/stat").rpartition(")")[2].split()
    return len(fields) > _FLAGS and bool(int(fields[_FLAGS]) & _EXITING)


def _number(process: int) -> int:
    """Return the number by which this process's /proc knows the one behind a pidfd; -1 when it has ended."""
    for line in _read(f"/proc/self/fdinfo/{process}").splitlines():
        name, _, value = line.partition(":")
        if name == "Pid":
            return int(value)
    return -1


def _machine() -> float:
    """Return for how many seconds tasks have been waiting for cores, or a hypervisor withheld them."""
    some = _read("/proc/pressure/cpu").partition("total=")[2].split()
    fields = _read("/proc/stat").partition("\n")[0].split()[1:]
    steal = int(fields[_STEAL]) / _TICKS / _CORES if len(fields) > _STEAL else 0.0
    return (int(some[0]) / 1e6 if some else 0.0) + steal


def _listed(folder: str) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(folder)  # noqa: PTH208 - names are all that is needed
    return []


def _read(path: str) -> str:
    with contextlib.suppress(OSError):
        return Path(path).read_text(encoding="utf-8", errors="replace")
    return ""
