"""Prove an assignment: its parts fit together, the reference passes, the stub does not, every mistake loses.

All problems of an assignment are reported in one go, each with what to do.
"""

from __future__ import annotations

import json
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import jupytext
from jupytext.compare import NotebookDifference, compare_notebooks

from gradetape import notebook, releasing
from gradetape.course import Assignment, Course, CourseError
from gradetape.datasets.catalogue import DataError
from gradetape.grading import Judged, Submission, grade, judge, known_answers
from gradetape.verdict import Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradetape.mistakes import Mistake

__all__ = ["MistakeReport", "Report", "check_assignment"]

POINTS = 10


@dataclass(frozen=True)
class MistakeReport:
    """How one known mistake fared: its score in its own question, and what it was taken for."""

    question: str
    name: str
    score: float
    max: float
    diagnosed_as: str | None


@dataclass
class Report:
    """What `gradetape check` says of one assignment."""

    id: str
    points: float = 0.0
    reference_score: float | None = None
    stub_score: float | None = None
    seeds: int = 0
    seconds_per_submission: float | None = None
    seconds: float = 0.0
    """Wall time of the whole check."""
    mistakes: list[MistakeReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain data, as `--format json` prints it."""
        return asdict(self)


def check_assignment(
    course: Course, name: str, *, seeds: Sequence[int] = (1, 2, 3, 4, 5), on_progress: Callable[[int, int, str], None]
) -> Report:
    """Check one assignment of a course.

    Args:
        course: the course directory.
        name: the assignment's id.
        seeds: seeds of the runs in which the reference has to get full marks.
        on_progress: called with steps done, steps in all, and what comes next.
    """
    report, began = Report(name), time.monotonic()
    try:
        assignment = course.load(name)
        report.points = sum(q.points for q in assignment.questions)
        _static(course, assignment, report)
        if assignment.has_tests and assignment.release is not None:
            _Proof(assignment, report, seeds, on_progress).run()
    except (CourseError, DataError, notebook.NotebookError) as error:
        report.problems.append(str(error))
    except Exception as error:  # noqa: BLE001 - the other assignments are checked all the same
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        report.problems.append(f"Assignment {name!r}: the check broke off: {type(error).__name__}: {error} ({place}).")
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _static(course: Course, assignment: Assignment, report: Report) -> None:
    """What can be seen without running anything."""
    name, say = assignment.id, report.problems.append
    if report.points != POINTS:
        say(f"Assignment {name!r}: its points add up to {report.points:g}; they have to be {POINTS}.")
    doubles = _doubles(assignment)
    if doubles:
        say(f"Assignment {name!r}: grade_id {', '.join(map(repr, doubles))} stands on more than one cell. Rename them.")
    for question in assignment.questions:
        if not question.manual and not question.answers:
            say(f"Assignment {name!r}: grade cell {question.name!r} has no solution cell before it.")
    if not assignment.has_tests:
        say(f"Assignment {name!r}: no hidden tests. Write graders/{name}/test_{name}.py, or `gradetape new` one.")
    report.problems += assignment.mistake_problems
    _in_sync(course, assignment, report)
    _release(course, assignment, report)


def _doubles(assignment: Assignment) -> list[str]:
    ids = [str(notebook.cell_mark(c).get("grade_id")) for c in assignment.notebook["cells"] if notebook.cell_mark(c)]
    return sorted({name for name in ids if ids.count(name) > 1})


def _in_sync(course: Course, assignment: Assignment, report: Report) -> None:
    """solutions/*.py and source/*.ipynb are one notebook."""
    name = assignment.id
    pair = course.root / "solutions" / name / f"{name}.py"
    advice = f"Run `jupytext --sync solutions/{name}/{name}.py` (it keeps the newer of the two)."
    if not pair.is_file():
        report.problems.append(f"Assignment {name!r}: solutions/{name}/{name}.py is missing. {advice}")
        return
    text = jupytext.reads(pair.read_text(encoding="utf-8"), "py:percent")
    try:
        compare_notebooks(assignment.notebook, text, fmt="py:percent", raise_on_first_difference=True)
    except NotebookDifference as difference:
        first = next((line for line in str(difference).splitlines() if line.strip()), "")
        report.problems.append(f"Assignment {name!r}: source/ and solutions/ differ: {first} {advice}")


def _release(course: Course, assignment: Assignment, report: Report) -> None:
    """release/ is what nbgrader would write now, and holds no solution."""
    name = assignment.id
    advice = f"Run `nbgrader generate_assignment {name} --force`."
    if assignment.release is None:
        report.problems.append(f"Assignment {name!r}: release/{name}/{name}.ipynb is missing. {advice}")
        return
    released = notebook.read(assignment.release)
    if _shape(notebook.read(releasing.generate(course.root, name))) != _shape(released):
        report.problems.append(f"Assignment {name!r}: release/{name}/{name}.ipynb is out of date. {advice}")
    for cell in released["cells"]:
        if "BEGIN SOLUTION" in cell["source"] or "BEGIN HIDDEN TESTS" in cell["source"]:
            where = notebook.cell_mark(cell).get("grade_id")
            report.problems.append(f"Assignment {name!r}: the release shows a solution in cell {where!r}. {advice}")
    solutions, stubs = notebook.grade_ids(assignment.notebook), notebook.grade_ids(released)
    for question in assignment.questions:
        same = [a for a in question.answers if solutions.get(a) == stubs.get(a)]
        if same and not question.manual:
            report.problems.append(
                f"Assignment {name!r}: solution cell {same[0]!r} is released as it stands. "
                "Put ### BEGIN SOLUTION and ### END SOLUTION around what learners have to write."
            )


def _shape(nb: notebook.Notebook) -> list[tuple[object, ...]]:
    """Reduce a notebook to what a release has to agree in; cell ids and kernel versions may differ."""
    return [(c["cell_type"], c["source"], json.dumps(c["metadata"], sort_keys=True)) for c in nb["cells"]]


class _Proof:
    """The runs that prove an assignment: stub, reference, mistakes."""

    def __init__(
        self,
        assignment: Assignment,
        report: Report,
        seeds: Sequence[int],
        on_progress: Callable[[int, int, str], None],
    ) -> None:
        self._assignment = assignment
        self._report = report
        self._seeds = list(seeds)
        self._on_progress = on_progress
        self._of = 1 + len(self._seeds) + len(assignment.mistakes)
        self._done = 0

    def run(self) -> None:
        """Run everything; problems go into the report."""
        self._stub()
        self._reference()
        self._cells_without_errors()
        self._mistakes()
        self._step("done", 0)

    def _say(self, text: str) -> None:
        self._report.problems.append(f"Assignment {self._assignment.id!r}: {text}")

    def _step(self, what: str, by: int = 1) -> None:
        self._on_progress(self._done, self._of, what)
        self._done += by

    def _stub(self) -> None:
        self._step("stub")
        assert self._assignment.release is not None
        result = grade(self._assignment, Submission(self._assignment.release), trust_learners=True)
        self._report.stub_score = result.score
        for verdict in result.verdicts:
            if verdict.status is not Status.NOT_ATTEMPTED:
                self._say(
                    f"the released stub of {verdict.question!r} is {verdict.status.value!r}, not 'not attempted'."
                )
        self._every_question_tested(result)

    def _every_question_tested(self, result: Result) -> None:
        """Every automatic question has a test, and every test a question."""
        name = self._assignment.id
        tested = {v.question for v in result.verdicts}
        for question in self._assignment.questions:
            if question.name not in tested and not question.manual:
                self._say(
                    f"grade cell {question.name!r} has no hidden test. "
                    f"Add one in graders/{name}/, or mark the cell for manual grading."
                )
        self._report.problems += [f"Assignment {name!r}: {note}" for note in result.notes]

    def _reference(self) -> None:
        scores, seconds = [], []
        for seed in self._seeds:
            self._step(f"reference, seed {seed}")
            result = grade(self._assignment, Submission(self._assignment.source), seed=seed, trust_learners=True)
            scores.append(result.score)
            seconds.append(result.seconds)
            self._full_marks(result, seed)
        self._report.seeds = len(self._seeds)
        self._report.reference_score = min(scores, default=0.0)
        self._report.seconds_per_submission = round(sorted(seconds)[len(seconds) // 2], 3) if seconds else None

    def _full_marks(self, result: Result, seed: int) -> None:
        for verdict in result.verdicts:
            for check in verdict.checks:
                if check.status is not Status.PASSED:
                    reason = check.message if check.status is Status.FAILED else _staff_reason(result)
                    self._say(
                        f"the reference is {check.status.value!r} in {verdict.question!r} (seed {seed}), "
                        f"check {check.title!r}: {reason}"
                    )

    def _cells_without_errors(self) -> None:
        for index, error in known_answers(self._assignment).reference_failures().items():
            mark = notebook.cell_mark(self._assignment.notebook["cells"][index]).get("grade_id", index)
            self._say(f"cell {mark!r} of the reference ends with {error}.")

    def _mistakes(self) -> None:
        """Judge every mistake first, so that all their answers are remembered; then name them."""
        judged: list[tuple[Mistake, Judged]] = []
        for mistake in self._assignment.mistakes:
            self._step(f"mistake {mistake.key}")
            judged.append((mistake, self._judge(mistake)))
        for mistake, run in judged:
            self._judge_mistake(mistake, run.result())
        named = {m.question for m in self._assignment.mistakes}
        for question in self._assignment.questions:
            if question.name not in named and not question.manual:
                self._say(f"question {question.name!r} has no known mistake. Add one to mistakes.py.")

    def _judge(self, mistake: Mistake) -> Judged:
        data = json.loads(self._assignment.source)
        for cell in data["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == mistake.cell:
                cell["source"] = mistake.source
        submission = Submission(json.dumps(data).encode())
        nb = notebook.read(submission.notebook)
        run = judge(self._assignment, submission, nb, seed=self._seeds[0], trust_learners=True)
        for record in run.report.records:
            for call in record.calls:
                known_answers(self._assignment).remember(mistake, call.shipment, call.answer)
        return run

    def _judge_mistake(self, mistake: Mistake, result: Result) -> None:
        own = result.verdict(mistake.question)
        if own is None:
            return
        found = own.diagnosis.mistake if own.diagnosis else None
        self._report.mistakes.append(MistakeReport(mistake.question, mistake.name, own.score, own.max_score, found))
        if own.score >= own.max_score:
            self._say(f"mistake {mistake.key!r} keeps full marks. Test what it gets wrong.")
        elif found != mistake.key:
            self._say(f"mistake {mistake.key!r} is taken for {found!r}. Test where they differ, or merge them.")
        for verdict in result.verdicts:
            if verdict.status is Status.UNCHECKED:
                self._say(f"mistake {mistake.key!r} makes {verdict.question!r} fail to run: {_staff_reason(result)}")
            elif verdict.question not in (mistake.question, *mistake.also) and verdict.score < verdict.max_score:
                self._say(
                    f"mistake {mistake.key!r} loses marks in {verdict.question!r} too: {verdict.message} "
                    f'Make the questions independent, or declare also="{verdict.question}".'
                )


def _staff_reason(result: Result) -> str:
    """Take the telling line of pytest's report: this is for authors, who may see everything."""
    for report in result.staff.values():
        lines = [line[1:].strip() for line in report.splitlines() if line.startswith("E ")]
        if lines:
            return lines[0]
    return "no report"
