"""`check` and `doctor` look at all that could keep hidden tests from counting, or a learner's cell from its guest."""

import json
import shutil
import subprocess

import pytest
from helpers import COURSES

from gradetape import doctor, loads
from gradetape.check import check_assignment
from gradetape.configured import course_at
from gradetape.course import Course, CourseError
from gradetape.nbgrader import plugging
from gradetape.releasing import nbgrader_api

BLOCK = "\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"


@pytest.fixture
def vault(tmp_path, monkeypatch):
    """The course `vault`; no other test's course is known."""
    monkeypatch.setattr(plugging, "_plugged", {})
    root = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    return Course(root)


def findings(course):
    return {f.name: f for f in doctor._course(course.root)}


def with_block(course, name):
    path = course.root / "source/vault/vault.ipynb"
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == name:
            cell["source"] = "".join(cell["source"]) + BLOCK
    path.write_text(json.dumps(nb))


def test_doctor_finds_nothing_wrong_with_a_course_that_is_plugged_in(vault):
    found = findings(vault)
    assert all(f.ok for f in found.values()), found
    assert found["course: assignments"].seen == "1 by hidden tests; 0 by nbgrader's rule, in guests"


def test_doctor_names_each_protection_that_is_missing(vault):
    """In the configuration in force, with the line to write."""
    (vault.root / "nbgrader_config.py").write_text("c = get_config()\n")
    missing = [f for f in findings(vault).values() if not f.ok]
    assert len(missing) == 6
    assert all("plug_in(c, Path(__file__).parent)" in f.mend for f in missing)
    assert sum(f.required for f in missing) == 4


def test_doctor_names_a_configuration_that_breaks_off(vault):
    (vault.root / "nbgrader_config.py").write_text("c = get_config()\nc.this is no Python\n")
    (found,) = findings(vault).values()
    assert not found.ok
    assert "nbgrader_config.py cannot be read: SyntaxError" in found.seen


def test_doctor_names_what_contradicts(vault):
    config = vault.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("plug_in(c,", "c.Execute.enabled = False\nplug_in(c,"))
    found = findings(vault)["course: settings that contradict each other"]
    assert found.seen.startswith("c.Execute.enabled = False switches off")


def test_doctor_names_misspelt_settings(vault):
    with (vault.root / "nbgrader_config.py").open("a") as config:
        config.write('c.Execute.readble_data = ["/data"]\nc.CourseDirectory.sauce = "s"\nc.Execute.timeout = 30\n')
    said = [f.seen for f in doctor._course(vault.root) if not f.ok]
    assert said == [
        "c.Execute.readble_data is no setting. Is c.Execute.readable_data meant?",
        "c.CourseDirectory.sauce is no setting.",
    ]


def test_doctor_looks_into_graders(vault):
    """Also at what has no assignment in source/."""
    (vault.root / "graders" / "Week-1").mkdir()
    found = findings(vault)["course: assignment Week-1"]
    assert not found.ok
    assert "source/Week-1/ holds no notebook." in found.seen


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("(x, y), _ = tf.keras.datasets.mnist.load_data()", ["mnist"]),
        ("from tensorflow.keras.datasets import cifar10", ["cifar10"]),
        ("data = tfds.load('lsun/bedroom:3.0', split='train')", ["lsun/bedroom:3.0"]),
        ('b = tfds.builder(name="mnist")', ["mnist"]),
        ("keras.applications.VGG16(include_top=False)", ["VGG16"]),
        ("keras.applications.VGG16(weights=None)", []),
        ("X, y = fetch_openml('mnist_784')", ["fetch_openml"]),
        ("digits = datasets.load('digits')", []),
    ],
)
def test_what_a_notebook_loads(code, names):
    """Data sets of Keras, TensorFlow Datasets and scikit-learn, pretrained weights; not Gradetape's own."""
    nb = {"cells": [{"cell_type": "code", "source": [code]}, {"cell_type": "markdown", "source": "tfds.load('no')"}]}
    assert [load.name for load in loads.of_notebook(json.dumps(nb).encode())] == names
    assert loads.of_notebook(b"%PDF") == []


def test_data_count_as_shown_where_a_folder_around_them_is(tmp_path):
    load = loads.Load("mnist", tmp_path / ".keras")
    assert load.is_shown([str(tmp_path)])
    assert load.is_shown([str(tmp_path / ".keras")])
    assert not load.is_shown([str(tmp_path / ".keras" / "datasets"), str(tmp_path / "other")])


@pytest.mark.guests
def test_check_refuses_a_block_beside_a_hidden_test_and_tells_of_others(vault, monkeypatch):
    """Where a test in graders/ judges the question the block is an error; else what a learner could read is a note."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    with_block(vault, "double")
    with_block(vault, "square")
    test = vault.root / "graders/vault/test_vault.py"
    text = test.read_text()
    test.write_text(text[: text.index('@question("square"')])
    assert nbgrader_api(vault.root).generate_assignment("vault")["success"]
    report = check_assignment(vault, "vault", seeds=[1], on_progress=lambda *_: None)
    assert any("grade cell 'square' has no hidden test. Add one in graders/vault/" in p for p in report.problems)
    assert any(
        "the check 'double' has a ### BEGIN HIDDEN TESTS block, and a hidden test in graders/vault/" in p
        for p in report.problems
    )
    assert not any("the check 'square' has a ###" in p for p in report.problems)
    (note,) = report.notes
    assert "the check 'square' is judged by nbgrader's rule, so its 3 hidden lines run in the learner's process" in note


@pytest.fixture
def renamed(vault):
    """The course, with nbgrader's settings for other names of folders and another order of them."""
    (vault.root / "source").rename(vault.root / "masters")
    (vault.root / "release").rename(vault.root / "students")
    shutil.rmtree(vault.root / "solutions")
    (vault.root / "jupytext.toml").unlink()
    with (vault.root / "nbgrader_config.py").open("a") as config:
        config.write(
            'c.CourseDirectory.source_directory = "masters"\nc.CourseDirectory.release_directory = "students"\n'
        )
    return vault.root


@pytest.mark.guests
def test_commands_know_the_names_that_nbgrader_has_for_folders(renamed, monkeypatch):
    """check proves, doctor looks, new writes there, autograde grades with the hidden tests."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")

    def run(*command):
        return subprocess.run(["gradetape", *command], cwd=renamed, capture_output=True, text=True, check=False)

    checked = run("check")
    assert checked.returncode == 0, checked.stdout
    assert "this course keeps no notebooks as text" in checked.stdout
    assert "1 by hidden tests; 0 by nbgrader's rule" in run("doctor").stdout
    place = renamed / "submitted" / "ada" / "vault" / "vault.ipynb"
    place.parent.mkdir(parents=True)
    shutil.copy(renamed / "students" / "vault" / "vault.ipynb", place)
    assert nbgrader_api(renamed).generate_assignment("vault", force=True)["success"]
    graded = run("autograde", "vault")
    assert "0.00 / 10" in graded.stdout, graded
    assert "no assignment 'week1' in source/. Known are vault." in " ".join(run("check", "week1").stderr.split())
    assert run("new", "week2").returncode == 0
    assert {p.name for p in (renamed / "masters").iterdir()} == {"vault", "week2"}
    assert not (renamed / "source").exists()


def test_folders_of_assignments_in_another_order(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.directory_structure = "{assignment_id}/{nbgrader_step}/{student_id}"\n'
    )
    (tmp_path / "w1" / "source").mkdir(parents=True)
    (tmp_path / "w1" / "source" / "w1.ipynb").write_text("{}")
    assert course_at(tmp_path).ids() == ["w1"]
    (tmp_path / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.directory_structure = "{step}/{assignment_id}"\n'
    )
    with pytest.raises(CourseError, match="directory_structure = '{step}/{assignment_id}' makes no path: KeyError"):
        course_at(tmp_path).ids()


@pytest.mark.guests
def test_check_shows_guests_the_data_that_the_course_names(vault, tmp_path, monkeypatch):
    """As grading does: a reference that reads them is right."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    data = tmp_path / "data"
    data.mkdir()
    (data / "factor.txt").write_text("2")
    for folder in ("source", "release"):
        path = vault.root / folder / "vault/vault.ipynb"
        path.write_text(path.read_text().replace("return 2 * x", f"return int(open('{data}/factor.txt').read()) * x"))
    command = ["gradetape", "check", "vault", "--seeds", "1", "--format", "json"]
    for line, points in (("", 2.0), (f"c.Execute.readable_data = [{str(data)!r}]\n", 4.0)):
        with (vault.root / "nbgrader_config.py").open("a") as config:
            config.write(line)
        done = subprocess.run(command, cwd=vault.root, capture_output=True, text=True, check=False)
        assert json.loads(done.stdout)["assignments"][0]["reference_score"] == points


def test_check_names_a_folder_of_graders_that_cannot_be_used(vault):
    """All of them, without being asked for each: also one that has no assignment."""
    (vault.root / "graders" / "Week-1").mkdir()
    assert vault.select(None) == ["Week-1", "vault"]
    report = check_assignment(vault, "Week-1", on_progress=lambda *_: None)
    assert "source/Week-1/ holds no notebook." in report.problems[0]
