"""What became of the submissions of a run of `autograde`, and the table of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gradetape.texts import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["EVERYBODY", "Outcome", "show"]

EVERYBODY = "(all)"
"""In place of a learner, where a whole assignment could not be graded."""

_MOST_NOTES = 10
_ALIKE = 4
"""So many submissions that the machine failed alike are told in one line."""
_OF_THE_MACHINE = re.compile(r"PermissionError|No space left|disk is full|readonly database|Read-only file|quota")


@dataclass(frozen=True)
class Outcome:
    """What became of one submission: its score, or the error that kept it from having one."""

    assignment: str
    student: str
    score: float = 0.0
    max_score: float = 0.0
    seconds: float = 0.0
    needs_manual: bool = False
    error: str = ""
    how: str = "graded"
    """'graded', 'from the store' or 'unchanged'."""
    notes: tuple[str, ...] = ()
    """What staff should read of its grading."""


def show(outcomes: Sequence[Outcome]) -> None:
    """Print students by assignments with scores; errors below, in full."""
    assignments = list(dict.fromkeys(o.assignment for o in outcomes))
    students = sorted({o.student for o in outcomes} - {EVERYBODY})
    found = {(o.student, o.assignment): o for o in outcomes}
    table = Table("student", title="Scores")
    for name in assignments:
        table.add_column(escape(name), justify="right", overflow="fold")
    for student in students:
        table.add_row(escape(shown(student)), *(_cell(found.get((student, a))) for a in assignments))
    console = Console()
    console.print(table)
    for line in _errors(outcomes):
        console.print(shown(line), markup=False, highlight=False, soft_wrap=True)
    notes = Counter(f"{o.assignment}: {note}" for o in outcomes for note in dict.fromkeys(o.notes))
    for note, number in notes.most_common(_MOST_NOTES):
        text = shown(f"Note of {number} submission{'' if number == 1 else 's'}, {note}")
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    if len(notes) > _MOST_NOTES:
        console.print(
            f"And {len(notes) - _MOST_NOTES} more notes: `gradetape report` has them by learner.", style="dim"
        )
    if any(o.needs_manual for o in outcomes):
        console.print("An asterisk marks work that a person has to look at.", style="dim")
    console.print(_summary(outcomes), highlight=False)


def _errors(outcomes: Sequence[Outcome]) -> list[str]:
    """Say why submissions were not graded; what the machine lacks for many of them in one line, and what to do."""
    alike: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.error:
            said = outcome.error
            for written in (repr(outcome.student)[1:-1], shown(outcome.student), outcome.student):
                said = said.replace(written, "…")
            alike.setdefault((outcome.assignment, said), []).append(outcome)
    lines = []
    for (assignment, said), those in alike.items():
        if len(those) < _ALIKE or not _OF_THE_MACHINE.search(said):
            lines += [f"• {o.student}, {assignment}: not graded. {o.error}" for o in those]
            continue
        who = ", ".join(o.student for o in those[:_ALIKE]) + ("" if len(those) == _ALIKE else ", …")
        lines.append(
            f"• {len(those)} learners ({who}), {assignment}: not graded, and not by their doing: {said} Is there room "
            "on the disk, and may you write in the course directory and to the gradebook? Mend that and run the "
            "command again: what is graded stays."
        )
    return lines


def _summary(outcomes: Sequence[Outcome]) -> str:
    """Say in one line what became of all."""
    counts = Counter("failed" if o.error else o.how for o in outcomes)
    parts = [f"{counts[how]} {how}" for how in ("graded", "from the store", "unchanged", "failed") if counts[how]]
    manual = sum(o.needs_manual for o in outcomes)
    return f"{len(outcomes)} submission{'' if len(outcomes) == 1 else 's'}: {', '.join(parts)}" + (
        f"; {manual} for a person to look at." if manual else "."
    )


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return "–"  # noqa: RUF001
    if outcome.error:
        return "error"
    return f"{outcome.score:.2f} / {outcome.max_score:g}{' *' if outcome.needs_manual else ''}"
