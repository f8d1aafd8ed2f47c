"""What limits cost a harmless class: CPU and wall time for a right notebook, with this version and another in turn.

`python bench/limits_cost.py OTHER_PYTHON [--rounds 5]`: OTHER_PYTHON is the interpreter of an environment that has the
other version. Each run grades a few and many right notebooks, so that starting does not count.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FEW, MANY = 1, 13
CODE = """
import json, os, resource, sys, time
from pathlib import Path
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from gradetape.course import Course
from gradetape.grading import Submission, close_all, grade
from gradetape.guest import forkserver
root, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
assignment = Course(root).load(name)
submission = Submission(assignment.source)
result = grade(assignment, submission, seed=1)
assert result.score == result.max_score, result.verdicts
began = time.monotonic()
for _ in range(count):
    grade(assignment, submission, seed=1)
wall = time.monotonic() - began
close_all()
forkserver.close_all()
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([wall, sum(u.ru_utime + u.ru_stime for u in used)]))
"""


def run(python, course, name, count):
    """Grade so many in a process of its own."""
    command = [python, "-c", CODE, str(course.resolve()), name, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    return json.loads(done.stdout.splitlines()[-1])


def one(python, course, name):
    """Wall and CPU seconds for one more notebook."""
    few, many = (run(python, course, name, count) for count in (FEW, MANY))
    return [(m - f) / (MANY - FEW) for m, f in zip(many, few, strict=True)]


def main():
    """Compare two versions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--course", type=Path, default=ROOT)
    parser.add_argument("--assignment", default="custom_training_w1_gradients")
    options = parser.parse_args()
    found = {"this": [], "other": []}
    for _ in range(options.rounds):
        for name, python in (("this", sys.executable), ("other", options.other)):
            found[name].append(one(python, options.course, options.assignment))
    for index, what in enumerate(("wall", "CPU")):
        this, other = (statistics.median(times[index] for times in found[name]) for name in ("this", "other"))
        print(f"{what}: {1000 * this:.0f} ms a notebook, other version {1000 * other:.0f} ms: {this / other:.2f} times")


if __name__ == "__main__":
    main()
