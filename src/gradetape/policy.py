"""What a guest may use: pure data, apart from the calls that enforce it.

The course may change these per assignment, in the notebook's metadata under `gradetape.limits`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["LAYERS", "ExposedError", "Policy", "PolicyError", "exposed"]

LAYERS = ("namespaces", "landlock", "seccomp")
"""The layers of the fence that a machine may lack."""
_ISOLATED_BY = {"files": ("namespaces", "landlock"), "network": ("namespaces", "seccomp")}


def exposed(held: Iterable[str]) -> list[str]:
    """Say what a guest with these layers is not isolated from: 'files', 'network', or neither."""
    names = {layer.partition("-")[0] for layer in held}
    return [what for what, layers in _ISOLATED_BY.items() if not names.intersection(layers)]


class ExposedError(Exception):
    """A stranger's notebook cannot be graded here: this machine lacks the layers of the fence that isolate it."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(
            f"This machine cannot isolate a learner's code from {' and '.join(missing)} of the grader. "
            "`gradetape doctor` says what is missing and how to mend it. If you trust every learner of this "
            "class with your account, say so: --trust-learners, or c.Execute.trust_learners = True."
        )


class PolicyError(ValueError):
    """A limit that does not exist or has no usable value."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Limits of one submission's guests, and what its processes are given."""

    cell_seconds: float = 30.0
    """Time of one cell. Time for which the guest waits for a core is not counted, up to three times the limit."""
    probe_seconds: float = 20.0
    """Time of one probe, counted in the same way."""
    submission_seconds: float = 300.0
    """Time of the whole submission, counted in the same way: all cells, all probes, all replacements."""
    start_seconds: float = 120.0
    """Wall time until a fresh guest reports for work (the first one waits for TensorFlow's import)."""
    test_seconds: float = 600.0
    """Time of one hidden test, its probes included, counted in the same way; a grader that loops is stopped then."""
    grace_seconds: float = 2.0
    """Time between an interrupt and the kill, counted in the same way."""
    memory_bytes: int = 3 * 2**30
    """Memory of one guest, all its processes together, beyond what it shares with the fork server.

    What the kernel keeps for it (page tables, buffers of sockets, mappings, locks) counts.
    """
    disk_bytes: int = 512 * 2**20
    """Size of a guest's private file system (it lies in memory)."""
    disk_files: int = 20_000
    """Files and folders on it."""
    processes: int = 256
    """Processes and threads of one guest."""
    file_bytes: int = 256 * 2**20
    """Largest file a guest can write."""
    open_files: int = 256
    """Open file descriptors of one guest."""
    output_bytes: int = 1_000_000
    """Text and pictures kept of one cell's output; the rest is counted and dropped."""
    outputs_bytes: int = 16_000_000
    """Text and pictures kept of all cells together."""
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
