"""Frames: length-limited messages over a socket, with a deadline for the whole of each.

`multiprocessing`'s own connections wait for ever for the rest of a message once its header has come;
a learner's process could use that. Both sides speak this; it knows nothing of the rest.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import socket

__all__ = ["Clock", "FrameClosedError", "FrameError", "FrameTimeoutError", "FrameTooLargeError", "receive", "send"]

_HEADER = struct.Struct("<Q")
_CHUNK = 2**20


class FrameError(Exception):
    """The other side did not send a proper frame."""


class FrameClosedError(FrameError):
    """The other side is gone."""


class FrameTimeoutError(FrameError):
    """The frame was not complete by its deadline."""


class FrameTooLargeError(FrameError):
    """The frame announces more bytes than are allowed."""


class Clock(Protocol):
    """Says how long a frame may still take."""

    def left(self) -> float:
        """Return the seconds until this has to be asked again; not above 0 when the time is over."""


class _WallClock:
    """Counts every second."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds

    def left(self) -> float:
        return self._deadline - time.monotonic()


def _clock(seconds: float | Clock | None) -> Clock | None:
    return _WallClock(seconds) if isinstance(seconds, int | float) else seconds


def send(sock: socket.socket, payload: bytes, *, seconds: float | Clock | None = None) -> None:
    """Send one frame.

    Raises:
        FrameClosedError: nobody is there to read it.
        FrameTimeoutError: it was not taken within `seconds`.
    """
    clock, rest = _clock(seconds), memoryview(_HEADER.pack(len(payload)) + payload)
    while rest:
        _wait_at_most(sock, clock, "The other side does not read.")
        try:
            rest = rest[sock.send(rest) :]
        except TimeoutError:
            continue
        except OSError:
            raise FrameClosedError("The other side is gone.") from None


def receive(sock: socket.socket, *, limit: int, seconds: float | Clock | None = None) -> bytes:
    """Receive one frame of at most `limit` bytes, complete within `seconds` (None: wait for ever).

    Raises:
        FrameClosedError, FrameTimeoutError, FrameTooLargeError
    """
    clock = _clock(seconds)
    (length,) = _HEADER.unpack(_exactly(sock, _HEADER.size, clock))
    if length > limit:
        raise FrameTooLargeError(f"A message of {length:,} bytes; at most {limit:,} are allowed.")
    return _exactly(sock, length, clock)


def _exactly(sock: socket.socket, count: int, clock: Clock | None) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        _wait_at_most(sock, clock, "No complete answer in time.")
        try:
            chunk = sock.recv(min(_CHUNK, count - len(parts)))
        except TimeoutError:
            continue
        except OSError:
            raise FrameClosedError("The other side is gone.") from None
        if not chunk:
            raise FrameClosedError("The other side is gone.")
        parts += chunk
    return bytes(parts)


def _wait_at_most(sock: socket.socket, clock: Clock | None, late: str) -> None:
    """Let the socket wait until the clock has to be asked again."""
    left = None if clock is None else clock.left()
    if left is not None and left <= 0:
        raise FrameTimeoutError(late)
    sock.settimeout(left)
