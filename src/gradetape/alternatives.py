"""Accepted alternatives: right versions of one solution cell that look different from the reference.

They live in `graders/<assignment>/alternatives.py` as percent cells and prove that the grader judges what an
answer does, not how it is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradetape import variants
from gradetape.variants import Variant, VariantError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradetape.notebook import Question

__all__ = ["Alternative", "parse", "rounds"]

_PREFIX = "ok-"


class Alternative(Variant):
    """A right version of one solution cell; its name begins with `ok-`."""


def parse(text: str, questions: Sequence[Question], *, where: str) -> tuple[tuple[Alternative, ...], tuple[str, ...]]:
    """Read the cells of an alternatives.py.

    Args:
        text: the file's content.
        questions: the questions of the assignment.
        where: the file's name, for messages.

    Returns:
        The usable alternatives, and a problem in words for every cell that cannot be used.
    """
    return variants.parse(text, questions, _make, where=where, what="alternative", required=("question", "name"))


def _make(_: dict[str, Any], place: str, common: dict[str, str]) -> Alternative:
    if not common["name"].startswith(_PREFIX):
        raise VariantError(f"{place}: the name of an alternative begins with {_PREFIX!r}, not as {common['name']!r}.")
    return Alternative(**common)


def rounds(alternatives: Sequence[Alternative]) -> list[list[Alternative]]:
    """Deal alternatives into as few notebooks as possible, each with at most one per solution cell."""
    dealt: list[list[Alternative]] = []
    for alternative in alternatives:
        free = next((r for r in dealt if all(a.cell != alternative.cell for a in r)), None)
        if free is None:
            dealt.append([alternative])
        else:
            free.append(alternative)
    return dealt
