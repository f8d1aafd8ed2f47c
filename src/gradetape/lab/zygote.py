"""The process that kernels are forked from: it has imported what notebooks import, and has run nothing.

No TensorFlow operation may run here: its threads do not survive a fork, and every kernel would hang. A request comes
over a connection of its own, which stays open as long as the kernel lives: when whoever asked hangs up or dies,
the kernel ends; when the kernel ends, its exit code goes back. A kernel outlives this process, but not its owner.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradetape.guest import frames, preload
from gradetape.lab import forked

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["RETIRE", "main"]

RETIRE = b"r"
"""What the owner sends when this process is out of date: fork no more, end after the last kernel."""
_KERNEL_MODULES = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "stack_data", "sqlite3",
    "pygments.formatters.terminal256", "pygments.styles", "tornado.platform.asyncio", "IPython.core.completerlib",
    "IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "gradetape.lab.readable", "gradetape.lab.launch",
)  # fmt: skip
_REQUEST_BYTES = 2**24
_REQUEST_SECONDS = 5.0
_GONE = select.POLLHUP | select.POLLERR | select.POLLRDHUP
_CREDENTIALS = struct.Struct("3i")


@dataclass
class _Kernel:
    """A running kernel: its process and a descriptor of it, and the line to whoever asked for it."""

    number: int
    process: int
    line: socket.socket
    asked_for: bool = True
    ended: bool = False


def main(listener: int, owner: int, modules: Iterable[str]) -> None:
    """Entry point: serve until the owner hangs up. In a fork it runs the kernel and returns when that ends."""
    _import([*_KERNEL_MODULES, *modules])
    gc.collect()
    gc.freeze()  # the collector of a kernel then leaves the shared pages alone
    server = _Server(socket.socket(fileno=listener), socket.socket(fileno=owner))
    request = server.serve()
    if request is not None:
        forked.run(request)


def _import(modules: Iterable[str]) -> None:
    """Import what is there; a notebook that needs what is not will say so itself."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as ipykernel does
    preload.import_all(modules)


class _Server:
    """Answers requests, and looks after kernels until their owners have heard how they ended."""

    def __init__(self, listener: socket.socket, owner: socket.socket) -> None:
        self._listener: socket.socket | None = listener
        self._owner = owner
        self._kernels: dict[int, _Kernel] = {}
        self._poll = select.poll()
        self._poll.register(listener, select.POLLIN)
        self._poll.register(owner, select.POLLIN | _GONE)

    def serve(self) -> forked.Request | None:
        """Fork kernels; return the request in each fork, and None when there is nothing left to do."""
        while self._listener is not None or self._kernels:
            for number, _ in self._poll.poll():
                if number in self._kernels:
                    self._look_after(self._kernels[number], number)
                elif number == self._owner.fileno():
                    if self._owner.recv(1) != RETIRE:
                        self._end_abandoned()
                        return None
                    self._stop_listening()
                elif self._listener is not None and number == self._listener.fileno():
                    request = self._accept(self._listener)
                    if request is not None:
                        return request
        return None

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._poll.unregister(self._listener)
            self._listener.close()
            self._listener = None

    def _accept(self, listener: socket.socket) -> forked.Request | None:
        """Take one request; return it in the fork, None in this process."""
        line, _ = listener.accept()
        streams: list[int] = []
        try:
            line.settimeout(_REQUEST_SECONDS)
            _, streams, _, _ = socket.recv_fds(line, 1, 3)
            said = json.loads(frames.receive(line, limit=_REQUEST_BYTES, seconds=_REQUEST_SECONDS))
            if _user(line) != os.geteuid() or len(streams) != 3:
                raise PermissionError("the request comes from another user")
            request = self._fork(forked.Request(said, streams, line))
        except (OSError, ValueError, frames.FrameError) as error:
            request = None
            with contextlib.suppress(OSError, frames.FrameError):
                line.sendall(forked.PROBLEM)
                frames.send(line, json.dumps({"problem": str(error)}).encode(), seconds=_REQUEST_SECONDS)
            line.close()
        if request is None:
            forked.close(streams)
        return request

    def _fork(self, request: forked.Request) -> forked.Request | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: those of libraries stand still here
            number = os.fork()
        if number == 0:
            self._forget()
            return request
        kernel = _Kernel(number, os.pidfd_open(number), request.line)
        self._kernels[kernel.process] = self._kernels[request.line.fileno()] = kernel
        self._poll.register(kernel.process, select.POLLIN)
        self._poll.register(request.line, _GONE)
        socket.send_fds(request.line, [forked.KERNEL], [kernel.process])
        frames.send(request.line, json.dumps({"pid": number}).encode(), seconds=_REQUEST_SECONDS)
        return None

    def _forget(self) -> None:
        """In a fork: close what is this process's alone, so that nobody else's end goes unnoticed."""
        self._stop_listening()
        self._owner.close()
        for kernel in {id(k): k for k in self._kernels.values()}.values():
            kernel.line.close()
            if not kernel.ended:
                os.close(kernel.process)

    def _look_after(self, kernel: _Kernel, descriptor: int) -> None:
        """A kernel has ended, or whoever asked for it has gone."""
        self._poll.unregister(descriptor)
        del self._kernels[descriptor]
        if descriptor == kernel.process:
            kernel.ended = True
            self._tell(kernel)
            os.close(kernel.process)
        else:
            kernel.asked_for = False
            if not kernel.ended:
                _end(kernel)
            kernel.line.close()
        if kernel.ended and not kernel.asked_for:  # until then nobody else can get its number
            os.waitpid(kernel.number, 0)

    @staticmethod
    def _tell(kernel: _Kernel) -> None:
        how = os.waitid(os.P_PID, kernel.number, os.WEXITED | os.WNOWAIT)
        if how is None or not kernel.asked_for:
            return
        code = how.si_status if how.si_code == os.CLD_EXITED else -how.si_status
        with contextlib.suppress(frames.FrameError):
            frames.send(kernel.line, json.dumps({"code": code}).encode(), seconds=_REQUEST_SECONDS)

    def _end_abandoned(self) -> None:
        """End the kernels of those who went together with the owner."""
        for number, _ in self._poll.poll(0):
            kernel = self._kernels.get(number)
            if kernel is not None and number != kernel.process and not kernel.ended:
                _end(kernel)


def _end(kernel: _Kernel) -> None:
    for send, whom in ((os.killpg, kernel.number), (signal.pidfd_send_signal, kernel.process)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            send(whom, signal.SIGKILL)


def _user(line: socket.socket) -> int:
    """Return the user id of whoever is at the other end."""
    data = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(data)[1])
