"""nbgrader's rule gives all points where no error is seen: so what did not run, or what it showed, must never get lost."""

import ast
import json
import os
import shutil
import subprocess

import pytest
from helpers import COURSES, write_answer
from test_fail_closed import RIGHT, WRONG, course_with, hand_in, release, scores

from gradetape import autograding
from gradetape.guest.host import NOT_RUN
from gradetape.releasing import nbgrader_api

pytestmark = [pytest.mark.e2e, pytest.mark.guests]


@pytest.fixture(autouse=True)
def _light(monkeypatch):
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")


@pytest.fixture
def plain(tmp_path):
    """The course `vault` without hidden tests, released: nbgrader's rule judges both of its questions."""
    course = course_with(tmp_path / "course")
    shutil.rmtree(course.root / "graders")
    return course


def with_cells(data, sources):
    """Put cells of the learner's own in front of all others."""
    nb = json.loads(data)
    for number, source in enumerate(sources):
        cell = {"cell_type": "code", "id": f"own{number}", "metadata": {}, "outputs": [], "execution_count": None}
        nb["cells"].insert(number, {**cell, "source": source})
    return json.dumps(nb).encode()


def outputs(course, student):
    nb = json.loads((course.root / "autograded" / student / "vault" / "vault.ipynb").read_text())
    return {c["metadata"].get("nbgrader", {}).get("grade_id"): c.get("outputs") for c in nb["cells"]}


ENDS = ["import os; os._exit(0)"] * 12
FULL = [f"print('x' * {n})" for n in [900_000] * 17 + [900_000 >> n for n in range(1, 15)] * 2 + [20] * 140]


@pytest.mark.parametrize("cells", [ENDS, FULL], ids=["a process that ends twelve times", "outputs without room"])
def test_what_never_ran_or_has_no_room_has_no_points(plain, cells):
    """In a plain assignment, and for a question without a hidden test beside one that has some."""
    data = release(plain)
    hand_in(plain, "fake", with_cells(data, cells))
    hand_in(plain, "honest", write_answer(data, RIGHT))
    assert nbgrader_api(plain.root).autograde("vault", "*")["success"]
    assert scores(plain) == {"fake": 0.0, "honest": 4.0}
    if cells is ENDS:
        assert outputs(plain, "fake")["double"][-1]["ename"] == NOT_RUN
    shutil.copytree(COURSES / "vault/graders", plain.root / "graders")
    test = plain.root / "graders/vault/test_vault.py"
    test.write_text(test.read_text()[: test.read_text().index('@question("square"')])
    assert nbgrader_api(plain.root).autograde("vault", "*")["success"]
    assert scores(plain) == {"fake": 0.0, "honest": 4.0}


def test_time_that_ran_out_has_no_points(plain):
    with (plain.root / "nbgrader_config.py").open("a") as config:
        config.write("c.Execute.timeout = 2\n")
    cells = ["import time; time.sleep(1.9)"] * 11 + ["import os; os._exit(0)"] * 4
    hand_in(plain, "fake", with_cells(release(plain), cells))
    assert nbgrader_api(plain.root).autograde("vault", "*")["success"]
    assert scores(plain) == {"fake": 0.0}


@pytest.mark.parametrize(
    ("says", "points"),
    [
        ("import sys\nprint('x' * 2_000_000)\nprint('oh', file=sys.stderr)", 0.0),
        ("for n in range(2000): display(n)\nimport sys\nprint('oh', file=sys.stderr)", 0.0),
        ("print('x' * 2_000_000)\n0.5", 0.5),
        ("for n in range(2000): display(n)\n0.5", 0.5),
        ("print('x' * 2_000_000)", 2.0),
    ],
    ids=["stderr after a flood", "stderr after displays", "part after a flood", "part after displays", "neither"],
)
def test_what_decides_is_kept_however_much_was_shown(plain, says, points):
    """The instructor's own check shows much, and then decides: as with stock nbgrader, which keeps all."""
    path = plain.root / "source/vault/vault.ipynb"
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == "double":
            cell["source"] = says
    path.write_text(json.dumps(nb))
    hand_in(plain, "one", write_answer(release(plain), RIGHT))
    assert nbgrader_api(plain.root).autograde("vault", "*")["success"]
    assert scores(plain) == {"one": 2.0 + points}


def test_a_graded_cell_is_no_demo(plain):
    """Whatever its tags say, it runs."""
    for tests in (False, True):
        path = plain.root / "source/vault/vault.ipynb"
        nb = json.loads(path.read_text())
        for cell in nb["cells"]:
            if cell["metadata"]["nbgrader"]["grade_id"] == "double":
                cell["metadata"]["tags"] = ["demo"]
        path.write_text(json.dumps(nb))
        if tests:
            shutil.copytree(COURSES / "vault/graders", plain.root / "graders")
            test = plain.root / "graders/vault/test_vault.py"
            text = test.read_text()
            first, second = text.index('@question("double"'), text.index('@question("square"')
            test.write_text(text[:first] + text[second:])
        data = release(plain)
        shutil.rmtree(plain.root / "submitted", ignore_errors=True)
        hand_in(plain, "fake", write_answer(data, WRONG))
        assert nbgrader_api(plain.root).autograde("vault", "*")["success"]
        assert scores(plain) == {"fake": 2.0}


SWITCHES = {
    "above": ("c.ExecutePreprocessor.enabled = True\n", ""),
    "above, off": ("c.ExecutePreprocessor.enabled = False\nc.NbGraderPreprocessor.enabled = False\n", ""),
    "below": ("", "c.Execute.enabled = False\n"),
    "below, recording": ("", "c.SaveAutoGrades.enabled = False\n"),
    "below, the learner's own tests": ("", "c.OverwriteCells.enabled = False\n"),
}


@pytest.mark.parametrize("where", SWITCHES)
def test_no_switch_gives_points_to_all(plain, where):
    """Steps of ours that a configuration switches off, by their own name or that of a class they are made of."""
    above, below = SWITCHES[where]
    data = release(plain)
    config = plain.root / "nbgrader_config.py"
    text = config.read_text().replace("plug_in(c", f"{above}plug_in(c") + below
    config.write_text(text)
    hand_in(plain, "fake", write_answer(data, WRONG))
    done = subprocess.run(
        ["nbgrader", "autograde", "vault"], cwd=plain.root, capture_output=True, text=True, check=False
    )
    if below:
        assert done.returncode == 1
        assert "enabled is False where it counts" in done.stderr
    else:
        assert scores(plain) == {"fake": 2.0}


@pytest.mark.parametrize(
    "option", ["--SaveAutoGrades.enabled=False", "--RestoreCells.enabled=False", "--OverwriteCells.enabled=False"]
)
def test_no_option_gives_points_to_all(plain, option):
    hand_in(plain, "fake", write_answer(release(plain), WRONG))
    command = ["nbgrader", "autograde", "vault", option]
    done = subprocess.run(command, cwd=plain.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "enabled is False where it counts" in done.stderr


STOCK = [f"nbgrader.preprocessors.{name}" for name in ("Execute", "ClearOutput", "SaveAutoGrades")]
LISTS = {
    "recorded before it ran": f"autograde_preprocessors = {[STOCK[2], STOCK[0]]}",
    "cleared before it is recorded": f"autograde_preprocessors = {STOCK}",
    "the learner's tests stay": f"sanitize_preprocessors = {[STOCK[1]]}",
}


@pytest.mark.parametrize("place", ["above", "below", "in nbgrader_config.json"])
@pytest.mark.parametrize("lists", LISTS)
def test_no_list_of_steps_gives_points_to_all(plain, lists, place):
    """Both commands refuse it with words, before a learner is graded."""
    data = release(plain)
    hand_in(plain, "fake", write_answer(data, WRONG))
    name, _, steps = LISTS[lists].partition(" = ")
    config, line = plain.root / "nbgrader_config.py", f"c.Autograde.{LISTS[lists]}\n"
    text = config.read_text()
    if place == "above":
        config.write_text(text.replace("plug_in(c", f"{line}plug_in(c"))
    elif place == "below":
        ours = line.replace("nbgrader.preprocessors.Execute", "gradetape.nbgrader.Execute").replace(
            "nbgrader.preprocessors.SaveAutoGrades", "gradetape.nbgrader.SaveAutoGrades"
        )
        config.write_text(text + ours.replace("['nbgrader.", "['gradetape.nbgrader.RestoreCells', 'nbgrader."))
    else:
        ours = [
            s.replace("nbgrader.preprocessors.ClearOutput", "gradetape.nbgrader.RestoreCells")
            for s in ast.literal_eval(steps)
        ]
        (plain.root / "nbgrader_config.json").write_text(json.dumps({"Autograde": {name: ours}}))
    for command in (["nbgrader", "autograde", "vault"], ["gradetape", "autograde", "vault"]):
        done = subprocess.run(command, cwd=plain.root, capture_output=True, text=True, check=False)
        assert done.returncode != 0, (command, done.stdout)
        assert f"c.Autograde.{name}" in " ".join((done.stdout + done.stderr).split()), command
    assert scores(plain) == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("c.Execute.trust_learners = 'no'", "expected a boolean, not the str 'no'"),
        ("c.Execute.readable_data = '~/.keras'", "expected a list, not the str '~/.keras'"),
        ("c.ExecutePreprocessor.timeout = 'x'", "c.ExecutePreprocessor.timeout = 'x' cannot be"),
        ("c.Execute.readable_data = ['/']", "Guests would read '/'"),
    ],
)
def test_a_setting_that_says_nothing_is_refused(plain, line, words):
    """By both commands in the same words, and by `doctor`."""
    hand_in(plain, "ada", write_answer(release(plain), RIGHT))
    with (plain.root / "nbgrader_config.py").open("a") as config:
        config.write(f"{line}\n")
    for command in (["nbgrader", "autograde", "vault"], ["gradetape", "autograde", "vault"], ["gradetape", "doctor"]):
        done = subprocess.run(command, cwd=plain.root, capture_output=True, text=True, check=False)
        assert done.returncode != 0, command
        assert words in " ".join((done.stdout + done.stderr).split()), command
        assert "Traceback" not in done.stderr
    assert scores(plain) == {}


def foreign(data, metadata):
    nb = json.loads(data)
    nb["metadata"] |= metadata
    return json.dumps(nb).encode()


@pytest.mark.parametrize("named", [True, False])
def test_what_was_handed_in_never_says_in_which_kernel_it_runs(plain, named):
    """Neither where the release says nothing, nor where it names no language."""
    source = plain.root / "source/vault/vault.ipynb"
    nb = json.loads(source.read_text())
    nb["metadata"] = {"kernelspec": {"name": "python3", "display_name": "Python 3"}} if named else {}
    source.write_text(json.dumps(nb))
    with (plain.root / "nbgrader_config.py").open("a") as config:
        config.write("c.Execute.unfenced_kernels = ['ir', 'python3']\n")
    data = release(plain)
    spec = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}, "language_info": {"name": "R"}}
    escape = f"open({str(plain.root / 'escaped')!r}, 'w').close()"
    hand_in(plain, "fake", foreign(with_cells(write_answer(data, RIGHT), [escape]), spec))
    done = nbgrader_api(plain.root).autograde("vault", "*")
    assert done["success"], done["log"]
    assert scores(plain) == {"fake": 4.0}
    assert not (plain.root / "escaped").exists()


def test_cells_that_are_gone_have_no_points(plain):
    """In a second submission, also where the first had them."""
    data = release(plain)
    folder = hand_in(plain, "one", write_answer(data, RIGHT))
    assert nbgrader_api(plain.root).autograde("vault", "*")["success"]
    nb = json.loads(data)
    nb["cells"] = [c for c in nb["cells"] if c["metadata"]["nbgrader"]["grade_id"] not in ("double", "square")]
    (folder / "vault.ipynb").write_text(json.dumps(nb))
    assert nbgrader_api(plain.root).autograde("vault", "*", force=True)["success"]
    assert scores(plain) == {"one": 0.0}


def test_a_plain_submission_that_changed_is_graded_again(plain):
    """By gradetape's command, whatever its timestamp says; also where nbgrader graded another one in between."""
    data = release(plain)
    folder = hand_in(plain, "one", write_answer(data, WRONG))

    def graded():
        (outcome,) = autograding.autograde(plain, ["vault"], jobs=1)
        return outcome.score, outcome.how

    assert graded() == (2.0, "graded")
    (folder / "vault.ipynb").write_bytes(write_answer(data, RIGHT))
    assert graded() == (4.0, "graded")
    assert graded() == (4.0, "unchanged")
    (folder / "vault.ipynb").write_bytes(write_answer(data, WRONG))
    assert nbgrader_api(plain.root).autograde("vault", "*", force=True)["success"]
    (folder / "vault.ipynb").write_bytes(write_answer(data, RIGHT))
    assert graded() == (4.0, "graded")


@pytest.mark.parametrize("tests", [True, False], ids=["hidden tests", "plain"])
def test_data_that_come_later_count(plain, tmp_path, tests):
    """Both what is named and what it holds: a right answer that could not read them is graded again."""
    if tests:
        shutil.copytree(COURSES / "vault/graders", plain.root / "graders")
    data_folder = tmp_path / "data"
    data_folder.mkdir()
    factor = data_folder / "factor.txt"
    answer = {**RIGHT, "double_answer": f"def double(x):\n    return int(open({str(factor)!r}).read()) * x"}
    hand_in(plain, "one", write_answer(release(plain), answer))

    def score():
        (outcome,) = autograding.autograde(plain, ["vault"], jobs=1)
        return outcome.score

    assert score() == 2.0
    with (plain.root / "nbgrader_config.py").open("a") as config:
        config.write(f"c.Execute.readable_data.append({str(data_folder)!r})\n")
    assert score() == 2.0
    factor.write_text("2")
    os.utime(data_folder, (1, 1))
    autograding.course_data.ready(plain, [])
    from gradetape import loads

    loads._stamps.clear()  # a minute later
    assert score() == 4.0


def test_a_configuration_among_submissions_is_not_run(plain):
    """nbgrader runs that of the folder it is started in."""
    folder = hand_in(plain, "fake", write_answer(release(plain), RIGHT))
    (folder / "nbgrader_config.py").write_text(f"open({str(plain.root / 'escaped')!r}, 'w').close()")
    command = ["nbgrader", "autograde", f"--course-dir={plain.root}", "vault"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "lies among what learners handed in" in done.stderr
    assert not (plain.root / "escaped").exists()


def test_data_in_folders_that_the_course_has_named_are_closed(plain):
    (plain.root / "source").rename(plain.root / "src")
    with (plain.root / "nbgrader_config.py").open("a") as config:
        config.write("c.CourseDirectory.source_directory = 'src'\nc.Execute.readable_data = ['src']\n")
    done = subprocess.run(["gradetape", "check"], cwd=plain.root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Guests would read 'src'" in done.stderr
