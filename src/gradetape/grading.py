"""`grade`: notebook bytes and attached files in, a result out. Touches no database and no course folder."""

from __future__ import annotations

import atexit
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradetape import notebook, sanitize
from gradetape.datasets.preparing import prepare_in_subprocess
from gradetape.guest.host import Host
from gradetape.judge import diagnosis, session
from gradetape.judge.known import KnownAnswers
from gradetape.judge.shared import SharedAnswers
from gradetape.submissions import Submission, digest, run_seed, unreadable, versions
from gradetape.verdict import UNCHECKED, Check, Diagnosis, Result, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gradetape.course import Assignment
    from gradetape.judge.session import CheckRecord, JudgeReport
    from gradetape.notebook import Question
    from gradetape.policy import Policy

__all__ = ["Judged", "Submission", "close_all", "digest", "grade", "judge", "known_answers", "share_answers"]

_KEPT = 2
_known: OrderedDict[str, KnownAnswers] = OrderedDict()
_answers: list[Path] = []


def known_answers(assignment: Assignment) -> KnownAnswers:
    """Return the remembered answers of an assignment's reference and mistakes in this process."""
    if not _known:
        atexit.register(close_all)
    shared = SharedAnswers(_answers[-1], assignment.digest) if _answers else None
    found = _known.pop(assignment.digest, None) or KnownAnswers(assignment, shared)
    _known[assignment.digest] = found
    while len(_known) > _KEPT:
        _known.popitem(last=False)[1].close()
    return found


def share_answers(folder: Path) -> None:
    """From now on share what references and mistakes answer with other processes that use this private folder."""
    _answers.append(folder)


def close_all() -> None:
    """End all guests of references and mistakes that this process keeps."""
    while _known:
        _known.popitem()[1].close()


def grade(
    assignment: Assignment,
    submission: Submission,
    *,
    seed: int | None = None,
    on_progress: Callable[[str], None] | None = None,
    trust_learners: bool = False,
) -> Result:
    """Grade one submission.

    Args:
        assignment: the assignment as plain data.
        submission: the learner's notebook and files.
        seed: seed of the hidden tests' inputs; None takes the one drawn for this process (it is noted in
            the result), so that a class shares the reference's and the mistakes' remembered answers.
        on_progress: called with a few words about what is being done.
        trust_learners: whether the notebook may run on a machine that cannot isolate it from the grader's
            files and network. The result says so.

    Returns:
        A result with a verdict for every question that has hidden tests; a notebook that cannot be
        read gets zero and a message that says why.

    Raises:
        DataError: the assignment names a stand-in that there is not.
        PreparationError: a stand-in data set of the assignment cannot be prepared on this machine.
        CourseError: the assignment itself cannot be used.
        ExposedError: the machine cannot isolate the notebook, and the learners are not trusted.
    """
    seed = run_seed() if seed is None else seed
    try:
        nb = notebook.read(submission.notebook)
    except notebook.NotebookError as error:
        return unreadable(assignment, submission, str(error), seed=seed)
    return judge(assignment, submission, nb, seed=seed, on_progress=on_progress, trust_learners=trust_learners).result()


@dataclass
class Judged:
    """A submission whose hidden tests have run; `result` names the mistakes and makes it plain data."""

    assignment: Assignment
    submission: Submission
    seed: int
    report: JudgeReport
    idle: set[str]
    outputs: dict[int, list[dict[str, Any]]]
    guests: int
    began: float
    fence: tuple[str, ...]
    learners_trusted: bool
    starved: bool = False
    patience: diagnosis.Patience = field(default_factory=diagnosis.Patience)

    def result(self) -> Result:
        """Ask the known mistakes what the learner did, and write it all down."""
        records = self.report.records
        tested = self.idle | {r.question for r in records}
        if self.report.broken:  # a grader that cannot be read must not hand its questions to nbgrader's own rule
            tested |= {q.name for q in self.assignment.questions if not q.manual}
        verdicts = tuple(self._verdict(q) for q in self.assignment.questions if q.name in tested)
        return Result(
            assignment=self.assignment.id,
            digest=digest(self.assignment, self.submission),
            seed=self.seed,
            verdicts=verdicts,
            outputs={str(index): outputs for index, outputs in sorted(self.outputs.items())},
            notes=(*self.submission.notes, *self.report.problems),
            staff={r.test: r.staff for r in records if r.staff},
            seconds=round(time.monotonic() - self.began, 3),
            guests=self.guests,
            versions=versions(),
            fence=self.fence,
            learners_trusted=self.learners_trusted,
            starved=self.starved or self.report.machine,
        )

    def _verdict(self, question: Question) -> Verdict:
        records = [r for r in self.report.records if r.question == question.name]
        passed = sum(r.weight for r in records if r.status is Status.PASSED)
        if question.name in self.idle and not passed:
            return Verdict(
                question=question.name, status=Status.NOT_ATTEMPTED, score=0.0, max_score=question.points,
                message="There is no answer in this cell yet.",
            )  # fmt: skip
        if not records:
            return Verdict(
                question=question.name, status=Status.UNCHECKED, score=0.0, max_score=question.points,
                message=UNCHECKED,
            )  # fmt: skip
        status = _status(records)
        found = self._diagnosis(question, records) if status is not Status.PASSED else None
        return Verdict(
            question=question.name,
            status=status,
            score=round(question.points * passed / sum(r.weight for r in records), 6),
            max_score=question.points,
            message=_message(records, status, self.patience if found is None else None),
            checks=tuple(
                Check(
                    title=r.title,
                    status=r.status,
                    weight=r.weight,
                    message=r.message,
                    seconds=round(r.seconds, 4),
                    pictures=r.pictures,
                )
                for r in records
            ),
            diagnosis=found,
        )

    def _diagnosis(self, question: Question, records: Sequence[CheckRecord]) -> Diagnosis | None:
        candidates = [m for m in self.assignment.mistakes if m.question == question.name]
        try:
            found = diagnosis.diagnose(records, candidates, known_answers(self.assignment), self.patience)
        except Exception as error:  # noqa: BLE001 - a hint is a favour: without one the verdict still stands
            said = f"{type(error).__name__}: {error}"
            self.report.problems.append(f"Question {question.name!r}: no diagnosis: {said}")
            return None
        return Diagnosis(mistake=found.key, hint=found.hint) if found else None


def judge(
    assignment: Assignment,
    submission: Submission,
    nb: notebook.Notebook,
    *,
    seed: int,
    on_progress: Callable[[str], None] | None = None,
    trust_learners: bool = False,
    only: str | None = None,
    policy: Policy | None = None,
) -> Judged:
    """Run the cells and the hidden tests of one submission, without looking for mistakes yet.

    `only` is the one question to be asked, in place of all; `policy` the limits, in place of the assignment's.
    """
    began = time.monotonic()
    say = on_progress or (lambda _: None)
    prepare_in_subprocess(assignment.datasets, on_progress=say)
    sanitize.without_hidden_tests(nb, assignment.released, assignment.tested_questions)
    host = Host(
        notebook.code_cells(nb, notebook.demo_ids(assignment.notebook)),
        {**assignment.files, **submission.files},
        policy or assignment.policy,
        on_cell=lambda done, of: say(f"cell {done + 1} of {of}"),
        strangers=not trust_learners,
    )
    with host:
        host.run()
        report, idle = _judge(assignment, nb, host, seed, say, only)
    return Judged(
        assignment, submission, seed, report, idle, host.all_outputs(), host.starts, began, host.held, trust_learners,
        host.starved,
    )  # fmt: skip


def _judge(
    assignment: Assignment,
    nb: notebook.Notebook,
    host: Host,
    seed: int,
    say: Callable[[str], None],
    only: str | None,
) -> tuple[JudgeReport, set[str]]:
    """Run the hidden tests; return their report and the questions that nobody answered."""
    submitted = notebook.grade_ids(nb)
    auto = [q for q in assignment.questions if not q.manual and only in (None, q.name)]
    idle: set[str] = set()
    if assignment.released:
        idle = {q.name for q in auto if q.answers and not notebook.attempted(q, submitted, assignment.released)}
    foreign = notebook.foreign_code(nb, frozenset(assignment.released))
    skipped = set() if foreign else idle  # an answer may stand in a cell of the learner's own
    plugin = session.JudgePlugin(
        host,
        known_answers(assignment),
        seed,
        questions=[q.name for q in auto if q.name not in skipped],
        cell_errors=_cell_errors(assignment, nb, host),
        on_check=lambda question: say(f"question {question}"),
    )
    report = session.run(assignment.graders, assignment.test_files, plugin)
    untested = {q.name for q in auto} - set(plugin.tested)
    return report, idle - untested


def _cell_errors(assignment: Assignment, nb: notebook.Notebook, host: Host) -> dict[str, str]:
    """Say for each question with which error its answer cell ended."""
    failed = {
        str(notebook.cell_mark(nb["cells"][index]).get("grade_id")): name for index, name in host.failed_cells.items()
    }
    return {q.name: failed[a] for q in assignment.questions for a in q.answers if a in failed}


def _status(records: Sequence[CheckRecord]) -> Status:
    states = {r.status for r in records}
    if Status.UNCHECKED in states:
        return Status.UNCHECKED
    return Status.FAILED if Status.FAILED in states else Status.PASSED


def _message(records: Sequence[CheckRecord], status: Status, patience: diagnosis.Patience | None) -> str:
    """Take the first failed check's words (a plain assert has none), and, with patience, a relation of the tensors."""
    if status is Status.PASSED:
        return "All checks passed."
    first = next(r for r in records if r.status is status)
    message = first.message or f"This does not hold yet: {first.title}"
    failed = [r for r in records if r.status is Status.FAILED]
    relation = next(filter(None, (diagnosis.relation(r, patience) for r in failed)), "") if patience else ""
    return f"{message} {relation}".strip()
