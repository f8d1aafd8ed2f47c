"""What the report is made from, as plain data: an assignment, its questions, and what is known of each learner.

Knows nothing of nbgrader, notebooks or files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - a field's type
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradetape.verdict import Verdict

__all__ = ["AssignmentData", "CellError", "Grade", "Learner", "QuestionInfo", "State"]


class State(StrEnum):
    """How far a learner's submission has come."""

    GRADED = "graded"
    WAITING = "handed in, not graded yet"
    ABSENT = "not handed in"


@dataclass(frozen=True, kw_only=True)
class QuestionInfo:
    """A graded cell: its name, its points, and whether a person grades it."""

    name: str
    points: float
    manual: bool = False


@dataclass(frozen=True, kw_only=True)
class Grade:
    """What the gradebook says of one learner's question; `waits` is whether a person has to look at it."""

    score: float
    max_score: float
    by_hand: bool = False
    waits: bool = False


@dataclass(frozen=True, kw_only=True)
class CellError:
    """An error output of a learner's cell (counted from 1) that the grader wrote."""

    cell: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Learner:
    """One learner on one assignment.

    `antedated` says what speaks against the time in `handed_in`, '' when nothing does. `gap` says why a graded
    submission has no verdicts here, '' when it has. `links` are paths relative to the page, by what they show.
    `answers` is the text of the answer by question.
    """

    name: str
    state: State = State.ABSENT
    penalty: float = 0.0
    seconds_late: float = 0.0
    handed_in: datetime | None = None
    antedated: str = ""
    grades: dict[str, Grade] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    errors: tuple[CellError, ...] = ()
    seconds: float = 0.0
    guests: int = 0
    digest: str = ""
    gap: str = ""
    links: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def graded(self) -> bool:
        """Whether the gradebook has scores."""
        return self.state is State.GRADED

    @property
    def score(self) -> float:
        """Points as nbgrader exports them: the late penalty taken off, never below zero."""
        return max(0.0, sum(grade.score for grade in self.grades.values()) - self.penalty)

    @property
    def waits(self) -> bool:
        """Whether a person has to look at any question."""
        return any(grade.waits for grade in self.grades.values())


@dataclass(frozen=True, kw_only=True)
class AssignmentData:
    """One assignment, with everybody who is known to the course.

    `stubs` and `known_ways` are the released answer and the known ways to answer (reference, alternatives,
    mistakes), by question. `missing` says what to do when there is nothing to report yet, '' otherwise.
    """

    name: str
    questions: tuple[QuestionInfo, ...] = ()
    learners: tuple[Learner, ...] = ()
    due: datetime | None = None
    has_tests: bool = True
    stubs: dict[str, str] = field(default_factory=dict)
    known_ways: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing: str = ""

    @property
    def graded(self) -> tuple[Learner, ...]:
        """The learners with scores."""
        return tuple(learner for learner in self.learners if learner.graded)

    @property
    def points(self) -> float:
        """Points there are."""
        return sum(question.points for question in self.questions)
