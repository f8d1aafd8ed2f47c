"""One guest process, seen from the trusted side: start, talk, interrupt, kill."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from gradetape import tree
from gradetape.attached import MOST_BYTES
from gradetape.guest import forkserver, frames
from gradetape.guest.forkserver import ForkServerError
from gradetape.guest.waiting import FairDeadline, is_ending, look, newborn, waited
from gradetape.policy import LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradetape.policy import Policy

__all__ = ["GuestDiedError", "GuestProcess", "GuestTimeoutError", "checked_names"]

_EXIT_SECONDS = 1.0
_END_SECONDS = 20.0
"""For one that is ending: its line closes before its memory is freed and its children are gone."""


class GuestDiedError(Exception):
    """The guest's process ended, or stopped speaking the protocol.

    `why` is '' when the learner's code did it, 'memory', 'processes', 'disk' or 'cpu' when it was over that ceiling,
    and 'outside' when somebody else ended it: nothing can then be said of the learner's code.
    """

    def __init__(self, text: str, *, why: str = "") -> None:
        super().__init__(text)
        self.why = why


class GuestTimeoutError(Exception):
    """The guest did not answer in time.

    `alive` says whether it obeyed the interrupt, `starved` whether it lacked a core for much of the time.
    """

    def __init__(self, seconds: float, *, alive: bool, starved: bool = False) -> None:
        super().__init__(f"no answer within {seconds:g} s")
        self.seconds = seconds
        self.alive = alive
        self.starved = starved


def checked_names(files: Mapping[str, bytes]) -> None:
    """Refuse attached files that would not stay in the assignment's folder, or are too large to send.

    Raises:
        ValueError: says which and why.
    """
    for name, content in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
            raise ValueError(f"Attached file {name!r}: its name has to stay inside the assignment's folder.")
        if len(content) > MOST_BYTES:
            raise ValueError(f"Attached file {name!r} has {len(content):,} bytes; at most {MOST_BYTES:,} are allowed.")


def _same_number(said: object, expected: int | None) -> bool:
    """Compare what a guest calls the number of a question; it may be anything, an array included."""
    return type(said) is type(expected) and bool(said == expected)


class GuestProcess:
    """A fork of the fork server, and a line to it."""

    def __init__(
        self,
        policy: Policy,
        files: Mapping[str, bytes],
        seed: int,
        *,
        layers: Sequence[str] = LAYERS,
        preload: bool = True,
        as_is: bool = False,
    ) -> None:
        """Start a guest; its cells have not run yet.

        Raises:
            ValueError: an attached file's name or size.
            ForkServerError, GuestDiedError, frames.FrameError: no guest could be started.
        """
        checked_names(files)
        self._policy = policy
        self._number = 0
        self.waited = 0.0
        """Seconds for which the guest waited for a core, as far as is known."""
        self._born = newborn()
        self._server = forkserver.get(layers, preload=preload)
        self._sock: socket.socket | None
        self._sock, theirs = socket.socketpair()
        with theirs:
            self._guest, self._process = self._server.start(theirs, policy, seconds=policy.start_seconds)
        try:
            self._furnish(files, {"seed": seed, "as_is": as_is})
        except BaseException:
            self.close()
            raise

    def _furnish(self, files: Mapping[str, bytes], last: dict[str, Any]) -> None:
        """Send the attached files and the seed, and wait until the guest reports for work."""
        messages: list[dict[str, Any]] = [{"name": name, "content": content} for name, content in files.items()]
        for message in (*messages, last):
            frames.send(self._socket(), tree.encode(message), seconds=self._policy.start_seconds)
        ready = self._receive(self._policy.start_seconds)
        self.device = str(ready.get("device", "cpu"))
        self.held = tuple(str(layer) for layer in ready.get("held", ()))

    @property
    def alive(self) -> bool:
        """Whether the guest can still be asked."""
        return self._sock is not None

    def exchange(self, message: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """Send a message and wait for its answer.

        Raises:
            GuestTimeoutError: no answer within `seconds`, without those for which the guest waited for a core; it
                was interrupted, and killed if it did not obey within the grace time.
            GuestDiedError: the process ended or answered with something that is no answer.
        """
        self._number += 1
        payload = tree.encode({**message, "number": self._number})
        sock, clock = self._socket(), FairDeadline(self._process, seconds, self._policy.logical_cpus)
        try:
            frames.send(sock, payload, seconds=clock)
            reply = self._receive(clock, number=self._number)
        except frames.FrameTimeoutError:
            self.waited += clock.waited
            raise GuestTimeoutError(seconds, alive=self._interrupt(), starved=clock.starved) from None
        except frames.FrameClosedError as error:
            raise GuestDiedError(str(error), why=self._why_it_ended()) from None
        except frames.FrameError as error:
            self.close()
            raise GuestDiedError(str(error)) from None
        self.waited += clock.end()
        return reply

    def unseen_wait(self) -> float:
        """Return for how many seconds more than is known from its exchanges the guest has waited for a core."""
        found = (
            max(0.0, waited(self._born, look(self._process), self._policy.logical_cpus) - self.waited)
            if self.alive
            else 0.0
        )
        self.waited += found
        return found

    def _socket(self) -> socket.socket:
        if self._sock is None:
            raise GuestDiedError("The guest's process has ended.")
        return self._sock

    def _receive(self, seconds: float | frames.Clock, *, number: int | None = None) -> dict[str, Any]:
        data = frames.receive(self._socket(), limit=self._policy.frame_bytes, seconds=seconds)
        try:
            reply = tree.decode(data, max_bytes=self._policy.frame_bytes)
        except tree.TreeError as error:
            raise frames.FrameError(str(error)) from None
        if not isinstance(reply, dict) or not _same_number(reply.get("number"), number):
            raise frames.FrameError("An answer to another question.")
        return reply

    def _interrupt(self) -> bool:
        """Interrupt the learner's code; kill the process when it does not come back."""
        self._signal(signal.SIGINT)
        try:
            self._receive(FairDeadline(self._process, self._policy.grace_seconds), number=self._number)
        except frames.FrameError:
            self.close()
            return False
        return True

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(self._process, number)

    def _why_it_ended(self) -> str:
        """Find out whether a guest that hung up ended by its own doing; it is gone afterwards."""
        ended = self._has_ended(_EXIT_SECONDS) or (is_ending(self._process) and self._has_ended(_END_SECONDS))
        try:
            code, why = self._server.ended(self._guest) if ended else (0, "")
        except ForkServerError:
            code, why = None, "outside"  # the server died, and took its guests along
        self.close()
        if why or code != -signal.SIGKILL:
            return why
        return "outside"

    def _has_ended(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._process, select.POLLIN)
        return bool(poll.poll(1000 * seconds))

    def close(self) -> None:
        """End the guest and all it started; its file system goes with it."""
        sock, self._sock = self._sock, None
        if sock is None:
            return
        sock.close()
        self._signal(signal.SIGKILL)
        deadline = time.monotonic() + 5
        while not self._has_ended(0.1) and time.monotonic() < deadline:
            self._signal(signal.SIGKILL)
        os.close(self._process)
