"""`gradetape autograde`: the submissions of a course through nbgrader's own API, with progress.

Sanitizing, recording and autograded/ are nbgrader's; grading is the preprocessor's that nbgrader_config.py
names. So this command and `nbgrader autograde` cannot disagree.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from gradetape.course import Course, CourseError
from gradetape.guest.host import isolation
from gradetape.policy import ExposedError, exposed
from gradetape.releasing import nbgrader_api, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Outcome", "autograde", "show", "submitted"]


@dataclass(frozen=True)
class Outcome:
    """What became of one submission: its score, or the error that kept it from having one."""

    assignment: str
    student: str
    score: float = 0.0
    max_score: float = 0.0
    seconds: float = 0.0
    needs_manual: bool = False
    error: str = ""


def submitted(api: Any, assignment: str, students: Sequence[str] | None) -> list[str]:
    """List who handed in, or the wanted ones of them.

    Raises:
        CourseError: the assignment was not released yet, nobody handed in, or a wanted student did not.
    """
    from nbgrader.api import MissingEntry

    with api.gradebook as gradebook:
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            raise CourseError(
                f"Assignment {assignment!r} is not in the gradebook. "
                f"Run `nbgrader generate_assignment {assignment}` first."
            ) from None
    there = sorted(api.get_submitted_students(assignment))
    if not there:
        raise CourseError(f"Nobody handed in {assignment!r}: submitted/<student>/{assignment}/ is empty.")
    strangers = sorted(set(students or []) - set(there))
    if strangers:
        raise CourseError(f"{', '.join(strangers)} did not hand in {assignment!r}.")
    return [s for s in there if not students or s in students]


def autograde(
    course: Course,
    assignments: Sequence[str],
    *,
    students: Sequence[str] | None = None,
    force: bool = False,
    trust_learners: bool = False,
) -> list[Outcome]:
    """Grade submissions one after the other; one that fails does not stop the others.

    Args:
        course: the course directory.
        assignments: what to grade.
        students: only these; None means all who handed in.
        force: grade again even what is unchanged.
        trust_learners: grade even where the machine cannot isolate their code from the grader's files and network.

    Raises:
        CourseError: nothing can be graded at all; the text says why.
        ExposedError: the machine cannot isolate the learners' code, and they are not trusted.
    """
    missing = [] if trust_learners else exposed(isolation())
    if missing:
        raise ExposedError(missing)
    api = nbgrader_api(course.root)
    api.config.Execute.trust_learners = trust_learners
    if force:
        api.config.Execute.use_store = False
    todo = [(a, s) for a in assignments for s in submitted(api, a, students)]
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[what]}"))
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("grading", total=len(todo), what="starting TensorFlow once")
        return list(_each(api, todo, progress, task, console, force=force))


def _each(
    api: Any, todo: list[tuple[str, str]], progress: Progress, task: Any, console: Console, *, force: bool
) -> Iterator[Outcome]:
    for number, (assignment, student) in enumerate(todo, start=1):
        progress.update(task, what=f"{assignment}, {student}")
        outcome = _one(api, assignment, student, force=force)
        progress.advance(task)
        if not console.is_terminal:
            said = outcome.error or f"{outcome.score:g} of {outcome.max_score:g}"
            console.print(f"[{number}/{len(todo)}] {assignment}, {student}: {said}", markup=False, highlight=False)
        yield outcome


def _one(api: Any, assignment: str, student: str, *, force: bool) -> Outcome:
    began = time.monotonic()
    done = api.autograde(assignment, student, force=force)
    seconds = time.monotonic() - began
    if not done["success"]:
        return Outcome(assignment, student, seconds=seconds, error=reason(done))
    with api.gradebook as gradebook:
        entry = gradebook.find_submission(assignment, student)
        return Outcome(
            assignment, student, float(entry.score), float(entry.max_score), seconds, bool(entry.needs_manual_grade)
        )


def show(outcomes: Sequence[Outcome]) -> None:
    """Print students by assignments with scores; errors below, in full."""
    assignments = list(dict.fromkeys(o.assignment for o in outcomes))
    students = sorted({o.student for o in outcomes})
    found = {(o.student, o.assignment): o for o in outcomes}
    table = Table("student", title="Scores")
    for name in assignments:
        table.add_column(name, justify="right", overflow="fold")
    for student in students:
        table.add_row(student, *(_cell(found.get((student, a))) for a in assignments))
    console = Console()
    console.print(table)
    for outcome in outcomes:
        if outcome.error:
            text = f"• {outcome.student}, {outcome.assignment}: not graded. {outcome.error}"
            console.print(text, markup=False, highlight=False, soft_wrap=True)
    console.print("An asterisk marks work that a person has to look at.", style="dim")


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return "–"  # noqa: RUF001
    if outcome.error:
        return "error"
    return f"{outcome.score:.2f} / {outcome.max_score:g}{' *' if outcome.needs_manual else ''}"
