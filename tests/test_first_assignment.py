"""The pages' commands are run: docs/first-assignment.md from an empty folder, then what the other pages add."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.guests]


PAGES = (
    "README.md",
    *(f"docs/{name}.md" for name in ("instructors", "authors", "exports", "learners", "operators", "lab")),
)
ELSEWHERE = {
    "make": "tests/test_course_content.py and the continuous integration run the targets",
    "cd": "moves only",
    "sudo": "needs another machine's root",
    "jupytext --sync": "tests/test_course_content.py",
    "gradetape init": "the walk itself",
    "gradetape new": "the walk itself",
    "gradetape lab": "tests/browser",
    "nbgrader autograde": "tests/test_nbgrader.py",
}
"""Commands of the pages that are not run again here, and what runs them."""


def commands(page):
    """Return the commands of a page's shell blocks, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [part.strip() for line in lines for part in line.split(" && ") if part.strip()]


def subcommand(command):
    """Return program and subcommand: what has to have been run once."""
    words = [word for word in command.split() if "=" not in word or word.startswith("-")]
    return words[0] if words[0] in ("make", "cd", "sudo", "mkdir", "pytest") else " ".join(words[:2])


def run(script, folder, home):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(home)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, script + done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """An empty folder after all commands of the page, and what they printed."""
    folder = tmp_path_factory.mktemp("walk")
    return folder, run("set -ex\n" + "\n".join(commands("docs/first-assignment.md")), folder, folder)


def test_the_empty_notebook_gets_a_page(walked):
    """The learner's page says where to begin, and its 0 points."""
    folder, _ = walked
    (page,) = (folder / "ada").glob("my_first/feedback/*/*.html")
    text = page.read_text()
    assert "not attempted" in text
    assert "There is no answer yet." in text
    assert "<script" not in text


def test_the_grader_was_proved_and_the_class_reported(walked):
    """`check` found no problem, and the report is there."""
    folder, said = walked
    assert re.search(r"my_first\s+\d+/\d+", said)
    assert (folder / "tf101/report/index.html").stat().st_size > 5000


def test_every_command_of_the_other_pages(walked):
    """Each is run in the course of the walk, or has been there with other names, or is named with what runs it."""
    folder, _ = walked
    course = folder / "tf101"
    for name in ("ada", "bo"):
        (course / "submitted" / name / "my_first").mkdir(parents=True)
        shutil.copy(
            course / "source/my_first/my_first.ipynb", course / "submitted" / name / "my_first"
        )  # right answers
    run("gradetape autograde my_first", course, folder)
    walk = commands("docs/first-assignment.md")
    done = {subcommand(command) for command in walk}
    for page in PAGES:
        for command in commands(page):
            if subcommand(command) in {*done, *ELSEWHERE} and "my_first" not in command:
                continue
            if subcommand(command) in ELSEWHERE or command in walk:
                continue
            run(command.replace("/srv/", f"{folder}/srv/"), course, folder)
            done.add(subcommand(command))
    exported = (course / "canvas.csv").read_text()
    assert "my_first" in exported
    assert "ada" in exported
