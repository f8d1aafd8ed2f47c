"""Every question of every learner as one table, for spreadsheets and analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradetape.exports.base import Exporter
from gradetape.exports.table import number, text, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gradetape.exports.scores import Assignment, Cell, Grades, Learner, Points

__all__ = ["COLUMNS", "QuestionsExporter"]

COLUMNS = (
    "assignment", "notebook", "question", "student_id", "last_name", "first_name", "points", "max_points", "status",
    "graded_by", "diagnosis", "late_seconds",
)  # fmt: skip
"""The columns; docs/exports.md describes each."""


class QuestionsExporter(Exporter):
    """One row for each assignment, question and learner."""

    default_to = "questions.csv"

    def write(self, grades: Grades, destination: Path) -> None:
        """Write the table, learners without a submission included."""
        rows = (
            row
            for assignment in grades.assignments
            for learner in grades.learners
            for row in _rows(grades, assignment, learner)
        )
        write_table(destination, COLUMNS, rows)


def _rows(grades: Grades, assignment: Assignment, learner: Learner) -> Iterator[list[str]]:
    submission = grades.of(assignment, learner)
    late = "" if submission is None else number(submission.late_seconds)
    for cell in assignment.cells:
        points = submission.points.get(cell) if submission else None
        names = (assignment.name, cell.notebook, cell.name, learner.id, learner.last_name, learner.first_name)
        yield [*map(text, names), *_judged(cell, points, submitted=submission is not None), late]


def _judged(cell: Cell, points: Points | None, *, submitted: bool) -> list[str]:
    """Return points, max points, status, who graded, and the diagnosis."""
    most = number(cell.max_points)
    if points is None:
        return ["", most, "not graded" if submitted else "no submission", "", ""]
    verdict = points.verdict
    diagnosis = verdict.diagnosis.mistake if verdict and verdict.diagnosis else ""
    status = verdict.status.value if verdict else "graded"
    if points.needs_person:
        status = "waits for a person"
    return [number(points.earned), most, status, _graded_by(points), text(diagnosis)]


def _graded_by(points: Points) -> str:
    if points.by_person:
        return "person"
    if points.verdict:
        return "hidden tests"
    return "" if points.needs_person else "nbgrader"
