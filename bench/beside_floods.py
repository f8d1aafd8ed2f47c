"""Forty right notebooks beside one of each flooding kind: right results, and how much longer it takes.

`python bench/beside_floods.py [--right 40] [--jobs 2]` grades the class twice by `gradetape autograde`, alone and with the floods,
and prints a table. The vault needs no TensorFlow, so what is measured is the floods' weight and not an import.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "attacks")]

from attacks import load  # noqa: E402
from helpers import COURSES, write_answer  # noqa: E402

KINDS = {
    "time": "sleep_for_ever", "a loop": "deaf_loop", "cores": "busy_processes", "processes": "fork_bomb", "threads": "thread_bomb",
    "memory": "private_memory", "shared memory": "shared_memory", "page tables": "page_tables_of_a_sparse_mapping",
    "sockets": "buffers_of_sockets", "disk": "disk_flood", "files": "inode_flood", "descriptors": "descriptor_flood",
    "output": "output_flood", "displays": "many_displays", "answers": "million_keys", "its own end": "kill_itself_as_if_from_outside",
    "timers": "timers_of_the_account", "inotify": "inotify_instances_of_the_account", "AIO": "aio_contexts_of_the_machine",
}  # fmt: skip
RIGHT = {"double_answer": "def double(x):\n    return x + x", "square_answer": "def square(x):\n    return x * x"}
PLACES = dict.fromkeys(("OUTSIDE", "PARENT", "PORT", "UDP", "UNIX", "ABSTRACT"), "/nowhere")


def grade(folder: Path, right: int, floods: list, jobs: int) -> tuple[float, dict]:
    """Grade a class in a fresh course; return the wall time and every learner's points."""
    from gradetape import autograding
    from gradetape.course import Course
    from gradetape.guest import forkserver
    from gradetape.releasing import nbgrader_api

    shutil.copytree(COURSES / "vault", folder, ignore=shutil.ignore_patterns("__pycache__"))
    assert nbgrader_api(folder).generate_assignment("vault")["success"]
    release = (folder / "release" / "vault" / "vault.ipynb").read_bytes()
    handed_in = {f"right{n:02}": write_answer(release, RIGHT, extra=[f"n = {n}"]) for n in range(right)}
    handed_in |= {f"flood_{a.name}": a.notebook(release, PLACES) for a in floods}
    for name, data in handed_in.items():
        path = folder / "submitted" / name / "vault"
        path.mkdir(parents=True)
        (path / "vault.ipynb").write_bytes(data)
    began = time.monotonic()
    outcomes = autograding.autograde(Course(folder), ["vault"], jobs=jobs)
    seconds = time.monotonic() - began
    forkserver.close_all()
    return seconds, {o.student: o.error or o.score for o in outcomes}


def main() -> None:
    """Run it twice and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--right", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    os.environ["GRADETAPE_NO_PRELOAD"] = "1"
    attacks = {a.name: a for a in load()}
    floods = [attacks[name] for name in KINDS.values() if name in attacks]
    assert len(floods) >= 15, sorted(set(KINDS.values()) - attacks.keys())
    with tempfile.TemporaryDirectory(dir=Path.home()) as base:
        alone, first = grade(Path(base) / "alone", options.right, [], options.jobs)
        beside, second = grade(Path(base) / "beside", options.right, floods, options.jobs)
    full = [sum(v == 4.0 for k, v in found.items() if k.startswith("right")) for found in (first, second)]
    print(f"alone: {full[0]} of {options.right} with all points, {alone:.0f} s")
    print(
        f"beside {len(floods)} floods: {full[1]} of {options.right} with all points, {beside:.0f} s ({beside / alone:.1f} times)"
    )
    for name, value in second.items():
        if name.startswith("flood_"):
            print(
                f"  {name.removeprefix('flood_')}: {value} points, deserved {sum(attacks[name.removeprefix('flood_')].expects.values())}"
            )


if __name__ == "__main__":
    main()
