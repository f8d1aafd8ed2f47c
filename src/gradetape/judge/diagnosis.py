"""Name what a learner did: the known mistake whose answers are the learner's, or a simple relation.

Works on the calls that the failed checks made; asks the mistakes' guests the same probes.
"""

from __future__ import annotations

import contextlib
import re
import time
from typing import TYPE_CHECKING

import numpy as np

from gradetape import relations
from gradetape.judge.calls import decoded
from gradetape.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradetape.guest.host import Answer
    from gradetape.judge.calls import Call
    from gradetape.judge.known import KnownAnswers
    from gradetape.judge.session import CheckRecord
    from gradetape.mistakes import Mistake

__all__ = ["Patience", "diagnose", "relation"]

_ADDRESS = re.compile(r"0x[0-9a-f]+|\d+")
_MOST_VALUES = 2**20
"""An array with more is not searched for relations: sorting it takes long."""


class Patience:
    """The time that one submission's diagnosis may take here: a hint is a favour, and answers can be large."""

    def __init__(self, seconds: float = 20.0) -> None:
        self.left = seconds

    @contextlib.contextmanager
    def spending(self) -> Iterator[None]:
        """Count the time of the block."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.left -= time.monotonic() - began


def diagnose(
    records: Sequence[CheckRecord], mistakes: Sequence[Mistake], known: KnownAnswers, patience: Patience | None = None
) -> Mistake | None:
    """Find the mistake that explains the failed checks of one question best.

    A mistake explains a failed check when its answers equal the learner's on the call that failed
    (or, when a condition failed, on all calls of the check, at least one of which the reference
    answers otherwise). The one that explains most checks wins; then the one that agrees with the
    learner on most calls of the question; then the first in the file. One that does as the learner does in all
    is taken at once. An equal error is weak evidence (many slips end in it): it counts where it explains all
    failed checks, or beside an equal value.
    """
    failed = [r for r in records if r.status is Status.FAILED and r.calls]
    same = _Comparison(known, patience or Patience())
    most = (len(failed), sum(len(r.calls) for r in records))
    best: tuple[tuple[int, int], Mistake] | None = None
    for mistake in mistakes if failed else ():
        with known.asking(mistake):
            hits = [record for record in failed if _explains(mistake, record, same)]
            explained = len(hits)
            if not explained or (explained < len(failed) and all(map(_only_an_error, hits))):
                continue
            agreed = sum(same.agrees(mistake, call) for record in records for call in record.calls)
        if best is None or (explained, agreed) > best[0]:
            best = ((explained, agreed), mistake)
        if best[0] == most:
            break
    return best[1] if best else None


def _explains(mistake: Mistake, record: CheckRecord, same: _Comparison) -> bool:
    culprits = [call for call in record.calls if call.failed]
    if culprits:
        return all(same.agrees(mistake, call) for call in culprits)
    return all(same.agrees(mistake, call) for call in record.calls) and any(
        same.differs_from_reference(call) for call in record.calls
    )


def _only_an_error(record: CheckRecord) -> bool:
    """Say whether the check failed because the learner's code ended in an error, not by what it returned."""
    culprits = [call for call in record.calls if call.failed]
    return bool(culprits) and not any(call.answer.ok for call in culprits)


class _Comparison:
    """Compares a learner's answers with those of the reference and the mistakes, as long as there is patience."""

    def __init__(self, known: KnownAnswers, patience: Patience) -> None:
        self._known = known
        self._patience = patience

    def agrees(self, mistake: Mistake, call: Call) -> bool:
        return self._patience.left > 0 and self._same(call, self._known.mistake(mistake, call.shipment))

    def differs_from_reference(self, call: Call) -> bool:
        return self._patience.left > 0 and not self._same(call, self._known.reference(call.shipment))

    def _same(self, call: Call, other: Answer) -> bool:
        one = call.answer
        if not one.ok or not other.ok:
            return not one.ok and not other.ok and _signature(one) == _signature(other)
        with self._patience.spending():
            tree, broken = call.decoded()
            right, broken_too = decoded(other)
            return not broken and not broken_too and call.judge(tree, right) is None


def _signature(answer: Answer) -> tuple[str, ...]:
    """Reduce an error to what stays the same when names, sizes and addresses differ."""
    said = _ADDRESS.sub("#", answer.evalue)[:60] if answer.kind == "raised" else ""
    return (answer.kind, answer.ename, said)


def relation(record: CheckRecord, patience: Patience) -> str:
    """Name a simple relation between the two tensors of a failed comparison; '' when there is none."""
    for call in record.calls:
        found = call.difference if call.failed else None
        if found is not None and found.kind in ("values", "shape"):
            if patience.left <= 0 or max(np.size(found.actual), np.size(found.expected)) > _MOST_VALUES:
                return ""
            with patience.spending():
                return relations.find(found.actual, found.expected, sizes=call.shipment.sizes)
    return ""
