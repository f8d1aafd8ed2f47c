"""`check --mutate` on a small course: killed, survived, equivalent, kept and resumed."""

import json
import shutil
import subprocess

import pytest

from gradetape import grading
from gradetape.course import Course
from gradetape.mutating import mutate_all
from gradetape.mutation import proving
from gradetape.scaffold import create

pytestmark = pytest.mark.guests


@pytest.fixture(autouse=True)
def _end_guests():
    yield
    grading.close_all()


@pytest.fixture(scope="module")
def made(tmp_path_factory, root):
    """A course with one assignment, made by `gradetape new`, whose mutants were tried once."""
    course = Course(tmp_path_factory.mktemp("course"))
    (course.root / "nbgrader_config.py").write_text((root / "nbgrader_config.py").read_text())
    create(course, "first_steps")
    return course, mutate_all(course, ["first_steps"], jobs=2)["first_steps"]


@pytest.fixture
def course(made, tmp_path):
    """A copy of that course, results included."""
    shutil.copytree(made[0].root, tmp_path / "course")
    return Course(tmp_path / "course")


def tried(course, **options):
    return mutate_all(course, ["first_steps"], jobs=1, **options)["first_steps"]


def test_a_new_assignment_kills_its_mutants(made):
    """All of those that are not equivalent, some of them by the name of a known mistake."""
    report = made[1]
    assert report.made == len(report.mutants) == report.killed + report.equivalent
    assert report.made >= 5
    assert report.share == 1
    assert report.problems == []
    assert {m.diagnosed_as for m in report.mutants} >= {"centred_rows/column-means", "centred_rows/one-mean"}


def test_a_weak_grader_lets_mutants_survive(course):
    """Each with its difference, and what to do; the share falls."""
    test = course.root / "graders/first_steps/test_first_steps.py"
    test.write_text(
        test.read_text().replace("((4, 3), (2, 5), (1, 1))", "((1, 1),)").replace("size=(3, 4)", "size=(1, 1)")
    )
    report = tried(course)
    assert report.survived > 0
    assert report.share < 1
    problem = next(p for p in report.problems if "axis" in p)
    assert problem.startswith("Assignment 'first_steps': question 'centred_rows': mutant ")
    assert "keeps full marks. Test what it changes, or say in graders/first_steps/equivalent.toml why" in problem
    assert "\n-    return" in problem
    assert "\n+    return" in problem


def test_equivalents_are_counted_and_held_to_it(course, made):
    """A survivor with a reason is equivalent; one that loses marks is not, and one that is not there is stale."""
    test = course.root / "graders/first_steps/test_first_steps.py"
    test.write_text(
        test.read_text().replace("((4, 3), (2, 5), (1, 1))", "((1, 1),)").replace("size=(3, 4)", "size=(1, 1)")
    )
    report = tried(course)
    survivor = next(m for m in report.mutants if m.fate == "survived")
    dead = next(m for m in report.mutants if m.fate == "killed")
    entry = '[[equivalent]]\nquestion = "centred_rows"\nmutant = "{}"\nchange = "x"\nreason = "because"\n'
    names = (survivor.mutant, dead.mutant, "feedbeef00")
    (course.root / "graders/first_steps/equivalent.toml").write_text("".join(map(entry.format, names)))
    again = tried(course)
    assert (again.equivalent, again.survived) == (1, report.survived - 1)
    assert next(m.reason for m in again.mutants if m.fate == "equivalent") == "because"
    text = "\n".join(again.problems)
    assert f"mutant '{dead.mutant}' loses marks, so it is not equivalent. Remove the entry." in text
    assert "question 'centred_rows' has no mutant 'feedbeef00'. Its solution has changed" in text


def test_what_was_tried_is_not_tried_again(course, monkeypatch):
    """A second run judges nothing, until the grader changes."""
    asked = []
    monkeypatch.setattr(proving, "judge", lambda *a, **k: asked.append(k) or grading.judge(*a, **k))
    assignment = course.load("first_steps")
    cache = course.root / ".gradetape" / "mutants"
    proving.prove_question(assignment, "centred_rows", cache, on_progress=lambda *_: None)
    assert asked == []
    test = course.root / "graders/first_steps/test_first_steps.py"
    test.write_text(test.read_text() + "\n# another one\n")
    proving.prove_question(course.load("first_steps"), "centred_rows", cache, on_progress=lambda *_: None)
    assert asked
    assert all(k["only"] == "centred_rows" for k in asked)


def test_a_reference_that_fails_is_told_first(course):
    """Mutants of a wrong reference say nothing."""
    test = course.root / "graders/first_steps/test_first_steps.py"
    test.write_text(
        test.read_text() + '\n\n@question("centred_rows")\ndef test_no():\n    """No."""\n    assert False\n'
    )
    assert tried(course).problems == [
        "Assignment 'first_steps': the reference does not get full marks in 'centred_rows'. Run `gradetape check` first."
    ]


def test_the_command(course):
    """JSON with all mutants, exit code 0; an unknown question is named."""
    run = ["gradetape", "check", "--mutate", "first_steps", "--jobs", "1"]
    done = subprocess.run([*run, "--format", "json"], cwd=course.root, capture_output=True, text=True, check=False)
    (found,) = json.loads(done.stdout)["assignments"]
    assert done.returncode == 0, done.stderr
    assert (found["id"], found["share"], found["survived"]) == ("first_steps", 1, 0)
    assert {"question", "mutant", "operator", "diff", "fate", "diagnosed_as"} <= set(found["mutants"][0])
    done = subprocess.run([*run, "--question", "x"], cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "There is no automatic question 'x'. Known are centred_rows." in done.stderr
    done = subprocess.run(run, cwd=course.root, capture_output=True, text=True, check=False)
    assert "100.0%" in done.stdout
