"""`gradetape check` over many assignments: workers, progress, and the table at the end."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import FIRST_COMPLETED, wait
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gradetape.check import Report, check_assignment
from gradetape.course import Course
from gradetape.grading import close_all
from gradetape.guest import forkserver
from gradetape.guest.preload import unused
from gradetape.pool import Pool, WorkerLostError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["check_all", "show"]

_DIED = "{name}: the process that checked it ended three times. Do its hidden tests crash? Is memory short?"
_TRIES = 3


def _work(events: Any, root: Path, name: str, seeds: list[int]) -> Report:
    """Check one assignment in a worker."""
    try:
        return check_assignment(
            Course(root), name, seeds=seeds, on_progress=lambda done, of, what: events.put((name, done, of, what))
        )
    finally:
        close_all()


def check_all(course: Course, names: Sequence[str], *, seeds: list[int], jobs: int) -> list[Report]:
    """Check assignments in up to `jobs` processes; progress goes to stderr when that is a terminal."""
    forkserver.leave_out(unused(course.texts(names)))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[what]}"))
    with (
        multiprocessing.get_context("spawn").Manager() as manager,
        Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as progress,
        Pool(min(jobs, max(1, len(names)))) as pool,
    ):
        events = manager.Queue()
        tasks = {name: progress.add_task(name, total=None, what="waiting") for name in names}
        found: dict[str, Report] = {}
        for _ in range(_TRIES):  # what a worker took along is tried again
            todo = sorted((name for name in names if name not in found), key=lambda n: -_size(course, n))
            futures = {name: pool.submit(_work, events, course.root, name, seeds) for name in todo}
            pending = set(futures.values())
            while pending:
                _, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                _drain(events, progress, tasks, console)
            found |= {name: f.result() for name, f in futures.items() if not isinstance(f.exception(), WorkerLostError)}
        return [found.get(name) or Report(name, problems=[_DIED.format(name=name)]) for name in names]


def _size(course: Course, name: str) -> int:
    """Guess how long an assignment takes: the longest first leave no process idle at the end."""
    return sum(path.stat().st_size for path in (course.root / "graders" / name).glob("mistakes.py"))


def _drain(queue: Any, progress: Progress, tasks: dict[str, Any], console: Console) -> None:
    while not queue.empty():
        name, done, of, what = queue.get()
        progress.update(tasks[name], completed=done, total=of, what=what)
        if not console.is_terminal and what == "done":
            console.print(f"checked {name}")


def show(reports: Sequence[Report]) -> None:
    """Print the table and all problems."""
    table = Table(
        "assignment",
        "points",
        "reference",
        "stub",
        "mistakes caught",
        "named",
        "s / submission",
        "s in all",
        "problems",
    )
    for r in reports:
        caught = sum(m.score < m.max for m in r.mistakes)
        named = sum(m.diagnosed_as == f"{m.question}/{m.name}" for m in r.mistakes)
        table.add_row(
            r.id, f"{r.points:g}", _number(r.reference_score), _number(r.stub_score), f"{caught} of {len(r.mistakes)}",
            f"{named} of {len(r.mistakes)}", _number(r.seconds_per_submission), _number(r.seconds),
            str(len(r.problems)),
        )  # fmt: skip
    console = Console()
    console.print(table)
    for problem in (p for r in reports for p in r.problems):
        console.print(f"• {problem}", markup=False, highlight=False, soft_wrap=True)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"  # noqa: RUF001
