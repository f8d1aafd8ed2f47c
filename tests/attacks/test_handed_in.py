"""Hostile submissions through nbgrader's own commands, one class of them all, and the pages that come of it.

An honest learner comes before and after; all must get what they deserve, and no page may carry a learner's script.
"""

import html.parser
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import write_answer

sys.path.insert(0, str(Path(__file__).parent))
import handed_in
from arena import Arena
from attacks import DEFAULTS, load

pytestmark = [pytest.mark.guests, pytest.mark.e2e]

FILES = handed_in.load()
PAGES = [a for a in load() if a.aim == "inject"]
HONEST = {**DEFAULTS, "double_answer": "def double(x):\n    return x + x"}
DESERVED = {"honest_first": 4.0, "z_honest_last": 4.0}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, graded and given feedback by nbgrader; returns (arena, what autograde said, its exit code)."""
    arena = Arena(tmp_path_factory.mktemp("handed") / "in")
    for folder in ("submitted", "autograded", ".gradetape", "gradebook.db"):
        path = arena.course / folder
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with arena.open():
        nbgrader(arena, "generate_assignment", "--force")
        release = (arena.course / "release" / "vault" / "vault.ipynb").read_bytes()
        notebooks = {name: write_answer(release, HONEST) for name in DESERVED}
        notebooks |= {a.name: a.notebook(release, arena.places) for a in PAGES}
        for name, data in notebooks.items():
            folder = arena.course / "submitted" / name / "vault"
            folder.mkdir(parents=True)
            (folder / "vault.ipynb").write_bytes(data)
        wrong = write_answer(release, DEFAULTS)
        for attack in FILES:
            folder = arena.course / "submitted" / attack.__name__ / "vault"
            folder.mkdir(parents=True)
            attack(folder, wrong)
        arena.before = arena.snapshot()
        done = nbgrader(arena, "autograde", check=False)
        nbgrader(arena, "generate_feedback", check=False)
        yield arena, done
    # what nobody may enter, pytest could not remove
    subprocess.run(["chmod", "-R", "u+rwx", str(arena.root)], check=False)


def nbgrader(arena, command, *more, check=True):
    environment = {**os.environ, "GRADETAPE_NO_PRELOAD": "1"}
    line = ["nbgrader", command, "vault", *more]
    done = subprocess.run(
        line,
        cwd=arena.course,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=900,
        check=False,
    )
    assert not check or done.returncode == 0, done.stderr[-4000:]
    return done


@pytest.fixture(scope="module")
def points(graded):
    """Every learner's points for each question, from the gradebook."""
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(f"sqlite:///{graded[0].course / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions("vault"):
            found[submission.student_id] = {g.name: g.score for nb in submission.notebooks for g in nb.grades}
    return found


def test_everybody_is_graded(graded, points):
    """Not one is lost, whatever the others handed in, and nbgrader reports no failure."""
    arena, done = graded
    assert set(points) == {p.name for p in (arena.course / "submitted").iterdir()}
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.mark.parametrize("name", DESERVED)
def test_honest_learners(points, name):
    """Before and after all the others: full marks."""
    assert points[name]["double"] + points[name]["square"] == DESERVED[name]


@pytest.mark.parametrize("name", [f.__name__ for f in FILES] + [a.name for a in PAGES])
def test_nothing_is_gained(points, name):
    """The wrong answer stays without points; the right one never gets more than its own."""
    assert points[name]["double"] == 0
    assert points[name]["square"] in (0, 2)
    assert sum(points[name].values()) <= 2


def test_no_secret_is_shown(graded):
    """Neither in what nbgrader wrote for learners nor in what came along with their notebooks."""
    arena, _ = graded
    hidden = arena.token.encode()
    for folder in ("autograded", "feedback"):
        for path in (arena.course / folder).rglob("*"):
            if path.is_file() and not path.is_symlink():
                assert hidden not in path.read_bytes(), path


def test_nothing_outside_changed(graded):
    """The course's own folders but for nbgrader's working ones, the arena around it, Gradetape, Python, /tmp."""
    arena, _ = graded
    working = ("autograded", "feedback", "gradebook.db", ".gradetape", "submitted", "exchange", ".ipynb_checkpoints")
    after = arena.snapshot()
    changed = [k for k in arena.before.keys() | after.keys() if arena.before.get(k) != after.get(k)]
    course = [Path(k).relative_to(arena.course).parts[0] for k in changed if k.startswith(f"{arena.course}/")]
    assert set(course) <= set(working)
    ours = f"{arena.home}/.cache"  # the folder for prepared data
    assert [k for k in changed if not k.startswith((str(arena.course), ours)) and k != str(arena.home)] == []


def test_what_was_set_aside_is_kept_and_named(graded):
    """Links and the like are moved, not deleted, and the log says whose they were and why."""
    arena, done = graded
    aside = arena.course / ".gradetape" / "set_aside"
    assert (aside / "attached_symlinks" / "vault" / "tests.py").is_symlink()
    assert (aside / "sparse_attachment" / "vault" / "data.bin").stat().st_size == 2**40
    words = "attached_symlinks, vault: attached file 'tests.py' was set aside: it is a link"
    assert words in done.stderr


class _Scripts(html.parser.HTMLParser):
    """Collects what a page would run: scripts, handlers, addresses that are code."""

    def __init__(self):
        super().__init__()
        self.found, self._inside = [], False

    def handle_starttag(self, tag, attrs):
        self._inside = tag == "script"
        for name, value in attrs:
            bad = name.startswith("on") or "javascript:" in (value or "").lower().replace(" ", "")
            if bad or (tag in ("iframe", "object", "embed", "form", "base", "meta") and "owned" in str(attrs)):
                self.found.append((tag, name, value))

    def handle_data(self, data):
        if self._inside and any(sign in data for sign in ("owned", "alert(")):
            self.found.append(("script", "", data[:200]))

    def handle_endtag(self, tag):
        self._inside = False


@pytest.mark.parametrize("name", [f.__name__ for f in FILES] + [a.name for a in PAGES])
def test_no_script_on_the_page(graded, name):
    """The feedback page runs nothing that the learner wrote."""
    pages = list((graded[0].course / "feedback" / name / "vault").glob("vault.html"))
    assert pages, "no feedback page"
    for page in pages:
        parser = _Scripts()
        parser.feed(page.read_text())
        assert parser.found == []


def test_there_are_many():
    """And each has a sentence."""
    assert len(FILES) >= 10
    assert len({f.__doc__.splitlines()[0] for f in FILES}) == len(FILES)
    assert json.dumps([f.__name__ for f in FILES])
