"""`gradetape doctor`: what this machine has, tried out rather than looked up."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gradetape.datasets.catalogue import CATALOGUE, data_dir, missing
from gradetape.guest.host import Host
from gradetape.notebook import CellSource
from gradetape.policy import Policy

__all__ = ["Finding", "examine", "show"]

_PACKAGES = (
    ("tensorflow", True), ("tf-keras", False), ("tensorflow-probability", False), ("tensorflow-datasets", False),
    ("nbgrader", True), ("jupyterlab", False), ("jupytext", True), ("pytest", True),
)  # fmt: skip
_SYS_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_VERSION = 1


@dataclass(frozen=True)
class Finding:
    """One thing that was tried: whether it holds, what was seen, and how to mend it."""

    name: str
    ok: bool
    seen: str
    mend: str = ""
    required: bool = True

    def as_dict(self) -> dict[str, object]:
        """Return the finding as plain data."""
        return asdict(self)


def examine() -> list[Finding]:
    """Try everything once; takes as long as TensorFlow's import."""
    found = [_python()]
    found += [_package(name, required=required) for name, required in _PACKAGES]
    found += [_alembic(), _guest(), _user_namespaces(), _landlock(), _data(), _course()]
    return found


def _python() -> Finding:
    ok = sys.version_info >= (3, 11) and sys.platform == "linux"
    return Finding(
        "Python on Linux", ok, f"{platform.python_version()} on {sys.platform}", "Use Python 3.11+ on Linux."
    )


def _package(name: str, *, required: bool) -> Finding:
    try:
        return Finding(name, ok=True, seen=importlib.metadata.version(name), required=required)
    except importlib.metadata.PackageNotFoundError:
        extra = "nbgrader" if name in ("nbgrader", "jupyterlab") else "tensorflow"
        return Finding(
            name, ok=False, seen="not installed", mend=f"pip install 'gradetape[{extra}]'", required=required
        )


def _alembic() -> Finding:
    """Nbgrader starts alembic by name; without an activated environment it does not find it."""
    where = shutil.which("alembic")
    beside = Path(sys.executable).parent
    mend = f"Activate the environment: . {beside / 'activate'}"
    return Finding("alembic on PATH", where is not None, where or "not found", mend, required=False)


def _guest() -> Finding:
    """Start a guest and run a TensorFlow operation in it."""
    began = time.monotonic()
    cell = CellSource(0, "import tensorflow as tf\nprint(int(tf.reduce_sum(tf.ones((2, 3)))))")
    with Host([cell], {}, Policy()) as host:
        host.run()
        seen = "".join(o.get("text", o.get("evalue", "")) for o in host.outputs.get(0, [])).strip()
        refused = host.refused
    ok = seen == "6"
    text = f"first guest after {time.monotonic() - began:.1f} s" if ok else refused or seen or "no answer"
    return Finding("guest with TensorFlow", ok, text, "Run `python -c 'import tensorflow'` and read what it says.")


def _user_namespaces() -> Finding:
    """Try to make a user and network namespace, in a process of its own."""
    code = "import os; os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)" if sys.version_info >= (3, 12) else _UNSHARE
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)  # noqa: S603 - our own code
    ok = done.returncode == 0
    mend = "sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000"
    return Finding("user namespaces", ok, "can be made" if ok else "refused", mend, required=False)


_UNSHARE = "import ctypes, sys; sys.exit(ctypes.CDLL(None, use_errno=True).unshare(0x10000000 | 0x40000000) and 1 or 0)"


def _landlock() -> Finding:
    """Ask the kernel for its Landlock version."""
    version = ctypes.CDLL(None, use_errno=True).syscall(_SYS_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION)
    ok = version > 0
    seen = f"version {version}" if ok else "not there"
    return Finding("Landlock", ok, seen, "Boot with lsm=landlock,… on the kernel command line.", required=False)


def _data() -> Finding:
    todo = missing(CATALOGUE)
    seen = f"{len(CATALOGUE) - len(todo)} of {len(CATALOGUE)} in {data_dir()}"
    return Finding("stand-in data sets", not todo, seen, "gradetape data prepare", required=False)


def _course() -> Finding:
    config = Path("nbgrader_config.py")
    ok = config.is_file() and "gradetape.nbgrader.Execute" in config.read_text(encoding="utf-8")
    seen = "nbgrader_config.py plugs Gradetape in" if ok else f"no such nbgrader_config.py in {os.getcwd()}"  # noqa: PTH109
    return Finding("course directory", ok, seen, "Copy the lines from docs/instructors.md.", required=False)


def show(findings: list[Finding]) -> None:
    """Print the findings as a table."""
    table = Table("", "what", "seen", "how to mend it")
    for f in findings:
        mark = "[green]✓[/]" if f.ok else ("[red]✗[/]" if f.required else "[yellow]–[/]")  # noqa: RUF001
        table.add_row(mark, f.name, f.seen, "" if f.ok else f.mend)
    Console().print(table)
