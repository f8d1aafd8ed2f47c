"""What is exported, as plain data: points from nbgrader's gradebook, verdicts from the store.

The gradebook decides every point (manual grades, extra credit and late penalties included); a verdict only says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gradetape.configured import course_at
from gradetape.course import CourseError
from gradetape.recording import Ledger
from gradetape.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from gradetape.verdict import Result, Verdict

__all__ = ["Assignment", "Cell", "ExportError", "Grades", "Learner", "Points", "Submission", "read"]


class ExportError(Exception):
    """Grades that cannot be exported as asked; the text says what to do."""


@dataclass(frozen=True, kw_only=True)
class Learner:
    """One learner of the gradebook; what nbgrader does not know is ''."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def sortable_name(self) -> str:
        """'Last, First'; the part that there is, or the id."""
        return ", ".join(filter(None, (self.last_name, self.first_name))) or self.id


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One graded cell of an assignment."""

    notebook: str
    name: str
    max_points: float


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One assignment with its graded cells, in the order of the instructor's notebook where that is known."""

    name: str
    cells: tuple[Cell, ...]

    @cached_property
    def max_points(self) -> float:
        """Points there are."""
        return sum(cell.max_points for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Points:
    """What the gradebook says of one graded cell of a submission."""

    earned: float
    by_person: bool
    needs_person: bool
    verdict: Verdict | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One submission: its points by cell, its late penalty, how late it was, and its stored result."""

    points: dict[Cell, Points]
    penalty: float
    late_seconds: float
    result: Result | None = None

    @property
    def graded(self) -> bool:
        """Whether the gradebook has a grade of it at all."""
        return bool(self.points)

    @property
    def waiting(self) -> bool:
        """Whether a cell of it still waits for a person."""
        return any(p.needs_person for p in self.points.values())

    @property
    def score(self) -> float:
        """Points after the late penalty, never below zero; as nbgrader's own export has it."""
        return max(0.0, sum(p.earned for p in self.points.values()) - self.penalty)


@dataclass(frozen=True, kw_only=True)
class Grades:
    """All that was asked for; assignments and learners in the gradebook's order."""

    assignments: tuple[Assignment, ...]
    learners: tuple[Learner, ...]
    submissions: dict[tuple[str, str], Submission]

    def of(self, assignment: Assignment, learner: Learner) -> Submission | None:
        """Return a learner's submission, None when there is none."""
        return self.submissions.get((assignment.name, learner.id))


def read(gradebook: Any, root: Path, *, assignments: Sequence[str] = (), students: Sequence[str] = ()) -> Grades:
    """Read the gradebook and the store of the course directory `root`.

    Args:
        gradebook: nbgrader's open gradebook.
        root: the course directory, for the verdicts.
        assignments: the assignments to read; all when empty.
        students: the learners to read; all when empty.

    Raises:
        ExportError: a name is not in the gradebook.
    """
    chosen = _chosen(gradebook.assignments, assignments, "name", "assignment")
    learners = _chosen(gradebook.students, students, "id", "learner")
    wanted = {learner.id for learner in learners}
    store = Store(root)
    found: dict[tuple[str, str], Submission] = {}
    plain = []
    for assignment in chosen:
        cells = _cells(assignment, root)
        plain.append(Assignment(name=assignment.name, cells=tuple(cells.values())))
        ledger = Ledger(root, assignment.name)
        for row in _submissions(gradebook, assignment):
            if row.student_id in wanted:
                result = _result(store, ledger, row.student_id, assignment.name)
                found[assignment.name, row.student_id] = _submission(row, cells, result, assignment)
    return Grades(assignments=tuple(plain), learners=tuple(map(_learner, learners)), submissions=found)


def _chosen(rows: Iterable[Any], names: Sequence[str], key: str, kind: str) -> list[Any]:
    """Return the rows that were named, or all."""
    there = {getattr(row, key): row for row in rows}
    unknown = [name for name in names if name not in there]
    if unknown:
        raise ExportError(
            f"The gradebook has no {kind} {', '.join(map(repr, unknown))}. "
            f"Known are {', '.join(sorted(there)) or 'none'}; `nbgrader db {_DB[kind]} list` shows them."
        )
    return [row for name, row in there.items() if not names or name in names]


_DB = {"assignment": "assignment", "learner": "student"}


def _learner(row: Any) -> Learner:
    fields = ("first_name", "last_name", "email", "lms_user_id")
    return Learner(id=row.id, **{name: getattr(row, name) or "" for name in fields})


def _cells(assignment: Any, root: Path) -> dict[str, Cell]:
    """Return the graded cells of an assignment by their ids in the gradebook; it keeps no order, the notebook does."""
    try:
        order = [question.name for question in course_at(root).load(assignment.name).questions]
    except CourseError:
        order = []
    rank = {name: place for place, name in enumerate(order)}
    rows = [
        (cell.id, Cell(notebook=notebook.name, name=cell.name, max_points=float(cell.max_score or 0.0)))
        for notebook in assignment.notebooks
        for cell in [*notebook.grade_cells, *notebook.task_cells]
    ]
    rows.sort(key=lambda row: (row[1].notebook, rank.get(row[1].name, len(rank)), row[1].name))
    return dict(rows)


def _submissions(gradebook: Any, assignment: Any) -> list[Any]:
    """Return the submissions of an assignment, with notebooks and grades, by three queries."""
    from nbgrader.api import SubmittedAssignment, SubmittedNotebook
    from sqlalchemy.orm import selectinload

    query = gradebook.db.query(SubmittedAssignment).filter(SubmittedAssignment.assignment_id == assignment.id)
    loaded = selectinload(SubmittedAssignment.notebooks).selectinload(SubmittedNotebook.grades)
    return list(query.options(loaded))


def _submission(row: Any, cells: dict[str, Cell], result: Result | None, assignment: Any) -> Submission:
    points = {
        cells[grade.cell_id]: _points(grade, cells[grade.cell_id], result)
        for notebook in row.notebooks
        for grade in notebook.grades
        if grade.cell_id in cells
    }
    late = 0.0 if assignment.duedate is None else float(row.total_seconds_late)
    penalty = sum(notebook.late_submission_penalty or 0.0 for notebook in row.notebooks)
    return Submission(points=points, penalty=penalty, late_seconds=late, result=result)


def _points(grade: Any, cell: Cell, result: Result | None) -> Points:
    of_result = result is not None and cell.notebook == result.assignment
    return Points(
        earned=float(grade.score),
        by_person=grade.manual_score is not None,
        needs_person=bool(grade.needs_manual_grade),
        verdict=result.verdict(cell.name) if result is not None and of_result else None,
    )


def _result(store: Store, ledger: Ledger, student: str, assignment: str) -> Result | None:
    """Return the result that was recorded last; None when that is not known, as for one that could not be checked."""
    digest, _ = ledger.get(student)
    result = store.get(digest) if digest else None
    return result if result is not None and result.assignment == assignment else None
