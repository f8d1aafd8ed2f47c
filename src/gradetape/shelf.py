"""`gradetape store`: what lies in the store of a course directory, and what of it is no longer needed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gradetape.recording import Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gradetape.store import Store

__all__ = ["Shelf", "prune", "shelves", "show"]


@dataclass(frozen=True)
class Shelf:
    """The stored results of one assignment."""

    assignment: str
    results: tuple[Path, ...]
    recorded: tuple[Path, ...]
    """Those of them that are somebody's recorded result."""
    bytes: int

    @property
    def superseded(self) -> tuple[Path, ...]:
        """Those that are nobody's any more: of an earlier submission, grader or version, or a rehearsal."""
        return tuple(path for path in self.results if path not in set(self.recorded))


def shelves(store: Store) -> list[Shelf]:
    """Look at all stored results, by assignment."""
    found: dict[str, list[Path]] = {}
    for path, result in store.files():
        found.setdefault(result.assignment if result else "", []).append(path)
    made = []
    for assignment, paths in sorted(found.items()):
        needed = Ledger(store.root, assignment).digests()
        made.append(
            Shelf(
                assignment, tuple(paths), tuple(p for p in paths if p.stem in needed),
                sum(p.stat().st_size for p in paths),
            )
        )  # fmt: skip
    return made


def prune(store: Store, assignments: Sequence[str] = (), *, everything: bool = False, days: float = 0) -> list[Path]:
    """Remove stored results.

    Args:
        store: the store of a course directory.
        assignments: only those of these assignments; none means all.
        everything: also results that are somebody's recorded ones. Scores in the gradebook stay.
        days: only those that were stored longer ago.

    Returns:
        What was removed.
    """
    before = time.time() - 86400 * days
    removed = []
    for shelf in shelves(store):
        if assignments and shelf.assignment not in assignments:
            continue
        for path in shelf.results if everything else shelf.superseded:
            if path.stat().st_mtime <= before:
                path.unlink(missing_ok=True)
                removed.append(path)
    return removed


def show(found: Sequence[Shelf]) -> None:
    """Print a table of the store."""
    table = Table("assignment", title="Stored results")
    for column in ("results", "recorded", "superseded", "MiB"):
        table.add_column(column, justify="right")
    for shelf in found:
        counts = (len(shelf.results), len(shelf.recorded), len(shelf.superseded))
        table.add_row(shelf.assignment, *map(str, counts), f"{shelf.bytes / 2**20:.2f}")
    Console().print(table)
