"""Plain assignments beside ours: the same scores as stock nbgrader's, cell by cell, and no cell outside of a guest."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

sys.path.insert(0, str(Path(__file__).parent))
import assignments

pytestmark = [pytest.mark.e2e, pytest.mark.guests, pytest.mark.timeout(900)]

STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'plain'\n"
LIMITS = (
    "import os\nc.Execute.timeout = int(os.environ['CELL_SECONDS'])\nc.Execute.iopub_timeout = 60\n"
    "c.Execute.readable_data = ['~/.keras', '~/tensorflow_datasets']\n"
)
SECONDS = {"Step-2": "8"}
"""Seconds of a cell; a learner of this assignment sleeps for longer. TensorFlow's import takes its time on a busy machine."""


def run(root, home, *command):
    seconds = SECONDS.get(command[-1], "120")
    environment = {**os.environ, "HOME": str(home), "TF_CPP_MIN_LOG_LEVEL": "3", "CELL_SECONDS": seconds}
    for name in ("KERAS_HOME", "TFDS_DATA_DIR", "XDG_CACHE_HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
        environment.pop(name, None)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stderr


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The same class graded three times: by stock nbgrader, by nbgrader with Gradetape, by Gradetape's command."""
    base = tmp_path_factory.mktemp("plain")
    first, home = base / "stock", base / "home"
    first.mkdir()
    assignments.write(first, home)
    (first / "nbgrader_config.py").write_text(STOCK + LIMITS)
    for name in assignments.ASSIGNMENTS:
        run(first, home, "nbgrader", "generate_assignment", name)
    assignments.hand_in(first)
    ours = (ROOT / "nbgrader_config.py").read_text().replace("plug_in(c", f"{LIMITS}plug_in(c")
    said = {}
    for way in ("nbgrader", "gradetape"):
        shutil.copytree(first, base / way)
        (base / way / "nbgrader_config.py").write_text(ours)
    for name in assignments.ASSIGNMENTS:
        run(first, home, "nbgrader", "autograde", name)
        said[name] = run(base / "nbgrader", home, "nbgrader", "autograde", name)
        run(base / "gradetape", home, "gradetape", "autograde", name)
    return base, said


def grades(root):
    """All grades of a course: (assignment, learner, cell) to automatic points, and whether a person has to look."""
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for name in assignments.ASSIGNMENTS:
            for submission in gradebook.assignment_submissions(name):
                for notebook in submission.notebooks:
                    for grade in notebook.grades:
                        found[name, submission.student_id, grade.name] = (grade.auto_score, grade.needs_manual_grade)
    return found


@pytest.mark.parametrize("way", ["nbgrader", "gradetape"])
def test_scores_are_nbgraders(graded, way):
    """Cell by cell, over four assignments and twenty-one submissions, through both commands."""
    base, _ = graded
    stock, found = grades(base / "stock"), grades(base / way)
    assert len({key[:2] for key in stock}) == 21
    assert len({score for score, _ in stock.values()}) >= 5
    assert {key: (stock[key], found[key]) for key in stock if stock[key] != found.get(key)} == {}
    assert found.keys() == stock.keys()


def test_a_denied_download_says_how_to_allow_it(graded):
    """To staff in the log, to the learner below the cell."""
    base, said = graded
    assert "absent, tfds_data: cell 6 wanted to download something, and guests have no network." in said["tfds_data"]
    assert "c.Execute.readable_data = ['~/.keras', '~/tensorflow_datasets']" in said["tfds_data"]
    nb = json.loads((base / "nbgrader/autograded/absent/tfds_data/tfds_data.ipynb").read_text())
    assert "there is no network" in json.dumps(nb["cells"][5]["outputs"])


def test_doctor_names_what_notebooks_load(graded):
    """With the folder to allow, where it is not allowed yet."""
    base, _ = graded
    (base / "bare").mkdir()
    (base / "bare" / "source").symlink_to(base / "stock" / "source")
    found = run_doctor(base / "bare", base / "home")
    seen = {f["seen"]: f for f in found if f["name"] == "course: data"}
    assert any(s.startswith("keras data loads fashion_mnist from ") and "which guests do not see" in s for s in seen)
    assert any(s.startswith("tfds_data loads mnist from ") for s in seen)
    allowed = [f for f in run_doctor(base / "nbgrader", base / "home") if f["name"] == "course: data"]
    assert allowed
    assert all(f["ok"] for f in allowed)


def run_doctor(root, home):
    environment = {**os.environ, "HOME": str(home), "GRADETAPE_NO_PRELOAD": "1", "CELL_SECONDS": "60"}
    for name in ("KERAS_HOME", "TFDS_DATA_DIR"):
        environment.pop(name, None)
    command = ["gradetape", "doctor", "--format", "json"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)
