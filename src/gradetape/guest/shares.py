"""Keeps a guest to about one share of the cores, however many processes and threads compute for it.

Sessions do that where the kernel groups processes by them; in most containers it does not. So the more of a guest's
threads want to compute, the lower is the priority of all of them. That needs no privilege, and where nobody else
wants a core it costs nothing.
"""

from __future__ import annotations

import contextlib
import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Share"]

_FEW = 4
"""So many threads may compute at once as they like."""
_LOOKS = 3
"""In a row, before anything is done: threads that wake at once are no flood."""
_STEP = 1.25
"""One step of priority is worth this factor of processor time."""
_LAST = 19
_IDLE = _LAST + 1
"""Stands for the policy below all priorities."""


@dataclass
class Share:
    """One guest's priority: 0, or by how many steps it was lowered; it is never raised again."""

    steps: int = 0
    crowded: int = 0

    def keep(self, family: Mapping[int, tuple[int, bool, int]]) -> None:
        """Look at a guest's processes, of each its threads, whether the first one runs, and its priority."""
        busy = sum(_running(pid, threads) if threads > _FEW else runs for pid, (threads, runs, _) in family.items())
        self.crowded = self.crowded + 1 if busy > _FEW else 0
        lowered = False
        if self.crowded >= _LOOKS:
            steps = min(_IDLE, math.ceil(math.log(busy, _STEP)))
            lowered, self.steps = steps > self.steps, max(self.steps, steps)
        for pid, (_, _, nice) in family.items() if self.steps else ():
            if lowered or nice < min(self.steps, _LAST):
                _lower(pid, self.steps)


def _running(pid: int, threads: int) -> int:
    """Count the threads of a process that run or want to."""
    found = 0
    for thread in _threads(pid)[: threads + 1]:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/stat", "rb") as file:  # noqa: PTH123
            found += file.read().rpartition(b")")[2].split()[0] == b"R"
    return found


def _lower(pid: int, steps: int) -> None:
    for thread in map(int, _threads(pid)):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, min(steps, _LAST))
            if steps == _IDLE:
                os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))


def _threads(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - several times a second
    return []
