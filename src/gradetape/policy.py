"""What a guest may use: pure data, apart from the calls that enforce it.

The course may change these per assignment, in the notebook's metadata under `gradetape.limits`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

__all__ = ["Policy", "PolicyError"]


class PolicyError(ValueError):
    """A limit that does not exist or has no usable value."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Limits of one submission's guests, and what its processes are given."""

    cell_seconds: float = 30.0
    """Wall time of one cell."""
    probe_seconds: float = 20.0
    """Wall time of one probe."""
    submission_seconds: float = 300.0
    """Wall time of the whole submission: all cells, all probes, all replacements."""
    start_seconds: float = 120.0
    """Wall time until a fresh guest reports for work (the first one waits for TensorFlow's import)."""
    grace_seconds: float = 2.0
    """Wall time between an interrupt and the kill."""
    memory_bytes: int = 8 * 2**30
    """Ceiling of private memory (RLIMIT_DATA) of one guest."""
    file_bytes: int = 256 * 2**20
    """Largest file a guest can write."""
    open_files: int = 256
    """Open file descriptors of one guest."""
    output_bytes: int = 1_000_000
    """Text and pictures kept of one cell's output; the rest is counted and dropped."""
    frame_bytes: int = 64 * 2**20
    """Largest message accepted from a guest."""
    logical_cpus: int = 1
    """Logical CPU devices TensorFlow sees (2 for a distribution strategy on one machine)."""

    def merged(self, changes: object, *, where: str) -> Policy:
        """Return a copy with `changes` (a mapping of limit to number) applied.

        Raises:
            PolicyError: an unknown limit, or a value that is not a positive number.
        """
        if not isinstance(changes, dict):
            raise PolicyError(f"{where}: limits have to be a mapping of names to numbers, not {changes!r}.")
        known = {field.name: field.type for field in fields(self)}
        plain: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in known:
                raise PolicyError(f"{where}: there is no limit {name!r}. Known are {', '.join(sorted(known))}.")
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise PolicyError(f"{where}: limit {name!r} has to be a positive number, not {value!r}.")
            plain[name] = int(value) if known[name] == "int" else float(value)
        return replace(self, **plain)

    def as_dict(self) -> dict[str, float | int]:
        """Return the limits as plain data."""
        return asdict(self)
