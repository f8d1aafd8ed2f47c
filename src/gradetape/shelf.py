"""`gradetape store`: what lies in the store of a course directory, and what of it is no longer needed.

What this account cannot read is not the same as what is not there: it is counted apart, and stays.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gradetape.recording import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from gradetape.store import Store

__all__ = ["Pruned", "Shelf", "prune", "shelves", "show"]

_ADVICE = "Run this as the account that grades, or give it the files of the course (chown, or a shared group)."


@dataclass(frozen=True)
class Shelf:
    """The stored results of one assignment; '' holds those that name none: damaged ones, and unreadable ones."""

    assignment: str
    results: tuple[Path, ...]
    recorded: tuple[Path, ...]
    """Those of them that are somebody's recorded result."""
    bytes: int
    unreadable: tuple[tuple[Path, str], ...] = ()
    """Files and folders that this account cannot read, and why; they are none of `results`."""
    closed: str = ""
    """Why it cannot be told which results are recorded; '' when it can."""

    @property
    def superseded(self) -> tuple[Path, ...]:
        """Those that are nobody's any more: of an earlier submission, grader or version, or a rehearsal."""
        return () if self.closed else tuple(path for path in self.results if path not in set(self.recorded))


@dataclass(frozen=True)
class Pruned:
    """What was removed, and a line for each assignment that was left alone."""

    removed: tuple[Path, ...] = ()
    refused: tuple[str, ...] = ()


def shelves(store: Store) -> list[Shelf]:
    """Look at all stored results, by assignment."""
    found: dict[str, list[Path]] = {}
    unreadable: list[tuple[Path, str]] = []
    for stored in store.files():
        if stored.unreadable:
            unreadable.append((stored.path, stored.unreadable))
        else:
            found.setdefault(stored.result.assignment if stored.result else "", []).append(stored.path)
    if unreadable:
        found.setdefault("", [])
    return [_shelf(store, name, paths, unreadable if not name else []) for name, paths in sorted(found.items())]


def _shelf(store: Store, assignment: str, paths: list[Path], unreadable: list[tuple[Path, str]]) -> Shelf:
    """See which of these results are recorded; a damaged one may be that of any assignment."""
    needed: set[str] = set()
    closed = ""
    try:
        for name in [assignment] if assignment else _recorded(store):
            needed |= Ledger(store.root, name).digests()
    except OSError as error:
        closed = f"{error.filename}: {error.strerror}"
    kept = tuple(path for path in paths if path.stem in needed)
    return Shelf(assignment, tuple(paths), kept, sum(map(_size, paths)), tuple(unreadable), closed)


def _recorded(store: Store) -> list[str]:
    """List the assignments of which something is recorded."""
    try:
        return sorted(entry.name for entry in os.scandir(store.root / ".gradetape" / "recorded"))
    except FileNotFoundError:
        return []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # another command has removed it
        return 0


def prune(store: Store, assignments: Sequence[str] = (), *, everything: bool = False, days: float = 0) -> Pruned:
    """Remove stored results. What cannot be read is left alone, and so is an assignment whose records cannot.

    Args:
        store: the store of a course directory.
        assignments: only those of these assignments; none means all.
        everything: also results that are somebody's recorded ones. Scores in the gradebook stay.
        days: only those that were stored longer ago.
    """
    before = time.time() - 86400 * days
    removed: list[Path] = []
    refused: list[str] = []
    for shelf in shelves(store):
        if assignments and shelf.assignment not in assignments:
            continue
        refused += _refusals(shelf, everything=everything)
        removed += _removed(shelf.results if everything else shelf.superseded, before)
    return Pruned(tuple(removed), tuple(refused))


def _removed(paths: Iterable[Path], before: float) -> list[Path]:
    removed = []
    for path in paths:
        try:
            if path.stat().st_mtime <= before:
                path.unlink()
                removed.append(path)
        except FileNotFoundError:
            continue
    return removed


def _refusals(shelf: Shelf, *, everything: bool) -> list[str]:
    """Say what was left alone, why, and what to do."""
    said = []
    if shelf.closed and shelf.results and not everything:
        whose = f"Assignment {shelf.assignment!r}" if shelf.assignment else "Damaged results"
        said.append(
            f"{whose}: nothing was removed, which results are recorded cannot be told ({shelf.closed}). {_ADVICE}"
        )
    if shelf.unreadable:
        path, why = shelf.unreadable[0]
        more = f" and {len(shelf.unreadable) - 1} more" if len(shelf.unreadable) > 1 else ""
        said.append(f"Not readable, and left alone: {path}{more} ({why}). {_ADVICE}")
    return said


def show(found: Sequence[Shelf]) -> None:
    """Print a table of the store; below it what this account cannot read."""
    table = Table("assignment", title="Stored results")
    for column in ("results", "recorded", "superseded", "unreadable", "MiB"):
        table.add_column(column, justify="right")
    for shelf in found:
        known = ("?", "?") if shelf.closed else (str(len(shelf.recorded)), str(len(shelf.superseded)))
        counts = (str(len(shelf.results)), *known, str(len(shelf.unreadable)))
        table.add_row(shelf.assignment or "(not known)", *counts, f"{shelf.bytes / 2**20:.2f}")
    console = Console()
    console.print(table)
    for shelf in found:
        for line in _notes(shelf):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _notes(shelf: Shelf) -> list[str]:
    said = [f"• {path} cannot be read ({why}). {_ADVICE}" for path, why in shelf.unreadable[:10]]
    if shelf.closed:
        who = shelf.assignment or "results that name no assignment"
        said.append(f"• {who}: which of them are recorded cannot be told ({shelf.closed}). {_ADVICE}")
    return said
