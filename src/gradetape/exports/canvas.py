"""Canvas' gradebook import (CSV)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets import Dict, Enum, Unicode

from gradetape.exports.base import SiteExporter
from gradetape.exports.scores import ExportError
from gradetape.exports.table import number, read_table, text, write_table

if TYPE_CHECKING:
    from gradetape.exports.scores import Assignment, Grades, Learner

__all__ = ["IGNORED", "LEARNER_COLUMNS", "POINTS_POSSIBLE", "CanvasExporter"]

LEARNER_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
"""The columns before the assignments, in the order that Canvas asks for."""

POINTS_POSSIBLE = "    Points Possible"
"""The first cell of the second row, as Canvas itself writes it."""

IGNORED = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
"""Columns whose names contain this are read-only totals for Canvas: it passes over them in silence."""

_SOURCE = "Export it in Canvas: Grades, Export, Export Entire Gradebook."


class CanvasExporter(SiteExporter):
    """One row for each learner, one column for each assignment, points possible in the second row."""

    default_to = "canvas.csv"

    roster = Unicode(
        "",
        help="A gradebook exported from Canvas. The learners' columns, the assignments' columns with their IDs and "
        "scores that nbgrader does not have are taken from there. Without it Canvas has to find learners by login.",
    ).tag(config=True)

    login = Enum(
        ["id", "email", ""],
        default_value="id",
        help="What Canvas calls 'SIS Login ID': nbgrader's student id, email, or neither.",
    ).tag(config=True)

    section = Unicode("", help="What stands in the column 'Section' when there is no roster; may stay empty.").tag(
        config=True
    )

    columns = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help="Assignment to Canvas' column, such as 'Week 1 (12345)'. By default the roster's column of the same name; "
        "where there is none Canvas offers to make a new assignment.",
    ).tag(config=True)

    def write(self, grades: Grades, destination: Path) -> None:
        """Write the table."""
        roster = _Roster.read(Path(self.roster)) if self.roster else None
        assignments = self._assignments(grades)
        columns = [self._column(assignment, roster) for assignment in assignments]
        header = roster.learner_columns if roster else list(LEARNER_COLUMNS)
        possible = [POINTS_POSSIBLE, *[""] * (len(header) - 1), *(number(a.max_points) for a in assignments)]
        rows = [possible]
        for learner in grades.learners:
            about = self._about(learner, roster)
            if about is not None:
                cells = zip(assignments, columns, strict=True)
                rows.append(about + [self._kept(grades, a, learner, column, roster) for a, column in cells])
        write_table(destination, [*header, *map(text, columns)], rows)

    def _column(self, assignment: Assignment, roster: _Roster | None) -> str:
        column = str(self.columns.get(assignment.name) or (roster and roster.column(assignment.name)) or "")
        if not column:
            self.log.info("Assignment %r: Canvas will offer to make a new one of this name.", assignment.name)
        elif roster and column not in roster.header:
            raise ExportError(
                f"Assignment {assignment.name!r}: CanvasExporter.columns names {column!r}, which is no column of "
                f"{self.roster!r}. {_SOURCE}"
            )
        column = column or assignment.name
        if IGNORED.search(column):
            raise ExportError(
                f"Assignment {assignment.name!r}: Canvas takes {column!r} for one of its own totals and ignores it. "
                "Rename the assignment in Canvas, and name its column in CanvasExporter.columns."
            )
        return column

    def _about(self, learner: Learner, roster: _Roster | None) -> list[str] | None:
        """Return the cells that say whose row it is; None for a learner whom the roster does not have."""
        login = getattr(learner, self.login) if self.login else ""
        if roster is None:
            return [text(v) for v in (learner.sortable_name, learner.lms_user_id, "", login, self.section)]
        row = roster.row(learner, login)
        if row is None:
            self.log.warning(
                "Learner %r is not in %s (looked for the Canvas ID %r and the login %r): left out.",
                learner.id,
                self.roster,
                learner.lms_user_id,
                login,
            )
            return None
        return [text(value) for value in row[: len(roster.learner_columns)]]

    def _kept(
        self, grades: Grades, assignment: Assignment, learner: Learner, column: str, roster: _Roster | None
    ) -> str:
        """Return the score; where nbgrader has none, what Canvas has, as an empty cell would remove that."""
        score = self._cell(grades, assignment, learner)
        if score or roster is None or column not in roster.header:
            return score
        row = roster.row(learner, getattr(learner, self.login) if self.login else "")
        return text(row[roster.header.index(column)]) if row else ""


@dataclass(frozen=True)
class _Roster:
    """A gradebook exported from Canvas."""

    header: list[str]
    by_id: dict[str, list[str]]
    by_login: dict[str, list[str]]

    @classmethod
    def read(cls, path: Path) -> _Roster:
        header, rows = read_table(path, ["ID", "Section"], setting="CanvasExporter.roster", source=_SOURCE)
        rows = [row for row in rows if row[header.index("ID")].strip()]
        logins: dict[str, list[str]] = {}
        for name in ("SIS User ID", "SIS Login ID"):
            if name in header:
                logins |= {row[header.index(name)]: row for row in rows if row[header.index(name)]}
        return cls(header, {row[header.index("ID")]: row for row in rows}, logins)

    @property
    def learner_columns(self) -> list[str]:
        return self.header[: self.header.index("Section") + 1]

    def row(self, learner: Learner, login: str) -> list[str] | None:
        found = self.by_id.get(learner.lms_user_id) if learner.lms_user_id else None
        return found or (self.by_login.get(login) if login else None)

    def column(self, assignment: str) -> str | None:
        """Find an assignment's column, its Canvas ID in brackets left aside."""
        return next((name for name in self.header if re.sub(r"\s*\(\d+\)$", "", name) == assignment), None)
