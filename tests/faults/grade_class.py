"""Grade a folder of notebooks with the store, as a grader does; started by the fault suite as a process of its own.

`python grade_class.py COURSE SUBMISSIONS ROOT [--jobs N] [--jumping-clock SEED] [--tiny-disk KIB]`
prints a line of JSON per submission: its name, whether it came from the store, and whether it was stored.
"""

import argparse
import json
import multiprocessing
import os
import random
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

SEED = 7


def main():
    parser = argparse.ArgumentParser()
    for name in ("course", "submissions", "root"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--jumping-clock", type=int)
    parser.add_argument("--tiny-disk", type=int)
    options = parser.parse_args()
    os.environ["GRADETAPE_NO_PRELOAD"] = "1"
    if options.tiny_disk:
        tiny_disk(options.root, options.tiny_disk)
    if options.jumping_clock is not None:
        jumping_clock(options.jumping_clock)
    names = sorted(p.stem for p in options.submissions.glob("*.ipynb"))
    work = [(options.course, options.submissions / f"{name}.ipynb", options.root) for name in names]
    if options.jobs == 1:
        for item in work:
            print(one(item), flush=True)
        return
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn")) as pool:
        for line in pool.map(one, work):
            print(line, flush=True)


def one(item):
    from gradetape.course import Course
    from gradetape.grading import Submission
    from gradetape.kept import kept
    from gradetape.store import Store

    course, path, root = item
    done = kept(Course(course).load("vault"), Submission(path.read_bytes()), Store(root), seed=SEED)
    scores = {v.question: [v.status.value, v.score] for v in done.result.verdicts}
    said = {"name": path.stem, "from_store": done.from_store, "not_stored": done.not_stored, "scores": scores}
    return json.dumps(said)


def tiny_disk(root, kib):
    """Put the store on a file system of its own that is nearly full, in a mount namespace."""
    from gradetape.guest import kernel

    if os.geteuid() == 0:
        kernel.unshare(kernel.CLONE_NEWNS)
    else:
        kernel.unshare_user(0, kernel.CLONE_NEWNS)
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    (root / ".gradetape").mkdir(exist_ok=True)
    kernel.mount("tmpfs", str(root / ".gradetape"), "tmpfs", 0, f"size={kib}k")


def jumping_clock(seed):
    """Let the wall clock jump by years, forwards and back, at every look."""
    rng = random.Random(seed)
    real = time.time
    time.time = lambda: max(0.0, real() + rng.uniform(-1, 1) * 3e8)


if __name__ == "__main__":
    main()
