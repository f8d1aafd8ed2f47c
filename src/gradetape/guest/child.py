"""The main loop of a guest: fence, cells, probes. Runs where the learner's code runs.

It receives code and inputs, and returns bytes. It holds no expectation, imports neither judge nor
course, and whatever it says is taken as data.
"""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradetape import tree
from gradetape.guest import fence, frames
from gradetape.guest.seeding import Seeds, forget_seeds, seed_everything
from gradetape.policy import Policy

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["MissingNameError", "Names", "main"]

_MAX_TEXT = 600
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class MissingNameError(AttributeError):
    """A probe asked for a name that the notebook does not define."""


class Names:
    """The names of the notebook, as a probe's first argument."""

    __slots__ = ("_namespace", "_used")

    def __init__(self, namespace: dict[str, Any]) -> None:
        object.__setattr__(self, "_namespace", namespace)
        object.__setattr__(self, "_used", {})

    def __getattr__(self, name: str) -> Any:
        try:
            value = self._namespace[name]
        except KeyError:
            raise MissingNameError(name) from None
        self._used[name] = value
        return value

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A probe cannot set {name!r}: the notebook's names are the learner's.")


def main(descriptor: int, policy: dict[str, Any], yard: fence.Yard, data_dir: str) -> None:
    """Be a guest until the host hangs up. Called by the fork server in a fresh fork."""
    limits = Policy(**policy)
    held = fence.apply(limits, yard, data_dir)
    with socket.socket(fileno=descriptor) as sock:
        interrupts = _Interrupts()
        seed, as_is = _receive_files(sock, yard.home)
        if as_is:
            forget_seeds()
            sys.path.insert(0, "")  # as a kernel has it
        else:
            _prepare_tensorflow(limits, seed)
            sys.path.append(yard.home)  # what lies beside the notebook can be imported, and shadows nothing
        yard.lay_links()
        _settle_keras(yard.home)
        from gradetape.guest.cells import Cells

        cells = Cells(limits.output_bytes, limits.outputs_bytes)
        if as_is:
            cells.take_over_logs()
        guest = _Guest(cells, interrupts, limits, as_is=as_is)
        _answer(sock, {"ready": True, "device": _device(), "held": held})
        with contextlib.suppress(frames.FrameError):
            guest.serve(sock)


def _receive_files(sock: socket.socket, home: str) -> tuple[int, bool]:
    """Write the attached files, one message each, into the guest's own folder; return the message that ends them.

    It says the seed, and whether the notebook runs as in a kernel of its own.
    """
    while True:
        message = _receive(sock)
        if "seed" in message:
            return int(message["seed"]), bool(message.get("as_is"))
        target = Path(home) / message["name"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(message["content"])


def _receive(sock: socket.socket) -> dict[str, Any]:
    return tree.decode(frames.receive(sock, limit=tree.MAX_BYTES), max_bytes=tree.MAX_BYTES)  # type: ignore[no-any-return]


class _Interrupts:
    """SIGINT counts only while the learner's code runs, so that a late one cannot end the loop."""

    def __init__(self) -> None:
        self.armed = False
        signal.signal(signal.SIGINT, self._handle)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self.armed:
            raise KeyboardInterrupt

    def __enter__(self) -> None:
        signal.signal(signal.SIGINT, self._handle)
        self.armed = True

    def __exit__(self, *_: object) -> None:
        self.armed = False


class _Guest:
    """Answers the host's messages, one at a time."""

    def __init__(self, cells: Any, interrupts: _Interrupts, limits: Policy, *, as_is: bool = False) -> None:
        self._cells = cells
        self._interrupts = interrupts
        self._limits = limits
        self._as_is = as_is
        self._seeds = Seeds()

    def serve(self, sock: socket.socket) -> None:
        while True:
            message = _receive(sock)
            reply = self._run(message) if message["do"] == "run" else self._probe(message)
            _answer(sock, {"number": message["number"], **reply})

    def _run(self, message: dict[str, Any]) -> dict[str, Any]:
        if not self._as_is:
            self._seeds.cell(message["seed"])
        try:
            with self._interrupts:
                outputs, success = self._cells.run(message["source"])
        except KeyboardInterrupt:
            outputs, success = self._cells.recorder.finish(), False
        return {"outputs": outputs, "success": success}

    def _probe(self, message: dict[str, Any]) -> dict[str, Any]:
        import cloudpickle

        names = Names(self._cells.names)
        self._cells.recorder.begin()
        try:
            function = cloudpickle.loads(message["code"])
            inputs = _writable(tree.decode(message["inputs"]))
            self._seeds.probe(message["seed"])
            with self._interrupts:
                answer = function(names, *inputs)
                return {"ok": True, "tree": tree.encode(answer, max_bytes=self._limits.frame_bytes // 2)}
        except tree.TreeError as error:
            return {"ok": False, "kind": "no tree", "ename": "", "evalue": _short(error), "name": "", "line": ""}
        except BaseException as error:  # noqa: BLE001 - whatever the learner's code raises is an answer
            self._interrupts.armed = False
            return _failure(error, names)


def _failure(error: BaseException, names: Names) -> dict[str, Any]:
    """Describe an exception that came out of a probe."""
    kind, name = "raised", ""
    if isinstance(error, MissingNameError):
        kind, name = "missing", _short(error)
    elif isinstance(error, KeyboardInterrupt):
        kind = "interrupted"
    elif type(error) is TypeError and "not callable" in _short(error):
        for used, value in names._used.items():  # noqa: SLF001
            if not callable(value):
                kind, name = "not callable", f"{used} ({type(value).__name__})"
    line = _learners_line(error)
    return {
        "ok": False,
        "kind": kind,
        "ename": type(error).__name__,
        "evalue": _short(error),
        "name": name,
        "line": line,
    }


def _learners_line(error: BaseException) -> str:
    """Find the innermost line of the learner's own cells in a traceback."""
    found = ""
    try:
        for frame in traceback.extract_tb(error.__traceback__):
            if "ipykernel_" in frame.filename or "ipython-input" in frame.filename:
                found = (frame.line or "").strip()[:160]
    except BaseException:  # noqa: BLE001
        return found
    return found


def _short(error: BaseException) -> str:
    """Print an exception; a learner's may fail to, or be endless."""
    try:
        text = _ANSI.sub("", str(error))
        return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + " …"
    except BaseException:  # noqa: BLE001
        return "(this exception cannot be printed)"


def _writable(node: Any) -> Any:
    """Copy a decoded tree so that its arrays may be written to."""
    if isinstance(node, np.ndarray):
        return node.copy()
    if isinstance(node, dict):
        return {key: _writable(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return type(node)(_writable(value) for value in node)
    return node


def _answer(sock: socket.socket, message: dict[str, Any]) -> None:
    frames.send(sock, tree.encode(message))


def _prepare_tensorflow(limits: Policy, seed: int) -> None:
    """Make TensorFlow deterministic and single-threaded, before its first operation."""
    if "tensorflow" in sys.modules:
        tf = sys.modules["tensorflow"]
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.threading.set_intra_op_parallelism_threads(1)
        if limits.logical_cpus > 1:
            cpu = tf.config.list_physical_devices("CPU")[0]
            devices = [tf.config.LogicalDeviceConfiguration() for _ in range(limits.logical_cpus)]
            tf.config.set_logical_device_configuration(cpu, devices)
        tf.config.experimental.enable_op_determinism()
    seed_everything(seed)


def _settle_keras(home: str) -> None:
    """Let Keras look for its cache in the guest's own home: it noted the account's when the fork server imported it."""
    config = sys.modules.get("keras.src.backend.config")
    if hasattr(config, "_KERAS_DIR"):
        config._KERAS_DIR = f"{home}/.keras"  # type: ignore[union-attr]  # noqa: SLF001 - there is no public way


def _device() -> str:
    """Say which device TensorFlow computes on: 'gpu' or 'cpu'."""
    tf = sys.modules.get("tensorflow")
    if tf is None:
        return "cpu"
    return "gpu" if tf.config.list_physical_devices("GPU") else "cpu"
