"""nbgrader's own tests, as they lie in its package, with Gradetape plugged into every course that they make."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PARTS = (
    ("autograde", "validate"),
    ("api", "generate_feedback", "collect", "releasefeedback", "fetchfeedback", "export"),
)
"""Run side by side; together nbgrader's tests of what our lines have a part in."""
_RENAMED = "Modules beside a notebook lie in autograded/ under names that nothing imports (`gradetape.inert`)."
DIFFERENT = {
    "::TestNbGraderAutograde::test_grade_empty_timestamp": (
        "An empty timestamp.txt ends the formgrader's list of submissions: it is set aside, nbgrader keeps it."
    ),
    "::TestNbGraderAutograde::test_grade_overwrite_files": _RENAMED,
    "::TestNbGraderAutograde::test_grade_overwrite_files_subdirs": _RENAMED,
    "::TestNbGraderAutograde::test_missing_source_kernelspec": (
        "Where the release names no kernel, what was handed in does not either: it runs as Python, in a guest."
    ),
    "::TestNbGraderAutograde::test_side_effects": "What a cell writes stays in its guest, and is gone with it.",
}
"""What gives something else on purpose, and why."""


def start(part, folder, *, stock=False, only=()):
    """Start nbgrader's tests of some parts; with `only` these tests of them."""
    modules = [f"nbgrader.tests.apps.test_{'' if name == 'api' else 'nbgrader_'}{name}" for name in part]
    name = f"{part[0]}{'-stock' if stock else ''}"
    home = folder / f"{name}-home"
    home.mkdir()
    environment = {
        **os.environ,
        "HOME": str(home),
        "USER": os.environ.get("USER", "root"),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "PYTHONPATH": str(Path(__file__).parent),
        "GRADETAPE_FOUND": str(folder / f"{name}.json"),
        "GRADETAPE_STOCK": "1" if stock else "",
        "GRADETAPE_NO_PRELOAD": "1",
    }
    environment.pop("JUPYTER_DEFAULT_PROVISIONER_NAME", None)
    options = ["-q", "-p", "no:cacheprovider", "-p", "nbgrader_plugged", "-W", "ignore", f"--rootdir={home}"]
    picked = ["-k", " or ".join(sorted({test.rpartition("::")[2] for test in only}))] if only else []
    with (folder / f"{name}.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *picked, "--pyargs", *modules],
            cwd=home, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip


def found(part, folder, *, stock=False):
    """Read what became of each test, by its name without the place of the package."""
    file = folder / f"{part[0]}{'-stock' if stock else ''}.json"
    assert file.exists(), file.with_suffix(".log").read_text()[-3000:]
    return {f"::{name.partition('::')[2]}": outcome for name, outcome in json.loads(file.read_text()).items()}


@pytest.mark.timeout(1500)
def test_nbgraders_own_tests_give_what_they_give_without_us():
    """Each test that passes with stock nbgrader passes with our lines, but for those that are named with a reason."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for process in [start(part, folder) for part in PARTS]:
            process.wait()
        failed, passed = {}, 0
        for part in PARTS:
            outcomes = found(part, folder)
            passed += sum(outcome == "passed" for outcome, _ in outcomes.values())
            wrong = {test: text for test, (outcome, text) in outcomes.items() if outcome == "failed"}
            if wrong:  # the others need no comparison
                start(part, folder, stock=True, only=wrong).wait()
                stock = found(part, folder, stock=True)
                failed |= {test: text for test, text in wrong.items() if stock[test][0] == "passed"}
    assert {test: text for test, text in failed.items() if test not in DIFFERENT} == {}
    assert set(failed) == set(DIFFERENT), "a reason that holds no longer"
    assert passed >= 120
