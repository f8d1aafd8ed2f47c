"""Folders handed in that are too large, too deep, or none: one learner's note or error, and nobody waits for it."""

import os
import shutil
import subprocess
import time

import pytest
from helpers import COURSES, write_answer
from nbgrader.converters import base

from gradetape import autograding, folders
from gradetape.course import Course
from gradetape.releasing import nbgrader_api

pytestmark = [pytest.mark.e2e, pytest.mark.guests]
RIGHT = {"double_answer": "def double(x):\n    return x + x", "square_answer": "def square(x):\n    return x * x"}


def fill(folder, number, end=".txt"):
    folder.mkdir(exist_ok=True)
    for which in range(number):
        (folder / f"{which}{end}").touch()


def deep(folder):
    here = os.getcwd()
    os.chdir(folder)
    for _ in range(5000):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(here)


NOTED = {
    "flat": (lambda f: fill(f, 9000), "9,000 attached files and folders were set aside: a submission may hold 8,000"),
    "below": (lambda f: fill(f / "data", 9000), "attached file 'data' was set aside: a submission may hold 8,000"),
    "allowed": (lambda f: fill(f / "data", 1999), ""),
    "deep": (deep, "was set aside: it lies below more than 100 folders."),
    "books": (
        lambda f: fill(f, 3000, ".ipynb"),
        "2980 more notebooks are none of the assignment's, and are passed over.",
    ),
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A released course; what is deep is removed by a program that can."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    shutil.copytree(COURSES / "vault", tmp_path / "vault", ignore=shutil.ignore_patterns("__pycache__"))
    assert nbgrader_api(tmp_path / "vault").generate_assignment("vault")["success"]
    yield Course(tmp_path / "vault")
    subprocess.run(["rm", "-rf", tmp_path / "vault"], check=True)


def hand_in(course, name):
    folder = course.root / "submitted" / name / "vault"
    folder.mkdir(parents=True)
    release = (course.root / "release" / "vault" / "vault.ipynb").read_bytes()
    (folder / "vault.ipynb").write_bytes(write_answer(release, RIGHT, extra=[f"WHO = '{name}'"]))
    return folder


def test_large_and_deep_folders(course, monkeypatch):
    """All right notebooks have their points, with a note; nbgrader's own listing of folders is nowhere asked."""
    monkeypatch.setattr("nbgrader.utils.is_ignored", lambda *_: pytest.fail("a shell's pattern for each file"))
    for name, (make, _) in NOTED.items():
        make(hand_in(course, name))
    began = time.process_time()
    outcomes = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert time.process_time() - began < 30
    assert {name: (o.error, o.score) for name, o in outcomes.items()} == dict.fromkeys(NOTED, ("", 4.0))
    for name, (_, words) in NOTED.items():
        assert any(words in note for note in outcomes[name].notes) if words else not outcomes[name].notes, name
    assert len(list((course.root / "autograded" / "allowed" / "vault" / "data").iterdir())) == 1999
    assert {o.how for o in autograding.autograde(course, ["vault"], jobs=2)} == {"unchanged"}
    done = nbgrader_api(course.root).generate_feedback("vault")
    assert done["success"], done["log"]
    assert base.find_all_files is not folders.copied  # it was replaced for nbgrader's steps only


def test_what_is_no_folder_is_not_graded(course):
    """A file or a link in a circle where the folder should be, and one that nobody may enter: a line each."""
    hand_in(course, "right")
    for name in ("file", "loop", "shut"):
        (course.root / "submitted" / name).mkdir()
    (course.root / "submitted" / "file" / "vault").write_text("x")
    (course.root / "submitted" / "loop" / "vault").symlink_to("vault")
    (course.root / "submitted" / "shut" / "vault").mkdir(mode=0)
    outcomes = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert (outcomes["right"].error, outcomes["right"].score) == ("", 4.0)
    assert "submitted/file/vault' is a file, and should be a folder with the notebook in it." in outcomes["file"].error
    assert "submitted/loop/vault' is a link that leads nowhere, and should be a folder" in outcomes["loop"].error
    assert outcomes["shut"].error
    if os.geteuid():
        assert "cannot be read by this account. Give it the right to" in outcomes["shut"].error
