"""A pytest plugin: every course that nbgrader's own tests make has Gradetape plugged in, beneath its own settings.

`pytest -p nbgrader_plugged --pyargs nbgrader.tests.apps.test_api`; with GRADETAPE_STOCK=1 it only remembers what does
not change (the version of the gradebook's tables, which nbgrader asks a program for, for a second each time).
"""

import functools
import json
import os
from pathlib import Path

FOUND = {}


def plugged(c, root):
    """Set what plugs Gradetape into the course at `root`."""
    from gradetape.nbgrader import plug_in

    plug_in(c, root)


def pytest_configure():
    """Called by pytest before nbgrader's tests are imported."""
    from nbgrader import api

    api.get_alembic_version = functools.cache(api.get_alembic_version)
    if os.environ.get("GRADETAPE_STOCK") != "1":
        _plug_files()
        _plug_api()


def _plug_files():
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    stock = PyFileConfigLoader.load_config

    def load_config(self):
        found = stock(self)
        if Path(self.full_filename).name != "nbgrader_config.py":
            return found
        ours = Config()
        plugged(ours, _root(found, Path(self.full_filename).parent))
        ours.merge(found)
        return ours

    PyFileConfigLoader.load_config = load_config


def _plug_api():
    """Some of its tests have no file: their course is a Config that they hand to nbgrader's API."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    stock = NbGraderAPI.__init__

    def __init__(self, *arguments, config=None, **keywords):  # noqa: N807
        ours = Config()
        plugged(ours, _root(config or Config(), Path.cwd()))
        ours.merge(config or Config())
        stock(self, *arguments, config=ours, **keywords)

    NbGraderAPI.__init__ = __init__


def _root(config, folder):
    return Path(config.get("CourseDirectory", {}).get("root") or folder).resolve()


def pytest_runtest_logreport(report):
    """Called by pytest for each phase of a test: remember what became of it."""
    if report.when == "call" or report.outcome != "passed":
        text = "" if report.outcome == "passed" else str(report.longrepr)[-3000:]
        FOUND[report.nodeid] = [report.outcome, text]


def pytest_sessionfinish():
    """Called by pytest at the end: write it all down where GRADETAPE_FOUND says."""
    place = os.environ.get("GRADETAPE_FOUND")
    if place:
        Path(place).write_text(json.dumps(FOUND))
