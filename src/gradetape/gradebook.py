"""nbgrader's gradebook: what it holds of each learner, and its first opening by several commands at once. An edge.

nbgrader makes the tables, asks `alembic` for seconds which version they have, writes that down and adds the course, all
without a lock: a second command that begins in the meantime finds half a gradebook and fails, and one that is killed
leaves it so.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradetape import claims

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["automatic_scores", "grade_cells", "one_at_a_time"]

_course: list[Path] = []
_opened: set[tuple[str, str]] = set()


def one_at_a_time(root: Path) -> None:
    """From now on let this process's first opening of a gradebook wait for those of others in the course at `root`.

    Called before nbgrader opens one: by `nbgrader_api`, and from a course's nbgrader_config.py.
    """
    try:
        from nbgrader.api import Gradebook
    except ImportError:
        return
    _course[:] = [root.resolve()]
    if not hasattr(Gradebook.__init__, "__wrapped__"):
        Gradebook.__init__ = _patient(Gradebook.__init__)


def automatic_scores(gradebook: Any, assignment: str, student: str = "") -> dict[str, str]:
    """Write down what the gradebook holds of autograding, by learner: all cells with their scores (null: none).

    And what a penalty for handing in late is made of, with the penalty.

    Args:
        gradebook: nbgrader's, open.
        assignment: whose submissions.
        student: only this learner's; '' for all.
    """
    from nbgrader.api import Assignment, BaseCell, Grade, Notebook, SubmittedAssignment, SubmittedNotebook

    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id,
            Notebook.name,
            BaseCell.name,
            Grade.auto_score,
            Assignment.duedate,
            SubmittedAssignment.extension,
            SubmittedNotebook.late_submission_penalty,
        )
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(Assignment.name == assignment)
    )
    found: dict[str, list[list[Any]]] = {}
    for who, *cell in rows.filter(SubmittedAssignment.student_id == student) if student else rows:
        found.setdefault(who, []).append(cell)
    return {who: json.dumps(sorted(cells, key=lambda cell: cell[:2]), default=str) for who, cells in found.items()}


def grade_cells(gradebook: Any, assignment: str) -> dict[str, float] | None:
    """Return the points of each grade cell of an assignment's notebook of its own name; None where there is none."""
    from nbgrader.api import MissingEntry

    try:
        notebook = gradebook.find_notebook(assignment, assignment)
    except MissingEntry:
        return None
    return {cell.name: float(cell.max_score) for cell in notebook.grade_cells}


def _patient(opening: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(opening)
    def __init__(self: Any, db_url: str, course_id: str = "default_course", authenticator: Any = None) -> None:  # noqa: N807
        key = (db_url, course_id)
        if key in _opened:
            opening(self, db_url, course_id, authenticator)
            return
        with claims.held(_place(db_url)):
            _clear_half_made(db_url)
            opening(self, db_url, course_id, authenticator)
        _opened.add(key)

    return __init__


def _place(db_url: str) -> Path:
    """Return where all who open this gradebook meet: beside a file of SQLite's, else in the course."""
    from sqlalchemy.engine import make_url

    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        file = Path(url.database).absolute()
        return file.with_name(f".{file.name}.lock")
    return _course[0] / ".gradetape" / "gradebook.lock"


def _clear_half_made(db_url: str) -> None:
    """Remove the empty tables of an opening that died before it had noted their version; nbgrader makes them anew.

    What holds a single row is left alone: it may be a gradebook of an earlier nbgrader, for `nbgrader db upgrade`.
    """
    from nbgrader.api import Base
    from sqlalchemy import create_engine, inspect, select, text

    engine = create_engine(db_url, future=True)
    try:
        there = set(inspect(engine).get_table_names())
        ours = set(Base.metadata.tables)
        if not there or not there <= {*ours, "alembic_version"}:
            return
        with engine.begin() as connection:
            marked = "alembic_version" in there and connection.execute(text("select 1 from alembic_version")).first()
            tables = [table for name, table in Base.metadata.tables.items() if name in there]
            if marked or any(connection.execute(select(table).limit(1)).first() for table in tables):
                return
            Base.metadata.drop_all(connection)
            connection.execute(text("drop table if exists alembic_version"))
    finally:
        engine.dispose()
