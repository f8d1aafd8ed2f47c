"""A learner's notebook that names other files as its pair, opened and saved by an instructor: real servers."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import test_lab_server
from helpers import COURSES, ROOT
from test_lab_server import wait_for

from gradetape.lab import serving

pytestmark = test_lab_server.pytestmark
_own_places = test_lab_server._own_places
OPTIONS = ["--no-browser", "--ServerApp.port=0", "--allow-root", "--IdentityProvider.token=a-token"]
EVIL = "open('/tmp/never', 'w')"


@pytest.fixture
def course(tmp_path):
    """The course `vault` as `gradetape init` sets it up, with two notebooks that want to be paired."""
    root = tmp_path / "course"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "jupyter_server_config.py", root)
    release = json.loads((root / "release/vault/vault.ipynb").read_text())
    for who, pair in (("writes", "graders/vault///py:percent"), ("reads", "graders/vault//test_/py:percent")):
        nb = json.loads(json.dumps(release))
        nb["metadata"]["jupytext"] = {"formats": f"submitted/{who}/vault///ipynb,{pair}"}
        nb["cells"][0] |= {"source": EVIL}
        folder = root / "submitted" / who / "vault"
        folder.mkdir(parents=True)
        (folder / "vault.ipynb").write_text(json.dumps(nb))
        (folder / ".jupytext.py").write_text(EVIL)
    return root


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


@contextlib.contextmanager
def server(course, command, runtime):
    """Start a server in the course; yield a function that asks its contents API."""
    with subprocess.Popen([*command, *OPTIONS], cwd=course, stderr=(runtime / "log").open("w")) as process:

        def ask(method, path, content=None):
            request = urllib.request.Request(
                f"{url}api/contents/{path}", method=method, headers={"Authorization": "token a-token"},
                data=json.dumps(content).encode() if content else None,
            )  # fmt: skip
            return wait_for(lambda: test_lab_server.answer(request))

        try:
            file = wait_for(lambda: next((runtime / "jupyter_runtime_dir").glob("jpserver-*.json"), None))
            url = wait_for(lambda: file.read_text() and json.loads(file.read_text())["url"])
            yield ask
        finally:
            process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("kind", ["gradetape lab", "another server"])
def test_saving_a_learners_notebook_writes_nothing_else(course, tmp_path, kind, monkeypatch):
    """Nothing new lies among the hidden tests, and none of them comes into what was handed in."""
    before = {p: p.read_bytes() for p in (course / "graders").rglob("*") if p.is_file()}
    command = [str(Path(sys.executable).parent / "gradetape"), "lab"]
    if kind == "another server":
        (course / "jupyter_server_config.py").unlink()
        command = [sys.executable, "-m", "jupyter_server"]
    with server(course, command, tmp_path) as ask:
        for who in ("writes", "reads"):
            path = f"submitted/{who}/vault/vault.ipynb"
            found = ask("GET", path)
            assert [cell["source"] for cell in found["content"]["cells"]] == sources(course / path)
            ask("PUT", path, {"type": "notebook", "format": "json", "content": found["content"]})
        ask("GET", "submitted/writes/vault?content=1")
    assert {p: p.read_bytes() for p in (course / "graders").rglob("*") if p.is_file()} == before


def test_doctor_sees_a_server_that_pairs(tmp_path, monkeypatch):
    """Switched on by whichever of an account's files; the environment's own switches it off."""
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    assert serving.pairs_nothing()[0]
    for line in (
        "jpserver_extensions = {'jupyterlab_jupytext': True}",
        "contents_manager_class = 'jupytext.TextFileContentsManager'",
    ):
        (tmp_path / "jupyter_server_config.py").write_text(f"c.ServerApp.{line}\n")
        ok, seen, mend = serving.pairs_nothing()
        assert not ok
        assert line.partition(" ")[0] in seen
        assert "'jupyterlab_jupytext': False" in mend
