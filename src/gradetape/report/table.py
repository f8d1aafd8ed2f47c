"""The report's tables as CSV files, with all that the page cuts off. UTF-8, decimal points, one heading row."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from gradetape.report.results import GAPS
from gradetape.spreadsheet import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from gradetape.report.analysis import Analysis

__all__ = ["TABLES", "write"]

Row = tuple[object, ...]


def _scores(found: Analysis) -> Iterator[Row]:
    name, points = found.data.name, found.data.points
    for x in found.data.learners:
        score = x.score if x.graded else None
        most = points if x.graded else None
        yield (name, x.name, x.state.value, score, most, x.penalty, x.seconds_late, x.handed_in, x.waits,
               GAPS.get(x.gap, ""), x.seconds, x.antedated)  # fmt: skip


def _answers(found: Analysis) -> Iterator[Row]:
    for x in found.data.graded:
        for question in found.data.questions:
            grade, verdict = x.grades.get(question.name), x.verdicts.get(question.name)
            diagnosis = verdict.diagnosis if verdict else None
            yield (
                found.data.name, x.name, question.name, grade.score if grade else None, question.points,
                verdict.status.value if verdict else "", diagnosis.mistake if diagnosis else "",
                verdict.message if verdict else "", grade.by_hand if grade else "", grade.waits if grade else "",
                round(sum(check.seconds for check in verdict.checks), 4) if verdict else None,
            )  # fmt: skip


def _questions(found: Analysis) -> Iterator[Row]:
    for q in found.questions:
        yield (found.data.name, q.name, q.points, q.graded, q.mean, q.success, q.discrimination, q.median_seconds,
               q.most_seconds, *q.outcomes.values(), q.named)  # fmt: skip


def _mistakes(found: Analysis) -> Iterator[Row]:
    for m in found.mistakes:
        yield found.data.name, m.mistake, m.hint, len(m.learners), " ".join(x.name for x in m.learners)


def _failed(found: Analysis) -> Iterator[Row]:
    for u in found.unnamed:
        yield found.data.name, u.question, u.title, len(u.learners), " ".join(x.name for x in u.learners)


def _unchecked(found: Analysis) -> Iterator[Row]:
    for u in found.unchecked:
        yield found.data.name, u.learner.name, u.question, " | ".join(u.titles), " | ".join(u.notes), u.learner.digest


def _limits(found: Analysis) -> Iterator[Row]:
    for limit in found.limits:
        yield found.data.name, limit.learner.name, limit.kind, limit.where, limit.text, limit.learner.guests


def _alike(found: Analysis) -> Iterator[Row]:
    for question, result in found.alike.items():
        for group in result.groups:
            yield (found.data.name, question, " ".join(group.learners), *group.pair, round(group.similarity, 4),
                   group.verbatim, result.typical, result.compared)  # fmt: skip


TABLES: dict[str, tuple[Sequence[str], Callable[[Analysis], Iterator[Row]]]] = {
    "scores": (("assignment", "learner", "state", "score", "max_score", "late_penalty", "seconds_late", "handed_in_utc",
                "needs_person", "why_no_verdicts", "seconds_of_grading", "handed_in_later_than_said"), _scores),
    "answers": (("assignment", "learner", "question", "score", "max_score", "verdict", "mistake", "message",
                 "graded_by_hand", "needs_person", "seconds_of_hidden_tests"), _answers),
    "questions": (("assignment", "question", "points", "graded", "mean_score", "success_rate", "item_rest_correlation",
                   "median_seconds", "most_seconds", "passed", "failed", "not_attempted", "could_not_be_checked",
                   "known_mistakes"), _questions),
    "mistakes": (("assignment", "mistake", "hint", "count", "learners"), _mistakes),
    "other_failures": (("assignment", "question", "first_failed_check", "count", "learners"), _failed),
    "not_checked": (("assignment", "learner", "question", "checks", "notes", "result"), _unchecked),
    "limits": (("assignment", "learner", "limit", "where", "message", "processes_started"), _limits),
    "alike": (("assignment", "question", "learners", "one", "other", "similarity", "verbatim", "usual_similarity",
               "answers_compared"), _alike),
}  # fmt: skip
"""Headings and rows of each table."""


def write(folder: Path, found: Sequence[Analysis]) -> list[Path]:
    """Write all tables into the folder; one without rows has its headings."""
    return [
        _write(folder / f"{name}.csv", heads, (row for one in found for row in rows(one)))
        for name, (heads, rows) in TABLES.items()
    ]


def _write(path: Path, heads: Sequence[str], rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows([guarded(value) if isinstance(value, str) else value for value in row] for row in rows)
    return path
