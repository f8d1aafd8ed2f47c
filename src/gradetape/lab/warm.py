"""The zygote seen from who wants kernels: started, found, replaced when out of date, asked to fork.

It listens in a folder of the user's runtime directory that nobody else can enter, so that `nbgrader validate` in a
terminal finds the one of JupyterLab. Whoever started it owns it: it ends with its owner.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import secrets
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

from gradetape.guest import frames
from gradetape.lab import zygote
from gradetape.lab.forked import DEFAULTS
from gradetape.lab.needs import differing, environment, fingerprint
from gradetape.lab.process import ForkedKernel, ask, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["WarmError", "Zygote", "close_all", "kernel", "own"]

_CODE = (
    "import sys; del sys.path[0]; from gradetape.lab.zygote import main; main(*map(int, sys.argv[1:3]), sys.argv[3:])"
)
_CLOSE_SECONDS = 0.5
_lock = threading.Lock()
_owned: dict[int, list[Zygote]] = {}


class WarmError(Exception):
    """There is no zygote that could fork this kernel."""


def own(modules: Sequence[str]) -> Zygote:
    """Return this process's zygote; start one when there is none, when it has died, or when it is out of date.

    It imports in the background; who asks for a kernel waits until it is ready.

    Raises:
        WarmError: none can be started here.
    """
    with _lock:
        ours = _owned.get(os.getpid(), [])
        if ours and ours[-1].usable:
            return ours[-1]
        if ours:
            ours[-1].retire()
        elif not _owned:
            atexit.register(close_all)
        _owned[os.getpid()] = [*ours, Zygote(modules)]
        return _owned[os.getpid()][-1]


def close_all() -> None:
    """End this process's zygotes; kernels of other processes go on."""
    for ours in _owned.pop(os.getpid(), []):
        ours.close()


def kernel(
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: str,
    streams: Sequence[int],
    modules: Callable[[], Sequence[str]],
    start: bool,
    seconds: float,
) -> ForkedKernel:
    """Fork a kernel from this process's zygote, or from another one of this user; with `start` start one if need be.

    Only then `modules` is called: it says what the new one imports.

    Raises:
        WarmError: says why there is no warm kernel.
    """
    key = fingerprint(env)
    if key != fingerprint(os.environ):
        raise WarmError(f"It has other values than this process for {differing(env)}, which are read at import.")
    for path in itertools.chain(_places(key), _started(modules, start=start)):
        try:
            return ask(path, arguments, env=env, cwd=cwd, streams=streams, seconds=seconds)
        except ConnectionRefusedError:  # who listened there was killed
            path.unlink(missing_ok=True)
        except (OSError, ValueError, frames.FrameError) as error:
            raise WarmError(f"The zygote does not answer ({error}). {_last_words()}".strip()) from None
    raise WarmError(f"The zygote has died. {_last_words()}".strip())


def _started(modules: Callable[[], Sequence[str]], *, start: bool) -> Iterator[Path]:
    """Start a zygote once all others have been tried."""
    if not start:
        raise WarmError("No zygote is there, and none is to be started (WarmProvisioner.start).")
    yield own(modules()).path


def _last_words() -> str:
    return "".join(ours.last_words() for ours in _owned.get(os.getpid(), [])[-1:])


def _places(key: str) -> list[Path]:
    """List the sockets of zygotes that fit, this process's own first."""
    ours = [z.path for z in _owned.get(os.getpid(), []) if z.usable]
    return [*ours, *(path for path in sorted(_folder().glob(f"{key}.*.sock")) if path not in ours)]


def _folder() -> Path:
    """Return the folder of sockets, which only this user can enter.

    Raises:
        WarmError: it cannot be made, or others can enter it.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    folder = Path(jupyter_runtime_dir()) / "gradetape-warm"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.lstat()
    except OSError as error:
        raise WarmError(f"No folder for the zygote's socket: {error}.") from None
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o077:
        raise WarmError(f"Folder {str(folder)!r}: others can enter it. Make it yours alone: chmod 700.")
    return folder


class Zygote:
    """A zygote that this process has started and owns."""

    def __init__(self, modules: Sequence[str]) -> None:
        """Start it; it imports `modules` in the background.

        Raises:
            WarmError: it cannot be started.
        """
        self.key = fingerprint(os.environ)
        self.path = _folder() / f"{self.key}.{os.getpid()}.{secrets.token_hex(4)}.sock"
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the zygote
        variables = environment({**DEFAULTS, **os.environ})
        variables.pop("JPY_PARENT_PID", None)  # ipykernel would take it for the parent of kernels
        self._owner, theirs = socket.socketpair()
        try:
            with theirs, socket.socket(socket.AF_UNIX) as listener:
                with short(self.path) as name:
                    listener.bind(f"{name}.new")
                    listener.listen(64)
                    os.rename(f"{name}.new", name)  # noqa: PTH104 - who finds it before it listens takes it for a stale one
                passed = (listener.fileno(), theirs.fileno())
                self._process = subprocess.Popen(  # noqa: S603 - our own code, by this interpreter
                    [sys.executable, "-X", "frozen_modules=off", "-c", _CODE, *map(str, passed), *modules],
                    env=variables, pass_fds=passed, start_new_session=True, cwd="/",
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._said,
                )  # fmt: skip
        except OSError as error:
            self._owner.close()
            self._said.close()
            raise WarmError(f"The zygote cannot be started: {error}.") from None

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether it lives and has imported what a kernel would import now."""
        return self._process.poll() is None and self.key == fingerprint(os.environ)

    def retire(self) -> None:
        """Let it fork no more, and end after its last kernel."""
        self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._owner.send(zygote.RETIRE)

    def last_words(self) -> str:
        """Return what it wrote to standard error, at most 2000 characters."""
        self._said.seek(0)
        return self._said.read()[-2000:].decode(errors="replace").strip()

    def close(self) -> None:
        """End it. It does not listen before it has imported everything; then it is killed."""
        self.path.unlink(missing_ok=True)
        self._owner.close()
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()
