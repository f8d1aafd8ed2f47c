"""Work on learners' texts in a forked process that has limits of time and memory.

Converters of Markdown, formulas and HTML are quadratic or worse on some texts, and none can be stopped from
within. Here the text costs its own process, and what was done until then is kept.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MEMORY", "MOST_BYTES", "SECONDS", "run"]

SECONDS = 10
"""CPU time; three times as much may go by on the clock, and not less than `_LEAST`."""

MEMORY = 2**30
"""Bytes beyond what the process has mapped when it starts."""

MOST_BYTES = 128 * 2**20
"""Of all that one process answers."""

_LEAST = 20.0
_HEAD = struct.Struct(">I")
_END, _FAILED = 0xFFFFFFFF, 0xFFFFFFFE


def run(
    work: Callable[[Callable[[bytes], None]], None], *, seconds: float | None = None, memory: int = MEMORY,
    most: int = MOST_BYTES,
) -> tuple[list[bytes], str]:  # fmt: skip
    """Do work in a process of its own.

    Args:
        work: called there with a function that sends bytes here. What it changes is changed there only.
        seconds: CPU time; `SECONDS` by default.
        memory: bytes that it may map in addition.
        most: bytes that it may send.

    Returns:
        What was sent until the end, and why the work was not finished ('' when it was).
    """
    seconds = SECONDS if seconds is None else seconds
    reader, writer = os.pipe2(os.O_CLOEXEC)
    try:
        child = os.fork()
    except OSError as error:
        os.close(reader)
        os.close(writer)
        return [], f"no process could be started: {error.strerror}"
    if not child:
        _work(work, writer, seconds, memory)
    os.close(writer)
    try:
        data, fault = _read(reader, max(_LEAST, 3 * seconds), most)
    finally:
        os.close(reader)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)  # it has ended or is to end
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)
    parts, end = _parts(data)
    return parts, fault or (f"it took more than {seconds:g} s or {memory / 2**20:,.0f} MiB" if end is None else end)


def _work(work: Callable[[Callable[[bytes], None]], None], line: int, seconds: float, memory: int) -> None:
    """Be the child: never returns, and runs nobody's handlers or buffers."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDWR), 2)  # a library that ends for want of memory says so there
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        for kind, most in (
            (resource.RLIMIT_AS, mapped + memory),
            (resource.RLIMIT_CPU, int(spent + seconds + 1)),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(kind)[1]
            limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (limit, limit))
        with open(line, "wb", closefd=False) as out:

            def send(part: bytes) -> None:
                out.write(_HEAD.pack(len(part)) + part)
                out.flush()

            try:
                work(send)
                out.write(_HEAD.pack(_END))
            except MemoryError:
                pass
            except Exception as error:  # noqa: BLE001 - it is reported to the process that asked
                out.write(_HEAD.pack(_FAILED) + type(error).__name__.encode())
    except BaseException:  # noqa: BLE001 - the end of this process is all there is to say
        os._exit(1)
    os._exit(0)


def _read(reader: int, seconds: float, most: int) -> tuple[bytearray, str]:
    until, data = time.monotonic() + seconds, bytearray()
    ready = select.poll()
    ready.register(reader, select.POLLIN)
    while True:
        left = until - time.monotonic()
        if left <= 0 or not ready.poll(1000 * left):
            return data, f"it took more than {seconds:g} s"
        found = os.read(reader, 2**20)
        if not found:
            return data, ""
        data += found
        if len(data) > most:
            return data, f"it made more than {most / 2**20:,.0f} MiB"


def _parts(data: bytearray) -> tuple[list[bytes], str | None]:
    """Return the whole parts, and how the work ended: '' when it was done, None when nothing says so."""
    parts: list[bytes] = []
    at = 0
    while at + _HEAD.size <= len(data):
        (size,) = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if size == _END:
            return parts, ""
        if size == _FAILED:
            return parts, f"it failed with {data[at:].decode()}"
        if at + size > len(data):
            break
        parts.append(bytes(data[at : at + size]))
        at += size
    return parts, None
