"""What nbgrader's gradebook says of an assignment: an edge, it needs nbgrader. Reads, never writes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - a field's type
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradetape.report.data import Grade, QuestionInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Recorded", "RecordedLearner", "opened", "read"]

_SQLITE = "sqlite:///"


@dataclass(kw_only=True)
class RecordedLearner:
    """The scores, the penalty and the lateness of one learner."""

    grades: dict[str, Grade] = field(default_factory=dict)
    penalty: float = 0.0
    seconds_late: float = 0.0
    handed_in: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """An assignment in the gradebook: its questions by name, its submissions, and everybody in the course."""

    questions: dict[str, QuestionInfo]
    learners: dict[str, RecordedLearner]
    students: tuple[str, ...]
    due: datetime | None


@contextlib.contextmanager
def opened(api: Any) -> Iterator[Any]:
    """Give the open gradebook of nbgrader's API; None when there is none yet. None is made."""
    url = str(api.coursedir.db_url)
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).is_file():
        yield None
        return
    with api.gradebook as gradebook:
        yield gradebook


def read(gradebook: Any, assignment: str) -> Recorded | None:
    """Read an assignment; None when it was never released."""
    from nbgrader import api

    found = gradebook.db.query(api.Assignment).filter(api.Assignment.name == assignment).one_or_none()
    if found is None:
        return None
    cells = _cells(gradebook, assignment)
    learners: dict[str, RecordedLearner] = {}
    for entry in gradebook.db.query(api.SubmittedAssignment).filter(api.SubmittedAssignment.assignment_id == found.id):
        late = float(entry.total_seconds_late) if found.duedate else 0.0
        learners[entry.student_id] = RecordedLearner(seconds_late=late, handed_in=entry.timestamp)
    _add_penalties(gradebook, found.id, learners)
    _add_grades(gradebook, found.id, cells, learners)
    return Recorded(
        questions={question.name: question for question in cells.values()},
        learners={name: learner for name, learner in learners.items() if learner.grades},
        students=tuple(sorted(name for (name,) in gradebook.db.query(api.Student.id))),
        due=found.duedate,
    )


def _cells(gradebook: Any, assignment: str) -> dict[str, QuestionInfo]:
    """Return the graded cells by their ids; a name that is not of the assignment's own notebook tells its notebook."""
    from nbgrader import api

    found = {}
    for kind in (api.GradeCell, api.TaskCell):
        rows = (
            gradebook.db.query(kind.id, kind.name, kind.max_score, kind.cell_type, api.Notebook.name)
            .join(api.Notebook, kind.notebook_id == api.Notebook.id)
            .join(api.Assignment, api.Notebook.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == assignment)
        )
        for key, name, points, cell_type, notebook in rows:
            shown = name if notebook == assignment else f"{notebook}/{name}"
            found[key] = QuestionInfo(name=shown, points=float(points), manual=cell_type != "code")
    return found


def _add_penalties(gradebook: Any, assignment: str, learners: dict[str, RecordedLearner]) -> None:
    from nbgrader import api

    rows = (
        gradebook.db.query(api.SubmittedAssignment.student_id, api.SubmittedNotebook.late_submission_penalty)
        .join(api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
        .filter(api.SubmittedAssignment.assignment_id == assignment)
    )
    for student, penalty in rows:
        learners[student].penalty += float(penalty or 0.0)


def _add_grades(
    gradebook: Any, assignment: str, cells: dict[str, QuestionInfo], learners: dict[str, RecordedLearner]
) -> None:
    from nbgrader import api

    rows = (
        gradebook.db.query(
            api.SubmittedAssignment.student_id, api.Grade.cell_id, api.Grade.score, api.Grade.manual_score,
            api.Grade.needs_manual_grade,
        )
        .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
        .filter(api.SubmittedAssignment.assignment_id == assignment)
    )  # fmt: skip
    for student, cell, score, manual, waits in rows:
        question = cells.get(cell)
        if question is not None:
            learners[student].grades[question.name] = Grade(
                score=float(score), max_score=question.points, by_hand=manual is not None, waits=bool(waits)
            )
