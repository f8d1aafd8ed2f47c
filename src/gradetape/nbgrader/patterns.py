"""nbgrader's converters, which look for folders with shell patterns, and names of folders that are patterns themselves.

For `[z]oe` nbgrader converts the notebooks of `zoe`, whose own submission it then passes over as done already. So such
a folder never becomes one of a converter's; it is told, and the command fails once the others are done.
"""

from __future__ import annotations

import glob
import os
import re
from types import SimpleNamespace
from typing import Any

from nbgrader.converters import base
from nbgrader.converters.base import BaseConverter, NbGraderException

from gradetape.ids import id_problem, path_problem, student_problem
from gradetape.nbgrader.plugging import is_plugged
from gradetape.recording import replaced
from gradetape.texts import shown

__all__ = ["install"]


def install() -> None:
    """Let no converter of this process take a folder's name for a pattern, in plugged-in courses."""
    stock_start, stock_find = BaseConverter.start, BaseConverter.init_notebooks
    if getattr(stock_start, "gradetape_names", False):
        return

    def start(self: Any) -> None:
        self.gradetape_left_out = []
        stock_start(self)
        if self.gradetape_left_out:
            raise NbGraderException(self.gradetape_left_out[0])

    def init_notebooks(self: Any) -> None:
        if not is_plugged(self.coursedir.root):
            stock_find(self)
            return
        problem = _problem(self)
        if problem:
            self.log.error("Gradetape: %s", problem)
            raise NbGraderException(problem)
        left_out = _find(self, stock_find)
        if left_out and not self.assignments:
            raise NbGraderException(left_out[0])
        self.gradetape_left_out = left_out

    start.gradetape_names = True  # type: ignore[attr-defined]
    BaseConverter.start, BaseConverter.init_notebooks = start, init_notebooks


def _problem(converter: Any) -> str:
    """Say why nothing that is asked for can be found: the course's path, or the name, is a pattern."""
    coursedir, name, student = converter.coursedir, converter.coursedir.assignment_id, converter.coursedir.student_id
    path = path_problem(converter._format_source("x", "x"))  # noqa: SLF001
    if path:
        return path_problem(str(coursedir.root)) or path
    source = coursedir.format_path(coursedir.source_directory, ".", name)
    if id_problem(name) and os.path.isdir(source):  # noqa: PTH112 - else it is meant for a pattern
        return f"Assignment {shown(name)}: {id_problem(name)} Its folder is {shown(source)}."
    folder = converter._format_source(name, student)  # noqa: SLF001
    if student not in ("*", ".") and student_problem(student) and os.path.isdir(folder):  # noqa: PTH112
        return _told(folder, student_problem(student))
    return ""


def _find(converter: Any, stock: Any) -> list[str]:
    """Let nbgrader find its folders; return what there is to say of those that are left out."""
    folders = converter._format_source(converter.coursedir.assignment_id, converter.coursedir.student_id)  # noqa: SLF001
    names = converter._format_source("(?P<assignment>[^/]*)", "(?P<student>[^/]*)", escape=True)  # noqa: SLF001
    left_out: dict[str, str] = {}

    def found(wanted: str) -> list[str]:
        there = glob.glob(wanted)  # noqa: PTH207 - as nbgrader has it
        for folder in there if wanted == folders else ():  # it asks for notebooks in each of them as well
            match = re.fullmatch(names, folder)
            problem = _problem_of(match.groupdict()) if match else ""
            if problem:
                left_out[folder] = _told(folder, problem)
        return [folder for folder in there if folder not in left_out]

    try:
        with replaced(base, "glob", SimpleNamespace(glob=found)):
            stock(converter)
    except NbGraderException:
        if not left_out:
            raise
    finally:
        for line in left_out.values():
            converter.log.error("Gradetape: %s", line)
    return list(left_out.values())


def _problem_of(names: dict[str, str]) -> str:
    student = names.get("student", ".")  # in source/ there is no learner, and nbgrader writes that as '.'
    return id_problem(names.get("assignment", "x")) or (student_problem(student) if student != "." else "")


def _told(folder: str, problem: str) -> str:
    return f"{shown(folder)} is left out: {problem} Rename the folder, or move it away."
