"""`gradetape new`: an assignment that passes `check` from its first minute, to be rewritten piece by piece."""

from __future__ import annotations

import importlib.resources
import re
from typing import TYPE_CHECKING

import jupytext
import nbformat

from gradetape import releasing
from gradetape.course import Course, CourseError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["create"]

_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_TEMPLATES = {
    "notebook.py.txt": "solutions/{id}/{id}.py",
    "test.py.txt": "graders/{id}/test_{id}.py",
    "mistakes.py.txt": "graders/{id}/mistakes.py",
    "alternatives.py.txt": "graders/{id}/alternatives.py",
}


def create(course: Course, assignment: str) -> list[Path]:
    """Write the files of a new assignment; return their paths relative to the course.

    Raises:
        CourseError: the id is no snake_case name, or one of the files is already there.
    """
    if not _ID.match(assignment):
        raise CourseError(
            f"Assignment {assignment!r}: an id is snake_case (a-z, 0-9, _), as it is a module's name too."
        )
    notebook = course.root / "source" / assignment / f"{assignment}.ipynb"
    release = course.root / "release" / assignment / notebook.name
    texts = {course.root / path.format(id=assignment): _template(name, assignment) for name, path in _TEMPLATES.items()}
    taken = [p for p in (*texts, notebook, release) if p.exists()]
    if taken:
        raise CourseError(f"{taken[0].relative_to(course.root)} is already there; nothing was written.")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    pair = course.root / "solutions" / assignment / f"{assignment}.py"
    notebook.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(jupytext.reads(texts[pair], "py:percent"), notebook)
    release.parent.mkdir(parents=True, exist_ok=True)
    release.write_bytes(releasing.generate(course.root, assignment))
    return [p.relative_to(course.root) for p in (*texts, notebook, release)]


def _template(name: str, assignment: str) -> str:
    text = importlib.resources.files("gradetape").joinpath("templates", name).read_text(encoding="utf-8")
    return text.replace("ASSIGNMENT", assignment)
