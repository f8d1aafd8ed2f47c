"""The runs that prove a grader: the stub gets nothing, the reference and its alternatives all, every mistake less.

What comes of them stands in a `Report`; all problems in one go, each with what to do.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from gradetape import notebook
from gradetape.alternatives import rounds
from gradetape.grading import Judged, Submission, grade, judge, known_answers
from gradetape.variants import with_cells
from gradetape.verdict import Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradetape.alternatives import Alternative
    from gradetape.course import Assignment
    from gradetape.mistakes import Mistake

__all__ = ["AlternativeReport", "MistakeReport", "Proof", "Report"]


@dataclass(frozen=True)
class MistakeReport:
    """How one known mistake fared: its score in its own question, and what it was taken for."""

    question: str
    name: str
    score: float
    max: float
    diagnosed_as: str | None


@dataclass(frozen=True)
class AlternativeReport:
    """How one accepted alternative fared: its lowest score in its own question over all seeds."""

    question: str
    name: str
    score: float
    max: float


@dataclass
class Report:
    """What `gradetape check` says of one assignment."""

    id: str
    points: float = 0.0
    automatic_points: float = 0.0
    """Of `points` those that no person gives: the most that the reference can have."""
    reference_score: float | None = None
    stub_score: float | None = None
    seeds: int = 0
    seconds_per_submission: float | None = None
    seconds: float = 0.0
    """Wall time of the whole check."""
    mistakes: list[MistakeReport] = field(default_factory=list)
    alternatives: list[AlternativeReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What an author should know, but need not mend."""

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain data, as `--format json` prints it."""
        return asdict(self)


class Proof:
    """The runs that prove an assignment: stub, reference, alternatives, mistakes."""

    def __init__(
        self,
        assignment: Assignment,
        report: Report,
        seeds: Sequence[int],
        on_progress: Callable[[int, int, str], None],
        *,
        thorough: bool = False,
    ) -> None:
        self._assignment = assignment
        self._report = report
        self._seeds = list(seeds)
        self._on_progress = on_progress
        self._rounds = rounds(assignment.alternatives)
        self._thorough = thorough
        self._left_out: dict[str, str] = {}
        self._auto = [q for q in assignment.questions if not q.manual and q.answers]
        runs = len(self._seeds) * (1 + len(self._rounds)) + len(self._auto) + len(assignment.mistakes)
        self._of = 1 + runs
        self._done = 0

    def run(self) -> None:
        """Run everything; problems go into the report."""
        self._stub()
        self._reference()
        self._cells_without_errors()
        self._alternatives()
        self._bare_reference()
        self._apart()
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

    def _alternatives(self) -> None:
        """Grade the alternatives, those of different questions in one notebook."""
        for number, together in enumerate(self._rounds, start=1):
            notebook_bytes = with_cells(self._assignment.source, {a.cell: a.source for a in together})
            lowest = {a: float("inf") for a in together}
            for seed in self._seeds:
                self._step(f"alternatives {number} of {len(self._rounds)}, seed {seed}")
                result = grade(self._assignment, Submission(notebook_bytes), seed=seed, trust_learners=True)
                for alternative in together:
                    lowest[alternative] = min(lowest[alternative], self._accepted(alternative, result, seed))
            for alternative, score in lowest.items():
                most = next(q.points for q in self._assignment.questions if q.name == alternative.question)
                self._report.alternatives.append(AlternativeReport(alternative.question, alternative.name, score, most))

    def _accepted(self, alternative: Alternative, result: Result, seed: int) -> float:
        """Return the alternative's score; complain about every check that it does not pass."""
        verdict = result.verdict(alternative.question)
        for check in verdict.checks if verdict else ():
            if check.status is not Status.PASSED:
                reason = check.message if check.status is Status.FAILED else _staff_reason(result)
                self._say(
                    f"alternative {alternative.key!r} is {check.status.value!r} (seed {seed}), check {check.title!r}: "
                    f"{reason} Accept it, or say in the question's text why it is wrong and remove it."
                )
        return verdict.score if verdict else 0.0

    def _bare_reference(self) -> None:
        """Leave out visible checks from now on, unless the reference needs what they define: they decide no mark."""
        cells = dict.fromkeys(self._assignment.visible_checks, "")
        bare = Submission(with_cells(self._assignment.source, cells))
        result = grade(self._assignment, bare, seed=self._seeds[0], trust_learners=True)
        if result.score == result.max_score:
            self._left_out = cells

    def _apart(self) -> None:
        """No question needs the answer to another one: each in turn is left unanswered."""
        for question in self._auto:
            self._step(f"without {question.name}")
            stub = {cell: self._assignment.released.get(cell, "") for cell in question.answers}
            without = Submission(with_cells(self._assignment.source, {**self._left_out, **stub}))
            result = grade(self._assignment, without, seed=self._seeds[0], trust_learners=True)
            declared = {name for m in self._assignment.mistakes if m.question == question.name for name in m.also}
            for verdict in result.verdicts:
                if verdict.question not in (question.name, *declared) and verdict.score < verdict.max_score:
                    self._say(
                        f"without an answer to {question.name!r} marks are lost in {verdict.question!r}, too: "
                        f"{verdict.message} Make the questions independent, or declare "
                        f'also="{verdict.question}" on a mistake of {question.name!r}.'
                    )

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
        cells = {**({} if self._thorough else self._left_out), mistake.cell: mistake.source}
        submission = Submission(with_cells(self._assignment.source, cells))
        nb = notebook.read(submission.notebook)
        only = None if self._thorough else mistake.question
        run = judge(self._assignment, submission, nb, seed=self._seeds[0], trust_learners=True, only=only)
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
