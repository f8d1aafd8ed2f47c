"""The general finder: simple relations between a learner's tensor and the right one.

When no known mistake matches, a learner is still helped by 'your result is the negative of the
expected one'. Pure NumPy; a sentence or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradetape.tree import is_real

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["find"]

Array = np.ndarray[Any, Any]
_ENOUGH = 3  # a scalar is a multiple of every other: fewer values than this prove nothing


def find(actual: object, expected: object, *, sizes: Sequence[int] = (), rtol: float = 1e-4, atol: float = 1e-6) -> str:
    """Name a relation of `actual` to `expected`; '' when none is found.

    Args:
        actual: the learner's array, any shape.
        expected: the right array.
        sizes: axis lengths of the probe's inputs; a factor equal to one of them is named as such
            (the first is taken for the batch size).
        rtol: relative tolerance of the comparison.
        atol: absolute tolerance.
    """
    if not _numeric(actual) or not _numeric(expected):
        return ""
    a, e = np.asarray(actual), np.asarray(expected)
    same_dtype = a.dtype == e.dtype
    a, e = a.astype("float64"), e.astype("float64")
    if not np.isfinite(a).all() or not np.isfinite(e).all() or not a.size or not e.size:
        return ""

    def close(x: Array, y: Array) -> bool:
        return x.shape == y.shape and bool(np.allclose(x, y, rtol=rtol, atol=atol))

    if close(a, e):
        return "" if same_dtype else "The values are right; only the dtype differs."
    return next((text for text in _candidates(a, e, sizes, close) if text), "")


def _numeric(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, np.ndarray | int | float):
        return False
    return is_real(np.asarray(value).dtype)


def _candidates(a: Array, e: Array, sizes: Sequence[int], close: Callable[[Array, Array], bool]) -> Iterable[str]:
    yield _shape_relation(a, e, close)
    if a.shape != e.shape:
        return
    if close(-a, e):
        yield "Your result is the negative of the expected one."
    yield _factor(a, e, sizes, close)
    if np.unique(e).size < _ENOUGH:
        return
    if np.ptp(a - e) <= 1e-4 * max(1.0, float(np.ptp(e))):
        yield "Your result is shifted: it differs from the expected one by the same amount everywhere."
    yield _function(a, e, close)
    yield _order(a, e, close)


def _shape_relation(a: Array, e: Array, close: Callable[[Array, Array], bool]) -> str:
    if a.ndim >= 2 and np.unique(e).size >= _ENOUGH and close(np.swapaxes(a, -1, -2), e):
        return "Your result is the transpose of the expected one."
    if a.shape != e.shape and a.size == e.size and close(a.reshape(e.shape), e):
        return "The values are right; only the shape differs."
    return ""


def _factor(a: Array, e: Array, sizes: Sequence[int], close: Callable[[Array, Array], bool]) -> str:
    norm = float(np.vdot(e, e))
    if norm == 0:
        return ""
    factor = float(np.vdot(a, e)) / norm
    if factor == 0 or not close(a, factor * e) or not np.any(a):
        return ""
    for position, size in enumerate(dict.fromkeys(sizes)):
        word = "the batch size" if position == 0 else "the length of an axis"
        if size > 1 and np.isclose(factor, size, rtol=1e-3):
            return f"Your result is too large by a factor of {size}, {word}: summed instead of averaged?"
        if size > 1 and np.isclose(factor, 1 / size, rtol=1e-3):
            return f"Your result is too small by a factor of {size}, {word}: averaged instead of summed, or twice?"
    if np.isclose(factor, 2, rtol=1e-3):
        return "Your result is twice the expected one."
    if np.isclose(factor, 0.5, rtol=1e-3):
        return "Your result is half the expected one."
    if np.unique(e).size < _ENOUGH:
        return ""
    return f"Your result is a constant multiple of the expected one (factor about {factor:.3g})."


def _softmax(x: Array) -> Array:
    if x.ndim == 0:
        return x
    shifted = np.exp(x - x.max(axis=-1, keepdims=True))
    normal: Array = shifted / shifted.sum(axis=-1, keepdims=True)
    return normal


def _function(a: Array, e: Array, close: Callable[[Array, Array], bool]) -> str:
    with np.errstate(all="ignore"):
        if close(_softmax(a), e):
            return "A softmax is missing: your result holds the logits of the expected one."
        if close(_softmax(e), a):
            return "A softmax too many: it was applied to what already is the result."
        if (a > 0).all() and close(np.log(a), e):
            return "A logarithm is missing."
        if (e > 0).all() and close(np.log(e), a):
            return "A logarithm too many: the plain value is expected."
        if (a >= 0).all() and close(np.sqrt(a), e):
            return "A square root is missing."
        if (e >= 0).all() and close(np.sqrt(e), a):
            return "A square root too many."
    return ""


def _order(a: Array, e: Array, close: Callable[[Array, Array], bool]) -> str:
    for axis in range(e.ndim):
        if e.shape[axis] > 1 and close(np.flip(a, axis), e):
            return f"Your result is reversed along axis {axis}."
    if e.ndim >= 1 and e.shape[0] > 1:
        flat_a, flat_e = a.reshape(a.shape[0], -1), e.reshape(e.shape[0], -1)
        rows_a, rows_e = flat_a[np.lexsort(flat_a.T[::-1])], flat_e[np.lexsort(flat_e.T[::-1])]
        if close(rows_a, rows_e):
            return "Your result has the right rows in another order."
    return ""
