"""What the notebooks of a course load from the account's caches: of Keras, TensorFlow Datasets, scikit-learn.

A guest has no network and does not see the account's home, so `doctor` names what has to be shown to it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradetape.course import CourseError
from gradetape.datasets.catalogue import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradetape.course import Course

__all__ = ["Load", "found", "of_notebook", "refuse_exposed", "stamp"]

_PATTERNS = {
    ".keras": (
        re.compile(r"\bdatasets\.(\w+)\.load_data\("),
        re.compile(r"\bkeras\.datasets\s+import\s+(\w+)"),
        re.compile(r"\b(get_file)\("),
        re.compile(r"\bapplications\.(\w+)\((?!.*weights\s*=\s*None)"),
    ),
    "tensorflow_datasets": (re.compile(r"""\btfds\.(?:load|builder)\(\s*(?:name\s*=\s*)?["']([\w/:.\-]+)["']"""),),
    "scikit_learn_data": (re.compile(r"\b(fetch_\w+)\("),),
}
_CLOSED = ("graders", "source", "solutions", "submitted", "autograded", "feedback", "exchange", ".gradetape")
_FRESH = 60.0
_stamps: dict[tuple[str, ...], tuple[float, str]] = {}
_VARIABLES = {".keras": "KERAS_HOME", "tensorflow_datasets": "TFDS_DATA_DIR", "scikit_learn_data": "SCIKIT_LEARN_DATA"}


@dataclass(frozen=True)
class Load:
    """Something that a notebook loads, and the account's folder from which it comes."""

    name: str
    folder: Path

    def is_shown(self, readable: Iterable[str]) -> bool:
        """Whether one of the folders that guests may read holds it."""
        real = Path(os.path.realpath(self.folder))
        return any(
            Path(os.path.realpath(Path(shown).expanduser())) in (real, *real.parents) for shown in readable
        )  # fmt: skip


def stamp(readable: Iterable[str]) -> str:
    """Return what changes when folders that guests may read do: names, sizes and times of all that lies in them.

    '' for none. What was found in the last minute is taken as it is: a class asks for it once a learner.
    """
    folders = tuple(sorted({os.path.realpath(Path(folder).expanduser()) for folder in readable}))
    if not folders:
        return ""
    known = _stamps.get(folders)
    if known is None or time.monotonic() - known[0] > _FRESH:
        total = hashlib.sha256()
        for folder in folders:
            for path in sorted(Path(folder).rglob("*")):
                with contextlib.suppress(OSError):
                    seen = path.stat()
                    about = f"{path}\0{seen.st_size}\0{seen.st_mtime_ns if path.is_file() else 0}\0"
                    total.update(os.fsencode(about))
        known = _stamps[folders] = time.monotonic(), f"{folders} {total.hexdigest()}"
    return known[1]


def refuse_exposed(root: Path, readable: Iterable[str], named: Iterable[str] = ()) -> None:
    """Refuse to show guests a folder that holds the course, or lies in a part of it that learners must not read.

    Args:
        root: the course directory.
        readable: the folders that guests may read (`c.Execute.readable_data`); the prepared data count as well.
        named: other names that `c.CourseDirectory` has for folders of the course.

    Raises:
        CourseError: names the folder and what it would show.
    """
    course = Path(os.path.realpath(root))
    closed = [Path(os.path.realpath(course / part)) for part in (*_CLOSED, *named)]
    for shown in (*readable, *([str(data_dir())] if data_dir().is_dir() else [])):
        folder = Path(os.path.realpath(Path(shown).expanduser()))
        home = Path(os.path.realpath(Path.home()))
        if folder in (course, *course.parents, home, *home.parents) or any(
            part in (folder, *folder.parents) for part in closed
        ):
            raise CourseError(
                f"Guests would read {shown!r} (c.Execute.readable_data, or GRADETAPE_DATA_DIR): a whole home or "
                f"more, or a "
                "folder of this course's hidden tests or learners' work. Show a folder that holds data only."
            )
        if not folder.is_dir():
            raise CourseError(f"Guests are to read {shown!r} (c.Execute.readable_data), and there is no such folder.")


def of_notebook(data: bytes) -> list[Load]:
    """List what a notebook's code cells load; nothing of what is no notebook."""
    try:
        cells: list[dict[str, Any]] = json.loads(data)["cells"]
        code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    names = {(name, cache) for cache, patterns in _PATTERNS.items() for p in patterns for name in p.findall(code)}
    return [Load(name, _folder(cache)) for name, cache in sorted(names)]


def _folder(cache: str) -> Path:
    given = os.environ.get(_VARIABLES[cache])
    return Path(given).expanduser() if given else Path.home() / cache


def found(course: Course) -> dict[str, list[Load]]:
    """List what each assignment of a course loads, by id; those that load nothing are left out."""
    loads: dict[str, dict[Load, None]] = {}
    for name, folder in course.in_source().items():
        for path in sorted(folder.glob("*.ipynb")):
            for load in of_notebook(path.read_bytes()):
                loads.setdefault(name, {})[load] = None
    return {name: list(those) for name, those in loads.items()}
