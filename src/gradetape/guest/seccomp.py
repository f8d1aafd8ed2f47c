"""A seccomp filter: system calls that no notebook needs, refused with EPERM.

The filter is data (numbers from the kernel's tables) and a hundred bytes of classic BPF; docs/decisions.md says why
no library is used. On an architecture without a table the layer is missing, and says so.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from gradetape.guest import kernel

__all__ = ["DENIED", "install", "program"]

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000

DENIED = {  # name: numbers on x86_64 and aarch64 (-1: there is none)
    # other processes' memory and descriptors
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    # file systems and namespaces
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "open_tree": (428, 428),
    "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "fanotify_init": (300, 262), "quotactl": (179, 60), "acct": (163, 89),
    # memory that no limit of a process counts
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196),
    "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    "vmsplice": (278, 75),
    # what the whole machine, or the whole account, has only so many of
    "io_setup": (206, 0), "io_destroy": (207, 1), "io_submit": (209, 2), "io_cancel": (210, 3),
    "io_getevents": (208, 4), "io_pgetevents": (333, 292), "inotify_init": (253, -1), "inotify_init1": (294, 26),
    "seccomp": (317, 277), "landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445),
    # other guests' share of the cores and of the disk: a session of its own would be a share of its own
    "setsid": (112, 157), "sync": (162, 81), "syncfs": (306, 267),
    # large doors into the kernel
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "syslog": (103, 116), "personality": (135, 92),
    # the machine
    "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266), "sethostname": (170, 161),
    "setdomainname": (171, 162),
}  # fmt: skip
_CLONE, _CLONE3, _PRCTL, _SOCKET, _SOCKETPAIR = (56, 220), (435, 435), (157, 167), (41, 198), (53, 199)
_FCNTL, _SETSOCKOPT = (72, 25), (54, 208)
_NEW_NAMESPACES = 0x7E020080
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SCHED_CORE = 1, 4, 62
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_F_SETPIPE_SZ, _F_NOTIFY = 1031, 1026
_OPTIONS_OF_SOCKETS = (7, 32, 26, 50, 51, 52)
"""SO_SNDBUF, SO_SNDBUFFORCE: memory that no limit counts; SO_ATTACH_…: code, for which the machine has only so much."""
_AF_UNIX = 1

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]


def _denied(verdict: int) -> list[Instruction]:
    return [(_RETURN, 0, 0, _ERRNO | verdict)]


def _on_argument(number: int, test: int, *values: int, position: int = 0, deny_when: bool = True) -> list[Instruction]:
    """Refuse call `number` when the test of an argument with one of the values comes out so."""
    refuse, allow = _denied(errno.EPERM), [(_RETURN, 0, 0, _ALLOW)]
    met, unmet = (refuse, allow) if deny_when else (allow, refuse)
    tests = [(test, len(values) - 1 - index + len(unmet), 0, value) for index, value in enumerate(values)]
    body = [(_LOAD, 0, 0, _ARGUMENTS + 8 * position), *tests, *unmet, *met]
    return [(_EQUAL, 0, len(body), number), *body]


def program(machine: str) -> bytes:
    """Assemble the filter for 'x86_64' or 'aarch64'.

    Raises:
        KeyError: an architecture without a table.
    """
    arch, column = _AUDIT_ARCH[machine], list(_AUDIT_ARCH).index(machine)
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, arch),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        code += [(_AT_LEAST, 0, 1, _X32_BIT), *_denied(errno.ENOSYS)]
    for number in (numbers[column] for numbers in DENIED.values() if numbers[column] >= 0):
        code += [(_EQUAL, 0, 1, number), *_denied(errno.EPERM)]
    # clone3 keeps its flags where no filter can look; the C library goes back to clone when it is not there
    code += [(_EQUAL, 0, 1, _CLONE3[column]), *_denied(errno.ENOSYS)]
    prctl = (_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SCHED_CORE)
    code += _on_argument(_CLONE[column], _ANY_BIT, _NEW_NAMESPACES)
    code += _on_argument(_PRCTL[column], _EQUAL, *prctl)
    code += _on_argument(_FCNTL[column], _EQUAL, _F_SETPIPE_SZ, _F_NOTIFY, position=1)
    code += _on_argument(_SETSOCKOPT[column], _EQUAL, *_OPTIONS_OF_SOCKETS, position=2)
    for call in (_SOCKET, _SOCKETPAIR):
        code += _on_argument(call[column], _EQUAL, _AF_UNIX, deny_when=False)
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


def install() -> None:
    """Filter the system calls of this process and its children, for ever. Requires `no_new_privs`.

    Raises:
        OSError: there is no table for this architecture, or the kernel refused.
    """
    try:
        code = program(platform.machine())
    except KeyError:
        raise OSError(errno.ENOSYS, f"no seccomp table for {platform.machine()}") from None
    held = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(held))
    passed = ctypes.create_string_buffer(header, len(header))
    kernel.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(passed))
