"""Moodle's grade import (CSV)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traitlets import Bool, Dict, Enum, Unicode

from gradetape import feedback
from gradetape.exports.base import SiteExporter
from gradetape.exports.table import text, write_table

if TYPE_CHECKING:
    from pathlib import Path

    from gradetape.exports.scores import Assignment, Grades, Learner

__all__ = ["LEARNER_COLUMNS", "NO_GRADE", "MoodleExporter"]

LEARNER_COLUMNS = ("First name", "Last name", "Username", "ID number", "Email address")
"""The columns that say whose row it is, as Moodle's own export names them."""

NO_GRADE = "-"
"""How Moodle writes that there is no grade."""

_FIELDS = {"username": "id", "idnumber": "lms_user_id", "email": "email"}


class MoodleExporter(SiteExporter):
    """One row for each learner, one column for each assignment; mapped to Moodle's fields on import."""

    default_to = "moodle.csv"

    identify_by = Enum(
        list(_FIELDS),
        default_value="username",
        help="The column that will be mapped to Moodle's users: 'username' is nbgrader's student id, 'idnumber' its "
        "lms_user_id, 'email' its email. Moodle refuses the file when a row has none, so such learners are left out.",
    ).tag(config=True)

    columns = Dict(
        key_trait=Unicode(), value_trait=Unicode(), help="Assignment to name of Moodle's grade item, where they differ."
    ).tag(config=True)

    feedback = Bool(False, help="Whether each assignment gets a column with the hints of its failed questions.").tag(
        config=True
    )

    def write(self, grades: Grades, destination: Path) -> None:
        """Write the table."""
        assignments = self._assignments(grades)
        header = [*LEARNER_COLUMNS]
        for assignment in assignments:
            name = text(self.columns.get(assignment.name, assignment.name))
            header += [name, f"{name} (Feedback)"] if self.feedback else [name]
        learners = [learner for learner in grades.learners if self._can_be_found(learner)]
        rows = [[*_about(o), *(c for a in assignments for c in self._cells(grades, a, o))] for o in learners]
        write_table(destination, header, rows)

    def _can_be_found(self, learner: Learner) -> bool:
        field = _FIELDS[self.identify_by]
        if getattr(learner, field):
            return True
        self.log.warning(
            "Learner %r has no %s in the gradebook: left out. `nbgrader db student add` sets it.", learner.id, field
        )
        return False

    def _cells(self, grades: Grades, assignment: Assignment, learner: Learner) -> list[str]:
        score = self._cell(grades, assignment, learner) or NO_GRADE
        return [score, _hints(grades, assignment, learner)] if self.feedback else [score]


def _about(learner: Learner) -> list[str]:
    fields = (learner.first_name, learner.last_name, learner.id, learner.lms_user_id, learner.email)
    return [text(field) for field in fields]


def _hints(grades: Grades, assignment: Assignment, learner: Learner) -> str:
    """Return what the learner reads of the questions that are not passed, each under its name."""
    submission = grades.of(assignment, learner)
    points = submission.points if submission else {}
    verdicts = [points[cell].verdict for cell in assignment.cells if cell in points]
    said = [(v.question, feedback.comment([v])) for v in verdicts if v]
    return text("\n".join(f"{question}: {comment}" for question, comment in said if comment), lines=True)
