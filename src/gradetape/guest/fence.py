"""The fence around a guest, applied in the guest before any of the learner's code.

What it allows is data (`gradetape.policy.Policy`); this module only makes the calls. Today: a session
and working directory of its own, an environment of named variables, resource limits, no standard
input. Namespaces, Landlock and seccomp go here too.
"""

from __future__ import annotations

import os
import resource
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradetape.policy import Policy

__all__ = ["KEPT_VARIABLES", "apply", "environment"]

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")
"""Variables of the grader's environment that a guest inherits; all others are gone."""


def environment(inherited: Mapping[str, str], folder: str, data_dir: str) -> dict[str, str]:
    """Build the environment of a guest whose private folder is `folder`."""
    kept = {name: inherited[name] for name in KEPT_VARIABLES if name in inherited}
    return {
        "LANG": "C.UTF-8",
        **kept,
        "HOME": folder,
        "TMPDIR": folder,
        "MPLCONFIGDIR": folder,
        "IPYTHONDIR": folder,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "GRADETAPE_DATA_DIR": data_dir,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }


def apply(policy: Policy, folder: str, data_dir: str) -> None:
    """Fence the calling process in; there is no way back."""
    os.setsid()
    os.chdir(folder)
    os.umask(0o077)
    kept = environment(os.environ, folder, data_dir)
    os.environ.clear()
    os.environ.update(kept)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    for limit, value in _limits(policy).items():
        _, hard = resource.getrlimit(limit)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (ceiling, ceiling))


def _limits(policy: Policy) -> dict[int, int]:
    return {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_DATA: policy.memory_bytes,
        resource.RLIMIT_FSIZE: policy.file_bytes,
        resource.RLIMIT_NOFILE: policy.open_files,
        resource.RLIMIT_CPU: max(1, int(2 * policy.submission_seconds)),
    }
