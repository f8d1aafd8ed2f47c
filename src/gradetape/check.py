"""Check an assignment: its parts fit together, and (see `proof`) its grader tells right from wrong.

All problems of an assignment are reported in one go, each with what to do.
"""

from __future__ import annotations

import json
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import jupytext
from jupytext.compare import NotebookDifference, compare_notebooks

from gradetape import notebook, releasing
from gradetape.course import Assignment, Course, CourseError
from gradetape.datasets.catalogue import DataError
from gradetape.gradable import refuse_lost
from gradetape.ids import module_name
from gradetape.proof import Proof, Report
from gradetape.sanitize import hidden_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["check_assignment"]

POINTS = 10


def check_assignment(
    course: Course,
    name: str,
    *,
    seeds: Sequence[int] = (1, 2, 3, 4, 5),
    thorough: bool = False,
    on_progress: Callable[[int, int, str], None],
) -> Report:
    """Check one assignment of a course.

    Args:
        course: the course directory.
        name: the assignment's id.
        seeds: seeds of the runs in which the reference has to get full marks.
        thorough: whether every mistake is judged by the tests of all questions, not of its own only.
        on_progress: called with steps done, steps in all, and what comes next.
    """
    report, began = Report(name), time.monotonic()
    try:
        assignment = course.tested(name)
        if assignment is None:
            refuse_lost(course, name)
            _ = course.load(name).questions
            report.notes.append(
                f"Assignment {name!r} has no folder in graders/: it is graded by nbgrader's rule, and there is "
                f"nothing to "
                f"prove. For hidden tests write graders/{name}/test_{module_name(name)}.py."
            )
            return report
        report.points = sum(q.points for q in assignment.questions)
        report.automatic_points = sum(q.points for q in assignment.questions if not q.manual)
        _static(course, assignment, report)
        if assignment.has_tests and assignment.release is not None:
            Proof(assignment, report, seeds, on_progress, thorough=thorough).run()
    except (CourseError, DataError, notebook.NotebookError) as error:
        report.problems.append(str(error))
    except Exception as error:  # noqa: BLE001 - the other assignments are checked all the same
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        report.problems.append(f"Assignment {name!r}: the check broke off: {type(error).__name__}: {error} ({place}).")
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _static(course: Course, assignment: Assignment, report: Report) -> None:
    """What can be seen without running anything."""
    name, say = assignment.id, report.problems.append
    if report.points != POINTS:
        report.notes.append(
            f"Assignment {name!r}: its points add up to {report.points:g}; assignments that count alike have {POINTS}."
        )
    doubles = _doubles(assignment)
    if doubles:
        say(f"Assignment {name!r}: grade_id {', '.join(map(repr, doubles))} stands on more than one cell. Rename them.")
    for question in assignment.questions:
        if not question.manual and not question.answers:
            say(f"Assignment {name!r}: grade cell {question.name!r} has no solution cell before it.")
    _hidden_blocks(assignment, report)
    report.problems += (*assignment.mistake_problems, *assignment.alternative_problems)
    _in_sync(course, assignment, report)
    _release(course, assignment, report)


def _hidden_blocks(assignment: Assignment, report: Report) -> None:
    """Nbgrader's own hidden tests run in the learner's process, where they can be read."""
    for cell in assignment.notebook["cells"]:
        name, lines = str(notebook.cell_mark(cell).get("grade_id")), hidden_lines(cell["source"])
        if not lines or cell["cell_type"] != "code":
            continue
        if name in assignment.tested_questions:
            report.problems.append(
                f"Assignment {assignment.id!r}: the check {name!r} has a ### BEGIN HIDDEN TESTS block, and a hidden "
                f"test in "
                f"graders/{assignment.id}/. The block decides nothing and is taken out before anything runs. Remove it."
            )
        elif assignment.has_tests:
            report.notes.append(
                f"Assignment {assignment.id!r}: the check {name!r} is judged by nbgrader's rule, so its {lines} hidden "
                "lines run in the learner's process, which can print them. Write a test in graders/ to keep them "
                "from it."
            )


def _doubles(assignment: Assignment) -> list[str]:
    ids = [str(notebook.cell_mark(c).get("grade_id")) for c in assignment.notebook["cells"] if notebook.cell_mark(c)]
    return sorted({name for name in ids if ids.count(name) > 1})


def _in_sync(course: Course, assignment: Assignment, report: Report) -> None:
    """solutions/*.py and source/*.ipynb are one notebook."""
    name = assignment.id
    pair = course.root / "solutions" / name / f"{name}.py"
    advice = f"Run `jupytext --sync solutions/{name}/{name}.py` (it keeps the newer of the two)."
    if not pair.exists() and not (course.root / "jupytext.toml").exists():
        report.notes.append(
            f"Assignment {name!r}: this course keeps no notebooks as text (there is no jupytext.toml), so source/ "
            "alone is looked at. `gradetape init` in an empty folder writes one to copy, if you want to have them."
        )
        return
    if not pair.is_file():
        report.problems.append(f"Assignment {name!r}: solutions/{name}/{name}.py is missing. {advice}")
        return
    text = jupytext.reads(pair.read_text(encoding="utf-8"), "py:percent")
    try:
        compare_notebooks(assignment.notebook, text, fmt="py:percent", raise_on_first_difference=True)
    except NotebookDifference as difference:
        first = next((line for line in str(difference).splitlines() if line.strip()), "")
        report.problems.append(f"Assignment {name!r}: source/ and solutions/ differ: {first} {advice}")


def _release(course: Course, assignment: Assignment, report: Report) -> None:
    """release/ is what nbgrader would write now, and holds no solution."""
    name = assignment.id
    advice = f"Run `nbgrader generate_assignment {name} --force`."
    if assignment.release is None:
        report.problems.append(f"Assignment {name!r}: release/{name}/{name}.ipynb is missing. {advice}")
        return
    released = notebook.read(assignment.release)
    if _shape(notebook.read(releasing.generate(course, name))) != _shape(released):
        report.problems.append(f"Assignment {name!r}: release/{name}/{name}.ipynb is out of date. {advice}")
    for cell in released["cells"]:
        if "BEGIN SOLUTION" in cell["source"] or "BEGIN HIDDEN TESTS" in cell["source"]:
            where = notebook.cell_mark(cell).get("grade_id")
            report.problems.append(f"Assignment {name!r}: the release shows a solution in cell {where!r}. {advice}")
    solutions, stubs = notebook.grade_ids(assignment.notebook), notebook.grade_ids(released)
    for question in assignment.questions:
        same = [a for a in question.answers if solutions.get(a) == stubs.get(a)]
        if same and not question.manual:
            report.problems.append(
                f"Assignment {name!r}: solution cell {same[0]!r} is released as it stands. "
                "Put ### BEGIN SOLUTION and ### END SOLUTION around what learners have to write."
            )


def _shape(nb: notebook.Notebook) -> list[tuple[object, ...]]:
    """Reduce a notebook to what a release has to agree in; cell ids and kernel versions may differ."""
    return [(c["cell_type"], c["source"], json.dumps(c["metadata"], sort_keys=True)) for c in nb["cells"]]
