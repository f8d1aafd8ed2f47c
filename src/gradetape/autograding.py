"""`gradetape autograde`: the submissions of a course, graded side by side and recorded by nbgrader, with progress.

Sanitizing, recording and autograded/ are nbgrader's; its preprocessors, named in nbgrader_config.py, find in the store
what was graded ahead of them. So this command and `nbgrader autograde` cannot disagree. What neither the learner nor
the instructor has changed since it was recorded is not touched.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from gradetape import handed_in, recovery
from gradetape.batch import Batch, LocalCrew, Task
from gradetape.course import Assignment, Course, CourseError
from gradetape.guest import forkserver
from gradetape.guest.host import isolation
from gradetape.guest.preload import unused
from gradetape.policy import LAYERS, ExposedError, exposed
from gradetape.progress import Board
from gradetape.recording import Ledger, busy_nbgrader
from gradetape.releasing import nbgrader_api, reason
from gradetape.store import Store
from gradetape.submissions import run_seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from gradetape.batch import Crew, Done
    from gradetape.verdict import Result

__all__ = ["Outcome", "autograde", "default_jobs", "show", "submitted"]

_ROOM = 2**30  # what one learner's notebook and the guests of mistakes beside it may well take, in bytes


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
    how: str = "graded"
    """'graded', 'from the store' or 'unchanged'."""


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


def default_jobs() -> int:
    """Return how many processes this machine has room for: one a core, as far as there is memory."""
    with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123 - a file of the kernel's
        free = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")), _ROOM)
    return max(1, min(len(os.sched_getaffinity(0)), free // _ROOM))


def autograde(
    course: Course,
    assignments: Sequence[str],
    *,
    students: Sequence[str] | None = None,
    force: bool = False,
    trust_learners: bool = False,
    jobs: int | None = None,
    scheduler: str = "",
) -> list[Outcome]:
    """Grade submissions side by side; one that fails does not stop the others.

    Args:
        course: the course directory.
        assignments: what to grade.
        students: only these; None means all who handed in.
        force: grade again even what is unchanged.
        trust_learners: grade even where the machine cannot isolate their code from the grader's files and network.
        jobs: how many processes grade at once; None takes `default_jobs`.
        scheduler: address of a Dask scheduler whose workers grade instead of this machine.

    Raises:
        CourseError: nothing can be graded at all; the text says why.
        ExposedError: the machine cannot isolate the learners' code, and they are not trusted.
        ClusterError: the cluster cannot be used; the text says why.
    """
    forkserver.leave_out(unused(course.texts(assignments)))
    if not scheduler and (force or any(_is_new(course, name) for name in assignments)):
        forkserver.get(LAYERS)  # it imports TensorFlow while this process imports nbgrader
    api = nbgrader_api(course.root)
    api.config.Execute.trust_learners = trust_learners
    run = _Run(course, api, force=force, trust=trust_learners)
    with busy_nbgrader():
        todo = [(a, s) for a in assignments for s in submitted(api, a, students)]
        with Board(len(todo)) as board:
            outcomes = [*run.unchanged(todo, board)]
            left = [key for key in todo if key not in {(o.assignment, o.student) for o in outcomes}]
            if left:
                with _crew(jobs, scheduler, trust=trust_learners) as crew:
                    outcomes += run.graded(left, crew, board)
    order = {key: number for number, key in enumerate(todo)}
    return sorted(outcomes, key=lambda o: order[o.assignment, o.student])


def _is_new(course: Course, assignment: str) -> bool:
    """Guess, before anything is imported, whether there will be something to grade with hidden tests."""
    there = {path.parent.name for path in course.root.glob(f"submitted/*/{assignment}")}
    return bool(there - Ledger(course.root, assignment).students()) and (course.root / "graders" / assignment).is_dir()


def _crew(jobs: int | None, scheduler: str, *, trust: bool) -> AbstractContextManager[Crew]:
    """Return those who grade, once it is known that they may."""
    if scheduler:
        from gradetape.cluster import Cluster

        return Cluster(scheduler, trust=trust)
    missing = [] if trust else exposed(isolation())
    if missing:
        raise ExposedError(missing)
    return LocalCrew(jobs or default_jobs())


class _Run:
    """One run of the command over one course directory."""

    def __init__(self, course: Course, api: Any, *, force: bool, trust: bool) -> None:
        self._course = course
        self._api = api
        self._force = force
        self._trust = trust
        self._places = handed_in.Places(api)
        self._store = Store(course.root)
        config = course.root / "nbgrader_config.py"
        self._settings = (config.read_bytes() if config.is_file() else b"") + str(trust).encode()
        self._assignments: dict[str, Assignment | None] = {}
        self._prints: dict[tuple[str, str], str] = {}

    def unchanged(self, todo: Sequence[tuple[str, str]], board: Board) -> Iterator[Outcome]:
        """Find those whose recorded result is still the one that they would get."""
        if self._force:
            return
        found = 0
        for name in dict.fromkeys(name for name, _ in todo):
            known = self._recorded(name)
            for student in [s for a, s in todo if a == name and s in known]:
                if self._is_recorded(name, student):
                    outcome = Outcome(name, student, *known[student], how="unchanged")
                    found += 1
                    yield outcome
        board.skip(found)

    def graded(self, todo: Sequence[tuple[str, str]], crew: Crew, board: Board) -> Iterator[Outcome]:
        """Grade and record the others, as they come."""
        batch = Batch(
            crew, self._store, run_seed(), fresh=self._force, trust=self._trust, on_change=board.change
        )  # fmt: skip
        direct: list[tuple[str, str]] = []
        for done in batch.run(self._tasks(todo, direct)):
            yield self._told(self._record(done), board)
        for name, student in direct:
            yield self._told(self._convert(name, student, began=time.monotonic()), board)

    def _tasks(self, todo: Sequence[tuple[str, str]], direct: list[tuple[str, str]]) -> Iterator[Task]:
        """Read submissions; what is no notebook, or has no hidden tests, is left to nbgrader's own way."""
        for name, student in todo:
            assignment = self._assignment(name)
            read = handed_in.submission(self._places, assignment, student) if assignment else None
            if assignment is None or read is None:
                direct.append((name, student))
            else:
                yield Task((name, student), assignment, read)

    def _record(self, done: Done) -> Outcome:
        name, student = done.task.who
        began = time.monotonic() - (done.result.seconds if done.result and not done.from_store else 0.0)
        if done.error:
            return Outcome(name, student, error=done.error)
        how = "from the store" if done.from_store else "graded"
        return self._convert(name, student, began=began, how=how, result=done.result)

    def _convert(
        self, name: str, student: str, *, began: float, how: str = "graded", result: Result | None = None
    ) -> Outcome:
        """Have nbgrader record a submission, with the result that there is."""
        from gradetape.nbgrader import graded_ahead

        self._api.config.Execute.use_store = not self._force
        with graded_ahead(result), self._claimed(name, student):
            done = self._api.autograde(name, student, force=self._force or self._assignment(name) is not None)
        if not done["success"]:
            return Outcome(name, student, seconds=time.monotonic() - began, error=reason(done))
        self._note(name, student)
        with self._api.gradebook as gradebook:
            entry = gradebook.find_submission(name, student)
            figures = (float(entry.score), float(entry.max_score))
            return Outcome(
                name, student, *figures, time.monotonic() - began, bool(entry.needs_manual_grade), how=how
            )  # fmt: skip

    @contextlib.contextmanager
    def _claimed(self, name: str, student: str) -> Iterator[None]:
        """Keep other graders away from a submission while nbgrader makes its folder anew."""
        with contextlib.suppress(OSError):
            recovery.take(self._course.root, student, name)
        try:
            yield
        finally:
            recovery.end()

    def _told(self, outcome: Outcome, board: Board) -> Outcome:
        who = f"{outcome.assignment}, {outcome.student}"
        board.done(who, _said(outcome), failed=bool(outcome.error), graded=outcome.how == "graded")
        return outcome

    def _assignment(self, name: str) -> Assignment | None:
        """Load an assignment; None for one without hidden tests."""
        if name not in self._assignments:
            try:
                found = self._course.load(name)
            except CourseError:
                found = None
            self._assignments[name] = found if found is not None and found.has_tests else None
        return self._assignments[name]

    def _recorded(self, name: str) -> dict[str, tuple[float, float, float, bool]]:
        """Return score, maximum, no seconds, and whether a person has to look, of all in the gradebook."""
        with self._api.gradebook as gradebook:
            return {
                entry["student"]: (entry["score"], entry["max_score"], 0.0, entry["needs_manual_grade"])
                for entry in gradebook.submission_dicts(name)
            }

    def _is_recorded(self, name: str, student: str) -> bool:
        assignment = self._assignment(name)
        if assignment is None:
            return False
        graded = self._places.autograded(student, name) / f"{name}.ipynb"
        return graded.is_file() and Ledger(self._course.root, name).get(student)[1] == self._print(name, student)

    def _print(self, name: str, student: str) -> str:
        key = (name, student)
        assignment = self._assignment(name)
        if key not in self._prints and assignment is not None:
            self._prints[key] = handed_in.fingerprint(self._places, assignment, student, self._settings)
        return self._prints.get(key, "")

    def _note(self, name: str, student: str) -> None:
        """Remember what the record was made from, unless a person or another run has to look at it again."""
        ledger = Ledger(self._course.root, name)
        digest, _ = ledger.get(student)
        if digest:
            ledger.put(student, digest, self._print(name, student))


def _said(outcome: Outcome) -> str:
    if outcome.error:
        return outcome.error
    return f"{outcome.score:g} of {outcome.max_score:g}{'' if outcome.how == 'graded' else f' ({outcome.how})'}"


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
    console.print(_summary(outcomes), highlight=False)


def _summary(outcomes: Sequence[Outcome]) -> str:
    """Say in one line what became of all."""
    counts = Counter("failed" if o.error else o.how for o in outcomes)
    parts = [f"{counts[how]} {how}" for how in ("graded", "from the store", "unchanged", "failed") if counts[how]]
    manual = sum(o.needs_manual for o in outcomes)
    return f"{len(outcomes)} submissions: {', '.join(parts)}" + (
        f"; {manual} for a person to look at." if manual else "."
    )


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return "–"  # noqa: RUF001
    if outcome.error:
        return "error"
    return f"{outcome.score:.2f} / {outcome.max_score:g}{' *' if outcome.needs_manual else ''}"
