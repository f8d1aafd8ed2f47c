"""Open edX' bulk grade import (CSV): overrides of a graded subsection, or points of a Staff Graded Points problem."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets import Dict, Float, Unicode

from gradetape.exports.base import SiteExporter
from gradetape.exports.scores import ExportError
from gradetape.exports.table import number, read_table, text, write_table

if TYPE_CHECKING:
    from gradetape.exports.scores import Assignment, Grades, Learner

__all__ = ["STAFF_GRADED_COLUMNS", "SUBSECTION_COLUMNS", "OpenEdxExporter"]

SUBSECTION_COLUMNS = ("user_id", "username", "student_key", "course_id", "track", "cohort")
"""The columns before a subsection's own."""

_OF_SUBSECTION = ("name", "grade", "original_grade", "previous_override", "new_override")

STAFF_GRADED_COLUMNS = (
    "user_id", "username", "full_name", "student_uid", "enrolled", "track", "cohort", "block_id", "title",
    "date_last_graded", "who_last_graded", "Previous Points", "New Points",
)  # fmt: skip
"""The columns of a Staff Graded Points problem."""

_USAGE_KEY = re.compile(r"block-v1:(?P<course>[^@]+)\+type@(?P<kind>[^@+]+)\+block@(?P<block>[^@+]+)")
_STAFF_GRADED = "staffgradedxblock"
_SOURCE = (
    "Download it in Open edX: Gradebook, Bulk Management, Download Grades; or Export Scores below the Staff Graded "
    "Points problem."
)


class OpenEdxExporter(SiteExporter):
    """Writes `<to>/<assignment>.csv`: Open edX takes one subsection or problem at a time."""

    default_to = "openedx"

    roster = Unicode(
        "",
        help="A table downloaded from the course in Open edX: it says which user_id belongs to which username, "
        "and usernames are nbgrader's student ids.",
    ).tag(config=True)

    blocks = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help="Assignment to usage key: 'block-v1:Org+Course+Run+type@sequential+block@...' of a graded subsection, or "
        "the same with type@staffgradedxblock of a Staff Graded Points problem. Studio shows it as 'location'.",
    ).tag(config=True)

    possible = Dict(
        key_trait=Unicode(),
        value_trait=Float(),
        help="Assignment to the points possible in Open edX, where they are not nbgrader's; scores are scaled.",
    ).tag(config=True)

    def write(self, grades: Grades, destination: Path) -> None:
        """Write the tables of all assignments that have a usage key."""
        if not self.roster:
            raise ExportError(f"OpenEdxExporter.roster is not set: Open edX knows learners by user_id. {_SOURCE}")
        header, rows = read_table(
            Path(self.roster), ["user_id", "username"], setting="OpenEdxExporter.roster", source=_SOURCE
        )
        roster = {row[header.index("username")]: dict(zip(header, row, strict=False)) for row in rows}
        assignments = self._assignments(grades)
        blocks = {a.name: _block(a.name, self.blocks[a.name]) for a in assignments if a.name in self.blocks}
        for name in sorted({a.name for a in assignments} - blocks.keys()):
            self.log.warning("Assignment %r has no usage key in OpenEdxExporter.blocks: left out.", name)
        if not blocks:
            raise ExportError("OpenEdxExporter.blocks has a usage key for none of the assignments. " + _SETTING)
        learners = [learner for learner in grades.learners if self._can_be_found(learner, roster)]
        for assignment in assignments:
            if assignment.name in blocks:
                self._write_one(grades, assignment, blocks[assignment.name], destination, [
                    (learner, roster[learner.id]) for learner in learners
                ])  # fmt: skip

    def _can_be_found(self, learner: Learner, roster: dict[str, dict[str, str]]) -> bool:
        if learner.id not in roster:
            self.log.warning("Learner %r is no username in %s: left out.", learner.id, self.roster)
        return learner.id in roster

    def _write_one(
        self,
        grades: Grades,
        assignment: Assignment,
        block: _Block,
        destination: Path,
        learners: list[tuple[Learner, dict[str, str]]],
    ) -> None:
        rows = []
        for learner, known in learners:
            points = self._points(grades, assignment, learner)
            cells = block.fixed(assignment.name) | {block.points_column: points}
            rows.append([text(cells.get(name, known.get(name, ""))) for name in block.columns])
        write_table(destination / f"{assignment.name}.csv", block.columns, rows)

    def _points(self, grades: Grades, assignment: Assignment, learner: Learner) -> str:
        """Return the points in Open edX' scale; it refuses more than there are."""
        score = self._score(grades.of(assignment, learner))
        if score is None:
            return ""
        if score > assignment.max_points:
            self.log.warning(
                "Learner %r, assignment %r: %g points are more than the %g there are; written as %g.",
                learner.id,
                assignment.name,
                score,
                assignment.max_points,
                assignment.max_points,
            )
        share = min(score / assignment.max_points, 1.0)
        return number(share * self.possible.get(assignment.name, assignment.max_points))


@dataclass(frozen=True)
class _Block:
    """A graded subsection or a Staff Graded Points problem, by the parts of its usage key."""

    key: str
    course: str
    kind: str
    block: str

    @property
    def columns(self) -> tuple[str, ...]:
        own = (f"{name}-{self.block[:8]}" for name in _OF_SUBSECTION)
        return STAFF_GRADED_COLUMNS if self.kind == _STAFF_GRADED else (*SUBSECTION_COLUMNS, *own)

    @property
    def points_column(self) -> str:
        return "New Points" if self.kind == _STAFF_GRADED else f"new_override-{self.block[:8]}"

    def fixed(self, title: str) -> dict[str, str]:
        """Return the cells that are the same in every row."""
        if self.kind == _STAFF_GRADED:
            return {"block_id": self.key, "title": title}
        return {"course_id": f"course-v1:{self.course}", f"name-{self.block[:8]}": title}


_SETTING = (
    "In nbgrader_config.py: c.OpenEdxExporter.blocks = "
    "{'my_assignment': 'block-v1:Org+Course+Run+type@sequential+block@0123456789abcdef0123456789abcdef'}."
)


def _block(assignment: str, key: str) -> _Block:
    found = _USAGE_KEY.fullmatch(key.strip())
    if not found or found["kind"] not in {"sequential", _STAFF_GRADED}:
        raise ExportError(
            f"Assignment {assignment!r}: OpenEdxExporter.blocks has {key!r}, which is no usage key of a subsection "
            f"(type@sequential) or of a Staff Graded Points problem (type@{_STAFF_GRADED}). {_SETTING}"
        )
    return _Block(key.strip(), found["course"], found["kind"], found["block"])
