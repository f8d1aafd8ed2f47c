"""How many submissions a minute: Gradetape, stock nbgrader and otter-grader on the same class, in one run, in turn.

`python bench/throughput.py [--learners 48]` makes one class of notebooks of an assignment with TensorFlow, all of
them different. Every grader starts from nothing with the class handed in, and is timed until its last command ends.
Of every answer it is known whether it is right, so the verdicts are counted too: a right answer has to get all of its
points, a wrong or missing one has to lose some.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from class_for_peers import RIGHT, make
from graders_in_turn import GRADERS, ROOT
from rich.console import Console
from rich.table import Table

from gradetape.course import Course
from gradetape.datasets.preparing import prepare_in_subprocess

ASSIGNMENT = "custom_models_w3_layers"
MOST_SECONDS = 300
"""What one submission may take; a command has this times its submissions."""
COLUMNS = (
    "wall",
    "each",
    "a minute",
    "Gradetape's ratio",
    "verdicts right",
    "refused",
    "passed",
    "none",
    "learners right",
)
WARM = "import tensorflow, tensorflow_datasets, matplotlib.pyplot, gradetape.datasets, nbgrader.apps"


def grade(grader, learners):
    """Let a grader grade the class; return seconds of wall time, and the commands that failed."""
    steps = grader.steps(learners)
    most = MOST_SECONDS * len(learners) / len(steps)
    failed = []
    with (grader.folder / "grading.log").open("wb") as log:
        began = time.perf_counter()
        for number, (command, folder) in enumerate(steps):
            if run(command, folder, grader, log, most, lambda: f"{grader.finished()} of {len(learners)}"):
                failed.append(number)
        return time.perf_counter() - began, failed


def run(command, folder, grader, log, most, said):
    """Run one command to its end and show how far it is; return its exit code."""
    process = subprocess.Popen(
        command, cwd=folder, env=grader.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + most
    try:
        while time.monotonic() < until:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(timeout=2)
            if sys.stderr.isatty():
                print(f"\r{grader.title}: {said()}   ", end="", file=sys.stderr, flush=True)
        return None
    finally:
        end(process)


def end(process):
    """End what is still there of a command that ran too long or was interrupted."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)


def judged(grader, learners):
    """Compare the grader's scores with what is known; return a record for each question of each learner."""
    records = []
    for learner in learners:
        scores = grader.scores(learner)
        for question, answer in learner.answers.items():
            score, most = scores.get(question, (None, None))
            outcome = "no verdict" if score is None else compared(answer == RIGHT, score >= most)
            about = {"learner": learner.name, "about": learner.about, "question": question, "answer": answer}
            records.append({**about, "score": score, "of": most, "outcome": outcome})
    return records


def compared(is_right, has_all):
    """Name what became of an answer that is right or not, and got all its points or not."""
    if is_right == has_all:
        return "right"
    return "refused" if is_right else "passed"


def measure(name, folder, learners, options):
    """Prepare, grade and judge with one grader; return its figures."""
    assignment = Course(ROOT).load(ASSIGNMENT)
    more = {"options": gradetape_options(options)} if name == "gradetape" else {}
    grader = GRADERS[name](folder, assignment, demos=not options.skip_demos, **more)
    with grader.ready():
        print(f"{grader.title}: making the course and handing in {len(learners)} notebooks", flush=True)
        grader.prepare(learners)
        print(f"{grader.title}: grading", flush=True)
        load = os.getloadavg()[0]
        wall, failed = grade(grader, learners)
    records = judged(grader, learners)
    wrong = {record["learner"] for record in records if record["outcome"] != "right"}
    print(f"\r{grader.title}: {wall:.1f} s", flush=True)
    return {
        "title": grader.title,
        "command": " ".join(Path(w).name if w.startswith("/") else w for w in grader.steps(learners)[0][0]),
        "wall_seconds": round(wall, 2),
        "seconds_per_submission": round(wall / len(learners), 3),
        "submissions_per_minute": round(60 * len(learners) / wall, 2),
        "load_before": load,
        "commands_failed": len(failed),
        "verdicts": len(records),
        "verdicts_right": sum(record["outcome"] == "right" for record in records),
        "learners_right": len(learners) - len(wrong),
        "records": records,
    }


def gradetape_options(options):
    """Give the options that are passed on to `gradetape autograde`."""
    jobs = ["--jobs", str(options.jobs)] if options.jobs else []
    return [*jobs, "--trust-learners"] if options.trust_learners else jobs


def show(found, learners):
    """Print the figures, and what became of the verdicts by the learners' ways to work."""
    base = found.get("gradetape", {}).get("submissions_per_minute")
    table = Table("grader", title=f"{len(learners)} submissions of {ASSIGNMENT}")
    for title in COLUMNS:
        table.add_column(title, justify="right")
    for figures in found.values():
        outcomes = [record["outcome"] for record in figures["records"]]
        table.add_row(
            figures["title"],
            f"{figures['wall_seconds']:.1f} s",
            f"{figures['seconds_per_submission']:.2f} s",
            f"{figures['submissions_per_minute']:.1f}",
            f"{base / figures['submissions_per_minute']:.2f}" if base else "",
            f"{figures['verdicts_right']} of {figures['verdicts']}",
            *(str(outcomes.count(kind)) for kind in ("refused", "passed", "no verdict")),
            f"{figures['learners_right']} of {len(learners)}",
        )
    console = Console(width=130)
    console.print(table)
    console.print("refused: right answers that lost points; passed: wrong ones that got all of theirs.", style="dim")
    ways = Table("learners", *(figures["title"] for figures in found.values()), title="Verdicts right")
    for about in dict.fromkeys(learner.about for learner in learners):
        row = [[r["outcome"] == "right" for r in f["records"] if r["about"] == about] for f in found.values()]
        ways.add_row(about, *(f"{sum(cell)} of {len(cell)}" for cell in row))
    console.print(ways)


def written(found, learners, options):
    """Put together what the JSON file holds."""
    base = found.get("gradetape", {}).get("submissions_per_minute")
    for figures in found.values():
        figures["gradetapes_ratio"] = base and round(base / figures["submissions_per_minute"], 2)
    return {
        "assignment": ASSIGNMENT,
        "learners": len(learners),
        "seed": options.seed,
        "demo_cells": not options.skip_demos,
        "jobs": options.jobs,
        "when": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "platform": platform.platform(), "python": platform.python_version()},
        "graders": found,
    }


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=48)
    parser.add_argument("--only", default=",".join(GRADERS), help="which graders, in this order, with commas")
    parser.add_argument("--seed", type=int, default=0, help="of the class")
    parser.add_argument("--jobs", type=int, help="passed on to `gradetape autograde`; else it decides itself")
    parser.add_argument("--trust-learners", action="store_true", help="passed on to `gradetape autograde`")
    parser.add_argument("--skip-demos", action="store_true", help="leave the demo cells out of everybody's notebook")
    parser.add_argument("--keep", type=Path, help="make the courses in this new folder, and leave them there")
    parser.add_argument("--json", type=Path, default=ROOT / "bench" / "out" / "throughput.json")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := [name for name in names if name not in GRADERS]:
        parser.error(f"there is no grader {unknown[0]!r}; known are {', '.join(GRADERS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    assignment = Course(ROOT).load(ASSIGNMENT)
    learners = make(assignment, options.learners, options.seed)
    prepare_in_subprocess(assignment.datasets)
    subprocess.run([sys.executable, "-c", WARM], check=True, stderr=subprocess.DEVNULL)  # the disk's cache, for all
    with tempfile.TemporaryDirectory(prefix="throughput-") as scratch:
        folder = options.keep or Path(scratch)
        found = {name: measure(name, (folder / name).resolve(), learners, options) for name in names}
    show(found, learners)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(written(found, learners, options), indent=1))


if __name__ == "__main__":
    main()
