"""One warm kernel, seen from its owner: asked for over a socket, then handled like a `subprocess.Popen`."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from typing import TYPE_CHECKING, Any

from gradetape.guest import frames
from gradetape.lab.forked import KERNEL, PROBLEM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["ForkedKernel", "ask", "short"]

_REPLY_BYTES = 2**16
_CODE_SECONDS = 5.0
_CODE_UNKNOWN = 1
_living: set[ForkedKernel] = set()


@contextlib.contextmanager
def short(path: Path) -> Iterator[str]:
    """Give a name for a socket's path that is below the 108 bytes that addresses may have."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def ask(
    path: Path, arguments: Sequence[str], *, env: Mapping[str, str], cwd: str, streams: Sequence[int], seconds: float
) -> ForkedKernel:
    """Ask the zygote that listens at `path` for a kernel with these arguments of ipykernel.

    Raises:
        OSError, frames.FrameError: nobody listens there, it died, or was not ready within `seconds`.
        ValueError: it could not fork, and says why.
    """
    said = json.dumps({"arguments": list(arguments), "env": dict(env), "cwd": cwd}).encode()
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(seconds)
        with short(path) as name:
            line.connect(name)
        socket.send_fds(line, [KERNEL], list(streams))
        frames.send(line, said, seconds=seconds)
        return _answered(line, seconds)
    except BaseException:
        line.close()
        raise


def _answered(line: socket.socket, seconds: float) -> ForkedKernel:
    line.settimeout(seconds)
    kind, descriptors, _, _ = socket.recv_fds(line, 1, 1)
    if not kind:
        raise frames.FrameClosedError("It ended before it answered.")
    reply = json.loads(frames.receive(line, limit=_REPLY_BYTES, seconds=seconds))
    if kind == PROBLEM:
        raise ValueError(reply["problem"])
    return ForkedKernel(reply["pid"], descriptors[0], line)


class ForkedKernel:
    """A kernel that is another process's child; it ends when this process does.

    It has what `jupyter_client.provisioning.LocalProvisioner` uses of `subprocess.Popen`.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, process: int, line: socket.socket) -> None:
        """Take over a descriptor of the process and the line on which its exit code will come."""
        self.pid = pid
        self.returncode: int | None = None
        self._process = process
        self._line = line
        _living.add(self)  # a manager that is forgotten does not end its kernel

    def poll(self) -> int | None:
        """Return the exit code (negative: a signal's number), or None while the kernel runs."""
        return self._poll(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end; return the exit code, or None when it has not come within `timeout` seconds."""
        return self._poll(timeout)

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel's process; nothing when it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, number)

    def terminate(self) -> None:
        """Ask the kernel's process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel's process."""
        self.send_signal(signal.SIGKILL)

    def _poll(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            poll = select.poll()
            poll.register(self._process, select.POLLIN)
            if poll.poll(None if timeout is None else 1000 * timeout):
                self.returncode = self._code()
                self._line.close()  # from now on its number may be another process's
                os.close(self._process)
                _living.discard(self)
        return self.returncode

    def _code(self) -> int:
        """Hear from the zygote how the kernel ended; one that died before cannot tell."""
        try:
            reply: dict[str, Any] = json.loads(frames.receive(self._line, limit=_REPLY_BYTES, seconds=_CODE_SECONDS))
        except frames.FrameError:
            return _CODE_UNKNOWN
        return int(reply["code"])
