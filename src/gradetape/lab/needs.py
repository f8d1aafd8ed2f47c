"""What kernels need of a zygote: which modules to import ahead, and when what was imported is out of date."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import site
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gradetape import attached
from gradetape.guest import preload
from gradetape.lab.forked import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["MODULES", "differing", "environment", "fingerprint", "modules_for"]

MODULES = ("numpy", "matplotlib.pyplot", "tensorflow", "keras")
"""What is imported ahead for every course."""
_READ_AT_IMPORT = (
    "PYTHON", "LD_", "LC_", "LANG", "TF_", "KERAS_", "XLA_", "OMP_", "MKL_", "OPENBLAS_", "MPL", "HOME", "VIRTUAL_ENV",
)  # fmt: skip
_PATHS = ("PYTHONPATH", "PYTHONSTARTUP", "LD_LIBRARY_PATH", "LD_PRELOAD")
"""Variables in which an empty or relative entry stands for the folder that a program starts in."""
_MOST_NOTEBOOKS, _MOST_FOLDERS, _MOST_BYTES = 200, 1000, 2**27


def fingerprint(env: Mapping[str, str]) -> str:
    """Digest what a kernel finds when it starts: interpreter, installed packages, variables that are read at import.

    Packages count by the time stamps of the folders they are installed in.
    """
    read = {n: v for n, v in {**DEFAULTS, **env}.items() if n.startswith(_READ_AT_IMPORT)}
    folders = [*site.getsitepackages(), site.getusersitepackages(), *env.get("PYTHONPATH", "").split(os.pathsep)]
    stamps = [_stamp(Path(folder)) for folder in folders if folder]
    stamps.append(_stamp(Path(env.get("KERAS_HOME", "~/.keras")).expanduser() / "keras.json"))
    everything = [sys.executable, sys.version, sorted(read.items()), stamps]
    return hashlib.blake2b(json.dumps(everything).encode(), digest_size=10).hexdigest()


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def modules_for(folder: Path) -> tuple[str, ...]:
    """Choose what to import for the notebooks in a course's or a learner's folder.

    Beside `MODULES`, those of the large packages that one of the notebooks mentions. The folder may hold an exchange,
    where learners put what they like: only plain files count, and of those no more than a course has.
    """
    texts: list[bytes] = []
    room = _MOST_BYTES
    for path in itertools.islice(_notebooks(folder), _MOST_NOTEBOOKS):
        text = attached.read_plain(path, most=min(room, attached.MOST_BYTES))
        if text is not None:
            texts.append(text)
            room -= len(text)
    unused = preload.unused(texts)
    return (*MODULES, *(package for package in preload.unused([]) if package not in unused))


def _notebooks(folder: Path) -> Iterator[Path]:
    """Find notebooks at most two folders down; give up in folders that hold a great many others."""
    for parent, folders, names in itertools.islice(os.walk(folder), _MOST_FOLDERS):
        yield from (Path(parent, name) for name in sorted(names) if name.endswith(".ipynb"))
        deep = len(Path(parent).relative_to(folder).parts) == 2
        folders[:] = [] if deep else sorted(name for name in folders if not name.startswith("."))


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without entries of paths that mean the folder itself, such as that of `PYTHONPATH=:/opt`."""
    kept = dict(env)
    for name in _PATHS:
        if name in kept:
            entries = [entry for entry in kept[name].split(os.pathsep) if Path(entry).is_absolute()]
            kept[name] = os.pathsep.join(entries)
            if not entries:
                del kept[name]
    return kept


def differing(env: Mapping[str, str]) -> str:
    """Name the variables of that kind that are not as in this process."""
    names = sorted(n for n in {*env, *os.environ} if n.startswith(_READ_AT_IMPORT) and env.get(n) != os.environ.get(n))
    return ", ".join(names)
