"""What running learners take in memory: 1, 2, 4 and 8 guests at once, each with its notebook run and its layers probed.

`python bench/memory.py [--json FILE]` holds guests of an assignment alive after all hidden tests have been asked, and
reads from /proc/<pid>/smaps_rollup what is theirs alone (private) and their share of all (PSS).
"""

import argparse
import statistics
from pathlib import Path

from growth import save
from overhead import ASSIGNMENT, Bare
from rich.console import Console
from rich.table import Table

from gradetape import grading
from gradetape.course import Course

ROOT = Path(__file__).resolve().parents[1]


def rollup(pid):
    """Return private and proportional memory of a process, in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    found = {line.split(":")[0]: int(line.split()[1]) * 1024 / 1e6 for line in lines}
    return found["Private_Clean"] + found["Private_Dirty"], found["Pss"]


def pid_of(bare):
    """The guest's process as this one sees it."""
    descriptor = bare.host._guest._process  # noqa: SLF001 - there is no other way to ask
    lines = Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    assignment = Course(ROOT).load(ASSIGNMENT)
    found, alive = {}, []
    table = Table("learners at once", "private each", "PSS each", "private at most", title=f"Memory, {ASSIGNMENT}, MB")
    for number in (1, 2, 4, 8):
        while len(alive) < number:
            alive.append(Bare(assignment))
        private, share = zip(*(rollup(pid_of(one)) for one in alive), strict=True)
        found[number] = {"private": statistics.mean(private), "pss": statistics.mean(share), "most": max(private)}
        table.add_row(str(number), *(f"{value:.0f}" for value in found[number].values()))
    for one in alive:
        one.host.close()
    grading.close_all()
    Console().print(table)
    save(found, options.json)


if __name__ == "__main__":
    main()
