"""nbgrader's bookkeeping for many submissions: one connection, few transactions, what is known is not read again.

nbgrader opens its gradebook nine times for a submission and checks every cell's metadata against a schema that it
checks as well. For one submission that is nothing; for a class it is the part that cannot be done side by side. All of
it stays nbgrader's own code; it is only handed an open gradebook, and answers that it gave before.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Self

from gradetape import shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["Ledger", "busy_nbgrader", "replaced"]


@contextlib.contextmanager
def busy_nbgrader() -> Iterator[None]:
    """While open, nbgrader's converters in this process share one open gradebook for each database.

    Not for several threads. Other processes see every submission as soon as it is recorded.
    """
    from nbgrader import api
    from nbgrader.nbgraderformat import MetadataValidator

    open_ones: dict[tuple[Any, ...], Any] = {}
    stock = api.Gradebook

    def gradebook(*arguments: Any, **keywords: Any) -> _Open:
        key = (*arguments, *sorted(keywords.items()))
        if key not in open_ones:
            open_ones[key] = stock(*arguments, **keywords)
        return _Open(open_ones[key])

    with contextlib.ExitStack() as undo:
        for module in [m for name, m in list(sys.modules.items()) if name.partition(".")[0] == "nbgrader"]:
            if getattr(module, "Gradebook", None) is stock:
                undo.enter_context(replaced(module, "Gradebook", gradebook))
        validator = type(MetadataValidator())
        undo.enter_context(replaced(validator, "validate_cell", _remembering(validator.validate_cell)))
        try:
            yield
        finally:
            for one in open_ones.values():
                one.close()


@contextlib.contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """While open, an attribute has another value."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


class _Open:
    """A gradebook that stays open when it is closed.

    What a preprocessor commits cell by cell is committed on closing, in one transaction; when it fails, none of it.
    """

    def __init__(self, gradebook: Any) -> None:
        self._gradebook = gradebook
        self.db = _Session(gradebook.db)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gradebook, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._gradebook.db.commit()
        self.close()

    def close(self) -> None:
        self._gradebook.db.close()


class _Session:
    """A database session whose commits wait."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def commit(self) -> None:
        self._session.flush()


def _remembering(validate: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Check no metadata twice, unless the check refuses or mends it."""
    known: set[str] = set()

    @functools.wraps(validate)
    def validate_cell(self: Any, cell: Any) -> None:
        key = _about(cell)
        if key not in known:
            validate(self, cell)
            if _about(cell) == key:
                known.add(key)

    return validate_cell


def _about(cell: Any) -> str:
    """Write down what the check looks at."""
    return json.dumps([cell.get("cell_type"), cell["metadata"].get("nbgrader")], sort_keys=True, default=repr)


class Ledger:
    """What was last recorded for each learner of an assignment: the result's digest, and what it was made from."""

    def __init__(self, root: Path, assignment: str, *, plain: bool = False) -> None:
        self._folder = root / ".gradetape" / ("recorded_plain" if plain else "recorded") / assignment

    def get(self, student: str) -> tuple[str, str]:
        """Return the digest of the recorded result and the fingerprint of its submission; '' for what is not known."""
        try:
            digest, fingerprint = json.loads(self._path(student).read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError):
            return "", ""
        return str(digest), str(fingerprint)

    def put(self, student: str, digest: str, fingerprint: str = "") -> None:
        """Note what was recorded; where it cannot be written the submission is looked at again next time."""
        with contextlib.suppress(OSError):
            shared.write(self._path(student), json.dumps([digest, fingerprint]).encode())

    def knows(self, student: str) -> bool:
        """Whether a result of hidden tests was ever recorded for this learner, one that is kept back included."""
        return os.path.lexists(self._path(student))

    def students(self) -> set[str]:
        """Return the learners of whom something is known."""
        with contextlib.suppress(OSError):
            return self.names()
        return set()

    def readable(self) -> bool:
        """Whether all that is recorded can be read by this account, as far as permissions tell."""
        try:
            return all(os.access(self._path(name), os.R_OK) for name in self.names())
        except OSError:
            return False

    def digests(self) -> set[str]:
        """Return the digests of all recorded results.

        Raises:
            OSError: what is recorded is there and cannot be read whole, or this account cannot write it, so that what
                it recorded last may be missing. What is not known is not the same as what is not there.
        """
        found = {_digest(self._path(name)) for name in self.names()}
        if self._folder.is_dir() and not os.access(self._folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "This account cannot write there", str(self._folder))
        return found

    def names(self) -> set[str]:
        """List whose files there are; {} where nothing was recorded yet.

        Raises:
            OSError: the folder cannot be listed.
        """
        try:
            return {entry.name for entry in os.scandir(self._folder) if not entry.name.startswith(".")}
        except FileNotFoundError:
            return set()

    def _path(self, student: str) -> Path:
        return self._folder / student


def _digest(path: Path) -> str:
    """Read the digest that was recorded; half a note is as good as none that can be read.

    Raises:
        OSError: it cannot be read.
    """
    try:
        digest, _ = json.loads(path.read_bytes())
    except (ValueError, TypeError):
        raise OSError(errno.EIO, "This is no note of a result", str(path)) from None
    return str(digest)
