"""The host: keeps one notebook's guest alive and asks it probes, from the trusted side.

A guest that dies or hangs is ended; a fresh one runs the cells again before the next probe, without
the cells that killed its predecessors.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from gradetape.guest.forkserver import ForkServerError
from gradetape.guest.frames import FrameError
from gradetape.guest.process import GuestDiedError, GuestProcess, GuestTimeoutError
from gradetape.guest.waiting import BACKSTOP, STARVED
from gradetape.policy import LAYERS, ExposedError, Policy, exposed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from gradetape.notebook import CellSource

__all__ = ["NOT_RUN", "Answer", "Host", "isolation", "light_guest", "valid_outputs"]

NOT_RUN = "CellNotRunError"
"""The error of a cell that was never run: without one, nbgrader's rule would give it all its points."""
_MAX_STARTS = 12
_MAX_KILLED = 3
_MOST_OUTPUTS = 1000
_SHORT = 500
_KILLED = "The notebook's process was killed from outside, time and again: is the machine out of memory?"
_NOT_RUN = {
    "unavailable": "no process could be started for it",
    "no time": "cells before it used up all the time that there was",
    "died": "cells before it ended the notebook's process, time and again",
}
_ENDED = {
    "": "ended the notebook's process (exit, crash, or out of memory)",
    "memory": "used more than the {memory} of memory that there are",
    "disk": "wrote more than the {disk} and {files} files that there is room for",
    "processes": "started more than the {processes} processes and threads that there may be",
    "cpu": "used up the processor time that a process may have",
}


@dataclass(frozen=True)
class Answer:
    """What a guest answered to one probe: a tree's bytes, or why there is none.

    `kind` is '' for a tree; else 'raised', 'missing', 'not callable', 'no tree', 'interrupted' (took
    too long), 'died', 'no time' (the submission's time is used up), or 'unavailable' (no process
    could be started: the machine's fault, not the learner's).
    """

    tree: bytes | None = None
    kind: str = ""
    ename: str = ""
    evalue: str = ""
    name: str = ""
    line: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is a tree."""
        return self.tree is not None


@dataclass
class Host:
    """One notebook (a learner's, the reference's, a mistake's) and the guest it lives in."""

    cells: Sequence[CellSource]
    files: Mapping[str, bytes]
    policy: Policy
    seed: int = 0
    on_cell: Callable[[int, int], None] | None = None
    strangers: bool = False
    """Whether the code is a stranger's, who has to be isolated from files and network."""
    layers: Sequence[str] = LAYERS
    """Layers of the fence to put up, where the machine has them."""
    as_is: bool = False
    """Whether the notebook runs as in a kernel of its own: nothing seeded, TensorFlow not made deterministic."""
    preload: bool = True
    """Whether it is forked from a process that has imported TensorFlow."""
    held: tuple[str, ...] = ()
    """Layers that held in the last guest."""
    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    failed_cells: dict[int, str] = field(default_factory=dict)
    starts: int = 0
    seconds: float = 0.0
    """What has been used up of the submission's time, without what its guests waited for a core."""
    starved: bool = False
    """Whether a limit ended something while the guest lacked a core for much of the time."""
    device: str = "cpu"
    _guest: GuestProcess | None = None
    _fatal: set[int] = field(default_factory=set)
    _killed: int = 0
    _excused: float = 0.0
    _sizes: dict[int, int] = field(default_factory=dict)
    refused: str = ""
    """Why no process could be started, when that was so."""

    def run(self) -> None:
        """Run the cells, so that `outputs` is there even when no probe is asked."""
        self._living()

    def all_outputs(self) -> dict[int, list[dict[str, Any]]]:
        """Return the outputs of all cells by index; those of a cell that was never run are an error that says why."""
        for cell in self.cells:
            if cell.index not in self.outputs:
                why = _NOT_RUN[self._no_guest().kind]
                self._record_error(cell, NOT_RUN, f"This cell was not run: {why}.")
        return dict(sorted(self.outputs.items()))

    def rested(self) -> None:
        """Give the notebook its whole time again."""
        self.seconds = self._excused = 0.0

    def ask(self, code: bytes, inputs: bytes, seed: int) -> Answer:
        """Ask a probe of the guest; a dead guest is replaced first.

        Raises:
            ExposedError: the notebook is a stranger's, and the machine cannot isolate it.
        """
        message = {"do": "probe", "code": code, "inputs": inputs, "seed": seed}
        while True:
            guest = self._living()
            if guest is None:
                return self._no_guest()
            limit = min(self.policy.probe_seconds, max(0.1, self._left()))
            try:
                return _answer(self._exchange(guest, message, limit))
            except GuestTimeoutError:
                return Answer(kind="interrupted", evalue=f"{limit:.3g}")
            except GuestDiedError as error:
                if error.why != "outside" and (self.strangers or error.why != "cpu"):  # ours serve a whole class
                    return Answer(kind="died", evalue=f"Your code {self._deed(error)}." if error.why else "")

    def close(self) -> None:
        """End the guest."""
        guest, self._guest = self._guest, None
        if guest is not None:
            guest.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _exchange(self, guest: GuestProcess, message: dict[str, Any], limit: float) -> dict[str, Any]:
        """Send a message; the time it takes is the submission's, unless the guest is killed from outside.

        What the guest waited for a core is not counted.
        """
        began, waited, outside = time.monotonic(), guest.waited, False
        try:
            return guest.exchange(message, seconds=limit)
        except GuestTimeoutError as error:
            self.starved |= error.starved
            raise
        except GuestDiedError as error:
            outside = error.why == "outside"
            if outside:
                self._killed += 1
                self.refused = _KILLED if self._killed > _MAX_KILLED else ""
            raise
        finally:
            if not outside:
                self.seconds += time.monotonic() - began
                self._excuse(guest.waited - waited)

    def _deed(self, error: GuestDiedError) -> str:
        policy = self.policy
        memory, disk = (f"{number / 2**30:.3g} GiB" for number in (policy.memory_bytes, policy.disk_bytes))
        return _ENDED[error.why].format(memory=memory, disk=disk, files=policy.disk_files, processes=policy.processes)

    def _left(self) -> float:
        """Return what is left of the submission's time; many short waits are looked up when there seems to be none."""
        if self.seconds >= self.policy.submission_seconds and self._guest is not None:
            self._excuse(self._guest.unseen_wait())
        return self.policy.submission_seconds - self.seconds

    def _excuse(self, seconds: float) -> None:
        """Leave out what a guest waited, within the backstop."""
        room = (BACKSTOP - 1) * self.policy.submission_seconds - self._excused
        excused = max(0.0, min(seconds, room))
        self._excused += excused
        self.seconds -= excused

    def _no_guest(self) -> Answer:
        if self.refused:
            return Answer(kind="unavailable", evalue=self.refused)
        if self._left() <= 0:
            self.starved |= self._excused > STARVED * self.policy.submission_seconds
            return Answer(kind="no time", evalue=f"{self.policy.submission_seconds:g}")
        return Answer(kind="died", evalue="The notebook's process ended too often.")

    def _living(self) -> GuestProcess | None:
        """Return a guest whose cells have run; start over when a cell takes the guest with it."""
        while True:
            if self._guest is not None and self._guest.alive:
                return self._guest
            self.close()
            if self.starts >= _MAX_STARTS + self._killed or self._killed > _MAX_KILLED or self._left() <= 0:
                return None
            self._guest = self._start()
            if self._guest is None:
                return None
            if self.strangers and exposed(self._guest.held):
                self.close()
                raise ExposedError(exposed(self.held))
            if self._run_cells(self._guest):
                return self._guest

    def _start(self) -> GuestProcess | None:
        """Start a guest; a start that fails is tried once more, since no learner's code has run yet."""
        self.starts += 1
        for _ in range(2):
            try:
                guest = GuestProcess(
                    self.policy, self.files, self.seed, layers=self.layers, preload=self.preload, as_is=self.as_is
                )
            except (FrameError, GuestDiedError, ForkServerError, OSError) as error:
                self.refused = f"{type(error).__name__}: {error}"
            else:
                self.refused = ""
                self.device = guest.device
                self.held = guest.held
                return guest
        return None

    def _run_cells(self, guest: GuestProcess) -> bool:
        """Run all cells that are not known to be fatal; say whether the guest is still there."""
        for position, cell in enumerate(self.cells):
            if cell.index in self._fatal:
                continue
            if self.on_cell is not None:
                self.on_cell(position, len(self.cells))
            if not self._run_cell(guest, cell):
                return False
        return True

    def _run_cell(self, guest: GuestProcess, cell: CellSource) -> bool:
        limit = min(self.policy.cell_seconds, max(0.1, self._left()))
        message = {"do": "run", "source": cell.source, "seed": self.seed}
        try:
            reply = self._exchange(guest, message, limit)
        except GuestTimeoutError as error:
            text = f"This cell was stopped: it took longer than {limit:.3g} s."
            self._record_error(cell, "CellTimeoutError", text)
            if not error.alive:
                self._fatal.add(cell.index)
            return error.alive
        except GuestDiedError as error:
            if error.why != "outside":
                self._record_error(cell, "DeadKernelError", f"This cell {self._deed(error)}. It was left out.")
                self._fatal.add(cell.index)
            return False
        outputs = self._kept(cell, valid_outputs(reply.get("outputs"), self.policy.output_bytes))
        if reply.get("success") is not True:
            errors = [o for o in outputs if o["output_type"] == "error"]
            if not errors:  # nbgrader's rule looks for an error among the outputs
                self._record_error(cell, "Error", "This cell did not end well, and no error was shown.", outputs)
                return True
            self.failed_cells[cell.index] = errors[-1]["ename"] if errors else "Error"
        else:
            self.failed_cells.pop(cell.index, None)
        return True

    def _kept(self, cell: CellSource, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Keep a cell's outputs as far as there is room beside those of the other cells; return what it showed."""
        most = self.policy.outputs_bytes
        self._sizes[cell.index] = 0
        kept, whole = _fitting(outputs, most - sum(self._sizes.values()))
        self._sizes[cell.index] = sum(map(_size, kept))
        if not whole:
            text = f"[More output was dropped here: all cells together may show {most:,} characters.]\n"
            kept.append({"output_type": "stream", "name": "stdout", "text": text})
        self.outputs[cell.index] = kept
        return outputs

    def _record_error(self, cell: CellSource, name: str, text: str, before: Sequence[dict[str, Any]] = ()) -> None:
        error = {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
        self.outputs[cell.index] = [*before, error]
        self.failed_cells[cell.index] = name


def isolation(layers: Sequence[str] = LAYERS) -> tuple[str, ...]:
    """Try out which of the layers hold on this machine.

    Raises:
        ForkServerError: no guest can be started at all.
    """
    with light_guest(layers, Policy()) as guest:
        return guest.held


@contextlib.contextmanager
def light_guest(layers: Sequence[str], policy: Policy) -> Iterator[GuestProcess]:
    """Start a guest that does not wait for TensorFlow, to try something out; it ends with the block.

    Raises:
        ForkServerError: no guest can be started.
    """
    try:
        guest = GuestProcess(policy, {}, 0, layers=layers, preload=False)
    except (FrameError, GuestDiedError, OSError) as error:
        raise ForkServerError(f"No guest could be started: {error}") from None
    try:
        yield guest
    finally:
        guest.close()


def _answer(reply: dict[str, Any]) -> Answer:
    """Read a guest's reply to a probe; it may be anything."""
    if reply.get("ok") is True and isinstance(reply.get("tree"), bytes):
        return Answer(tree=reply["tree"])
    texts = {name: _text(reply.get(name)) for name in ("kind", "ename", "evalue", "name", "line")}
    if texts["kind"] not in ("raised", "missing", "not callable", "no tree", "interrupted"):
        texts["kind"] = "raised"
    return Answer(tree=None, **texts)


def _text(value: object, most: int = 800) -> str:
    return value[:most] if isinstance(value, str) else ""


def valid_outputs(outputs: object, limit: int) -> list[dict[str, Any]]:
    """Rebuild outputs as nbformat knows them, from a guest's word; leave out what does not fit."""
    rebuilt = (_valid_output(output) for output in (outputs if isinstance(outputs, list) else []))
    return _fitting((output for output in rebuilt if output is not None), 2 * limit + 100_000)[0]


def _fitting(outputs: Iterable[dict[str, Any]], room: int) -> tuple[list[dict[str, Any]], bool]:
    """Return as many outputs as there is room for, and whether that is all.

    What decides points is never left out: of the others the first error, and the first output that nbgrader's rule
    looks at, stay in short.
    """
    kept: list[dict[str, Any]] = []
    whole, deciding = True, {""}
    for output in outputs:
        size = _size(output)
        whole = whole and size <= room and len(kept) < _MOST_OUTPUTS
        about = _decides(output)
        if whole:
            kept.append(output)
            room -= size
        elif about not in deciding and (about == "error" or len(deciding) == 1):
            kept.append(_in_short(output))
        deciding.add(about)
    return kept, whole


def _decides(output: dict[str, Any]) -> str:
    """Name the kind of an output that nbgrader's rule looks at; '' for the others."""
    if output["output_type"] == "stream":
        return "stderr" if output["name"] == "stderr" else ""
    return str(output["output_type"]) if output["output_type"] in ("error", "execute_result") else ""


def _in_short(output: dict[str, Any]) -> dict[str, Any]:
    if output["output_type"] == "stream":
        return {**output, "text": output["text"][:_SHORT]}
    if output["output_type"] == "error":
        lines = [line[:_SHORT] for line in output["traceback"][-1:]]
        return {**output, "evalue": output["evalue"][:_SHORT], "traceback": lines}
    return {**output, "data": {"text/plain": output["data"].get("text/plain", "")[:_SHORT]}}


def _size(output: dict[str, Any]) -> int:
    return len(str(output))


def _valid_output(output: object) -> dict[str, Any] | None:
    if not isinstance(output, dict):
        return None
    kind = _text(output.get("output_type"))
    if kind == "stream" and isinstance(output.get("text"), str):
        name = "stderr" if _text(output.get("name")) == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": output["text"]}
    if kind == "error":
        lines = output.get("traceback")
        traceback = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
        ename, evalue = _text(output.get("ename")), _text(output.get("evalue"), 2000)
        return {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": traceback}
    data = output.get("data")
    if kind in ("display_data", "execute_result") and isinstance(data, dict):
        plain = {k: v for k, v in data.items() if isinstance(k, str) and isinstance(v, str)}
        rebuilt: dict[str, Any] = {"output_type": kind, "data": plain, "metadata": {}}
        if kind == "execute_result":
            count = output.get("execution_count")
            rebuilt["execution_count"] = count if type(count) is int and count >= 0 else None
        return rebuilt
    return None
