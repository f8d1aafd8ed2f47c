"""Pictures beside a failed check, made by the judge as plain data: only what the author allows with `show=`.

Pure NumPy. An error map holds levels and no values, shapes are numbers of entries; a band, or the density of right
draws, is what the author says may be seen. `gradetape.drawing` turns pictures into SVG.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradetape.tree import is_real
from gradetape.verdict import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradetape.compare import Difference

__all__ = ["curve", "error_map", "of_difference", "samples", "shapes"]

_ROWS, _COLUMNS, _CHANNELS, _POINTS, _BINS = 24, 36, 4, 200, 30
Array = np.ndarray[Any, Any]


def of_difference(found: Difference, show: Sequence[str]) -> tuple[Picture, ...]:
    """Return the allowed pictures of a difference between two arrays; none where it has no arrays.

    Args:
        found: the difference, with `actual` and `expected`.
        show: what `@question(…, show=…)` names; curves need more than a difference and are not made here.
    """
    mine, expected = found.actual, found.expected
    if not isinstance(mine, np.ndarray) or not isinstance(expected, np.ndarray):
        return ()
    if found.kind == "shape":
        return (shapes(mine.shape, expected.shape),) if "shape" in show else ()
    if not _numbers(mine) or not _numbers(expected):
        return ()
    if found.kind == "samples":
        return (samples(mine, expected),) if "samples" in show else ()
    fits = found.kind in ("values", "not finite") and mine.size > 1
    return (error_map(mine, expected),) if fits and "errors" in show else ()


def _numbers(array: Array) -> bool:
    return array.dtype.kind == "b" or is_real(array.dtype)


def curve_at(tree: Any, keys: tuple[Any, ...]) -> Array | None:
    """Return the curve that a tree has at these keys, or in the list that the last key counts through; else None.

    A curve is a one-dimensional array, or a list of single numbers, with at least two values.
    """
    for last in (len(keys), len(keys) - 1):
        part = tree
        try:
            for key in keys[: max(0, last)]:
                part = part[key]
            array = np.asarray(part, dtype="float64")
        except (KeyError, IndexError, TypeError, ValueError):
            continue
        if array.ndim == 1 and array.size > 1 and not isinstance(part, dict):
            return array
    return None


def shapes(yours: Sequence[int], expected: Sequence[int]) -> Picture:
    """Show two shapes side by side."""
    mine, right = tuple(int(n) for n in yours), tuple(int(n) for n in expected)
    return Picture(
        kind="shape", text=f"Your shape is {mine}, expected is {right}.", data={"yours": [*mine], "expected": [*right]}
    )


def error_map(yours: Any, expected: Any) -> Picture:
    """Show where entries are off, in three levels and without values; both arrays have the same shape.

    The last axis runs to the right, all others downwards; axes of length 1 are left out, and colours (a last axis of up
    to four behind two others) are gathered: the largest error counts. So are large arrays, in blocks. Level 3 is above
    a half of the largest error, level 2 above a tenth of it, level 1 above a hundredth; what is less is level 0. What
    is not finite is level 3.
    """
    right = np.asarray(expected, dtype="float64")
    with np.errstate(all="ignore"):
        off = np.abs(np.asarray(yours, dtype="float64") - right)
    off = np.where(np.isfinite(off), off, np.inf).squeeze()
    if off.ndim > 2 and off.shape[-1] <= _CHANNELS:
        off = off.max(axis=-1)
    off = off.reshape(-1, off.shape[-1] if off.ndim else 1)
    rows, columns = off.shape
    off = _blocks(_blocks(off, _ROWS).T, _COLUMNS).T
    finite = off[np.isfinite(off)]
    largest = float(finite.max(initial=0)) or 1.0
    levels = np.stack([off > largest * share for share in (0.5, 0.1, 0.01)]).sum(axis=0)
    wrong = int(np.count_nonzero(levels))
    where = "everywhere" if wrong == levels.size else f"in {wrong} of {levels.size} places of the map"
    size = "" if levels.shape == (rows, columns) else f" (gathered from {rows} rows and {columns} columns)"
    return Picture(
        kind="errors",
        text=f"Clear errors are found {where}{size}; the stronger the colour, the larger the error.",
        data={"levels": levels.astype(int).tolist(), "rows": rows, "columns": columns},
    )


def _blocks(array: Array, most: int) -> Array:
    """Gather the rows of an array in at most `most` blocks: the largest value of each."""
    if len(array) <= most:
        return array
    return np.stack([part.max(axis=0) for part in np.array_split(array, most)])


def curve(yours: Any, right: Sequence[Any], *, x: str = "step", y: str = "value") -> Picture:
    """Show a curve beside the band of right ones.

    Args:
        yours: (n,) numbers.
        right: one or more right curves, (n,) each; the band runs from their smallest to their largest value at every
            step, and is at least 2 % of their range wide.
        x: what the steps are, as in "epoch".
        y: what the values are, as in "loss".
    """
    mine = np.asarray(yours, dtype="float64").reshape(-1)
    others = [np.asarray(r, dtype="float64").reshape(-1) for r in right]
    length = min(len(mine), *(len(r) for r in others))
    table = np.stack([r[:length] for r in others])
    low, high = table.min(axis=0), table.max(axis=0)
    margin = 0.01 * float(np.ptp(table) or abs(table).max() or 1)
    outside = int(np.count_nonzero(~((mine[:length] >= low - margin) & (mine[:length] <= high + margin))))
    pick = np.unique(np.linspace(0, length - 1, min(length, _POINTS)).astype(int))
    return Picture(
        kind="curve",
        text=f"Your curve leaves the band of right ones at {outside} of {length} steps.",
        data={
            "steps": (pick + 1).tolist(),
            "yours": [_finite(v) for v in mine[pick]],
            "low": (low - margin)[pick].tolist(),
            "high": (high + margin)[pick].tolist(),
            "x": x,
            "y": y,
        },
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def samples(yours: Any, right: Any, *, label: str = "value") -> Picture:
    """Show the histogram of draws beside that of right ones; of several components the one that differs most.

    Args:
        yours: (n, …) draws.
        right: (m, …) right draws.
        label: what is drawn.
    """
    mine, other = (np.asarray(a, dtype="float64").reshape(len(a), -1) for a in (yours, right))
    width = min(mine.shape[1], other.shape[1])
    counts = [_histograms(mine[:, k], other[:, k]) for k in range(min(width, 64))]
    worst = max(range(len(counts)), key=lambda k: float(np.abs(counts[k][1] - counts[k][2]).sum()))
    edges, yours_density, density = counts[worst]
    of = f" (component {worst} of {width})" if width > 1 else ""
    overlap = round(100 * float((np.minimum(yours_density, density) * np.diff(edges)).sum()))
    return Picture(
        kind="samples",
        text=f"Your draws{of} and right ones overlap by {overlap} percent.",
        data={
            "edges": edges.tolist(),
            "yours": yours_density.tolist(),
            "target": density.tolist(),
            "label": f"{label}{of}",
        },
    )


def _histograms(mine: Array, other: Array) -> tuple[Array, Array, Array]:
    """Return common edges and the two densities; what is not finite, or far outside, counts at the ends."""
    mine = np.clip(np.nan_to_num(mine), -1e38, 1e38)
    low, high = np.quantile(np.concatenate([np.quantile(mine, [0.01, 0.99]), other]), [0, 1])
    edges = np.linspace(low, high if high > low else low + 1, _BINS + 1)
    found = [np.histogram(np.clip(part, edges[0], edges[-1]), edges)[0] / len(part) for part in (mine, other)]
    return edges, found[0] / np.diff(edges), found[1] / np.diff(edges)
