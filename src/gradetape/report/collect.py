"""Collect the report's data of one course directory: gradebook, stored results, submissions. An edge; it only reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gradetape import timestamps
from gradetape.course import Assignment, Course, CourseError
from gradetape.handed_in import Places, learners
from gradetape.releasing import nbgrader_api
from gradetape.report import answers, gradebook
from gradetape.report.data import AssignmentData, Learner, QuestionInfo, State
from gradetape.report.results import Kept, Results
from gradetape.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradetape.report.gradebook import Recorded, RecordedLearner

__all__ = ["collect"]

_EXCHANGE = "/usr/local/share/nbgrader/exchange"  # nbgrader's, where a course names none
_NO_RESULT = Kept(verdicts={}, gap="")


def collect(
    course: Course, names: Sequence[str], folder: Path, *, progress: Callable[[str], None]
) -> Iterator[AssignmentData]:
    """Yield the data of each assignment.

    Args:
        course: the course directory.
        names: assignments that have a folder in source/.
        folder: where the page will lie; links are relative to it.
        progress: called with a few words about what is being done.

    Raises:
        CourseError: nbgrader is not installed.
    """
    api = nbgrader_api(course.root)
    with gradebook.opened(api) as book:
        for name in names:
            progress(f"reading {name}")
            recorded = gradebook.read(book, name) if book is not None else None
            yield _Collector(course, api, name, folder).data(recorded)


class _Collector:
    """Collects one assignment."""

    def __init__(self, course: Course, api: Any, name: str, folder: Path) -> None:
        self._api = api
        self._name = name
        self._folder = folder
        self._assignment = _load(course, name)
        self._places = Places(api)
        self._results = Results(Store(course.root), self._assignment, self._places) if self._assignment else None

    def data(self, recorded: Recorded | None) -> AssignmentData:
        """Return what is known, or what has to be done before anything is."""
        there = sorted(learners(self._api, self._name))
        questions = self._questions(recorded)
        class_: tuple[Learner, ...] = ()
        if recorded is not None:
            names = sorted({*recorded.students, *there, *recorded.learners})
            class_ = tuple(self._learner(n, recorded.learners.get(n), n in there, questions) for n in names)
        source = self._assignment
        return AssignmentData(
            name=self._name,
            questions=questions,
            learners=class_,
            due=recorded.due if recorded else None,
            has_tests=source is not None,
            stubs=answers.stubs(source) if source else {},
            known_ways=answers.known_ways(source) if source else {},
            missing=self._missing(recorded, there),
        )

    def _missing(self, recorded: Recorded | None, there: Sequence[str]) -> str:
        """Say what to do where there is nothing to report yet."""
        if recorded is None:
            return f"It was not released yet. Run `nbgrader generate_assignment {self._name}`."
        if recorded.learners:
            return ""
        if not there:
            return f"Nobody handed in: submitted/<student>/{self._name}/ is empty. Collect submissions first."
        return f"{len(there)} handed in, and nothing is graded yet. Run `gradetape autograde {self._name}`."

    def _questions(self, recorded: Recorded | None) -> tuple[QuestionInfo, ...]:
        """Return the questions in the notebook's order; what only the gradebook knows comes last."""
        known = dict(recorded.questions) if recorded else {}
        first = [known.pop(q.name) for q in (self._assignment.questions if self._assignment else ()) if q.name in known]
        return (*first, *(known[name] for name in sorted(known)))

    def _learner(
        self, name: str, entry: RecordedLearner | None, there: bool, questions: tuple[QuestionInfo, ...]
    ) -> Learner:
        kept = self._results.of(name) if self._results and entry else _NO_RESULT
        texts, fault = self._answers(name) if there else ({}, "")
        state = State.GRADED if entry else State.WAITING if there else State.ABSENT
        return Learner(
            name=name,
            state=state,
            penalty=entry.penalty if entry else 0.0,
            seconds_late=entry.seconds_late if entry else 0.0,
            handed_in=entry.handed_in if entry else None,
            antedated=self._antedated(name) if there else "",
            grades={q.name: entry.grades[q.name] for q in questions if q.name in entry.grades} if entry else {},
            verdicts=kept.verdicts,
            notes=kept.notes,
            errors=kept.errors,
            seconds=kept.seconds,
            guests=kept.guests,
            digest=kept.digest,
            gap="unreadable" if kept.gap and fault else kept.gap,
            links=self._links(name),
            answers=texts,
        )

    def _answers(self, student: str) -> tuple[dict[str, str], str]:
        if self._assignment is None:
            return {}, ""
        path = self._places.submitted(student, self._name) / f"{self._name}.ipynb"
        return answers.handed_in(path, self._assignment.questions)

    def _antedated(self, student: str) -> str:
        exchange = self._api.config.Exchange.get("root") or _EXCHANGE
        return timestamps.antedated(
            self._places.submitted(student, self._name), Path(exchange), self._api.coursedir.course_id
        )

    def _links(self, student: str) -> dict[str, str]:
        """Return links to what is there of a learner's graded notebook and feedback page."""
        paths = {
            "notebook": self._places.autograded(student, self._name) / f"{self._name}.ipynb",
            "feedback": self._places.feedback(student, self._name) / f"{self._name}.html",
        }
        found = {}
        for what, path in paths.items():
            if path.is_file():
                found[what] = quote(Path(os.path.relpath(path, self._folder)).as_posix())
        return found


def _load(course: Course, name: str) -> Assignment | None:
    """Load an assignment; None for one without hidden tests, which is nbgrader's alone."""
    try:
        found = course.load(name)
    except CourseError:
        return None
    return found if found.has_tests else None
