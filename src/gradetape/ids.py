"""Names that nbgrader takes: of assignments, of learners, of a course's folder; and of a Python module made from one.

nbgrader looks for all three with shell patterns. A name that is one itself finds others' folders, or none.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["id_problem", "module_name", "path_problem", "student_problem"]

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_PATTERN = re.compile(r"[*?\[]")
_NOT_IN_IDS = re.compile(rf"[+/{_CONTROL}]")
_NOT_IN_NAMES = re.compile(rf"[/{_CONTROL}]")


def id_problem(assignment: str) -> str:
    """Say why a name cannot be an assignment's id, by nbgrader's rule; '' when it can."""
    if assignment in ("", ".", "..") or _NOT_IN_IDS.search(assignment) or assignment.strip() != assignment:
        return "an id has no +, no /, no control character and no blank at its ends, and is not '.' or '..'."
    if _PATTERN.search(assignment):
        return (
            "an id has no *, ? or [ (nbgrader takes them for a pattern, and finds other assignments or none). "
            "Choose another."
        )
    return ""


def student_problem(student: str) -> str:
    """Say why a folder's name cannot be a learner's; '' when it can."""
    if _PATTERN.search(student):
        return "a learner's name has no *, ? or [: nbgrader takes them for a pattern, and finds other learners' work."
    if student in ("", ".", "..") or _NOT_IN_NAMES.search(student):
        return "a learner's name has no / and no control character, and is not empty, '.' or '..'."
    return ""


def path_problem(folder: str) -> str:
    """Say why nbgrader finds nothing in a course of this path; '' when it does."""
    if _PATTERN.search(folder):
        return (
            f"nbgrader takes *, ? and [ in a course's path for a pattern, and finds nothing in {folder!r}. "
            "Rename the folder."
        )
    return ""


def module_name(assignment: str) -> str:
    """Derive a Python module's name from an assignment's id: `Week-1` gives `week_1`."""
    name = re.sub(r"\W", "_", unicodedata.normalize("NFC", assignment)).lower()
    return name if name.isidentifier() else f"a_{name}"
