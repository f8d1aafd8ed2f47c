"""Warm kernels and readable checks where people meet them: in Jupyter Server, and behind nbgrader's Validate."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from gradetape.lab import PROVISIONER, warm

pytestmark = [
    pytest.mark.guests,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # jupyter_client's and zmq's own
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # nbgrader's own
]
CONFIG = f"""
c.ServerApp.jpserver_extensions = {{"gradetape.lab": True}}
c.KernelProvisionerFactory.default_provisioner_name = "{PROVISIONER}"
c.WarmProvisioner.modules = ["colorsys"]
c.IdentityProvider.token = "a-token"
"""


@pytest.fixture(autouse=True)
def _own_places(tmp_path, monkeypatch):
    """Runtime and configuration of the test's own; no zygote stays behind."""
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    yield
    warm.close_all()


def wait_for(condition, seconds=60):
    """Wait until a condition holds, and return its value."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "not in time"
        time.sleep(0.1)
    return found


def children(pid):
    """The living child processes of a process."""
    try:
        found = (Path(f"/proc/{pid}/task") / str(pid) / "children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in found]


def zygotes(pid):
    """The children of a process that are zygotes."""
    found = []
    for child in children(pid):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if b"gradetape.lab.zygote" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def answer(request):
    """Ask the server; None while it does not listen yet, though its file is there."""
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)
    except urllib.error.URLError:
        return None


def test_server_starts_warm_kernels_and_ends_them(tmp_path, monkeypatch):
    """Configuration alone: the server starts the zygote with itself, python3 kernels are forks of it, nothing stays."""
    (tmp_path / "jupyter_server_config.py").write_text(CONFIG)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--ServerApp.port=0", "--allow-root"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=(tmp_path / "log").open("w")) as server:
        try:
            (zygote,) = wait_for(lambda: zygotes(server.pid))
            file = wait_for(lambda: next((tmp_path / "jupyter_runtime_dir").glob("jpserver-*.json"), None))
            url = wait_for(lambda: file.read_text() and json.loads(file.read_text())["url"])
            request = urllib.request.Request(
                f"{url}api/kernels", data=b'{"name": "python3"}', headers={"Authorization": "token a-token"}
            )
            assert wait_for(lambda: answer(request))["name"] == "python3"
            (kernel,) = wait_for(lambda: children(zygote))
        finally:
            server.send_signal(signal.SIGTERM)
    log = (tmp_path / "log").read_text()
    assert "is warm" in log, log
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in (kernel, zygote)), 20)


def notebook(path, *cells):
    """Write an nbgrader notebook of graded test cells."""
    made = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}})
    for number, source in enumerate(cells):
        mark = {
            "schema_version": 3, "grade": True, "solution": False, "locked": False, "task": False,
            "grade_id": f"q{number}", "points": 1, "cell_type": "code",
        }  # fmt: skip
        made.cells.append(new_code_cell(source, metadata={"nbgrader": mark}))
    nbformat.write(made, path)
    return path


FAILING = (
    'y = (4, 3)\nassert y == (4, 2), "the shape has to be (4, 2)"',
    "def _see():\n    assert True\n\n_see()",
    "def answer():\n    raise NotImplementedError()\nassert answer() == 1",
    "1 / 0",
)


@pytest.fixture
def validator(monkeypatch):
    """nbgrader's Validator as its server extension makes it, with warm kernels."""
    from jupyter_client.provisioning import KernelProvisionerFactory
    from nbgrader.validator import Validator
    from traitlets.config import Config

    factory = KernelProvisionerFactory.instance()
    monkeypatch.setattr(factory, "default_provisioner_name", PROVISIONER)
    return Validator(config=Config({"WarmProvisioner": {"modules": ["colorsys"]}}))


def test_validate_shows_readable_messages(validator, tmp_path):
    """nbgrader's own result holds the panel's text for failed checks and stubs, and tracebacks of other errors."""
    failed = validator.validate(str(notebook(tmp_path / "n.ipynb", *FAILING)))["failed"]
    assert len(warm._owned[os.getpid()]) == 1, "the kernel was warm"
    first, stub, other = (cell["raw_error"] for cell in failed)
    assert first.splitlines()[0] == "✗ the shape has to be (4, 2)"
    assert "left side   (4, 3)" in first
    assert stub == "○ Not answered yet: answer still has `raise NotImplementedError()`."
    assert "ZeroDivisionError" in other
    assert "Traceback (most recent call last)" in other


def test_validate_passes_a_right_notebook(validator, tmp_path):
    """Nothing that the extension shows makes a passing cell fail."""
    assert validator.validate(str(notebook(tmp_path / "n.ipynb", "assert 1 == 1", "x = 2"))) == {}


def test_validate_on_the_command_line(tmp_path):
    """`nbgrader validate` prints the same text, uncut."""
    notebook(tmp_path / "n.ipynb", *FAILING)
    (tmp_path / "nbgrader_config.py").write_text('c = get_config()\nc.WarmProvisioner.modules = ["colorsys"]\n')
    environment = {**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": PROVISIONER}
    done = subprocess.run(
        ["nbgrader", "validate", "n.ipynb"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "VALIDATION FAILED ON 3 CELL(S)" in done.stdout
    assert "    ✗ the shape has to be (4, 2)\n" in done.stdout
    assert "    ○ Not answered yet: answer still has `raise NotImplementedError()`.\n" in done.stdout
