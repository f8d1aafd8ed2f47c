"""Trees survive the wire; anything else is named by its place; hostile bytes raise and never grow."""

import collections
import contextlib
import math
import sys
import tracemalloc

import ml_dtypes
import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradetape import tree
from gradetape.tree import Ragged, Sparse, TreeError, decode, encode

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
]  # fmt: skip
SMALL = [ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2]


@pytest.mark.parametrize("name", ["bool", "complex64", "<U3", "O", *DTYPES[1:12], *tree.SMALL_FLOATS])
def test_what_is_a_real_number(name):
    """Integers and floats, also those of which NumPy says the kind 'V'."""
    dtype = np.dtype(getattr(ml_dtypes, name, None) or name)
    assert tree.is_real(dtype) == (name not in ("bool", "complex64", "<U3", "O"))


def same(a, b):
    """Exact equality of trees: types, dtypes, shapes, bits."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and same_values(a, b)
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and math.isnan(a):
        return math.isnan(b)
    if isinstance(a, complex):
        return repr(a) == repr(b)
    return a == b


def same_values(a, b):
    return a.tolist() == b.tolist() if a.dtype == object else np.ascontiguousarray(a).tobytes() == b.tobytes()


arrays = st.one_of(
    *(hnp.arrays(np.dtype(d), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)) for d in DTYPES)
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.complex_numbers(), texts,
    st.binary(max_size=20), arrays,
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda t: st.one_of(
        st.lists(t, max_size=4),
        st.lists(t, max_size=4).map(tuple),
        st.dictionaries(texts | st.integers(0, 9), t, max_size=4),
    ),
    max_leaves=12,
)


@given(trees)
@settings(max_examples=300, deadline=None)
def test_round_trip(value):
    """Every tree comes back equal in structure, types, dtypes and bits."""
    assert same(value, decode(encode(value)))


@pytest.mark.parametrize("dtype", SMALL)
def test_small_floats_round_trip(dtype):
    """bfloat16 and the float8 types keep dtype and bits."""
    array = np.arange(6).reshape(2, 3).astype(dtype)
    back = decode(encode(array))
    assert back.dtype == array.dtype
    assert back.tobytes() == array.tobytes()


def test_byte_order_and_memory_layout_do_not_matter():
    """Big-endian and Fortran-ordered arrays arrive as plain ones with the same values."""
    array = np.asfortranarray(np.arange(6, dtype=">i4").reshape(2, 3))
    back = decode(encode(array))
    assert back.dtype == np.dtype("int32")
    assert back.tolist() == array.tolist()


def test_scalars_of_numpy_are_arrays_of_rank_zero():
    """np.float32(2) is told apart from the Python float 2.0."""
    back = decode(encode([np.float32(2), 2.0]))
    assert isinstance(back[0], np.ndarray)
    assert back[0].shape == ()
    assert type(back[1]) is float


def test_strings_keep_their_kind():
    """Byte strings stay bytes, text stays text, in arrays of any shape."""
    back = decode(
        encode({"u": np.array([["a", "ß"]]), "s": np.array([b"x"]), "o": np.array(["a", b"b"], dtype=object)})
    )
    assert back["u"].tolist() == [["a", "ß"]]
    assert back["s"].tolist() == [b"x"]
    assert back["o"].tolist() == ["a", b"b"]


def test_mappings_and_named_tuples_become_plain():
    """OrderedDict and namedtuple arrive as dict and tuple."""
    point = collections.namedtuple("point", "x y")(1, 2)
    assert decode(encode(collections.OrderedDict(a=point))) == {"a": (1, 2)}


def test_ragged_and_sparse_round_trip():
    """Ragged and sparse tensors keep their parts."""
    ragged = Ragged(np.arange(5.0), (np.array([0, 2, 3]), np.array([0, 1, 3, 5])))
    sparse = Sparse(np.array([[0, 1], [2, 0]]), np.array([1.5, 2.5]), np.array([3, 2]))
    r, s = decode(encode([ragged, sparse]))
    assert [x.tolist() for x in r.row_splits] == [[0, 2, 3], [0, 1, 3, 5]]
    assert s.indices.tolist() == [[0, 1], [2, 0]]
    assert s.dense_shape.tolist() == [3, 2]


class Liar(np.ndarray):
    """An ndarray that lies about its shape."""

    @property
    def shape(self):
        return (99,)


def test_a_lying_subclass_is_taken_by_its_bytes():
    """A subclass that claims another shape is encoded as the array it is."""
    assert decode(encode(np.zeros(2).view(Liar))).shape == (2,)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"weights": [1, 2, (i for i in ())]}, r"tree\['weights'\]\[2\] is a 'generator' object"),
        ((1, {2}), r"tree\[1\] is a 'set' object"),
        ({"f": len}, r"tree\['f'\] is a 'builtin_function_or_method' object"),
        ({(1, 2): 3}, "tree has a key of type 'tuple'. Keys have to be strings or integers."),
        ([np.array([1, "a", None], dtype=object)], r"tree\[0\] is an array of 'int' objects"),
        (np.zeros(2, dtype="datetime64[s]"), "dtype 'datetime64"),
        ([2**64], r"tree\[0\] is an integer that does not fit into 64 bits"),
        (["\ud800"], "lone surrogate"),
        (np.zeros((1,) * 33), "rank 33"),
    ],
)
def test_what_is_no_tree_is_named_by_its_place(value, said):
    """The error says where in the tree, and what stands there."""
    with pytest.raises(TreeError, match=said):
        encode(value)


def test_recursive_structures_end():
    """A list that holds itself raises instead of running for ever."""
    loop: list = []
    loop.append(loop)
    with pytest.raises(TreeError, match="nested deeper than 32"):
        encode(loop)


def test_size_limits():
    """Too many bytes, and too many nodes, raise on the sender's side."""
    with pytest.raises(TreeError, match="over its limit of bytes"):
        encode(np.zeros(2000), max_bytes=1000)
    with pytest.raises(TreeError, match="nodes"):
        encode([0] * (tree.MAX_NODES + 1))
    with pytest.raises(TreeError, match="at most 10 are allowed"):
        decode(b"x" * 11, max_bytes=10)


def test_the_largest_tree_that_can_be_sent_can_be_read():
    """Limits of both sides fit: what encode lets through, decode takes."""
    big = [np.zeros(1) for _ in range(tree.MAX_NODES - 1)]
    assert len(decode(encode(big))) == len(big)


WIRES = [
    ["a", "float32", [2], b"1234"],
    ["a", "float32", [-1], b""],
    ["a", "float32", [2**62, 2**62, 0], b""],
    ["a", "object", [0], b""],
    ["a", ["float32"], [0], b""],
    ["a", "bool", [1], b"\x02"],
    ["a", "float32", [0] * 40, b""],
    ["s", [2], ["a"]],
    ["s", [1], [3]],
    ["d", [["a", 1], ["a", 2]]],
    ["d", [[None, 1]]],
    ["d", 3],
    ["c", 1, 2],
    ["x", 1],
    ["l"],
    [],
    [1, 2],
    ["r", ["a", "float32", [1], b"1234"], [["a", "int64", [1], b"\x01" + b"\x00" * 7]]],
    ["r", ["a", "float32", [1], b"1234"], []],
    ["r", 5, []],
    [
        "p",
        ["a", "int64", [1, 1], b"\x09" + b"\x00" * 7],
        ["a", "float32", [1], b"1234"],
        ["a", "int64", [1], b"\x02" + b"\x00" * 7],
    ],
]


@pytest.mark.parametrize("wire", WIRES)
def test_forged_nodes_are_refused(wire):
    """A node whose parts do not fit together raises TreeError, nothing else."""
    with pytest.raises(TreeError):
        decode(msgpack.packb(wire))


@given(st.binary(max_size=300))
@settings(max_examples=500, deadline=None)
def test_random_bytes_never_do_harm(data):
    """Any bytes decode to a tree or raise TreeError."""
    with contextlib.suppress(TreeError):
        decode(data)


@given(trees, st.data())
@settings(max_examples=200, deadline=None)
def test_damaged_trees_never_do_harm(value, data):
    """A flipped byte gives another tree or TreeError."""
    raw = bytearray(encode(value))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(TreeError):
        decode(bytes(raw))


def test_hostile_claims_cost_no_memory():
    """Bytes that claim gigabytes are refused within a few megabytes."""
    hostile = b"\xdd\x00\x98\x96\x80" * 20 + b"\xc0" * 100_000
    tracemalloc.start()
    try:
        with pytest.raises(TreeError):
            decode(hostile)
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


def test_trees_never_import_tensorflow():
    """The codec looks whether TensorFlow is there; it does not bring it."""
    encode({"a": np.zeros(3)})
    assert "tensorflow" not in sys.modules


@pytest.mark.parametrize(
    "wire",
    [["l", [0] * 150_000], ["s", [150_000], [""] * 150_000], ["l", [["d", [["k", 0]]]] * 60_000], ["t", [["l", []]] * 150_000]],
)  # fmt: skip
def test_no_more_nodes_are_read_than_can_be_sent(wire):
    """A guest that speaks for itself gets no more into the grader's memory than one that uses the encoder."""
    with pytest.raises(TreeError, match="more than 100,000 nodes"):
        decode(msgpack.packb(wire))


@pytest.mark.parametrize("name", tree.SMALL_FLOATS)
def test_small_floats_travel(name):
    """All of TensorFlow's, with their dtype."""
    array = np.array([0.5, -2.0], "float32").astype(getattr(ml_dtypes, name))
    back = decode(encode(array))
    assert back.dtype == array.dtype
    assert (back == array).all()
