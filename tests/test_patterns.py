"""Names that are shell patterns: of learners, of assignments, of the course's folder. nbgrader looks for all with them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import test_points
from helpers import write_answer
from test_fail_closed import RIGHT, course_with, hand_in, release, scores

from gradetape import autograding, doctor, scaffold
from gradetape.course import CourseError
from gradetape.handed_in import learners
from gradetape.ids import id_problem, path_problem, student_problem
from gradetape.releasing import nbgrader_api

ODD = ["[z]oe", "*", "zz[1]*?", "a\nb"]
GOOD = ["ann", "bob", "zoe"]


_light = test_points._light
plain = test_points.plain


@pytest.fixture
def class_(plain):
    """Everybody's answers are right."""
    data = write_answer(release(plain), RIGHT)
    for name in (*GOOD, *ODD):
        hand_in(plain, name, data)
    return plain


def run(course, *arguments):
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *arguments],
        cwd=course.root, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_names():
    """What cannot be one says why; what can be one is not asked about."""
    assert [name for name in ("p1", "Week-1", "a{b}", "hw(1)", "Übung 2", "[", "x*", "y?") if id_problem(name)] == [
        "[", "x*", "y?",
    ]  # fmt: skip
    good = ["ann", "a+b", "o'hara", "ann@x.org", "Zoë", "x]", "a b"]
    assert [name for name in (*good, *ODD, "", ".", "..", "a/b", "\x1b") if not student_problem(name)] == good
    assert path_problem("/srv/courses/2026") == ""
    assert "finds nothing in '/srv/K [2026]'. Rename the folder." in path_problem("/srv/K [2026]")


@pytest.mark.e2e
@pytest.mark.guests
def test_nbgrader_grades_the_others(class_):
    """`nbgrader autograde` and `generate_feedback`: a line for each, an exit code, everybody else's points and page."""
    code, said = run(class_, "nbgrader", "autograde", "vault")
    assert code != 0
    for name in ODD:
        shown = name.replace("\n", "\\n")
        assert f"submitted/{shown}/vault is left out: a learner's name has no " in said, name
    assert scores(class_) == dict.fromkeys(GOOD, 4.0), said
    for name in ODD:
        shutil.copytree(class_.root / "autograded/ann", class_.root / "autograded" / name)
    done = nbgrader_api(class_.root).generate_feedback("vault")
    assert not done["success"]
    assert "[ERROR] Gradetape: " in done["log"]
    assert sorted(path.parts[-3] for path in class_.root.glob("feedback/*/*/vault.html")) == GOOD
    for name in ODD:
        assert (class_.root / "submitted" / name / "vault/vault.ipynb").is_file()


@pytest.mark.e2e
@pytest.mark.guests
def test_gradetape_grades_the_others(class_):
    """An error for each, with what to do; asked for by name as well. nbgrader's own wildcard stays one."""
    outcomes = {o.student: o for o in autograding.autograde(class_, ["vault"], jobs=2)}
    assert {name: outcomes[name].score for name in GOOD} == dict.fromkeys(GOOD, 4.0)
    for name in ODD:
        assert outcomes[name].error.startswith("a learner's name has no "), name
        assert " Rename the folder " in outcomes[name].error
    assert scores(class_) == dict.fromkeys(GOOD, 4.0)
    (asked,) = autograding.autograde(class_, ["vault"], students=["[z]oe"], jobs=2)
    assert (asked.student, bool(asked.error)) == ("[z]oe", True)
    done = nbgrader_api(class_.root).autograde("vault", "[z]oe")  # as the formgrader's button does
    assert not done["success"]
    assert "[z]oe/vault is left out" in done["log"]
    for name in ODD:
        shutil.rmtree(class_.root / "submitted" / name)
    done = nbgrader_api(class_.root).autograde("vault", "*")
    assert done["success"], done["log"]
    assert scores(class_) == dict.fromkeys(GOOD, 4.0)


@pytest.mark.e2e
def test_signs_of_regular_expressions_are_signs(tmp_path):
    """In an assignment's id and a course's path: who handed in is found, and nobody else."""
    course = course_with(tmp_path / "k+(1)", "hw(1)")
    for name, what in (("ann", "hw(1)"), ("o.k", "hw(1)"), ("bob", "hw1")):
        hand_in(course, name, b"{}", what)
    assert learners(nbgrader_api(course.root), "hw(1)") == {"ann", "o.k"}


@pytest.mark.e2e
@pytest.mark.guests
def test_an_id_that_is_a_pattern(tmp_path):
    """Refused in words by all who would take it for others' names; a pattern for several assignments stays one."""
    course = course_with(tmp_path / "course", "hw[1]")
    assert course.ids() == ["hw[1]"]
    for attempt in (course.tested, course.load, lambda name: scaffold.create(course, name)):
        with pytest.raises(CourseError, match=r"an id has no \*, \? or \[ .*Choose another\."):
            attempt("hw[1]")
    (outcome,) = autograding.autograde(course, ["hw[1]"])
    assert "Choose another." in outcome.error
    assert any("an id has no *" in f.seen for f in doctor._assignments(course))
    done = nbgrader_api(course.root).generate_assignment("hw[1]")
    assert "Assignment hw[1]: an id has no *, ? or [" in done["log"]
    for part in ("source", "graders"):
        shutil.copytree(course.root / part / "hw[1]", course.root / part / "hw1")
    (course.root / "source/hw1/hw[1].ipynb").rename(course.root / "source/hw1/hw1.ipynb")
    (course.root / "graders/hw1/test_vault.py").rename(course.root / "graders/hw1/test_hw1.py")
    hand_in(course, "ann", write_answer(release(course, "hw1"), RIGHT), "hw1")
    hand_in(course, "ann", b"{}", "hw[1]")
    done = nbgrader_api(course.root).autograde("hw*", "*")
    assert not done["success"]
    assert scores(course, "hw1") == {"ann": 4.0}
    shutil.copytree(course.root / "autograded/ann/hw1", course.root / "autograded/ann/hw[1]")
    done = nbgrader_api(course.root).generate_feedback("hw*")
    assert not done["success"]
    assert "autograded/ann/hw[1] is left out: an id has no *" in done["log"]
    assert (course.root / "feedback/ann/hw1/hw1.html").is_file()


@pytest.mark.e2e
def test_a_course_whose_path_is_a_pattern(tmp_path):
    """`init`, `doctor`, `gradetape autograde`, and nbgrader's converters say what is wrong with it."""
    words = "nbgrader takes *, ? and [ in a course's path for a pattern, and finds nothing in "
    with pytest.raises(CourseError) as caught:
        scaffold.found(tmp_path / "K [2026]", "k")
    assert str(caught.value).startswith(f"Nothing was written: {words}")
    assert not (tmp_path / "K [2026]").exists()
    course = course_with(tmp_path / "K [2026]")
    (finding,) = doctor._course(course.root)
    assert (finding.ok, finding.required, finding.seen.startswith(words)) == (False, True, True)
    with pytest.raises(CourseError) as caught:
        autograding.autograde(course, ["vault"])
    assert str(caught.value).startswith(words)
    api = nbgrader_api(course.root)
    for done in (api.generate_assignment("vault"), api.autograde("vault", "*"), api.generate_feedback("vault")):
        assert f"[ERROR] Gradetape: {words}{str(course.root)!r}. Rename the folder." in done["log"]
