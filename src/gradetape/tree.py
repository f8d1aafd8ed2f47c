"""Trees: the only thing that crosses the border between a guest and its host.

A tree is a nesting of dicts, lists and tuples of arrays, numbers, strings, booleans and None. It
travels as strict, size-limited MessagePack: what comes out of a learner's process is data and
nothing else. This module knows nothing of the rest of the package, and imports TensorFlow never:
it only looks whether the running process has done so.

Wire form: None, bool, int, float, str and bytes stand for themselves; every other node is an array
`[tag, ...]`. MessagePack maps and extension types are refused.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ml_dtypes
import msgpack
import numpy as np

from gradetape.wire import WireError, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "SMALL_FLOATS", "Ragged", "Sparse", "Tree", "TreeError", "decode", "encode",
    "is_real",
]  # fmt: skip

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 32
MAX_NODES = 100_000
MAX_RANK = 32
MAX_INTEGER_KEYS = 10_000
"""Of one dict: integers can be chosen so that they collide, and reading them takes the square of their number."""
MAX_EMPTY = 2**22
"""Product of the other axes of an empty array: a loop over them, or a sum along the empty one, costs that much."""
_MAX_WIRE_DEPTH = 3 * MAX_DEPTH + 5  # a dict takes three levels; a ragged tensor inside takes four, below the root's

Tree = Any

_DTYPES: dict[str, np.dtype[Any]] = {
    name: np.dtype(name)
    for name in (
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float16", "float32", "float64", "complex64", "complex128",
    )
}  # fmt: skip
SMALL_FLOATS = (
    "bfloat16", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e4m3b11fnuz", "float8_e5m2", "float8_e5m2fnuz",
)  # fmt: skip
"""Floats of TensorFlow's that NumPy knows by ml_dtypes alone: of most of them it says the kind 'V'."""
_DTYPES |= {name: np.dtype(getattr(ml_dtypes, name)) for name in SMALL_FLOATS}

_ALLOWED = "A probe can return arrays, tensors, numbers, strings, booleans, None, and dicts, lists and tuples of these."


def is_real(dtype: np.dtype[Any]) -> bool:
    """Whether arrays of this dtype hold real numbers."""
    return dtype.kind in "iuf" or dtype.name in SMALL_FLOATS


class TreeError(ValueError):
    """A value that is no tree, or bytes that hold none; the text names the place."""


@dataclass(frozen=True, eq=False)
class Ragged:
    """A ragged tensor: `values` (flat, any shape) and one int64 vector of row splits per ragged dimension."""

    values: np.ndarray[Any, Any]
    row_splits: tuple[np.ndarray[Any, Any], ...]


@dataclass(frozen=True, eq=False)
class Sparse:
    """A sparse tensor: `indices` (n, rank) int64, `values` (n,), `dense_shape` (rank,) int64."""

    indices: np.ndarray[Any, Any]
    values: np.ndarray[Any, Any]
    dense_shape: np.ndarray[Any, Any]


def encode(tree: Tree, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Encode a tree as bytes.

    Raises:
        TreeError: a node is of another kind, deeper than `MAX_DEPTH`, or the whole is over
            `max_bytes`; the text names the node's place, as in `tree['weights'][2]`.
    """
    encoder = _Encoder(max_bytes)
    wire = encoder.node(tree, "tree", 0)
    packed: bytes = msgpack.packb(wire, use_bin_type=True)
    if len(packed) > max_bytes:
        raise TreeError(f"tree takes {len(packed):,} bytes; at most {max_bytes:,} are allowed. Return less.")
    return packed


def decode(data: bytes, *, max_bytes: int = MAX_BYTES) -> Tree:
    """Decode bytes that may be hostile.

    Arrays come back as read-only NumPy arrays, tensors and variables as arrays too, string arrays as
    object arrays of `bytes` or `str`, ragged and sparse tensors as `Ragged` and `Sparse`.

    Raises:
        TreeError: the bytes are no tree of this form, too many, too deep, or claim more than they hold.
    """
    if len(data) > max_bytes:
        raise TreeError(f"{len(data):,} bytes; at most {max_bytes:,} are allowed.")
    try:
        scan(data, max_depth=_MAX_WIRE_DEPTH, max_nodes=10 * MAX_NODES)
        wire = msgpack.unpackb(data, raw=False, strict_map_key=True, max_map_len=0, max_ext_len=0)
    except (WireError, ValueError, RecursionError) as error:
        raise TreeError(f"not a tree: {error}") from None
    _count_nodes(wire)
    return _decode_node(wire, 0)


def _count_nodes(wire: Any) -> None:
    """Refuse more nodes than an encoder would write; what is no tree is left to the decoder."""
    todo, nodes = [wire], 0
    while todo:
        node = todo.pop()
        nodes += 1
        if type(node) is list and len(node) > 1 and type(node[1]) is list:
            parts = node[1]
            if node[0] in ("l", "t"):
                todo += parts
            elif node[0] == "d":
                todo += [pair[1] for pair in parts if type(pair) is list and len(pair) == 2]
            elif node[0] == "s" and len(node) == 3 and type(node[2]) is list:
                nodes += len(node[2])
        if nodes + len(todo) > MAX_NODES:
            raise TreeError(f"more than {MAX_NODES:,} nodes.")


class _Encoder:
    """One encoding: counts nodes and bytes, so that neither can run away."""

    def __init__(self, max_bytes: int) -> None:
        self._room = max_bytes
        self._nodes = 0

    def node(self, value: object, path: str, depth: int) -> Any:
        """Encode one node; exact Python types first, so that no subclass can lie about itself."""
        if depth > MAX_DEPTH:
            raise TreeError(f"{path} is nested deeper than {MAX_DEPTH} levels.")
        self._count(1, path)
        if value is None or type(value) in (bool, int, float, complex):
            return _scalar(value, path)
        if isinstance(value, str | bytes):
            return self._text(value, path)
        if isinstance(value, Mapping):
            return self._mapping(value, path, depth)
        if isinstance(value, list):
            return ["l", [self.node(v, f"{path}[{i}]", depth + 1) for i, v in enumerate(value)]]
        foreign = _foreign(value, path)
        if foreign is not None:
            return foreign(self, path, depth)
        if isinstance(value, tuple):
            return ["t", [self.node(v, f"{path}[{i}]", depth + 1) for i, v in enumerate(value)]]
        return self._array_like(value, path, depth)

    def _array_like(self, value: object, path: str, depth: int) -> Any:
        if isinstance(value, np.ndarray | np.generic):
            return self.array(np.asarray(value), path)
        if isinstance(value, Ragged):
            self._count(len(value.row_splits), path)
            splits = [self.array(np.asarray(s), path) for s in value.row_splits]
            return ["r", self.array(np.asarray(value.values), path), splits]
        if isinstance(value, Sparse):
            return ["p", *(self.array(np.asarray(a), path) for a in (value.indices, value.values, value.dense_shape))]
        if isinstance(value, np.dtype):
            return value.name
        if isinstance(value, bool | int | float):  # IntEnum and friends
            return self.node(float(value) if isinstance(value, float) else int(value), path, depth)
        raise TreeError(f"{path} is a {type(value).__name__!r} object. {_ALLOWED}")

    def _text(self, value: str | bytes, path: str) -> str | bytes:
        self._take(len(value), path)
        if isinstance(value, bytes):
            return bytes(value)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise TreeError(f"{path} is a string with a lone surrogate, which has no UTF-8 form.") from None
        return str(value)

    def _mapping(self, value: Mapping[Any, Any], path: str, depth: int) -> list[Any]:
        pairs = []
        if sum(type(key) is int for key in value) > MAX_INTEGER_KEYS:
            raise TreeError(f"{path} has more than {MAX_INTEGER_KEYS:,} integers for keys. Return arrays instead.")
        for key in value:
            if type(key) not in (str, int):
                raise TreeError(
                    f"{path} has a key of type {type(key).__name__!r}. Keys have to be strings or integers."
                )
            plain = self._text(key, path) if isinstance(key, str) else _checked_int(key, path)
            pairs.append([plain, self.node(value[key], f"{path}[{key!r}]", depth + 1)])
        return ["d", pairs]

    def array(self, array: np.ndarray[Any, Any], path: str) -> list[Any]:
        """Encode an array of a known dtype, little-endian and C-contiguous; strings as a flat list."""
        if array.ndim > MAX_RANK:
            raise TreeError(f"{path} has rank {array.ndim}; at most {MAX_RANK} is allowed.")
        if array.size == 0 and _extent(array.shape) > MAX_EMPTY:
            raise TreeError(f"{path} is an empty array of shape {array.shape}, which is too long on its other axes.")
        self._count(array.ndim // 4, path)  # a long shape is more to read than one node
        if array.dtype.kind in "OSUT":
            return self._string_array(array, path)
        if array.dtype.name not in _DTYPES:
            raise TreeError(f"{path} is an array of dtype {array.dtype.name!r}, which no tree can hold. {_ALLOWED}")
        self._take(array.nbytes, path)
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        return ["a", array.dtype.name, list(array.shape), np.ascontiguousarray(little).tobytes()]

    def _string_array(self, array: np.ndarray[Any, Any], path: str) -> list[Any]:
        items = array.ravel().tolist()
        self._count(len(items), path)
        for item in items:
            if not isinstance(item, str | bytes):
                raise TreeError(f"{path} is an array of {type(item).__name__!r} objects. {_ALLOWED}")
        return ["s", list(array.shape), [self._text(item, path) for item in items]]

    def _count(self, nodes: int, path: str) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise TreeError(f"{path}: the tree has more than {MAX_NODES:,} nodes. Return arrays instead.")

    def _take(self, count: int, path: str) -> None:
        self._room -= count
        if self._room < 0:
            raise TreeError(f"{path} does not fit: the tree is over its limit of bytes. Return less.")


def _scalar(value: Any, path: str) -> Any:
    if type(value) is complex:
        return ["c", value.real, value.imag]
    return _checked_int(value, path) if type(value) is int else value


def _checked_int(value: int, path: str) -> int:
    if not -(2**63) <= value < 2**64:
        raise TreeError(f"{path} is an integer that does not fit into 64 bits.")
    return value


def _foreign(value: object, path: str) -> Callable[[_Encoder, str, int], Any] | None:
    """Find how to encode an object of TensorFlow or Keras; None for anything else."""
    tf = sys.modules.get("tensorflow")
    if tf is None or not hasattr(tf, "RaggedTensor"):
        return None
    if isinstance(value, tf.RaggedTensor):
        ragged = Ragged(_numpy(value.flat_values, path), tuple(_numpy(s, path) for s in value.nested_row_splits))
        return lambda encoder, where, depth: encoder.node(ragged, where, depth)
    if isinstance(value, tf.SparseTensor):
        sparse = Sparse(*(_numpy(part, path) for part in (value.indices, value.values, value.dense_shape)))
        return lambda encoder, where, depth: encoder.node(sparse, where, depth)
    if isinstance(value, tf.TensorShape):
        shape = None if value.rank is None else tuple(value.as_list())
        return lambda encoder, where, depth: encoder.node(shape, where, depth)
    if isinstance(value, tf.DType):
        name = value.name
        return lambda encoder, where, depth: encoder.node(name, where, depth)
    keras = sys.modules.get("keras")
    variable = getattr(keras, "Variable", ()) if keras is not None else ()
    if isinstance(value, tf.IndexedSlices):
        value = tf.convert_to_tensor(value)
    if isinstance(value, (tf.Tensor, tf.Variable)) or (variable and isinstance(value, variable)):
        array = _numpy(value, path)
        return lambda encoder, where, _depth: encoder.array(array, where)
    return None


def _numpy(tensor: Any, path: str) -> np.ndarray[Any, Any]:
    """Take the value of a tensor; a symbolic one has none."""
    try:
        return np.asarray(tensor.numpy())
    except (AttributeError, NotImplementedError):
        raise TreeError(
            f"{path} is a symbolic tensor (a {type(tensor).__name__!r}), which has no value outside its graph."
        ) from None


def _decode_node(wire: Any, depth: int) -> Tree:
    if wire is None or type(wire) in (bool, int, float, str, bytes):
        return wire
    if depth > MAX_DEPTH:
        raise TreeError(f"nested deeper than {MAX_DEPTH} levels.")
    if type(wire) is not list or not wire or type(wire[0]) is not str:
        raise TreeError("a node without a tag.")
    tag, parts = wire[0], wire[1:]
    reader = _READERS.get(tag)
    if reader is None:
        raise TreeError(f"unknown tag {tag[:20]!r}.")
    count, read = reader
    if len(parts) != count:
        raise TreeError(f"a node {tag!r} with {len(parts)} parts.")
    return read(parts, depth)


def _list_of(part: Any) -> list[Any]:
    if type(part) is not list:
        raise TreeError("a list was expected.")
    return part


def _read_dict(parts: list[Any], depth: int) -> dict[str | int, Tree]:
    result: dict[str | int, Tree] = {}
    integers = 0
    for pair in _list_of(parts[0]):
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) not in (str, int):
            raise TreeError("a dict's entry that is no pair of key and value.")
        integers += type(pair[0]) is int
        if integers > MAX_INTEGER_KEYS:
            raise TreeError(f"a dict with more than {MAX_INTEGER_KEYS:,} integers for keys.")
        if pair[0] in result:
            raise TreeError("a dict with the same key twice.")
        result[pair[0]] = _decode_node(pair[1], depth + 1)
    return result


def _read_complex(parts: list[Any], _depth: int) -> complex:
    if type(parts[0]) is not float or type(parts[1]) is not float:
        raise TreeError("a complex number that is no pair of floats.")
    return complex(parts[0], parts[1])


def _read_shape(part: Any) -> tuple[int, ...]:
    dims = _list_of(part)
    if len(dims) > MAX_RANK or any(type(d) is not int or not 0 <= d < 2**48 for d in dims):
        raise TreeError("an array with an impossible shape.")
    if 0 in dims and _extent(dims) > MAX_EMPTY:
        raise TreeError("an empty array with an impossible shape.")
    return tuple(dims)


def _extent(shape: Iterable[int]) -> int:
    return math.prod(filter(None, shape))


def _read_array(parts: list[Any], _depth: int) -> np.ndarray[Any, Any]:
    name, raw = parts[0], parts[2]
    shape = _read_shape(parts[1])
    dtype = _DTYPES.get(name) if type(name) is str else None
    if dtype is None or type(raw) is not bytes:
        raise TreeError("an array of unknown dtype or without bytes.")
    if math.prod(shape) * dtype.itemsize != len(raw):
        raise TreeError(f"an array of shape {shape} and dtype {name} with {len(raw)} bytes.")
    if name == "bool" and raw.strip(b"\x00\x01"):
        raise TreeError("a bool array with other bytes than 0 and 1.")
    return np.frombuffer(raw, dtype=dtype.newbyteorder("<")).astype(dtype, copy=False).reshape(shape)


def _read_strings(parts: list[Any], _depth: int) -> np.ndarray[Any, Any]:
    shape, items = _read_shape(parts[0]), _list_of(parts[1])
    if math.prod(shape) != len(items) or any(type(i) not in (str, bytes) for i in items):
        raise TreeError("a string array whose shape and content differ.")
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array.reshape(shape)


def _array_node(part: Any) -> np.ndarray[Any, Any]:
    node = _decode_node(part, MAX_DEPTH)
    if not isinstance(node, np.ndarray):
        raise TreeError("an array was expected.")
    return node


def _read_ragged(parts: list[Any], _depth: int) -> Ragged:
    values = _array_node(parts[0])
    splits = tuple(_array_node(s) for s in _list_of(parts[1]))
    for split in splits:
        if split.ndim != 1 or split.size == 0 or split.dtype.kind != "i" or split[0] != 0:
            raise TreeError("a ragged tensor with impossible row splits.")
        if (split[1:] < split[:-1]).any():  # a difference could wrap around
            raise TreeError("a ragged tensor with impossible row splits.")
    lengths = [len(s) - 1 for s in splits[1:]] + [len(values) if values.ndim else -1]
    if not splits or any(int(s[-1]) != n for s, n in zip(splits, lengths, strict=True)):
        raise TreeError("a ragged tensor whose row splits do not fit its values.")
    return Ragged(values, splits)


def _read_sparse(parts: list[Any], _depth: int) -> Sparse:
    indices, values, shape = (_array_node(p) for p in parts)
    fits = indices.ndim == 2 and values.ndim == 1 and shape.ndim == 1
    if not fits or indices.shape != (len(values), len(shape)) or indices.dtype.kind != "i" or shape.dtype.kind != "i":
        raise TreeError("a sparse tensor whose parts do not fit together.")
    if (shape < 0).any() or (indices < 0).any() or (indices >= shape).any():
        raise TreeError("a sparse tensor with an index outside its shape.")
    return Sparse(indices, values, shape)


_READERS: dict[str, tuple[int, Callable[[list[Any], int], Tree]]] = {
    "l": (1, lambda parts, depth: [_decode_node(p, depth + 1) for p in _list_of(parts[0])]),
    "t": (1, lambda parts, depth: tuple(_decode_node(p, depth + 1) for p in _list_of(parts[0]))),
    "d": (1, _read_dict),
    "c": (2, _read_complex),
    "a": (3, _read_array),
    "s": (2, _read_strings),
    "r": (2, _read_ragged),
    "p": (3, _read_sparse),
}
