"""The fence, layer by layer and whole: what it should stop is really attempted."""

import os
import platform
import signal
import struct
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from gradetape import trial
from gradetape.guest import forkserver, landlock, seccomp
from gradetape.guest.host import Host, isolation
from gradetape.guest.process import GuestProcess
from gradetape.notebook import CellSource
from gradetape.policy import LAYERS, ExposedError, Policy, exposed

pytestmark = pytest.mark.guests


@pytest.fixture(autouse=True)
def _light(monkeypatch):
    """No TensorFlow: the fence does not depend on it."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")


def run(source, *, policy=None, layers=LAYERS, strangers=False, files=None):
    """Run one cell in a fenced guest; return the host, closed, with its outputs."""
    with Host([CellSource(0, source)], files or {}, policy or Policy(), layers=layers, strangers=strangers) as host:
        host.run()
    return host


def said(host):
    return "".join(o.get("text", "") or o.get("evalue", "") for o in host.outputs.get(0, []))


def test_this_machine_has_every_layer():
    """Without them the rest of this file would prove nothing."""
    held = isolation()
    assert [layer.partition("-")[0] for layer in held] == list(LAYERS)
    assert exposed(held) == []


def test_the_whole_fence_refuses_everything():
    """Each attempt of `gradetape doctor`, from one guest."""
    assert [t for t in trial.attempt() if not t.refused] == []


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_holds_alone(layer):
    """One layer, no other: it stops what it is there for."""
    assert [t for t in trial.attempt([layer], trial.BY_LAYER[layer]) if not t.refused] == []


def test_without_a_fence_the_attempts_work():
    """The attempts are real: where nothing stops them, they succeed."""
    open_ = {t.name for t in trial.attempt([]) if not t.refused}
    assert {"read a file of the grader's", "write beside it", "connect to a TCP port", "signal the grader"} <= open_
    assert {"open an internet socket", "hold memory that no limit counts"} <= open_


@pytest.mark.parametrize("layers", [LAYERS, ("landlock", "seccomp")])
def test_ceilings_hold(layers):
    """Memory that is shared, processes, disk: with namespaces and without."""
    assert [t for t in trial.ceilings(layers) if not t.refused] == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import mmap\nm = mmap.mmap(-1, 2**29)\nfor _ in range(2**9): m.write(bytes(2**20))\nimport time; time.sleep(1)", "used more than the 0.25 GiB of memory"),
        ("import os, time\nfor _ in range(9):\n    if not os.fork():\n        x = b'x' * 2**26; time.sleep(9)\ntime.sleep(9)", "of memory"),
        ("import os\nos._exit(3)", "ended the notebook's process (exit, crash, or out of memory)"),
        ("import ctypes\nctypes.string_at(0)", "ended the notebook's process"),
        ("import os\nos.closerange(3, 99)", "ended the notebook's process"),
    ],
)  # fmt: skip
def test_how_a_guest_ended_is_told(source, words):
    """Over a ceiling, or by its own doing; never taken for somebody else's kill."""
    host = run(source, policy=Policy(memory_bytes=2**28))
    assert words in said(host), host.outputs
    assert host.refused == ""


def test_a_learner_cannot_kill_itself_from_outside():
    """SIGKILL from inside does nothing to the first process of a namespace, so one that arrives is the machine's."""
    host = run(
        "import os\nfor target in (os.getpid(), 0, -1):\n    try:\n        os.kill(target, 9)\n    except OSError: pass\nprint('alive')"
    )
    assert said(host) == "alive\n"


@pytest.mark.parametrize("layers", [LAYERS, ("landlock", "seccomp")])
@pytest.mark.parametrize("handler", ["SIG_IGN", "SIG_DFL"])
def test_a_limit_of_processor_time_is_nobody_elses_doing(layers, handler):
    """Whether the guest ignores the signal that comes first or not, and whoever lowered the limit."""
    host = run(
        f"import resource, signal\nsignal.signal(signal.SIGXCPU, signal.{handler})\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
        layers=layers,
    )
    assert said(host) == "This cell used up the processor time that a process may have. It was left out."


def test_killed_from_outside_is_no_fault_of_the_learner():
    """The cells run again in a fresh guest, nothing is left out."""
    host = Host([CellSource(0, "x = 1")], {}, Policy())
    with host:
        host.run()
        signal.pidfd_send_signal(host._guest._process, signal.SIGKILL)
        time.sleep(0.1)
        with host._guest._sock as line:  # what a reply would come over: it has hung up
            assert line.recv(1) == b""
        host.close()
        host.run()
        assert host.failed_cells == {}
        assert host.starts == 2


def test_the_fork_servers_death_is_survived():
    """A guest that dies with its server is started again on a new one, and answers."""
    from helpers import probe_bytes

    with Host([CellSource(0, "x = 41")], {}, Policy()) as host:
        host.run()
        launcher = forkserver.get(LAYERS)._process.pid
        (server,) = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
        os.kill(int(server), signal.SIGKILL)
        answer = host.ask(*probe_bytes(lambda nb: nb.x + 1), 0)
    assert answer.ok, answer
    assert host.failed_cells == {}


@pytest.mark.parametrize("layers", [LAYERS, ("landlock", "seccomp")])
def test_nothing_is_left_running(layers, tmp_path):
    """What a notebook leaves in the background ends with it, even when the grader is killed without warning."""
    mark = f"sleep 98765.{os.getpid()}"
    code = textwrap.dedent(f"""
        import os, sys, time
        from gradetape.guest.host import Host
        from gradetape.notebook import CellSource
        from gradetape.policy import Policy
        host = Host([CellSource(0, "import subprocess; subprocess.Popen('nohup {mark} &', shell=True); x = 1\\nwhile True: pass")],
                    {{}}, Policy(cell_seconds=60), layers={tuple(layers)!r})
        print("go", flush=True)
        host.run()
    """)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as grader:
        grader.stdout.readline()
        until = time.monotonic() + 20
        while mark not in _running() and time.monotonic() < until:
            time.sleep(0.1)
        assert mark in _running() or layers != LAYERS  # a stray may be ended before it is seen
        grader.kill()
        grader.wait()
        until = time.monotonic() + 10
        while mark in _running() and time.monotonic() < until:
            time.sleep(0.1)
    assert mark not in _running()


def _running():
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def test_a_guest_knows_nothing_of_the_graders_environment(monkeypatch):
    """Neither its variables, nor the memory where the kernel puts them at a program's start."""
    monkeypatch.setenv("GRADETAPE_TEST_SECRET", "open-sesame")
    monkeypatch.setenv("NVIDIA_VISIBLE_DEVICES", "sesame")  # the fork server needs it, a guest does not
    forkserver.close_all()
    host = run("print(open('/proc/self/environ').read(), __import__('os').environ)")
    assert "LANG" in said(host)
    assert "sesame" not in said(host)


def test_a_guest_has_no_descriptors_but_its_own_line(tmp_path):
    """Whatever the grader had open when the server started."""
    with (tmp_path / "open.txt").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        forkserver.close_all()
        host = run(
            "import os\nprint(sorted(os.readlink(f'/proc/self/fd/{n}').split(':')[0] for n in os.listdir('/proc/self/fd') if n != '4'))"
        )
    assert said(host) == "['/dev/null', '/dev/null', '/dev/null', 'socket']\n"


def test_a_guest_sees_only_the_system_python_and_the_data(tmp_path):
    """No home, no course, no /tmp of the machine; what it sees it cannot change."""
    (tmp_path / "seen.txt").write_text("x")
    source = f"""
    import os, gradetape
    places = [{str(tmp_path)!r}, {str(Path.home() / ".bashrc")!r}, '/etc/shadow', '/var', '/srv', '/opt', '/boot', '/mnt']
    print([p for p in places if os.path.lexists(p)])
    for place in (os.path.dirname(gradetape.__file__), '/usr/bin', os.environ['GRADETAPE_DATA_DIR'], '/', '/etc'):
        try:
            open(place + '/new', 'w')
        except OSError as error:
            print(error.errno)
    import tempfile
    open('here', 'w'), open(tempfile.gettempdir() + '/there', 'w'), open('/dev/shm/too', 'w')
    """
    host = run(textwrap.dedent(source))
    first, *errors = said(host).splitlines()
    assert first == "[]"
    assert len(errors) == 5
    assert host.failed_cells == {}


@pytest.mark.parametrize("layers", [(), ("landlock",), ("seccomp",)])
def test_strangers_are_refused_without_isolation(layers):
    """No files or no network isolation: an error that says which, and what to do."""
    with pytest.raises(
        ExposedError, match=r"cannot isolate a learner's code from (files|network).*--trust-learners"
    ) as caught:
        run("x = 1", layers=layers, strangers=True)
    assert all(what in str(caught.value) for what in exposed(layers))
    assert run("x = 1", layers=layers, strangers=False).held == tuple(isolation(layers))


def test_landlock_and_seccomp_together_are_enough():
    """In a container that allows no namespaces strangers' code is still kept from files and network."""
    assert exposed(isolation(("landlock", "seccomp"))) == []
    assert run("print(2)", layers=("landlock", "seccomp"), strangers=True).held[0].startswith("landlock-")


def test_what_isolates_from_what():
    """The table behind the refusal."""
    assert exposed(()) == ["files", "network"]
    assert exposed(("seccomp",)) == ["files"]
    assert exposed(("landlock-7",)) == ["network"]
    assert exposed(("namespaces",)) == []


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_well_formed(machine):
    """Every jump lands inside, every path returns, and it names its architecture first."""
    code = list(struct.iter_unpack("HBBI", seccomp.program(machine)))
    for at, (operation, yes, no, _) in enumerate(code):
        if operation in (0x15, 0x35, 0x45):
            assert at + 1 + max(yes, no) < len(code)
    assert code[0][0] == 0x20
    assert code[-1][0] == 0x06
    columns = [numbers[0 if machine == "x86_64" else 1] for numbers in seccomp.DENIED.values()]
    columns = [number for number in columns if number >= 0]  # -1: this architecture has no such call
    assert len(set(columns)) == len(columns)


def test_no_table_for_an_architecture_is_said(monkeypatch):
    """The layer is missing there, not silently empty."""
    monkeypatch.setattr(platform, "machine", lambda: "sparc")
    with pytest.raises(OSError, match="no seccomp table for sparc"):
        seccomp.install()


def test_landlock_says_its_version():
    """Of this kernel."""
    assert landlock.version() >= 1


def test_limits_of_memory_count_what_is_private():
    """An allocation over the ceiling is an error that the learner reads, not a crash."""
    host = run("x = bytearray(2**29)", policy=Policy(memory_bytes=2**28))
    assert host.failed_cells == {0: "MemoryError"}
    assert host.starts == 1


def test_attached_files_larger_than_the_line_allows(tmp_path):
    """Refused before a process is started."""
    with pytest.raises(ValueError, match=r"'big.bin' has 33,554,433 bytes; at most 33,554,432 are allowed"):
        GuestProcess(Policy(), {"big.bin": bytes(2**25 + 1)}, 0)
