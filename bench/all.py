"""All benchmarks of speed and size, one after the other, and one table of what they found.

`python bench/all.py [--learners 40]` (`make bench`) writes bench/out/*.json and bench/out/summary.md. It installs nbgrader and
otter-grader into environments of their own. Leave the machine alone meanwhile: what counts are ratios of one run.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE / "out"
PARTS = ("memory", "overhead", "growth", "cluster", "throughput")


def _throughput(found):
    for grader, figures in found["graders"].items():
        yield f"{grader}, {found['learners']} learners", f"{figures['submissions_per_minute']:.1f} submissions a minute"


def _overhead(found):
    for name, seconds in found.items():
        yield f"CPU of a submission: {name}", f"{1000 * seconds:.0f} ms"


def _memory(found):
    for number, figures in found.items():
        yield f"private memory of a learner, {number} at once", f"{figures['private']:.0f} MB"


def _growth(found):
    for size, runs in found["sizes"].items():
        yield f"CPU of a light submission in a class of {size}", f"{1000 * runs['first']['cpu'] / int(size):.0f} ms"
    if found["class"]:
        first, again = found["class"]["first"], found["class"]["again"]
        yield "the class unchanged, to its first grading", f"{again['wall'] / first['wall']:.1%}"
        yield "first verdict, cold", f"{first['first']:.1f} s"


def _cluster(found):
    yield "two Dask workers to one", ", ".join(f"{ratio:.2f}" for ratio in found["ratios"])


def lines():
    """What there is to say of the files that are there."""
    for name in PARTS:
        path = OUT / f"{name}.json"
        if path.is_file():
            yield from globals()[f"_{name}"](json.loads(path.read_text()))


def main():
    """Run and sum up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=40)
    parser.add_argument("--parts", default=",".join(PARTS))
    options = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    for name in filter(None, options.parts.split(",")):
        more = ["--learners", str(options.learners)] if name == "throughput" else []
        subprocess.run([sys.executable, HERE / f"{name}.py", "--json", OUT / f"{name}.json", *more], check=True)
    text = "".join(f"| {what} | {value} |\n" for what, value in lines())
    (OUT / "summary.md").write_text(f"| | |\n|---|--:|\n{text}")
    print(text)


if __name__ == "__main__":
    main()
