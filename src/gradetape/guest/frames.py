"""Frames: length-limited messages over a socket, with a deadline for the whole of each.

`multiprocessing`'s own connections wait for ever for the rest of a message once its header has come;
a learner's process could use that. Both sides speak this; it knows nothing of the rest.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

__all__ = ["FrameClosedError", "FrameError", "FrameTimeoutError", "FrameTooLargeError", "receive", "send"]

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


def send(sock: socket.socket, payload: bytes, *, seconds: float | None = None) -> None:
    """Send one frame.

    Raises:
        FrameClosedError: nobody is there to read it.
        FrameTimeoutError: it was not taken within `seconds`.
    """
    sock.settimeout(seconds)
    try:
        sock.sendall(_HEADER.pack(len(payload)) + payload)
    except TimeoutError:
        raise FrameTimeoutError("The other side does not read.") from None
    except OSError:
        raise FrameClosedError("The other side is gone.") from None


def receive(sock: socket.socket, *, limit: int, seconds: float | None = None) -> bytes:
    """Receive one frame of at most `limit` bytes, complete within `seconds` (None: wait for ever).

    Raises:
        FrameClosedError, FrameTimeoutError, FrameTooLargeError
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    (length,) = _HEADER.unpack(_exactly(sock, _HEADER.size, deadline))
    if length > limit:
        raise FrameTooLargeError(f"A message of {length:,} bytes; at most {limit:,} are allowed.")
    return _exactly(sock, length, deadline)


def _exactly(sock: socket.socket, count: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise FrameTimeoutError("No complete answer in time.")
            sock.settimeout(left)
        else:
            sock.settimeout(None)
        try:
            chunk = sock.recv(min(_CHUNK, count - len(parts)))
        except TimeoutError:
            raise FrameTimeoutError("No complete answer in time.") from None
        except OSError:
            raise FrameClosedError("The other side is gone.") from None
        if not chunk:
            raise FrameClosedError("The other side is gone.")
        parts += chunk
    return bytes(parts)
