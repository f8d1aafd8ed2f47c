"""What a source, a due date or a cosmetic oddity changes in what is graded, through nbgrader and the real commands."""

import json
import shutil
import subprocess

import pytest
from helpers import COURSES, write_answer
from test_fail_closed import RIGHT, WRONG, course_with, hand_in, release, scores

from gradetape import autograding
from gradetape.releasing import nbgrader_api

pytestmark = [pytest.mark.e2e, pytest.mark.guests]


@pytest.fixture(autouse=True)
def _light(monkeypatch):
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")


def edited(path, change):
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        change(cell, cell["metadata"].get("nbgrader", {}))
    path.write_text(json.dumps(nb))


@pytest.mark.parametrize("how", ["a text", "a mark without its text"])
def test_a_block_of_hidden_tests_goes_only_where_a_test_judges_the_question(tmp_path, how):
    """Its question's name as some label is no test; where a mark does not say its question, the assignment is refused."""
    course = course_with(tmp_path / "course")
    test = course.root / "graders/vault/test_vault.py"
    text = test.read_text()
    text = text[: text.index('@question("square"')].replace('label="the double of integers"', 'label="square"')
    if how != "a text":
        text += '\nNAMES = ("double",)\n@question(NAMES[0])\ndef test_more(learner):\n    pass\n'
    test.write_text(text)

    def with_block(cell, mark):
        if mark.get("grade_id") == "square":
            cell["source"] = "".join(cell["source"]) + "\n### BEGIN HIDDEN TESTS\nassert False\n### END HIDDEN TESTS"

    edited(course.root / "source/vault/vault.ipynb", with_block)
    hand_in(course, "one", write_answer(release(course), RIGHT))
    done = nbgrader_api(course.root).autograde("vault", "*")
    if how == "a text":
        assert scores(course) == {"one": 2.0}
    else:
        assert "does not say in its text which question it is for" in done["log"]
        assert scores(course) == {}


@pytest.mark.parametrize("change", [{"grade": 0}, {"solution": 1}, {"schema_version": 3.0}, {"locked": 1, "task": 0}])
def test_numbers_in_place_of_flags_cost_nothing(tmp_path, change):
    """To Python they are equal, to nbgrader's checks not; the release's come back."""
    course = course_with(tmp_path / "course")
    folder = hand_in(course, "one", write_answer(release(course), RIGHT))

    def odd(_cell, mark):
        if mark:
            mark.update({name: value for name, value in change.items() if mark.get(name) == value})

    edited(folder / "vault.ipynb", odd)
    done = nbgrader_api(course.root).autograde("vault", "*")
    assert done["success"], done["log"]
    assert scores(course) == {"one": 4.0}


def test_points_that_are_no_number_stop_their_assignment_alone(tmp_path):
    course = course_with(tmp_path / "course")
    data = release(course)
    hand_in(course, "one", write_answer(data, RIGHT))
    for part in ("source", "graders"):
        shutil.copytree(course.root / part / "vault", course.root / part / "other")
    (course.root / "source/other/vault.ipynb").rename(course.root / "source/other/other.ipynb")

    def broken(_cell, mark):
        if mark.get("grade_id") == "double":
            mark["points"] = None

    edited(course.root / "source/other/other.ipynb", broken)
    done = subprocess.run(
        ["gradetape", "autograde", "other", "vault"], cwd=course.root, capture_output=True, text=True, check=False
    )
    assert "The graded cell 'double' has the points None, which are no number" in done.stdout
    assert scores(course) == {"one": 4.0}
    assert "Traceback" not in done.stderr


def test_a_due_date_that_moves_is_noticed(tmp_path):
    course = course_with(tmp_path / "course")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    folder = hand_in(course, "one", write_answer(release(course), RIGHT))
    (folder / "timestamp.txt").write_text("2025-06-01 12:00:00 UTC")

    def penalty():
        autograding.autograde(course, ["vault"], jobs=1)
        with nbgrader_api(course.root).gradebook as gradebook:
            return gradebook.find_submission("vault", "one").late_submission_penalty or 0.0

    def due(year):
        with nbgrader_api(course.root).gradebook as gradebook:
            gradebook.update_or_create_assignment("vault", duedate=f"{year}-01-01 00:00:00 UTC")

    assert penalty() == 0.0
    due(2025)
    assert penalty() == 4.0
    due(2026)
    assert penalty() == 0.0
    (outcome,) = autograding.autograde(course, ["vault"], jobs=1)
    assert outcome.how == "unchanged"


def test_what_no_guest_is_given_takes_nobodys_room(tmp_path):
    """A repository or an environment beside the notebook: the learner's own module comes along first."""
    course = course_with(tmp_path / "course")
    answer = {**RIGHT, "double_answer": "from src.util import twice as double"}
    folder = hand_in(course, "one", write_answer(release(course), answer))
    (folder / "src").mkdir()
    (folder / "src/util.py").write_text("def twice(x):\n    return x + x\n")
    for number in range(2100):
        place = folder / ".git" / "objects" / f"{number:04x}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
    for number in range(9000):
        place = folder / ".venv" / f"{number}"
        place.parent.mkdir(exist_ok=True)
        place.write_text("")
    (outcome,) = autograding.autograde(course, ["vault"], jobs=1)
    assert outcome.score == 4.0


def test_why_nobody_could_be_checked_is_told(tmp_path):
    """By gradetape's command as by nbgrader's."""
    course = course_with(tmp_path / "course")
    hand_in(course, "one", write_answer(release(course), WRONG))
    test = course.root / "graders/vault/test_vault.py"
    test.write_text(f"import nothing_of_that_name\n{test.read_text()}")
    done = subprocess.run(
        ["gradetape", "autograde", "vault"], cwd=course.root, capture_output=True, text=True, check=False
    )
    assert "cannot be collected" in " ".join(done.stdout.split())
    assert "nothing_of_that_name" in " ".join(done.stdout.split())


def test_the_assignments_own_notebooks_are_looked_at_first(tmp_path):
    """A resubmission of a plain assignment is noticed behind any number of others."""
    course = course_with(tmp_path / "course")
    shutil.rmtree(course.root / "graders")
    data = release(course)
    folder = hand_in(course, "one", write_answer(data, RIGHT))
    for number in range(210):
        (folder / f"a{number:03}.ipynb").write_bytes((COURSES / "vault/release/vault/vault.ipynb").read_bytes())
    (first,) = autograding.autograde(course, ["vault"], jobs=1)
    (folder / "vault.ipynb").write_bytes(write_answer(data, WRONG))
    (second,) = autograding.autograde(course, ["vault"], jobs=1)
    assert (first.score, second.score) == (4.0, 2.0)
