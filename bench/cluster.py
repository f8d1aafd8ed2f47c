"""One Dask worker of one thread, and two: how much faster is a class graded?

`python bench/cluster.py [--learners 40] [--json FILE]` starts a scheduler and workers as processes, and grades the same
class through them after a first submission has warmed each worker.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "faults"), str(ROOT / "tests")]
from class_for_peers import different  # noqa: E402
from growth import ASSIGNMENT, save  # noqa: E402
from worker_kills import Dask  # noqa: E402

from gradetape.batch import Batch, Task  # noqa: E402
from gradetape.cluster import Cluster  # noqa: E402
from gradetape.course import Course  # noqa: E402
from gradetape.store import Store  # noqa: E402
from gradetape.submissions import Submission  # noqa: E402


def tasks(assignment, number, mark):
    """Right notebooks, no two the same."""
    for learner in range(number):
        name = f"{mark}{learner}"
        yield Task((name,), assignment, Submission(different(assignment.source, name)))


def measure(workers, learners):
    """Return seconds for the class, once the workers are warm."""
    assignment = Course(ROOT).load(ASSIGNMENT)
    with tempfile.TemporaryDirectory() as folder, Dask(Path(folder), workers) as dask, Cluster(dask.address) as cluster:
        while cluster.slots < workers:
            time.sleep(0.2)
        store = Store(Path(folder))
        list(Batch(cluster, store, seed=1).run(tasks(assignment, 4 * workers, "warm")))
        began = time.monotonic()
        dones = list(Batch(cluster, store, seed=1).run(tasks(assignment, learners, "class")))
        seconds = time.monotonic() - began
        assert all(d.result and d.result.score == d.result.max_score for d in dones)
        return seconds


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {1: [], 2: []}
    for _ in range(options.rounds):
        for workers, seconds in found.items():
            seconds.append(measure(workers, options.learners))
            print(f"{workers} workers: {seconds[-1]:.1f} s for {options.learners} submissions", flush=True)
    ratios = [one / two for one, two in zip(found[1], found[2], strict=True)]
    print("two workers to one: " + ", ".join(f"{ratio:.2f}" for ratio in ratios))
    save({"seconds": found, "ratios": ratios}, options.json)


if __name__ == "__main__":
    main()
