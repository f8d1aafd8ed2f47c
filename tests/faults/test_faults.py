"""Whatever dies, fills up or hangs: after a restart every submission has one result, the one it deserves."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from helpers import COURSES, write_answer

sys.path.insert(0, str(Path(__file__).parent))
import faults

from gradetape.course import Course
from gradetape.grading import Submission, close_all, grade
from gradetape.judge.deadline import TimeUpError, deadline
from gradetape.kept import kept
from gradetape.store import Store
from gradetape.verdict import Status

pytestmark = pytest.mark.guests
RUNS = int(os.environ.get("GRADETAPE_FAULT_RUNS", "2"))


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    """A class and its undisturbed results."""
    return faults.Setting(tmp_path_factory.mktemp("faults") / "setting")


@pytest.mark.parametrize("kind", faults.KINDS)
def test_random_faults(setting, kind):
    """Processes killed at random moments, two graders at once, a full disk, a clock that jumps."""
    for seed in range(RUNS):
        outcome = faults.run(setting, 1000 + seed, kind)
        print(outcome)
        assert outcome.ok, outcome


def vault(folder, test, **limits):
    """A copy of the course `vault` with one more hidden test for `double`."""
    shutil.copytree(COURSES / "vault", folder, ignore=shutil.ignore_patterns("__pycache__"))
    tests = folder / "graders" / "vault" / "test_vault.py"
    tests.write_text(f"{tests.read_text()}\n\n{test}")
    source = folder / "source" / "vault" / "vault.ipynb"
    nb = json.loads(source.read_text())
    nb["metadata"]["gradetape"]["limits"].update(limits)
    source.write_text(json.dumps(nb))
    return Course(folder).load("vault")


_LOOP, _SLEEP = "while True:\n        pass", "import time\n    time.sleep(1000)"


@pytest.mark.parametrize(("body", "threaded"), [(_LOOP, False), (_SLEEP, False), (_LOOP, True)])
def test_a_hidden_test_that_hangs(tmp_path, monkeypatch, body, threaded):
    """It is stopped, its question goes to a person, the other question has its points."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    hang = f'@question("double")\ndef test_hangs():\n    """Hangs."""\n    {body}\n'
    assignment = vault(tmp_path / "vault", hang, test_seconds=1.5)
    found = []
    work = lambda: found.append(grade(assignment, Submission(assignment.source), seed=3))  # noqa: E731
    if threaded:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(60)
    else:
        work()
    close_all()
    (result,) = found
    assert result.verdict("double").status is Status.UNCHECKED
    assert result.verdict("square").score == 2
    assert any("TimeUpError" in text for text in result.staff.values())


def test_a_deadline_that_is_kept_leaves_nothing_behind():
    """No late exception, and the caller's own alarm handler is back."""
    before = signal.getsignal(signal.SIGALRM)
    with deadline(0.2):
        pass
    time.sleep(0.4)
    assert signal.getsignal(signal.SIGALRM) is before
    with pytest.raises(TimeUpError, match="more than 0.1 s"), deadline(0.1):
        time.sleep(5)


def test_a_hidden_test_that_crashes_the_grader(tmp_path):
    """Twice the grader dies over the same submission; then that one goes to a person and the class goes on."""
    crash = '@question("double")\ndef test_crashes(learner):\n    """Crashes."""\n    import os\n    if learner(doubled, 6.5) == 6.5:\n        os.abort()\n'
    setting = faults.Setting(tmp_path / "setting")
    vault(tmp_path / "crashing", crash)
    setting.course = tmp_path / "crashing"
    root = tmp_path / "root"
    root.mkdir()
    codes, lines = [], []
    for _ in range(3):
        with setting.start(root) as grader:
            lines = [json.loads(line) for line in grader.communicate(timeout=120)[0].splitlines()]
            codes.append(grader.returncode)
    assert codes == [-signal.SIGABRT, -signal.SIGABRT, 0]
    scores = {line["name"]: line["scores"] for line in lines}
    assert scores["bo"] == {"double": ["could not be checked", 0], "square": ["could not be checked", 0]}
    assert scores["ada"]["double"] == ["passed", 2]
    assert [line["from_store"] for line in lines if line["name"] == "ada"] == [True]


def test_why_there_is_no_result_is_said(tmp_path, monkeypatch):
    """The note of a submission that took graders with it names the number and a suspect."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    assignment = Course(COURSES / "vault").load("vault")
    submission = Submission(assignment.source)
    from gradetape.grading import digest

    claims = tmp_path / ".gradetape" / "claims"
    claims.mkdir(parents=True)
    (claims / digest(assignment, submission)).write_text("xx")
    done = kept(assignment, submission, Store(tmp_path))
    assert done.result.notes == ("The grader's process ended 2 times while it graded this; is a hidden test to blame?",)
    assert list(claims.iterdir()) == []
    assert kept(assignment, submission, Store(tmp_path), seed=1).result.score == 4
    close_all()


# ---- through nbgrader ----


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A released course with a class that has handed in, not graded yet."""
    root = tmp_path_factory.mktemp("course") / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    nbgrader("generate_assignment", root, "--force")
    release = (root / "release" / "vault" / "vault.ipynb").read_bytes()
    for name, answers in faults.CLASS.items():
        path = root / "submitted" / name / "vault" / "vault.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(write_answer(release, answers))
    return root


SCORES = {"ada": 4.0, "bo": 2.0, "cleo": 2.0, "dan": 2.0}


def nbgrader(name, root, *more, check=True):
    environment = {**os.environ, "GRADETAPE_NO_PRELOAD": "1"}
    done = subprocess.run(
        ["nbgrader", name, "vault", *more], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, done.stderr[-3000:]
    return done


def scores(root):
    """Every learner's score, from the gradebook; each must be there once."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        found = [(s.student_id, s.score) for s in gradebook.assignment_submissions("vault")]
    assert len(found) == len(dict(found))
    return dict(found)


def fresh(course, folder):
    return Path(shutil.copytree(course, folder))


@pytest.mark.e2e
@pytest.mark.parametrize("seed", range(3))
def test_nbgrader_killed_and_started_again(course, tmp_path, seed):
    """`kill -9` of nbgrader's own process at a random moment; what was graded is not graded again."""
    root = fresh(course, tmp_path / "vault")
    rng = random.Random(seed)
    with subprocess.Popen(
        ["nbgrader", "autograde", "vault"],
        cwd=root,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "GRADETAPE_NO_PRELOAD": "1"},
    ) as grader:
        while grader.poll() is None and not list((root / ".gradetape").glob("results/*/*.json")):
            time.sleep(0.02)
        time.sleep(rng.uniform(0, 1))
        grader.kill()
    stored = len(list((root / ".gradetape").glob("results/*/*.json")))
    again = nbgrader("autograde", root)
    assert stored >= 1
    untouched = again.stderr.count("Skipping existing assignment")
    assert untouched + again.stderr.count("result taken from the store") == stored
    assert scores(root) == SCORES
    assert len(list(Store(root).results())) == len(SCORES)


@pytest.mark.e2e
def test_a_locked_gradebook(course, tmp_path):
    """Another process holds the gradebook for longer than SQLite would wait; nbgrader waits, and records."""
    root = fresh(course, tmp_path / "vault")
    lock = sqlite3.connect(root / "gradebook.db", isolation_level=None, check_same_thread=False)
    lock.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(9, lambda: (lock.execute("ROLLBACK"), lock.close()))
    release.start()
    began = time.monotonic()
    nbgrader("autograde", root)
    assert time.monotonic() - began > 8
    release.join()
    assert scores(root) == SCORES


@pytest.mark.e2e
def test_a_disk_that_is_full(course, tmp_path):
    """No room for results: scores are recorded all the same, with a warning; then no room for anything: an error."""
    root = fresh(course, tmp_path / "vault")
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from grade_class import tiny_disk; from pathlib import Path\n"
        "tiny_disk(Path('.').resolve(), 4); os.execvp('nbgrader', ['nbgrader', 'autograde', 'vault'])"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    environment = {**os.environ, "GRADETAPE_NO_PRELOAD": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "graded, but not stored: [Errno 28] No space left on device" in done.stderr
    assert scores(root) == SCORES


@pytest.mark.e2e
def test_two_nbgraders_at_once(course, tmp_path):
    """Both come to an end; whoever is locked out says so, and one more run completes the gradebook."""
    root = fresh(course, tmp_path / "vault")
    environment = {**os.environ, "GRADETAPE_NO_PRELOAD": "1"}
    command = ["nbgrader", "autograde", "vault"]
    both = [subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True, env=environment) for _ in range(2)]
    said = [grader.communicate(timeout=300)[1] for grader in both]
    nbgrader("autograde", root)
    assert scores(root) == SCORES, said
    assert len(list(Store(root).results())) == len(SCORES)


@pytest.mark.e2e
def test_a_check_whose_worker_is_killed(tmp_path):
    """`gradetape check` tries again what was not done, and comes to its usual end."""
    root = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "GRADETAPE_NO_PRELOAD": "1"}
    command = ["gradetape", "check", "--jobs", "1", "--format", "json"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True, env=environment) as check:
        while check.poll() is None and not faults._family(check.pid)["guest"]:
            time.sleep(0.05)
        for worker in faults._family(check.pid)["worker"]:
            if "multiprocessing.forkserver" in faults._text(f"/proc/{worker}/cmdline"):
                os.kill(worker, signal.SIGKILL)
        report = json.loads(check.communicate(timeout=300)[0])
    assert check.returncode == 0
    assert report["assignments"][0]["problems"] == []
