"""System calls that Python does not offer, each raising OSError with the name of what was refused."""

from __future__ import annotations

import ctypes
import os
import struct

__all__ = [
    "CLONE_NEWCGROUP", "CLONE_NEWIPC", "CLONE_NEWNET", "CLONE_NEWNS", "CLONE_NEWPID",
    "CLONE_NEWUSER", "CLONE_NEWUTS", "MS_BIND", "MS_NODEV", "MS_NOEXEC", "MS_NOSUID", "MS_PRIVATE", "MS_RDONLY",
    "MS_REC", "MS_REMOUNT", "detach", "drop_capabilities", "mount", "pivot_root", "prctl", "read_only",
    "set_namespace", "syscall", "unshare", "unshare_user",
]  # fmt: skip

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
_MNT_DETACH = 2
_PR_CAPBSET_DROP = 24
_CAPABILITY_VERSION_3 = 0x20080522
_SYS_MOUNT_SETATTR = 442  # the same number on every architecture
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_MOUNT_ATTR_RDONLY_NOSUID_NODEV = 1 | 2 | 4

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object, what: str) -> int:
    """Make a system call by number."""
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), what)


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` (CLONE_NEW…) for new ones."""
    _checked(_libc.unshare(flags), "unshare")


def set_namespace(descriptor: int, kind: int) -> None:
    """Enter the namespace behind an open file descriptor; for a pid namespace: of the next child."""
    _checked(_libc.setns(descriptor, kind), "setns")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, options: str = "") -> None:
    """Mount a file system, or bind one (MS_BIND)."""
    encoded = kind.encode() if kind else None
    done = _libc.mount(source.encode(), target.encode(), encoded, ctypes.c_ulong(flags), options.encode() or None)
    _checked(done, f"mount {source} on {target}")


def read_only(path: str) -> None:
    """Make a mount and all below it read-only, without set-uid programs and devices."""
    attributes = struct.pack("QQQQ", _MOUNT_ATTR_RDONLY_NOSUID_NODEV, 0, 0, 0)
    syscall(
        _SYS_MOUNT_SETATTR, ctypes.c_int(_AT_FDCWD), path.encode(), ctypes.c_uint(_AT_RECURSIVE), attributes,
        ctypes.c_size_t(len(attributes)), what=f"make {path} read-only",
    )  # fmt: skip


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root of the mount namespace, and put the old one at `old`."""
    _checked(_libc.pivot_root(new.encode(), old.encode()), "pivot_root")


def detach(path: str) -> None:
    """Unmount lazily."""
    _checked(_libc.umount2(path.encode(), _MNT_DETACH), f"unmount {path}")


def prctl(option: int, second: int = 0, third: int = 0, fourth: int = 0, fifth: int = 0) -> int:
    """Set or ask a property of the calling process."""
    numbers = (ctypes.c_ulong(n) for n in (second, third, fourth, fifth))
    return _checked(_libc.prctl(option, *numbers), f"prctl {option}")


def unshare_user(inside: int, flags: int = 0) -> None:
    """Enter a new user namespace (and those of `flags`), where this process's user and group are `inside`."""
    user, group = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | flags)
    for name, text in (
        ("setgroups", "deny"), ("uid_map", f"{inside} {user} 1"), ("gid_map", f"{inside} {group} 1"),
    ):  # fmt: skip
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - procfs
            file.write(text)


def drop_capabilities() -> None:
    """Give up every capability, for this process and all programs it may start."""
    for number in range(64):
        try:
            prctl(_PR_CAPBSET_DROP, number)
        except OSError:  # beyond the last one the kernel knows, or not ours to drop
            continue
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(header, bytes(24)), "capset")
