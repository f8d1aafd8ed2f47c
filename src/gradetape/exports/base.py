"""What all exporters share: settings, the choice of learners and assignments, what counts as a score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins.export import ExportPlugin
from traitlets import Bool, TraitError

from gradetape.exports import scores
from gradetape.exports.table import number

if TYPE_CHECKING:
    from gradetape.exports.scores import Assignment, Grades, Learner, Submission

__all__ = ["Exporter", "SiteExporter"]


class Exporter(ExportPlugin):  # type: ignore[misc]
    """Reads gradebook and store, and hands them to `write`."""

    default_to: ClassVar[str] = "grades.csv"

    def __init__(self, **kwargs: Any) -> None:
        try:
            super().__init__(**kwargs)
        except TraitError as error:
            raise SystemExit(
                f"{type(self).__name__}: {error} Mend it in nbgrader_config.py or on the command line."
            ) from None

    def export(self, gradebook: Any) -> None:
        """Called by `nbgrader export` with the open gradebook.

        Raises:
            SystemExit: the export cannot be made as asked; the text says why and what to do.
        """
        try:
            grades = scores.read(
                gradebook,
                Path(CourseDirectory(config=self.config).root),
                assignments=[str(name) for name in self.assignment],
                students=[str(name) for name in self.student],
            )
            self._report(grades)
            destination = Path(self.to or self.default_to)
            self.write(grades, destination)
        except scores.ExportError as error:
            raise SystemExit(f"{type(self).__name__}: {error}") from None
        self.log.info("%s: wrote %s", type(self).__name__, destination)

    def write(self, grades: Grades, destination: Path) -> None:
        """Write the grades in the exporter's format."""
        raise NotImplementedError

    def _report(self, grades: Grades) -> None:
        """Say which scores are not final."""
        for assignment in grades.assignments:
            found = (grades.of(assignment, learner) for learner in grades.learners)
            waiting = sum(submission is not None and submission.waiting for submission in found)
            if waiting:
                self.log.warning(
                    "Assignment %r: scores that are not final: %d. Questions wait for a person in the formgrader.",
                    assignment.name,
                    waiting,
                )


class SiteExporter(Exporter):
    """Writes one score for a learner and an assignment, for a learning management system."""

    missing_as_zero = Bool(
        False, help="Whether learners without a submission get 0 points; else the site's score is left as it is."
    ).tag(config=True)

    only_final = Bool(False, help="Whether to leave out scores of which a question still waits for a person.").tag(
        config=True
    )

    def _assignments(self, grades: Grades) -> list[Assignment]:
        """Return the assignments that have points to give."""
        for assignment in grades.assignments:
            if not assignment.max_points:
                self.log.warning("Assignment %r has no graded cell with points: left out.", assignment.name)
        return [assignment for assignment in grades.assignments if assignment.max_points]

    def _score(self, submission: Submission | None) -> float | None:
        """Return what counts as the score; None when there is none to write."""
        if submission is None:
            return 0.0 if self.missing_as_zero else None
        if not submission.graded or (self.only_final and submission.waiting):
            return None
        return submission.score

    def _cell(self, grades: Grades, assignment: Assignment, learner: Learner) -> str:
        """Return the score as a cell, '' when there is none."""
        score = self._score(grades.of(assignment, learner))
        return "" if score is None else number(score)
