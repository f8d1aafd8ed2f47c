"""Where the CPU time of one submission goes, beyond the learner's own code.

`python bench/overhead.py [--rounds 12] [--json FILE]` grades distinct right notebooks of an assignment one after the
other in one process and counts CPU seconds: of the guest, of the judge, of reading, storing and recording. The bare
learner's code is the limit: the same cells, and the same probes' calls of the learner's layers and functions, run
once more in a process in which all of it has run before (no start, no fence, nothing for the first time).
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from class_for_peers import different
from fence_cost import cpu
from growth import course_of, save
from rich.console import Console
from rich.table import Table

from gradetape import grading, handed_in, notebook, probe
from gradetape.guest.host import Host
from gradetape.judge import session
from gradetape.judge.calls import decoded, ship
from gradetape.nbgrader.preprocessors import graded_ahead
from gradetape.policy import LAYERS
from gradetape.recording import busy_nbgrader
from gradetape.releasing import nbgrader_api
from gradetape.store import Store
from gradetape.submissions import digest

ASSIGNMENT = "custom_models_w3_layers"


@probe
def cpu_seconds(nb):  # noqa: ARG001 - every probe has it
    """CPU time of the guest so far."""
    import time

    return time.process_time()


class Bare:
    """The learner's own code in a warm process."""

    def __init__(self, assignment):
        nb = notebook.read(assignment.source)
        self.host = Host(
            notebook.code_cells(nb, notebook.demo_ids(assignment.notebook)), assignment.files, assignment.policy
        )
        self.asked, self.number = [], 0
        self.host.run()
        plugin = session.JudgePlugin(
            self, grading.known_answers(assignment), 1, questions=[q.name for q in assignment.questions]
        )
        session.run(assignment.graders, plugin)

    @property
    def device(self):
        """Where it computes."""
        return self.host.device

    @property
    def policy(self):
        """Its limits."""
        return self.host.policy

    def ask(self, *call):
        """Stand between judge and guest, and remember what was asked."""
        self.asked.append(call)
        return self.host.ask(*call)

    def now(self):
        """CPU time of the guest."""
        self.number += 1
        call = ship(cpu_seconds, (), str(self.number))
        return decoded(self.host.ask(call.code, call.inputs, self.number))[0]

    def again(self, number):
        """Run cells and probes once more; return CPU seconds of each."""
        self.host.seconds = 0.0
        start = self.now()
        self.host._run_cells(self.host._guest)  # noqa: SLF001
        ran = self.now()
        for code, inputs, seed in self.asked:
            self.host.ask(code, inputs, seed + number)
        return ran - start, self.now() - ran


def empty_guest(assignment):
    """Start a guest and end it, with no cells."""
    host = Host([], assignment.files, assignment.policy)
    host.run()
    host.close()


def measure(rounds):
    """Return CPU seconds per submission, by part."""
    with tempfile.TemporaryDirectory() as folder:
        course = course_of(Path(folder), ASSIGNMENT, [])
        assignment = course.load(ASSIGNMENT)
        for number in range(rounds):
            path = course.root / "submitted" / f"s{number}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(different(assignment.source, str(number)))
        api = nbgrader_api(course.root)
        places, store = handed_in.Places(api), Store(course.root)
        bare = Bare(assignment)
        warm = [bare.again(n + 1) for n in range(6)]
        bare.host.close()
        time.sleep(1)  # its CPU time counts when it is gone
        before = cpu(LAYERS)
        for _ in range(rounds):
            empty_guest(assignment)
        time.sleep(0.5)
        alone = (cpu(LAYERS) - before) / rounds
        parts = {name: [] for name in ("read", "judge", "store", "record")}
        guests = -cpu(LAYERS)
        with busy_nbgrader():
            _record(api, store, places, assignment, "s0", parts)  # the first is slower in all
            for values in parts.values():
                values.clear()
            guests = -cpu(LAYERS)
            for number in range(1, rounds):
                _record(api, store, places, assignment, f"s{number}", parts)
        time.sleep(0.5)
        guest = (guests + cpu(LAYERS)) / (rounds - 1)
        grading.close_all()
    cells, probes = (statistics.median(column) for column in zip(*warm, strict=True))
    found = {
        "bare cells": cells,
        "bare probes": probes,
        "fork, fence, end": alone,
        "all for the first time": guest - alone - cells - probes,
        **{name: statistics.median(values) for name, values in parts.items()},
    }
    found["overhead"] = sum(found.values()) - cells - probes
    return found


def _record(api, store, places, assignment, student, parts):
    """The way of one submission, with a clock at every station."""
    clock = [time.process_time()]
    submission = handed_in.submission(places, assignment, student)
    digest(assignment, submission)
    clock.append(time.process_time())
    result = grading.grade(assignment, submission, seed=1)
    assert result.score == result.max_score
    clock.append(time.process_time())
    store.put(result)
    clock.append(time.process_time())
    with graded_ahead(result):
        assert api.autograde(assignment.id, student, force=True)["success"]
    clock.append(time.process_time())
    for name, one, other in zip(parts, clock, clock[1:], strict=False):
        parts[name].append(other - one)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = measure(options.rounds)
    table = Table("part", "CPU s", "of the bare code", title=f"One submission of {ASSIGNMENT}")
    limit = found["bare cells"] + found["bare probes"]
    for name, seconds in found.items():
        table.add_row(name, f"{seconds:.3f}", f"{seconds / limit:.0%}")
    Console().print(table)
    save(found, options.json)


if __name__ == "__main__":
    main()
