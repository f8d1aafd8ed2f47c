"""`gradetape check` over many assignments: workers, and the table at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from gradetape.check import check_assignment
from gradetape.configured import course_at, show_data
from gradetape.course_data import ready
from gradetape.grading import close_all
from gradetape.guest import forkserver
from gradetape.guest.preload import unused
from gradetape.parallel import side_by_side
from gradetape.proof import Report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gradetape.course import Course
    from gradetape.parallel import OnProgress

__all__ = ["check_all", "show"]

_DIED = "{name}: the process that checked it ended three times. Do its hidden tests crash? Is memory short?"


def _work(root: Path, name: str, seeds: list[int], thorough: bool, on_progress: OnProgress) -> Report:
    """Check one assignment in a worker."""
    try:
        return check_assignment(course_at(root), name, seeds=seeds, thorough=thorough, on_progress=on_progress)
    finally:
        close_all()


def check_all(
    course: Course, names: Sequence[str], *, seeds: list[int], jobs: int, thorough: bool = False
) -> list[Report]:
    """Check assignments in up to `jobs` processes; progress goes to stderr when that is a terminal."""
    forkserver.leave_out(unused(course.texts(names)))
    show_data(course.root)
    ready(course, names)
    longest_first = sorted(names, key=lambda name: -_size(course, name))
    found = side_by_side(
        {name: (_work, (course.root, name, seeds, thorough)) for name in longest_first}, jobs=jobs, did="checked"
    )
    return [found.get(name) or Report(name, problems=[_DIED.format(name=name)]) for name in names]


def _size(course: Course, name: str) -> int:
    """Guess how long an assignment takes: the longest first leave no process idle at the end."""
    return sum(path.stat().st_size for path in (course.root / "graders" / name).glob("mistakes.py"))


def show(reports: Sequence[Report]) -> None:
    """Print the table, narrow enough for eighty columns, and all problems."""
    columns = ("assignment", "right", "caught", "named", "s each", "problems")
    table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.columns[0].no_wrap = True
    for r in reports:
        right = [a.score == a.max for a in r.alternatives]
        if r.reference_score is not None:
            right.append(r.reference_score == r.automatic_points)
        caught = sum(m.score < m.max for m in r.mistakes)
        named = sum(m.diagnosed_as == f"{m.question}/{m.name}" for m in r.mistakes)
        table.add_row(
            r.id, f"{sum(right)}/{len(right)}", f"{caught}/{len(r.mistakes)}", f"{named}/{len(r.mistakes)}",
            _number(r.seconds_per_submission), str(len(r.problems)),
        )  # fmt: skip
    table.caption = "right: reference and alternatives with full marks; caught, named: known mistakes"
    console = Console()
    console.print(table)
    for problem in (p for r in reports for p in r.problems):
        console.print(f"• {problem}", markup=False, highlight=False, soft_wrap=True)
    for note in (n for r in reports for n in r.notes):
        console.print(f"Note: {note}", markup=False, highlight=False, soft_wrap=True)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"  # noqa: RUF001
