"""What the reference and the known mistakes answer, remembered across submissions.

One guest per notebook variant, started when first asked; the reference's stays, of the mistakes' a few. Processes
that grade side by side share the answers through a folder.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from gradetape.guest.host import Host
from gradetape.judge.calls import GraderError, MachineError, Shipment
from gradetape.variants import variant_cells

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from gradetape.course import Assignment
    from gradetape.guest.host import Answer
    from gradetape.judge.shared import SharedAnswers
    from gradetape.mistakes import Mistake

__all__ = ["KnownAnswers"]

_ALIVE_MISTAKES = 4
_REMEMBERED = 20_000
_OF_THE_MOMENT = ("no time", "unavailable")  # says something of the machine, not of the code


class KnownAnswers:
    """The answers of one assignment's reference and mistakes."""

    def __init__(self, assignment: Assignment, shared: SharedAnswers | None = None) -> None:
        self.assignment = assignment
        self._shared = shared
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
            fault = MachineError if answer.kind in _OF_THE_MOMENT else GraderError
            raise fault(f"The reference failed in probe {shipment.name!r}: {answer.ename} {said}".strip())
        return answer

    def mistake(self, mistake: Mistake, shipment: Shipment) -> Answer:
        """Ask a mistake; that it raises is an answer like any other."""
        return self._ask(mistake, shipment)

    def asking(self, mistake: Mistake | None) -> AbstractContextManager[None]:
        """While open, no other process that shares the answers asks this notebook: each is asked once, by one."""
        return self._shared.asking(_name(mistake)) if self._shared else contextlib.nullcontext()

    def reference_failures(self) -> dict[int, str]:
        """Return the cells of the reference notebook that end with an error, by index."""
        host = self._host(None)
        host.run()
        return dict(host.failed_cells)

    def remember(self, mistake: Mistake | None, shipment: Shipment, answer: Answer) -> None:
        """Keep an answer that was got elsewhere from the same notebook."""
        self._answers[(_name(mistake), shipment.key)] = answer
        while len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)

    def close(self) -> None:
        """End all guests."""
        while self._hosts:
            self._hosts.popitem()[1].close()

    def _ask(self, mistake: Mistake | None, shipment: Shipment) -> Answer:
        found = self._found(mistake, shipment)
        if found is None and mistake is None:  # a mistake is being asked by this process alone
            with self.asking(None):
                return self._found(None, shipment) or self._ask_guest(None, shipment)
        return found or self._ask_guest(mistake, shipment)

    def _found(self, mistake: Mistake | None, shipment: Shipment) -> Answer | None:
        """Return an answer that this process or another one got before."""
        known = self._answers.get((_name(mistake), shipment.key))
        if known is None and self._shared is not None:
            known = self._shared.get(_name(mistake), shipment.key)
            if known is not None:
                self.remember(mistake, shipment, known)
        return known

    def _ask_guest(self, mistake: Mistake | None, shipment: Shipment) -> Answer:
        host = self._host(mistake)
        host.starved = False
        answer = host.ask(shipment.code, shipment.inputs, shipment.seed)
        if answer.kind == "unavailable":  # it serves a whole class: one that was killed too often is made anew
            self._hosts.pop(_name(mistake)).close()
            host = self._host(mistake)
            answer = host.ask(shipment.code, shipment.inputs, shipment.seed)
        if answer.kind not in _OF_THE_MOMENT and not host.starved:
            self.remember(mistake, shipment, answer)
            if self._shared is not None:
                self._shared.put(_name(mistake), shipment.key, answer)
        return answer

    def _host(self, mistake: Mistake | None) -> Host:
        key = _name(mistake)
        if key not in self._hosts:
            cells = variant_cells(self.assignment.notebook, mistake)
            self._hosts[key] = Host(cells, self.assignment.files, self.assignment.policy)
        self._hosts.move_to_end(key)
        self._hosts[key].rested()  # the time limit of a submission does not add up over a class
        self._evict()
        return self._hosts[key]

    def _evict(self) -> None:
        old = [key for key in self._hosts if key][:-_ALIVE_MISTAKES]
        for key in old:
            self._hosts.pop(key).close()


def _name(mistake: Mistake | None) -> str:
    return mistake.key if mistake else ""
