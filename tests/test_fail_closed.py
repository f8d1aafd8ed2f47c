"""No learner's cell runs outside of a guest, and hidden tests always count: no odd name, missing file or error is a way around.

The course `vault` under other ids and with other files, graded by nbgrader's own converter. A cell that runs as the grader
would leave a file behind; a wrong answer that forges its way past the visible check would have full marks.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from helpers import COURSES, ROOT, write_answer

from gradetape import autograding, doctor
from gradetape.check import check_assignment
from gradetape.course import Course, CourseError
from gradetape.nbgrader.generating import kept
from gradetape.nbgrader.preprocessors import SaveAutoGrades
from gradetape.recording import Ledger
from gradetape.releasing import nbgrader_api

pytestmark = [pytest.mark.e2e, pytest.mark.guests]

WRONG = {"double_answer": "def double(x):\n    return x", "square_answer": "def square(x):\n    return x ** 2"}
RIGHT = {"double_answer": "def double(x):\n    return x + x", "square_answer": "def square(x):\n    return x * x"}
FORGED = "import numpy as np\nnp.array_equal = lambda *_: True"


@pytest.fixture(autouse=True)
def _light(monkeypatch):
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")


def course_with(root, name="vault", *, tests="test_vault.py"):
    """Make the course `vault` with another id, and another name of the file of hidden tests."""
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__", "solutions", "release"))
    for part in ("source", "graders"):
        (root / part / "vault").rename(root / part / name)
    (root / "source" / name / "vault.ipynb").rename(root / "source" / name / f"{name}.ipynb")
    (root / "graders" / name / "test_vault.py").rename(root / "graders" / name / tests)
    return Course(root)


def release(course, name="vault"):
    assert nbgrader_api(course.root).generate_assignment(name)["success"]
    return (course.root / "release" / name / f"{name}.ipynb").read_bytes()


def hand_in(course, student, data, name="vault"):
    folder = course.root / "submitted" / student / name
    folder.mkdir(parents=True)
    (folder / f"{name}.ipynb").write_bytes(data)
    return folder


def escaping(course):
    """A cell that leaves a file in the course where it runs as the grader."""
    return f"try:\n    open({str(course.root / 'escaped')!r}, 'w').close()\nexcept OSError:\n    pass\n{FORGED}"


def handed_in(course, name="vault"):
    """A forger who tries to get out, and an honest learner."""
    data = release(course, name)
    hand_in(course, "forger", write_answer(data, WRONG, extra=[escaping(course)]), name)
    nb = json.loads(write_answer(data, WRONG))
    first = {"cell_type": "code", "id": "first", "metadata": {}, "source": escaping(course), "outputs": []}
    nb["cells"].insert(1, {**first, "execution_count": None})
    hand_in(course, "early", json.dumps(nb).encode(), name)
    hand_in(course, "honest", write_answer(data, RIGHT), name)
    return data


def scores(course, name="vault"):
    with nbgrader_api(course.root).gradebook as gradebook:
        return {
            s.student_id: sum(g.auto_score or 0 for nb in s.notebooks for g in nb.grades)
            for s in gradebook.find_assignment(name).submissions
        }


def refusal(course, name="vault"):
    """What nbgrader's converter says when it refuses all; nothing was graded and nothing ran."""
    done = nbgrader_api(course.root).autograde(name, "*")
    assert not done["success"], done.get("log")
    assert not (course.root / "escaped").exists()
    assert not any((course.root / "autograded").glob("*/*"))
    assert all(score == 0 for score in scores(course, name).values())
    return done["log"]


@pytest.mark.parametrize("name", ["Week-1", "hw-1", "Übung 2", "hw(1)", "a{b}", "1", "week 1.final"])
def test_any_id_that_nbgrader_takes_is_graded_by_hidden_tests(tmp_path, name):
    """Not only names of modules: the forger gets nothing for `double`, the honest learner all."""
    course = course_with(tmp_path / "course", name)
    handed_in(course, name)
    assert nbgrader_api(course.root).autograde(name, "*")["success"]
    assert scores(course, name) == {"forger": 2.0, "early": 2.0, "honest": 4.0}
    assert not (course.root / "escaped").exists()


@pytest.mark.parametrize("tests", ["vault_test.py", "vault.py", "deep/test_it.py"])
def test_files_of_hidden_tests(tmp_path, tests):
    """pytest's two patterns, or the assignment's name, also in a folder."""
    course = course_with(tmp_path / "course")
    target = course.root / "graders/vault" / tests
    target.parent.mkdir(exist_ok=True)
    (course.root / "graders/vault/test_vault.py").rename(target)
    handed_in(course)
    assert nbgrader_api(course.root).autograde("vault", "*")["success"]
    assert scores(course) == {"forger": 2.0, "early": 2.0, "honest": 4.0}


def another_name(course):
    (course.root / "graders/vault/test_vault.py").rename(course.root / "graders/vault/checks.py")


def empty_folder(course):
    shutil.rmtree(course.root / "graders/vault")
    (course.root / "graders/vault").mkdir()


def a_file(course):
    shutil.rmtree(course.root / "graders/vault")
    (course.root / "graders/vault").write_text("")


def dangling(course):
    shutil.rmtree(course.root / "graders/vault")
    (course.root / "graders/vault").symlink_to("nowhere")


def dangling_test(course):
    (course.root / "graders/vault/test_vault.py").unlink()
    (course.root / "graders/vault/test_vault.py").symlink_to("nowhere")


def second_notebook(course):
    shutil.copy(course.root / "source/vault/vault.ipynb", course.root / "source/vault/more.ipynb")


def other_notebook(course):
    (course.root / "source/vault/vault.ipynb").rename(course.root / "source/vault/Vault.ipynb")


def no_release(course):
    shutil.rmtree(course.root / "release")


def misspelt(course):
    test = course.root / "graders/vault/test_vault.py"
    test.write_text(test.read_text().replace('@question("double")', '@question("doubel")', 1))


def broken_source(course):
    (course.root / "source/vault/vault.ipynb").write_text("{}")


def in_tests(before, after):
    def spoil(course):
        test = course.root / "graders/vault/test_vault.py"
        assert before in test.read_text()
        test.write_text(test.read_text().replace(before, after))

    return spoil


one_name = in_tests("def test_double_by_hand(", "def test_square(")  # the first one of several of its question
no_test_name = in_tests("def test_square_integers(", "def check_square_integers(")
no_test_class = in_tests(
    '@question("square")\ndef test_square_integers(compare, rng):\n    """Integers stay integers."""\n    compare(',
    'class Checks:\n  @question("square")\n  def test_square_integers(self, compare, rng):\n    compare(',
)
for function, name in ((one_name, "one_name"), (no_test_name, "no_test_name"), (no_test_class, "no_test_class")):
    function.__name__ = name


def no_test_file(course):
    text = (course.root / "graders/vault/test_vault.py").read_text()
    head, rest = text.split('@question("square", weight=2)')
    (course.root / "graders/vault/test_vault.py").write_text(head)
    (course.root / "graders/vault/Test_square.py").write_text(
        f'{head.split("@question")[0]}@question("square", weight=2){rest}'
    )


def in_source(change):
    """Change the graded cells of the source, and what the hidden tests call them."""

    def spoil(course):
        path = course.root / "source/vault/vault.ipynb"
        nb = json.loads(path.read_text())
        change(nb["cells"], {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in nb["cells"]})
        path.write_text(json.dumps(nb))

    return spoil


def renamed(course):
    in_source(lambda _, named: named["square"]["metadata"]["nbgrader"].update(grade_id="power"))(course)
    in_tests('@question("square"', '@question("power"')(course)


def added(course):
    def change(cells, named):
        cells.append(json.loads(json.dumps(named["square"])) | {"id": "another"})
        cells[-1]["metadata"]["nbgrader"]["grade_id"] = "another"

    in_source(change)(course)


def removed(course):
    in_source(lambda cells, named: cells.remove(named["square"]))(course)
    test = course.root / "graders/vault/test_vault.py"
    test.write_text(test.read_text().split('@question("square"')[0])


def by_hand(course):
    in_source(lambda _, named: named["square"]["metadata"]["nbgrader"].update(solution=True))(course)


def more_points(course):
    in_source(lambda _, named: named["square"]["metadata"]["nbgrader"].update(points=20))(course)


def other_gradebook(course):
    with nbgrader_api(course.root).gradebook as gradebook:
        gradebook.update_or_create_grade_cell("square", "vault", "vault", max_score=1)


def lost(course):
    shutil.rmtree(course.root / "graders/vault")
    Ledger(course.root, "vault").put("ada", "digest")


def lost_and_unreadable(course):
    shutil.rmtree(course.root / "graders/vault")
    (course.root / ".gradetape").mkdir(exist_ok=True)
    (course.root / ".gradetape/recorded").write_text("no folder")


UNUSABLE = {
    renamed: "other automatic questions than release/, which learners have answered: 'power' is in source/ only; 'square' is in release/ only. Run",
    added: "'another' is in source/ only. Run `nbgrader generate_assignment vault --force`. Where nbgrader refuses",
    removed: "'square' is in release/ only.",
    by_hand: "'square' is in release/ only.",
    more_points: "'square' has 20 points in source/ and 2 in release/.",
    other_gradebook: "other automatic questions than the gradebook: 'square' has 2 points in source/ and 1 in the gradebook.",
    lost: "was graded with hidden tests before (for 1 learners), and graders/vault/ is not there. Put it back",
    lost_and_unreadable: ".gradetape/recorded/vault cannot be listed: ",
    one_name: "test_vault.py:34, test_square (question 'double'): the name is used twice, and line 43 takes its place: give each",
    no_test_name: "check_square_integers (question 'square'): the name does not begin with test_, so pytest passes it by. Mend each",
    no_test_class: "Checks.test_square_integers (question 'square'): the name of its class Checks does not begin with Test",
    no_test_file: "Test_square.py:21, test_square (question 'square'): pytest does not look into a file of this name: call it test_*.py or *_test.py",
    another_name: "graders/vault/ holds no file of hidden tests. Name it test_vault.py (or …_test.py, or vault.py)",
    empty_folder: "graders/vault/ holds no file of hidden tests.",
    a_file: "graders/vault is no folder. Make it one, or remove it.",
    dangling: "graders/vault is no folder.",
    dangling_test: "cannot be read: [Errno 2] No such file or directory",
    second_notebook: "and source/vault/ holds more.ipynb, vault.ipynb. Hidden tests need exactly one notebook, named vault.ipynb.",
    other_notebook: "and source/vault/ holds Vault.ipynb. Hidden tests need exactly one notebook",
    no_release: "has no release/vault/vault.ipynb. Run `nbgrader generate_assignment vault` first.",
    misspelt: "hidden tests name the question 'doubel', which is no grade cell of the notebook",
    broken_source: "The file is JSON, but no notebook.",
}


@pytest.mark.parametrize("spoil", UNUSABLE, ids=lambda f: f.__name__)
def test_a_folder_of_graders_that_cannot_be_used_stops_the_assignment(tmp_path, spoil):
    """And says why; by nbgrader's converter, by the command, and by `tested`."""
    course = course_with(tmp_path / "course")
    handed_in(course)
    spoil(course)
    assert UNUSABLE[spoil] in refusal(course)
    outcomes = autograding.autograde(course, ["vault"], jobs=1)
    assert [o.student for o in outcomes] == ["(all)"]
    assert UNUSABLE[spoil] in outcomes[0].error
    if list(UNUSABLE).index(spoil) > list(UNUSABLE).index(lost_and_unreadable) and spoil not in (
        no_release,
        broken_source,
    ):
        with pytest.raises(CourseError, match="vault"):
            course.tested("vault")


@pytest.mark.parametrize(("name", "folder"), [("Week-1", "week_1"), ("Übung", "U\u0308bung"), ("HW", "hw")])
def test_a_folder_that_is_meant_but_spelt_otherwise_is_no_plain_assignment(tmp_path, name, folder):
    """By the older rule for ids, by a Mac's form of accents, by upper case."""
    course = course_with(tmp_path / "course", name)
    handed_in(course, name)
    (course.root / "graders" / name).rename(course.root / "graders" / folder)
    assert f"but graders/{folder} is there and belongs to no assignment." in refusal(course, name)


def test_the_other_assignments_go_on(tmp_path):
    """What stops one assignment stops no other."""
    course = course_with(tmp_path / "course")
    handed_in(course)
    shutil.copytree(course.root / "source/vault", course.root / "source/other")
    (course.root / "source/other/vault.ipynb").rename(course.root / "source/other/other.ipynb")
    (course.root / "graders/other").mkdir()
    release(course, "other")
    hand_in(course, "honest", (course.root / "release/other/other.ipynb").read_bytes(), "other")
    outcomes = autograding.autograde(course, ["other", "vault"], jobs=1)
    assert {(o.assignment, o.student): o.score for o in outcomes if not o.error} == {
        ("vault", "forger"): 2.0, ("vault", "early"): 2.0, ("vault", "honest"): 4.0,
    }  # fmt: skip
    assert [(o.assignment, o.student) for o in outcomes if o.error] == [("other", "(all)")]


def test_a_pattern_for_several_assignments_is_graded_by_their_hidden_tests(tmp_path):
    """nbgrader takes `v*` for every assignment of such a name; each is what it is, and one that cannot be used is named."""
    course = course_with(tmp_path / "course")
    handed_in(course)
    for name in ("vold", "vopen"):
        shutil.copytree(course.root / "source/vault", course.root / "source" / name)
        (course.root / "source" / name / "vault.ipynb").rename(course.root / "source" / name / f"{name}.ipynb")
        hand_in(course, "forger", write_answer(release(course, name), WRONG, extra=[escaping(course)]), name)
    (course.root / "graders/vold").mkdir()
    done = nbgrader_api(course.root).autograde("v*", "*")
    assert not done["success"]
    assert "graders/vold/ holds no file of hidden tests." in done["log"]
    assert scores(course) == {"forger": 2.0, "early": 2.0, "honest": 4.0}
    assert scores(course, "vold") == {}
    assert scores(course, "vopen") == {"forger": 2.0}  # a plain one: the wrong answer fails before its own forgery
    assert not (course.root / "escaped").exists()


SETTINGS = {
    "raise RuntimeError('a slip below the line')": "a configuration file broke off with an error",
    "c.Autograde.exporter_class = 'nbconvert.exporters.NotebookExporter'": "c.Autograde.exporter_class in force is nbconvert",
    "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute', 'nbgrader.preprocessors.SaveAutoGrades']": "holds nbgrader.preprocessors.execute.Execute, which runs learners' cells outside of a guest.",
    "c.Autograde.autograde_preprocessors = ['gradetape.nbgrader.Execute', 'nbgrader.preprocessors.SaveAutoGrades']": "c.Autograde.autograde_preprocessors lacks gradetape.nbgrader.SaveAutoGrades",
    "c.Autograde.sanitize_preprocessors = ['nbgrader.preprocessors.OverwriteCells']": "c.Autograde.sanitize_preprocessors lacks gradetape.nbgrader.RestoreCells",
    "c.Autograde.sanitize_preprocessors.append('nbconvert.preprocessors.ExecutePreprocessor')": "holds nbconvert.preprocessors.execute.ExecutePreprocessor, which runs learners' cells",
    "c.Execute.enabled = False": "c.Execute.enabled is False where it counts",
}  # fmt: skip


@pytest.mark.parametrize("line", SETTINGS)
def test_no_line_below_takes_a_protection_away(tmp_path, line):
    """What a configuration says below `plug_in` is refused with its name, or grades as ever."""
    course = course_with(tmp_path / "course")
    data = release(course)
    hand_in(course, "forger", write_answer(data, WRONG, extra=[escaping(course)]))
    config = course.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\n{line}\n")
    done = subprocess.run(
        ["nbgrader", "autograde", "vault"], cwd=course.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert SETTINGS[line] in done.stderr
    assert not (course.root / "escaped").exists()
    assert not any((course.root / "autograded").glob("*/*"))


BROKEN = {
    "a slip of syntax": lambda text: f"{text}\nc.this is no Python\n",
    "an import above that fails": lambda text: f"import nothing_of_that_name\n{text}",
    "no word of Gradetape": lambda _: "c = get_config()\n",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_configuration_that_never_came_to_plug_in_is_refused(tmp_path, how):
    """traitlets goes on without a file that breaks off; the environment's own configuration watches over that."""
    course = course_with(tmp_path / "course")
    hand_in(course, "forger", write_answer(release(course), WRONG, extra=[escaping(course)]))
    config = course.root / "nbgrader_config.py"
    config.write_text(BROKEN[how](config.read_text()))
    done = subprocess.run(
        ["nbgrader", "autograde", "vault"], cwd=course.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "Nothing is graded without its steps." in done.stderr
    assert not (course.root / "escaped").exists()


@pytest.mark.parametrize("graders", [None, "empty"])
def test_a_copy_of_the_course_without_its_hidden_tests_is_refused(tmp_path, graders):
    """Nothing was recorded there yet: that there are solutions says that hidden tests belong to them."""
    course = course_with(tmp_path / "course")
    shutil.rmtree(course.root / "graders")
    shutil.copytree(COURSES / "vault/solutions", course.root / "solutions")
    if graders:  # what git leaves of a submodule that was not fetched
        (course.root / "graders").mkdir()
    hand_in(course, "fake", write_answer(release(course), WRONG))
    for command in ("gradetape", "nbgrader"):
        done = subprocess.run(
            [command, "autograde", "vault"], cwd=course.root, capture_output=True, text=True, check=False
        )
        assert done.returncode != 0
        assert "graders/ is empty or not there. Bring it back" in " ".join((done.stdout + done.stderr).split())
    assert scores(course) == {}
    (course.root / "graders").mkdir(exist_ok=True)
    (course.root / "graders/README").write_text("No hidden tests in this course.")
    (outcome,) = autograding.autograde(course, ["vault"])
    assert outcome.score == 2.0


def test_a_copy_of_the_notebook_beside_it_is_told(tmp_path):
    """Whose right answers lie in `vault-Copy1.ipynb` has to read why they did not count."""
    course = course_with(tmp_path / "course")
    data = release(course)
    folder = hand_in(course, "ada", write_answer(data, WRONG))
    (folder / "vault-Copy1.ipynb").write_bytes(write_answer(data, RIGHT))
    (outcome,) = autograding.autograde(course, ["vault"])
    assert outcome.notes == ("'vault-Copy1.ipynb' is none of the assignment's notebooks, and does not count.",)


@pytest.mark.parametrize("kind", ["copied", "of another version"])
def test_a_graded_cell_of_a_plain_assignment_that_was_copied_or_edited_is_one_learners(tmp_path, kind):
    """nbgrader ends the run for all of such metadata."""
    course = course_with(tmp_path / "course")
    shutil.rmtree(course.root / "graders")
    nb = json.loads(write_answer(release(course), RIGHT))
    cell = next(c for c in nb["cells"] if c["metadata"]["nbgrader"]["grade_id"] == "double")
    if kind == "copied":
        nb["cells"].insert(0, {**json.loads(json.dumps(cell)), "id": "again"})
    else:
        cell["metadata"]["nbgrader"]["schema_version"] = 99
    hand_in(course, "a_first", json.dumps(nb).encode())
    hand_in(course, "honest", write_answer(release(course), RIGHT))
    done = nbgrader_api(course.root).autograde("vault", "*")
    found = scores(course)
    assert found["honest"] == 4.0
    if kind == "copied":
        assert (
            found["a_first"] == 4.0
        )  # the copy is as any other cell; the last one counts, and `double` is defined below it
    else:
        assert not done["success"]
        assert "a_first, vault: a cell's nbgrader metadata has no version that this nbgrader reads" in done["log"]


ODD_MARKS = {
    "version": (
        {"schema_version": "x"},
        "('double') has the schema_version 'x', which is no number. Was a cell copied",
    ),
    "null": ({"schema_version": None}, "('double') has the schema_version 'None', which is no number."),
    "nameless": ({"grade_id": ""}, "has no grade_id. Was a cell copied, or its metadata edited? Bring it back from"),
    "renamed": ({"grade_id": "mine"}, "('mine') has a grade_id that no cell of the assignment has."),
    "flag": ({"grade": "yes"}, "('double') says grade = 'yes', and that is true or false."),
    "points": ({"points": "many", "checksum": 3, "more": []}, ""),
    "no_grade": ({"grade": False}, ""),
    "an_answer": ({"solution": True}, ""),
    "neither": ({"grade": False, "solution": True, "locked": False}, ""),
    "nothing": ({"grade": False, "locked": False}, ""),
    "a_task": ({"task": True}, ""),
}


def test_odd_marks_in_a_plain_assignment_are_told_with_their_cell(tmp_path):
    """One learner's error in words each; where the release decides anyway, there is none."""
    course = course_with(tmp_path / "course")
    shutil.rmtree(course.root / "graders")
    for name, (change, _) in ODD_MARKS.items():
        nb = json.loads(write_answer(release(course), RIGHT))
        marks = [cell["metadata"]["nbgrader"] for cell in nb["cells"]]
        number, mark = next((n, mark) for n, mark in enumerate(marks, 1) if mark["grade_id"] == "double")
        mark |= change
        nb["metadata"] |= {"kernelspec": None, "language_info": [1]}
        hand_in(course, name, json.dumps(nb).encode())
    hand_in(course, "honest", write_answer(release(course), RIGHT))
    done = nbgrader_api(course.root).autograde("vault", "*")
    found = scores(course)
    mended = {"honest", *(name for name, (_, words) in ODD_MARKS.items() if not words)}
    assert {name: found[name] for name in mended} == dict.fromkeys(mended, 4.0)
    for name, (_, words) in ODD_MARKS.items():
        assert not words or f"{name}, vault: the nbgrader metadata of cell {number} {words}" in done["log"], name


def test_hidden_tests_that_come_or_go_are_noticed(tmp_path):
    """What was graded by another rule is graded again, without force; a plain one it becomes only on purpose."""
    course = course_with(tmp_path / "course")
    data = release(course)
    hand_in(course, "forger", write_answer(data, WRONG))
    path = course.root / "submitted/forger/vault/vault.ipynb"
    nb = json.loads(path.read_text())
    nb["cells"].insert(
        2, {"cell_type": "code", "id": "f", "metadata": {}, "source": FORGED, "outputs": [], "execution_count": None}
    )
    path.write_text(json.dumps(nb))
    (course.root / "graders").rename(course.root / "kept")
    api = nbgrader_api(course.root)
    for _ in range(2):
        assert api.autograde("vault", "*", force=False)["success"]
        assert scores(course) == {"forger": 4.0}
    (course.root / "kept").rename(course.root / "graders")
    assert api.autograde("vault", "*", force=False)["success"]
    assert scores(course) == {"forger": 2.0}
    shutil.rmtree(course.root / "graders")
    (outcome,) = autograding.autograde(course, ["vault"], jobs=1)
    said = (
        "was graded with hidden tests before (for 1 learners), and graders/vault/ is not there. Put it back: is it missing "
        "from a backup, or a submodule that was not fetched? If it is meant to be a plain assignment from now on, remove "
        ".gradetape/recorded/vault, and autograde it with --force."
    )
    assert said in outcome.error
    (finding, _) = doctor._assignments(course)
    assert said in finding.seen
    assert said in check_assignment(course, "vault", on_progress=print).problems[0]
    assert not api.autograde("vault", "*")["success"]
    assert scores(course) == {"forger": 2.0}
    shutil.rmtree(course.root / ".gradetape/recorded/vault")
    (outcome,) = autograding.autograde(course, ["vault"], jobs=1, force=True)
    assert (outcome.score, outcome.how) == (4.0, "graded")
    (outcome,) = autograding.autograde(course, ["vault"], jobs=1)
    assert (outcome.score, outcome.how) == (4.0, "unchanged")


def test_points_that_the_gradebook_does_not_know_are_not_recorded(tmp_path, monkeypatch):
    """Even where it changes after it was looked at: never the smaller of the two."""
    course = course_with(tmp_path / "course")
    hand_in(course, "honest", write_answer(release(course), RIGHT))
    stock = SaveAutoGrades.preprocess

    def preprocess(self, nb, resources):
        other_gradebook(course)
        return stock(self, nb, resources)

    monkeypatch.setattr(SaveAutoGrades, "preprocess", preprocess)
    done = nbgrader_api(course.root).autograde("vault", "honest")
    assert not done["success"]
    words = "honest, vault: question 'square' has 2 points and, in the gradebook, 1. Run `nbgrader generate_assignment vault --force`."
    assert words in done["log"]


@pytest.mark.parametrize("way", ["api", "command"])
def test_a_release_that_cannot_be_made_anew_is_not_lost(tmp_path, way):
    """nbgrader removes it first, then refuses. It comes back, the way out is said, and leads out."""
    course = course_with(tmp_path / "course")
    handed_in(course)
    api = nbgrader_api(course.root)
    assert api.autograde("vault", "*")["success"]
    before = (course.root / "release/vault/vault.ipynb").read_bytes()
    (course.root / "release/vault/more.txt").write_text("of the instructor")
    renamed(course)
    if way == "api":
        done = api.generate_assignment("vault")
        good, log = done["success"], done["log"]
    else:
        command = ["nbgrader", "generate_assignment", "vault"]
        ran = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
        good, log = ran.returncode == 0, ran.stderr
    assert not good
    assert "Cannot add or remove cells" in log
    assert "Gradetape: vault was not generated; its release is as it was before. Where nbgrader refuses" in log
    assert "`nbgrader db assignment remove vault --force`" in log
    assert (course.root / "release/vault/vault.ipynb").read_bytes() == before
    assert (course.root / "release/vault/more.txt").read_text() == "of the instructor"
    assert not any((course.root / ".gradetape/released").iterdir())
    remove = ["nbgrader", "db", "assignment", "remove", "vault", "--force"]
    subprocess.run(remove, cwd=course.root, capture_output=True, check=True)
    assert api.generate_assignment("vault")["success"]
    assert b"power" in (course.root / "release/vault/vault.ipynb").read_bytes()
    assert not any((course.root / ".gradetape/released").iterdir())
    assert api.autograde("vault", "*", force=True)["success"]
    assert scores(course) == {"forger": 2.0, "early": 2.0, "honest": 4.0}


def test_a_release_comes_back_after_a_process_that_was_killed(tmp_path):
    """What lay aside counts as released; nothing is touched where it cannot be laid aside."""
    course = course_with(tmp_path / "course")
    handed_in(course)
    api = nbgrader_api(course.root)
    release_ = course.root / "release/vault/vault.ipynb"
    before = release_.read_bytes()
    (course.root / ".gradetape/released").mkdir(parents=True)
    release_.parent.rename(course.root / ".gradetape/released/vault")
    assert api.autograde("vault", "*")["success"] is False
    renamed(course)
    with api.gradebook as gradebook:
        for student in ("forger", "early", "honest"):
            gradebook.update_or_create_student(student)
            gradebook.add_submission("vault", student)
    assert api.generate_assignment("vault")["success"] is False
    assert release_.read_bytes() == before
    shutil.rmtree(course.root / ".gradetape/released")
    (course.root / ".gradetape/released").write_text("in the way")
    done = api.generate_assignment("vault")
    assert done["success"] is False
    assert "Gradetape: vault: its release cannot be kept while it is generated: " in done["log"]
    assert release_.read_bytes() == before


@pytest.mark.parametrize(
    ("now", "after"),
    [({"a.ipynb": '{"new": 1}'}, "new"), ({"a.ipynb": '{"new": '}, "old"), ({"b.ipynb": "{}"}, "old"), ({}, "old")],
    ids=["whole", "cut off", "another one", "none"],
)
def test_an_older_release_takes_no_newer_ones_place(tmp_path, now, after):
    """What a killed process left aside comes back only where the release is not whole."""
    folder, aside = tmp_path / "release/a", tmp_path / ".gradetape/released/a"
    for place, files in ((aside, {"a.ipynb": '{"old": 1}'}), (folder, now)):
        place.mkdir(parents=True)
        for name, text in files.items():
            (place / name).write_text(text)
    with kept(tmp_path, "a", folder, iter(["a.ipynb"]), log=logging.getLogger()):
        assert (aside / "a.ipynb").read_text() == (folder / "a.ipynb").read_text() == f'{{"{after}": 1}}'
    assert not aside.exists()


@pytest.mark.parametrize("plain", [False, True])
def test_a_notebook_under_another_name_is_told_in_words(tmp_path, plain):
    """In that submission's error; the others are graded. Where nothing was generated, nbgrader says that."""
    course = course_with(tmp_path / "course")
    data = release(course)
    if plain:
        shutil.rmtree(course.root / "graders")
    for student in ("ada", "bo"):
        hand_in(course, student, write_answer(data, RIGHT))
    folder = course.root / "submitted/ada/vault"
    (folder / "vault.ipynb").rename(folder / "Vault.ipynb")
    outcomes = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=1)}
    assert (outcomes["bo"].error, outcomes["bo"].score) == ("", 4.0)
    words = "Vault.ipynb was handed in, and the notebook is expected under its exact name, vault.ipynb. Rename it where"
    assert words in outcomes["ada"].error
    assert "what was recorded before stays until then." in outcomes["ada"].error
    assert "generate_assignment" not in outcomes["ada"].error


def test_guests_are_not_shown_the_course(tmp_path):
    """Whoever names a folder of data that holds the course, or lies in graders/, is told so."""
    course = course_with(tmp_path / "course")
    handed_in(course)
    config = course.root / "nbgrader_config.py"
    for folder in (course.root, course.root.parent, course.root / "graders" / "vault"):
        config.write_text(
            (COURSES / "vault/nbgrader_config.py").read_text() + f"c.Execute.readable_data = [{str(folder)!r}]\n"
        )
        with pytest.raises(
            CourseError, match="Guests would read .* a folder of this course's hidden tests or learners' work"
        ):
            autograding.autograde(course, ["vault"], jobs=1)
        assert not nbgrader_api(course.root).autograde("vault", "honest")["success"]
        assert not (course.root / "autograded" / "honest" / "vault").exists()


def test_what_is_set_aside_twice_lies_beside_the_first(tmp_path):
    """Nothing is deleted, and nothing of one learner's is in another's way."""
    course = course_with(tmp_path / "course")
    data = release(course)
    folder = hand_in(course, "ada", write_answer(data, RIGHT))
    for text in ("first", "second"):
        (folder / "link").symlink_to(text)
        outcome = autograding.autograde(course, ["vault"], jobs=1, force=True)[0]
        assert (outcome.error, outcome.score) == ("", 4.0)
    aside = course.root / ".gradetape/set_aside/ada"
    assert {p.name: os.readlink(p / "link") for p in aside.iterdir()} == {"vault": "first", "vault.2": "second"}


def test_a_contradiction_above_is_refused(tmp_path):
    """Named when the configuration is read, and again by whoever grades."""
    course = course_with(tmp_path / "course")
    handed_in(course)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("plug_in(c,", "c.Execute.enabled = False\nplug_in(c,"))
    words = "c.Execute.enabled = False switches off what grading needs"
    assert words in refusal(course)
    with pytest.raises(CourseError, match=r"c\.Execute\.enabled = False switches off"):
        autograding.autograde(course, ["vault"], jobs=1)


def test_a_course_that_is_not_plugged_in_is_not_graded_by_the_command(tmp_path):
    """Every protection that is missing is named, and the line to write."""
    course = course_with(tmp_path / "course")
    handed_in(course)
    (course.root / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(CourseError) as said:
        autograding.autograde(course, ["vault"], jobs=1)
    for words in (
        "Execute: learners' cells run isolated",
        "missing and changed cells come back",
        "scores come from the result",
        "plug_in(c, Path(__file__).parent)",
    ):
        assert words in str(said.value)
    (course.root / "nbgrader_config.py").write_text("c = get_config()\nimport nothing_of_that_name\n")
    with pytest.raises(CourseError, match="nbgrader_config.py cannot be read: ModuleNotFoundError"):
        autograding.autograde(course, ["vault"], jobs=1)


def test_a_configuration_of_version_0_1_is_still_protected(tmp_path):
    """With its copies of the lines: hidden tests count, cells are fenced, and it is told what to write."""
    course = course_with(tmp_path / "course")
    handed_in(course)
    (course.root / "nbgrader_config.py").write_text((COURSES.parent / "data" / "config_of_0_1.py").read_text())
    done = subprocess.run(
        ["nbgrader", "autograde", "vault"], cwd=course.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "They work for one version more. Remove them all." in done.stderr
    assert scores(course) == {"forger": 2.0, "early": 2.0, "honest": 4.0}
    assert not (course.root / "escaped").exists()


def test_it_works_from_the_accounts_own_file(tmp_path, monkeypatch):
    """The course is nbgrader's, not the folder of the file; a course's own file may take nothing away."""
    course = course_with(tmp_path / "course")
    account = tmp_path / "jupyter"
    account.mkdir()
    text = (course.root / "nbgrader_config.py").read_text()
    (account / "nbgrader_config.py").write_text(text.replace(', exchange="exchange"', ""))
    (course.root / "nbgrader_config.py").write_text("c = get_config()\n")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(account))
    handed_in(course)
    command = ["nbgrader", "autograde", "vault"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert scores(course) == {"forger": 2.0, "early": 2.0, "honest": 4.0}
    (course.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Autograde.exporter_class = 'nbconvert.exporters.NotebookExporter'\n"
        "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute', 'nbgrader.preprocessors.SaveAutoGrades']\n"
    )
    done = subprocess.run([*command, "--force"], cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Nothing is graded without its steps." in done.stderr
    assert not (course.root / "escaped").exists()


def test_a_step_that_fails_ends_that_submission_before_a_file_is_copied(tmp_path):
    """nbgrader swallows what a hook raises; this is none. The others go on."""
    course = course_with(tmp_path / "course")
    data = release(course)
    folder = hand_in(course, "linker", write_answer(data, RIGHT))
    (folder / "secret.txt").symlink_to(course.root / "graders/vault/test_vault.py")
    hand_in(course, "honest", write_answer(data, RIGHT))
    (course.root / ".gradetape").mkdir(exist_ok=True)
    (course.root / ".gradetape" / "set_aside").write_text("in the way")
    done = nbgrader_api(course.root).autograde("vault", "*")
    assert not done["success"]
    assert "'vault' for student 'linker'" in done["log"]
    assert not (course.root / "autograded" / "linker").exists()
    assert scores(course)["honest"] == 4.0


def test_blocks_of_hidden_tests_never_reach_a_learner(tmp_path):
    """Where a test in graders/ judges the question, the block is taken out before anything runs, and off the page."""
    course = course_with(tmp_path / "course")
    path = course.root / "source/vault/vault.ipynb"
    block = "\n### BEGIN HIDDEN TESTS\nassert double(np.array([7.25]))[0] == 14.5, 'CANARY_BLOCK'\n### END HIDDEN TESTS"
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == "double":
            cell["source"] = "".join(cell["source"]) + block
    path.write_text(json.dumps(nb))
    data = release(course)
    assert b"CANARY_BLOCK" not in data
    spy = "print(get_ipython().history_manager.input_hist_raw if get_ipython().history_manager else In, In)"
    hand_in(course, "spy", write_answer(data, WRONG, extra=[spy]))
    outcome = autograding.autograde(course, ["vault"], jobs=1)[0]
    assert (outcome.error, outcome.score, outcome.how) == ("", 2.0, "graded")
    graded = (course.root / "autograded/spy/vault/vault.ipynb").read_text()
    assert "def square" in graded
    assert "CANARY_BLOCK" not in graded
    assert nbgrader_api(course.root).generate_feedback("vault")["success"]
    assert "CANARY_BLOCK" not in (course.root / "feedback/spy/vault/vault.html").read_text()


def test_marks_of_ours_in_a_learners_metadata_are_nobodys(tmp_path):
    """A right notebook that calls itself unreadable, and outputs that call themselves verdicts."""
    course = course_with(tmp_path / "course")
    nb = json.loads(write_answer(release(course), RIGHT))
    nb["metadata"]["gradetape_unreadable"] = "because I say so"
    nb["metadata"]["gradetape"] = {"limits": {"cell_seconds": 1e9}}
    hand_in(course, "liar", json.dumps(nb).encode())
    outcome = autograding.autograde(course, ["vault"], jobs=1)[0]
    assert (outcome.error, outcome.score, outcome.how) == ("", 4.0, "graded")
    graded = json.loads((course.root / "autograded/liar/vault/vault.ipynb").read_text())
    assert not {"gradetape_unreadable", "gradetape"} & graded["metadata"].keys()


def test_attached_modules_and_pages_get_another_name(tmp_path):
    """In autograded/ and feedback/ nothing lies that Python would import or a browser run; guests see the old names."""
    course = course_with(tmp_path / "course")
    (course.root / "source/vault/given.py").write_text("VALUE = 3\n")
    answers = {**RIGHT, "double_answer": "import helper, given\ndef double(x):\n    return helper.twice(x)"}
    folder = hand_in(course, "ada", write_answer(release(course), answers))
    (folder / "helper.py").write_text("def twice(x):\n    return x + x\n")
    (folder / "importlib.py").write_text("raise SystemExit\n")
    (folder / "page.HTML").write_text("<script>1</script>")
    (folder / "data.csv").write_text("1,2")
    for force in (False, True):
        outcome = autograding.autograde(course, ["vault"], jobs=1, force=force)[0]
        assert (outcome.error, outcome.score) == ("", 4.0)
    assert nbgrader_api(course.root).generate_feedback("vault")["success"]
    for part in ("autograded", "feedback"):
        there = {p.name for p in (course.root / part / "ada/vault").iterdir()} - {"vault.ipynb", "vault.html"}
        assert there == {
            "helper.py.attached.txt", "importlib.py.attached.txt", "page.HTML.attached.txt", "data.csv", "given.py",
        }  # fmt: skip


def test_a_file_where_a_folder_of_the_course_belongs_costs_nothing(tmp_path):
    """And the other way round: set aside with a note, and graded."""
    course = course_with(tmp_path / "course")
    (course.root / "source/vault/data").mkdir()
    (course.root / "source/vault/data/numbers.csv").write_text("1,2")
    (course.root / "source/vault/given.txt").write_text("x")
    folder = hand_in(course, "ada", write_answer(release(course), RIGHT))
    (folder / "data").write_text("a file")
    (folder / "given.txt").mkdir()
    (folder / "given.txt" / "x").write_text("x")
    outcome = autograding.autograde(course, ["vault"], jobs=1)[0]
    assert (outcome.error, outcome.score) == ("", 4.0)
    assert (course.root / "autograded/ada/vault/data/numbers.csv").is_file()
    assert (course.root / ".gradetape/set_aside/ada/vault/data").read_text() == "a file"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what nobody else may list")
def test_paths_beyond_measure_cost_one_submission_nothing(tmp_path):
    """A path of more than 4,096 bytes beside the notebook is set aside; the class goes on."""
    course = course_with(tmp_path / "course")
    data = release(course)
    folder = hand_in(course, "deep", write_answer(data, RIGHT))
    hand_in(course, "honest", write_answer(data, RIGHT))
    here = os.open(folder, os.O_RDONLY)
    try:
        for _ in range(30):
            os.mkdir("d" * 200, dir_fd=here)
            deeper = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
        os.close(os.open("file.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    finally:
        os.close(here)
    outcomes = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=1)}
    assert {name: (o.error, o.score) for name, o in outcomes.items()} == {"deep": ("", 4.0), "honest": ("", 4.0)}
    shutil.rmtree(course.root / ".gradetape")  # pytest's own clean-up stops at such paths


@pytest.mark.skipif(os.geteuid() != 0, reason="this run is an unprivileged user's already")
def test_the_same_as_an_unprivileged_user():
    """The steps around the fence hold for a grader without any privilege, too."""
    folder = tempfile.mkdtemp(prefix="gradetape-unprivileged-")  # pytest's own are closed to other users
    launcher = [sys.executable, str(Path(__file__).parent / "attacks" / "as_user.py"), folder]
    chosen = "fails_ends or blocks_of or attached_modules or Week or marks_of"
    suite = [sys.executable, "-m", "pytest", "-q", __file__, "-k", chosen, f"--basetemp={folder}/user/pytest"]
    try:
        done = subprocess.run([*launcher, *suite], cwd=ROOT, capture_output=True, text=True, check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "7 passed" in done.stdout, done.stdout[-300:]
