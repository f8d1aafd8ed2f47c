"""Results on disk under the digest of what decides them, written by atomic rename.

A stopped run resumes, an unchanged submission is not graded twice.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradetape import shared
from gradetape.verdict import Result, ResultError, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MOST_DEATHS", "Store", "Stored", "claim_path"]

MOST_DEATHS = 2
"""How often a submission may end the process that grades it before a person has to look."""


class Store:
    """The results of a course directory, in `.gradetape/results/`."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.folder = self.root / ".gradetape" / "results"

    def path(self, digest: str) -> Path:
        """Return where the result of this digest lies or would lie."""
        return self.folder / digest[:2] / f"{digest}.json"

    def get(self, digest: str) -> Result | None:
        """Return the stored result, or None when there is none of use.

        A result with a question that could not be checked is no use: the next run tries again.
        """
        result = next((stored.result for stored in _stored(self.path(digest))), None)
        return None if result and any(v.status is Status.UNCHECKED for v in result.verdicts) else result

    def files(self) -> Iterator[Stored]:
        """Yield the file of every result, by digest; also each folder and file that this account cannot read."""
        for folder in self._listed(self.folder):
            if isinstance(folder, Stored):
                yield folder
                continue
            for path in self._listed(folder) if folder.is_dir() else ():
                if isinstance(path, Stored):
                    yield path
                elif path.suffix == ".json" and not path.name.startswith("."):
                    yield from _stored(path)

    @staticmethod
    def _listed(folder: Path) -> Sequence[Path | Stored]:
        try:
            return sorted(folder / entry.name for entry in os.scandir(folder))
        except FileNotFoundError:
            return []
        except OSError as error:
            return [Stored(folder, unreadable=_words(error))]

    def results(self) -> Iterator[Result]:
        """Yield every readable result, in the order of their digests."""
        return (stored.result for stored in self.files() if stored.result is not None)

    def put(self, result: Result) -> Path:
        """Store a result; readers see the old one or the new one, never half of it."""
        path = self.path(result.digest)
        shared.write(path, result.to_json().encode())
        return path


@dataclass(frozen=True)
class Stored:
    """What lies in the store under a name: a result, a damaged one (None), or something that cannot be read."""

    path: Path
    result: Result | None = None
    unreadable: str = ""
    """Why this account cannot read it: it may be anything, also somebody's recorded result."""


def _stored(path: Path) -> Iterator[Stored]:
    """Read a file; nothing for one that somebody has removed in the meantime."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        yield Stored(path, unreadable=_words(error))
        return
    try:
        yield Stored(path, Result.from_json(data.decode()))
    except (ResultError, UnicodeDecodeError):
        yield Stored(path)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__


def claim_path(store: Store, name: str) -> Path:
    """Return where a claim on the grading of a digest lies."""
    return store.root / ".gradetape" / "claims" / name
