"""The place where attacks are graded: a course full of secrets, with things around it that must not change.

Everything that an attack might want is really there: hidden tests, reference and mistakes with a token of this run
in them, a gradebook, another learner's submission, stored results, an exchange, a home with a secret file, a
variable of the grader's environment, listening sockets.
"""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from helpers import COURSES

import gradetape
from gradetape.course import Course

KINDS = (
    "GRADER",
    "REFERENCE",
    "MISTAKE",
    "GRADEBOOK",
    "SUBMISSION",
    "RESULT",
    "EXCHANGE",
    "HOME",
    "ENVIRONMENT",
    "OUTSIDE",
)
PRODUCT = Path(gradetape.__file__).parent


@dataclass
class Arena:
    """A copy of the course `vault` among things worth attacking."""

    root: Path
    token: str = field(default_factory=lambda: secrets.token_hex(12))
    sockets: dict = field(default_factory=dict)

    def __post_init__(self):
        self.outside = self.root / "outside"
        self.home = self.root / "home"
        self.course = self.outside / "course"
        self.outside.mkdir(parents=True)
        (self.home / ".cache" / "gradetape" / "datasets").mkdir(parents=True)
        shutil.copytree(COURSES / "vault", self.course, ignore=shutil.ignore_patterns("__pycache__"))
        for path in self.course.rglob("*"):
            if path.suffix in (".py", ".ipynb"):
                path.write_text(self.marked(path.read_text()))
        self._write("outside/secret.txt", "OUTSIDE")
        self._write("home/.secret", "HOME")
        self._write("outside/course/gradebook.db", "GRADEBOOK")
        self._write("outside/course/submitted/victim/vault/vault.ipynb", "SUBMISSION")
        self._write("outside/course/autograded/victim/vault/vault.ipynb", "SUBMISSION")
        self._write("outside/course/.gradetape/results/ab/abcd.json", "RESULT")
        self._write("outside/course/exchange/gradetape/inbound/victim+vault/vault.ipynb", "EXCHANGE")

    def marked(self, text):
        """Put the token of this run behind every canary."""
        for kind in KINDS:
            text = text.replace(f"CANARY_{kind}", f"CANARY_{kind}_{self.token}")
        return text

    def _write(self, name, kind):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"CANARY_{kind}_{self.token}\n")

    @property
    def assignment(self):
        """The assignment `vault` of the copy, as the grader reads it."""
        return Course(self.course).load("vault")

    @contextlib.contextmanager
    def open(self):
        """Listen on sockets, and stand in the environment, as long as attacks go on."""
        before = {name: os.environ.get(name) for name in ("HOME", "GRADETAPE_ATTACK_ENVIRONMENT")}
        os.environ.update(HOME=str(self.home), GRADETAPE_ATTACK_ENVIRONMENT=f"CANARY_ENVIRONMENT_{self.token}")
        where = Path.cwd()
        os.chdir(self.course)
        unix, abstract = str(self.root / "listen.sock"), f"gradetape-arena-{self.token}"
        with contextlib.ExitStack() as stack:
            kinds = {
                "PORT": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
                "UDP": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
                "UNIX": (socket.AF_UNIX, socket.SOCK_STREAM, unix),
                "ABSTRACT": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
            }
            for name, (family, kind, address) in kinds.items():
                sock = stack.enter_context(socket.socket(family, kind))
                sock.bind(address)
                if kind == socket.SOCK_STREAM:
                    sock.listen()
                sock.setblocking(False)
                self.sockets[name] = sock
            self.places = {
                "OUTSIDE": str(self.outside), "PARENT": str(os.getpid()), "UNIX": unix, "ABSTRACT": abstract,
                "PORT": str(self.sockets["PORT"].getsockname()[1]), "UDP": str(self.sockets["UDP"].getsockname()[1]),
            }  # fmt: skip
            try:
                yield self
            finally:
                os.chdir(where)
                for name, value in before.items():
                    os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)

    def callers(self):
        """Name the sockets that somebody has knocked at."""
        found = []
        for name, sock in self.sockets.items():
            with contextlib.suppress(BlockingIOError):
                sock.recv(1) if name == "UDP" else sock.accept()
                found.append(name)
        return found

    def snapshot(self):
        """Digest all that must not change: the arena, Gradetape itself, what lies beside it and in /tmp and /dev/shm."""
        seen = {}
        for folder in (self.root, PRODUCT):
            for path in sorted(folder.rglob("*")):
                if "__pycache__" not in path.parts:
                    seen[str(path)] = _digest(path)
        for folder in (PRODUCT.parent, Path(json.__file__).parent, Path("/dev/shm"), Path.home()):
            seen[f"names in {folder}"] = sorted(p.name for p in folder.iterdir() if p.name != "__pycache__")
        seen["limits"] = Path("/proc/self/limits").read_text()
        seen["oom"] = Path("/proc/self/oom_score_adj").read_text()
        return seen


def _digest(path):
    seen = path.lstat()
    if not path.is_file() or path.is_symlink() or seen.st_size > 2**26:
        return f"{seen.st_mode:o} {seen.st_size}"
    return hashlib.sha256(path.read_bytes()).hexdigest() + oct(path.stat().st_mode)


def strangers():
    """List processes that live in namespaces of guests: none is left when no guest is alive.

    A guest's pid namespace lies below its fork server's; the server's own children are looked at.
    """
    from gradetape.guest import forkserver

    found = []
    for server in list(forkserver._servers.values()):
        launcher = server._process.pid
        for child in _children(launcher):
            found += _children(child)
    return found


def _children(pid):
    with contextlib.suppress(OSError):
        tasks = [p.name for p in Path(f"/proc/{pid}/task").iterdir()]
        return [int(w) for t in tasks for w in Path(f"/proc/{pid}/task/{t}/children").read_text().split()]
    return []


def wait_until_alone(known, seconds=30.0):
    """Wait for killed guests to be gone; return those that are not, and are none of the known ones."""
    until = time.monotonic() + seconds
    while set(strangers()) - set(known) and time.monotonic() < until:
        time.sleep(0.02)
    return sorted(set(strangers()) - set(known))
