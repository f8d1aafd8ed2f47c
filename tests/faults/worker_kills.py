"""A class is graded while its workers are killed: on this machine's pool, or on a Dask cluster.

`python worker_kills.py --kills 50 [--crew pool|dask] [--seed N]` prints what became of the class; exit code 1 when a
result was lost, doubled or wrong.
"""

import argparse
import collections
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent)]
from helpers import COURSES, write_answer  # noqa: E402

from gradetape.batch import Batch, LocalCrew, Task  # noqa: E402
from gradetape.course import Course  # noqa: E402
from gradetape.store import Store  # noqa: E402
from gradetape.submissions import Submission  # noqa: E402

ANSWERS = (
    ("def double(x):\n    return x + x", "def square(x):\n    return x * x"),
    ("def double(x):\n    return x", "def square(x):\n    return x ** 2"),
    ("import os\nos._exit(1)", "def square(x):\n    return x ** 2"),
    ("def double(x):\n    return 2 * x", "def square(x):\n    raise ValueError(x)"),
)
SCORES = (4.0, 2.0, 2.0, 2.0)


def tasks(number):
    """A class in which no two have the same notebook."""
    assignment = Course(COURSES / "vault").load("vault")
    for learner in range(number):
        double, square = ANSWERS[learner % len(ANSWERS)]
        answers = {"double_answer": f"import time\ntime.sleep(0.1)\n# {learner}\n{double}", "square_answer": square}
        yield Task((str(learner),), assignment, Submission(write_answer(assignment.release, answers)))


def plain(result):
    """A result without what may differ between two gradings."""
    found = json.loads(result.to_json())
    for name in ("seconds", "guests", "staff"):
        found.pop(name)
    for verdict in found["verdicts"]:
        for check in verdict["checks"]:
            check.pop("seconds")
    return found


@contextlib.contextmanager
def crew(kind, workers=2):
    """Those who grade, and a function that lists their processes."""
    if kind == "pool":
        with LocalCrew(workers) as local:
            yield local, local.pool.pids
        return
    from gradetape.cluster import Cluster

    with tempfile.TemporaryDirectory() as folder, Dask(Path(folder), workers) as dask, Cluster(dask.address) as cluster:
        yield cluster, dask.pids


class Dask:
    """A scheduler and workers as a cluster's own manager runs them: one that has died is started again."""

    up = 6.0
    """Seconds after which a worker that was started again may be killed: before that it has only started."""

    def __init__(self, folder, workers):
        self.folder, self.number = folder, workers
        self.since = {}

    def __enter__(self):
        file = self.folder / "scheduler.json"
        self.scheduler = self.start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        while not (file.is_file() and file.read_text().endswith("}")):
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        self.address = json.loads(file.read_text())["address"]
        self.workers = [self.worker() for _ in range(self.number)]
        self.since = {w.pid: float("-inf") for w in self.workers}  # nobody is killed before the first result
        return self

    def __exit__(self, *_):
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()

    def start(self, *words):
        command = [str(Path(sys.executable).parent / "dask"), *words]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        unwatched = {**os.environ, "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
        return subprocess.Popen(command, cwd=self.folder, env=unwatched, **quiet)

    def worker(self):
        """Start a worker of one thread."""
        return self.start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"
        )

    def pids(self):
        """Start again what has died; list those that have been up for a while."""
        self.workers = [w if w.poll() is None else self.worker() for w in self.workers]
        now = time.monotonic()
        return [w.pid for w in self.workers if now - self.since.setdefault(w.pid, now) > self.up]


class Killer(threading.Thread):
    """Kills a worker at random moments, so many times; once when the first result is there, while others run."""

    def __init__(self, pids, kills, rng):
        super().__init__(daemon=True)
        self.pids, self.left, self.rng = pids, kills, rng
        self.begun, self.stopped = threading.Event(), threading.Event()
        self.done = 0

    def run(self):
        self.begun.wait()
        while not self.stopped.wait(self.rng.uniform(0.05, 0.6) if self.done else 0):
            found = [pid for pid in self.pids() if pid]
            if found and self.left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.rng.choice(found), signal.SIGKILL)
                    self.left, self.done = self.left - 1, self.done + 1


def grade(kind, root, number, *, kills=0, seed=0):
    """Grade a class; return what became of each learner, a list each, and the number of kills."""
    found = collections.defaultdict(list)
    with crew(kind) as (those, pids):
        killer = Killer(pids, kills, random.Random(seed))
        killer.start()
        for done in Batch(those, Store(root), seed=7).run(tasks(number)):
            found[done.task.who[0]].append(done)
            killer.begun.set()
        killer.stopped.set()
        killer.begun.set()
        killer.join()
    return found, killer.done


def faults(found, expected, root):
    """What was lost, doubled or wrong."""
    lost = [who for who in expected if not any(d.result for d in found.get(who, []))]
    doubled = [who for who, dones in found.items() if len(dones) != 1]
    wrong = [
        who for who, (done, *_) in found.items() if done.result and plain(done.result) != plain(expected[who][0].result)
    ]
    stored = len(list(Store(root).results()))
    return lost, doubled, wrong, stored


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--learners", type=int, default=0, help="default: two for each kill")
    parser.add_argument("--crew", choices=("pool", "dask"), default="pool")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    os.environ["GRADETAPE_NO_PRELOAD"] = "1"  # the vault's notebooks need no TensorFlow
    number = options.learners or 2 * options.kills
    with tempfile.TemporaryDirectory() as folder:
        expected, _ = grade("pool", Path(folder, "quiet"), number)
        began = time.monotonic()
        root = Path(folder, "killed")
        found, kills = grade(options.crew, root, number, kills=options.kills, seed=options.seed)
        lost, doubled, wrong, stored = faults(found, expected, root)
    print(
        f"{options.crew}, seed {options.seed}: {number} submissions, {kills} workers killed, {len(lost)} lost,"
        f" {len(doubled)} doubled, {len(wrong)} wrong, {stored} stored, {time.monotonic() - began:.0f} s"
    )
    return 1 if lost or doubled or wrong or stored != number else 0


if __name__ == "__main__":
    sys.exit(main())
