"""Figures of a class: how scores are spread, and what each question tells. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import StatisticsError, correlation, fmean, median
from typing import TYPE_CHECKING

from gradetape.report.data import State
from gradetape.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradetape.report.data import AssignmentData, Learner, QuestionInfo

__all__ = [
    "BINS",
    "FEWEST",
    "WEAK",
    "QuestionStatistics",
    "Summary",
    "discrimination",
    "questions",
    "spread",
    "summary",
]

BINS = 10
"""Bars of the score distribution, each a tenth of the points."""
FEWEST = 10
"""With fewer graded submissions a correlation says nothing."""
WEAK = 0.1
"""A question whose correlation is below this hardly tells strong from weak."""
_WHOLE = 1e-9


@dataclass(frozen=True, kw_only=True)
class QuestionStatistics:
    """One question over all graded submissions.

    `mean` is the mean score in points, `success` the share with all points, `discrimination` the item-rest
    correlation, None where it says nothing. `seconds` are those of the hidden tests: median and maximum.
    `outcomes` counts the verdicts, `named` how many failed answers were known mistakes.
    """

    name: str
    points: float
    manual: bool
    graded: int
    mean: float
    success: float
    discrimination: float | None
    median_seconds: float | None
    most_seconds: float | None
    outcomes: dict[Status, int] = field(default_factory=dict)
    named: int = 0


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A class in a few numbers. Shares of the points there are; seconds of whole submissions."""

    graded: int
    waiting: int
    absent: int
    late: int
    needs_person: int
    mean: float
    median: float
    seconds: float
    median_seconds: float | None


def discrimination(scores: Sequence[float], rest: Sequence[float]) -> float | None:
    """Return Pearson's correlation of a question's scores with the scores of all other questions together.

    None with fewer than `FEWEST` learners, or where either does not vary.
    """
    if len(scores) < FEWEST:
        return None
    try:
        return correlation(scores, rest)
    except StatisticsError:
        return None


def questions(data: AssignmentData) -> list[QuestionStatistics]:
    """Return the figures of all questions."""
    return [_question(q, data.graded, alone=len(data.questions) == 1) for q in data.questions]


def _question(question: QuestionInfo, learners: Sequence[Learner], *, alone: bool) -> QuestionStatistics:
    scored = [learner for learner in learners if question.name in learner.grades]
    scores = [learner.grades[question.name].score for learner in scored]
    rest = [sum(g.score for name, g in learner.grades.items() if name != question.name) for learner in scored]
    verdicts = [learner.verdicts[question.name] for learner in learners if question.name in learner.verdicts]
    seconds = [sum(check.seconds for check in verdict.checks) for verdict in verdicts if verdict.checks]
    return QuestionStatistics(
        name=question.name,
        points=question.points,
        manual=question.manual,
        graded=len(scores),
        mean=fmean(scores) if scores else 0.0,
        success=_share(score >= question.points - _WHOLE for score in scores),
        discrimination=None if alone else discrimination(scores, rest),
        median_seconds=median(seconds) if seconds else None,
        most_seconds=max(seconds) if seconds else None,
        outcomes={status: sum(verdict.status is status for verdict in verdicts) for status in Status},
        named=sum(verdict.diagnosis is not None for verdict in verdicts),
    )


def summary(data: AssignmentData) -> Summary:
    """Return the figures of the whole assignment."""
    shares = [_part(learner.score, data.points) for learner in data.graded]
    seconds = [learner.seconds for learner in data.graded if learner.verdicts]
    return Summary(
        graded=len(shares),
        waiting=sum(learner.state is State.WAITING for learner in data.learners),
        absent=sum(learner.state is State.ABSENT for learner in data.learners),
        late=sum(learner.seconds_late > 0 for learner in data.graded),
        needs_person=sum(learner.waits for learner in data.graded),
        mean=fmean(shares) if shares else 0.0,
        median=median(shares) if shares else 0.0,
        seconds=sum(seconds),
        median_seconds=median(seconds) if seconds else None,
    )


def spread(data: AssignmentData) -> list[int]:
    """Count learners by tenths of the points; all points, and more, belong to the last."""
    counts = [0] * BINS
    for learner in data.graded:
        share = _part(learner.score, data.points)
        counts[min(BINS - 1, int(share * BINS + _WHOLE))] += 1
    return counts


def _part(score: float, most: float) -> float:
    return score / most if most else 0.0


def _share(held: Iterable[bool]) -> float:
    found = list(held)
    return fmean(found) if found else 0.0
