"""The fork server, seen from the host: started when first needed, replaced when it has died.

Several processes can share one: the one that started it hands out lines (`ForkServer.line`), another takes one
(`adopt`) and need not import TensorFlow again.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gradetape.datasets.catalogue import data_dir
from gradetape.guest import fence, server, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradetape.policy import Policy

__all__ = ["ForkServer", "ForkServerError", "adopt", "close_all", "get", "leave_out", "show", "shown"]

_CODE = "import sys; from gradetape.guest.server import main; main(int(sys.argv[1]))"
_KEPT_VARIABLES = (*fence.KEPT_VARIABLES, "HOME", "XDG_CACHE_HOME", "TMPDIR", "NVIDIA_VISIBLE_DEVICES")
_lock = threading.Lock()
_Key = tuple[int, tuple[str, ...], bool, str, tuple[str, ...]]
_servers: dict[_Key, ForkServer] = {}
_left_out: set[str] = set()
_shown: list[str] = []


class ForkServerError(Exception):
    """The fork server could not be started, or has died."""


def get(layers: Sequence[str], *, preload: bool = True) -> ForkServer:
    """Return this process's fork server for guests with these layers; start one when there is none alive.

    Without `preload` (or with GRADETAPE_NO_PRELOAD=1) it does not import TensorFlow.
    """
    key = _key(layers, preload)
    with _lock:
        found = _servers.get(key)
        if found is None or not found.alive:
            found = _keep(key, ForkServer(layers, preload=key[2]))
        return found


def leave_out(packages: Sequence[str]) -> None:
    """Start no fork server from now on that imports these packages (`gradetape.guest.preload.unused`)."""
    _left_out.clear()
    _left_out.update(packages)


def show(folders: Sequence[str]) -> None:
    """From now on show these folders to guests, for reading only; a folder of the account's home also in theirs."""
    _shown[:] = sorted({os.path.realpath(Path(folder).expanduser()) for folder in folders})


def shown() -> list[str]:
    """Return the folders that guests are shown."""
    return list(_shown)


def adopt(line: socket.socket, layers: Sequence[str]) -> None:
    """Use another process's fork server, over a line of it, for as long as it lives."""
    with _lock:
        key = _key(layers, preload=True)
        _keep(key, ForkServer(layers, preload=key[2], line=line))


def _key(layers: Sequence[str], preload: bool) -> _Key:
    preload = preload and os.environ.get("GRADETAPE_NO_PRELOAD") != "1"
    return (os.getpid(), tuple(layers), preload, str(data_dir()), tuple(_shown))


def _keep(key: _Key, server: ForkServer) -> ForkServer:
    if not _servers:
        atexit.register(close_all)
    _servers[key] = server
    return server


def close_all() -> None:
    """End this process's fork servers, and with them all guests."""
    for key in list(_servers):
        found = _servers.pop(key)
        if key[0] == os.getpid():
            found.close()


class ForkServer:
    """A process that forks guests on request (see `gradetape.guest.server`)."""

    def __init__(self, layers: Sequence[str], *, preload: bool, line: socket.socket | None = None) -> None:
        """Start a fork server, or use the one at the other end of `line`."""
        self._lock = threading.Lock()
        self._ready = line is not None
        self._preload = preload
        self._line = line
        self._process: subprocess.Popen[bytes] | None = None
        if line is None:
            self._begin(layers)

    def _begin(self, layers: Sequence[str]) -> None:
        self._layers = layers
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the server
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own code, by this interpreter
                [sys.executable, "-P", "-c", _CODE, str(theirs.fileno())],
                env=_environment(), pass_fds=[theirs.fileno()], start_new_session=True, cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._said,
            )  # fmt: skip
        self._line = ours
        self._send({**_settings(), "layers": list(layers), "preload": self._preload, "left_out": sorted(_left_out)})

    @property
    def alive(self) -> bool:
        """Whether it can be asked for guests."""
        return self._line is not None

    def start(self, line: socket.socket, policy: Policy, *, seconds: float) -> tuple[int, int]:
        """Fork a guest that speaks over `line`.

        Returns:
            The number by which the server knows it, and a descriptor of its process (a pidfd).

        Raises:
            ForkServerError: the server died, or could not fork.
        """
        with self._lock:
            self._wait(seconds)
            self._send({"do": "start", "policy": policy.as_dict()}, line.fileno())
            reply, descriptors = self._receive(seconds)
        if "problem" in reply:
            raise ForkServerError(reply["problem"])
        return reply["guest"], descriptors[0]

    def _wait(self, seconds: float) -> None:
        """Wait until the server is ready; without namespaces when it cannot make guests' view of the files."""
        if self._ready:
            return
        reply, _ = self._receive(seconds)
        if "problem" in reply:
            self._end()
            self._begin([layer for layer in self._layers if layer != "namespaces"])
            self._receive(seconds)
        self._ready = True

    def line(self, *, seconds: float = 120) -> socket.socket:
        """Open a line for another process to `adopt`.

        Raises:
            ForkServerError: the server has died.
        """
        with self._lock:
            self._wait(seconds)
            self._send({"do": "line"})
            _, (descriptor,) = self._receive(seconds)
        return socket.socket(fileno=descriptor)

    def ended(self, guest: int) -> tuple[int | None, str]:
        """Say how a guest ended: its exit code (negative: a signal's number), and why the server ended it."""
        with self._lock:
            self._send({"do": "tell", "guest": guest})
            reply, _ = self._receive(10)
        return reply["code"], reply["why"]

    def close(self) -> None:
        """Hang up: the server ends its guests and itself."""
        if self._line is not None:
            self._end()

    def _end(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
        if self._process is None:
            return
        if not self._ready:  # it does not listen before it has imported everything
            self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._said.close()

    def _send(self, message: dict[str, Any], *descriptors: int) -> None:
        if self._line is None:
            raise ForkServerError("The fork server has ended.")
        try:
            socket.send_fds(self._line, [json.dumps(message).encode()], list(descriptors))
        except OSError as error:
            raise self._lost(error) from None

    def _receive(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        if self._line is None:
            raise ForkServerError("The fork server has ended.")
        self._line.settimeout(seconds)
        try:
            data, descriptors, _, _ = socket.recv_fds(self._line, server.MESSAGE_BYTES, 1)
        except OSError as error:
            raise self._lost(error) from None
        if not data:
            raise self._lost(EOFError("it hung up"))
        return json.loads(data), descriptors

    def _lost(self, error: Exception) -> ForkServerError:
        """Give the server up, and say with its own last words why."""
        if self._process is None:
            self.close()
            return ForkServerError(f"The shared fork server has ended ({error}).")
        self._process.kill()
        self._process.wait()
        self._said.seek(0)
        words = self._said.read()[-2000:].decode(errors="replace").strip()
        self.close()
        return ForkServerError(f"The fork server has ended ({error}). {words}".strip())


def _environment() -> dict[str, str]:
    """Build the server's environment: nothing of the grader's that a guest could find in memory."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    kept.setdefault("CUDA_VISIBLE_DEVICES", os.environ.get("GRADETAPE_GPUS", ""))
    return kept


def _settings() -> dict[str, Any]:
    where = data_dir()
    with contextlib.suppress(OSError):
        where.mkdir(parents=True, exist_ok=True)
    gpu = bool(os.environ.get("GRADETAPE_GPUS"))
    devices = [*view.DEVICES, *(str(p) for p in sorted(Path("/dev").glob("nvidia*")) if gpu)]
    return {
        "readable": view.readable([str(where), *_shown], gpu=gpu),
        "devices": devices,
        "data_dir": str(where),
        "links": _links(),
    }


def _links() -> dict[str, str]:
    """Return where shown folders lie, by the names under which a guest looks for them in its own home."""
    home = os.path.realpath(Path.home())
    found = {os.path.relpath(path, home): path for path in _shown if path.startswith(f"{home}{os.sep}")}
    for variable, name in (("KERAS_HOME", ".keras"), ("TFDS_DATA_DIR", "tensorflow_datasets")):
        cache = os.path.realpath(Path(os.environ[variable]).expanduser()) if os.environ.get(variable) else ""
        if cache and any(cache == path or cache.startswith(f"{path}{os.sep}") for path in _shown):
            found[name] = cache
    return found
