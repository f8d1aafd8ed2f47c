"""Does a submission cost more in a large class, what does an unchanged class cost, and how soon is the first verdict?

`python bench/growth.py [--sizes 10,100,1000] [--json FILE]` grades classes of growing size of tests/courses/vault,
whose notebooks need no TensorFlow: grading is cheap there, so what grows in store, gradebook and report shows all
the more. Then the class of 100 once more, unchanged; and, with an assignment that needs TensorFlow, a class of 100
(`--learners`) cold, its first verdict, and the same class unchanged.
"""

import argparse
import itertools
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from class_for_peers import different, make
from rich.console import Console
from rich.table import Table

from gradetape.course import Course
from gradetape.releasing import nbgrader_api

ROOT = Path(__file__).resolve().parents[1]
VAULT = ROOT / "tests" / "courses" / "vault"
ASSIGNMENT = "custom_models_w3_layers"


def course_of(folder, assignment, learners, root=ROOT):
    """Make a course directory with one released assignment, and a class that has handed in."""
    for part in ("source", "graders"):
        shutil.copytree(
            root / part / assignment, folder / part / assignment, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(root / "nbgrader_config.py", folder)
    done = nbgrader_api(folder).generate_assignment(assignment)
    if not done["success"]:
        raise RuntimeError(done["log"])
    for name, notebook in learners:
        path = folder / "submitted" / name / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook)
    return Course(folder)


def autograde(course, *options, light=False):
    """Run the command; return wall seconds, CPU seconds of all its processes, and when the first verdict was there."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    environment = {**os.environ, **({"GRADETAPE_NO_PRELOAD": "1"} if light else {})}
    (name,) = course.ids()
    command = ["gradetape", "autograde", name, *options]
    first = None
    with subprocess.Popen(
        command, cwd=course.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as run:
        for line in run.stderr:
            first = first or (time.monotonic() - began if line.startswith("[1/") else None)
    wall = time.monotonic() - began
    if run.returncode:
        raise RuntimeError(f"{command} ended with {run.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, "first": first}


def vault_class(number):
    """Notebooks of the vault, no two the same."""
    data = (VAULT / "source" / "vault" / "vault.ipynb").read_bytes()
    return [(f"learner{n:05}", different(data, str(n))) for n in range(number)]


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10,100,1000")
    parser.add_argument("--learners", type=int, default=100)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {"sizes": {}, "class": {}}
    with tempfile.TemporaryDirectory() as scratch:
        for size in map(int, options.sizes.split(",")):
            folder = Path(scratch, f"size{size}")
            folder.mkdir()
            course = course_of(folder, "vault", vault_class(size), root=VAULT)
            found["sizes"][size] = {"first": autograde(course, light=True), "again": autograde(course, light=True)}
            print(f"{size} light submissions: {json.dumps(found['sizes'][size])}", flush=True)
        if options.learners:
            folder = Path(scratch, "class")
            folder.mkdir()
            learners = make(Course(ROOT).load(ASSIGNMENT), options.learners)
            course = course_of(folder, ASSIGNMENT, [])
            released = json.loads((folder / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text())
            for learner in learners:
                path = folder / "submitted" / learner.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
                path.parent.mkdir(parents=True)
                path.write_text(learner.notebook(released))
            found["class"] = {"first": autograde(course), "again": autograde(course)}
    show(found, options.learners)
    save(found, options.json)


def save(found, path):
    """Write figures as JSON, when there is a path."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, indent=1))


def show(found, learners):
    """Print the table."""
    table = Table("class", "wall", "CPU", "wall each", "CPU each", "unchanged: wall", "of the first", title="Growth")
    rows = [(f"{size} light", size, runs) for size, runs in found["sizes"].items()]
    rows += [(f"{learners} {ASSIGNMENT}", learners, found["class"])] if found["class"] else []
    for title, size, runs in rows:
        first, again = runs["first"], runs["again"]
        table.add_row(
            title, f"{first['wall']:.1f} s", f"{first['cpu']:.1f} s", f"{1000 * first['wall'] / size:.0f} ms",
            f"{1000 * first['cpu'] / size:.0f} ms", f"{again['wall']:.2f} s", f"{again['wall'] / first['wall']:.1%}",
        )  # fmt: skip
    Console().print(table)
    sizes = sorted(found["sizes"])
    for smaller, larger in itertools.pairwise(sizes):
        one, other = (found["sizes"][s]["first"] for s in (smaller, larger))
        print(f"CPU each at {larger} to each at {smaller}: {other['cpu'] / larger / (one['cpu'] / smaller):.3f}")
    if len(sizes) > 2:  # what is spent once does not count: the cost of one more
        a, b, c = (found["sizes"][s]["first"] for s in sizes[-3:])
        x, y, z = sizes[-3:]
        early, late = (b["cpu"] - a["cpu"]) / (y - x), (c["cpu"] - b["cpu"]) / (z - y)
        print(f"CPU of one more: {1000 * early:.0f} ms up to {y}, {1000 * late:.0f} ms up to {z}: {late / early:.3f}")
    if found["class"]:
        print(f"first verdict, cold: {found['class']['first']['first']:.1f} s after the command")


if __name__ == "__main__":
    main()
