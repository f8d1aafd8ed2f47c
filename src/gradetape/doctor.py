"""`gradetape doctor`: what this machine has, tried out rather than looked up."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from gradetape import loads
from gradetape.configured import course_at, invalid, misspelt, readable, unshowable
from gradetape.course import Course, CourseError
from gradetape.datasets.catalogue import CATALOGUE, data_dir, missing
from gradetape.gradable import gradable
from gradetape.guest.forkserver import ForkServerError
from gradetape.guest.host import Host, isolation
from gradetape.ids import path_problem
from gradetape.lab.serving import folder_last, unpaired
from gradetape.nbgrader.plugging import ADVICE, contradictions, misconfigured, unprotected
from gradetape.notebook import CellSource
from gradetape.policy import LAYERS, Policy
from gradetape.releasing import course_config
from gradetape.trial import BY_LAYER, attempt, ceilings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Finding", "examine", "show"]

_PACKAGES = (
    ("tensorflow", True), ("tf-keras", False), ("tensorflow-probability", False), ("tensorflow-datasets", False),
    ("nbgrader", True), ("jupyterlab", False), ("jupytext", True), ("pytest", True),
)  # fmt: skip
_ALLOW_NAMESPACES = (
    "sysctl -w user.max_user_namespaces=10000 kernel.unprivileged_userns_clone=1 "
    "kernel.apparmor_restrict_unprivileged_userns=0"
)
_LAYERS_MEAN = {
    "namespaces": (
        "Guests share the machine's network and processes, and see which files exist.",
        f"{_ALLOW_NAMESPACES}; in Docker: --security-opt seccomp=unconfined",
    ),
    "landlock": (
        "One layer fewer between guests and files.",
        "Use Linux 5.13 or later and boot with landlock in the kernel's lsm= list.",
    ),
    "seccomp": (
        "One layer fewer between guests and the network, and all of the kernel's calls are open to them.",
        "Use x86_64 or aarch64 and a kernel with CONFIG_SECCOMP_FILTER.",
    ),
}
_ISOLATION = {
    "files": (
        ("read a file of the grader's", "write beside it"),
        "Learners could read the hidden tests and change marks.",
    ),
    "network": (
        ("connect to a TCP port", "open an internet socket"),
        "Learners could send out what they see, and fetch answers.",
    ),
    "processes": (
        ("signal the grader", "read the grader's environment", "trace the grader"),
        "Learners could end the grader or read its memory.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was tried: whether it holds, what was seen, and how to mend it."""

    name: str
    ok: bool
    seen: str
    mend: str = ""
    required: bool = True
    means: str = ""
    """What it means when it does not hold."""

    def as_dict(self) -> dict[str, object]:
        """Return the finding as plain data."""
        return asdict(self)


def examine() -> list[Finding]:
    """Try everything once; takes as long as TensorFlow's import."""
    found = [_python(), *_server(Path.cwd())]  # before the course's configuration sets what it sets in this process
    found += [_package(name, required=required) for name, required in _PACKAGES]
    return [*found, _alembic(), _guest(), *_fence(), _data(), *_course(Path.cwd())]


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


def _server(root: Path) -> list[Finding]:
    """Say what of a learner's a Jupyter server obeys: modules beside a notebook, files that its metadata name."""
    course = root if (root / "nbgrader_config.py").is_file() else None
    return [
        Finding(name, ok, seen, mend, required=False, means=means)
        for name, (ok, seen, mend), means in (
            ("kernels of a server", folder_last(course),
             "Opening a learner's notebook can run their attached modules with your rights."),
            ("pairs of a server", unpaired(course),
             "Opening and saving a learner's notebook can write hidden tests of theirs, which run with your rights."),
        )
    ]  # fmt: skip


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


def _fence() -> list[Finding]:
    """Let guests attempt what each layer should stop, then what the whole fence should."""
    try:
        layers = [_layer(name) for name in LAYERS]
        whole = [_isolation(what) for what in _ISOLATION]
        return [*layers, *whole, _ceilings()]
    except ForkServerError as error:
        return [Finding("fence", ok=False, seen=str(error), mend="Mend what the message says.")]


def _layer(name: str) -> Finding:
    held = isolation([name])
    tried = attempt([name], BY_LAYER[name]) if held else []
    open_ = [t.name for t in tried if not t.refused]
    seen = f"{held[0]}; refused: {', '.join(t.name for t in tried if t.refused)}" if held else "not there"
    if open_:
        seen += f"; but a guest can {', '.join(open_)}"
    means, mend = _LAYERS_MEAN[name]
    return Finding(f"fence: {name}", bool(held) and not open_, seen, mend, required=False, means=means)


def _isolation(what: str) -> Finding:
    attempts, means = _ISOLATION[what]
    open_ = [t.name for t in attempt(LAYERS, attempts) if not t.refused]
    seen = f"a guest can {', '.join(open_)}" if open_ else f"refused: {', '.join(attempts)}"
    mend = "Mend one of the layers above that stops it, or say --trust-learners."
    return Finding(f"fence: {what} out of reach", not open_, seen, mend, means=means)


def _ceilings() -> Finding:
    tried = ceilings()
    seen = "; ".join(f"{t.name}: {t.seen}" for t in tried)
    ok = all(t.refused for t in tried)
    means = "A notebook could take the machine's memory, processes or disk."
    return Finding("fence: ceilings hold", ok, seen, "Use Linux 5.14 or later.", required=False, means=means)


def _data() -> Finding:
    todo = missing(CATALOGUE)
    seen = f"{len(CATALOGUE) - len(todo)} of {len(CATALOGUE)} in {data_dir()}"
    return Finding("stand-in data sets", not todo, seen, "gradetape data prepare", required=False)


_OF_LEARNERS = {"submitted", "autograded", "feedback", "inbound", "outbound"}
"""In such a folder lies what a learner has handed in: a configuration there is nobody's course."""


def _course(root: Path) -> list[Finding]:
    """Look at the course directory that this is run in: its configuration, its assignments, what its notebooks load."""
    if not any((root / part).is_dir() for part in ("source", "graders")) or not _OF_LEARNERS.isdisjoint(root.parts):
        mend = "cd into a course directory, or `gradetape init` one."
        return [Finding("course directory", ok=False, seen=f"none in {root}", mend=mend, required=False)]
    if path_problem(str(root)):
        mend = "Until then neither nbgrader nor `gradetape autograde` finds an assignment in it."
        return [Finding("course directory", ok=False, seen=path_problem(str(root)), mend=f"Rename it. {mend}")]
    try:
        config = course_config(root)
    except CourseError as error:
        return [Finding("course: nbgrader_config.py", ok=False, seen=str(error), mend="Mend what the message says.")]
    missing = [
        Finding(
            f"course: {protection.setting}", ok=False, seen="not as plug_in sets it", mend=ADVICE,
            required=protection.needed, means=f"Nothing sees to it that {protection.guards}.",
        )
        for protection in unprotected(config)
    ]  # fmt: skip
    against = [
        Finding("course: settings that contradict each other", ok=False, seen=line, mend="Remove one of the two.")
        for line in contradictions(root)
    ]
    wrong = invalid(config) or unshowable(root, config)
    if not missing and not against:
        wrong += misconfigured(config)
    against += [
        Finding("course: settings", ok=False, seen=line, mend="Mend it in nbgrader_config.py.") for line in wrong
    ]
    whole = Finding("course: nbgrader_config.py", ok=True, seen="plugs Gradetape in, every protection is in force")
    against += [
        Finding("course: settings", ok=False, seen=line, mend="Mend it in nbgrader_config.py.", required=False)
        for line in misspelt(config)
    ]
    if wrong:  # until they are mended, the course cannot be read as it would be graded
        return missing + against
    course = course_at(root)
    return [*(missing + against or [whole]), *_assignments(course), *_loads(course, readable(config))]


def _assignments(course: Course) -> list[Finding]:
    """Say of every assignment by what it is graded, or why it cannot be."""
    found, kinds = [], {"hidden tests": 0, "nbgrader's rule, in guests": 0}
    for name in sorted({n for n, p in course.in_source().items() if any(p.glob("*.ipynb"))} | course.graded_ids()):
        try:
            assignment = gradable(course, name, drafts=True)
        except CourseError as error:
            mend = "Until then `autograde` refuses this assignment; it never grades it another way."
            found.append(Finding(f"course: assignment {name}", ok=False, seen=str(error), mend=mend))
        else:
            kinds["hidden tests" if assignment else "nbgrader's rule, in guests"] += 1
    seen = "; ".join(f"{number} by {how}" for how, number in kinds.items())
    return [*found, Finding("course: assignments", ok=True, seen=seen)]


def _loads(course: Course, shown: Sequence[str]) -> list[Finding]:
    """Name what notebooks load from the account's caches, and whether guests may read it."""
    found = []
    for name, those in loads.found(course).items():
        hidden = sorted({str(load.folder) for load in those if not load.is_shown(shown)})
        seen = f"{name} loads {', '.join(dict.fromkeys(load.name for load in those))}"
        mend = f"Download it once yourself, then: c.Execute.readable_data = {hidden} in nbgrader_config.py."
        found.append(
            Finding(
                "course: data", not hidden, f"{seen} from {', '.join(hidden)}, which guests do not see" if hidden else
                seen, mend, required=False, means="Cells that load it fail where notebooks are graded.",
            )
        )  # fmt: skip
    return found


def show(findings: list[Finding]) -> None:
    """Print a line for each finding; under what does not hold, what that means and how to mend it."""
    console = Console(highlight=False)
    for f in findings:
        mark = "[green]✓[/]" if f.ok else ("[red]✗[/]" if f.required else "[yellow]–[/]")  # noqa: RUF001
        console.print(f"{mark} [bold]{f.name}[/]: {escape(f.seen)}", soft_wrap=True)
        if not f.ok:
            console.print(f"    what it means: {escape(f.means)}" if f.means else "", end="\n" if f.means else "")
            console.print(f"    how to mend it: {escape(f.mend)}", soft_wrap=True)
