"""The fence around a guest, applied in the guest before any of the learner's code.

What it allows is data (`gradetape.policy.Policy`, `gradetape.guest.view`); this module makes the calls, in the
one order that works: namespaces and mounts while there is privilege, then a user that owns nothing, then the
layers that need no privilege and cannot be taken back (Landlock, seccomp).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gradetape.guest import kernel, landlock, seccomp, view
from gradetape.policy import LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gradetape.policy import Policy

__all__ = ["KEPT_VARIABLES", "Yard", "apply", "environment"]

KEPT_VARIABLES = ("LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")
"""Variables of the grader's environment that a guest inherits; all others are gone."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SIGKILL = 9
_NOBODY = 65534
_CPU_PER_SECOND = 2
_PENDING_SIGNALS = 256
"""And timers: the kernel counts them by user, who may be the grader's."""
_ENVIRONMENT = slice(47, 49)  # where it lies in memory: fields of /proc/<pid>/stat after the name
_MINE = kernel.CLONE_NEWNS | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS | kernel.CLONE_NEWCGROUP


class Yard:
    """Where a guest lives: what the fork server prepared, and which layers are wanted."""

    def __init__(
        self,
        wanted: Iterable[str],
        readable: Iterable[str],
        devices: Iterable[str],
        folder: str,
        links: Mapping[str, str] | None = None,
    ) -> None:
        self.wanted = frozenset(wanted)
        self.links = dict(links or {})
        """Where data lie, by their name in the guest's home."""
        self.readable = tuple(readable)
        self.devices = tuple(devices)
        self.folder = folder
        """Its private folder on the machine's disk; '' when the server has namespaces and it gets a tmpfs."""

    @property
    def home(self) -> str:
        """The guest's home and working directory."""
        return self.folder or view.HOME

    def lay_links(self) -> None:
        """Let the data that lie in the account's home be found in the guest's own; what the notebook brings stays.

        The folders themselves are the guest's: libraries refuse a cache that they cannot write to, or take one in /tmp.
        """
        for where in (self.home, tempfile.gettempdir() if self.folder else view.TMP):
            for name, real in self.links.items():
                folder = Path(where) / name
                with contextlib.suppress(OSError):
                    folder.mkdir(parents=True, exist_ok=True)
                    for entry in os.scandir(real):
                        with contextlib.suppress(FileExistsError):
                            (folder / entry.name).symlink_to(entry.path)


def environment(inherited: Mapping[str, str], folder: str, data_dir: str) -> dict[str, str]:
    """Build the environment of a guest whose private folder is `folder`."""
    kept = {name: inherited[name] for name in KEPT_VARIABLES if name in inherited}
    return {
        "LANG": "C.UTF-8",
        **kept,
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": folder,
        "USER": "learner",
        "TMPDIR": folder,
        "MPLCONFIGDIR": folder,
        "IPYTHONDIR": folder,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "GRADETAPE_DATA_DIR": data_dir,
        "NBGRADER_EXECUTION": "autograde",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }


def apply(policy: Policy, yard: Yard, data_dir: str) -> list[str]:
    """Fence the calling process in; there is no way back. Returns the layers that hold.

    A layer that the machine does not offer is left out: whether that will do is the host's decision.
    """
    os.setsid()
    os.umask(0o077)
    held: list[str] = []
    if yard.folder:
        kernel.prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    else:
        _separate(policy)
        held.append("namespaces")
    os.chdir(yard.home)
    kept = environment(os.environ, yard.home, data_dir)
    os.environ.clear()
    os.environ.update(kept)
    _forget_environment()
    tempfile.tempdir = None  # the fork server may have settled on a folder that guests cannot write to
    _silence()
    _limit(policy, own_user=not yard.folder)
    kernel.drop_capabilities()
    kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1)
    closing: dict[str, Callable[[], str]] = {"landlock": lambda: _landlock(yard), "seccomp": _seccomp}
    for name in (name for name in LAYERS if name in yard.wanted & closing.keys()):
        with contextlib.suppress(OSError):
            held.append(closing[name]())
    return held


def _forget_environment() -> None:
    """Overwrite the variables that the fork server was started with: /proc shows them for ever, the grader's home too.

    Nothing points there any more: every variable was set anew.
    """
    fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    begin, end = map(int, fields[_ENVIRONMENT])
    if 0 < begin < end:
        ctypes.memset(begin, 0, end - begin)


def _separate(policy: Policy) -> None:
    """Leave for namespaces of its own: no network, own mounts, own IPC; as a user who owns nothing."""
    kernel.unshare(_MINE)
    view.mount_proc()
    root = os.geteuid() == 0 and Path("/proc/self/uid_map").read_text(encoding="ascii").split()[2] != "1"
    owner = _NOBODY if root else os.geteuid()
    options = f"mode=700,uid={owner},gid={owner if root else os.getegid()}"
    limits = f"size={policy.disk_bytes},nr_inodes={policy.disk_files}"
    kernel.mount("tmpfs", view.WRITABLE, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, f"{options},{limits}")
    if root:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        kernel.prctl(_PR_SET_DUMPABLE, 1)
    with contextlib.suppress(OSError):  # where an administrator allows no further ones, there is none to shut either
        kernel.unshare_user(view.INSIDE_USER)
        Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")
    for folder in (view.HOME, view.TMP, view.SHM):
        Path(folder).mkdir()


def _silence() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def _landlock(yard: Yard) -> str:
    proc = view.PROC_FILES if yard.folder else ("/proc",)
    writable = (yard.folder or view.WRITABLE, *yard.devices)
    return f"landlock-{landlock.restrict((*yard.readable, *proc), writable)}"


def _seccomp() -> str:
    seccomp.install()
    return "seccomp"


def _limit(policy: Policy, *, own_user: bool) -> None:
    """Set the limits of this process; and let a machine without memory take guests first.

    The kernel counts processes by user: one that the guest shares with its grader cannot be limited so, and the
    fork server's watch has to do.
    """
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    limits = _limits(policy)
    if own_user:
        limits[resource.RLIMIT_NPROC] = policy.processes
    for limit, value in limits.items():
        _, hard = resource.getrlimit(limit)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (ceiling, ceiling))


def _limits(policy: Policy) -> dict[int, int]:
    return {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_DATA: _data_bytes() + policy.memory_bytes,
        resource.RLIMIT_FSIZE: policy.file_bytes,
        resource.RLIMIT_NOFILE: policy.open_files,
        resource.RLIMIT_CPU: max(1, int(_CPU_PER_SECOND * policy.submission_seconds)),
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_RTPRIO: 0,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_SIGPENDING: _PENDING_SIGNALS,
    }


def _data_bytes() -> int:
    """Return the private writable memory that the fork server's image takes (virtual, in bytes)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    return pages * resource.getpagesize()
