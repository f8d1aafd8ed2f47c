"""Known mistakes: wrong versions of one solution cell, with the hint each deserves.

They live in `graders/<assignment>/mistakes.py` as percent cells. They are used twice: to prove that
the grader notices them, and to name what a learner did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradetape import variants
from gradetape.variants import Variant, VariantError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradetape.notebook import Question

__all__ = ["Mistake", "parse"]


@dataclass(frozen=True, kw_only=True)
class Mistake(Variant):
    """A wrong version of one solution cell.

    `question` is where it must lose marks, `also` where else it may.
    """

    hint: str
    also: tuple[str, ...] = ()


def parse(text: str, questions: Sequence[Question], *, where: str) -> tuple[tuple[Mistake, ...], tuple[str, ...]]:
    """Read the cells of a mistakes.py.

    Args:
        text: the file's content.
        questions: the questions of the assignment.
        where: the file's name, for messages.

    Returns:
        The usable mistakes, and a problem in words for every cell that cannot be used.
    """
    names = {q.name for q in questions}

    def make(given: dict[str, Any], place: str, common: dict[str, str]) -> Mistake:
        also = tuple(part.strip() for part in str(given.get("also", "")).split(",") if part.strip())
        strangers = [name for name in also if name not in names]
        if strangers:
            raise VariantError(
                f"{place}: `also` names {', '.join(strangers)}, which is no question of this assignment."
            )
        return Mistake(**common, hint=given["hint"], also=also)

    required = ("question", "name", "hint")
    return variants.parse(text, questions, make, where=where, what="mistake", required=required, optional=("also",))
