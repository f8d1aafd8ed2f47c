"""pytest plugin, opt-in: judge one notebook with the hidden tests and ordinary pytest output.

    pytest graders/custom_models_w3_layers --gradetape submitted/ada/custom_models_w3_layers

It is for authors, who may see everything. `grade` uses the judge directly. Without the option the
plugin does nothing, and it imports nothing of the judge.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradetape.marks import MARKER

if TYPE_CHECKING:
    import pytest

__all__: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Called by pytest: add the option that switches the plugin on."""
    group = parser.getgroup("gradetape", "judge a notebook with the hidden tests of its assignment")
    group.addoption("--gradetape", metavar="NOTEBOOK", help="the notebook to judge: a file, its folder, or 'reference'")
    group.addoption("--gradetape-seed", metavar="N", type=int, default=0, help="seed of the tests' inputs (default 0)")
    trusting = "judge a stranger's notebook even on a machine that cannot isolate it (see gradetape doctor)"
    group.addoption("--gradetape-trust-learners", action="store_true", help=trusting)


def pytest_configure(config: pytest.Config) -> None:
    """Called by pytest once options are known: register the judge when it is asked for."""
    config.addinivalue_line("markers", MARKER)
    wanted = config.getoption("--gradetape")
    if wanted:
        config.pluginmanager.register(_judge(config, wanted), "gradetape-judge")


def _judge(config: pytest.Config, wanted: str) -> Any:
    import pytest

    from gradetape import notebook
    from gradetape.configured import course_at, show_data
    from gradetape.course import CourseError
    from gradetape.course_data import ready_for
    from gradetape.datasets.catalogue import DataError
    from gradetape.grading import known_answers
    from gradetape.guest.host import Host
    from gradetape.judge.helpers import importable
    from gradetape.judge.session import JudgePlugin
    from gradetape.policy import ExposedError

    folder = _graders_folder(config.args)
    if folder is None:
        raise pytest.UsageError("--gradetape: name the tests of one assignment, as in `pytest graders/<assignment>`.")
    try:
        course = course_at(folder.parent.parent)
        show_data(course.root)
        assignment = course.load(folder.name)
        nb = notebook.read(_notebook_bytes(wanted, assignment.source, folder.name))
        ready_for([assignment])
    except (CourseError, DataError, notebook.NotebookError, OSError) as error:
        raise pytest.UsageError(f"--gradetape: {error}") from None
    cells = notebook.code_cells(nb, notebook.demo_ids(assignment.notebook))
    strangers = wanted != "reference" and not config.getoption("--gradetape-trust-learners")
    host = Host(cells, assignment.files, assignment.policy, strangers=strangers)
    config.add_cleanup(host.close)
    try:
        host.run()
    except ExposedError as error:
        raise pytest.UsageError(f"--gradetape: {error}") from None
    modules = contextlib.ExitStack()
    modules.enter_context(importable(folder))
    config.add_cleanup(modules.close)
    names = [q.name for q in assignment.questions]
    return JudgePlugin(host, known_answers(assignment), config.getoption("--gradetape-seed"), questions=names)


def _graders_folder(args: list[str]) -> Path | None:
    """Find graders/<assignment> in the paths that pytest was given."""
    for argument in args:
        path = Path(argument.split("::")[0]).resolve()
        for place in (path, *path.parents):
            if place.parent.name == "graders" and place.is_dir():
                return place
    return None


def _notebook_bytes(wanted: str, source: bytes, assignment: str) -> bytes:
    if wanted == "reference":
        return source
    from gradetape import attached, notebook

    path = Path(wanted)
    path = path / f"{assignment}.ipynb" if path.is_dir() else path
    path.lstat()  # says so where there is none
    data = attached.read_plain(path, most=notebook.MAX_BYTES)
    if data is None:
        raise notebook.NotebookError(f"{str(path)!r} cannot be used: {attached.fault(path) or 'it cannot be read'}.")
    return data
