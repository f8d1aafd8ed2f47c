"""A Dask cluster as the crew: what is checked before the first task, and the whole way through the command."""

import shutil
import subprocess
import sys
import time
from operator import itemgetter
from pathlib import Path

import pytest
from helpers import COURSES, write_answer

from gradetape import submissions
from gradetape.cluster import Cluster, ClusterError
from gradetape.course import Course
from gradetape.policy import ExposedError
from gradetape.releasing import nbgrader_api

sys.path.append(str(Path(__file__).parent / "faults"))
from worker_kills import Dask

pytestmark = pytest.mark.e2e
RIGHT = {"double_answer": "def double(x):\n    return x + x", "square_answer": "def square(x):\n    return x * x"}


@pytest.fixture(scope="module", autouse=True)
def _light():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADETAPE_NO_PRELOAD", "1")
        yield


@pytest.fixture(scope="module")
def dask(tmp_path_factory, _light):
    with Dask(tmp_path_factory.mktemp("dask"), 2) as running:
        with Cluster(running.address, trust=True) as cluster:
            while cluster.slots < 2:
                time.sleep(0.1)
        yield running


def test_no_scheduler_there():
    with pytest.raises(ClusterError, match=r"No Dask scheduler answers at 'tcp://127.0.0.1:9'"):
        Cluster("tcp://127.0.0.1:9")


def test_an_address_that_is_none():
    with pytest.raises(ClusterError, match="No Dask scheduler answers at 'nonsense://x'"):
        Cluster("nonsense://x")


def test_workers_with_other_versions_are_named(dask, monkeypatch):
    """All differences at once, before anything is sent."""
    theirs = submissions.versions()
    monkeypatch.setattr(submissions, "_versions", lambda: {**theirs, "tensorflow": "1.0", "gradetape": "99"})
    with pytest.raises(ClusterError, match=rf"has tensorflow {theirs['tensorflow']}, this machine has 1\.0") as error:
        Cluster(dask.address)
    assert str(error.value).count("gradetape") == 2  # two workers


def test_workers_that_cannot_isolate_are_refused(dask, monkeypatch):
    """Unless the learners are trusted."""
    from gradetape import cluster

    monkeypatch.setattr(cluster, "exposed", lambda held: ["files", "network"])
    with pytest.raises(ExposedError):
        Cluster(dask.address)
    with Cluster(dask.address, trust=True) as trusted:
        assert trusted.slots == 2


def test_the_command(dask, tmp_path):
    """`--scheduler`: the workers grade, this machine records."""
    root = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    assert nbgrader_api(root).generate_assignment("vault")["success"]
    release = (root / "release" / "vault" / "vault.ipynb").read_bytes()
    for number in range(5):
        path = root / "submitted" / f"s{number}" / "vault" / "vault.ipynb"
        path.parent.mkdir(parents=True)
        answers = RIGHT | {"double_answer": f"# {number}\n{RIGHT['double_answer']}"}
        path.write_bytes(write_answer(release, answers if number else {}))
    command = ["gradetape", "autograde", "vault", "--scheduler", dask.address]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "5 submissions: 5 graded" in done.stdout
    with nbgrader_api(root).gradebook as gradebook:
        found = {e["student"]: e["score"] for e in gradebook.submission_dicts("vault")}
    assert found == {"s0": 0.0, "s1": 4.0, "s2": 4.0, "s3": 4.0, "s4": 4.0}
    assert "unchanged" in subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert Course(root).ids() == ["vault"]


def test_an_error_of_the_command_is_one_line(tmp_path):
    root = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    assert nbgrader_api(root).generate_assignment("vault")["success"]
    path = root / "submitted" / "ada" / "vault" / "vault.ipynb"
    path.parent.mkdir(parents=True)
    shutil.copy(root / "release" / "vault" / "vault.ipynb", path)
    command = ["gradetape", "autograde", "vault", "--scheduler", "tcp://127.0.0.1:9"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("gradetape: No Dask scheduler answers")
    assert "Traceback" not in done.stderr


def test_workers_prepare_data_before_the_first_submission(dask, monkeypatch):
    """A worker that cannot is named with its reason, and that is nobody's missing grade."""
    from gradetape import cluster as module
    from gradetape.datasets.preparing import PreparationError

    with Cluster(dask.address, trust=True) as cluster:
        cluster._prepare(())
        monkeypatch.setattr(module, "_with_data", itemgetter(0))  # what a worker returns is why it cannot
        with pytest.raises(PreparationError, match=r"Worker tcp://.*: no room"):
            cluster._prepare(("no room",))
