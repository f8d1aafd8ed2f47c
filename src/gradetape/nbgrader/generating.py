"""nbgrader's generating of releases, so that none is lost.

nbgrader removes `release/<id>` before it looks whether it may generate it anew: where it refuses (there are
submissions) or fails, the class could not be graded any more. So what was released lies aside meanwhile, and comes
back.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.converters.base import NbGraderException
from nbgrader.converters.generate_assignment import GenerateAssignment

from gradetape import claims, shared
from gradetape.gradable import where_refused
from gradetape.nbgrader.plugging import is_plugged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["install", "kept"]


def install() -> None:
    """Let no converter of this process lose a release of a plugged-in course."""
    stock = GenerateAssignment.convert_notebooks
    if getattr(stock, "gradetape", False):
        return

    def convert_notebooks(self: Any) -> None:
        if not is_plugged(self.coursedir.root):
            stock(self)
            return
        with contextlib.ExitStack() as releases:
            for name, notebooks in sorted(_generated(self).items()):
                folder = Path(os.path.normpath(self._format_dest(name, ".")))
                try:
                    releases.enter_context(kept(Path(self.coursedir.root), name, folder, notebooks, log=self.log))
                except OSError as error:
                    _tell(self.log, f"{name}: its release cannot be kept while it is generated: {error}")
                    raise NbGraderException(f"{name}: its release cannot be kept: {error}") from error
            stock(self)

    convert_notebooks.gradetape = True  # type: ignore[attr-defined]
    GenerateAssignment.convert_notebooks = convert_notebooks


def _generated(converter: Any) -> dict[str, list[str]]:
    """Return the names of the notebooks that are to be generated, by assignment."""
    pattern = re.compile(converter._format_source("(?P<name>.*)", "(?P<student>.*)", escape=True))  # noqa: SLF001
    found = {folder: match["name"] for folder in converter.assignments if (match := pattern.match(folder))}
    return {name: [Path(path).name for path in converter.assignments[folder]] for folder, name in found.items()}


@contextlib.contextmanager
def kept(root: Path, name: str, folder: Path, notebooks: Iterable[str], *, log: Any) -> Iterator[None]:
    """While open, hold a copy of a release; when an exception ends it and the release is not whole, put that back.

    What a process that was killed has left is put back first, unless the release is whole.

    Args:
        root: the course directory.
        name: the assignment's id.
        folder: its release.
        notebooks: names of the notebooks that a whole release has.
        log: where it is told that a release was put back, and what to do.

    Raises:
        OSError: it cannot be kept; nothing was touched.
    """
    aside, notebooks = root / ".gradetape" / "released" / name, list(notebooks)
    with claims.held(root / ".gradetape" / "generating" / name):
        if _whole(folder, notebooks):
            _drop(aside)
        _put_back(aside, folder)
        if folder.is_dir():
            half = aside.with_name(f".half-{name}")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(folder, half, symlinks=True)
            half.rename(aside)
        try:
            yield
        except BaseException:
            if aside.is_dir() and not _whole(folder, notebooks):
                _put_back(aside, folder)
                _tell(log, f"{name} was not generated; its release is as it was before. {where_refused(name)}")
            shutil.rmtree(aside, ignore_errors=True)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _tell(log: Any, line: str) -> None:
    log.error("Gradetape: %s", line)


def _whole(folder: Path, notebooks: list[str]) -> bool:
    """Whether a release holds all its notebooks, none of them cut off."""
    try:
        return bool(notebooks) and all(isinstance(json.loads((folder / n).read_bytes()), dict) for n in notebooks)
    except (OSError, ValueError, RecursionError):
        return False


def _drop(aside: Path) -> None:
    if aside.is_dir():
        shutil.rmtree(aside)


def _put_back(aside: Path, folder: Path) -> None:
    if aside.is_dir():
        if folder.is_dir():
            shutil.rmtree(folder)
        shared.folder(folder.parent)
        shutil.move(aside, folder)
