"""Bring a submitted notebook back to the shape of the released one, keeping the learner's work.

nbgrader restores the text of locked cells from its gradebook, but trusts metadata, and gives up where a cell is
missing. This runs before it and needs no gradebook: metadata of released cells and the text of locked ones are the
release's, missing cells come back, doubles and invented marks are unmarked. Pure: notebooks in, notebooks out.
"""

from __future__ import annotations

import copy
import itertools
from typing import TYPE_CHECKING, Any

import nbformat

from gradetape import shape
from gradetape.notebook import cell_mark

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from gradetape.notebook import Notebook

__all__ = [
    "UNREADABLE", "hidden_lines", "placeholder", "restore", "unmark", "unmark_doubles", "without_block",
    "without_hidden_tests",
]  # fmt: skip

UNREADABLE = "gradetape_unreadable"
"""Notebook metadata: why the file handed in could not be read."""


def _id(cell: dict[str, Any]) -> str:
    name = cell_mark(cell).get("grade_id", "")
    return name if isinstance(name, str) else ""


def restore(submitted: Notebook, released: Notebook) -> list[str]:
    """Change `submitted` in place so that every released cell is there once, with its own metadata.

    Returns:
        What was done, one sentence per cell, for the instructor's log.
    """
    wanted = {_id(cell): cell for cell in released["cells"] if _id(cell)}
    notes = _unmark_strangers_and_doubles(submitted, set(wanted))
    for cell in submitted["cells"]:
        original = wanted.get(_id(cell))
        if original is not None:
            _restore_cell(cell, original, notes)
    _put_missing_back(submitted, released, notes)
    shape.mend_ids(submitted)
    return notes


def _unmark_strangers_and_doubles(submitted: Notebook, known: set[str]) -> list[str]:
    """Take nbgrader's mark from cells that are not the release's; of doubles the last one counts."""
    notes: list[str] = []
    seen: set[str] = set()
    for cell in reversed(submitted["cells"]):
        if "nbgrader" not in cell["metadata"]:
            continue
        name = _id(cell)
        if name in known and name not in seen:
            seen.add(name)
            continue
        del cell["metadata"]["nbgrader"]
        if name in seen:
            notes.append(f"Cell {name!r} is there more than once; the last one counts.")
        elif name:
            notes.append(f"Cell {name!r} is no cell of the assignment; its mark was removed.")
    return notes


def _that_counts(cell: dict[str, Any]) -> dict[str, Any]:
    """Return nbgrader's mark without what nbgrader itself writes into it whenever it releases."""
    return {name: value for name, value in cell_mark(cell).items() if name not in ("checksum", "cell_type")}


def _restore_cell(cell: dict[str, Any], original: dict[str, Any], notes: list[str]) -> None:
    name = _id(cell)
    if cell.get("cell_type") != original["cell_type"]:
        notes.append(
            f"Cell {name!r} was turned into a {cell.get('cell_type')} cell; it is {original['cell_type']} again."
        )
        cell["cell_type"] = original["cell_type"]
        cell.pop("attachments", None)
    if _that_counts(cell) != _that_counts(original):
        notes.append(
            f"The metadata of cell {name!r} is not the release's (changed, or released anew since); the release's "
            "counts."
        )
    cell["metadata"] = copy.deepcopy(original["metadata"])  # 0 is False and 3.0 is 3 to Python, and not to nbgrader
    if cell_mark(original).get("locked") and cell["source"] != original["source"]:
        notes.append(f"Cell {name!r} is not the learner's to change; it is as released again.")
        cell["source"] = original["source"]
    if cell["cell_type"] == "code":
        cell.setdefault("outputs", [])
        cell.setdefault("execution_count", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_missing_back(submitted: Notebook, released: Notebook, notes: list[str]) -> None:
    """Insert each missing cell behind the nearest released cell before it that is there."""
    there = {_id(cell) for cell in submitted["cells"]} - {""}
    before = ""
    for original in released["cells"]:
        name = _id(original)
        if not name:
            continue
        if name not in there:
            notes.append(f"Cell {name!r} was missing; it was put back as released.")
            position = 1 + next((i for i, c in enumerate(submitted["cells"]) if before and _id(c) == before), -1)
            submitted["cells"].insert(position, _with_free_id(original, submitted))
        before = name


def _with_free_id(cell: dict[str, Any], nb: Notebook) -> dict[str, Any]:
    """Copy a cell; where a cell of the notebook has its id (it had another mark once), it gets another one."""
    taken, made = {str(c.get("id")) for c in nb["cells"]}, copy.deepcopy(cell)
    if made.get("id") in taken:
        made["id"] = next(name for number in itertools.count(1) if (name := f"restored-{number}") not in taken)
    return made


def placeholder(released: Notebook, reason: str) -> Notebook:
    """Return the released notebook with a notice on top, in place of a file that is no notebook."""
    nb: Notebook = copy.deepcopy(released)
    nb["metadata"][UNREADABLE] = reason
    notice = f"**The file that was handed in could not be graded.** {reason}"
    nb["cells"].insert(0, nbformat.v4.new_markdown_cell(notice))
    return nb


def unmark_doubles(submitted: Notebook) -> list[str]:
    """Take nbgrader's mark from all but the last of cells with one `grade_id`, in place; return these ids.

    nbgrader leaves an empty mark behind, and then refuses the whole class for it.
    """
    seen: set[str] = set()
    doubles = []
    for cell in reversed(submitted["cells"]):
        name = _id(cell)
        if name and name in seen:
            del cell["metadata"]["nbgrader"]
            doubles.append(name)
        seen.add(name)
    return doubles


def unmark(submitted: Notebook) -> None:
    """Take from a submitted notebook's metadata, in place, what only Gradetape and the instructor may say there."""
    for name in (UNREADABLE, "gradetape"):
        submitted["metadata"].pop(name, None)
    for cell in submitted["cells"]:
        cell["metadata"].pop("gradetape", None)
        for output in cell.get("outputs", ()):
            if isinstance(output.get("metadata"), dict):
                output["metadata"].pop("gradetape", None)


def without_hidden_tests(nb: Notebook, released: Mapping[str, str], tested: Container[str]) -> None:
    """Bring the checks of questions that have hidden tests of their own back to the text that learners know, in place.

    nbgrader restores a check with its `### BEGIN HIDDEN TESTS` block. Where the question is judged by a test in
    graders/, that block decides nothing, and a learner's process could print it.

    Args:
        nb: the notebook that is about to run.
        released: the released cells by `grade_id`.
        tested: the questions that have hidden tests in graders/.
    """
    for cell in nb["cells"]:
        mark = cell_mark(cell)
        is_check = mark.get("grade") and not mark.get("solution") and mark.get("grade_id") in tested
        if is_check and cell["source"].strip():  # one that was emptied stays so: proofs leave visible checks out
            cell["source"] = released.get(str(mark["grade_id"]), without_block(cell["source"]))


def hidden_lines(source: str) -> int:
    """Count the lines of a cell that lie in nbgrader's blocks of hidden tests, their ends included."""
    return len(source.split("\n")) - len(_visible(source))


def without_block(source: str) -> str:
    """Return a cell's text without nbgrader's blocks of hidden tests; one that is not closed goes on to the end."""
    return "\n".join(_visible(source))


def _visible(source: str) -> list[str]:
    kept, inside = [], False
    for line in source.split("\n"):
        if "BEGIN HIDDEN TESTS" in line:
            inside = True
        elif "END HIDDEN TESTS" in line:
            inside = False
        elif not inside:
            kept.append(line)
    return kept
