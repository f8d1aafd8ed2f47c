"""Warm kernels: real ones, over jupyter_client, from a zygote that has imported something light."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from gradetape.lab import PROVISIONER, needs, provisioner, warm
from gradetape.lab.process import ForkedKernel

pytestmark = [
    pytest.mark.guests,
    pytest.mark.filterwarnings("ignore:Unclosed:ResourceWarning"),  # jupyter_client's and zmq's own
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.skipif(sys.platform != "linux", reason="pidfds are Linux's"),
]
LIGHT = ["colorsys"]


@pytest.fixture(autouse=True)
def _own_places(tmp_path, monkeypatch):
    """A runtime folder of the test's own; no zygote stays behind."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    yield
    warm.close_all()


class Kernel:
    """A kernel and a client of it."""

    def __init__(self, *, modules=LIGHT, traits=None, **start):
        from jupyter_client import KernelManager
        from traitlets.config import Config

        config = Config({"WarmProvisioner": {"modules": modules, **(traits or {})}})
        self.manager = KernelManager(kernel_name="python3", config=config)
        self.manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONER}
        self.manager.start_kernel(**start)
        self.connect()

    def connect(self):
        """Open channels to the kernel and wait until it answers."""
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    @property
    def process(self):
        """The kernel's process as the provisioner has it."""
        return self.manager.provisioner.process

    def run(self, code):
        """Run a cell; return (status of the reply, what it printed)."""
        printed = []

        def hear(message):
            if message["msg_type"] in ("stream", "execute_result"):
                content = message["content"]
                printed.append(content.get("text") or content["data"]["text/plain"])

        reply = self.client.execute_interactive(code, timeout=60, output_hook=hear)
        return reply["content"]["status"], "".join(printed).strip()

    def value(self, code):
        """Evaluate an expression that is a literal."""
        status, printed = self.run(f"print(repr({code}))")
        assert status == "ok"
        return eval(printed, {})

    def close(self):
        """End the kernel."""
        if hasattr(self, "client"):
            self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.context.destroy(linger=0)


@pytest.fixture
def start():
    """Start a kernel: start(cwd=…, env=…, traits=…)."""
    kernels = []

    def begin(**options):
        kernels.append(Kernel(**options))
        return kernels[-1]

    yield begin
    for kernel in kernels:
        kernel.close()


def runs(pid):
    """Whether a process lives (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def gone(pid, seconds=10):
    """Whether a process ends in time."""
    until = time.monotonic() + seconds
    while runs(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not runs(pid)


def test_entry_point_is_installed():
    """jupyter_client finds the provisioner by its name."""
    (found,) = entry_points(group="jupyter_client.kernel_provisioners", name=PROVISIONER)
    assert found.load() is provisioner.WarmProvisioner


def test_default_provisioner_by_environment(monkeypatch):
    """The variable alone makes the existing python3 kernel warm."""
    from jupyter_client.kernelspec import get_kernel_spec
    from jupyter_client.provisioning import KernelProvisionerFactory

    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", PROVISIONER)
    made = KernelProvisionerFactory().create_provisioner_instance("1", get_kernel_spec("python3"), None)
    assert type(made) is provisioner.WarmProvisioner


def test_kernel_is_a_fork_with_modules_in_memory(start):
    """It is a child of the zygote, leads a session of its own, and has what the zygote imported."""
    kernel = start()
    assert isinstance(kernel.process, ForkedKernel)
    (zygote,) = warm._owned[os.getpid()]
    assert kernel.value("[__import__('os').getppid(), __import__('os').getsid(0)]") == [zygote.pid, kernel.process.pid]
    assert kernel.value("'colorsys' in __import__('sys').modules") is True


def test_environment_folder_and_arguments(start, tmp_path):
    """Environment, working directory, sys.argv and __main__ are those of an ordinary kernel; no variable is left over."""
    kernel = start(cwd=str(tmp_path), env={**os.environ, "COURSE": "maß 3", "TZ": "Asia/Tokyo"})
    assert kernel.run("import os, sys, time, __main__") == ("ok", "")
    assert kernel.value("[os.getcwd(), os.environ['COURSE'], time.tzname[0]]") == [str(tmp_path), "maß 3", "JST"]
    assert kernel.value("os.path.basename(sys.argv[0])") == "ipykernel_launcher.py"
    assert kernel.value("[__name__, __main__.__dict__ is globals(), '' in sys.path]") == ["__main__", True, True]
    assert kernel.value("int(os.environ['JPY_PARENT_PID'])") == os.getpid()
    assert "COURSE" not in start().value("dict(__import__('os').environ)")


def test_output_of_programs_and_descriptors(start):
    """What C code and programs write appears below the cell; nothing of the zygote's is open."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    kernel = start(env=environment)  # with that variable ipykernel leaves file descriptors alone
    assert kernel.run("import os, subprocess, time\n_ = os.write(1, b'low\\n'); time.sleep(1)") == ("ok", "low")
    assert kernel.run("!echo of a shell")[1] == "of a shell"
    assert kernel.value("subprocess.run(['echo', 'x'], capture_output=True, text=True).stdout") == "x\n"


OPEN = """
import os
links = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")]
rows = [row.split() for row in open("/proc/net/unix")]
named = {f"socket:[{row[6]}]" for row in rows if "gradetape-warm" in row[-1] or row[-1].startswith("/proc/self/fd/")}
"""


def test_kernel_holds_no_descriptor_of_zygote_or_other_kernels(start):
    """Of all sockets and processes that the zygote has open, a kernel has the line to its own owner only."""
    start()
    kernel = start()
    kernel.run(OPEN)
    assert kernel.value("len([link for link in links if 'pidfd' in link])") == 0
    assert kernel.value("len(named.intersection(links))") == 1


def test_random_numbers_differ_between_kernels(start):
    """Generators that were made before the fork do not repeat themselves in every kernel."""
    draws = [
        start(modules=["numpy.random"]).value(
            "[__import__('random').random(), float(__import__('numpy').random.rand())]"
        )
        for _ in range(2)
    ]
    assert draws[0][0] != draws[1][0]
    assert draws[0][1] != draws[1][1]


def test_interrupt_ends_a_loop_and_keeps_the_kernel(start):
    """An interrupt raises KeyboardInterrupt; names stay."""
    kernel = start()
    kernel.run("kept = 7")
    message = kernel.client.execute("while True: pass")
    time.sleep(0.5)
    kernel.manager.interrupt_kernel()
    while (reply := kernel.client.get_shell_msg(timeout=20))["parent_header"]["msg_id"] != message:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.value("kept") == 7


def test_interrupt_reaches_programs_of_the_kernel(start):
    """The signal goes to the kernel's process group."""
    kernel = start()
    message = kernel.client.execute("!sleep 60")
    time.sleep(1)
    began = time.monotonic()
    kernel.manager.interrupt_kernel()
    while kernel.client.get_shell_msg(timeout=20)["parent_header"]["msg_id"] != message:
        pass
    assert time.monotonic() - began < 10


def test_restart_is_a_new_process_on_the_same_ports(start):
    """After a restart the client goes on, with nothing of before in memory."""
    kernel = start()
    kernel.run("before = 1")
    first = kernel.process.pid
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=60)
    assert kernel.process.pid != first
    assert gone(first)
    assert isinstance(kernel.process, ForkedKernel)
    assert kernel.value("'before' in globals()") is False


def test_shutdown_runs_exit_handlers_and_leaves_nothing(start, tmp_path):
    """A gentle shutdown ends the interpreter properly: exit handlers run, the process is reaped."""
    kernel = start()
    kernel.run(f"import atexit, pathlib\natexit.register(pathlib.Path({str(tmp_path / 'left')!r}).touch)")
    pid = kernel.process.pid
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel()
    assert (tmp_path / "left").exists()
    assert gone(pid)
    until = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists(), "a zombie"


@pytest.mark.parametrize(
    ("code", "expected"), [("import os; os._exit(7)", 7), ("import os; os.kill(os.getpid(), 9)", -9)]
)
def test_exit_codes_come_back(start, code, expected):
    """How a kernel ended is known: its exit code, or the signal's number."""
    kernel = start()
    kernel.client.execute(code)
    assert kernel.process.wait(20) == expected
    assert kernel.manager.is_alive() is False


def test_terminate_and_signals_after_the_end(start):
    """SIGTERM ends it; a later signal does nothing."""
    kernel = start()
    process = kernel.process
    process.terminate()
    assert process.wait(20) == -signal.SIGTERM
    process.kill()
    assert process.poll() == -signal.SIGTERM


def test_zygote_that_dies_costs_no_kernel_and_is_replaced(start):
    """A running kernel goes on and can be shut down; the next one comes from a new zygote."""
    kernel = start()
    (zygote,) = warm._owned[os.getpid()]
    os.kill(zygote.pid, signal.SIGKILL)
    assert gone(zygote.pid)
    assert kernel.value("1 + 1") == 2
    other = start()
    assert other.value("__import__('os').getppid()") == warm._owned[os.getpid()][-1].pid != zygote.pid
    pid = kernel.process.pid
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel()
    assert gone(pid)


SERVER = """
import os, sys, time
sys.path.insert(0, {tests!r})
import test_lab_kernels as t
kernel = t.Kernel()
kernel.run("import subprocess; p = subprocess.Popen(['sleep', '100'])")
print(kernel.process.pid, t.warm._owned[os.getpid()][0].pid, kernel.value("p.pid"), flush=True)
time.sleep(100)
"""


@pytest.mark.parametrize("zygote_first", [False, True])
def test_no_orphan_when_the_server_is_killed(zygote_first):
    """Kernels and zygote end with the server, even when the zygote has gone before."""
    code = SERVER.format(tests=str(Path(__file__).parent))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as server:
        kernel, zygote, sleeper = map(int, server.stdout.readline().split())
        if zygote_first:
            os.kill(zygote, signal.SIGKILL)
            assert gone(zygote)
        assert runs(kernel)
        server.kill()
    assert gone(kernel)
    assert gone(zygote)
    if not zygote_first:
        assert gone(sleeper), "the kernel's own children go with it"
    elif runs(sleeper):
        os.kill(sleeper, signal.SIGKILL)


def test_another_process_of_the_user_finds_the_zygote(start):
    """`nbgrader validate` in a terminal takes the zygote of the server, starts none, and its kernel ends with it."""
    (zygote,) = [warm.own(LIGHT)]
    start()
    code = SERVER.format(tests=str(Path(__file__).parent)).replace(
        "t.warm._owned[os.getpid()][0].pid", "kernel.value(\"__import__('os').getppid()\")"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        kernel, parent, _ = map(int, other.stdout.readline().split())
        assert parent == zygote.pid
        other.kill()
    assert gone(kernel)
    assert runs(zygote.pid)


def test_new_packages_mean_a_new_zygote(start, monkeypatch):
    """After `pip install` a restarted kernel imports what is installed now; kernels of before go on."""
    kernel = start()
    (old,) = warm._owned[os.getpid()]
    monkeypatch.setattr(needs, "_stamp", lambda _path: 1)
    other = start()
    assert other.value("__import__('os').getppid()") != old.pid
    assert kernel.value("__import__('os').getppid()") == old.pid
    pid = kernel.process.pid
    os.kill(pid, signal.SIGKILL)
    assert kernel.process.wait(20) == -signal.SIGKILL
    assert gone(old.pid), "it retires after its last kernel"


def test_folder_that_others_can_enter_is_refused(start, tmp_path, caplog):
    """The socket's folder has to be private; else the kernel starts the ordinary way and the log says why."""
    folder = tmp_path / "run" / "gradetape-warm"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    kernel = start()
    assert isinstance(kernel.process, subprocess.Popen)
    assert f"Folder {str(folder)!r}: others can enter it. Make it yours alone: chmod 700." in caplog.text
    folder.chmod(0o700)
    assert isinstance(start().process, ForkedKernel)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_stale_socket_is_removed(start, tmp_path):
    """The socket of a server that was killed does not stand in the way."""
    import socket

    folder = tmp_path / "run" / "gradetape-warm"
    folder.mkdir(mode=0o700, parents=True)
    stale = folder / f"{needs.fingerprint(os.environ)}.1.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(stale))
    assert isinstance(start().process, ForkedKernel)
    assert not stale.exists()


def test_a_socket_is_found_only_once_it_listens(monkeypatch, tmp_path):
    """Who asks at that moment would take it for one that a killed server left, and remove it."""
    import socket

    class Watched(socket.socket):
        def listen(self, *arguments):
            seen.append(sorted(path.suffix for path in (tmp_path / "run" / "gradetape-warm").iterdir()))
            super().listen(*arguments)

    seen = []
    monkeypatch.setattr(warm.socket, "socket", Watched)
    zygote = warm.own(LIGHT)
    assert seen == [[".new"]]
    assert [path.name for path in zygote.path.parent.iterdir()] == [zygote.path.name]


def test_first_zygotes_of_an_account_begin_at_once():
    """Five servers of one account at the same moment, in an empty runtime folder: each has its own, none fails."""
    code = (
        "import sys, time; from gradetape.lab import warm; time.sleep(max(0, float(sys.argv[1]) - time.time()))\n"
        "zygote = warm.own([]); print(zygote.path.exists(), zygote.path.parent.stat().st_mode & 0o777 == 0o700)"
    )
    command = [sys.executable, "-c", code, str(time.time() + 2)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    assert [process.communicate(timeout=60) for process in started] == [("True True\n", "")] * 5


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"env": {**os.environ, "TF_USE_LEGACY_KERAS": "1"}}, "other values than this process for TF_USE_LEGACY_KERAS"),
        ({"stdout": subprocess.PIPE}, "cannot have 'stdout'"),
        ({"independent": True}, "cannot have 'independent'"),
        ({"traits": {"start": False}}, "No zygote is there, and none is to be started (WarmProvisioner.start)."),
    ],
)
def test_falls_back_to_the_ordinary_start(start, caplog, options, reason):
    """What a fork cannot have starts as a program of its own, with readable checks all the same."""
    caplog.set_level("INFO", logger="traitlets")
    kernel = start(**options)
    assert isinstance(kernel.process, subprocess.Popen)
    assert "starts the ordinary way. " in caplog.text
    assert reason in caplog.text
    assert kernel.value("'gradetape.lab.readable' in __import__('sys').modules") is True


def test_grading_kernels_are_left_alone(start):
    """nbgrader's autograde gets an ordinary kernel without the extension."""
    kernel = start(env={**os.environ, "NBGRADER_EXECUTION": "autograde"})
    assert isinstance(kernel.process, subprocess.Popen)
    assert kernel.value("'gradetape.lab.readable' in __import__('sys').modules") is False


def test_zygote_that_cannot_begin_says_why(start, caplog, monkeypatch):
    """Its last words stand in the log, and the kernel starts the ordinary way."""
    monkeypatch.setattr(warm, "_CODE", "raise SystemExit('out of luck')")
    assert isinstance(start().process, subprocess.Popen)
    assert "out of luck" in caplog.text


@pytest.mark.parametrize(
    ("cmd", "expected"),
    [
        ([sys.executable, "-m", "ipykernel_launcher", "-f", "c.json"], ["-f", "c.json"]),
        ([sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "c"], ["-f", "c"]),
        ([sys.executable, "-X", "frozen_modules=off", "-m", "ipykernel", "-f", "c"], ["-f", "c"]),
        ([sys.executable, "-X", "dev", "-m", "ipykernel", "-f", "c"], None),
        ([sys.executable, "-O", "-m", "ipykernel_launcher"], None),
        ([sys.executable, "-m", "xeus_kernel"], None),
        ([sys.executable, "-m"], None),
        (["/bin/sh", "-m", "ipykernel_launcher"], None),
        (["no-such-program"], None),
    ],
)
def test_only_ipykernel_of_this_interpreter(cmd, expected):
    """Other interpreters, options and languages are told apart by the command."""
    assert provisioner.ipykernel_arguments(cmd) == expected


def test_modules_follow_the_notebooks(tmp_path):
    """TensorFlow Probability is imported ahead only where a notebook mentions it."""
    assert needs.modules_for(tmp_path) == needs.MODULES
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.ipynb").write_text('{"cells": ["import tensorflow_probability as tfp"]}')
    assert set(needs.modules_for(tmp_path)) - set(needs.MODULES) == {"tensorflow_probability", "tf_keras"}
    assert needs.modules_for(tmp_path / "missing") == needs.MODULES


def test_async_manager_starts_many_at_once():
    """As in JupyterLab: kernels that start together while the zygote still imports; the loop is not blocked."""
    from jupyter_client import AsyncKernelManager
    from traitlets.config import Config

    async def one():
        manager = AsyncKernelManager(kernel_name="python3", config=Config({"WarmProvisioner": {"modules": LIGHT}}))
        manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONER}
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        pid = manager.provisioner.process.pid
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)
        return pid

    async def several():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.02)
                ticks += 1

        clock = asyncio.create_task(tick())
        pids = await asyncio.gather(one(), one(), one())
        clock.cancel()
        return pids, ticks

    pids, ticks = asyncio.run(several())
    assert len(set(pids)) == 3
    assert ticks > 10
    assert len(warm._owned[os.getpid()]) == 1


def test_tensorflow_works_after_the_fork(start):
    """Operations, training, random numbers and pictures in two kernels of one zygote; the import takes no time."""
    draws = []
    for _ in range(2):
        kernel = start(modules=list(needs.MODULES))
        began = time.monotonic()
        assert kernel.run("import tensorflow as tf, numpy as np, matplotlib.pyplot as plt") == ("ok", "")
        assert time.monotonic() - began < 2
        draws.append(kernel.value("[float(tf.random.normal(())), float(tf.keras.random.normal(()))]"))
        fit = (
            "m = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(1)]); m.compile(loss='mse')\n"
            "h = m.fit(np.ones((64, 3)), np.ones((64, 1)), epochs=2, verbose=0).history"
        )
        assert kernel.run(fit) == ("ok", "")
        assert kernel.value("len(h['loss'])") == 2
        shown = []
        kernel.client.execute_interactive("plt.plot([1, 2]); plt.show()", timeout=60, output_hook=shown.append)
        assert any("image/png" in m["content"].get("data", {}) for m in shown)
    assert draws[0][0] != draws[1][0]
    assert draws[0][1] != draws[1][1]
