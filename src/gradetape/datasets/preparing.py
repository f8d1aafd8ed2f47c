"""Prepare data sets once, whoever asks, however many at once: one process builds, under a lock, and the others wait.

A set is built in a folder beside its place and put there whole, so a process that is killed leaves nothing that
looks like data: who comes next clears it away. Imports no TensorFlow.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING

from gradetape import claims
from gradetape.datasets.catalogue import CATALOGUE, DataError, data_dir, is_prepared, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

__all__ = ["DONE", "PreparationError", "ensure", "locked", "prepare", "prepare_in_subprocess", "put_in_place"]

DONE = "prepared"
"""What the preparing process says before the name of each set."""
_LOCK, _STAGE = ".lock", ".preparing"
_PAUSES = (0.5, 2.0)
_HOPELESS = ("ModuleNotFoundError", "ImportError")


class PreparationError(DataError):
    """This machine could not prepare a data set, though it was tried again: no fault of any submission."""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other process out that would write into a data folder; the lock dies with its process.

    Raises:
        OSError: the folder cannot be written.
    """
    path = folder / _LOCK
    folder.mkdir(parents=True, exist_ok=True)
    writers = folder.stat().st_mode & 0o022
    descriptor = claims.claim(path, mode=0o600 | writers | writers << 1)
    try:
        yield
    finally:
        claims.release(path, descriptor)


def prepare(name: str, build: Callable[[str, Path], None]) -> None:
    """Build a stand-in and put it in its place; the caller has the lock, so what is half done is a dead process's.

    `build(name, folder)` has TFDS write it below `folder`.

    Raises:
        OSError: the machine's doing: a full disk, a folder that cannot be written.
    """
    entry, root = CATALOGUE[name], data_dir()
    stage = root / _STAGE
    _remove(stage)
    stage.mkdir(parents=True)
    build(name, stage)
    put_in_place(stage / entry.stored / entry.version, root / entry.stored / entry.version)
    _remove(stage)


def put_in_place(made: Path, place: Path) -> None:
    """Put a whole data set where a half-written one may lie, and clear away what TFDS left half done beside it."""
    if not is_prepared(made):
        raise OSError(f"The data set in {str(made)!r} was not written whole.")
    place.parent.mkdir(parents=True, exist_ok=True)
    for leftover in place.parent.glob(f"*incomplete*{place.name}"):
        _remove(leftover)
    _remove(place)
    made.rename(place)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def prepare_in_subprocess(names: Iterable[str], *, on_progress: Callable[[str], None] | None = None) -> list[str]:
    """Prepare what is missing, in a process that may import TensorFlow; return what was missing.

    What fails on this machine (a full disk, a process that was killed) is tried again.

    Args:
        names: the stand-ins.
        on_progress: called with a line about what is being done.

    Raises:
        DataError: a name that is no stand-in.
        PreparationError: a preparation that failed each time, with its last line.
    """
    todo = missing(names)
    say = on_progress or (lambda _: None)
    left, why = todo, ""
    for pause in (*_PAUSES, None):
        if not left:
            break
        why = _attempt(left, say)
        left = missing(left)
        if left and (pause is None or why.startswith(_HOPELESS)):
            raise PreparationError(
                f"Preparing {', '.join(left)} in {str(data_dir())!r} failed: {why} No submission is to blame. See that "
                "this folder can be written and has room, or name another one in GRADETAPE_DATA_DIR; then try again."
            )
        if left and pause is not None:
            say(f"preparing data failed, and is tried again: {why}")
            time.sleep(pause)
    return todo


def _attempt(names: list[str], say: Callable[[str], None]) -> str:
    """Have a process prepare them; return its last words."""
    command = [sys.executable, "-P", "-m", "gradetape.datasets.prepare", *names]
    say(f"preparing {len(names)} data sets, once on this machine: {', '.join(names)}")
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        last = _listen(process.stdout, say) if process.stdout else ""
    if process.returncode < 0:
        return f"its process was ended by signal {-process.returncode}"
    return last or f"its process ended with exit code {process.returncode}"


def _listen(lines: IO[str], say: Callable[[str], None]) -> str:
    """Pass on which sets are prepared; return the last other line."""
    last = ""
    for line in map(str.strip, lines):
        kind, _, name = line.partition(" ")
        if kind == DONE and name in CATALOGUE:
            say(f"data set {name} is prepared")
        elif line:
            last = line
    return last


def ensure(names: Iterable[str]) -> None:
    """Prepare what is missing before work is handed out, and say so on stderr: it may take half a minute.

    Raises:
        DataError, PreparationError: as `prepare_in_subprocess`.
    """
    wanted = list(names)
    if missing(wanted):
        from rich.console import Console

        console = Console(stderr=True)
        prepare_in_subprocess(
            wanted, on_progress=lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True)
        )
