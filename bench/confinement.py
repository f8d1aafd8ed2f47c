"""A throw-away machine inside this one, for runs of hostile notebooks that nobody else holds back.

Graders that are compared with Gradetape run learners' code with all rights of whoever grades. Here that is a user
without rights, in namespaces of its own (processes, mounts, network, IPC, host name), under a root folder made for
the run: the system's folders are there to be read only, the grader's environment is an overlay whose upper layer is
memory, everything else is memory too, and nothing of the repository, of homes or of other devices is there at all.
When process 1 of the namespace ends, so does every process in it.

The first half of this file runs outside and starts the namespaces, the second half runs inside as process 1.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import platform
import resource
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
USER = 61234
SPACES = ("mnt", "pid", "net", "ipc", "uts")
PEER = Path("/opt/peer")
WORK = Path("/srv")
UPPER = Path("/.layers/upper")
EXPORT = Path("/export")
TEMPLATE = Path("/template")
PROCESSES = 3000
ADDRESS_SPACE = 8 * 2**30
LEAST_MEMORY = 5 * 2**29
STOP = threading.Event()
"""Set to end all runs at once."""
SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64")

_LIBC = ctypes.CDLL(None, use_errno=True)
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


class ConfinementError(RuntimeError):
    """The machine does not give what a safe run needs; the text says what is missing."""


# Outside


def start(job: dict[str, Any], seconds: float, cpu: int | None = None) -> dict[str, Any]:
    """Run a job inside, in new namespaces, and return what it reports.

    Args:
        job: what `inside.py` reads; the places of folders outside are added here.
        seconds: after so long the namespaces are killed, whatever goes on in them.
        cpu: the one processor that the run may use, or any.

    Raises:
        ConfinementError: no namespaces could be made, or the checks inside found a hole.
    """
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        root = Path(folder, "root")
        root.mkdir()
        full = {**job, "root": str(root), "outside": namespaces(), "base": sys.base_prefix, "survivors": survivors()}
        full |= {"seconds_at_all": seconds, "cpu": cpu}
        ask, said, errors = Path(folder, "job.json"), Path(folder, "said.json"), Path(folder, "errors.txt")
        ask.write_text(json.dumps(full))
        python = f"{sys.base_prefix}/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
        command = [*unshare(), python, "-I", "-B", str(HERE / "inside.py"), str(ask)]
        with said.open("wb") as out, errors.open("wb") as err:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd="/",
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
                start_new_session=True,
            )
            ended = _wait(process, seconds)
        if ended:
            return {"killed": ended}
        try:
            report: dict[str, Any] = json.loads(said.read_bytes())
        except ValueError:
            text = errors.read_text(errors="replace").strip()[-2000:]
            raise ConfinementError(f"The run inside said nothing (code {process.returncode}): {text}") from None
        if "refused" in report:
            raise ConfinementError(f"Not confined: {'; '.join(report['refused'])}")
        return report


def unshare() -> list[str]:
    """Give the command that makes the namespaces: as root, or through a user namespace."""
    found = shutil.which("unshare")
    if found is None:
        raise ConfinementError("`unshare` of util-linux is missing.")
    flags = ["--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts", "--net"]
    return [found, *flags] if os.geteuid() == 0 else [found, "--user", "--map-root-user", *flags]


def namespaces() -> dict[str, str]:
    """Name the namespaces of this process."""
    return {space: str(Path(f"/proc/self/ns/{space}").readlink()) for space in SPACES}


def survivors() -> list[str]:
    """List folders outside that no run may change or, for the most part, even see."""
    places = {HERE.parent, Path.home(), Path(sys.prefix), Path(sys.base_prefix), Path(tempfile.gettempdir())}
    return sorted(map(str, places | {Path("/usr"), Path("/etc"), Path("/var"), Path("/boot")}))


def _wait(process: subprocess.Popen[bytes], seconds: float) -> str:
    """Wait for the end of the namespaces, and make one when time or the machine's memory runs out."""
    until = time.monotonic() + seconds
    ended = ""
    try:
        while process.poll() is None and not ended:
            if STOP.is_set():
                ended = "stopped by hand"
            elif time.monotonic() > until:
                ended = f"killed after {seconds:.0f} s"
            elif available() < LEAST_MEMORY:
                ended = "killed because the machine's memory ran out"
            else:
                time.sleep(0.1)
    finally:
        if process.poll() is None:
            for child in _children(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            process.kill()
        process.wait()
    return ended


def available() -> int:
    """Read how many bytes of memory the machine could still give."""
    line = next(n for n in Path("/proc/meminfo").read_text().splitlines() if n.startswith("MemAvailable"))
    return int(line.split()[1]) * 1024


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def prove(environment: Path) -> dict[str, Any]:
    """Try the walls with harmless means before anything hostile runs.

    A process inside looks for ways out, and then kills everything that it can reach; a process and a file outside
    have to survive that.

    Raises:
        ConfinementError: the walls do not hold; nothing hostile may run.
    """
    with tempfile.TemporaryDirectory(prefix="sentinel-") as folder:
        file = Path(folder, "sentinel.txt")
        file.write_text("untouched")
        file.parent.chmod(0o777)
        file.chmod(0o666)
        sentinel = subprocess.Popen(["sleep", "600"], user=USER if os.geteuid() == 0 else None)
        try:
            report = start({"kind": "probe", "environment": str(environment), "sentinel": str(file)}, 60)
            time.sleep(0.2)
            if sentinel.poll() is not None:
                raise ConfinementError("Not confined: a process outside was killed from inside.")
        finally:
            sentinel.kill()
            sentinel.wait()
        if file.read_text() != "untouched" or report.get("checks", 0) < 10:
            raise ConfinementError(f"Not confined: the probe said {report}.")
        return report


# Inside


def close_in(job: dict[str, Any]) -> None:
    """Build the new root and move into it; nothing of the old one stays reachable."""
    signal.signal(signal.SIGALRM, lambda *_: os._exit(9))
    signal.alarm(int(job["seconds_at_all"]) + 30)
    root = Path(job["root"])
    mount(None, "/", None, _REC | _PRIVATE)
    mount("tmpfs", root, "tmpfs", _NOSUID | _NODEV, "size=64m,mode=755")
    for name in SYSTEM:
        _show(Path("/", name), root / name)
    _show(Path(job["base"]), root / job["base"].lstrip("/"))
    _etc(root / "etc")
    _overlay(Path(job["environment"]), root)
    for name, size in (("tmp", "2g"), ("var/tmp", "512m"), ("run/lock", "64m")):
        _memory(root / name, size, "1777")
    _memory(root / "srv", "4g", "755")
    _devices(root / "dev")
    (root / "proc").mkdir()
    mount("proc", root / "proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    if "course" in job:
        _show(Path(job["course"]), root / str(TEMPLATE).lstrip("/"))
    if "export" in job:
        (root / "export").mkdir()
        mount(job["export"], root / "export", None, _BIND)
    (root / ".old").mkdir()
    os.chdir(root)
    number = _PIVOT_ROOT.get(platform.machine())
    if number is None or _LIBC.syscall(number, b".", b".old") != 0:
        raise ConfinementError(f"pivot_root: {os.strerror(ctypes.get_errno())}")
    os.chdir("/")
    take_away(Path("/.old"))
    mount(None, "/", None, _BIND | _REMOUNT | _RDONLY | _NOSUID | _NODEV)
    socket.sethostname("grader")
    _loopback()


def mount(source: str | Path | None, target: str | Path, kind: str | None, flags: int, data: str = "") -> None:
    """Mount something, as the system call does.

    Raises:
        ConfinementError: it failed.
    """
    words = [None if word is None else str(word).encode() for word in (source, target, kind)]
    if _LIBC.mount(*words, ctypes.c_ulong(flags), data.encode() or None) != 0:
        raise ConfinementError(f"mount of {kind or source}: {os.strerror(ctypes.get_errno())}")


def take_away(place: Path) -> None:
    """Unmount a folder that was shown, so that nobody sees it any more.

    Raises:
        ConfinementError: it failed.
    """
    if _LIBC.umount2(str(place).encode(), 2) != 0:
        raise ConfinementError(f"umount: {os.strerror(ctypes.get_errno())}")


def _show(source: Path, target: Path) -> None:
    """Show a folder or file of the machine for reading only; links stay links."""
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir() if source.is_dir() else target.touch()
        mount(source, target, None, _BIND)
        kept = os.statvfs(target).f_flag & (_NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME | os.ST_RELATIME)
        flags = kept & _NOEXEC | (1024 if kept & os.ST_NOATIME else 0) | (2048 if kept & os.ST_NODIRATIME else 0)
        flags |= 1 << 21 if kept & os.ST_RELATIME else 0
        mount(None, target, None, _BIND | _REMOUNT | _RDONLY | _NOSUID | _NODEV | flags)


def _etc(folder: Path) -> None:
    """Write the few files that programs look for; a home in a password file as on any machine."""
    folder.mkdir()
    user = identity()
    (folder / "passwd").write_text(f"root:x:0:0::/root:/bin/sh\ngrader:x:{user}:{user}::{WORK}/arena/home:/bin/bash\n")
    (folder / "group").write_text(f"root:x:0:\ngrader:x:{user}:\n")
    if user == 0:  # only this user exists in a user namespace
        (folder / "passwd").write_text(f"grader:x:0:0::{WORK}/arena/home:/bin/bash\n")
    (folder / "hosts").write_text("127.0.0.1 localhost grader\n")
    (folder / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
    for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives"):
        _show(Path("/etc", name), folder / name)


def _memory(folder: Path, size: str, mode: str) -> None:
    folder.mkdir(parents=True)
    mount("tmpfs", folder, "tmpfs", _NOSUID | _NODEV, f"size={size},mode={mode}")


def _overlay(environment: Path, root: Path) -> None:
    """Show the grader's environment so that it can be written to, without any change to what lies on the disk."""
    layers = root / UPPER.parent.name
    _memory(layers, "1g", "700")
    peer = root / str(PEER).lstrip("/")
    for folder in (layers / "upper", layers / "work", peer):
        folder.mkdir(parents=True)
    give(layers / "upper")
    options = f"lowerdir={environment},upperdir={layers / 'upper'},workdir={layers / 'work'}"
    mount("overlay", peer, "overlay", _NOSUID | _NODEV, options + ("" if os_root() else ",userxattr"))


def _devices(folder: Path) -> None:
    _memory(folder, "4m", "755")
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        (folder / name).touch()
        mount(f"/dev/{name}", folder / name, None, _BIND)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (folder / name).symlink_to(target)
    (folder / "pts").mkdir()
    mount("devpts", folder / "pts", "devpts", _NOSUID | _NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    (folder / "ptmx").symlink_to("pts/ptmx")
    _memory(folder / "shm", "3g", "1777")


def _loopback() -> None:
    """Bring up `lo`, which is all the network that there is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        up_and_running = struct.pack("16sh14x", b"lo", 0x1 | 0x40)
        fcntl.ioctl(line, 0x8914, up_and_running)


def os_root() -> bool:
    """Tell whether process 1 is the machine's root, and not only that of a user namespace."""
    return Path("/proc/self/uid_map").read_text().split() == ["0", "0", "4294967295"]


def identity() -> int:
    """Give the user id that hostile code runs with: one without rights."""
    return USER if os_root() else 0


def give(path: Path) -> None:
    """Make a file or folder, with all that is in it, the grader's."""
    user = identity()
    if user:
        os.chown(path, user, user, follow_symlinks=False)
        if path.is_dir() and not path.is_symlink():
            for below in path.iterdir():
                give(below)


def drop() -> None:
    """Give up all rights for good, in a child of process 1."""
    os.setsid()
    signal.alarm(0)
    for number in range(64):
        _LIBC.prctl(24, number, 0, 0, 0)
    user = identity()
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header, none = struct.pack("Ii", 0x20080522, 0), bytes(24)
    if _LIBC.capset(header, none) != 0 or _LIBC.prctl(38, 1, 0, 0, 0) != 0:
        os._exit(8)
    for limit, value in (
        (resource.RLIMIT_NPROC, PROCESSES),
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def holes(job: dict[str, Any]) -> tuple[list[str], int]:
    """Look for ways out, as the user that hostile code will be; return those, and how many were looked for."""
    status = dict(n.partition(":\t")[::2] for n in Path("/proc/self/status").read_text().splitlines())
    pids = {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found = {
        "rights are left": int(status["CapEff"], 16) == int(status["CapPrm"], 16) == int(status["CapBnd"], 16) == 0,
        "rights can be gained": status["NoNewPrivs"] == "1",
        "it runs as the wrong user": os.getuid() == os.geteuid() == identity(),
        "other processes are seen": pids == {1, os.getpid()} and os.getppid() == 1,
        "processes are not limited": resource.getrlimit(resource.RLIMIT_NPROC)[1] == PROCESSES,
        "mounts can be made": _LIBC.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) != 0,
        "the network is not closed": [name for _, name in socket.if_nameindex()] == ["lo"],
        "disks are there": not any(stat.S_ISBLK(entry.lstat().st_mode) for entry in Path("/dev").iterdir()),
        "the machine's settings are there": not Path("/sys").exists(),
        "settings of the kernel can be written": not any(
            map(_opens, (Path("/proc/sys/kernel/core_pattern"), Path("/proc/sysrq-trigger")))
        ),
        "the other file of the sentinel is seen": not Path(job.get("sentinel", "/nowhere")).exists(),
    }
    for space, outside in job["outside"].items():
        found[f"the {space} namespace is shared"] = str(Path(f"/proc/self/ns/{space}").readlink()) != outside
    for place in job["survivors"]:
        found[f"{place} can be written to"] = place in ("/tmp", "/var/tmp") or not _makes(Path(place))
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        target, options, kind = left.split()[4], left.split()[5].split(","), right.split()[0]
        memory = (kind in ("tmpfs", "proc", "devpts", "overlay") and target != "/") or target.startswith("/dev/")
        found[f"{target} is not for reading only"] = memory or "ro" in options or target == str(EXPORT)
    return sorted(hole for hole, closed in found.items() if not closed), len(found)


def _opens(path: Path) -> bool:
    try:
        path.open("a").close()
    except OSError:
        return False
    return True


def _makes(folder: Path) -> bool:
    name = folder / f"written-from-inside-{os.getpid()}"
    try:
        name.write_text("x")
    except OSError:
        return False
    name.unlink()
    return True
