"""One fault run: a class is graded while processes are killed at random moments, disks fill up or clocks jump.

`python faults.py --runs 200 [--first SEED] [--course FOLDER]` prints a line for each seed and a summary; exit code 1
when anything was lost, doubled or wrong. The pytest suite runs some of the same seeds.
"""

import argparse
import collections
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent)]
from helpers import COURSES, write_answer  # noqa: E402

from gradetape.store import Store  # noqa: E402
from gradetape.verdict import Status  # noqa: E402

KINDS = ("guest", "server", "launcher", "grader", "worker", "two graders", "disk", "clock")
_MOST_STARTS = 12
_SLEEPY = "import time\ntime.sleep(0.2)\n"
CLASS = {
    "ada": {"double_answer": _SLEEPY + "def double(x):\n    return x + x", "square_answer": "def square(x):\n    return x * x"},
    "bo": {"double_answer": _SLEEPY + "def double(x):\n    return x", "square_answer": "def square(x):\n    return x ** 2"},
    "cleo": {"double_answer": "import os\nos._exit(1)", "square_answer": "def square(x):\n    return x ** 2"},
    "dan": {"double_answer": "def double(x):\n    return 2 * x", "square_answer": "def square(x):\n    raise ValueError(x)"},
}  # fmt: skip


@dataclass
class Outcome:
    """What became of one run."""

    seed: int
    kind: str
    kills: int = 0
    starts: int = 0
    lost: list = field(default_factory=list)
    doubled: list = field(default_factory=list)
    wrong: list = field(default_factory=list)
    reasons: int = 0
    leftovers: list = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self):
        return not (self.lost or self.doubled or self.wrong or self.leftovers)

    def __str__(self):
        bad = {k: v for k in ("lost", "doubled", "wrong", "leftovers") if (v := getattr(self, k))}
        return (
            f"seed {self.seed}: {self.kind}, {self.kills} kills, {self.starts} starts, {self.reasons} with a stated reason,"
            f" {self.seconds:.1f} s: {bad or 'all right'}"
        )


class Setting:
    """The class and its undisturbed results; made once, used by every run."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.course = self.folder / "course"
        self.submissions = self.folder / "submissions"
        shutil.copytree(COURSES / "vault", self.course, ignore=shutil.ignore_patterns("__pycache__"))
        self.submissions.mkdir()
        release = (self.course / "release" / "vault" / "vault.ipynb").read_bytes()
        for name, answers in CLASS.items():
            (self.submissions / f"{name}.ipynb").write_bytes(write_answer(release, answers))
        root = self.folder / "undisturbed"
        root.mkdir()
        with self.start(root) as grader:
            _, errors = grader.communicate(timeout=300)
            assert grader.returncode == 0, errors
        self.expected = self.results(root)

    def start(self, root, *options):
        command = [
            sys.executable,
            str(HERE / "grade_class.py"),
            str(self.course),
            str(self.submissions),
            str(root),
            *options,
        ]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def results(root):
        """The stored results by digest, without what may differ between two gradings."""
        found = {}
        for result in Store(root).results():
            plain = json.loads(result.to_json())
            for name in ("seconds", "guests", "staff"):  # staff's reports name temporary folders
                plain.pop(name)
            for verdict in plain["verdicts"]:
                for check in verdict["checks"]:
                    check.pop("seconds")
            found.setdefault(result.digest, []).append(plain)
        return found


def run(setting, seed, kind=None):
    """Do one run; everything random in it follows from the seed."""
    rng = random.Random(seed)
    outcome = Outcome(seed, kind or rng.choice(KINDS))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gradetape-faults-") as root:
        _disturb(setting, Path(root), rng, outcome)
        _restart_until_done(setting, Path(root), outcome)
        _judge(setting, Path(root), outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def _disturb(setting, root, rng, outcome):
    if outcome.kind == "disk":
        with setting.start(root, "--tiny-disk", str(rng.choice((4, 8, 12, 16, 24, 32)))) as grader:
            _graded_rightly(grader, outcome)
    elif outcome.kind == "clock":
        with setting.start(root, "--jumping-clock", str(outcome.seed)) as grader:
            _graded_rightly(grader, outcome)
    elif outcome.kind == "two graders":
        graders = [setting.start(root), setting.start(root)]
        outcome.starts += 2
        if rng.random() < 0.5:
            _kill_some(graders[0], "grader", rng, outcome)
        done = [line for g in graders for line in g.communicate(timeout=300)[0].splitlines()]
        if outcome.kills == 0:
            counts = collections.Counter(d["name"] for d in map(json.loads, done) if not d["from_store"])
            outcome.doubled += [name for name, times in counts.items() if times > 1]
    else:
        options = ("--jobs", "2") if outcome.kind == "worker" else ()
        for _ in range(rng.randint(1, 2)):
            with setting.start(root, *options) as grader:
                outcome.starts += 1
                _kill_some(grader, outcome.kind, rng, outcome)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    grader.communicate(timeout=300)


def _graded_rightly(grader, outcome):
    """A grader that nobody kills has to come to an end, with all submissions graded."""
    outcome.starts += 1
    lines, errors = grader.communicate(timeout=300)
    if grader.returncode != 0 or len(lines.splitlines()) != len(CLASS):
        outcome.lost.append(errors[-300:])


def _kill_some(grader, kind, rng, outcome):
    """Kill processes of one kind, one to three times, at random moments after they have come up."""
    for _ in range(rng.randint(1, 3)):
        while grader.poll() is None and not _family(grader.pid)[kind]:
            time.sleep(0.02)
        time.sleep(rng.uniform(0, 1.5))
        victims = _family(grader.pid)[kind]
        if grader.poll() is not None:
            return
        if victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(victims), signal.SIGKILL)
                outcome.kills += 1


def _family(grader):
    """Sort a grader's processes into graders, pool workers, launchers of fork servers, fork servers and guests."""
    found = {"grader": [grader], "worker": [], "launcher": [], "server": [], "guest": []}
    for pid in _children(grader):
        _sort(pid, found)
    return found


def _sort(pid, found):
    words = _text(f"/proc/{pid}/cmdline")
    if "gradetape.guest.server" in words:
        found["launcher"].append(pid)
        for server in _children(pid):
            found["server"].append(server)
            found["guest"] += _children(server)
    elif "spawn_main" in words:
        found["worker"].append(pid)
        for child in _children(pid):
            _sort(child, found)
    elif "multiprocessing.forkserver" in words:  # a pool's workers are its children, and bear its name
        found["worker"] += _children(pid)


def _children(pid):
    with contextlib.suppress(OSError):
        return [
            int(w) for t in os.listdir(f"/proc/{pid}/task") for w in _text(f"/proc/{pid}/task/{t}/children").split()
        ]
    return []


def _text(path):
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def _restart_until_done(setting, root, outcome):
    """Start graders until one comes to its end, as an instructor would."""
    for _ in range(_MOST_STARTS):
        with setting.start(root) as grader:
            outcome.starts += 1
            lines, _ = grader.communicate(timeout=300)
            if grader.returncode == 0:
                statuses = [s for line in lines.splitlines() for s, _ in json.loads(line)["scores"].values()]
                outcome.reasons += statuses.count(Status.UNCHECKED.value)
                return
    outcome.lost.append("no grader came to its end")


def _judge(setting, root, outcome):
    """Compare the store with the undisturbed one: every submission, exactly once, with the same result."""
    found = setting.results(root)
    outcome.lost += sorted(setting.expected.keys() - found.keys())
    outcome.doubled += [digest for digest, results in found.items() if len(results) != 1]
    outcome.wrong += [digest for digest in found if found[digest] != setting.expected.get(digest)]
    outcome.leftovers += [str(p) for p in (root / ".gradetape" / "claims").glob("*")]
    outcome.leftovers += [str(p) for p in (root / ".gradetape").rglob(".new-*") if outcome.kind in ("disk", "clock")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="gradetape-faults-") as folder:
        setting = Setting(folder)
        for seed in range(options.first, options.first + options.runs):
            outcomes.append(run(setting, seed))
            print(outcomes[-1], flush=True)
    counts = {name: sum(len(getattr(o, name)) for o in outcomes) for name in ("lost", "doubled", "wrong", "leftovers")}
    kinds = collections.Counter(o.kind for o in outcomes)
    print(f"{len(outcomes)} runs {dict(kinds)}, {sum(o.kills for o in outcomes)} kills: {counts}")
    return 0 if all(o.ok for o in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
