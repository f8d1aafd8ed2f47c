"""A learner's notebook names no files that a Jupyter server reads or writes: jupytext's contents manager is off."""

import contextlib
import json
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest
import test_lab_folder
import test_lab_server
from helpers import ROOT, end
from nbformat.v4 import new_code_cell, new_notebook

from gradetape import doctor, scaffold
from gradetape.lab import serving

_own_places = test_lab_server._own_places
jupyter = test_lab_folder.jupyter
wait_for = test_lab_server.wait_for
OFF = "jupyter_server_config.d/jupytext_off_by_gradetape.json"
ON = '{"ServerApp": {"jpserver_extensions": {"jupyterlab_jupytext": true}}}'
FORMATS = "submitted/jt2/h1///ipynb,graders/h1///py:percent"
LAB = [str(Path(sys.executable).with_name("gradetape")), "lab"]
SERVER = [sys.executable, "-m", "jupyter_server"]
SECRET = "# %%\nanswer_of_the_grader = 1\n"


@pytest.fixture
def course(tmp_path):
    """A course with one submission: its metadata name the grader's folder, and a jupytext configuration lies beside it."""
    root = tmp_path / "course"
    scaffold.found(root, "tf101")
    with (root / "jupyter_server_config.py").open("a") as file:
        file.write('c.WarmProvisioner.modules = ["colorsys"]\n')
    theirs, graders = root / "submitted" / "jt2" / "h1", root / "graders" / "h1"
    theirs.mkdir(parents=True)
    graders.mkdir(parents=True)
    (graders / "test_h1.py").write_text(SECRET)
    for name in ("h1", "test_h1"):
        text = json.dumps(new_notebook(metadata={"jupytext": {"formats": FORMATS}}, cells=[new_code_cell("own = 1")]))
        (theirs / f"{name}.ipynb").write_text(text)
    (theirs / ".jupytext.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    return root


@contextlib.contextmanager
def contents(command, root, tmp_path):
    """Start a server as somebody does in the course's folder; give a function that asks its contents API."""
    options = ("--no-browser", "--ServerApp.port=0", "--allow-root", "--IdentityProvider.token=a-token", "--ContentsManager.allow_hidden=True")  # fmt: skip
    server = subprocess.Popen(
        [*command, *options], cwd=root, stdout=subprocess.DEVNULL, stderr=(tmp_path / "log").open("w")
    )
    try:

        def listening():
            assert server.poll() is None, (tmp_path / "log").read_text()
            with contextlib.suppress(StopIteration, json.JSONDecodeError):  # not there, or half written
                file = next((tmp_path / "jupyter_runtime_dir").glob("jpserver-*.json"))
                return json.loads(file.read_text())["url"]

        try:
            url = wait_for(listening, 120)
        except AssertionError as error:
            raise AssertionError((tmp_path / "log").read_text()) from error

        def ask(path, model=None):
            request = urllib.request.Request(
                f"{url}api/contents/{path}", method="PUT" if model else "GET",
                data=json.dumps(model).encode() if model else None, headers={"Authorization": "token a-token"},
            )  # fmt: skip
            return test_lab_server.answer(request)

        wait_for(lambda: ask(""))
        yield ask
    finally:
        end(server)


def open_and_save(ask):
    """What Lab does when an instructor looks at the folder, opens both notebooks and saves the first; what they held."""
    assert {entry["name"] for entry in ask("submitted/jt2/h1")["content"]} >= {"h1.ipynb", "test_h1.ipynb"}
    mine = ask("submitted/jt2/h1/h1.ipynb")["content"]
    assert ask("submitted/jt2/h1/h1.ipynb", {"type": "notebook", "format": "json", "content": mine})
    other = ask("submitted/jt2/h1/test_h1.ipynb")
    return [cell["source"] for notebook in (mine, other and other["content"]) if notebook for cell in notebook["cells"]]


def assert_untouched(course, tmp_path, held):
    """Nothing of theirs has run or lies with the graders, nothing of the graders' was shown."""
    assert held == ["own = 1", "own = 1"]
    assert [path.name for path in (course / "graders" / "h1").iterdir()] == ["test_h1.py"]
    assert (course / "graders" / "h1" / "test_h1.py").read_text() == SECRET
    assert not (tmp_path / "ran").exists()


@pytest.mark.guests
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_gradetape_lab_obeys_no_learners_notebook(course, tmp_path, monkeypatch):
    """The course's own configuration decides, also where the account has jupytext's extension on."""
    for folder in (tmp_path / "account", tmp_path / "jupyter_config_dir"):
        (folder / "jupyter_server_config.d").mkdir(parents=True)
        (folder / "jupyter_server_config.d" / "x.json").write_text(ON)
        (folder / "jupyter_server_config.json").write_text(ON)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path / "account"))
    with contents(LAB, course, tmp_path) as ask:
        assert_untouched(course, tmp_path, open_and_save(ask))


@pytest.mark.guests
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("command", [SERVER, [sys.executable, "-m", "jupyterlab"], [sys.executable, "-m", "notebook"]])
def test_other_servers_of_the_environment_obey_none_either(course, tmp_path, monkeypatch, command):
    """What the package ships outranks jupytext's own file in a folder of configuration, by its name."""
    folder = tmp_path / "etc" / "jupyter_server_config.d"
    folder.mkdir(parents=True)
    (folder / "jupytext.json").write_text(ON)
    shutil.copy(ROOT / "etc" / "jupyter" / OFF, folder)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(folder.parent))
    with contents(command, course, tmp_path) as ask:
        assert_untouched(course, tmp_path, open_and_save(ask))


@pytest.mark.guests
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_server_with_jupytexts_extension_falls_into_the_trap(course, tmp_path, monkeypatch):
    """The same submission writes a hidden test, shows another and runs its configuration: the tests can fail."""
    (tmp_path / "etc" / "jupyter_server_config.d").mkdir(parents=True)
    (tmp_path / "etc" / "jupyter_server_config.d" / "jupytext.json").write_text(ON)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path / "etc"))
    with contents(SERVER, course, tmp_path) as ask:
        assert "answer_of_the_grader = 1" in open_and_save(ask)
    assert "own = 1" in (course / "graders" / "h1" / "h1.py").read_text()
    assert (tmp_path / "ran").exists()


def test_the_package_ships_it_and_this_environment_has_it():
    """Wheels and editable installs bring each file of etc/; the name comes after jupytext's, as the last one counts."""
    from jupyter_core.paths import ENV_CONFIG_PATH
    from jupyter_server.extension.config import ExtensionConfigManager

    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "shared-data"
    ]
    files = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "etc").rglob("*.*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == {name: name for name in files}
    assert f"etc/jupyter/{OFF}" in files
    assert max("jupytext.json", "jupyterlab_jupytext.json", Path(OFF).name) == Path(OFF).name
    extensions = ExtensionConfigManager(read_config_path=ENV_CONFIG_PATH).get_jpserver_extensions()
    assert extensions["jupyterlab_jupytext"] is False, "run `make setup`"


FINE = (True, "a server writes a notebook to its own file only: jupytext's extension is off", "")
TRAP = "a learner's notebook names the files that it is read from and written to (graders/): jupytext's extension is on by "


@pytest.mark.parametrize("shipped", [True, False])
def test_doctor_is_quiet_while_it_is_off(jupyter, shipped):
    """By our file behind jupytext's own, or where nothing in force switches it on."""
    folder = jupyter / "jupyter_server_config.d"
    folder.mkdir()
    (folder / "jupytext.json").write_text(ON)
    if shipped:
        shutil.copy(ROOT / "etc" / "jupyter" / OFF, folder)
        assert serving.unpaired() == FINE
    else:
        where = folder / "jupytext.json"
        assert serving.unpaired() == (False, f"{TRAP}ServerApp.jpserver_extensions in {where}", serving._MEND_PAIRING)
        where.write_text(ON.replace("true", "false"))
        assert serving.unpaired() == FINE


JUPYTEXTS = "c.ServerApp.contents_manager_class = 'jupytext.TextFileContentsManager'"
LISTED = "c.ServerApp.jpserver_extensions = {'jupyterlab_jupytext': True}"


@pytest.mark.parametrize(
    ("name", "text", "by"),
    [
        ("jupyter_server_config.py", LISTED, "ServerApp.jpserver_extensions"),
        ("jupyter_server_config.py", LISTED.replace(" = ", ".update(") + ")", "ServerApp.jpserver_extensions"),
        ("jupyter_config.json", ON, "ServerApp.jpserver_extensions"),
        ("jupyter_server_config.json", ON, "ServerApp.jpserver_extensions"),
        ("jupyter_server_config.d/a.json", ON, "ServerApp.jpserver_extensions"),
        ("jupyter_server_config.py", JUPYTEXTS, "ServerApp.contents_manager_class"),
        ("jupyter_lab_config.py", JUPYTEXTS, "ServerApp.contents_manager_class"),
        ("jupyter_server_config.py", JUPYTEXTS.replace("Server", "Notebook"), "NotebookApp.contents_manager_class"),
        ("jupyter_server_config.py", "import jupytext\nc.ServerApp.contents_manager_class = type('Own', (jupytext.TextFileContentsManager,), {})", "ServerApp.contents_manager_class"),
    ],
)  # fmt: skip
def test_doctor_names_the_file_that_switches_it_on(jupyter, monkeypatch, name, text, by):
    """Each place that a real server was seen to obey, with the file; not those that it does not look into."""
    path = jupyter / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert serving.unpaired() == (False, f"{TRAP}{by} in {path}", serving._MEND_PAIRING)
    monkeypatch.chdir(jupyter)
    (finding,) = [found for found in doctor._server(jupyter) if found.name == "pairs of a server"]
    assert (finding.ok, finding.required, finding.mend) == (False, False, serving._MEND_PAIRING)
    assert finding.means == (
        "Opening and saving a learner's notebook can write hidden tests of theirs, which run with your rights."
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [("jupyter_lab_config.py", LISTED), ("jupyter_notebook_config.py", LISTED), ("jupyter_lab_config.d/a.json", ON),
     ("jupyter_server_config.json", '{"ServerApp": []}')],
)  # fmt: skip
def test_doctor_raises_no_false_alarm(jupyter, name, text):
    """A list of extensions in Lab's or Notebook's own file is read too late to count, as real servers showed."""
    (jupyter / name).parent.mkdir(exist_ok=True)
    (jupyter / name).write_text(text)
    assert serving.unpaired() == FINE


def test_doctor_weighs_files_as_jupyter_does(jupyter):
    """JSON before Python in one folder, and what Lab's file adds to a section of the server's stays Lab's."""
    server = jupyter / "jupyter_server_config.json"
    (jupyter / "jupyter_server_config.py").write_text(LISTED)
    server.write_text(ON.replace("true", "false"))
    assert serving.unpaired() == FINE
    server.write_text(ON)
    assert serving.unpaired()[1] == f"{TRAP}ServerApp.jpserver_extensions in {server}"
    (jupyter / "jupyter_server_config.py").unlink()
    server.write_text('{"ServerApp": {"port": 1}}')
    (jupyter / "jupyter_lab_config.py").write_text(LISTED)
    assert serving.unpaired() == FINE


def test_doctor_knows_the_old_names(jupyter, monkeypatch):
    """Where nothing else speaks of it, notebook_shim switches on what jupytext lists for Notebook 6."""
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [str(jupyter)])
    assert serving.unpaired() == FINE
    old = jupyter / "jupyter_notebook_config.d" / "jupytext.json"
    old.parent.mkdir()
    old.write_text('{"NotebookApp": {"nbserver_extensions": {"jupyterlab_jupytext": true}}}')
    assert serving.unpaired()[1] == f"{TRAP}NotebookApp.nbserver_extensions in {old}"
    (jupyter / "jupyter_server_config.d").mkdir()
    shutil.copy(ROOT / "etc" / "jupyter" / OFF, jupyter / "jupyter_server_config.d")
    assert serving.unpaired() == FINE


def test_doctor_tells_gradetape_lab_from_other_servers(jupyter, course):
    """The course's configuration counts in `gradetape lab` alone, whichever way it differs."""
    account = jupyter / "jupyter_server_config.py"
    own = course / "jupyter_server_config.py"
    assert serving.unpaired(course) == FINE
    account.write_text(LISTED)
    there = f"{TRAP}ServerApp.jpserver_extensions in {account}"
    assert serving.unpaired(course)[:2] == (False, f"off in `gradetape lab` only; in another server {there}")
    own.write_text(LISTED)
    assert serving.unpaired(course)[:2] == (False, there)
    account.unlink()
    here = f"{TRAP}ServerApp.jpserver_extensions in {own}"
    assert serving.unpaired(course)[:2] == (False, f"in `gradetape lab` {here}")


def test_the_advice_works(jupyter):
    """What the mend says to write switches it off; what cannot be read is named."""
    folder = jupyter / "jupyter_server_config.d"
    folder.mkdir()
    (folder / "jupytext.json").write_text(ON)
    line = "c.ServerApp.jpserver_extensions = {'jupyterlab_jupytext': False}"
    assert line in serving._MEND_PAIRING
    assert "docs/lab.md" in serving._MEND_PAIRING
    (jupyter / "jupyter_server_config.py").write_text("1/0")
    assert "jupyter_server_config.py cannot be read: ZeroDivisionError" in serving.unpaired()[1]
    (jupyter / "jupyter_server_config.py").write_text(line)
    assert serving.unpaired() == FINE
