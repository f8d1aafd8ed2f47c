"""Read notebooks that may be anything, and see the questions in them.

nbgrader's metadata is read here and written nowhere: nbgrader stays its owner.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from dataclasses import dataclass
from typing import Any

import nbformat

from gradetape import shape

__all__ = [
    "CellSource", "Notebook", "NotebookError", "Question", "attempted", "cell_mark", "code_cells", "demo_ids",
    "foreign_code", "grade_ids", "questions", "read",
]  # fmt: skip

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 100
MAX_HOLDERS = 200_000  # lists and dicts; an empty cell of two bytes takes a kilobyte once it is read
DEMO_TAG = "demo"

_MAX_PARSED = 20_000  # CPython 3.11 takes the square of an f-string's length
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

Notebook = dict[str, Any]


class NotebookError(ValueError):
    """Bytes that hold no notebook; the text says what they are and what to do."""


@dataclass(frozen=True)
class Question:
    """A graded cell: its `grade_id`, its points, whether people grade it, and the answer cells before it."""

    name: str
    points: float
    manual: bool
    answers: tuple[str, ...]


@dataclass(frozen=True)
class CellSource:
    """One code cell to run: its index in the notebook and its text."""

    index: int
    source: str


def read(data: bytes) -> Notebook:
    """Read a notebook of any nbformat version, upgraded to version 4.

    Raises:
        NotebookError: the bytes are no notebook.
    """
    advice = "Submit the .ipynb file that JupyterLab saves."
    if not data.strip():
        raise NotebookError(f"The file is empty. {advice}")
    for start, what in ((b"%PDF", "a PDF document"), (b"PK\x03\x04", "a ZIP archive"), (b"\x89PNG", "a picture")):
        if data.startswith(start):
            raise NotebookError(f"The file is {what}, not a notebook. {advice}")
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 2**20:.0f} MiB"
        raise NotebookError(
            f"The file has {size}; at most {MAX_BYTES // 2**20} MiB are read. Clear the outputs and save."
        )
    try:
        content = _json(data)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NotebookError(f"The file is not JSON, so it is no notebook. {advice}") from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise NotebookError(f"The file is JSON, but no notebook. {advice}")
    _bounded(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            upgraded = nbformat.convert(nbformat.from_dict(content), 4)
        if upgraded.get("nbformat") != content["nbformat"]:  # nbformat may give back one cell twice
            upgraded = nbformat.from_dict(upgraded)
        return _with_usable_cells(upgraded)
    except NotebookError:
        raise
    except Exception as error:  # noqa: BLE001 - nbformat raises whatever the broken structure led to
        raise NotebookError(f"The notebook's structure is broken ({type(error).__name__}). {advice}") from None


def _json(data: bytes) -> Any:
    """Read JSON; a lone surrogate, which nobody could write down again, becomes a question mark."""
    content = json.loads(data.decode("utf-8-sig"))
    if _SURROGATE.search(data):
        content = json.loads(json.dumps(content, ensure_ascii=False).encode(errors="replace"))
    return content


def _bounded(content: Any) -> None:
    """Refuse what would cost later code too much; level by level, since recursion could go too deep itself."""
    depth, held, level = 0, 0, [content]
    while level:
        holders = [node for node in level if isinstance(node, dict | list)]
        level = [part for node in holders for part in (node.values() if isinstance(node, dict) else node)]
        depth, held = depth + 1, held + len(holders)
        if depth > MAX_DEPTH:
            raise NotebookError(f"The notebook is nested deeper than {MAX_DEPTH} levels. Clear the outputs and save.")
        if held > MAX_HOLDERS:
            raise NotebookError(f"The notebook has more than {MAX_HOLDERS:,} parts. Clear the outputs and save.")


def _with_usable_cells(nb: Notebook) -> Notebook:
    """Leave out cells that are none, and bring the others, and all around them, into nbformat's shape."""
    advice = "Submit the .ipynb file that JupyterLab saves."
    cells = nb.get("cells")
    if not isinstance(cells, list):
        raise NotebookError(f"The notebook has no list of cells. {advice}")
    nb["cells"] = [cell for cell in cells if isinstance(cell, dict)]
    if cells and not nb["cells"]:
        raise NotebookError(f"The notebook has a cell that is none. {advice}")
    shape.mend(nb)
    return nb


def cell_mark(cell: dict[str, Any]) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell, {} when it has none."""
    mark = cell["metadata"].get("nbgrader", {})
    return mark if isinstance(mark, dict) else {}


def _is_demo(cell: dict[str, Any]) -> bool:
    tags = cell["metadata"].get("tags", [])
    return isinstance(tags, list) and DEMO_TAG in tags


def _is_graded(cell: dict[str, Any]) -> bool:
    return bool(cell_mark(cell).get("grade"))


def questions(nb: Notebook) -> tuple[Question, ...]:
    """List the graded cells of an instructor's notebook, in order.

    Raises:
        NotebookError: the points of one are no number.
    """
    found: list[Question] = []
    pending: list[str] = []
    for cell in nb["cells"]:
        mark = cell_mark(cell)
        name = str(mark.get("grade_id", ""))
        if mark.get("grade") or mark.get("task"):
            manual = bool(mark.get("solution") or mark.get("task") or cell.get("cell_type") != "code")
            answers = (*pending, name) if mark.get("solution") else tuple(pending)
            found.append(Question(name, _points(mark, name), manual, answers))
            pending = []
        elif mark.get("solution"):
            pending.append(name)
    return tuple(found)


def _points(mark: dict[str, Any], name: str) -> float:
    points = mark.get("points", 0)
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < float("inf"):
        raise NotebookError(f"The graded cell {name!r} has the points {points!r}, which are no number from 0 on.")
    return float(points)


def demo_ids(nb: Notebook) -> frozenset[str]:
    """Return the `grade_id` of every demo cell of an instructor's notebook; what is graded is none."""
    return frozenset(str(cell_mark(c).get("grade_id")) for c in nb["cells"] if _is_demo(c) and not _is_graded(c))


def code_cells(nb: Notebook, demos: frozenset[str] = frozenset()) -> list[CellSource]:
    """List the code cells to run: all but demo cells (by tag, or by the instructor's `grade_id`)."""
    return [
        CellSource(index, cell["source"])
        for index, cell in enumerate(nb["cells"])
        if cell.get("cell_type") == "code"
        and cell["source"].strip()
        and cell_mark(cell).get("grade_id") not in demos
        and not (_is_demo(cell) and cell_mark(cell).get("locked") and not _is_graded(cell))
    ]


def grade_ids(nb: Notebook) -> dict[str, str]:
    """Map the `grade_id` of every marked cell to its source; of duplicates the last counts, as in nbgrader."""
    return {str(cell_mark(c)["grade_id"]): c["source"] for c in nb["cells"] if "grade_id" in cell_mark(c)}


def foreign_code(nb: Notebook, known: frozenset[str]) -> bool:
    """Say whether the notebook has code cells of the learner's own, outside the marked cells."""
    return any(
        cell.get("cell_type") == "code" and str(cell_mark(cell).get("grade_id")) not in known and _code(cell["source"])
        for cell in nb["cells"]
    )


def attempted(question: Question, submitted: dict[str, str], released: dict[str, str]) -> bool:
    """Say whether any answer cell of the question differs from what was released, comments aside."""
    return any(
        name not in submitted or _code(submitted[name]) != _code(released.get(name, "")) for name in question.answers
    )


def _code(source: str) -> str:
    """Reduce source to what the interpreter sees; text that does not parse, or is very long, counts as it stands."""
    if len(source) > _MAX_PARSED:
        return source.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = ast.parse(source)
            return ast.dump(parsed) if parsed.body else ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source.strip()
