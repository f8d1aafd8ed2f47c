"""What a fork of the zygote does: become the process that `python -P -m gradetape.lab.launch` would be."""

from __future__ import annotations

import importlib.util
import os
import select
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable

__all__ = ["DEFAULTS", "KERNEL", "PROBLEM", "Request", "close", "run"]

KERNEL, PROBLEM = b"k", b"p"
"""What a message of zygote and owner begins with, in either direction."""
DEFAULTS = {"TF_CPP_MIN_LOG_LEVEL": "3"}
"""Variables that zygote and kernels have unless they are set: without this one TensorFlow greets in every notebook."""


@dataclass
class Request:
    """What a kernel is to be.

    `said` holds its `arguments` (list of str), `env` (dict of str) and `cwd`; `streams` are descriptors of its
    standard input, output and error; `line` leads to its owner.
    """

    said: dict[str, Any]
    streams: list[int]
    line: socket.socket


def close(descriptors: Iterable[int]) -> None:
    """Close file descriptors."""
    for number in descriptors:
        os.close(number)


def run(request: Request) -> None:
    """Become the kernel, and return when it has ended."""
    os.setsid()
    for standard, number in enumerate(request.streams):
        os.dup2(number, standard)
    close(number for number in request.streams if number > 2)
    os.environ.clear()
    os.environ.update({**DEFAULTS, **request.said["env"]})
    time.tzset()
    os.chdir(request.said["cwd"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "numpy.random" in sys.modules:  # Python seeds its own generator anew in a fork; NumPy does not
        sys.modules["numpy.random"].seed()
    threading.Thread(target=_end_with, args=(request.line,), daemon=True).start()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin) if launcher else "ipykernel_launcher", *request.said["arguments"]]
    from gradetape.lab import launch

    launch.ignore_folder_settings()
    launch.FolderLastApp.launch_instance(parent_handle=1)  # there is a parent, and `_end_with` looks after it


def _end_with(line: socket.socket) -> NoReturn:
    """End the kernel when its owner has gone, as ipykernel does when it is a child of its owner."""
    poll = select.poll()
    poll.register(line, select.POLLRDHUP)
    poll.poll()
    os._exit(1)
