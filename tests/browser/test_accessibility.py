"""Pages for people: axe finds nothing wrong with them, in light and in dark."""

import shutil
import subprocess

import pytest
from helpers import COURSES, write_answer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ANSWERS = {
    "right": {"double_answer": "def double(x):\n    return 2 * x", "square_answer": "def square(x):\n    return x * x"},
    "wrong": {
        "double_answer": "def double(x):\n    return 2.0 * x",
        "square_answer": "def square(x):\n    return x**3",
    },
    "fault": {"double_answer": "def double(x):\n    return x.nothing", "square_answer": "def square(x)\n    return"},
    "stub": {},
}
"""Learners and what they answer, so that every kind of verdict stands on a page."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Feedback pages from the real chain: released, graded and written by the commands that a course uses."""
    root = tmp_path_factory.mktemp("accessibility") / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    run(root, "nbgrader", "generate_assignment", "vault", "--force")
    release = (root / "release" / "vault" / "vault.ipynb").read_bytes()
    for name, answers in ANSWERS.items():
        path = root / "submitted" / name / "vault" / "vault.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(write_answer(release, answers))
    run(root, "gradetape", "autograde", "vault", "--jobs", "1")
    run(root, "nbgrader", "generate_feedback", "vault")
    return {name: root / "feedback" / name / "vault" / "vault.html" for name in ANSWERS}


def run(root, *command):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADETAPE_NO_PRELOAD", "1")
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ANSWERS)
def test_feedback_pages(pages, violations, name, color_scheme):
    """A learner's feedback page."""
    assert violations(pages[name], color_scheme=color_scheme, picture=f"feedback-{name}") == []


def test_a_bad_page_is_found_out(violations, tmp_path):
    """Missing texts are found in any scheme, too little contrast in the one that has it."""
    path = tmp_path / "bad.html"
    path.write_text(
        "<!doctype html><html lang='en'><title>Bad</title><style>:root { color-scheme: light dark }"
        "@media (prefers-color-scheme: dark) { body { background: #222; color: #333 } }</style>"
        "<main><h1>Bad</h1><p>Words</p><img src='x.png'></main></html>"
    )
    light, dark = (violations(path, color_scheme=scheme) for scheme in ("light", "dark"))
    assert [line.partition(":")[0] for line in light] == ["image-alt"]
    assert sorted({line.partition(":")[0] for line in dark}) == ["color-contrast", "image-alt"]


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_class_report(pages, violations, color_scheme):
    """The instructor's page about the same class, with everything unfolded."""
    root = pages["right"].parents[3]
    run(root, "gradetape", "report", "vault")
    page = root / "report" / "index.html"
    page.write_text(page.read_text().replace("<details", "<details open"))
    assert violations(page, color_scheme=color_scheme, picture="report") == []
