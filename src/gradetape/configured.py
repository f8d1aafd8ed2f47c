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
    from collections.abc import Callable, Iterator

__all__ = ["CLOSED_STEPS", "course_at", "invalid", "misspelt", "readable", "show_data", "trusts_learners", "unshowable"]

CLOSED_STEPS = ("source", "submitted", "autograded", "feedback")
"""Steps of nbgrader's whose folders no guest is shown, whatever the course calls them."""
_STRUCTURE = os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}")  # noqa: PTH118 - as nbgrader has it


def course_at(root: Path | str) -> Course:
    """Return the course directory at `root`, with the names that its configuration has for source/ and release/.

    Raises:
        CourseError: the configuration cannot be read, its names make no path, or it shows guests what it must not.
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

    _refuse_exposed(root, config)
    return Course(root, source=folder("source"), release=folder("release"), data=stamp(readable(config)))


def readable(config: Any) -> list[str]:
    """Return `c.Execute.readable_data`, as a configuration has set it or added to it.

    Raises:
        CourseError: it is no list.
    """
    found = config.get("Execute", {}).get("readable_data", [])
    found = found.get_value([]) if hasattr(found, "get_value") else found
    if not isinstance(found, (list, tuple)):
        raise CourseError(
            f"c.Execute.readable_data = {found!r} cannot be: expected a list, not the {type(found).__name__} "
            f"{found!r}. Mend it in nbgrader_config.py: c.Execute.readable_data = [{found!r}]."
        )
    return [str(folder) for folder in found]


def trusts_learners(config: Any) -> bool:
    """Return `c.Execute.trust_learners`.

    Raises:
        CourseError: it is neither True nor False, so it says nothing.
    """
    said = config.get("Execute", {}).get("trust_learners", False)
    if not isinstance(said, bool):
        raise CourseError(
            f"c.Execute.trust_learners = {said!r} is neither True nor False. Mend it in nbgrader_config.py."
        )
    return said


def invalid(config: Any) -> list[str]:
    """Name settings of the classes that grade whose values nbgrader could not take, whatever would read them first."""
    from traitlets import TraitError
    from traitlets.config.loader import DeferredConfig, LazyConfigValue

    found = []
    for owner in _classes():
        known, bare = owner.class_traits(config=True), owner.__new__(owner)
        for place, name, value in _settings(config, owner):
            given = value.get_value(known[name].default(bare)) if isinstance(value, LazyConfigValue) else value
            if isinstance(given, DeferredConfig):  # from the command line: nbgrader itself reads and refuses it
                continue
            try:
                known[name]._validate(bare, given)  # noqa: SLF001 - setting it would wake what observes it
            except TraitError as error:
                said = " ".join(str(error).split()).replace(f" of {_article(owner)} instance", "")
                found.append(f"c.{place}.{name} = {given!r} cannot be: {said}")
    return list(dict.fromkeys(found))


def _settings(config: Any, owner: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield the settings that a class would read: the section that has it, its name and what it is."""
    known = owner.class_trait_names(config=True)
    for place in owner.section_names():
        yield from ((place, name, value) for name, value in config.get(place, {}).items() if name in known)


def _article(owner: type) -> str:
    return f"{'an' if owner.__name__[:1] in 'AEIOU' else 'a'} {owner.__name__}"


def _classes() -> tuple[Any, ...]:
    from nbgrader.converters import Autograde, GenerateFeedback
    from nbgrader.coursedir import CourseDirectory

    from gradetape.nbgrader import Execute, RestoreCells, SaveAutoGrades, SubmissionExporter

    return (Execute, RestoreCells, SaveAutoGrades, SubmissionExporter, Autograde, GenerateFeedback, CourseDirectory)


def misspelt(config: Any) -> list[str]:
    """Name settings of the classes that grade which no such class has; nbgrader would leave them out without a word."""
    found = []
    for owner in _classes():
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
    _refuse_exposed(root, config)
    forkserver.show(readable(config))


def unshowable(root: Path | str, config: Any) -> list[str]:
    """Say which of the folders of data that a configuration names no guest may be shown, and why."""
    try:
        _refuse_exposed(Path(root), config)
    except CourseError as error:
        return [str(error)]
    return []


def _refuse_exposed(root: Path, config: Any) -> None:
    names = config.get("CourseDirectory", {})
    named = [str(names[f"{step}_directory"]) for step in CLOSED_STEPS if f"{step}_directory" in names]
    refuse_exposed(root, readable(config), named)
