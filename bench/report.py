"""How long does the report of a large class take, and how large is its page?

`python bench/report.py [--learners 1000] [--json FILE]` makes a class of simulated learners who answer the five
questions of `custom_models_w3_layers` in ways of their own, by its known mistakes, like others, or not at all. Results,
ledger, submissions and the gradebook's rows are written by the project's and by nbgrader's own classes; nothing is
graded. Then `gradetape.report.write` runs in a process of its own, as the command does.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from class_for_peers import solutions
from rich.console import Console
from rich.table import Table

from gradetape.course import Course
from gradetape.recording import Ledger
from gradetape.releasing import nbgrader_api
from gradetape.store import Store
from gradetape.variants import with_cells
from gradetape.verdict import UNCHECKED, Check, Diagnosis, Result, Status, Verdict

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENT = "custom_models_w3_layers"
DUE = datetime(2026, 11, 1, 12, tzinfo=UTC)
RUN = """
import json, resource, sys, time
began = time.monotonic()
from pathlib import Path
from gradetape.course import Course
from gradetape.report import write
written = write(Course(sys.argv[1]), [sys.argv[2]], Path(sys.argv[1], "report"))
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"wall": time.monotonic() - began, "cpu": usage.ru_utime + usage.ru_stime,
                  "peak": usage.ru_maxrss / 1024, "page": written.page.stat().st_size,
                  "tables": sum(path.stat().st_size for path in written.tables)}))
"""
WORDS = ("tf.reduce_sum", "tf.square", "tf.shape", "len", "print", "tf.cast", "tf.abs", "str", "tf.exp", "repr")


def own_lines(rng, number):
    """Write lines as different learners do: of different calls, in different order and nesting."""
    lines = []
    for line in range(number):
        calls = [rng.choice(WORDS) for _ in range(rng.randint(1, 4))]
        value = rng.choice(("self.units", "7", f"step{line - 1}" if line else "3"))
        lines.append(
            f"step{line} = {'('.join(calls)}({value}{')' * len(calls)} {rng.choice('+-*')} {rng.randint(1, 9)}"
        )
    return "\n".join(lines)


def answer(rng, right):
    """Return a right answer with lines of one's own: no two learners write the same."""
    return f"{own_lines(rng, rng.randint(5, 14))}\n{right}"


def make(folder, learners, seed=0):
    """Make the course directory and a class that was graded."""
    for part in ("source", "graders"):
        shutil.copytree(
            ROOT / part / ASSIGNMENT, folder / part / ASSIGNMENT, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    api = nbgrader_api(folder)
    done = api.generate_assignment(ASSIGNMENT)
    if not done["success"]:
        raise RuntimeError(done["log"])
    course = Course(folder)
    assignment = course.load(ASSIGNMENT)
    right = solutions(json.loads(assignment.source))
    store, ledger = Store(folder), Ledger(folder, ASSIGNMENT)
    with api.gradebook as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate=DUE.isoformat())
        before = {}
        for number in range(learners):
            rng = random.Random(f"{seed}/{number}")
            name = f"learner{number:05}"
            cells = _cells(assignment, right, rng, before)
            before = cells
            for part, ending in (("submitted", "ipynb"), ("autograded", "ipynb"), ("feedback", "html")):
                path = folder / part / name / ASSIGNMENT / f"{ASSIGNMENT}.{ending}"
                path.parent.mkdir(parents=True)
                path.write_bytes(with_cells(assignment.source, cells))
            result = _result(assignment, rng)
            store.put(result)
            ledger.put(name, result.digest)
            _record(book, name, result, rng)
        book.db.commit()
    return course


def _cells(assignment, right, rng, before):
    """Return the answer cells of a learner; one in fifty hands in what the one before wrote, renamed."""
    if before and rng.random() < 0.02:
        return {name: text.replace("step", "value") for name, text in before.items()}
    cells = {}
    for question in assignment.questions:
        throw, mistakes = rng.random(), [m for m in assignment.mistakes if m.question == question.name]
        (cell,) = question.answers
        if throw < 0.1:
            cells[cell] = assignment.released[cell]
        elif throw < 0.2:
            cells[cell] = rng.choice(mistakes).source
        else:
            cells[cell] = answer(rng, right[cell])
    return cells


def _result(assignment, rng):
    """Make a result as grading would have; with outputs of a usual size, since they have to be read past."""
    skill = rng.random()
    verdicts = tuple(_verdict(question, assignment, skill, rng) for question in assignment.questions)
    outputs = {str(n): [{"output_type": "stream", "name": "stdout", "text": "x" * 1500}] for n in range(12)}
    return Result(
        assignment=ASSIGNMENT, digest=f"{rng.getrandbits(256):064x}", seed=1, verdicts=verdicts, outputs=outputs,
        notes=("A grader's fault.",) if any(v.status is Status.UNCHECKED for v in verdicts) else (),
        staff={"test": "not for the page"}, seconds=rng.uniform(1, 9), guests=1 + (rng.random() < 0.03), fence=(),
    )  # fmt: skip


def _verdict(question, assignment, skill, rng):
    mistakes = [m for m in assignment.mistakes if m.question == question.name]
    throw = rng.random()
    states = ((0.25 + 0.7 * skill, Status.PASSED), (0.92, Status.FAILED), (0.99, Status.NOT_ATTEMPTED))
    status = next((state for share, state in states if throw < share), Status.UNCHECKED)
    share = {Status.PASSED: 1.0, Status.FAILED: 0.5}.get(status, 0.0)
    mistake = rng.choice(mistakes) if status is Status.FAILED and rng.random() < 0.7 else None
    message = rng.choice(
        ("Your code took longer than 20 s and was stopped.", "The output differs.", "The output differs.")
    )
    said = {Status.PASSED: "", Status.UNCHECKED: UNCHECKED}.get(status, message)
    checks = tuple(
        Check(title=f"Check {n} of {question.name}.", status=status, message=said, seconds=rng.random())
        for n in range(4)
    )
    return Verdict(
        question=question.name, status=status, score=question.points * share, max_score=question.points, message=said,
        checks=checks, diagnosis=Diagnosis(mistake=mistake.key, hint=mistake.hint) if mistake else None,
    )  # fmt: skip


def _record(book, name, result, rng):
    """Write the gradebook's rows as nbgrader does; one in ten was late."""
    book.add_student(name)
    handed_in = DUE + timedelta(minutes=rng.choice([-600] * 9 + [90]))
    submission = book.add_submission(ASSIGNMENT, name, timestamp=handed_in.isoformat())
    (notebook,) = submission.notebooks
    by_name = {grade.name: grade for grade in notebook.grades}
    for verdict in result.verdicts:
        by_name[verdict.question].auto_score = verdict.score
        by_name[verdict.question].needs_manual_grade = verdict.status is Status.UNCHECKED


def measure(learners):
    """Make a class and its report; return the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        began = time.monotonic()
        course = make(Path(scratch), learners)
        made = time.monotonic() - began
        command = [sys.executable, "-c", RUN, scratch, ASSIGNMENT]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        groups = (course.root / "report" / "alike.csv").read_text().count("\n") - 1
        return {"class made in": made, "alike": groups, **json.loads(done.stdout)}


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", default="1000", help="one or several sizes: 100,1000")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {size: measure(size) for size in map(int, options.learners.split(","))}
    table = Table(
        "learners x questions", "wall s", "CPU s", "peak MiB", "page kB", "tables kB", "groups alike", title="Report"
    )
    for size, run in found.items():
        figures = (f"{run['wall']:.1f}", f"{run['cpu']:.1f}", f"{run['peak']:.0f}", f"{run['page'] / 1000:.0f}")
        table.add_row(f"{size:,} x 5", *figures, f"{run['tables'] / 1000:.0f}", str(run["alike"]))
    Console().print(table)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
