"""One assignment's data and all that is said about it, ready to be shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradetape.report import findings, statistics

if TYPE_CHECKING:
    from gradetape.report.data import AssignmentData, Learner
    from gradetape.report.findings import Limit, MistakeCount, Unchecked, Unnamed
    from gradetape.report.similarity import Alike
    from gradetape.report.statistics import QuestionStatistics, Summary

__all__ = ["Analysis", "analyse"]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What the page and the tables show of one assignment."""

    data: AssignmentData
    summary: Summary
    spread: list[int]
    questions: list[QuestionStatistics]
    mistakes: list[MistakeCount]
    unnamed: list[Unnamed]
    unchecked: list[Unchecked]
    limits: list[Limit]
    late: list[Learner]
    antedated: list[Learner]
    gaps: dict[str, list[Learner]]
    alike: dict[str, Alike]


def analyse(data: AssignmentData) -> Analysis:
    """Work everything out."""
    gaps: dict[str, list[Learner]] = {}
    for learner in data.graded:
        if learner.gap:
            gaps.setdefault(learner.gap, []).append(learner)
    return Analysis(
        data=data,
        summary=statistics.summary(data),
        spread=statistics.spread(data),
        questions=statistics.questions(data),
        mistakes=findings.mistakes(data),
        unnamed=findings.unnamed(data),
        unchecked=findings.unchecked(data),
        limits=findings.limits(data),
        late=sorted((x for x in data.graded if x.seconds_late > 0), key=lambda x: (-x.seconds_late, x.name)),
        antedated=[x for x in data.learners if x.antedated],
        gaps=gaps,
        alike=findings.alike(data),
    )
