"""Assignment ids: what nbgrader takes, and the name of a Python module that is made from one."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["id_problem", "module_name"]

_NOT_IN_IDS = re.compile(r"[+/\x00-\x1f\x7f-\x9f]")


def id_problem(assignment: str) -> str:
    """Say why a name cannot be an assignment's id, by nbgrader's rule; '' when it can."""
    if assignment in ("", ".", "..") or _NOT_IN_IDS.search(assignment) or assignment.strip() != assignment:
        return "an id has no +, no /, no control character and no blank at its ends, and is not '.' or '..'."
    return ""


def module_name(assignment: str) -> str:
    """Derive a Python module's name from an assignment's id: `Week-1` gives `week_1`."""
    name = re.sub(r"\W", "_", unicodedata.normalize("NFC", assignment)).lower()
    return name if name.isidentifier() else f"a_{name}"
