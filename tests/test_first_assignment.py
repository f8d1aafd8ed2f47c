"""docs/first-assignment.md is true: its commands, run in their order in an empty folder, end in a feedback page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.guests]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """An empty folder after all commands of the page, and what they printed."""
    folder = tmp_path_factory.mktemp("walk")
    page = (ROOT / "docs" / "first-assignment.md").read_text()
    script = "set -ex\n" + "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(folder)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return folder, done.stdout


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
