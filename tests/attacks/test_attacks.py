"""Every attack of `cells/` is graded by the real thing, with all that it might want lying around.

Each gets exactly the points its answers deserve, says no secret, reaches nobody, changes nothing, leaves nothing
running, and the next learner's result is what it would have been without it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from helpers import ROOT, write_answer

from gradetape.grading import Submission, close_all, grade
from gradetape.guest import forkserver
from gradetape.policy import exposed

sys.path.insert(0, str(Path(__file__).parent))
from arena import Arena, strangers, wait_until_alone
from attacks import DEFAULTS, load

pytestmark = pytest.mark.guests

ATTACKS = load()
HONEST = {**DEFAULTS, "double_answer": "def double(x):\n    return x + x"}
SEED = 20
MISSED = re.compile(
    r"No module named 'gradetape|cannot import name .* from '?gradetape|module 'gradetape[\w.]*' has no attribute"
)
"""What Python says to an attack that looks for a part of Gradetape where none is."""


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    """One arena for all attacks; grading happens in it as it would in a course."""
    os.environ["GRADETAPE_NO_PRELOAD"] = "1"  # the vault needs no TensorFlow, and the fence does not either
    forkserver.close_all()
    try:
        with Arena(tmp_path_factory.mktemp("arena") / "of-attacks").open() as found:
            found.learner = write_answer(found.assignment.release, HONEST)
            wrong = write_answer(found.assignment.release, DEFAULTS)
            grade(
                found.assignment, Submission(wrong), seed=SEED
            )  # now the reference's and the mistakes' guests are there
            found.before = plain(grade(found.assignment, Submission(found.learner), seed=SEED))
            found.guests = strangers()
            yield found
    finally:
        close_all()
        forkserver.close_all()
        del os.environ["GRADETAPE_NO_PRELOAD"]


def plain(result):
    """What two gradings of the same notebook must agree in."""
    found = json.loads(result.to_json())
    for name in ("seconds", "digest"):
        found.pop(name)
    for verdict in found["verdicts"]:
        for check in verdict["checks"]:
            check.pop("seconds")
    return found


def shown(result):
    """All that a learner can come to see of a result, decoded."""
    found = json.loads(result.to_json())
    return json.dumps([found["verdicts"], found["outputs"], found["notes"]], ensure_ascii=False)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.name)
def test_attack(arena, attack):
    """It gains nothing, learns nothing, reaches nobody, changes nothing, and the next learner never notices."""
    assignment = arena.assignment
    hostile = Submission(attack.notebook(assignment.release, arena.places))
    before, began = arena.snapshot(), time.monotonic()

    result = grade(assignment, hostile, seed=SEED)
    seconds = time.monotonic() - began

    assert not exposed(result.fence), result.fence
    scores = {name: result.verdict(name).score for name in ("double", "square")}
    assert scores == attack.expects, [(v.question, v.message) for v in result.verdicts] + list(result.notes)
    assert arena.token not in shown(result), "a secret was shown"
    assert MISSED.findall(shown(result)) == [], "it failed by itself, and proves nothing"
    assert arena.callers() == []
    if set(strangers()) - set(arena.guests):  # the reference's or a mistake's may have been started anew
        close_all()
        arena.guests = []
        assert wait_until_alone([]) == []
    assert difference(before, arena.snapshot()) == {}
    assert seconds < assignment.policy.submission_seconds + 30
    after = grade(assignment, Submission(arena.learner), seed=SEED)
    assert plain(after) == arena.before


def difference(before, after):
    return {k: (before.get(k), after.get(k)) for k in before.keys() | after.keys() if before.get(k) != after.get(k)}


def test_there_are_many():
    """At least the forty that were promised, of every aim."""
    assert len(ATTACKS) >= 40
    assert {a.aim for a in ATTACKS} == {"read", "forge", "harm", "flood", "linger", "inject"}


@pytest.mark.skipif(os.geteuid() != 0, reason="this run is an unprivileged user's already")
def test_all_again_as_an_unprivileged_user(unprivileged):
    """The same suite by a user without any privilege; it began beside this one."""
    said, _ = unprivileged.communicate()
    assert unprivileged.returncode == 0, said[-8000:]
    assert f"\n{len(ATTACKS) + 1} passed" in said


@pytest.fixture(scope="module", autouse=True)
def unprivileged(request):
    """Start the same suite as another user, beside this one, when all of it is wanted."""
    if os.geteuid() != 0 or not any("unprivileged" in item.name for item in request.session.items):
        yield None
        return
    folder = tempfile.mkdtemp(prefix="gradetape-unprivileged-")  # pytest's own are closed to other users
    launcher = [sys.executable, str(Path(__file__).parent / "as_user.py"), folder]
    suite = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        __file__,
        "-k",
        "not unprivileged",
        f"--basetemp={folder}/user/pytest",
    ]
    with subprocess.Popen(
        [*launcher, *suite], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        yield run
        run.kill()
    shutil.rmtree(folder, ignore_errors=True)
