"""What several tests use: the fixture courses, and notebooks made from them."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from helpers import COURSES, ROOT, write_answer

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def root():
    """The repository's root: the bundled course."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _scripts_on_path():
    """Nbgrader starts its helpers by name; let it find those of this environment."""
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


@pytest.fixture
def tiny(tmp_path):
    """A fresh copy of the course `tiny` as a Course."""
    from gradetape.course import Course

    folder = tmp_path / "tiny"
    shutil.copytree(COURSES / "tiny", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Course(folder)


@pytest.fixture
def warmup(tiny):
    """Its assignment `warmup`."""
    return tiny.load("warmup")


@pytest.fixture
def answer():
    """Make a notebook from an assignment's source (or release): answer("coin_answer", "code") replaces a cell."""
    return write_answer
