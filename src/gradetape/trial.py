"""Try the fence out: a guest really attempts what each layer should stop. `gradetape doctor` shows the outcome."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradetape.guest.host import light_guest
from gradetape.guest.process import GuestDiedError, GuestTimeoutError
from gradetape.policy import LAYERS, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["ATTEMPTS", "BY_LAYER", "Tried", "attempt", "ceilings"]

ATTEMPTS = {
    "read a file of the grader's": "open({secret!r}).read()",
    "see that it exists": "__import__('os').stat({secret!r})",
    "write beside it": "open({secret!r} + '.new', 'w').close()",
    "connect to a TCP port": "__import__('socket').create_connection(('127.0.0.1', {port}), 2)",
    "connect to an abstract socket": "__import__('socket').socket(1).connect({abstract!r})",
    "signal the grader": "__import__('os').kill({pid}, 0)",
    "read the grader's environment": "open('/proc/{pid}/environ').read() or [][0]",
    "trace the grader": "1 / (1 + __import__('ctypes').CDLL(None).ptrace(0x4206, {pid}, 0, 0))",
    "open an internet socket": "__import__('socket').socket()",
    "make a user namespace": "1 / (1 + __import__('ctypes').CDLL(None).unshare(0x10000000))",
    "hold memory that no limit counts": "__import__('os').memfd_create('x')",
}
"""What is attempted, as an expression that raises when it is refused."""

BY_LAYER = {
    "namespaces": ("read a file of the grader's", "see that it exists", "connect to a TCP port", "signal the grader"),
    "landlock": ("read a file of the grader's", "write beside it", "connect to a TCP port", "signal the grader"),
    "seccomp": ("open an internet socket", "make a user namespace", "hold memory that no limit counts"),
}
"""What each layer has to stop all by itself."""

_CELL = """
import json
seen = {{}}
for name, code in json.loads({attempts!r}).items():
    try:
        eval(code)
    except BaseException as error:
        seen[name] = type(error).__name__
    else:
        seen[name] = ''
print(json.dumps(seen))
"""
_HOGS = {
    "memory": "import mmap\nall = []\nwhile 1:\n    all.append(mmap.mmap(-1, 2**25))\n    all[-1].write(bytes(2**25))",
    "processes": "import os, time\nwhile 1:\n    if os.fork() == 0:\n        time.sleep(30)",
    "disk": "number = 0\nwhile 1:\n    number += 1\n    open(f'{number}', 'wb').write(bytes(2**22))",
}
"""What uses up memory that no limit of a process counts, processes, and the disk."""


@dataclass(frozen=True)
class Tried:
    """What came of an attempt: whether it was refused, and what the guest or the host saw."""

    name: str
    refused: bool
    seen: str


def attempt(layers: Sequence[str] = LAYERS, names: Sequence[str] = tuple(ATTEMPTS)) -> list[Tried]:
    """Attempt these things from a guest with these layers, without TensorFlow.

    Raises:
        ForkServerError: no guest could be started.
    """
    with _bait() as places:
        wanted = {name: ATTEMPTS[name].format(**places) for name in names}
        cell = _CELL.format(attempts=json.dumps(wanted))
        with light_guest(layers, Policy()) as guest:
            reply = guest.exchange({"do": "run", "source": cell, "seed": 0}, seconds=30)
    text = "".join(t for o in reply["outputs"] for t in o.get("text", ()))
    seen: dict[str, str] = json.loads(text)
    return [Tried(name, bool(error), error or "it worked") for name, error in seen.items()]


def ceilings(layers: Sequence[str] = LAYERS) -> list[Tried]:
    """Let guests use up memory, processes and disk under small ceilings.

    Raises:
        ForkServerError: no guest could be started.
    """
    policy = Policy(memory_bytes=2**28, processes=64, disk_bytes=2**26)
    return [_overrun(name, code, layers, policy) for name, code in _HOGS.items()]


def _overrun(name: str, code: str, layers: Sequence[str], policy: Policy) -> Tried:
    began = time.monotonic()
    with light_guest(layers, policy) as guest:
        try:
            reply = guest.exchange({"do": "run", "source": code, "seed": 0}, seconds=10)
        except GuestDiedError as error:
            return Tried(name, bool(error.why), f"ended after {time.monotonic() - began:.1f} s: {error.why or error}")
        except GuestTimeoutError:
            return Tried(name, refused=False, seen="it went on for 10 s")
    errors = [o["ename"] for o in reply["outputs"] if o["output_type"] == "error"]
    return Tried(name, bool(errors), f"{errors[-1]} after {time.monotonic() - began:.1f} s" if errors else "no limit")


@contextlib.contextmanager
def _bait() -> Iterator[dict[str, Any]]:
    """Put out what a guest must not reach: a file, a TCP port, an abstract socket, this very process."""
    abstract = f"\0gradetape-{os.getpid()}"
    with (
        tempfile.TemporaryDirectory(prefix="gradetape-trial-") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        secret = Path(folder) / "secret.txt"
        secret.write_text("secret", encoding="ascii")
        unix.bind(abstract)
        unix.listen()
        port = server.getsockname()[1]
        yield {"secret": str(secret), "port": port, "abstract": abstract, "pid": os.getpid()}
