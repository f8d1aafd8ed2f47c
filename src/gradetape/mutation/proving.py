"""Try the mutants of one question: which lose marks, which do not, and what they are taken for.

What became of a mutant is kept until something changes that decides it, so a stopped run goes on where it was.
"""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from gradetape import notebook
from gradetape.course import CourseError
from gradetape.grading import judge
from gradetape.mutation import equivalents
from gradetape.mutation.mutants import mutants
from gradetape.store import Store
from gradetape.submissions import Submission, digest
from gradetape.variants import with_cells
from gradetape.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gradetape.course import Assignment
    from gradetape.mutation.equivalents import Equivalent
    from gradetape.mutation.mutants import Mutant
    from gradetape.policy import Policy
    from gradetape.verdict import Result

__all__ = ["SEED", "MutantReport", "MutationReport", "prove_question", "summed_up"]

SEED = 1
"""Seed of the hidden tests' inputs: a mutant has to lose marks in any run, so one is as good as another."""
_MOST_SECONDS = {"cell_seconds": 15.0, "probe_seconds": 15.0, "submission_seconds": 60.0}
"""A mutant can loop for ever; it need not wait as long as a learner may."""

Fate = Literal["killed", "survived", "equivalent", "unchecked"]


@dataclass(frozen=True, kw_only=True)
class MutantReport:
    """What became of one mutant; `diagnosed_as` is the known mistake it was taken for, `message` for the learner."""

    question: str
    mutant: str
    operator: str
    diff: str
    fate: Fate
    score: float
    max: float
    message: str = ""
    diagnosed_as: str | None = None
    reason: str = ""


@dataclass
class MutationReport:
    """The mutants of one assignment."""

    made: int = 0
    killed: int = 0
    equivalent: int = 0
    survived: int = 0
    unchecked: int = 0
    mutants: list[MutantReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, found: Sequence[MutantReport]) -> MutationReport:
        """Count the fates of these mutants."""
        fates = [m.fate for m in found]
        return cls(
            made=len(found), killed=fates.count("killed"), equivalent=fates.count("equivalent"),
            survived=fates.count("survived"), unchecked=fates.count("unchecked"), mutants=list(found),
        )  # fmt: skip

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain data, as `--format json` prints it."""
        return {**asdict(self), "share": round(self.share, 4)}

    @property
    def share(self) -> float:
        """Killed mutants out of those that are not equivalent; 1 when there is none."""
        return self.killed / (self.made - self.equivalent) if self.made > self.equivalent else 1.0


def prove_question(
    assignment: Assignment, question: str, cache: Path, *, on_progress: Callable[[int, int, str], None]
) -> list[MutantReport]:
    """Judge every mutant of one question by the hidden tests of that question.

    Args:
        assignment: the assignment.
        question: the question's name.
        cache: a folder that keeps what became of each mutant.
        on_progress: called with mutants done, mutants in all, and what comes next.

    Raises:
        CourseError: the unchanged reference does not get full marks.
    """
    known = {e.mutant: e for e in equivalents.parse(_text(assignment), where="")[0]}
    todo = [m for m in mutants(assignment) if m.question == question]
    store, found = Store(cache), []
    left_out = _left_out(assignment, question, store) if todo else {}
    for number, mutant in enumerate(todo):
        on_progress(number, len(todo), f"{question}: {mutant.operator}")
        result = _judged(assignment, question, {**left_out, mutant.cell: mutant.source}, store)
        found.append(_report(mutant, result, known.get(mutant.name)))
    on_progress(len(todo), len(todo), "done")
    return found


def _text(assignment: Assignment) -> str:
    return assignment.proofs.get("equivalent.toml", b"").decode()


def _left_out(assignment: Assignment, question: str, store: Store) -> dict[str, str]:
    """Return the visible checks as empty cells: they take most of a notebook's time and decide nothing.

    Where the reference needs what such a cell defines, all of them stay.
    """
    visible = dict.fromkeys(assignment.visible_checks, "")
    nothing: dict[str, str] = {}
    for cells in (visible, nothing):
        verdict = _judged(assignment, question, cells, store).verdict(question)
        if verdict is not None and verdict.score == verdict.max_score:
            return cells
    if verdict is None:
        raise CourseError(f"Assignment {assignment.id!r}: question {question!r} has no hidden test.")
    raise CourseError(
        f"Assignment {assignment.id!r}: the reference does not get full marks in {question!r}. "
        "Run `gradetape check` first."
    )


def _judged(assignment: Assignment, question: str, cells: dict[str, str], store: Store) -> Result:
    submission = Submission(with_cells(assignment.source, cells))
    key = digest(assignment, submission, only=question)
    result = store.get(key)
    if result is None:
        nb = notebook.read(submission.notebook)
        limits = _limits(assignment.policy)
        run = judge(assignment, submission, nb, seed=SEED, trust_learners=True, only=question, policy=limits)
        result = dataclasses.replace(run.result(), digest=key, outputs={}, staff={})
        store.put(result)
    return result


def _limits(policy: Policy) -> Policy:
    return dataclasses.replace(policy, **{k: min(v, getattr(policy, k)) for k, v in _MOST_SECONDS.items()})


def _report(mutant: Mutant, result: Result, equivalent: Equivalent | None) -> MutantReport:
    verdict = result.verdict(mutant.question)
    assert verdict is not None
    fate: Fate = "killed" if verdict.score < verdict.max_score else "equivalent" if equivalent else "survived"
    if verdict.status is Status.UNCHECKED:
        fate = "unchecked"
    return MutantReport(
        question=mutant.question, mutant=mutant.name, operator=mutant.operator, diff=mutant.diff, fate=fate,
        score=verdict.score, max=verdict.max_score, message=verdict.message,
        diagnosed_as=verdict.diagnosis.mistake if verdict.diagnosis else None,
        reason=equivalent.reason if equivalent and fate == "equivalent" else "",
    )  # fmt: skip


def summed_up(assignment: Assignment, questions: Sequence[str], found: Sequence[MutantReport]) -> MutationReport:
    """Count what became of the mutants of these questions, and say what is wrong with graders and equivalents."""
    report = MutationReport.of(found)
    where = f"graders/{assignment.id}/equivalent.toml"
    known, problems = equivalents.parse(_text(assignment), where=where)
    names = {q.name for q in assignment.questions}
    said = list(problems)
    by_name = {m.mutant: m for m in found}
    for entry in known:
        if entry.question in questions or entry.question not in names:
            said += _stale(entry, by_name.get(entry.mutant), where)
    for mutant in found:
        said += _wrong(mutant, where)
    report.problems = [f"Assignment {assignment.id!r}: {text}" for text in said]
    return report


def _stale(entry: Equivalent, mutant: MutantReport | None, where: str) -> list[str]:
    """Say what is wrong with an entry of equivalent.toml."""
    if mutant is None or mutant.question != entry.question:
        text = "Its solution has changed: remove the entry, or look at the mutant again under its new name."
        return [f"{where}: question {entry.question!r} has no mutant {entry.mutant!r}. {text}"]
    if mutant.fate == "killed":
        return [f"{where}: mutant {entry.mutant!r} loses marks, so it is not equivalent. Remove the entry."]
    return []


def _wrong(mutant: MutantReport, where: str) -> list[str]:
    """Say what a mutant's fate asks for."""
    about = f"question {mutant.question!r}: mutant {mutant.mutant} ({mutant.operator})"
    if mutant.fate == "survived":
        text = f"keeps full marks. Test what it changes, or say in {where} why nothing can tell."
        return [f"{about} {text}\n{mutant.diff}"]
    if mutant.fate == "unchecked":
        text = "makes a hidden test fail to run. Look with `check` before you index into a learner's tree."
        return [f"{about} {text}\n{mutant.diff}"]
    return []
