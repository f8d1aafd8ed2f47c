"""Name what a learner did: the known mistake whose answers are the learner's, or a simple relation.

Works on the calls that the failed checks made; asks the mistakes' guests the same probes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradetape import relations
from gradetape.judge.calls import decoded
from gradetape.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradetape.guest.host import Answer
    from gradetape.judge.calls import Call
    from gradetape.judge.known import KnownAnswers
    from gradetape.judge.session import CheckRecord
    from gradetape.mistakes import Mistake

__all__ = ["diagnose", "relation"]

_ADDRESS = re.compile(r"0x[0-9a-f]+|\d+")


def diagnose(records: Sequence[CheckRecord], mistakes: Sequence[Mistake], known: KnownAnswers) -> Mistake | None:
    """Find the mistake that explains the failed checks of one question best.

    A mistake explains a failed check when its answers equal the learner's on the call that failed
    (or, when a condition failed, on all calls of the check, at least one of which the reference
    answers otherwise). The one that explains most checks wins; then the one that agrees with the
    learner on most calls of the question; then the first in the file. One that does as the learner does in all
    is taken at once. An equal error is weak evidence (many slips end in it): it counts where it explains all
    failed checks, or beside an equal value.
    """
    failed = [r for r in records if r.status is Status.FAILED and r.calls]
    most = (len(failed), sum(len(r.calls) for r in records))
    best: tuple[tuple[int, int], Mistake] | None = None
    for mistake in mistakes if failed else ():
        with known.asking(mistake):
            hits = [record for record in failed if _explains(mistake, record, known)]
            explained = len(hits)
            if not explained or (explained < len(failed) and all(map(_only_an_error, hits))):
                continue
            agreed = sum(_agrees(mistake, call, known) for record in records for call in record.calls)
        if best is None or (explained, agreed) > best[0]:
            best = ((explained, agreed), mistake)
        if best[0] == most:
            break
    return best[1] if best else None


def _explains(mistake: Mistake, record: CheckRecord, known: KnownAnswers) -> bool:
    culprits = [call for call in record.calls if call.failed]
    if culprits:
        return all(_agrees(mistake, call, known) for call in culprits)
    return all(_agrees(mistake, call, known) for call in record.calls) and any(
        _differs_from_reference(call, known) for call in record.calls
    )


def _only_an_error(record: CheckRecord) -> bool:
    """Say whether the check failed because the learner's code ended in an error, not by what it returned."""
    culprits = [call for call in record.calls if call.failed]
    return bool(culprits) and not any(call.answer.ok for call in culprits)


def _agrees(mistake: Mistake, call: Call, known: KnownAnswers) -> bool:
    return _same(call, call.answer, known.mistake(mistake, call.shipment))


def _differs_from_reference(call: Call, known: KnownAnswers) -> bool:
    return not _same(call, call.answer, known.reference(call.shipment))


def _same(call: Call, one: Answer, other: Answer) -> bool:
    if not one.ok or not other.ok:
        return not one.ok and not other.ok and _signature(one) == _signature(other)
    tree, broken = decoded(one)
    right, broken_too = decoded(other)
    return not broken and not broken_too and call.judge(tree, right) is None


def _signature(answer: Answer) -> tuple[str, ...]:
    """Reduce an error to what stays the same when names, sizes and addresses differ."""
    said = _ADDRESS.sub("#", answer.evalue)[:60] if answer.kind == "raised" else ""
    return (answer.kind, answer.ename, said)


def relation(record: CheckRecord) -> str:
    """Name a simple relation between the two tensors of a failed comparison; '' when there is none."""
    for call in record.calls:
        found = call.difference if call.failed else None
        if found is not None and found.kind in ("values", "shape"):
            return relations.find(found.actual, found.expected, sizes=call.shipment.sizes)
    return ""
