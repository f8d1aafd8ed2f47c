"""What a person should look at: mistakes, questions that could not be checked, limits, alike answers. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradetape.report import similarity
from gradetape.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradetape.report.data import AssignmentData, Learner
    from gradetape.report.similarity import Alike
    from gradetape.verdict import Verdict

__all__ = ["Limit", "MistakeCount", "Unchecked", "Unnamed", "alike", "limits", "mistakes", "unchecked",
           "unnamed"]  # fmt: skip

_CODE = r"(?:Your code|This cell)"
_LIMITS = (
    ("time", re.compile(rf"{_CODE} took longer than .* s and was stopped|The time for the whole notebook \(|"
                        r"CellTimeoutError: ")),
    ("memory", re.compile(rf"(?:DeadKernelError: )?{_CODE} used more than the .* of memory|"
                          rf"(?:{_CODE} raised )?(?:MemoryError|ResourceExhaustedError)\b")),
    ("disk", re.compile(rf"(?:DeadKernelError: )?{_CODE} wrote more than the ")),
    ("processes", re.compile(rf"(?:DeadKernelError: )?{_CODE} started more than the ")),
    ("processor", re.compile(rf"(?:DeadKernelError: )?{_CODE} used up the processor time")),
    ("process ended", re.compile(rf"(?:DeadKernelError: )?(?:{_CODE} ended the notebook's process|"
                                 r"The notebook's process ended)")),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MistakeCount:
    """A known mistake and who made it."""

    mistake: str
    hint: str
    learners: tuple[Learner, ...]


@dataclass(frozen=True, kw_only=True)
class Unnamed:
    """A check that failed in answers which are no known mistake, and how often."""

    question: str
    title: str
    learners: tuple[Learner, ...]


@dataclass(frozen=True, kw_only=True)
class Unchecked:
    """A question that could not be checked, the hidden tests concerned, and what the grader noted."""

    learner: Learner
    question: str
    titles: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A limit that was hit, where ('cell 7' or a question), and the words of it."""

    learner: Learner
    kind: str
    where: str
    text: str


def mistakes(data: AssignmentData) -> list[MistakeCount]:
    """Return the known mistakes that were made, the commonest first."""
    found: dict[tuple[str, str], list[Learner]] = defaultdict(list)
    for learner in data.graded:
        for verdict in learner.verdicts.values():
            if verdict.diagnosis:
                found[verdict.diagnosis.mistake, verdict.diagnosis.hint].append(learner)
    counts = [MistakeCount(mistake=m, hint=h, learners=tuple(who)) for (m, h), who in found.items()]
    return sorted(counts, key=lambda c: (-len(c.learners), c.mistake))


def unnamed(data: AssignmentData) -> list[Unnamed]:
    """Return the first failed checks of answers that are no known mistake, the commonest first."""
    found: dict[tuple[str, str], list[Learner]] = defaultdict(list)
    for learner in data.graded:
        for verdict in learner.verdicts.values():
            first = next((check.title for check in verdict.checks if check.status is Status.FAILED), None)
            if first is not None and verdict.status is Status.FAILED and not verdict.diagnosis:
                found[verdict.question, first].append(learner)
    counts = [Unnamed(question=q, title=t, learners=tuple(who)) for (q, t), who in found.items()]
    return sorted(counts, key=lambda c: (-len(c.learners), c.question, c.title))


def unchecked(data: AssignmentData) -> list[Unchecked]:
    """Return the questions that could not be checked and that no person has graded since.

    Where the result itself was not kept, the gradebook still knows that an automatic question waits for a person.
    """
    return [
        Unchecked(
            learner=learner,
            question=question.name,
            titles=_titles(learner.verdicts.get(question.name)),
            notes=learner.notes,
        )
        for learner in data.graded
        for question in data.questions
        if _is_unchecked(learner, question.name, manual=question.manual, has_tests=data.has_tests)
    ]


def _is_unchecked(learner: Learner, question: str, *, manual: bool, has_tests: bool) -> bool:
    grade, verdict = learner.grades.get(question), learner.verdicts.get(question)
    if grade is not None and grade.by_hand:
        return False
    if verdict is not None:
        return verdict.status is Status.UNCHECKED
    return has_tests and not manual and grade is not None and grade.waits


def _titles(verdict: Verdict | None) -> tuple[str, ...]:
    checks = verdict.checks if verdict else ()
    return tuple(check.title for check in checks if check.status is Status.UNCHECKED)


def limits(data: AssignmentData) -> list[Limit]:
    """Return the limits that learners' code hit, and processes that ended, one line for each place."""
    return [limit for learner in data.graded for limit in _limits(learner)]


def _limits(learner: Learner) -> Iterator[Limit]:
    died = False
    for error in learner.errors:
        kind = _kind(error.text) or "process ended"
        died = died or kind != "time"
        yield Limit(learner=learner, kind=kind, where=f"cell {error.cell}", text=error.text)
    for verdict in learner.verdicts.values():
        said = [check.message for check in verdict.checks] or [verdict.message]
        found = {kind: text for text in reversed(said) if (kind := _kind(text))}
        for kind, text in found.items():
            died = died or kind != "time"
            yield Limit(learner=learner, kind=kind, where=verdict.question, text=text)
    if learner.guests > 1 and not died:
        text = f"{learner.guests} processes were started for this notebook."
        yield Limit(learner=learner, kind="process ended", where="notebook", text=text)


def _kind(text: str) -> str:
    """Return which limit these words of the grader's are about; '' for none."""
    return next((kind for kind, words in _LIMITS if words.match(text)), "")


def alike(data: AssignmentData) -> dict[str, Alike]:
    """Compare the answers of every question with hidden tests that has answer cells."""
    found = {}
    for question in data.questions:
        answers = {learner.name: learner.answers[question.name] for learner in data.learners
                   if question.name in learner.answers}  # fmt: skip
        if answers:
            name = question.name
            found[name] = similarity.alike(answers, data.stubs.get(name, ""), data.known_ways.get(name, ()))
    return found
