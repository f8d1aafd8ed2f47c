"""The text of answers: what learners handed in, what was released, and the known ways to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradetape import attached, notebook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gradetape.course import Assignment
    from gradetape.notebook import Question

__all__ = ["handed_in", "known_ways", "stubs"]

_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


def handed_in(path: Path, questions: tuple[Question, ...]) -> tuple[dict[str, str], str]:
    """Read the answers in a submitted notebook by question, or say why there are none.

    Cells of the learner's own are no answer cells: they are not looked at.
    """
    fault = attached.fault(path, most=notebook.MAX_BYTES)
    if fault:
        return {}, f"The notebook cannot be used: {fault}."
    try:
        cells = notebook.grade_ids(notebook.read(attached.read_plain(path, most=notebook.MAX_BYTES) or b""))
    except notebook.NotebookError as error:
        return {}, str(error)
    return {q.name: _joined(q, cells) for q in questions if any(name in cells for name in q.answers)}, ""


def stubs(assignment: Assignment) -> dict[str, str]:
    """Return the released answer cells by question."""
    return {q.name: _joined(q, assignment.released) for q in assignment.questions}


def known_ways(assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """Return the reference, the accepted alternatives and the known mistakes by question."""
    reference = {
        name: "\n".join(line for line in text.splitlines() if not line.strip().startswith(_MARKS))
        for name, text in notebook.grade_ids(assignment.notebook).items()
    }
    found = {}
    for question in assignment.questions:
        variants = [v for v in (*assignment.alternatives, *assignment.mistakes) if v.question == question.name]
        others = (_joined(question, reference | {v.cell: v.source}) for v in variants)
        found[question.name] = (_joined(question, reference), *others)
    return found


def _joined(question: Question, cells: Mapping[str, str]) -> str:
    return "\n\n".join(cells[name] for name in question.answers if name in cells)
