"""`gradetape autograde`: the submissions of a course, graded side by side and recorded by nbgrader, with progress.

Sanitizing, recording and autograded/ are nbgrader's; its preprocessors, named in nbgrader_config.py, find in the store
what was graded ahead of them. So this command and `nbgrader autograde` cannot disagree. What neither the learner nor
the instructor has changed since it was recorded is not touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from glob import escape
from typing import TYPE_CHECKING, Any

from rich.console import Console

from gradetape import attached, course_data, handed_in, plain, recovery
from gradetape.batch import Batch, LocalCrew, Task, described
from gradetape.configured import invalid, misspelt, show_data, trusts_learners
from gradetape.course import Assignment, Course, CourseError
from gradetape.gradable import gradable, refuse_other_gradebook
from gradetape.gradebook import automatic_scores
from gradetape.guest import forkserver
from gradetape.guest.host import isolation
from gradetape.guest.preload import unused
from gradetape.ids import path_problem, student_problem
from gradetape.nbgrader.plugging import ADVICE, contradictions, misconfigured, unprotected
from gradetape.outcomes import EVERYBODY, Outcome, show
from gradetape.policy import LAYERS, ExposedError, exposed
from gradetape.progress import Board
from gradetape.recording import Ledger, busy_nbgrader
from gradetape.releasing import course_config, nbgrader_api, reason, warnings_of
from gradetape.store import Store
from gradetape.submissions import run_seed
from gradetape.texts import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from gradetape.batch import Crew, Done
    from gradetape.verdict import Result

__all__ = ["Outcome", "autograde", "default_jobs", "refuse_unprotected", "show", "submitted"]

_ROOM = 2**30  # what one learner's notebook and the guests of mistakes beside it may well take, in bytes


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
    there = sorted(handed_in.learners(api, assignment))
    if not there:
        raise CourseError(
            f"Nobody handed in {assignment!r}: submitted/<student>/{assignment}/ is empty. "
            f"Collect what was handed in first: `nbgrader collect {assignment}`."
        )
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
        PreparationError: this machine cannot prepare the data that the notebooks load.
        ClusterError: the cluster cannot be used; the text says why.
    """
    if path_problem(str(course.root)):
        raise CourseError(path_problem(str(course.root)))
    forkserver.leave_out(unused(course.texts(assignments)))
    config = course_config(course.root)
    refuse_unprotected(course.root, config)
    show_data(course.root, config)
    if not scheduler and (force or any(_is_new(course, name) for name in assignments)):
        forkserver.get(LAYERS)  # it imports TensorFlow while this process imports nbgrader
    if problems := invalid(config):
        raise CourseError("\n".join([*problems, "Mend it in nbgrader_config.py."]))
    api = nbgrader_api(course.root)
    for line in misspelt(config):
        Console(stderr=True).print(line, markup=False, highlight=False)
    trust_learners = trusts_learners(config) or trust_learners
    api.config.Execute.trust_learners = trust_learners
    run = _Run(course, api, force=force, trust=trust_learners)
    with busy_nbgrader():
        unusable = run.unusable(assignments)
        usable = [name for name in assignments if name not in unusable]
        course_data.ready(course, usable)
        todo = [(a, s) for a in usable for s in submitted(api, a, students)]
        with Board(len(todo)) as board:
            outcomes = [*run.misnamed(todo, board)]
            named = {(o.assignment, o.student) for o in outcomes}
            outcomes += run.unchanged([key for key in todo if key not in named], board)
            left = [key for key in todo if key not in {(o.assignment, o.student) for o in outcomes}]
            if left:
                with _crew(jobs, scheduler, trust=trust_learners) as crew:
                    outcomes += run.graded(left, crew, board)
    order = {key: number for number, key in enumerate(todo)}
    stopped = [Outcome(name, EVERYBODY, error=why) for name, why in unusable.items()]
    return [*sorted(outcomes, key=lambda o: order[o.assignment, o.student]), *stopped]


def refuse_unprotected(root: Path, config: Any) -> None:
    """Refuse to grade under a configuration that lacks a protection which grading needs; say of others that they lack.

    Raises:
        CourseError: names each protection that is missing, or each contradiction, and says what to do.
    """
    problems = contradictions(root)
    missing = unprotected(config)
    needed = [str(protection) for protection in missing if protection.needed]
    if needed:
        lines = "\n".join(f"  {line}" for line in needed)
        problems.append(f"The nbgrader_config.py in force lacks what plug_in sets:\n{lines}\n{ADVICE}")
    problems = problems or misconfigured(config)
    if problems:
        raise CourseError("\n".join(problems))
    for protection in missing:
        Console(stderr=True).print(f"Not protected: {protection}. {ADVICE}", markup=False, highlight=False)


def _is_new(course: Course, assignment: str) -> bool:
    """Guess, before anything is imported, whether there will be something to grade with hidden tests."""
    there = {path.parent.name for path in course.root.glob(f"submitted/*/{escape(assignment)}")}
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
        from gradetape.nbgrader.converter import course_of

        self._course = course_of(api.coursedir)
        self._api = api
        self._force = force
        self._trust = trust
        self._places = handed_in.Places(api)
        self._store = Store(course.root)
        self._settings = repr([api.config, trust]).encode()
        self._assignments: dict[str, Assignment | None] = {}
        self._prints: dict[tuple[str, str], str] = {}
        self._marks: dict[str, dict[str, str]] = {}

    def misnamed(self, todo: Sequence[tuple[str, str]], board: Board) -> Iterator[Outcome]:
        """Refuse those whose name nbgrader would take for other learners' as well."""
        for name, student in todo:
            problem = student_problem(student)
            if problem:
                folder = shown(self._places.submitted(student, name))
                yield self._told(Outcome(name, student, error=f"{problem} Rename the folder {folder}."), board)

    def unchanged(self, todo: Sequence[tuple[str, str]], board: Board) -> Iterator[Outcome]:
        """Find those whose recorded result is still the one that they would get."""
        if self._force:
            return
        found = 0
        for name in dict.fromkeys(name for name, _ in todo):
            known = self._recorded(name)
            for student in [s for a, s in todo if a == name and s in known]:
                if self._seems_recorded(name, student):
                    outcome = Outcome(name, student, *known[student], how="unchanged")
                    found += 1
                    yield outcome
        board.skip(found)

    def _seems_recorded(self, name: str, student: str) -> bool:
        """Whether it is recorded; what cannot be told will be that learner's error, in words, when it is graded."""
        try:
            return self._is_recorded(name, student)
        except Exception:  # noqa: BLE001 - see above
            return False

    def unusable(self, names: Sequence[str]) -> dict[str, str]:
        """Read the assignments; say of those that cannot be graded why. The others go on."""
        found = {}
        for name in names:
            try:
                assignment = gradable(self._course, name)
                if assignment is not None:
                    with self._api.gradebook as gradebook:
                        refuse_other_gradebook(assignment, gradebook)
                self._assignments[name] = assignment
            except CourseError as error:
                found[name] = str(error)
        return found

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
            assignment, read = self._assignments[name], None
            with contextlib.suppress(Exception):  # nbgrader's own way says what is wrong with it
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
        """Have nbgrader record a submission; whatever that raises is this learner's error."""
        try:
            return self._converted(name, student, began=began, how=how, result=result)
        except Exception as error:  # noqa: BLE001 - the others go on
            return Outcome(name, student, seconds=time.monotonic() - began, error=described(error))
        finally:
            recovery.release()

    def _converted(self, name: str, student: str, *, began: float, how: str, result: Result | None) -> Outcome:
        from gradetape.nbgrader.preprocessors import graded_ahead

        attached.demand_open(self._places.submitted(student, name))
        self._api.config.Execute.use_store = not self._force
        with graded_ahead(result):
            done = self._api.autograde(name, student, force=True)  # what is unchanged does not come here
        if not done["success"]:
            return Outcome(
                name, student, seconds=time.monotonic() - began, error=reason(done).removeprefix(f"{student}, {name}: ")
            )
        notes = warnings_of(done, f"{student}, {name}: ")
        with self._api.gradebook as gradebook:
            if not any(plain.WANTED in note for note in notes):  # what was not there may be there next time
                self._note(name, student, gradebook)
            entry = gradebook.find_submission(name, student)
            return Outcome(
                name, student, float(entry.score), float(entry.max_score), time.monotonic() - began,
                bool(entry.needs_manual_grade), how=how, notes=notes,
            )  # fmt: skip

    def _told(self, outcome: Outcome, board: Board) -> Outcome:
        who = f"{outcome.assignment}, {outcome.student}"
        board.done(who, _said(outcome), failed=bool(outcome.error), graded=outcome.how == "graded")
        return outcome

    def _recorded(self, name: str) -> dict[str, tuple[float, float, float, bool]]:
        """Return score, maximum, no seconds, and whether a person has to look, of all in the gradebook."""
        with self._api.gradebook as gradebook:
            self._marks[name] = automatic_scores(gradebook, name)
            return {
                entry["student"]: (entry["score"], entry["max_score"], 0.0, entry["needs_manual_grade"])
                for entry in gradebook.submission_dicts(name)
            }

    def _is_recorded(self, name: str, student: str) -> bool:
        graded = self._places.autograded(student, name)
        graded = graded if self._assignments[name] is None else graded / f"{name}.ipynb"
        marks = self._marks[name].get(student, "")
        return graded.exists() and self._ledger(name).get(student)[1] == self._all_of_it(name, student, marks)

    def _all_of_it(self, name: str, student: str, marks: str) -> str:
        """Write down what was graded and what is recorded of it: a gradebook or autograded/ may come from a backup."""
        made = hashlib.sha256(marks.encode())
        for notebook in sorted(self._places.autograded(student, name).glob("*.ipynb")):
            made.update(hashlib.sha256(notebook.read_bytes()).digest())
        return f"{self._print(name, student)} {made.hexdigest()}"

    def _ledger(self, name: str) -> Ledger:
        """Return what is known of an assignment; of a plain one, which has no results, what was recorded of what."""
        return Ledger(self._course.root, name, plain=self._assignments[name] is None)

    def _print(self, name: str, student: str) -> str:
        key = (name, student)
        assignment = self._assignments[name]
        if key not in self._prints:
            self._prints[key] = (
                handed_in.fingerprint(self._places, assignment, student, self._settings)
                if assignment is not None
                else handed_in.plain_fingerprint(self._places, self._course, name, student, self._settings)
            )
        return self._prints[key]

    def _note(self, name: str, student: str, gradebook: Any) -> None:
        """Remember what the record was made from, unless a person or another run has to look at it again."""
        ledger = self._ledger(name)
        digest = ledger.get(student)[0] if self._assignments[name] is not None else "plain"
        if digest:
            marks = automatic_scores(gradebook, name, student).get(student, "")
            ledger.put(student, digest, self._all_of_it(name, student, marks))


def _said(outcome: Outcome) -> str:
    if outcome.error:
        return outcome.error
    return f"{outcome.score:g} of {outcome.max_score:g}{'' if outcome.how == 'graded' else f' ({outcome.how})'}"
