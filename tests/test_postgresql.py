"""PostgreSQL as nbgrader's gradebook: a real server, and several graders at once."""

import os
import shutil
import subprocess

import postgres
import pytest
from helpers import COURSES, write_answer

from gradetape.course import Course
from gradetape.releasing import nbgrader_api
from gradetape.store import Store

pytestmark = pytest.mark.e2e

RIGHT = {"double_answer": "def double(x):\n    return x + x", "square_answer": "def square(x):\n    return x * x"}
WRONG = {"double_answer": "def double(x):\n    return x", "square_answer": "def square(x):\n    return x ** 2"}
NUMBER = 12


@pytest.fixture(scope="module")
def url():
    if postgres.binaries() is None:
        say = pytest.fail if os.environ.get("GRADETAPE_NO_SKIPS") else pytest.skip
        say("There is no PostgreSQL server here. `make system` installs Debian's.")
    with postgres.server() as address:
        yield address


@pytest.fixture
def course(tmp_path, url, monkeypatch):
    """The course `vault` with its gradebook on the server, released and handed in by a dozen learners."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    root = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    config = root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {url!r}\n")
    assert nbgrader_api(root).generate_assignment("vault")["success"]
    release = (root / "release" / "vault" / "vault.ipynb").read_bytes()
    for number in range(NUMBER):
        path = root / "submitted" / f"learner{number:02}" / "vault" / "vault.ipynb"
        path.parent.mkdir(parents=True)
        answers = dict(WRONG if number % 3 == 0 else RIGHT)
        answers["square_answer"] = f"# {number}\n{answers['square_answer']}"
        path.write_bytes(write_answer(release, answers))
    return Course(root)


def test_several_graders_at_once(course, url):
    """Two of ours and one of nbgrader's, on overlapping learners: every score once, and right."""
    students = [f"learner{n:02}" for n in range(NUMBER)]
    ours = [
        ["gradetape", "autograde", "vault", "--jobs", "1", *(f"--student={s}" for s in part)]
        for part in (students[:8], students[4:])
    ]
    commands = [*ours, ["nbgrader", "autograde", "vault", "--student", "learner*[05]"]]
    runs = [
        subprocess.Popen(c, cwd=course.root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for c in commands
    ]
    said = [run.communicate(timeout=300)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], said
    assert not (course.root / "gradebook.db").exists()
    api = nbgrader_api(course.root)
    assert api.coursedir.db_url == url
    with api.gradebook as gradebook:
        found = [(e["student"], e["score"]) for e in gradebook.submission_dicts("vault")]
    assert sorted(found) == [(s, 2.0 if n % 3 == 0 else 4.0) for n, s in enumerate(students)]
    assert len(list(Store(course.root).results())) == NUMBER
    assert len(list((course.root / "autograded").glob("*/vault/vault.ipynb"))) == NUMBER
    again = subprocess.run(
        ["gradetape", "autograde", "vault"], cwd=course.root, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert f"{NUMBER} submissions" in again.stdout
