"""No learner's cell runs outside of a guest, and hidden tests always count: no odd name, missing file or error is a way around.

The course `vault` under other ids and with other files, graded by nbgrader's own converter. A cell that runs as the grader
would leave a file behind; a wrong answer that forges its way past the visible check would have full marks.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from helpers import COURSES, ROOT, write_answer

from gradetape import autograding
from gradetape.course import Course, CourseError
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


@pytest.mark.parametrize("name", ["Week-1", "hw-1", "Übung 2", "hw[1]", "a{b}", "1", "week 1.final"])
def test_any_id_that_nbgrader_takes_is_graded_by_hidden_tests(tmp_path, name):
    """Not only names of modules: the forger gets nothing for `double`, the honest learner all."""
    course = course_with(tmp_path / "course", name)
    if "[" in name:  # nbgrader itself looks for files of that pattern, and finds none
        release_path = tmp_path / "course" / "release" / name
        assert course.tested(name).has_tests
        assert not release_path.exists()
        return
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


UNUSABLE = {
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
    if spoil not in (no_release, broken_source):
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
    "c.Execute.enabled = False": "they were not asked (--no-execute",
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
    assert (found["honest"], found["points"]) == (4.0, 4.0)
    for name, (_, words) in ODD_MARKS.items():
        assert not words or f"{name}, vault: the nbgrader metadata of cell {number} {words}" in done["log"], name


def test_hidden_tests_that_come_or_go_are_noticed(tmp_path):
    """What was graded by another rule is graded again, by both commands, without force."""
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
    assert (outcome.score, outcome.how) == (4.0, "graded")
    (outcome,) = autograding.autograde(course, ["vault"], jobs=1)
    assert (outcome.score, outcome.how) == (4.0, "unchanged")


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
    words = "c.Execute.enabled = False switches off what plug_in puts in"
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
