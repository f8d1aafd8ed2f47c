"""The general finder names simple relations, and stays silent where it knows nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradetape.relations import find

RNG = np.random.default_rng(1)
E = RNG.normal(size=(4, 3)).astype("float32")
P = np.exp(E) / np.exp(E).sum(axis=-1, keepdims=True)


@pytest.mark.parametrize(
    ("actual", "expected", "said"),
    [
        (-E, E, "negative"),
        (E.T, E, "transpose"),
        (E.reshape(-1), E, "only the shape differs"),
        (E.astype("float64"), E, "only the dtype differs"),
        (8 * E, E, "factor of 8, the batch size: summed instead of averaged?"),
        (E / 8, E, "too small by a factor of 8, the batch size"),
        (5 * E, E, "factor of 5, the length of an axis"),
        (2 * E, E, "twice the expected"),
        (E / 2, E, "half the expected"),
        (0.3 * E, E, r"constant multiple of the expected one \(factor about 0.3\)"),
        (E + 7, E, "same amount everywhere"),
        (E, P, "softmax is missing"),
        (np.exp(P) / np.exp(P).sum(axis=-1, keepdims=True), P, "softmax too many"),
        (np.exp(E), E, "logarithm is missing"),
        (E, np.exp(E), "logarithm too many"),
        (E**2, np.abs(E), "square root is missing"),
        (np.sqrt(np.abs(E)), np.abs(E), "square root too many"),
        (E[::-1], E, "reversed along axis 0"),
        (E[:, ::-1], E, "reversed along axis 1"),
        (E[[2, 0, 3, 1]], E, "right rows in another order"),
        (np.float32(8.0), np.float32(1.0).reshape(()), "the batch size"),
    ],
)
def test_relations(actual, expected, said):
    """Each relation has its sentence."""
    import re

    assert re.search(said, find(np.asarray(actual), np.asarray(expected), sizes=(8, 5)))


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (E, E),
        (np.float32(3.7), np.float32(1.0)),
        (E, np.zeros_like(E)),
        (np.full(3, np.nan), np.ones(3)),
        ("text", E),
        (E, None),
        (np.array(["a"], object), E),
        (np.empty(0), np.empty(0)),
    ],
)
def test_nothing_to_say(actual, expected):
    """Equal arrays, lone scalars, zeros, NaN and what is no number give no sentence."""
    actual, expected = (np.asarray(x) if isinstance(x, np.floating) else x for x in (actual, expected))
    assert find(actual, expected, sizes=(8, 5)) == ""


@given(st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_unrelated_arrays_give_nothing(seed):
    """Two independent random arrays are never called related."""
    rng = np.random.default_rng(seed)
    assert find(rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), sizes=(3, 4)) == ""
