"""What tests have workers of a pool do: in a module that these can import."""

import os
import signal

from gradetape.guest import forkserver
from gradetape.guest.process import GuestProcess
from gradetape.policy import Policy


def start_guest():
    """In a worker: start a guest and say which process forked it, and which one asked."""
    guest = GuestProcess(Policy(), {}, 0)
    try:
        code = "import os\nprint(os.getpid())"
        guest.exchange({"do": "run", "source": code, "seed": 0}, seconds=20)
        server = next(iter(forkserver._servers.values()))
        return os.getpid(), server._process is None
    finally:
        guest.close()


def die(number):
    os.kill(os.getpid(), number)


def leave_a_guest(policy):
    """In a worker: start a guest that never comes back, and die."""
    guest = GuestProcess(Policy(**policy), {}, 0)
    try:
        guest.exchange({"do": "run", "source": "while True:\n    pass", "seed": 0}, seconds=0.1)
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


def servers_children():
    """Processes of the unprivileged guests' user or namespaces, as /proc lists them."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/status") as file:
                    lines = dict(line.split(":", 1) for line in file if ":" in line)
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    command = file.read()
            except OSError:
                continue
            if b"gradetape.guest.server" in command and len(lines.get("NSpid", "").split()) >= 3:
                found.append(int(name))
    return found


def try_twice():
    try:
        return start_guest()
    except forkserver.ForkServerError:
        return start_guest()
