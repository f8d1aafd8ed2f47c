"""Gradescope's `results.json`, one for each submission."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from traitlets import Enum

from gradetape import feedback
from gradetape.exports.base import Exporter
from gradetape.exports.scores import ExportError
from gradetape.exports.table import write_file
from gradetape.verdict import Status

if TYPE_CHECKING:
    from pathlib import Path

    from gradetape.exports.scores import Assignment, Cell, Grades, Points, Submission

__all__ = ["VISIBILITIES", "GradescopeExporter"]

VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
"""When learners see a test, in Gradescope's words."""


class GradescopeExporter(Exporter):
    """Writes `<to>/<assignment>/<learner>/results.json`; a question is a test of Gradescope."""

    default_to = "gradescope"

    visibility = Enum(
        VISIBILITIES,
        default_value="visible",
        help="When learners see the questions' results: " + ", ".join(VISIBILITIES),
    ).tag(config=True)

    def write(self, grades: Grades, destination: Path) -> None:
        """Write a folder; learners without a graded submission have none."""
        for assignment in grades.assignments:
            for learner in grades.learners:
                submission = grades.of(assignment, learner)
                if submission is None or not submission.graded:
                    continue
                data = results(assignment, submission, visibility=self.visibility)
                folder = destination / _folder_name(assignment.name) / _folder_name(learner.id)
                write_file(folder / "results.json", json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def results(assignment: Assignment, submission: Submission, *, visibility: str) -> dict[str, Any]:
    """Return a submission in Gradescope's format.

    The score at the top stands for the whole submission, late penalty and extra credit included.
    """
    cells = [(cell, submission.points[cell]) for cell in assignment.cells if cell in submission.points]
    data: dict[str, Any] = {
        "score": round(submission.score, 4),
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [_test(number, cell, points) for number, (cell, points) in enumerate(cells, start=1)],
        "extra_data": {"assignment": assignment.name, "late_seconds": submission.late_seconds},
    }
    if submission.result is not None:
        data["execution_time"] = round(submission.result.seconds, 2)
    notes = [f"Late penalty: {submission.penalty:g} points."] if submission.penalty else []
    notes += ["A question waits for a person; the score is not final."] if submission.waiting else []
    return data | ({"output": "\n".join(notes)} if notes else {})


def _test(number: int, cell: Cell, points: Points) -> dict[str, Any]:
    return {
        "name": cell.name,
        "number": str(number),
        "score": round(points.earned, 4),
        "max_score": cell.max_points,
        "status": "passed" if _passed(cell, points) else "failed",
        "output": _output(points),
        "output_format": "text",
    }


def _passed(cell: Cell, points: Points) -> bool:
    """Say whether all is well: the verdict, unless a person had the last word."""
    if points.verdict is not None and not points.by_person:
        return points.verdict.status is Status.PASSED
    return points.earned >= cell.max_points


def _output(points: Points) -> str:
    if points.needs_person:
        return "This question waits for a person."
    panel = feedback.text(points.verdict) if points.verdict else ""
    return "\n".join(filter(None, ("A person graded this question." if points.by_person else "", panel)))


def _folder_name(name: str) -> str:
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise ExportError(
            f"{name!r} cannot be the name of a folder, and each learner's results.json has one of its own. "
            "Rename it in the gradebook, or leave it out by --student or --assignment."
        )
    return name
