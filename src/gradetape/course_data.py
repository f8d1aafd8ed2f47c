"""The data sets that a course's assignments name, prepared before work on them is handed out."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from gradetape.course import CourseError
from gradetape.datasets.catalogue import CATALOGUE
from gradetape.datasets.preparing import ensure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradetape.course import Assignment, Course

__all__ = ["needed", "ready", "ready_for"]


def needed(assignment: Assignment) -> tuple[str, ...]:
    """List the stand-ins that an assignment names; what is wrong with its notebook is told by who grades with it."""
    try:
        return tuple(name for name in assignment.datasets if name in CATALOGUE)
    except CourseError:
        return ()


def ready_for(assignments: Iterable[Assignment]) -> None:
    """Prepare what these assignments name and this machine has not; it says so on stderr.

    Raises:
        PreparationError: this machine cannot.
    """
    ensure(name for assignment in assignments for name in needed(assignment))


def ready(course: Course, names: Iterable[str]) -> None:
    """Prepare what the named assignments of a course need; those that cannot be read need nothing.

    Raises:
        PreparationError: this machine cannot.
    """
    found = []
    for name in names:
        with contextlib.suppress(CourseError):
            found.append(course.load(name))
    ready_for(found)
