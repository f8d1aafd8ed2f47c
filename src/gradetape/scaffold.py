"""`gradetape init`: a course directory; `gradetape new`: an assignment that passes `check` from its first minute."""

from __future__ import annotations

import importlib.resources
import re
from pathlib import Path

import jupytext
import nbformat

from gradetape import releasing
from gradetape.course import Course, CourseError
from gradetape.ids import id_problem, module_name, path_problem

__all__ = ["create", "found"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_COURSE = {
    "nbgrader_config.py.txt": "nbgrader_config.py",
    "jupyter_server_config.py.txt": "jupyter_server_config.py",
    "jupytext.toml.txt": "jupytext.toml",
    "gitignore.txt": ".gitignore",
}
_TEMPLATES = {
    "notebook.py.txt": "solutions/{id}/{id}.py",
    "test.py.txt": "graders/{id}/test_{module}.py",
    "mistakes.py.txt": "graders/{id}/mistakes.py",
    "alternatives.py.txt": "graders/{id}/alternatives.py",
}


def found(folder: Path, course_id: str) -> list[Path]:
    """Make a course directory: nbgrader's configuration with Gradetape plugged in, and the empty folders.

    Args:
        folder: where; it may exist, and may hold other files.
        course_id: nbgrader's id of the course, as learners name it in `nbgrader fetch_assignment --course`.

    Returns:
        The files that were written, relative to the folder.

    Raises:
        CourseError: the folder's path or the id is none that nbgrader can use, or one of the files is already there.
    """
    if path_problem(str(folder.resolve())):
        raise CourseError(f"Nothing was written: {path_problem(str(folder.resolve()))}")
    if not _NAME.match(course_id):
        raise CourseError(f"Course {course_id!r}: an id is made of letters, digits, - and _ (say one with --id).")
    taken = [folder / path for path in _COURSE.values() if (folder / path).exists()]
    if taken:
        raise CourseError(f"{taken[0]} is already there; nothing was written. A course is set up once.")
    for part in ("source", "graders", "solutions"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, path in _COURSE.items():
        (folder / path).write_text(_read(f"course/{name}").replace("COURSE", course_id), encoding="utf-8")
    return [Path(path) for path in _COURSE.values()]


def create(course: Course, assignment: str) -> list[Path]:
    """Write the files of a new assignment; return their paths relative to the course.

    Raises:
        CourseError: nbgrader takes no such id, or one of the files is already there.
    """
    if id_problem(assignment):
        raise CourseError(f"Assignment {assignment!r}: {id_problem(assignment)}")
    notebook = course.folder("source", assignment) / f"{assignment}.ipynb"
    release = course.folder("release", assignment) / notebook.name
    texts = {
        course.root / path.format(id=assignment, module=module_name(assignment)): _template(name, assignment)
        for name, path in _TEMPLATES.items()
    }
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
    release.write_bytes(releasing.generate(course, assignment))
    return [p.relative_to(course.root) for p in (*texts, notebook, release)]


def _template(name: str, assignment: str) -> str:
    return _read(name).replace("ASSIGNMENT", assignment)


def _read(name: str) -> str:
    return importlib.resources.files("gradetape").joinpath("templates", name).read_text(encoding="utf-8")
