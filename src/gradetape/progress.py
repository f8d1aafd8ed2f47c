"""Progress of a run over a class: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gradetape.texts import shown

__all__ = ["Board"]


class Board:
    """Shows how many are done, running, queued and failed, how fast it goes, and how long it will take."""

    def __init__(self, total: int, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._total = total
        self._done = self._graded = self._failed = self._running = self._queued = 0
        self._began = time.monotonic()
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=14), MofNCompleteColumn(),
            TextColumn("{task.fields[what]}"), TimeElapsedColumn(), console=self._console,
            disable=not self._console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("grading", total=total, what="starting TensorFlow once")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def change(self, running: int, queued: int) -> None:
        """Note how many are being graded and how many wait for a process."""
        self._running, self._queued = running, queued
        self._show()

    def done(self, who: str, said: str, *, failed: bool = False, graded: bool = True) -> None:
        """Note that one is done; `graded` is whether that took grading, and not only a look into the store."""
        who, said = shown(who), shown(said)
        self._done += 1
        self._graded += graded
        self._failed += failed
        if self._console.is_terminal:
            if failed:
                self._progress.console.print(f"{who}: {said}", markup=False, highlight=False)
            self._show()
        else:
            rate = self._rate()
            pace = f" ({60 * rate:.0f} a minute, {self._left(rate)} left)" if rate and self._done % 10 == 0 else ""
            text = f"[{self._done}/{self._total}] {who}: {said}{pace}"
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def skip(self, number: int) -> None:
        """Note that so many need nothing done, before the others are begun."""
        self._total -= number
        self._began = time.monotonic()
        self._progress.update(self._task, total=self._total)
        if number:
            text = f"{number} unchanged since they were recorded"
            self._progress.console.print(text, markup=False, highlight=False)

    def _show(self) -> None:
        rate = self._rate()
        queued = self._queued + max(0, self._total - self._done - self._running - self._queued)
        parts = [f"{self._running} running", f"{queued} queued"]
        parts += [f"{self._failed} failed"] if self._failed else []
        if rate:
            parts += [f"{rate:.2g}/s", f"{self._left(rate)} left"]
        self._progress.update(self._task, completed=self._done, what=", ".join(parts))

    def _rate(self) -> float:
        """Return submissions a second, once there is something to count."""
        return self._done / max(1e-9, time.monotonic() - self._began) if self._graded or self._done > 1 else 0.0

    def _left(self, rate: float) -> str:
        seconds = int((self._total - self._done) / rate)
        return f"{seconds // 60}:{seconds % 60:02}"
