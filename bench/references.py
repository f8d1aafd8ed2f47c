"""Does a right answer ever lose marks, and what does grading one submission cost?

`python bench/references.py [ASSIGNMENT…] [--gradings 1000] [--jobs 2] [--json FILE]` grades the reference of every
assignment over fresh seeds, so with other inputs and other random draws each time, and counts the gradings that lost
marks. Then it grades the reference a few times more with one seed, as in a class (what the reference answers is
remembered), and counts CPU seconds: the guest's, imports excluded, and the judge's.
"""

import argparse
import json
import secrets
import statistics
import time
from pathlib import Path

from fence_cost import cpu
from rich.console import Console
from rich.progress import track
from rich.table import Table

from gradetape import grading
from gradetape.course import Course
from gradetape.datasets.preparing import prepare_in_subprocess
from gradetape.guest import forkserver
from gradetape.guest.preload import unused
from gradetape.parcel import pack_assignment, pack_submission, work
from gradetape.policy import LAYERS
from gradetape.pool import Pool
from gradetape.submissions import Submission
from gradetape.verdict import Result, Status

ROUNDS = 3


def false_alarms(assignments, gradings, jobs):
    """Grade each reference over fresh seeds; return what was lost, by assignment."""
    each = -(-gradings // len(assignments))
    lost = {a.id: {"gradings": 0, "lost": []} for a in assignments}
    with Pool(jobs) as pool:
        futures = []
        for assignment in assignments:
            packed = pack_assignment(assignment), pack_submission(Submission(assignment.source))
            seeds = [secrets.randbits(32) for _ in range(each)]
            futures += [(assignment.id, seed, pool.submit(work, *packed, seed, True)) for seed in seeds]
        for name, seed, future in track(futures, description="references", transient=True):
            result = Result.from_json(future.result().decode())
            lost[name]["gradings"] += 1
            for verdict in result.verdicts:
                for check in verdict.checks:
                    if check.status is not Status.PASSED:
                        lost[name]["lost"].append([seed, verdict.question, check.title, check.message])
    return lost


def cost(assignment):
    """Return CPU seconds of guest and judge, and wall seconds, of one submission of a class: medians."""
    submission, found = Submission(assignment.source), {"guest": [], "judge": [], "wall": []}
    grading.grade(assignment, submission, seed=7, trust_learners=True)  # asks the reference, too
    for _ in range(ROUNDS):
        time.sleep(0.3)  # a guest's CPU time counts when it is gone
        guest, judge, wall = cpu(LAYERS), time.process_time(), time.monotonic()
        grading.grade(assignment, submission, seed=7, trust_learners=True)
        spent = time.process_time() - judge, time.monotonic() - wall
        time.sleep(0.3)
        found["judge"].append(spent[0])
        found["wall"].append(spent[1])
        found["guest"].append(cpu(LAYERS) - guest)
    grading.close_all()
    return {name: round(statistics.median(values), 3) for name, values in found.items()}


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignments", nargs="*")
    parser.add_argument("--gradings", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cost", action=argparse.BooleanOptionalAction, default=True, help="also measure CPU seconds")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    course = Course(Path(__file__).parent.parent)
    names = course.select(given.assignments)
    forkserver.leave_out(unused(course.texts(names)))
    assignments = [course.load(name) for name in names]
    for assignment in assignments:
        prepare_in_subprocess(assignment.datasets)
    costs = {a.id: cost(a) for a in assignments} if given.cost else {a.id: {} for a in assignments}
    lost = false_alarms(assignments, given.gradings, given.jobs) if given.gradings else {}
    table = Table("assignment", "guest CPU s", "judge CPU s", "wall s", "gradings", "lost marks")
    for name in names:
        found = lost.get(name, {"gradings": 0, "lost": []})
        seeds = len({seed for seed, *_ in found["lost"]})
        table.add_row(
            name,
            *(str(costs[name].get(k, "–")) for k in ("guest", "judge", "wall")),
            str(found["gradings"]),
            str(seeds),
        )
    console = Console()
    console.print(table)
    for name, found in lost.items():
        for seed, question, title, message in found["lost"]:
            console.print(f"{name}, seed {seed}, {question}: {title} {message}", markup=False, highlight=False)
    if given.json:
        given.json.write_text(json.dumps({"cost": costs, "false alarms": lost}, indent=1))


if __name__ == "__main__":
    main()
