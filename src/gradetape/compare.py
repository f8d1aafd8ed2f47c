"""Compare a learner's tree with the expected one: structure, shape, dtype, then values.

Pure: no process, no pytest, no TensorFlow. What it says is written for learners: it names what
differs and how far off it is, and never shows an expected value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from gradetape.tree import Ragged, Sparse, Tree

__all__ = ["DEFAULTS", "Difference", "Rule", "difference"]

Array = np.ndarray[Any, Any]

DEFAULTS: dict[str, tuple[float, float]] = {
    "float64": (1e-9, 1e-12),
    "float32": (1e-5, 1e-6),
    "float16": (2e-3, 2e-3),
    "bfloat16": (2e-2, 2e-2),
    "float8_e4m3fn": (0.15, 0.02),
    "float8_e4m3fnuz": (0.15, 0.02),
    "float8_e4m3b11fnuz": (0.15, 0.02),
    "float8_e5m2": (0.3, 0.02),
    "float8_e5m2fnuz": (0.3, 0.02),
    "complex64": (1e-5, 1e-6),
    "complex128": (1e-9, 1e-12),
}
"""Tolerance (relative, absolute) per dtype on CPU.

The looser dtype of the two sides counts, but the learner's own makes it no looser than float32 does: where dtypes need
not agree, a learner could choose how wrong an answer may be.
"""

GPU_FACTOR = 10.0
"""On a GPU, reductions run in another order: default tolerances are this much wider."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How to compare: None means the default of the dtype and device."""

    rtol: float | None = None
    atol: float | None = None
    dtype: bool = True
    types: bool = False
    device: str = "cpu"

    def tolerance(self, actual: np.dtype[Any], expected: np.dtype[Any]) -> tuple[float, float]:
        """Return (rtol, atol) for values of these dtypes."""
        own = min(DEFAULTS.get(actual.name, (0.0, 0.0)), DEFAULTS["float32"])
        rtol, atol = max(own, DEFAULTS.get(expected.name, (0.0, 0.0)))
        factor = GPU_FACTOR if self.device == "gpu" else 1.0
        return (
            rtol * factor if self.rtol is None else self.rtol,
            atol * factor if self.atol is None else self.atol,
        )


@dataclass(frozen=True)
class Difference:
    """The first thing that differs: a sentence, its kind, the two arrays when there are two, and where in the tree."""

    message: str
    kind: str
    actual: Tree = None
    expected: Tree = None
    keys: tuple[Any, ...] = ()


def difference(actual: Tree, expected: Tree, rule: Rule | None = None, label: str = "the result") -> Difference | None:
    """Find the first difference of `actual` from `expected`, or None when they agree.

    NaN equals NaN, and infinities equal infinities of the same sign. A Python number is accepted for a
    0-d array, and a list for a tuple, unless `rule.types` asks for exact Python types; where a Python
    number or string is expected, an array is refused.
    """
    return _node(actual, expected, rule or Rule(), _Place(label))


@dataclass(frozen=True)
class _Place:
    """Where in the tree: how sentences begin."""

    label: str
    path: str = ""
    keys: tuple[Any, ...] = ()

    def at(self, key: object) -> _Place:
        return _Place(self.label, f"{self.path}[{key!r}]", (*self.keys, key))

    def __str__(self) -> str:
        begin = self.label[:1].upper() + self.label[1:]
        return f"{begin}, at {self.path}," if self.path else begin


def _node(actual: Tree, expected: Tree, rule: Rule, place: _Place) -> Difference | None:
    if isinstance(expected, dict):
        return _dicts(actual, expected, rule, place)
    if isinstance(expected, list | tuple):
        return _sequences(actual, expected, rule, place)
    if isinstance(expected, Ragged | Sparse):
        return _composites(actual, expected, rule, place)
    if isinstance(expected, np.ndarray):
        return _array_like(actual, expected, rule, place)
    return _plain(actual, expected, rule, place)


def _dicts(actual: Tree, expected: dict[Any, Any], rule: Rule, place: _Place) -> Difference | None:
    if not isinstance(actual, dict):
        return Difference(f"{place} is {_describe(actual)}; a dict is expected.", "structure")
    missing = [k for k in expected if k not in actual]
    if missing:
        return Difference(f"{place} has no entry {', '.join(map(repr, missing))}.", "structure")
    extra = [k for k in actual if k not in expected]
    if extra:
        names = ", ".join(repr(k)[:40] for k in extra[:5])
        return Difference(f"{place} has an entry too many: {names}.", "structure")
    for key, value in expected.items():
        found = _node(actual[key], value, rule, place.at(key))
        if found:
            return found
    return None


def _sequences(actual: Tree, expected: list[Any] | tuple[Any, ...], rule: Rule, place: _Place) -> Difference | None:
    kind = "tuple" if isinstance(expected, tuple) else "list"
    accepted = type(expected) if rule.types else (list, tuple)
    if not isinstance(actual, accepted):
        return Difference(
            f"{place} is {_describe(actual)}; a {kind} of {len(expected)} parts is expected.", "structure"
        )
    if len(actual) != len(expected):
        return Difference(f"{place} has {len(actual)} parts; {len(expected)} are expected.", "structure")
    for index, value in enumerate(expected):
        found = _node(actual[index], value, rule, place.at(index))
        if found:
            return found
    return None


def _composites(actual: Tree, expected: Ragged | Sparse, rule: Rule, place: _Place) -> Difference | None:
    if isinstance(expected, Ragged):
        return _ragged(actual, expected, rule, place)
    if not isinstance(actual, Sparse):
        return Difference(f"{place} is {_describe(actual)}; a sparse tensor is expected.", "structure")
    for name in ("dense_shape", "indices"):
        if not np.array_equal(getattr(actual, name), getattr(expected, name)):
            return Difference(f"{place} has another {name.replace('_', ' ')} than expected.", "shape")
    return _arrays(actual.values, expected.values, rule, place)


def _ragged(actual: Tree, expected: Ragged, rule: Rule, place: _Place) -> Difference | None:
    if not isinstance(actual, Ragged):
        return Difference(f"{place} is {_describe(actual)}; a ragged tensor is expected.", "structure")
    mine, right = len(actual.row_splits), len(expected.row_splits)
    if mine != right:
        return Difference(f"{place} has {mine} ragged dimensions; {right} are expected.", "shape")
    if any(not np.array_equal(a, e) for a, e in zip(actual.row_splits, expected.row_splits, strict=True)):
        return Difference(f"{place} has rows of other lengths than expected.", "shape")
    return _arrays(actual.values, expected.values, rule, place)


def _array_like(actual: Tree, expected: Array, rule: Rule, place: _Place) -> Difference | None:
    """An array is expected: take arrays, and what Python offers in their place."""
    if isinstance(actual, np.ndarray):
        return _arrays(actual, expected, rule, place)
    if isinstance(actual, Ragged | Sparse | dict) or actual is None:
        return Difference(f"{place} is {_describe(actual)}; a tensor is expected.", "structure")
    if rule.types:
        return Difference(f"{place} is {_describe(actual)}; a tensor is expected.", "type")
    try:  # texts stay objects: in an array of their own dtype each would take as much as the longest
        with np.errstate(invalid="ignore"):  # a signalling NaN
            array = np.asarray(actual, dtype=object if _holds(actual, (str, bytes)) else None)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.dtype.kind == "O" and expected.dtype.kind != "O" and not _only_texts(array):
        return Difference(f"{place} is {_describe(actual)} of unequal parts; a tensor is expected.", "structure")
    weak = not _holds(actual, np.ndarray) and (array.dtype.kind == expected.dtype.kind or expected.dtype.kind in "fcV")
    if weak and array.dtype.kind in "iufc" and expected.dtype.kind in "iufcV":
        rule = Rule(rtol=rule.rtol, atol=rule.atol, dtype=False, types=rule.types, device=rule.device)
    return _arrays(array, expected, rule, place)


def _holds(value: Tree, kind: type | tuple[type, ...]) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds(v, kind) for v in value)
    return isinstance(value, kind)


def _only_texts(array: Array) -> bool:
    return array.size > 0 and all(isinstance(item, str | bytes) for item in array.reshape(-1))


def _arrays(actual: Array, expected: Array, rule: Rule, place: _Place) -> Difference | None:
    if actual.shape != expected.shape:
        return Difference(
            f"{place} has shape {_shape(actual)}; expected is {_shape(expected)}.",
            "shape",
            actual,
            expected,
            place.keys,
        )
    if (actual.dtype.kind == "O") != (expected.dtype.kind == "O"):
        word = "text" if expected.dtype.kind == "O" else "numbers"
        return Difference(f"{place} has dtype {_dtype(actual)}; {word} is expected.", "dtype", actual, expected)
    if rule.dtype and actual.dtype != expected.dtype:
        return Difference(
            f"{place} has dtype {_dtype(actual)}; expected is {_dtype(expected)}.", "dtype", actual, expected
        )
    if expected.dtype.kind == "O":
        return _strings(actual, expected, place)
    return _values(actual, expected, rule, place)


def _strings(actual: Array, expected: Array, place: _Place) -> Difference | None:
    pairs = enumerate(zip(actual.flat, expected.flat, strict=True))
    wrong = [i for i, (a, e) in pairs if not isinstance(a, str | bytes) or _utf8(a) != _utf8(e)]
    if not wrong:
        return None
    where = "" if expected.ndim == 0 else f", first at index {_index(wrong[0], expected.shape)}"
    return Difference(f"{place} differs in {len(wrong)} of {expected.size} texts{where}.", "values")


def _utf8(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _values(actual: Array, expected: Array, rule: Rule, place: _Place) -> Difference | None:
    if expected.size == 0:
        return None
    a, e = _wide(actual), _wide(expected)
    if a.dtype.kind in "fc" or e.dtype.kind in "fc":
        found = _not_finite(a, e, place, actual, expected)
        if found:
            return found
    rtol, atol = rule.tolerance(actual.dtype, expected.dtype)
    wrong, off = _deviations(a, e, rtol, atol)
    count = int(np.count_nonzero(wrong))
    if not count:
        return None
    return Difference(_values_message(place, wrong, off, count, expected), "values", actual, expected, place.keys)


def _deviations(a: Array, e: Array, rtol: float, atol: float) -> tuple[Array, Array]:
    """Return where values deviate too much, and by how much (0 where not finite)."""
    with np.errstate(all="ignore"):
        if a.dtype.kind in "biu" and e.dtype.kind in "biu":
            off = np.abs(a.astype("float64") - e.astype("float64"))
            exact = (rtol == 0 and atol == 0) or "b" in (a.dtype.kind, e.dtype.kind)
            return (a != e) if exact else off > atol + rtol * np.abs(e.astype("float64")), off
        off = np.abs(np.where(np.isfinite(e) & np.isfinite(a), a - e, 0))
        return off > atol + rtol * np.abs(np.where(np.isfinite(e), e, 0)), off


def _values_message(place: _Place, wrong: Array, off: Array, count: int, expected: Array) -> str:
    if expected.dtype.kind == "b":
        where = "" if expected.ndim == 0 else f", first at index {_index(int(np.argmax(wrong)), expected.shape)}"
        return f"{place} differs in {count} of {expected.size} truth values{where}."
    worst = int(np.argmax(np.where(wrong, off, -1)))
    amount = f"{float(off.flat[worst]):.2g}"
    if expected.ndim == 0 or expected.size == 1:
        return f"{place} is off by {amount}."
    index = _index(worst, expected.shape)
    return (
        f"{place} differs in {count} of {expected.size} values; the largest difference is {amount}, at index {index}."
    )


def _not_finite(a: Array, e: Array, place: _Place, actual: Array, expected: Array) -> Difference | None:
    for word, test in (("NaN", np.isnan), ("infinity", np.isinf)):
        is_a, is_e = test(a), test(e)
        extra, missing = int(np.count_nonzero(is_a & ~is_e)), int(np.count_nonzero(is_e & ~is_a))
        if extra:
            many = f"{extra} of {e.size} values are {word}" if e.size > 1 else f"the value is {word}"
            return Difference(
                f"{place}: {many} where a number is expected.", "not finite", actual, expected, place.keys
            )
        if missing:
            return Difference(
                f"{place} has no {word} where {word} is expected.", "not finite", actual, expected, place.keys
            )
    both = np.isinf(a) & np.isinf(e)
    if a.dtype.kind != "c" and e.dtype.kind != "c" and ((a[both] > 0) != (e[both] > 0)).any():
        return Difference(f"{place} has an infinity of the wrong sign.", "not finite", actual, expected, place.keys)
    return None


def _wide(array: Array) -> Array:
    """Give values a dtype that NumPy can subtract without loss."""
    if array.dtype.kind in "biu":
        return array
    with np.errstate(invalid="ignore"):  # a signalling NaN
        return array.astype("complex128" if array.dtype.kind == "c" else "float64")


def _plain(actual: Tree, expected: Tree, rule: Rule, place: _Place) -> Difference | None:
    """A Python number, string, boolean or None is expected."""
    if expected is None:
        return None if actual is None else Difference(f"{place} is {_describe(actual)}; None is expected.", "type")
    if isinstance(expected, str | bytes):
        if not isinstance(actual, str | bytes) or (rule.types and type(actual) is not type(expected)):
            return Difference(f"{place} is {_describe(actual)}; a string is expected.", "type")
        return None if _utf8(actual) == _utf8(expected) else Difference(f"{place} is another text.", "values")
    number = (float, int) if isinstance(expected, float) and not rule.types else type(expected)
    if not isinstance(actual, number) or isinstance(actual, bool) != isinstance(expected, bool):
        word = type(expected).__name__
        return Difference(f"{place} is {_describe(actual)}; a Python {word} is expected.", "type")
    return _values(np.asarray(actual), np.asarray(expected), rule, place)


def _describe(value: Tree) -> str:
    if value is None:
        return "None (nothing was returned)"
    if isinstance(value, np.ndarray):
        return f"a tensor of shape {_shape(value)} and dtype {_dtype(value)}"
    if isinstance(value, Ragged | Sparse):
        return f"a {type(value).__name__.lower()} tensor"
    if isinstance(value, list | tuple | dict):
        return f"a {type(value).__name__} of {len(value)} parts"
    article = "an" if isinstance(value, int) and not isinstance(value, bool) else "a"
    return f"{article} {type(value).__name__}"


def _shape(array: Array) -> str:
    return str(tuple(int(n) for n in array.shape))


def _dtype(array: Array) -> str:
    return "string" if array.dtype.kind == "O" else array.dtype.name


def _index(flat: int, shape: tuple[int, ...]) -> str:
    index = tuple(int(i) for i in np.unravel_index(flat, shape))
    return str(index[0]) if len(index) == 1 else str(index)


assert ml_dtypes.bfloat16  # registers the small float dtypes with NumPy
