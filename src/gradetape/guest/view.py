"""What a guest can see of the file system: the system, Python and the prepared data, read-only; nothing else.

`readable` is data; `build` makes it the root of a mount namespace. A folder of the machine that is not named
here (homes, the course, the exchange, /tmp, /etc but for some files) does not exist in a guest.
"""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gradetape.guest import kernel

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DEVICES", "HOME", "INSIDE_USER", "PROC_FILES", "SHM", "TMP", "WRITABLE", "build", "mount_proc", "readable"]

WRITABLE = "/learner"
"""Where a guest's private tmpfs is mounted; /tmp and /dev/shm lie in it too."""
HOME, TMP, SHM = f"{WRITABLE}/home", f"{WRITABLE}/tmp", f"{WRITABLE}/shm"  # noqa: S108 - inside the guest
INSIDE_USER = 1000
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

PROC_FILES = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg", "/proc/filesystems")
"""What a guest may read of a /proc that shows the whole machine's processes."""

_SYSTEM = (
    "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64",
    "/usr/libexec", "/usr/share", "/usr/local/bin", "/usr/local/lib", "/usr/local/lib64", "/usr/local/cuda",
    "/nix/store", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
    "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/timezone",
)  # fmt: skip
_OF_PYTHON = ("bin", "lib", "lib64", "pyvenv.cfg")
_GPU = ("/sys", "/etc/OpenCL", "/etc/vulkan")
_LINKS = {"/tmp": TMP, "/dev/shm": SHM, "/dev/fd": "/proc/self/fd"}  # noqa: S108 - inside
_WRITTEN = {
    "/etc/passwd": f"learner:x:{INSIDE_USER}:{INSIDE_USER}::{HOME}:/bin/sh\n",
    "/etc/group": f"learner:x:{INSIDE_USER}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
}


def readable(data_dirs: list[str], *, gpu: bool = False) -> dict[str, str]:
    """Map what a guest may read, of all that exists on this machine, to where it really lies.

    What lies inside another of these folders is left out.
    """
    prefixes = dict.fromkeys((sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix))
    python = [f"{prefix}/{part}" for prefix in prefixes for part in _OF_PYTHON]
    if site.ENABLE_USER_SITE and site.getusersitepackages() in sys.path:
        python.append(site.getusersitepackages())
    package = str(Path(__file__).resolve().parent.parent)
    wanted = [*_SYSTEM, *python, package, *data_dirs, *(_GPU if gpu else ())]
    found: dict[str, str] = {}
    for path in sorted(dict.fromkeys(wanted)):
        if Path(path).exists() and not within(path, found):
            found[path] = os.path.realpath(path)
    return found


def within(path: str, folders: Iterable[str]) -> bool:
    """Whether a path lies in one of the folders."""
    return any(path.startswith(f"{folder}/") for folder in folders)


def build(paths: dict[str, str], devices: Iterable[str]) -> None:
    """Make a root of these paths only, read-only, and enter it. Needs a mount namespace of one's own."""
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", "/tmp", "tmpfs", kernel.MS_NOSUID, "mode=755,size=1m")  # noqa: S108 - covered, then the root
    Path("/tmp/old").mkdir()  # noqa: S108
    kernel.pivot_root("/tmp", "/tmp/old")  # noqa: S108
    os.chdir("/")
    for path, real in paths.items():
        if real != path and (real in paths or within(real, paths)):
            _made(path).symlink_to(real)
        else:
            _bind(path, real)
            kernel.read_only(path)
    for device in devices:
        _bind(device, device)
    for path, text in _WRITTEN.items():
        _made(path).write_text(text, encoding="ascii")
    for path, target in _LINKS.items():
        if not Path(path).exists():  # what is readable may lie in /tmp
            _made(path).symlink_to(target)
    for folder in ("/proc", WRITABLE):
        Path(folder).mkdir(exist_ok=True)
    mount_proc()
    kernel.detach("/old")
    Path("/old").rmdir()
    kernel.mount("none", "/", flags=kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | kernel.MS_NOSUID)


def mount_proc() -> None:
    """Show the processes of this pid namespace only."""
    kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)


def _made(path: str) -> Path:
    """Make the folders above a path of the new root."""
    found = Path(path)
    found.parent.mkdir(parents=True, exist_ok=True)
    return found


def _bind(path: str, real: str) -> None:
    """Show a file or folder of the old root at its place in the new one."""
    old = f"/old{real}"
    if not os.path.exists(old):  # noqa: PTH110 - it may have gone since it was listed
        return
    if os.path.isdir(old):  # noqa: PTH112
        _made(path).mkdir()
    else:
        _made(path).touch()
    kernel.mount(old, path, flags=kernel.MS_BIND | kernel.MS_REC)
