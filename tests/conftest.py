"""What several tests use: the fixture courses, and notebooks made from them; an empty home and an empty data folder."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from helpers import COURSES, ROOT, write_answer

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def _fresh_home():
    """Give the tests, and all that they start, a home in which nothing was ever run: no cache hides a first time.

    It is there before any test module is imported, for some look at their home then. A run inside of a test (the same
    suite as another user) keeps the one that it was given.
    """
    if "GRADETAPE_TEST_HOME" in os.environ:
        return
    place = Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    )  # guests see where the data lie: not in /tmp
    place.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="gradetape-home-", dir=place))
    home.chmod(0o755)  # as homes are; tests as another user have one of their own
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name in [
        n for n in os.environ if n.startswith(("XDG_", "JUPYTER_", "IPYTHON", "KERAS_", "MPLCONFIG", "TFDS_"))
    ]:
        del os.environ[name]
    os.environ |= {
        "GRADETAPE_TEST_HOME": str(home),
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "GRADETAPE_DATA_DIR": str(home / "data"),
    }


_fresh_home()


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
