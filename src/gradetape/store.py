"""Results on disk under the digest of what decides them, written by atomic rename.

A stopped run resumes, an unchanged submission is not graded twice.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gradetape.verdict import Result, ResultError, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MOST_DEATHS", "Store", "claim_path"]

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
        result = _read(self.path(digest))
        return None if result and any(v.status is Status.UNCHECKED for v in result.verdicts) else result

    def files(self) -> Iterator[tuple[Path, Result | None]]:
        """Yield the file of every result, by digest, and what it holds; None when it cannot be read."""
        for path in sorted(self.folder.glob("*/*.json")):
            yield path, _read(path)

    def results(self) -> Iterator[Result]:
        """Yield every readable result, in the order of their digests."""
        return (result for _, result in self.files() if result is not None)

    def put(self, result: Result) -> Path:
        """Store a result; readers see the old one or the new one, never half of it."""
        path = self.path(result.digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(result.to_json())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return path


def _read(path: Path) -> Result | None:
    try:
        return Result.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ResultError, UnicodeDecodeError):
        return None


def claim_path(store: Store, name: str) -> Path:
    """Return where a claim on the grading of a digest lies."""
    return store.root / ".gradetape" / "claims" / name
