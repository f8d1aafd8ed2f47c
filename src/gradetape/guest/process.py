"""One guest process, seen from the trusted side: start, talk, interrupt, kill."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradetape import tree
from gradetape.datasets.catalogue import data_dir
from gradetape.guest import child, frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gradetape.policy import Policy

__all__ = ["GuestDiedError", "GuestProcess", "GuestTimeoutError", "write_files"]

_PRELOAD = "gradetape.guest.preload"
_MAIN_LOCK = threading.Lock()


class GuestDiedError(Exception):
    """The guest's process ended, or stopped speaking the protocol."""


class GuestTimeoutError(Exception):
    """The guest did not answer in time; `alive` says whether it obeyed the interrupt."""

    def __init__(self, seconds: float, *, alive: bool) -> None:
        super().__init__(f"no answer within {seconds:g} s")
        self.seconds = seconds
        self.alive = alive


@contextlib.contextmanager
def _no_main_module() -> Iterator[None]:
    """Hide this program's main module while a child starts.

    `multiprocessing` makes every child import it again; in a guest it would cost time and bring the
    grader's own modules into the learner's process.
    """
    with _MAIN_LOCK:
        real = sys.modules["__main__"]
        blank = types.ModuleType("__main__")
        sys.modules["__main__"] = blank
        try:
            yield
        finally:
            sys.modules["__main__"] = real


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write attached files below `folder`.

    Raises:
        ValueError: a name that is absolute or leads out of the folder.
    """
    for name, content in files.items():
        path = Path(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"Attached file {name!r}: its name has to stay inside the assignment's folder.")
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


class GuestProcess:
    """A fork of the fork server with its own folder, and a socket to it."""

    def __init__(self, policy: Policy, files: Mapping[str, bytes], seed: int) -> None:
        self._policy = policy
        self._number = 0
        self._folder = Path(tempfile.mkdtemp(prefix="gradetape-guest-"))
        self._sock: socket.socket | None = None
        self._process: Any = None
        try:
            write_files(self._folder, files)
            self._start(seed)
        except BaseException:
            self.close()
            raise

    def _start(self, seed: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([_PRELOAD])
        ours, theirs = context.Pipe(duplex=True)
        arguments = (theirs, self._policy.as_dict(), str(self._folder), str(data_dir()), seed)
        self._process = context.Process(target=child.main, args=arguments, daemon=True)
        with _no_main_module():
            self._process.start()
        theirs.close()
        self._sock = socket.socket(fileno=os.dup(ours.fileno()))
        ours.close()
        ready = self._receive(self._policy.start_seconds)
        self.device = str(ready.get("device", "cpu"))

    @property
    def alive(self) -> bool:
        """Whether the guest can still be asked."""
        return self._sock is not None

    def exchange(self, message: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """Send a message and wait for its answer.

        Raises:
            GuestTimeoutError: no answer within `seconds`; the guest was interrupted, and killed if it
                did not obey within the grace time.
            GuestDiedError: the process ended or answered with something that is no answer.
        """
        self._number += 1
        payload = tree.encode({**message, "number": self._number})
        try:
            frames.send(self._socket(), payload, seconds=seconds)
            return self._receive(seconds, number=self._number)
        except frames.FrameTimeoutError:
            raise GuestTimeoutError(seconds, alive=self._interrupt()) from None
        except frames.FrameError as error:
            self.close()
            raise GuestDiedError(str(error)) from None

    def _socket(self) -> socket.socket:
        if self._sock is None:
            raise GuestDiedError("The guest's process has ended.")
        return self._sock

    def _receive(self, seconds: float, *, number: int | None = None) -> dict[str, Any]:
        data = frames.receive(self._socket(), limit=self._policy.frame_bytes, seconds=seconds)
        try:
            reply = tree.decode(data, max_bytes=self._policy.frame_bytes)
        except tree.TreeError as error:
            raise frames.FrameError(str(error)) from None
        if not isinstance(reply, dict) or reply.get("number") != number:
            raise frames.FrameError("An answer to another question.")
        return reply

    def _interrupt(self) -> bool:
        """Interrupt the learner's code; kill the process when it does not come back."""
        with contextlib.suppress(ProcessLookupError, TypeError):
            os.kill(self._process.pid, signal.SIGINT)
        try:
            self._receive(self._policy.grace_seconds, number=self._number)
        except frames.FrameError:
            self.close()
            return False
        return True

    def close(self) -> None:
        """End the guest and all it started, and remove its folder."""
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()
        process, self._process = self._process, None
        if process is not None and process.pid is not None:
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(process.pid, signal.SIGKILL)
            process.join(5)
            process.close()
        shutil.rmtree(self._folder, ignore_errors=True)
