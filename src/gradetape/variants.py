"""Other versions of one solution cell: percent cells of a file in `graders/<assignment>/`, and notebooks that hold one.

Known mistakes and accepted alternatives are written alike; what each demands is in its own module.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from gradetape.notebook import CellSource, Notebook, Question, cell_mark, code_cells, demo_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

__all__ = ["Variant", "VariantError", "parse", "variant_cells", "with_cells"]

_JUPYTEXT = ("lines_to_next_cell", "lines_to_end_of_cell_marker")


class VariantError(ValueError):
    """A cell that cannot be used; the text says which and why."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """Another version of one solution cell.

    `question` is the question it answers, `cell` the `grade_id` of the solution cell that it replaces.
    """

    question: str
    name: str
    cell: str
    source: str

    @property
    def key(self) -> str:
        """The variant's name within its assignment."""
        return f"{self.question}/{self.name}"


V = TypeVar("V", bound=Variant)


def parse(
    text: str,
    questions: Sequence[Question],
    make: Callable[[dict[str, Any], str, dict[str, str]], V],
    *,
    where: str,
    what: str,
    required: Sequence[str],
    optional: Collection[str] = (),
) -> tuple[tuple[V, ...], tuple[str, ...]]:
    """Read the percent cells of a file.

    Args:
        text: the file's content.
        questions: the questions of the assignment.
        make: called with the cell's own metadata, the place for messages, and question, name, cell and source;
            raises VariantError when the metadata will not do.
        where: the file's name, for messages.
        what: what a cell is called in messages.
        required: keys that every cell has to give, as non-empty strings.
        optional: keys that it may give.

    Returns:
        The usable variants, and a problem in words for every cell that cannot be used.
    """
    import jupytext

    found: list[V] = []
    problems: list[str] = []
    known = {q.name: q for q in questions}
    for number, cell in enumerate(jupytext.reads(text, "py:percent").cells, start=1):
        if cell.cell_type != "code" or not ("question" in cell.metadata or "name" in cell.metadata):
            continue
        place = f"{where}, cell {number}"
        given = {k: v for k, v in cell.metadata.items() if k not in _JUPYTEXT}
        try:
            variant = make(given, place, _common(given, cell.source, known, place, required, optional))
        except VariantError as error:
            problems.append(str(error))
            continue
        if any(v.key == variant.key for v in found):
            problems.append(f"{place}: there is another {what} {variant.key!r}. Rename one of them.")
            continue
        found.append(variant)
    return tuple(found), tuple(problems)


def _common(
    given: dict[str, Any],
    source: str,
    questions: dict[str, Question],
    place: str,
    required: Sequence[str],
    optional: Collection[str],
) -> dict[str, str]:
    """Return what every variant has; complain about keys and names that do not exist."""
    known = sorted({*required, *optional, "cell"})
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise VariantError(f"{place}: unknown {', '.join(unknown)}. Known are {', '.join(known)}.")
    missing = [k for k in required if not isinstance(given.get(k), str) or not given[k].strip()]
    if missing:
        example = " ".join(f'{key}="…"' for key in required)
        raise VariantError(f"{place}: {', '.join(missing)} is missing. Write # %% {example}.")
    question = questions.get(given["question"])
    if question is None:
        raise VariantError(
            f"{place}: there is no question {given['question']!r}. Known are {', '.join(questions) or 'none'}."
        )
    cell = _target(given.get("cell"), question, place)
    return {"question": question.name, "name": given["name"], "cell": cell, "source": source}


def _target(target: object, question: Question, place: str) -> str:
    if target is not None:
        if target not in question.answers:
            raise VariantError(f"{place}: {target!r} is no solution cell of question {question.name!r}.")
        return str(target)
    if len(question.answers) != 1:
        raise VariantError(
            f"{place}: question {question.name!r} has {len(question.answers)} solution cells; "
            'say with cell="…" which one is replaced.'
        )
    return question.answers[0]


def variant_cells(source: Notebook, variant: Variant | None) -> list[CellSource]:
    """Return the cells of the reference notebook, with the variant's cell in place of the right one."""
    cells = code_cells(source, demo_ids(source))
    if variant is None:
        return cells
    replaced = {i for i, cell in enumerate(source["cells"]) if cell_mark(cell).get("grade_id") == variant.cell}
    return [CellSource(c.index, variant.source if c.index in replaced else c.source) for c in cells]


def with_cells(notebook: bytes, sources: dict[str, str]) -> bytes:
    """Return a notebook in which the cells of these `grade_id`s have other sources."""
    data = json.loads(notebook)
    for cell in data["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in sources:
            cell["source"] = sources[name]
    return json.dumps(data).encode()
