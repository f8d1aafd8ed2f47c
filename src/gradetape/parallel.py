"""Do named pieces of work in a pool of processes, with a line of progress for each; a worker's death costs no piece."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import FIRST_COMPLETED, wait
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gradetape.pool import Pool, WorkerLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["OnProgress", "Piece", "side_by_side"]

if TYPE_CHECKING:
    OnProgress = Callable[[int, int, str], None]
    Piece = tuple[Callable[..., Any], tuple[Any, ...]]

_TRIES = 3
_SHOWN = 20  # a terminal has not many more lines: of more pieces only those at work are shown


def side_by_side(pieces: Mapping[str, Piece], *, jobs: int, did: str) -> dict[str, Any]:
    """Work on all pieces in up to `jobs` processes; progress goes to stderr when that is a terminal.

    Args:
        pieces: a function and its arguments by name, those that take longest first. Each is called with
            `on_progress` as well: steps done, steps in all, what comes next.
        jobs: how many processes work at once.
        did: what is printed before a name once its piece is done, where there is no terminal.

    Returns:
        What the pieces returned; one whose process ended three times is missing.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[what]}"))
    with (
        multiprocessing.get_context("spawn").Manager() as manager,
        Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as progress,
        Pool(min(jobs, max(1, len(pieces)))) as pool,
    ):
        events = manager.Queue()
        few = len(pieces) <= _SHOWN
        tasks = {name: progress.add_task(name, total=None, what="waiting", visible=few) for name in pieces}
        found: dict[str, Any] = {}
        for _ in range(_TRIES):  # what a worker took along is tried again
            futures = {
                name: pool.submit(_work, events, name, work, arguments)
                for name, (work, arguments) in pieces.items()
                if name not in found
            }
            pending = set(futures.values())
            while pending:
                _, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                _drain(events, progress, tasks, console, did)
            found |= {name: f.result() for name, f in futures.items() if not isinstance(f.exception(), WorkerLostError)}
        return found


def _work(events: Any, name: str, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Do one piece in a worker."""
    return work(*arguments, on_progress=lambda done, of, what: events.put((name, done, of, what)))


def _drain(queue: Any, progress: Progress, tasks: dict[str, Any], console: Console, did: str) -> None:
    while not queue.empty():
        name, done, of, what = queue.get()
        progress.update(
            tasks[name], completed=done, total=of, what=what, visible=what != "done" or len(tasks) <= _SHOWN
        )
        if not console.is_terminal and what == "done":
            console.print(f"{did} {name}")
