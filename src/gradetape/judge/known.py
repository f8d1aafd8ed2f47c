"""What the reference and the known mistakes answer, remembered across submissions.

One guest per notebook variant, started when first asked; the reference's stays, of the mistakes' a few.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from gradetape.guest.host import Host
from gradetape.judge.calls import GraderError, Shipment
from gradetape.mistakes import Mistake, mistaken_cells

if TYPE_CHECKING:
    from gradetape.course import Assignment
    from gradetape.guest.host import Answer

__all__ = ["KnownAnswers"]

_ALIVE_MISTAKES = 6
_REMEMBERED = 20_000
_OF_THE_MOMENT = ("no time", "unavailable")  # says something of the machine, not of the code


class KnownAnswers:
    """The answers of one assignment's reference and mistakes."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self._hosts: OrderedDict[str, Host] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str], Answer] = OrderedDict()

    def reference(self, shipment: Shipment) -> Answer:
        """Ask the reference.

        Raises:
            GraderError: it gives no tree; that is never the learner's fault.
        """
        answer = self._ask(None, shipment)
        if not answer.ok:
            said = answer.evalue or answer.name or answer.kind
            raise GraderError(f"The reference failed in probe {shipment.name!r}: {answer.ename} {said}".strip())
        return answer

    def mistake(self, mistake: Mistake, shipment: Shipment) -> Answer:
        """Ask a mistake; that it raises is an answer like any other."""
        return self._ask(mistake, shipment)

    def reference_failures(self) -> dict[int, str]:
        """Return the cells of the reference notebook that end with an error, by index."""
        host = self._host(None)
        host.run()
        return dict(host.failed_cells)

    def remember(self, mistake: Mistake | None, shipment: Shipment, answer: Answer) -> None:
        """Keep an answer that was got elsewhere from the same notebook."""
        self._answers[(mistake.key if mistake else "", shipment.key)] = answer
        while len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)

    def close(self) -> None:
        """End all guests."""
        while self._hosts:
            self._hosts.popitem()[1].close()

    def _ask(self, mistake: Mistake | None, shipment: Shipment) -> Answer:
        key = (mistake.key if mistake else "", shipment.key)
        if key not in self._answers:
            answer = self._host(mistake).ask(shipment.code, shipment.inputs, shipment.seed)
            if answer.kind in _OF_THE_MOMENT:
                return answer
            self.remember(mistake, shipment, answer)
        return self._answers[key]

    def _host(self, mistake: Mistake | None) -> Host:
        key = mistake.key if mistake else ""
        if key not in self._hosts:
            cells = mistaken_cells(self.assignment.notebook, mistake)
            self._hosts[key] = Host(cells, self.assignment.files, self.assignment.policy)
        self._hosts.move_to_end(key)
        self._hosts[key].seconds = 0.0  # the time limit of a submission does not add up over a class
        self._evict()
        return self._hosts[key]

    def _evict(self) -> None:
        old = [key for key in self._hosts if key][:-_ALIVE_MISTAKES]
        for key in old:
            self._hosts.pop(key).close()
