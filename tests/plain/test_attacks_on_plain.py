"""What the attacks that succeed on stock nbgrader do to a plain assignment beside ours.

All that were seen to succeed there (docs/attacks.md) are handed in to an assignment without hidden tests, in a course full
of secrets. None reads, harms, floods or lingers. What forges points within nbgrader's own rule still does: the checks of a plain
assignment run in the learner's process, and only hidden tests in graders/ keep them from it.
"""

import json
import re
import shutil
import sys
import time
from pathlib import Path

import pytest
from helpers import ROOT, write_answer

sys.path.insert(0, str(Path(__file__).parents[1] / "attacks"))
from arena import Arena, wait_until_alone
from attacks import DEFAULTS, load

from gradetape.guest import forkserver
from gradetape.releasing import nbgrader_api

pytestmark = [pytest.mark.e2e, pytest.mark.guests, pytest.mark.timeout(900)]

PAGE = (ROOT / "docs" / "attacks.md").read_text()
ON_NBGRADER = set(re.findall(r"^\| `(\w+)` \|.*\| ✗ \| [✗✓–] \|$", PAGE, re.MULTILINE))  # noqa: RUF001
ATTACKS = [a for a in load() if a.name in ON_NBGRADER]
STILL_FORGE = {a.name for a in ATTACKS if a.aim == "forge"}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The plain assignment with all attacks, graded; (arena, scores, seconds, what changed outside, who was reached)."""
    arena = Arena(tmp_path_factory.mktemp("plain") / "arena")
    for name in ("submitted", "autograded", ".gradetape", "gradebook.db"):
        path = arena.course / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.MonkeyPatch.context() as patch, arena.open():
        patch.setenv("GRADETAPE_NO_PRELOAD", "1")
        forkserver.close_all()
        (arena.course / "source" / "open").mkdir()
        shutil.copy(arena.course / "source/vault/vault.ipynb", arena.course / "source/open/open.ipynb")
        config = arena.course / "nbgrader_config.py"
        config.write_text(config.read_text().replace("plug_in(c", "c.Execute.timeout = 4\nplug_in(c"))
        api = nbgrader_api(arena.course)
        assert api.generate_assignment("open")["success"]
        release = (arena.course / "release" / "open" / "open.ipynb").read_bytes()
        honest = {
            "double_answer": "def double(x):\n    return x + x",
            "square_answer": "def square(x):\n    return x * x",
        }
        notebooks = {"z_honest": write_answer(release, {**DEFAULTS, **honest})}
        notebooks |= {a.name: a.notebook(release, arena.places) for a in ATTACKS}
        for name, data in notebooks.items():
            folder = arena.course / "submitted" / name / "open"
            folder.mkdir(parents=True)
            (folder / "open.ipynb").write_bytes(data)
        before, began = arena.snapshot(), time.monotonic()
        done = api.autograde("open", "*")
        seconds = time.monotonic() - began
        after, callers = arena.snapshot(), arena.callers()
        left = wait_until_alone([])
        forkserver.close_all()
        assert done["success"], done.get("log", "")[-3000:]
        yield arena, seconds, before, after, callers, left


def scores(arena):
    with nbgrader_api(arena.course).gradebook as gradebook:
        return {
            s.student_id: {g.name: g.auto_score for nb in s.notebooks for g in nb.grades}
            for s in gradebook.find_assignment("open").submissions
        }


def test_none_of_them_gets_out(graded):
    """No secret in what was graded, nothing outside changed, nobody reached, nothing left running, and it ends."""
    arena, seconds, before, after, callers, left = graded
    working = ("autograded", "submitted", "gradebook.db", ".gradetape", "exchange", ".gradebook.db.lock")
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    outside = [
        key for key in changed
        if not key.startswith(tuple(f"{arena.course}/{name}" for name in working))
        and key not in (str(arena.course), f"names in {arena.home}", str(arena.home))
        and not key.startswith(f"{arena.home}/.cache")
    ]  # fmt: skip
    assert outside == []
    assert callers == []
    assert left == []
    for path in (arena.course / "autograded").glob("*/open/open.ipynb"):
        shown = [cell.get("outputs") for cell in json.loads(path.read_text())["cells"]]  # a source may name a place
        assert arena.token not in json.dumps(shown), path.parts[-3]
    assert seconds < 20 * len(ATTACKS)


def test_everybody_is_graded(graded):
    """An attack costs nobody else a mark; the honest learner has all points."""
    arena = graded[0]
    found = scores(arena)
    assert found.keys() == {a.name for a in ATTACKS} | {"z_honest"}
    assert (found["z_honest"]["double"], found["z_honest"]["square"]) == (2, 2)


def test_what_nbgraders_rule_lets_through_is_known(graded):
    """Points without an answer: only what forges them inside of the notebook, which nbgrader's rule cannot see."""
    arena = graded[0]
    forged = {name for name, points in scores(arena).items() if points["double"] and name != "z_honest"}
    assert forged <= STILL_FORGE, forged
    said = (ROOT / "docs" / "security.md").read_text()
    assert f"{len(forged)} of the {len(ATTACKS)} attacks" in said, (
        len(forged),
        len(ATTACKS),
        json.dumps(sorted(forged)),
    )
