"""nbgrader's marks in the cells of a plain assignment's notebook: what the release decides is mended, the rest is told.

Where there are hidden tests `sanitize` brings every mark back from the release. A plain assignment is nbgrader's to
restore, and nbgrader does that by the marks that it finds; of odd ones it says what Python says.

Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from gradetape.notebook import Notebook

__all__ = ["mend"]

_FLAGS = ("grade", "solution", "locked", "task")
_NEEDED = _FLAGS[:3]
_KNOWN = {*_FLAGS, "schema_version", "grade_id", "points", "checksum", "cell_type"}
_VERSION = 3
"""Of nbgrader's metadata: the one that it reads."""
_CHECKSUM = 32


def mend(nb: Notebook, known: Container[str], flags: Mapping[str, Mapping[str, bool]] | None = None) -> list[str]:
    """Mend in place what nbgrader sets anyway: points, checksums, marks that mark nothing; and what a cell is for.

    Args:
        nb: the submitted notebook, as `notebook.read` gives it.
        known: every `grade_id` of the assignment.
        flags: by `grade_id`, which of `grade`, `solution`, `locked` and `task` the released cell says. A learner's cell
            that says otherwise has the release's: nbgrader would find another checksum than its own, or no grade.

    Returns:
        What is wrong with the other marks, a sentence for each cell, with its number.
    """
    problems = []
    for number, cell in enumerate(nb["cells"], 1):
        mark = cell["metadata"].get("nbgrader")
        if mark is None:
            continue
        name = mark.get("grade_id", "")
        if not name and not any(mark.get(flag) for flag in _FLAGS):
            del cell["metadata"]["nbgrader"]
            continue
        released = (flags or {}).get(name) if isinstance(name, str) else None
        if released and all(isinstance(mark.get(flag, False), bool) for flag in _FLAGS):
            mark.update({flag: value for flag, value in released.items() if flag in mark or value})
        _set_right(mark)
        fault = _fault(mark, known)
        if fault:
            problems.append(f"cell {number}{f' ({name[:100]!r})' if name else ''} {fault}")
    return problems


def _set_right(mark: dict[str, Any]) -> None:
    for key in mark.keys() - _KNOWN:
        del mark[key]
    if mark.get("grade"):
        if not _is_number(mark.get("points")):
            mark["points"] = 0.0  # nbgrader puts the gradebook's in its place
    elif not (_is_number(mark.get("points")) and mark["points"] >= 0):
        mark.pop("points", None)
    if not isinstance(mark.get("checksum"), str) or len(mark["checksum"]) != _CHECKSUM:
        mark.pop("checksum", None)
    if mark.get("cell_type") not in ("code", "markdown", "raw"):
        mark.pop("cell_type", None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _fault(mark: dict[str, Any], known: Container[str]) -> str:
    name, version = mark.get("grade_id", ""), mark.get("schema_version", 0)
    if type(version) is not int:
        return f"has the schema_version {str(version)[:100]!r}, which is no number"
    decides = any(mark.get(flag) for flag in _NEEDED)  # of another cell's id nbgrader takes no notice
    if decides and not name:
        return "has no grade_id"
    if version != _VERSION:  # nbgrader says so itself
        return ""
    if decides and name not in known:
        return "has a grade_id that no cell of the assignment has"
    for flag in _FLAGS:
        if flag in mark and not isinstance(mark[flag], bool):
            return f"says {flag} = {str(mark[flag])[:100]!r}, and that is true or false"
    return next((f"does not say {flag!r}" for flag in _NEEDED if flag not in mark), "")
