"""Write the report of a course directory: collect, work out, draw, write. An edge."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gradetape.course import CourseError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gradetape.course import Course

__all__ = ["Paths", "write"]

_NEEDED = ("jinja2", "matplotlib", "rapidfuzz")
_PRIVATE = "# The report names learners: it does not belong into a repository.\n*\n"


@dataclass(frozen=True, kw_only=True)
class Paths:
    """What was written: the page, the tables, and a line for each assignment that there is nothing to say about."""

    page: Path
    tables: tuple[Path, ...]
    missing: tuple[str, ...]


def write(
    course: Course, names: Sequence[str], folder: Path, *, progress: Callable[[str], None] = lambda _: None
) -> Paths:
    """Write `index.html` and CSV files about assignments into a folder; what is there of that name is replaced.

    Args:
        course: the course directory.
        names: assignments that have a folder in source/.
        folder: where to; it is made if it is missing, with a .gitignore that keeps it out of a repository.
        progress: called with a few words about what is being done.

    Returns:
        What was written. An assignment without results has a section that says what to do.

    Raises:
        CourseError: a package is missing, or the folder cannot be written; the text says what to do.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise CourseError(f"The report needs {' and '.join(missing)}. Run `pip install 'gradetape[report]'`.")
    from gradetape.report import analysis, collect, page, table

    folder = folder.resolve()
    _make(folder)
    found = []
    for data in collect.collect(course, names, folder, progress=progress):
        progress(f"comparing answers of {data.name}")
        found.append(analysis.analyse(data))
    progress("writing the page and the tables")
    try:
        (folder / "index.html").write_text(
            page.render(found, made=datetime.now(UTC)), encoding="utf-8", errors="replace"
        )
        tables = table.write(folder, found)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return Paths(
        page=folder / "index.html",
        tables=tuple(tables),
        missing=tuple(f"{one.data.name}: {one.data.missing}" for one in found if one.data.missing),
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists() and not any(folder.iterdir()):
            ignore.write_text(_PRIVATE, encoding="utf-8")
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError) -> CourseError:
    return CourseError(f"The report cannot be written to {str(folder)!r}: {error.strerror}. Name another --output.")
