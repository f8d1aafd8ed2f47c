"""What nbgrader's configuration in force says to Gradetape's own commands; nbgrader itself is not imported for it."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradetape.course import Course, CourseError
from gradetape.guest import forkserver
from gradetape.loads import refuse_exposed, stamp
from gradetape.releasing import course_config

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CLOSED_STEPS", "course_at", "misspelt", "readable", "show_data"]

CLOSED_STEPS = ("source", "submitted", "autograded", "feedback")
"""Steps of nbgrader's whose folders no guest is shown, whatever the course calls them."""
_STRUCTURE = os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}")  # noqa: PTH118 - as nbgrader has it


def course_at(root: Path | str) -> Course:
    """Return the course directory at `root`, with the names that its configuration has for source/ and release/.

    Raises:
        CourseError: the configuration cannot be read, or its names make no path.
    """
    root = Path(root).resolve()
    config = course_config(root)
    names = config.get("CourseDirectory", {})
    structure = str(names.get("directory_structure", _STRUCTURE))

    def folder(step: str) -> Callable[[str], str]:
        named = str(names.get(f"{step}_directory", step))

        def of(assignment: str) -> str:
            try:
                path = structure.format(nbgrader_step=named, student_id=".", assignment_id=assignment)
            except (LookupError, ValueError) as error:
                raise CourseError(
                    f"c.CourseDirectory.directory_structure = {structure!r} makes no path: {error!r}. See nbgrader's "
                    "documentation of that setting."
                ) from None
            return str(root / path)

        return of

    return Course(root, source=folder("source"), release=folder("release"), data=stamp(readable(config)))


def readable(config: Any) -> list[str]:
    """Return `c.Execute.readable_data`, as a configuration has set it or added to it."""
    found = config.get("Execute", {}).get("readable_data", [])
    return [str(folder) for folder in (found.get_value([]) if hasattr(found, "get_value") else found)]


def misspelt(config: Any) -> list[str]:
    """Name settings of the classes that grade which no such class has; nbgrader would leave them out without a word."""
    from nbgrader.converters import Autograde, GenerateFeedback
    from nbgrader.coursedir import CourseDirectory

    from gradetape.nbgrader import Execute, RestoreCells, SaveAutoGrades, SubmissionExporter

    found = []
    ours = (Execute, RestoreCells, SaveAutoGrades, SubmissionExporter)
    for owner in (*ours, Autograde, GenerateFeedback, CourseDirectory):
        known = owner.class_trait_names(config=True)
        for name in sorted(set(config.get(owner.__name__, {})) - set(known)):
            near = get_close_matches(name, known, n=1)
            meant = f" Is c.{owner.__name__}.{near[0]} meant?" if near else ""
            found.append(f"c.{owner.__name__}.{name} is no setting.{meant}")
    return found


def show_data(root: Path, config: Any = None) -> None:
    """From now on show guests the folders of data that the course's configuration names, for reading only.

    Raises:
        CourseError: one of them is none that may be shown (`loads.refuse_exposed`).
    """
    config = course_config(root) if config is None else config
    names = config.get("CourseDirectory", {})
    named = [str(names[f"{step}_directory"]) for step in CLOSED_STEPS if f"{step}_directory" in names]
    refuse_exposed(root, readable(config), named)
    forkserver.show(readable(config))
