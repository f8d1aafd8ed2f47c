"""Known mistakes: wrong versions of one solution cell, with the hint each deserves.

They live in `graders/<assignment>/mistakes.py` as percent cells. They are used twice: to prove that
the grader notices them, and to name what a learner did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradetape.notebook import CellSource, Notebook, Question, cell_mark, code_cells, demo_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Mistake", "MistakeError", "mistaken_cells", "parse"]

_KNOWN = {"question", "name", "hint", "also", "cell"}


class MistakeError(ValueError):
    """A cell of mistakes.py that cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Mistake:
    """A wrong version of one solution cell.

    `question` is where it must lose marks, `also` where else it may, `cell` the `grade_id` of the
    solution cell that it replaces.
    """

    question: str
    name: str
    hint: str
    cell: str
    source: str
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The mistake's name within its assignment."""
        return f"{self.question}/{self.name}"


def parse(text: str, questions: Sequence[Question], *, where: str) -> tuple[tuple[Mistake, ...], tuple[str, ...]]:
    """Read the cells of a mistakes.py.

    Args:
        text: the file's content.
        questions: the questions of the assignment.
        where: the file's name, for messages.

    Returns:
        The usable mistakes, and a problem in words for every cell that cannot be used.
    """
    import jupytext

    found: list[Mistake] = []
    problems: list[str] = []
    known = {q.name: q for q in questions}
    for number, cell in enumerate(jupytext.reads(text, "py:percent").cells, start=1):
        if cell.cell_type != "code" or not ("question" in cell.metadata or "name" in cell.metadata):
            continue
        try:
            mistake = _mistake(cell, known, f"{where}, cell {number}")
        except MistakeError as error:
            problems.append(str(error))
            continue
        if any(m.key == mistake.key for m in found):
            problems.append(f"{where}, cell {number}: there is another mistake {mistake.key!r}. Rename one of them.")
            continue
        found.append(mistake)
    return tuple(found), tuple(problems)


def _mistake(cell: Any, questions: dict[str, Question], where: str) -> Mistake:
    given = {k: v for k, v in cell.metadata.items() if k not in ("lines_to_next_cell", "lines_to_end_of_cell_marker")}
    unknown = sorted(set(given) - _KNOWN)
    if unknown:
        raise MistakeError(f"{where}: unknown {', '.join(unknown)}. Known are {', '.join(sorted(_KNOWN))}.")
    missing = [k for k in ("question", "name", "hint") if not isinstance(given.get(k), str) or not given[k].strip()]
    if missing:
        raise MistakeError(f'{where}: {", ".join(missing)} is missing. Write # %% question="…" name="…" hint="…".')
    question = questions.get(given["question"])
    if question is None:
        raise MistakeError(
            f"{where}: there is no question {given['question']!r}. Known are {', '.join(questions) or 'none'}."
        )
    also = tuple(part.strip() for part in str(given.get("also", "")).split(",") if part.strip())
    strangers = [name for name in also if name not in questions]
    if strangers:
        raise MistakeError(f"{where}: `also` names {', '.join(strangers)}, which is no question of this assignment.")
    return Mistake(question.name, given["name"], given["hint"], _target(given, question, where), cell.source, also)


def _target(given: dict[str, Any], question: Question, where: str) -> str:
    target = given.get("cell")
    if target is not None:
        if target not in question.answers:
            raise MistakeError(f"{where}: {target!r} is no solution cell of question {question.name!r}.")
        return str(target)
    if len(question.answers) != 1:
        raise MistakeError(
            f"{where}: question {question.name!r} has {len(question.answers)} solution cells; "
            'say with cell="…" which one the mistake replaces.'
        )
    return question.answers[0]


def mistaken_cells(source: Notebook, mistake: Mistake | None) -> list[CellSource]:
    """Return the cells of the reference notebook, with the mistake's cell in place of the right one."""
    cells = code_cells(source, demo_ids(source))
    if mistake is None:
        return cells
    replaced = {
        index: mistake.source
        for index, cell in enumerate(source["cells"])
        if cell_mark(cell).get("grade_id") == mistake.cell
    }
    return [CellSource(c.index, replaced.get(c.index, c.source)) for c in cells]
