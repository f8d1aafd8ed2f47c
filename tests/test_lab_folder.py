"""What lies beside a learner's notebook does not run when somebody opens it: real kernels, warm and ordinary."""

import os
import subprocess
import sys

import pytest
import test_lab_kernels

from gradetape.lab import PROVISIONER, needs, provisioner, serving
from gradetape.lab.process import ForkedKernel

pytestmark = [
    pytest.mark.filterwarnings("ignore:Unclosed:ResourceWarning"),  # jupyter_client's and zmq's own
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
_own_places = test_lab_kernels._own_places
start = test_lab_kernels.start
NOTED = "import os\nwith open(os.environ['NOTED'], 'a') as file:\n    file.write(__name__ + '\\n')\n"
MORE = (
    "sitecustomize", "usercustomize", "ipython_config", "ipython_kernel_config", "jupyter_config", "debugpy", "gi",
    "tensorflow", "keras", "torch", "jax", "pandas", "cupy", "gradetape", "helper",
)  # fmt: skip
IMPORTED = "sorted({name.partition('.')[0] for name in __import__('sys').modules})"


@pytest.fixture
def trapped(tmp_path, monkeypatch):
    """A learner's folder with a module for every name that a kernel imports, and with all settings that are read."""
    names = subprocess.run(
        [sys.executable, "-c", f"import ipykernel.kernelapp, jedi, IPython.core.completer, json, ast, numpy; print(*{IMPORTED})"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    folder = tmp_path / "handed in"
    folder.mkdir()
    monkeypatch.setenv("NOTED", str(tmp_path / "noted"))
    for name in {*names, *sys.stdlib_module_names, *MORE} - {"__main__"}:
        (folder / f"{name}.py").write_text(NOTED)
    (folder / ".pdbrc").write_text(f"open({str(tmp_path / 'noted')!r}, 'a').write('pdbrc')\n")
    (folder / "matplotlibrc").write_text("lines.linewidth: 77\n")
    for part in ("startup", "db"):
        (folder / ".ipython" / "profile_default" / part).mkdir(parents=True)
    (folder / ".ipython" / "profile_default" / "startup" / "00.py").write_text(NOTED)
    (folder / ".jedi").mkdir()
    (folder / ".jedi" / "project.json").write_text('[1, {"environment_path": "evil", "load_unsafe_extensions": true}]')
    (folder / "evil-1.dist-info").mkdir()
    (folder / "evil-1.dist-info" / "entry_points.txt").write_text(
        "[jupyter_client.kernel_provisioners]\nevil = helper:x\n"
    )
    return folder


def noted(tmp_path):
    """What has run so far."""
    path = tmp_path / "noted"
    return path.read_text().split() if path.exists() else []


def ask(kernel, kind, **content):
    """Send a request of the shell channel and wait for its reply."""
    client = kernel.client
    message = getattr(client, kind)(**content)
    while (reply := client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != message:
        pass
    return reply["content"]


@pytest.mark.guests
@pytest.mark.parametrize(
    ("warm_one", "python_path"), [(True, None), (False, None), (False, f":{os.sep}nowhere"), (False, ".")]
)
def test_nothing_of_the_folder_runs_when_a_notebook_is_opened(start, trapped, tmp_path, warm_one, python_path):
    """Start, complete, inspect, execute, %debug: no module and no setting of the folder; `import helper` works."""
    environment = {**os.environ, **({"PYTHONPATH": python_path} if python_path else {})}
    kernel = start(cwd=str(trapped), traits=None if warm_one else {"start": False}, env=environment)
    assert isinstance(kernel.process, ForkedKernel) is warm_one
    ask(kernel, "complete", code="import jedi\njedi.Scr")
    ask(kernel, "complete", code="from helper import ")
    ask(kernel, "complete", code="import nu")
    ask(kernel, "inspect", code="print")
    ask(kernel, "inspect", code="open", detail_level=1)
    assert noted(tmp_path) == []
    assert kernel.run("import importlib, json, ast, numpy, jedi, gradetape, pdb\nx = json.loads('[1]')")[0] == "ok"
    ask(kernel, "complete", code="x.app")
    ask(kernel, "complete", code="import gi\ngi.re")
    ask(kernel, "inspect", code="json.loads")
    assert noted(tmp_path) == []
    assert kernel.value("pdb.Pdb().rcLines") == []
    assert kernel.value("__import__('matplotlib').rcParams['lines.linewidth']") == 1.5
    assert kernel.run("import helper") == ("ok", "")
    assert noted(tmp_path) == ["helper"]


@pytest.mark.guests
def test_a_stock_kernel_falls_into_the_trap(trapped, tmp_path):
    """The same folder with jupyter_client's own provisioner runs what lies there: the test can fail."""
    from jupyter_client import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": "local-provisioner"}
    manager.start_kernel(cwd=str(trapped), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        test_lab_kernels.time.sleep(3)
    finally:
        manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)
    assert "importlib" in noted(tmp_path) or "runpy" in noted(tmp_path), noted(tmp_path)


@pytest.mark.guests
def test_grading_kernels_look_into_the_folder_last(start, trapped, tmp_path):
    """The kernel that nbgrader grades a plain notebook in is an ordinary one, with the same order."""
    kernel = start(cwd=str(trapped), env={**os.environ, "NBGRADER_EXECUTION": "autograde"})
    assert kernel.run("import importlib, numpy, json") == ("ok", "")
    assert noted(tmp_path) == []
    assert kernel.run("import helper") == ("ok", "")


@pytest.mark.guests
def test_who_wants_no_folder_on_the_path_has_none(start, tmp_path):
    """`InteractiveShellApp.ignore_cwd` of the account's configuration holds as in an ordinary kernel."""
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_kernel_config.py").write_text("c.InteractiveShellApp.ignore_cwd = True\n")
    assert start().value("'' in __import__('sys').path") is False


def test_commands_and_variables_of_an_ordinary_kernel(monkeypatch):
    """-P and our launcher for this interpreter, whatever options it has; other programs are left as they are."""
    with_last = provisioner.with_folder_last
    python = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "x"]
    assert with_last(python, {})[0] == [
        sys.executable, "-Xfrozen_modules=off", "-P", "-m", "gradetape.lab.launch", "-f", "x",
    ]  # fmt: skip
    for other in (["/usr/bin/env", "python", "-m", "ipykernel"], ["R", "-m", "ipykernel"], [sys.executable, "-c", "1"]):
        assert with_last(other, {"PYTHONPATH": ":"}) == (other, {"PYTHONPATH": ":"})
    env = {
        "PYTHONPATH": f":/a{os.pathsep}./b{os.pathsep}/c",
        "PYTHONSTARTUP": "x.py",
        "LD_LIBRARY_PATH": "/l",
        "A": ":",
    }
    assert needs.environment(env) == {"PYTHONPATH": "/a:/c", "LD_LIBRARY_PATH": "/l", "A": ":"}


def test_pipes_devices_links_and_large_files_beside_notebooks(tmp_path, monkeypatch):
    """`gradetape lab` looks for packages in plain notebooks only: a FIFO in the exchange does not hold it up."""
    mention = '{"cells": ["import tensorflow_probability as tfp"]}'
    inbound = tmp_path / "exchange" / "inbound"
    inbound.mkdir(parents=True)
    os.mkfifo(inbound / "a.ipynb")
    os.symlink("/dev/zero", inbound / "b.ipynb")
    (tmp_path / "elsewhere").write_text(mention)
    os.symlink(tmp_path / "elsewhere", inbound / "c.ipynb")
    os.link(tmp_path / "elsewhere", inbound / "d.ipynb")
    with (inbound / "e.ipynb").open("w") as sparse:
        sparse.write(mention)
        sparse.truncate(2**40)
    if os.geteuid() == 0:
        os.mknod(inbound / "f.ipynb", 0o20666, os.makedev(1, 5))
    assert needs.modules_for(tmp_path) == needs.MODULES
    (inbound / "g.ipynb").write_text(mention)
    assert set(needs.modules_for(tmp_path)) - set(needs.MODULES) == {"tensorflow_probability", "tf_keras"}
    monkeypatch.setattr(needs, "_MOST_BYTES", 10)
    assert needs.modules_for(tmp_path) == needs.MODULES


@pytest.fixture
def jupyter(tmp_path, monkeypatch):
    """An account without any configuration of Jupyter."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "")
    monkeypatch.delenv("JUPYTER_DEFAULT_PROVISIONER_NAME", raising=False)
    (tmp_path / "jupyter_config_path").mkdir()
    return tmp_path / "jupyter_config_path"


TRAP = "a module beside a learner's notebook (jedi.py) runs as whoever opens it: no setting of the server prevents it"


def test_a_server_without_our_kernels_is_named(jupyter, tmp_path):
    """What it means, and what to write where; `gradetape lab` alone is told apart."""
    assert serving.folder_last() == (False, TRAP, serving._MEND)
    (tmp_path / "jupyter_server_config.py").write_text(
        "c = get_config()\nc.ServerApp.jpserver_extensions = {'gradetape.lab': True}\n"
    )
    assert serving.folder_last(tmp_path) == (
        False,
        f"by ServerApp.jpserver_extensions in `gradetape lab` only; in another server {TRAP}",
        serving._MEND,
    )
    assert "docs/lab.md" in serving._MEND
    assert PROVISIONER in serving._MEND


@pytest.mark.parametrize(
    ("name", "text", "by"),
    [
        ("jupyter_server_config.py", "c.KernelProvisionerFactory.default_provisioner_name = 'gradetape-warm'", "KernelProvisionerFactory.default_provisioner_name"),
        ("jupyter_config.json", '{"ServerApp": {"jpserver_extensions": {"gradetape.lab": true}}}', "ServerApp.jpserver_extensions"),
        ("jupyter_server_config.d/a.json", '{"ServerApp": {"jpserver_extensions": {"gradetape.lab": true}}}', "ServerApp.jpserver_extensions"),
    ],
)  # fmt: skip
def test_settings_that_count(jupyter, monkeypatch, name, text, by):
    """Each place where Jupyter reads them; a provisioner named elsewhere takes precedence."""
    path = jupyter / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert serving.folder_last() == (True, f"kernels look into a notebook's folder last, by {by}", "")
    if "jpserver" in text:
        monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "local-provisioner")
        assert serving.folder_last()[0] is False
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", PROVISIONER)
    assert "by JUPYTER_DEFAULT_PROVISIONER_NAME" in serving.folder_last()[1]


def test_a_configuration_that_cannot_be_read(jupyter):
    """The finding says which file, and why."""
    (jupyter / "jupyter_server_config.py").write_text("1/0")
    ok, seen, _ = serving.folder_last()
    assert not ok
    assert seen == f"{TRAP}; {jupyter}/jupyter_server_config.py cannot be read: ZeroDivisionError: division by zero"
