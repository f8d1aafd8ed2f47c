"""Whatever is handed in gets the score it deserves and a clear message, and the rest of the class is graded.

One class of a learner per kind of bad input, through nbgrader's own command.
"""

import json
import shutil
import subprocess

import nbformat
import pytest
from helpers import COURSES, write_answer

from gradetape.course import Course
from gradetape.releasing import nbgrader_api

pytestmark = pytest.mark.e2e


def good(a, *extra, **changes):
    return write_answer(a.source, changes, extra=extra)


def duplicated(a):
    data = json.loads(a.source)
    cells = data["cells"]
    at = next(i for i, c in enumerate(cells) if c["metadata"]["nbgrader"]["grade_id"] == "coin_answer")
    cells.insert(at, {**cells[at], "id": "double", "source": "def coin(n, seed): return None"})
    return json.dumps(data).encode()


def changed_metadata(a):
    data = json.loads(a.source)
    for cell in data["cells"]:
        mark = cell["metadata"]["nbgrader"]
        if mark["grade_id"] == "coin":
            mark |= {"points": 400, "locked": False}
        if mark["grade_id"] == "row_means":
            mark |= {"grade": False}
            cell["source"] = "pass"
        if mark["grade_id"] == "plain_answer":
            cell["metadata"]["nbgrader"] = {"grade_id": "plain_answer"}
    return json.dumps(data).encode()


def version_three(a):
    old = nbformat.convert(nbformat.reads(a.source.decode(), as_version=4), 3)
    return nbformat.writes(old, version=3).encode()


def cosmetic(a):
    data = json.loads(a.source) | {"nbformat_minor": -1, "more": 1}
    data["metadata"] |= {"kernelspec": None, "language_info": [1], "title": 3, "authors": {}, "orig_nbformat": "x"}
    for cell in data["cells"]:
        cell |= {"execution_count": "x", "outputs": [1, {}, {"output_type": "stream", "text": {}}], "id": {"a": 1}}
        cell["metadata"] |= {"collapsed": 3, "scrolled": [], "jupyter": [1], "name": "", "tags": [["x"], "x", "x"]}
    return json.dumps(data).encode()


def large_stored_output(a):
    data = json.loads(a.source)
    data["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}]
    return json.dumps(data).encode()


def no_cells(a):
    return json.dumps({**json.loads(a.source), "cells": []}).encode()


EVIL = "class Evil:\n    def __eq__(self, other): raise RuntimeError('eq')\n    __hash__ = None\n    def __repr__(self): raise RuntimeError('repr')\n"
IDLE = "There is no answer in this cell yet."
FULL = (4, 4, 1)
# learner: how the file is made, points in (row_means, coin, plain), the question and the words of its message
CLASS = {
    "good": (lambda a: a.source, FULL, None, ""),
    "stub": (lambda a: a.release, (0, 0, 0), "coin", IDLE),
    "not_json": (lambda _: b"print('hello')", (0, 0, 0), "coin", "The file is not JSON, so it is no notebook."),
    "pdf": (lambda _: b"%PDF-1.7\x00\xff", (0, 0, 0), "coin", "The file is a PDF document, not a notebook."),
    "empty_file": (lambda _: b"", (0, 0, 0), "coin", "The file is empty."),
    "no_cells": (no_cells, (0, 0, 0), "coin", IDLE),
    "missing_cells": (lambda a: write_answer(a.source, drop=("warmup_imports", "coin", "plain_answer")), (4, 4, 0), None, ""),
    "duplicated": (duplicated, FULL, None, ""),
    "changed_metadata": (changed_metadata, FULL, None, ""),
    "cosmetic": (cosmetic, FULL, None, ""),
    "version_three": (version_three, FULL, None, ""),
    "large_stored_output": (large_stored_output, FULL, None, ""),
    "large_output": (lambda a: good(a, "print('x' * 50_000_000)"), FULL, None, ""),
    "deleted_name": (lambda a: good(a, "del coin"), (4, 0, 1), "coin", "Your notebook does not define `coin`."),
    "shadowed": (lambda a: good(a, "coin = 3"), (4, 0, 1), "coin", "`coin (int)` cannot be called."),
    "syntax_error": (lambda a: good(a, coin_answer="def coin(n, seed:"), (4, 0, 1), "coin", "the cell of this question ended with SyntaxError."),
    "signature": (lambda a: good(a, coin_answer="def coin(n): return n"), (4, 0, 1), "coin", "Your code raised TypeError: coin() takes 1 positional argument but 2 were given"),
    "generator": (lambda a: good(a, coin_answer="def coin(n, seed): return (0 for _ in range(n))"), (4, 0, 1), "coin", "is a 'generator' object"),
    "nothing": (lambda a: good(a, coin_answer="def coin(n, seed): pass"), (4, 0, 1), "coin", ""),
    "nan": (lambda a: good(a, row_means_answer="def row_means(x): return tf.fill([len(x)], float('nan'))"), (0, 4, 1), "row_means", "4 of 4 values are NaN where a number is expected."),
    "evil_object": (lambda a: good(a, coin_answer=EVIL + "def coin(n, seed): return Evil()"), (4, 0, 1), "coin", "is a 'Evil' object"),
    "evil_display": (lambda a: good(a, EVIL + "Evil()"), FULL, None, ""),
    "sys_exit": (lambda a: good(a, "import sys; sys.exit(3)"), FULL, None, ""),
    "sys_exit_inside": (lambda a: good(a, coin_answer="import sys\ndef coin(n, seed): sys.exit(0)"), (4, 0, 1), "coin", "Your code raised SystemExit: 0"),
    "process_exit": (lambda a: good(a, "import os; os._exit(0)"), FULL, None, ""),
    "endless_cell": (lambda a: good(a, "while True: pass"), FULL, None, ""),
    "endless_function": (lambda a: good(a, row_means_answer="def row_means(x):\n    if len(x) > 3:\n        while True: pass\n    return tf.reduce_mean(tf.cast(x, 'float32'), 1)"), (1, 4, 1), "row_means", "took longer than 3 s and was stopped"),
    "stderr_noise": (lambda a: good(a, coin_answer="import sys, warnings\ndef coin(n, seed):\n    print('noise', file=sys.stderr); warnings.warn('more')\n    return np.random.default_rng(seed).integers(0, 2, n)"), FULL, None, ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, graded by `nbgrader autograde` and given feedback; returns (course, log)."""
    root = tmp_path_factory.mktemp("class") / "tiny"
    shutil.copytree(COURSES / "tiny", root)
    course = Course(root)
    command("generate_assignment", root, "--force")
    assignment = course.load("warmup")
    for name, (make, *_) in CLASS.items():
        path = root / "submitted" / name / "warmup" / "warmup.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(make(assignment))
    log = command("autograde", root)
    command("generate_feedback", root)
    return course, log


def command(name, root, *more):
    done = subprocess.run(["nbgrader", name, "warmup", *more], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def points(course, student):
    with nbgrader_api(course.root).gradebook as gradebook:
        notebook = gradebook.find_submission_notebook("warmup", "warmup", student)
        grades = {g.name: g for g in notebook.grades}
        assert grades["essay"].needs_manual_grade in (True, False)
        return tuple(grades[q].auto_score for q in ("row_means", "coin", "plain"))


def panel(course, student, question):
    nb = json.loads((course.root / "autograded" / student / "warmup" / "warmup.ipynb").read_text())
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == question:
            return "".join(
                "".join(o["data"]["text/plain"]) for o in cell["outputs"] if "gradetape" in o.get("metadata", {})
            )
    return ""


@pytest.mark.parametrize("student", CLASS)
def test_each_gets_what_it_deserves(graded, student):
    """Score per question, and the message of the question it is about, in the notebook and on the feedback page."""
    course, _ = graded
    _, expected, question, words = CLASS[student]
    assert points(course, student) == expected
    if question:
        assert words in panel(course, student, question)
    page = (course.root / "feedback" / student / "warmup" / "warmup.html").read_text()
    assert page.count('class="gradetape-verdict"') >= 2


def test_feedback_shows_no_hidden_test(graded):
    """No line of a hidden test, no name of a mistake, no path of the grader on any page."""
    course, _ = graded
    hidden = [
        "rng.normal",
        "rng.integers",
        "compare.samples",
        "three_flips",
        "column-means",
        "gradetape-judge",
        "test_warmup",
    ]
    for page in course.root.glob("feedback/*/*/*.html"):
        text = page.read_text()
        assert not [h for h in hidden if h in text], page


def test_feedback_names_checks_and_hint(graded):
    """Titles of passed and failed checks, the message, the score."""
    course, _ = graded
    text = panel(course, "nan", "row_means")
    assert text.splitlines()[:2] == [
        "✗ row_means: failed, 0 of 4 points",
        "  ✗ The mean of every row is returned, for any number of rows and columns.",
    ]
    assert "✓ coin: passed, 4 of 4 points" in panel(course, "nan", "coin")


def test_the_log_names_what_was_repaired(graded):
    """Who, which assignment, which cell: for the instructor."""
    _, log = graded
    assert "missing_cells, warmup: Cell 'coin' was missing; it was put back as released." in log
    assert "duplicated, warmup: Cell 'coin_answer' is there more than once; the last one counts." in log
    assert (
        "changed_metadata, warmup: The metadata of cell 'coin' is not the release's (changed, or released anew since); the release's counts."
        in log
    )


def test_manual_questions_stay_manual(graded):
    """An essay waits for a person; an untouched one is zero, as nbgrader has it."""
    course, _ = graded
    with nbgrader_api(course.root).gradebook as gradebook:
        own = gradebook.find_submission_notebook("warmup", "warmup", "good")
        essay = next(g for g in own.grades if g.name == "essay")
        assert (essay.auto_score, essay.needs_manual_grade) == (None, True)


def test_comments_carry_the_hint(graded):
    """Nbgrader's comment of an answer cell says what failed; an unanswered one keeps 'No response.'"""
    course, _ = graded
    with nbgrader_api(course.root).gradebook as gradebook:
        assert "NaN" in gradebook.find_comment("row_means_answer", "warmup", "warmup", "nan").comment
        assert gradebook.find_comment("coin_answer", "warmup", "warmup", "stub").comment == "No response."
        assert gradebook.find_comment("coin_answer", "warmup", "warmup", "good").comment is None


def test_our_command_gives_the_same_scores(graded):
    """`gradetape autograde --force` after `nbgrader autograde`: every score equal, exit code 0."""
    course, _ = graded
    students = ["good", "stub", "pdf", "nan", "shadowed", "changed_metadata"]
    before = [points(course, s) for s in students]
    options = [x for s in students for x in ("--student", s)]
    done = subprocess.run(
        ["gradetape", "autograde", "warmup", "--force", *options],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [points(course, s) for s in students] == before
    assert "9.00 / 10 *" in done.stdout
    assert "] warmup, stub: 0 of 10" in done.stderr  # in the order in which they are done
    assert "[6/6] warmup, " in done.stderr


def test_an_unchanged_submission_is_taken_from_the_store(graded):
    """Grading again by nbgrader starts no guest for what did not change."""
    course, _ = graded
    done = subprocess.run(
        ["nbgrader", "autograde", "warmup", "--force", "--student", "good"],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "good, warmup: unchanged, result taken from the store" in done.stderr
    assert points(course, "good") == FULL


def test_export(graded):
    """Nbgrader's CSV holds every learner with the sum."""
    course, _ = graded
    subprocess.run(["nbgrader", "export"], cwd=course.root, check=True, capture_output=True)
    rows = [line.split(",") for line in (course.root / "grades.csv").read_text().splitlines()]
    scores = {r[rows[0].index("student_id")]: float(r[rows[0].index("raw_score")]) for r in rows[1:]}
    assert scores.keys() == CLASS.keys()
    assert scores["good"] == 9.0
    assert scores["nan"] == 5.0
