"""Which stored result belongs to a learner, and what of it the report may show.

The staff-only part of a result (reports that can show hidden values) and the outputs of cells are left behind here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradetape import handed_in
from gradetape.course import Assignment, CourseError
from gradetape.recording import Ledger
from gradetape.report.data import CellError
from gradetape.submissions import digest
from gradetape.verdict import Result, ResultError, Verdict

if TYPE_CHECKING:
    from gradetape.handed_in import Places
    from gradetape.store import Store

__all__ = ["GAPS", "Kept", "Results"]

GAPS = {
    "pruned": "Its stored result was removed (`gradetape store prune`).",
    "old": "Its stored result cannot be read: it is damaged, or of another version.",
    "kept back": "A question could not be checked, and the result was not kept or belongs to an earlier submission.",
    "unreadable": "What was handed in is no notebook that can be read.",
    "closed": "Its stored result, or the record of it, is a file that this account cannot read.",
    "foreign": "There is no record of its result: it was graded elsewhere or without the hidden tests.",
}
"""Why a graded submission has no verdicts, by kind."""

_GRADERS_OWN = ("CellTimeoutError", "DeadKernelError", "MemoryError", "ResourceExhaustedError")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept of a result: verdicts by question, notes, errors at limits; or the kind of gap there is."""

    verdicts: dict[str, Verdict]
    notes: tuple[str, ...] = ()
    errors: tuple[CellError, ...] = ()
    seconds: float = 0.0
    guests: int = 0
    digest: str = ""
    gap: str = ""


class Results:
    """The stored results of one assignment, by learner."""

    def __init__(self, store: Store, assignment: Assignment, places: Places) -> None:
        self._store = store
        self._assignment = assignment
        self._places = places
        self._ledger = Ledger(store.root, assignment.id)
        self.students = self._ledger.students()
        self._closed = not self._ledger.readable()

    def of(self, student: str) -> Kept:
        """Return what is kept of the learner's recorded result."""
        if student not in self.students or self._closed:
            return Kept(verdicts={}, gap="closed" if self._closed else "foreign")
        recorded, _ = self._ledger.get(student)
        if recorded:
            return self._read(recorded, otherwise="pruned")
        return self._read(self._digest_now(student), otherwise="kept back")

    def _digest_now(self, student: str) -> str:
        """Return the digest that the submission has now: a result that was kept back is recorded without one."""
        try:
            submission = handed_in.submission(self._places, self._assignment, student)
        except (CourseError, OSError):
            return ""
        return digest(self._assignment, submission) if submission else ""

    def _read(self, name: str, *, otherwise: str) -> Kept:
        try:
            result = Result.from_json(self._store.path(name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Kept(verdicts={}, gap=otherwise)
        except OSError:
            return Kept(verdicts={}, gap="closed")
        except (ResultError, UnicodeDecodeError):
            return Kept(verdicts={}, gap="old")
        if result.assignment != self._assignment.id:
            return Kept(verdicts={}, gap="old")
        return Kept(
            verdicts={verdict.question: verdict for verdict in result.verdicts},
            notes=result.notes,
            errors=tuple(_errors(result)),
            seconds=result.seconds,
            guests=result.guests,
            digest=result.digest,
        )


def _errors(result: Result) -> list[CellError]:
    """List the errors of cells that ran into a limit."""
    found = []
    for index, outputs in result.outputs.items():
        for output in outputs:
            if output.get("output_type") == "error" and output.get("ename") in _GRADERS_OWN:
                text = f"{output['ename']}: {output.get('evalue', '')}"[:200]
                found.append(CellError(cell=int(index) + 1 if index.isdecimal() else 0, text=text))
    return found
