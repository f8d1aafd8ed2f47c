"""Landlock: which files a process may read and write, and whom it may signal; no privilege is needed.

Source of the constants: the kernel's `include/uapi/linux/landlock.h`.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from typing import TYPE_CHECKING

from gradetape.guest import kernel

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["restrict", "version"]

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_RULE_PATH_BENEATH = 1
_GET_VERSION = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL_DEV = 1, 2, 4, 8, 1 << 14, 1 << 15
_MAKE_DEVICES = (1 << 6) | (1 << 11)
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_ALL_OF_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_SINCE_5 = (1 << 16) - 1
_NET_BIND_AND_CONNECT = 3
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 3


def version() -> int:
    """Return the version of Landlock in this kernel; 0 when there is none or it is switched off."""
    try:
        return kernel.syscall(_CREATE_RULESET, None, 0, _GET_VERSION, what="Landlock")
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str]) -> int:
    """Restrict this process and its children to these files and folders, for ever; return the version.

    TCP is shut (version 4 and later), as are signals and abstract sockets out of the domain (6 and
    later). A path that does not exist is left out. Requires `no_new_privs`.

    Raises:
        OSError: the kernel has no Landlock, or refused.
    """
    known = version()  # 0: the next call says why
    handled = _ALL_OF_VERSION.get(known, _ALL_SINCE_5)
    network = _NET_BIND_AND_CONNECT if known >= 4 else 0
    scope = _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if known >= 6 else 0
    attributes = struct.pack("QQQ", handled, network, scope)[: 8 if known < 4 else 16 if known < 6 else 24]
    size = ctypes.c_size_t(len(attributes))
    ruleset = kernel.syscall(_CREATE_RULESET, attributes, size, 0, what="Landlock: rule set")
    try:
        for path in readable:
            _allow(ruleset, path, handled & _READ)
        for path in writable:
            _allow(ruleset, path, handled & ~_MAKE_DEVICES)
        kernel.syscall(_RESTRICT_SELF, ruleset, 0, what="Landlock: restrict")
    finally:
        os.close(ruleset)
    return known


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= _ON_FILES
        rule = struct.pack("=Qi", access, descriptor)
        kernel.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0, what=f"Landlock: {path}")
    finally:
        os.close(descriptor)
