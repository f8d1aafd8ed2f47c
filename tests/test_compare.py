"""Comparison finds the first difference and says it without showing an expected value."""

import ml_dtypes
import numpy as np
import pytest

from gradetape.compare import Rule, difference
from gradetape.tree import SMALL_FLOATS, Ragged, Sparse

F = np.float32


def said(actual, expected, label="the result", **rule):
    found = difference(actual, expected, Rule(**rule), label)
    return found and found.message


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (np.float32([1, 2]), np.float32([1, 2])),
        (np.float32([1, np.nan, np.inf]), np.float32([1, np.nan, np.inf])),
        (np.float32([1 + 4e-6]), np.float32([1])),
        ({"b": 1, "a": [1, "x"]}, {"a": [1, "x"], "b": 1}),
        ((1, 2), [1, 2]),
        (0.5, np.asarray(F(0.5))),
        (3, np.asarray(np.int64(3))),
        ([0.5, 1.5], np.float32([0.5, 1.5])),
        ([np.float32([1.0]), np.float32([2.0])], np.float32([[1.0], [2.0]])),
        (2, 2.0),
        ("x", b"x"),
        (np.array(["a"], dtype=object), np.array([b"a"], dtype=object)),
        (["a", "b"], np.array([b"a", b"b"], dtype=object)),
        (None, None),
        (np.empty((0, 3), "float32"), np.empty((0, 3), "float32")),
        (np.array([1, 2], ml_dtypes.bfloat16), np.array([1, 2.01], ml_dtypes.bfloat16)),
        (True, True),
        (1 + 2j, 1 + 2j),
    ],
)
def test_equal(actual, expected):
    """What agrees within the tolerance of its dtype gives no difference."""
    assert said(actual, expected) is None


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        (np.zeros((3, 2), F), np.zeros((3, 4), F), "The result has shape (3, 2); expected is (3, 4)."),
        (np.zeros(2), np.zeros(2, F), "The result has dtype float64; expected is float32."),
        (np.float32([1, 2, 4]), np.float32([1, 2, 3]), "The result differs in 1 of 3 values; the largest difference is 1, at index 2."),
        (np.float32([[1, 2], [3, 9]]), np.float32([[1, 2], [3, 4]]), "The result differs in 1 of 4 values; the largest difference is 5, at index (1, 1)."),
        (np.asarray(F(2)), np.asarray(F(1.5)), "The result is off by 0.5."),
        (np.float32([1, np.nan]), np.float32([1, 2]), "The result: 1 of 2 values are NaN where a number is expected."),
        (np.float32([1, 2]), np.float32([1, np.nan]), "The result has no NaN where NaN is expected."),
        (np.float32([np.inf]), np.float32([1]), "The result: the value is infinity where a number is expected."),
        (np.float32([-np.inf]), np.float32([np.inf]), "The result has an infinity of the wrong sign."),
        (None, np.zeros(2, F), "The result is None (nothing was returned); a tensor is expected."),
        ([[1.0], [1.0, 2.0]], np.zeros((2, 2), F), "The result is a list of 2 parts of unequal parts; a tensor is expected."),
        (np.zeros(2, F), (1, 2), "The result is a tensor of shape (2,) and dtype float32; a tuple of 2 parts is expected."),
        ((1, 2, 3), (1, 2), "The result has 3 parts; 2 are expected."),
        (3, {"a": 1}, "The result is an int; a dict is expected."),
        ({"a": 1}, {"a": 1, "b": 2}, "The result has no entry 'b'."),
        ({"a": 1, "c": 1}, {"a": 1}, "The result has an entry too many: 'c'."),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "The result, at ['a']['b'][1], is off by 1."),
        (np.asarray(3), 3, "The result is a tensor of shape () and dtype int64; a Python int is expected."),
        (1, True, "The result is an int; a Python bool is expected."),
        (True, 1, "The result is a bool; a Python int is expected."),
        (2.0, 2, "The result is a float; a Python int is expected."),
        ("a", "b", "The result is another text."),
        (1, "b", "The result is an int; a string is expected."),
        (1, None, "The result is an int; None is expected."),
        (np.array(["a", "b"], object), np.array(["a", "c"], object), "The result differs in 1 of 2 texts, first at index 1."),
        (np.zeros(1, F), np.array(["c"], object), "The result has dtype float32; text is expected."),
        (np.array([True, False]), np.array([True, True]), "The result differs in 1 of 2 truth values, first at index 1."),
        (np.int64([1, 2**62]), np.int64([1, 2**62 + 1]), "The result differs in 1 of 2 values; the largest difference is 0, at index 1."),
    ],
)  # fmt: skip
def test_messages(actual, expected, message):
    """Each kind of difference has its sentence: what differs, how far off, where."""
    assert said(actual, expected) == message


def test_no_expected_value_is_shown():
    """The expected numbers stand in no message about values."""
    expected = np.float32([123.456, 789.012])
    text = said(np.float32([1, 2]), expected)
    assert "123" not in text
    assert "789" not in text.replace("787", "")


def test_label_and_place():
    """A label of the author's begins the sentence; the place in the tree follows."""
    assert said({"a": 1}, {"a": 2}, label="the output for 3 units") == "The output for 3 units, at ['a'], is off by 1."


def test_tolerances_at_the_call():
    """Rtol and atol of the call replace the dtype's own."""
    assert said(np.float32([1.001]), np.float32([1.0])) is not None
    assert said(np.float32([1.001]), np.float32([1.0]), rtol=0.01) is None
    assert said(np.float32([1.000001]), np.float32([1.0]), rtol=0, atol=0) is not None


def test_tolerances_leave_truth_values_and_small_integers_alone():
    """Booleans are exact whatever the tolerance; unsigned integers do not wrap around when subtracted."""
    assert said(np.array([True, False]), np.array([True, True]), rtol=1e-4, atol=1e-5) is not None
    assert said(True, False, rtol=1e-4, atol=1e-5) is not None
    assert said(np.uint8([3]), np.uint8([4]), atol=2) is None
    assert said(np.uint8([3]), np.uint8([6]), atol=2) is not None


def test_a_gpu_gets_wider_defaults():
    """Reductions in another order are no mistake: ten times the tolerance."""
    pair = np.float32([1.00004]), np.float32([1.0])
    assert said(*pair) is not None
    assert said(*pair, device="gpu") is None


def test_dtype_can_be_ignored_and_types_insisted_on():
    """dtype=False takes float64 for float32; types=True refuses a list for a tuple and 0.5 for a tensor."""
    assert said(np.zeros(2), np.zeros(2, F), dtype=False) is None
    assert "a tuple of 2 parts is expected" in said([1, 2], (1, 2), types=True)
    assert said(0.5, np.asarray(F(0.5)), types=True) == "The result is a float; a tensor is expected."


def test_float64_arrays_in_a_list_keep_their_dtype():
    """A list of float64 arrays is no Python number: its dtype counts."""
    assert "dtype float64" in said([np.zeros(2)], np.zeros((1, 2), F))


def test_ragged_and_sparse():
    """Row lengths and positions are compared before values."""
    ragged = Ragged(np.zeros(3, F), (np.array([0, 1, 3]),))
    assert said(ragged, Ragged(np.zeros(3, F), (np.array([0, 1, 3]),))) is None
    assert (
        said(ragged, Ragged(np.zeros(3, F), (np.array([0, 2, 3]),)))
        == "The result has rows of other lengths than expected."
    )
    assert said(ragged, Ragged(np.ones(3, F), (np.array([0, 1, 3]),))).startswith("The result differs in 3 of 3")
    assert said(np.zeros(3), ragged).endswith("a ragged tensor is expected.")
    two = Ragged(np.zeros(3, F), (np.array([0, 2]), np.array([0, 1, 3])))
    assert said(ragged, two) == "The result has 1 ragged dimensions; 2 are expected."
    sparse = Sparse(np.array([[0]]), np.zeros(1, F), np.array([3]))
    assert (
        said(sparse, Sparse(np.array([[1]]), np.zeros(1, F), np.array([3])))
        == "The result has another indices than expected."
    )
    assert said(sparse, sparse) is None


@pytest.mark.parametrize("name", SMALL_FLOATS)
def test_a_learners_dtype_buys_no_tolerance(name):
    """With dtype=False an answer cast to eight or sixteen bits has to be as right as one in float32."""
    right = np.array([1.0, 2.0, 4.0], F)
    wrong = np.array([1.125, 1.75, 4.5], F).astype(getattr(ml_dtypes, name))
    assert said(wrong, right, dtype=False) is not None
    assert said(right.astype(wrong.dtype), right, dtype=False) is None
    assert said(right, right.astype(wrong.dtype), dtype=False) is None


def test_the_references_dtype_still_counts():
    """Where the reference itself has float16, its tolerance holds for a learner's float32."""
    assert said(np.array([1.001], F), np.array([1.0], "float16"), dtype=False) is None
    assert said(np.array([1.001], "float16"), np.array([1.0], F), dtype=False) is not None
