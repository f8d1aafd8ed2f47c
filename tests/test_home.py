"""Tests run in a home and with a data folder in which nothing was ever run."""

import os
from pathlib import Path

from gradetape.datasets.catalogue import data_dir


def test_the_tests_have_a_home_of_their_own():
    """Home, caches and data lie in one new folder, so that no earlier run hides what fails the first time."""
    home = Path(os.environ["GRADETAPE_TEST_HOME"])
    assert Path.home() == home or Path.home().name == "user"
    assert home.name.startswith("gradetape-home-")
    if Path.home() == home:
        assert data_dir() == home / "data"
        assert Path(os.environ["XDG_CACHE_HOME"]) == home / ".cache"
    names = {name for name in os.environ if name.startswith(("XDG_", "JUPYTER_", "KERAS_", "TFDS_"))}
    assert names <= {"XDG_CACHE_HOME", "JUPYTER_DEFAULT_PROVISIONER_NAME"}
