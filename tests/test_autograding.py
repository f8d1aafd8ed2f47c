"""`gradetape autograde`: side by side, and yet what `nbgrader autograde` would have recorded."""

import json
import re
import shutil
import sqlite3
import subprocess

import pytest
from helpers import COURSES, write_answer

from gradetape import autograding, handed_in, kept
from gradetape.course import Course, CourseError
from gradetape.recording import Ledger
from gradetape.releasing import nbgrader_api
from gradetape.shelf import prune, shelves
from gradetape.store import Store
from gradetape.submissions import Submission, digest
from gradetape.verdict import Status

pytestmark = pytest.mark.e2e

RIGHT = {"double_answer": "def double(x):\n    return x + x", "square_answer": "def square(x):\n    return x * x"}
WRONG = {"double_answer": "def double(x):\n    return x", "square_answer": "def square(x):\n    return x ** 2"}
SCORES = {"ada": 4.0, "twin": 4.0, "bo": 2.0, "empty": 0.0, "pdf": 0.0, "files": 4.0, "locked": 4.0, "late": 2.0}


def class_of(course):
    """Learners who differ in what nbgrader and Gradetape do about them before and after grading."""
    release = (course.root / "release" / "vault" / "vault.ipynb").read_bytes()
    texts = {
        "ada": write_answer(release, RIGHT),
        "twin": write_answer(release, RIGHT),
        "bo": write_answer(release, WRONG),
        "empty": release,
        "pdf": b"%PDF-1.7",
        "files": write_answer(release, RIGHT),
        "locked": write_answer(release, RIGHT | {"double": "print('mine')"}),
        "late": write_answer(release, WRONG),
    }
    for name, text in texts.items():
        folder = course.root / "submitted" / name / "vault"
        folder.mkdir(parents=True)
        (folder / "vault.ipynb").write_bytes(text)
        (folder / "timestamp.txt").write_text("2026-11-02 10:00:00 UTC")
    more = course.root / "submitted" / "files" / "vault"
    (more / "own.txt").write_text("mine")
    (more / "__pycache__").mkdir()
    (more / "__pycache__" / "junk.pyc").write_bytes(b"x")
    (more / "data").mkdir()
    (more / "data" / "numbers.csv").write_text("1,2")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """The course `vault`, released and handed in."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    root = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "source" / "vault" / "given.txt").write_text("the instructor's")
    course = Course(root)
    assert nbgrader_api(root).generate_assignment("vault")["success"]
    class_of(course)
    return course


def recorded(root):
    """What the gradebook says, table by table, without numbers that count rows and without times."""
    base = sqlite3.connect(root / "gradebook.db")
    found = {}
    for table in ("student", "submitted_assignment", "submitted_notebook", "grade", "comment"):
        columns = [c[1] for c in base.execute(f"PRAGMA table_info({table})")]
        kept_columns = [c for c in columns if (c == "id" and table == "student") or not c.endswith("id")]
        rows = base.execute(f"SELECT {', '.join(kept_columns)} FROM {table}").fetchall()
        found[table] = sorted(map(repr, rows))
    return found


def folders(root):
    """Every file in autograded/, with its content but for what two gradings may tell differently."""
    found = {}
    for path in sorted((root / "autograded").rglob("*")):
        if path.is_file() and path.name != "README.md":
            text = path.read_text()
            name = str(path.relative_to(root))
            found[name] = re.sub(r"\d+\.\d+ s|gradetape-\w+-\w+", "", text)
    return found


def test_the_same_as_nbgrader_alone(course, tmp_path):
    """Gradebook and autograded/ are equal, whichever command was used."""
    other = tmp_path / "other"
    shutil.copytree(course.root, other)
    outcomes = autograding.autograde(course, ["vault"], jobs=2)
    assert {o.student: o.score for o in outcomes} == SCORES
    done = subprocess.run(["nbgrader", "autograde", "vault"], cwd=other, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert recorded(course.root) == recorded(other)
    ours, theirs = folders(course.root), folders(other)
    assert ours.keys() == theirs.keys()
    for name, text in ours.items():
        assert _plain(text) == _plain(theirs[name]), name


def _plain(text):
    """A notebook without the ids of its cells, which nbformat draws, and the numbers in verdicts, of each run's own."""
    if not text.startswith("{"):
        return text
    nb = json.loads(text)
    for cell in nb["cells"]:
        cell.pop("id", None)
        for output in cell.get("outputs", []):
            if "gradetape" in output.get("metadata", {}):
                output["metadata"]["gradetape"].pop("seal")
                output["data"] = {k: re.sub(r"[\d.]+", "#", "".join(v)) for k, v in output["data"].items()}
    return nb


def test_nothing_is_graded_by_the_one_who_records(course, monkeypatch):
    """What the pool graded is what nbgrader's preprocessor asks for, attached files included."""
    monkeypatch.setattr(kept, "grade", None)
    outcomes = autograding.autograde(course, ["vault"], jobs=2)
    assert [o.error for o in outcomes] == [""] * len(SCORES)
    assert {o.student: o.score for o in outcomes} == SCORES


def test_the_second_run_leaves_alone_what_is_unchanged(course):
    autograding.autograde(course, ["vault"], jobs=2)
    times = {p: p.stat().st_mtime_ns for p in (course.root / "autograded").rglob("*.ipynb")}
    again = autograding.autograde(course, ["vault"], jobs=2)
    hows = {o.student: o.how for o in again}
    assert set(hows.values()) == {"unchanged"}
    assert {o.student: o.score for o in again} == SCORES
    assert all(p.stat().st_mtime_ns == t for p, t in times.items())


def hand_in_again(course, student, changes):
    path = course.root / "submitted" / student / "vault" / "vault.ipynb"
    path.write_bytes(write_answer(path.read_bytes(), changes))


def test_what_has_changed_is_graded_again(course):
    """A resubmission, even with the same timestamp, by that learner alone."""
    autograding.autograde(course, ["vault"], jobs=2)
    hand_in_again(course, "bo", RIGHT)
    again = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert (again["bo"].score, again["bo"].how) == (4.0, "from the store")  # ada's work, it happens
    assert again["late"].how == "unchanged"
    hand_in_again(course, "bo", {"double_answer": "def double(x):\n    return 3 * x"})
    again = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2, students=["bo"])}
    assert (again["bo"].score, again["bo"].how) == (2.0, "graded")


def test_a_lost_folder_or_gradebook_is_made_again(course):
    autograding.autograde(course, ["vault"], jobs=2)
    shutil.rmtree(course.root / "autograded" / "ada")
    again = {o.student: o.how for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert (again["ada"], again["bo"]) == ("from the store", "unchanged")
    (course.root / "gradebook.db").unlink()
    assert nbgrader_api(course.root).generate_assignment("vault", force=True)["success"]
    again = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert {s: o.score for s, o in again.items()} == SCORES


def test_a_gradebook_or_folder_from_a_backup_is_noticed(course):
    """What is recorded is compared with what was recorded, not only what was handed in; a person's points stay."""
    book, kept = course.root / "gradebook.db", course.root / "autograded" / "bo" / "vault" / "vault.ipynb"
    autograding.autograde(course, ["vault"], jobs=2)
    old, page = book.read_bytes(), kept.read_bytes()
    hand_in_again(course, "bo", RIGHT)
    autograding.autograde(course, ["vault"], jobs=2)
    book.write_bytes(old)
    again = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert (again["bo"].score, again["bo"].how) == (4.0, "from the store")
    assert again["ada"].how == "unchanged"
    kept.chmod(0o644)
    kept.write_bytes(page)
    again = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert (again["bo"].how, again["ada"].how) == ("from the store", "unchanged")
    assert kept.read_bytes() != page
    with nbgrader_api(course.root).gradebook as gradebook:
        gradebook.find_grade("double", "vault", "vault", "bo").manual_score = 1.5
        gradebook.db.commit()
    assert {o.how for o in autograding.autograde(course, ["vault"], jobs=2)} == {"unchanged"}


def test_force_grades_again_and_keeps_a_persons_points(course):
    autograding.autograde(course, ["vault"], jobs=2)
    with nbgrader_api(course.root).gradebook as gradebook:
        grade = gradebook.find_grade("double", "vault", "vault", "bo")
        grade.manual_score = 1.5
        gradebook.db.commit()
    again = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2, force=True, students=["bo"])}
    assert (again["bo"].how, again["bo"].score) == ("graded", 3.5)


def test_one_that_cannot_be_recorded_is_named(course):
    """The others have their scores."""
    (course.root / "autograded").mkdir(exist_ok=True)
    (course.root / "autograded" / "bo").write_text("in the way")
    found = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert found["bo"].error
    assert found["ada"].score == 4.0


def test_a_wanted_student_who_handed_nothing_in(course):
    with pytest.raises(CourseError, match="zoe did not hand in 'vault'"):
        autograding.autograde(course, ["vault"], students=["zoe"])


def test_a_run_that_is_killed_goes_on(course):
    """What was graded before stays graded."""
    command = ["gradetape", "autograde", "vault", "--jobs", "1"]
    run = subprocess.Popen(command, cwd=course.root, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    with run:
        first = run.stderr.readline()
        run.kill()
    assert first.startswith("[1/8]")
    again = autograding.autograde(course, ["vault"], jobs=2)
    assert {o.student: o.score for o in again} == SCORES
    assert any(o.how != "graded" for o in again)


def test_the_commands_of_the_store(course):
    """list counts, prune removes what is nobody's, and only that; --all empties, and scores stay."""
    autograding.autograde(course, ["vault"], jobs=2)
    hand_in_again(course, "late", {"double_answer": "def double(x):\n    return 5 * x"})
    hand_in_again(course, "bo", {"double_answer": "def double(x):\n    return 6 * x"})
    autograding.autograde(course, ["vault"], jobs=2)
    store = Store(course.root)
    (shelf,) = shelves(store)
    assert (shelf.assignment, len(shelf.superseded)) == ("vault", 1)
    listed = subprocess.run(["gradetape", "store", "list"], cwd=course.root, capture_output=True, text=True, check=True)
    assert "vault" in listed.stdout
    assert prune(store, days=1).removed == ()
    assert prune(store, ["another"]).removed == ()
    done = subprocess.run(["gradetape", "store", "prune"], cwd=course.root, capture_output=True, text=True, check=True)
    assert "removed 1 result" in done.stdout
    assert {o.how for o in autograding.autograde(course, ["vault"], jobs=2)} == {"unchanged"}
    assert len(prune(store, everything=True).removed) == len(shelf.recorded)
    assert shelves(store) == []
    assert {o.score for o in autograding.autograde(course, ["vault"], jobs=2, students=["ada"])} == {4.0}


def test_an_unchecked_result_is_looked_at_again(course):
    """It is recorded for a person, and no reason to leave the submission alone next time."""
    tests = course.root / "graders" / "vault" / "test_vault.py"
    right = tests.read_text()
    broken = '@question("double")\ndef test_breaks():\n    """Breaks."""\n    raise OSError("gone")\n'
    tests.write_text(f"{right}\n\n{broken}")
    found = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2, students=["ada"])}
    assert found["ada"].needs_manual
    assert Ledger(course.root, "vault").get("ada") == ("", "")
    tests.write_text(right)
    found = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2, students=["ada"])}
    assert (found["ada"].score, found["ada"].needs_manual) == (4.0, False)


# --- what decides a digest -------------------------------------------------------------------------------


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def edit_metadata(path):
    nb = json.loads(path.read_text())
    nb["metadata"]["gradetape"]["limits"]["cell_seconds"] = 29
    path.write_text(json.dumps(nb))


DECIDES = {
    "a hidden test": lambda r: change(r / "graders/vault/test_vault.py", '"""', '""" '),
    "a file beside the hidden tests": lambda r: (r / "graders/vault/table.csv").write_text("1"),
    "the reference": lambda r: change(r / "source/vault/vault.ipynb", "def double", "def  double"),
    "an attached file of the instructor's": lambda r: (r / "source/vault/given.txt").write_text("new"),
    "a limit": lambda r: edit_metadata(r / "source/vault/vault.ipynb"),
    "the release": lambda r: change(r / "release/vault/vault.ipynb", "def double", "def  double"),
}
DOES_NOT = {
    "a style sheet": lambda r: (r / "custom.css").write_text("body {}"),
    "nbgrader's settings": lambda r: change(
        r / "nbgrader_config.py", "c.CourseDirectory", "c.LimitOutput.max_lines = 900\nc.CourseDirectory"
    ),
    "another assignment's hidden test": lambda r: (
        (r / "graders/other").mkdir(),
        (r / "graders/other/test_o.py").write_text(""),
    ),
    "bytecode beside the hidden tests": lambda r: (
        (r / "graders/vault/__pycache__").mkdir(),
        (r / "graders/vault/__pycache__/x.pyc").write_bytes(b"x"),
    ),
    "the time of handing in": lambda r: (r / "submitted/files/vault/timestamp.txt").write_text(
        "2026-11-03 10:00:00 UTC"
    ),
}


def digest_now(root):
    course = Course(root)
    places = handed_in.Places(nbgrader_api(root))
    assignment = course.load("vault")
    return digest(assignment, handed_in.submission(places, assignment, "files"))


@pytest.mark.parametrize("what", DECIDES)
def test_what_decides_a_result_changes_its_digest(course, what):
    before = digest_now(course.root)
    DECIDES[what](course.root)
    assert digest_now(course.root) != before


@pytest.mark.parametrize("what", DOES_NOT)
def test_what_does_not_decide_it_leaves_the_digest(course, what):
    before = digest_now(course.root)
    DOES_NOT[what](course.root)
    assert digest_now(course.root) == before


def change_nb(data, how):
    nb = json.loads(data)
    how(nb)
    return json.dumps(nb).encode()


NOTEBOOK_DECIDES = {
    "an answer": lambda nb: nb["cells"][2].update(source=nb["cells"][2]["source"] + ["\n1"]),
    "a cell more": lambda nb: nb["cells"].append(
        {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
    ),
    "the order": lambda nb: nb["cells"].reverse(),
}
NOTEBOOK_DOES_NOT = {
    "outputs": lambda nb: [
        c.update(outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}], execution_count=3)
        for c in nb["cells"]
        if c["cell_type"] == "code"
    ],
    "ids of cells": lambda nb: [c.update(id=f"new{n}") for n, c in enumerate(nb["cells"])],
    "the kernel": lambda nb: nb["metadata"].update(kernelspec={"name": "other", "display_name": "Other"}),
}


@pytest.mark.parametrize("what", [*NOTEBOOK_DECIDES, *NOTEBOOK_DOES_NOT])
def test_what_of_a_notebook_counts(course, what):
    assignment = course.load("vault")
    how = NOTEBOOK_DECIDES.get(what) or NOTEBOOK_DOES_NOT[what]
    data = assignment.release
    before, after = (digest(assignment, Submission(d)) for d in (data, change_nb(data, how)))
    assert (before != after) is (what in NOTEBOOK_DECIDES)


def test_an_attached_file_of_the_learners_counts(course):
    before = digest_now(course.root)
    (course.root / "submitted/files/vault/own.txt").write_text("changed")
    assert digest_now(course.root) != before


def test_versions_count(course, monkeypatch):
    from gradetape import submissions

    before = digest_now(course.root)
    monkeypatch.setattr(submissions, "_versions", lambda: {"tensorflow": "99"})
    assert digest_now(course.root) != before


def test_a_changed_grader_grades_that_assignment_only(course):
    """The other's results are left alone."""
    root = course.root
    for part in ("source", "graders"):
        shutil.copytree(root / part / "vault", root / part / "second")
    for path in (root / "source/second/vault.ipynb", root / "graders/second/test_vault.py"):
        path.rename(path.with_name(path.name.replace("vault", "second")))
    assert nbgrader_api(root).generate_assignment("second")["success"]
    for student in ("ada", "bo"):
        shutil.copytree(root / "submitted" / student / "vault", root / "submitted" / student / "second")
        (root / "submitted" / student / "second" / "vault.ipynb").rename(
            root / "submitted" / student / "second" / "second.ipynb"
        )
    students = ["ada", "bo"]
    first = autograding.autograde(course, ["vault", "second"], students=students, jobs=2)
    assert [(o.assignment, o.student, o.score) for o in first] == [
        ("vault", "ada", 4.0), ("vault", "bo", 2.0), ("second", "ada", 4.0), ("second", "bo", 2.0),
    ]  # fmt: skip
    DECIDES["a hidden test"](root)
    again = autograding.autograde(course, ["vault", "second"], students=students, jobs=2)
    assert [o.how for o in again] == ["graded", "graded", "unchanged", "unchanged"]
    assert all(v.status is not Status.UNCHECKED for r in Store(root).results() for v in r.verdicts)
