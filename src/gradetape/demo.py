"""`gradetape demo`: the main job from release to feedback, on a class of simulated learners.

The learners are made from the course itself: the reference, its known mistakes, the released stub, and
what else lands in a hand-in folder. Everything after that is the real thing.
"""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from gradetape import autograding, course_data, report
from gradetape.course import Assignment, Course, CourseError
from gradetape.guest.host import isolation
from gradetape.policy import exposed
from gradetape.releasing import nbgrader_api, reason
from gradetape.store import Store
from gradetape.variants import with_cells

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["LEARNERS", "hand_in", "run"]

_WANTED = 3
_NAMES = (
    "ada", "amara", "bo", "carlos", "chidi", "dara", "elif", "fatima", "goran", "hana", "ines", "jun", "kofi", "lena",
    "mio", "nadia", "omar", "priya", "quentin", "rosa", "sven", "tala", "uma", "viktor", "wen", "ximena", "yara",
)  # fmt: skip


def _mixed(assignment: Assignment, rng: random.Random, right: float, stub: float) -> bytes:
    """Answer each question rightly, not at all, or by one of its known mistakes."""
    handed_in: dict[str, str] = {}
    for question in assignment.questions:
        mistakes = [m for m in assignment.mistakes if m.question == question.name]
        throw = rng.random()
        if throw < right or not mistakes:
            continue
        mistake = rng.choice(mistakes)
        handed_in[mistake.cell] = assignment.released[mistake.cell] if throw < right + stub else mistake.source
    return with_cells(assignment.source, handed_in)


def _with_cell(assignment: Assignment, rng: random.Random, source: str) -> bytes:
    """Hand in mostly right work with one cell more at its end."""
    data = json.loads(_mixed(assignment, rng, 0.8, 0.0))
    cell: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        "id": "extra",
    }
    data["cells"].append(cell)
    return json.dumps(data).encode()


@dataclass(frozen=True)
class Learner:
    """A way to work, and how a submission by it is made."""

    about: str
    make: Callable[[Assignment, random.Random], bytes]


LEARNERS = (
    Learner("everything right", lambda a, _: a.source),
    Learner("one or two mistakes", lambda a, r: _mixed(a, r, 0.75, 0.0)),
    Learner("many mistakes", lambda a, r: _mixed(a, r, 0.25, 0.1)),
    Learner("half done", lambda a, r: _mixed(a, r, 0.45, 0.5)),
    Learner("handed in the empty notebook", lambda a, _: a.release or b""),
    Learner("one or two mistakes", lambda a, r: _mixed(a, r, 0.8, 0.0)),
    Learner("a last cell that ends the process", lambda a, r: _with_cell(a, r, "import os\nos._exit(1)")),
    Learner("a picture of the notebook as PDF", lambda _a, _r: b"%PDF-1.7 not a notebook"),
    Learner("everything right", lambda a, _: a.source),
    Learner("many mistakes", lambda a, r: _mixed(a, r, 0.4, 0.1)),
    Learner("a last cell with a syntax error", lambda a, r: _with_cell(a, r, "def broken(:\n    pass")),
    Learner("one or two mistakes", lambda a, r: _mixed(a, r, 0.7, 0.1)),
)


def hand_in(course: Course, assignment: Assignment, *, learners: int, seed: int = 0) -> dict[str, str]:
    """Write submitted/ for a class; return who works how."""
    about = {}
    for number in range(learners):
        learner = LEARNERS[number % len(LEARNERS)]
        name = _NAMES[number] if number < len(_NAMES) else f"learner{number:04}"
        about[name] = learner.about
        path = course.root / "submitted" / name / assignment.id / f"{assignment.id}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(learner.make(assignment, random.Random(f"{seed}/{assignment.id}/{name}")))  # noqa: S311
    return about


def run(course: Course, folder: Path, *, learners: int) -> None:
    """Make a copy of the course in `folder`, and do the main job there.

    Raises:
        CourseError: the folder holds something that is no demo course, nbgrader refuses, or something went wrong on
            the way; the text has a line for each learner and says what to do.
        PreparationError: this machine cannot prepare the data that the assignments name.
    """
    console = Console()
    demo = _copy(course, folder)
    names = demo.ids()[:_WANTED]
    course_data.ready(demo, names)
    api = nbgrader_api(demo.root)
    for name in names:
        console.print(f"[bold]release[/]   {name}")
        _succeed(api.generate_assignment(name), f"release {name}")
        about = hand_in(demo, demo.load(name), learners=learners)
    console.print(f"[bold]hand in[/]   {learners} learners, {len(names)} assignments each")
    outcomes = _graded(console, demo, names)
    problems = [(o.student, f"{o.assignment} was not graded: {o.error}") for o in outcomes if o.error]
    for name in names:
        console.print(f"[bold]feedback[/]  {name}")
        done = api.generate_feedback(name)
        problems += [] if done["success"] else [("all", f"{name} has no feedback pages: {reason(done)}")]
    console.print("[bold]report[/]    on the class")
    page = report.write(demo, names, demo.root / "report").page
    _commonest(console, demo, names)
    autograding.show(outcomes)
    for student, how in about.items():
        console.print(f"  {student:10} {how}", highlight=False, style="dim")
    feedback = demo.root / "feedback" / _to_look_at(outcomes, about) / names[0] / f"{names[0]}.html"
    where = f"A feedback page:    {feedback}\nThe class report:   {page}\nThe course:         {demo.root}"
    console.print(f"\n{where}", soft_wrap=True, highlight=False)
    if problems:
        raise CourseError(_told(problems, demo, names))


def _to_look_at(outcomes: list[autograding.Outcome], about: dict[str, str]) -> str:
    """Name a learner whose page shows most: a few mistakes in work that is right otherwise."""
    here = [o for o in outcomes if o.assignment == outcomes[0].assignment and 0 < o.score < o.max_score]
    return max(here or outcomes, key=lambda o: ("mistakes" in about.get(o.student, ""), o.score)).student


def _graded(console: Console, demo: Course, names: list[str]) -> list[autograding.Outcome]:
    """Grade all; what failed is tried once more, when nothing else keeps the machine busy."""
    trust = bool(exposed(isolation()))  # they are our own
    outcomes = autograding.autograde(demo, names, trust_learners=trust)
    failed = {(o.assignment, o.student) for o in outcomes if o.error}
    if not failed:
        return outcomes
    console.print(f"[bold]once more[/] {len(failed)} submissions that were not graded")
    again = {(o.assignment, o.student): o for o in autograding.autograde(demo, names, trust_learners=trust, jobs=1)}
    return [again[o.assignment, o.student] if o.error else o for o in outcomes]


def _told(problems: list[tuple[str, str]], demo: Course, names: list[str]) -> str:
    """Say what went wrong, one line a learner, and what to do."""
    lines: dict[str, list[str]] = {}
    for who, what in problems:
        lines.setdefault(who, []).append(what)
    advice = (
        "What to do: `gradetape doctor` says what this machine lacks. Then try these again, the others keep their "
        f"scores: gradetape autograde --course {demo.root} {' '.join(names)}"
    )
    told = [f"  {who}: {'; '.join(what)}" for who, what in sorted(lines.items())]
    return "\n".join([f"The demo is done, but for {len(problems)} of its steps:", *told, advice])


def _copy(course: Course, folder: Path) -> Course:
    marker = folder / ".gradetape-demo"
    if folder.exists() and any(folder.iterdir()) and not marker.is_file():
        raise CourseError(f"{str(folder)!r} is there and is no demo course. Name another folder.")
    course.select(None)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    marker.touch()
    for part in ("source", "graders"):
        shutil.copytree(course.root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(course.root / "nbgrader_config.py", folder)
    return Course(folder)


def _succeed(done: dict[str, Any], what: str) -> None:
    if not done["success"]:
        raise CourseError(f"nbgrader could not {what}: {reason(done)}")


def _commonest(console: Console, course: Course, names: list[str]) -> None:
    """Print the commonest mistakes, from the stored results."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for result in Store(course.root).results():
        for verdict in result.verdicts:
            if result.assignment in names and verdict.diagnosis:
                counts[(result.assignment, verdict.diagnosis.mistake, verdict.diagnosis.hint)] += 1
    table = Table("times", "assignment", "mistake", "hint the learner reads", title="Commonest mistakes")
    for (assignment, mistake, hint), count in counts.most_common(8):
        table.add_row(str(count), assignment, mistake, hint)
    console.print(table)
