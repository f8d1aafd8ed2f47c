"""What must hold of everything that reads strangers' bytes on the trusted side.

One function per reader in `TARGETS`: it takes any bytes and raises when a property is broken. The quick
tests beside this file and `bench/fuzz.py` use the same functions, seeds and strategies.
"""

import contextlib
import functools
import io
import json
import logging
import math
import socket
import struct
import sys
import time
import tracemalloc
import warnings
from dataclasses import dataclass
from pathlib import Path

import ml_dtypes
import msgpack
import nbformat
import numpy as np
import numpy.ma  # NumPy itself imports it late
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradetape import compare, notebook, relations, sanitize, tree
from gradetape.guest import frames, host
from gradetape.notebook import CellSource, NotebookError
from gradetape.policy import Policy
from gradetape.tree import Ragged, Sparse, TreeError
from gradetape.verdict import Check, Diagnosis, Result, ResultError, Status, Verdict
from gradetape.wire import WireError, scan

ROOT = Path(__file__).parents[2]
INPUT = 64 * 2**10
SECONDS = 1.0
MEMORY = 256 * 2**20
DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
    "complex64", "complex128", ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2,
)  # fmt: skip


class BrokenError(AssertionError):
    """A property does not hold."""


def claim(holds, text):
    if not holds:
        raise BrokenError(text)


# Nothing is imported, executed or opened ------------------------------------------------------------------------------

_HARM = ("exec", "import", "open", "os.", "subprocess.", "socket.", "ctypes.", "marshal.", "pickle.", "code.__new__")
_seen: list[str] | None = None


def _listen(event, args):
    # (for the text of a syntax error, the interpreter looks for a file of the name that `ast.parse` gives)
    if _seen is not None and event.startswith(_HARM) and not (event == "open" and args[0] == "<unknown>"):
        _seen.append(f"{event} {args!r:.100}")


@functools.cache
def _hook():
    sys.addaudithook(_listen)


@contextlib.contextmanager
def inert():
    """Nothing inside imports, executes, opens or starts anything; warnings are errors."""
    global _seen  # noqa: PLW0603 - an audit hook cannot be taken away, only told to look aside
    _hook()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _seen = events = []
        try:
            yield
        finally:
            _seen = None
    claim(not events, f"reading did {sorted(set(events))}")


# Trees ----------------------------------------------------------------------------------------------------------------


def same(a, b):
    """Say whether two trees are equal in types, dtypes, shapes and bits."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        equal = a.dtype == b.dtype and a.shape == b.shape
        return equal and (a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes())
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, Ragged):
        return same((a.values, *a.row_splits), (b.values, *b.row_splits))
    if isinstance(a, Sparse):
        return same((a.indices, a.values, a.dense_shape), (b.indices, b.values, b.dense_shape))
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b)
    return repr(a) == repr(b) if isinstance(a, complex) else a == b


def _well_formed(value):
    """Check that a decoded tree is made of nothing but what the documentation names."""
    if isinstance(value, dict):
        claim(all(type(key) in (str, int) for key in value), "a key of another type")
        for part in value.values():
            _well_formed(part)
    elif type(value) in (list, tuple):
        for part in value:
            _well_formed(part)
    elif type(value) is np.ndarray:
        if value.dtype == object:
            claim(all(type(item) in (str, bytes) for item in value.flat), "an object in a string array")
        else:
            claim(value.dtype in [np.dtype(d) for d in DTYPES], f"dtype {value.dtype}")
            claim(not value.flags.writeable, "an array that can be written to")
    elif type(value) is Ragged:
        _well_formed([value.values, *value.row_splits])
        lengths = [*(len(s) - 1 for s in value.row_splits[1:]), len(value.values)]
        for splits, length in zip((s.tolist() for s in value.row_splits), lengths, strict=True):
            claim(splits[0] == 0 and splits[-1] == length and splits == sorted(splits), f"row splits {splits[:9]}")
    elif type(value) is Sparse:
        _well_formed([value.values, value.indices, value.dense_shape])
        shape = value.dense_shape.tolist()
        claim(all(n >= 0 for n in shape), f"dense shape {shape}")
        claim(all(0 <= i < n for row in value.indices.tolist() for i, n in zip(row, shape, strict=True)), "an index")
    else:
        claim(value is None or type(value) in (bool, int, float, complex, str, bytes), f"a {type(value)}")


def round_trip(value):
    """Whatever encodes decodes to the same; a tree over the limits is refused by the encoder already."""
    try:
        data = tree.encode(value)
    except TreeError:
        return
    claim(same(tree.decode(data), value), "another tree came back")


def _decoded(data):
    with inert():
        try:
            return tree.decode(data)
        except TreeError:
            return None


def read_tree(data):
    with contextlib.suppress(WireError):
        scan(data, max_depth=100, max_nodes=10**6)
    value = _decoded(data)
    _well_formed(value)
    round_trip(value)


# What a guest answers -------------------------------------------------------------------------------------------------


def read_frames(data):
    """The first byte says how the rest is sent: in which pieces, and whether the other side hangs up."""
    way, stream = (data[0], data[1:]) if data else (0, b"")
    limit = 1000 if way & 1 else INPUT
    hangs_up = way < 250  # else time is lost until the deadline
    length = int.from_bytes(stream[:8], "little")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        theirs.sendall(stream)
        if hangs_up:
            theirs.shutdown(socket.SHUT_WR)
        if len(stream) >= 8 and length > limit:
            expected = frames.FrameTooLargeError
        elif len(stream) < 8 + length or len(stream) < 8:
            expected = frames.FrameClosedError if hangs_up else frames.FrameTimeoutError
        else:
            expected = stream[8 : 8 + length]
        began = time.monotonic()
        try:
            got = frames.receive(ours, limit=limit, seconds=60 if hangs_up else 0.002)
        except frames.FrameError as error:
            got = type(error)
        claim(time.monotonic() - began < 10, "the deadline was not kept")
    late = not hangs_up and got is frames.FrameTimeoutError  # a busy machine
    claim(got == expected or late, f"{got!r:.80} instead of {expected!r:.80}")


class _Guest:
    """A guest that gives one answer to everything."""

    def __init__(self, reply):
        self.reply = reply
        self.waited = 0.0

    def exchange(self, message, *, seconds):
        return self.reply


_OUTPUT_BYTES = 2000


def read_replies(data):
    """Bytes as the answer of a guest to a cell and to a probe."""
    value = _decoded(data)
    reply = value if isinstance(value, dict) else {"outputs": value, "success": value, "ok": value, "kind": value}
    answer = host._answer(reply)
    texts = [answer.kind, answer.ename, answer.evalue, answer.name, answer.line]
    claim(all(type(t) is str and len(t) <= 800 for t in texts), "a text that is none, or is long")
    claim((answer.kind == "") is (type(answer.tree) is bytes), "neither a tree nor a reason")
    _valid(host.valid_outputs(reply.get("outputs"), _OUTPUT_BYTES))
    asking = host.Host([], {}, Policy())
    claim(asking._run_cell(_Guest(reply), CellSource(0, "")), "an answer ended the guest")
    _valid(asking.outputs[0])
    claim(all(type(name) is str for name in asking.failed_cells.values()), "an error's name that is no text")


def _valid(outputs):
    claim(len(json.dumps(outputs).encode()) < 8 * (2 * _OUTPUT_BYTES + 100_000) or len(outputs) <= 1000, "too much")
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": outputs, "execution_count": None}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    try:
        nbformat.validate(nbformat.from_dict(content))
    except nbformat.ValidationError as error:
        raise BrokenError(f"outputs that nbformat refuses: {error.message[:200]}") from None


# Notebooks ------------------------------------------------------------------------------------------------------------


@functools.cache
def _silent():
    """Format nbformat's complaints, and show them to nobody."""
    log = logging.getLogger("traitlets")
    log.handlers, log.propagate = [logging.StreamHandler(io.StringIO())], False
    for version in ("4.5", "4.4", "3.0"):
        major, minor = map(int, version.split("."))
        nbformat.validator.get_validator(major, minor)


@functools.cache
def _release(path):
    return (ROOT / path).read_bytes()


RELEASE = "tests/courses/tiny/release/warmup/warmup.ipynb"
QUESTIONS = "tests/courses/tiny/source/warmup/warmup.ipynb"


def read_notebook(data):
    _silent()
    try:
        nb = notebook.read(data)
    except NotebookError as error:
        claim(len(str(error)) < 500, "a long message")
        return
    release = notebook.read(_release(RELEASE))
    released = notebook.grade_ids(release)
    asked = notebook.read(_release(QUESTIONS))
    with inert():
        before = _looks(nb, asked, released)
    _travels(nb, before, asked)
    with inert():
        sanitize.restore(nb, release)
        _restored(nb, release)
        after = _looks(nb, asked, released)
        claim(not sanitize.restore(nb, release), "restoring twice does more than restoring once")
    _travels(nb, after, asked)


def _looks(nb, asked, released):
    """All that the judge asks of a notebook, with its sources sent to a guest."""
    submitted = notebook.grade_ids(nb)
    sources = [c.source for c in notebook.code_cells(nb, notebook.demo_ids(asked))]
    tree.encode({str(number): {"do": "run", "source": s} for number, s in enumerate(sources)})
    started = [q.name for q in notebook.questions(asked) if notebook.attempted(q, submitted, released)]
    marks = [[c["cell_type"], c["source"], notebook.cell_mark(c), c["metadata"].get("tags")] for c in nb["cells"]]
    json.dumps(marks, sort_keys=True, default=str)
    return sources, started, notebook.foreign_code(nb, frozenset(released))


def _travels(nb, looks, asked):
    """nbgrader writes the notebook and reads it again; that changes nothing for the judge."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = nbformat.writes(nb)
        again = notebook.read(text.encode())
        nbformat.read(io.StringIO(text), as_version=4)
    sources = [c.source for c in notebook.code_cells(again, notebook.demo_ids(asked))]
    claim(looks[0] == sources, "other cells after writing")
    claim(isinstance(nb["metadata"], dict), "no metadata")


def _restored(nb, release):
    marked = [c for c in nb["cells"] if "nbgrader" in c["metadata"]]
    wanted = {notebook.cell_mark(c)["grade_id"]: c for c in release["cells"]}
    claim(sorted(notebook.cell_mark(c)["grade_id"] for c in marked) == sorted(wanted), "not every cell once")
    for cell in marked:
        original = wanted[notebook.cell_mark(cell)["grade_id"]]
        claim(cell["metadata"] == original["metadata"], "metadata of the learner's")
        claim(cell["cell_type"] == original["cell_type"], "a cell of another type")
        claim(("outputs" in cell) is (cell["cell_type"] == "code"), "outputs")
    for cell in nb["cells"]:
        claim(cell["cell_type"] in ("code", "markdown", "raw"), "a type of cell that there is not")
        claim(type(cell["source"]) is str, "source that is no text")
        claim(cell["cell_type"] != "code" or isinstance(cell["outputs"], list), "outputs that are no list")


# Results --------------------------------------------------------------------------------------------------------------


def read_result(data):
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    with inert():
        try:
            result = Result.from_json(text)
        except ResultError as error:
            claim(len(str(error)) < 1000, "a long message")
            return
        claim(math.isfinite(result.score) and math.isfinite(result.max_score), "no number of points")
        written = result.to_json()
        written.encode()
        claim(Result.from_json(written) == result, "another result came back")
        texts = [result.assignment, result.digest, *result.notes, *result.staff, *result.staff.values()]
        for verdict in result.verdicts:
            claim(result.verdict(verdict.question) is not None and isinstance(verdict.status, Status), "a verdict")
            texts += [verdict.question, verdict.message]
            for check in verdict.checks:
                claim(isinstance(check.status, Status) and math.isfinite(check.weight + check.seconds), "a check")
                texts += [check.title, check.message]
            if verdict.diagnosis is not None:
                texts += [verdict.diagnosis.hint, verdict.diagnosis.mistake]
        claim(all(type(t) is str for t in texts), "a text that is none")
        claim(all(type(k) is str and isinstance(o, list) for k, o in result.outputs.items()), "outputs")
        claim(all(isinstance(o, dict) for outputs in result.outputs.values() for o in outputs), "an output")


# Comparisons ----------------------------------------------------------------------------------------------------------

RULES = (
    compare.Rule(), compare.Rule(dtype=False), compare.Rule(types=True), compare.Rule(rtol=0.0, atol=0.0),
    compare.Rule(rtol=1e300, atol=1e-300, dtype=False), compare.Rule(device="gpu", dtype=False, types=True),
)  # fmt: skip


@functools.cache
def _expected():
    arrays = [np.arange(6).reshape(2, 3).astype(dtype) for dtype in DTYPES]
    return (
        *arrays, *(a[0, 1] for a in arrays[:4]), np.array(["a", "é"], dtype=object), np.zeros((0, 3)), np.float32("nan"),
        np.array([np.inf, -np.inf, np.nan, 1.0]), np.array(1.5), None, True, 3, 2.5, 1 + 2j, "text", b"bytes",
        [1, 2.0, "x"], (np.zeros(2), {"a": 1}), {"a": np.ones(2), "b": [None]}, [np.zeros(2), np.zeros(2)],
        Ragged(np.arange(3.0), (np.array([0, 1, 3]),)), Sparse(np.array([[0, 1]]), np.ones(1), np.array([2, 2])),
    )  # fmt: skip


def _like(value):
    """A normal tree of the same structure, so that a comparison gets as far as the values."""
    if isinstance(value, dict):
        return {key: _like(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_like, value))
    if isinstance(value, Ragged):
        return Ragged(_like(value.values), value.row_splits)
    if isinstance(value, Sparse):
        return Sparse(value.indices, _like(value.values), value.dense_shape)
    if isinstance(value, np.ndarray):
        return np.full(value.shape, "a", dtype=object) if value.dtype == object else np.ones(value.shape, value.dtype)
    return value if value is None else type(value)(1) if isinstance(value, int | float | complex) else type(value)()


def read_comparison(data):
    value = _decoded(data)
    with inert():
        like = _like(value)
        for number, rule in enumerate(RULES):
            claim(compare.difference(value, value, rule) is None, "a tree differs from itself")
            _difference(value, like, rule)
            if number == len(data) % len(RULES):
                for expected in _expected():
                    _difference(value, expected, rule)


def _difference(value, expected, rule):
    found = compare.difference(value, expected, rule)
    if found is None:
        return
    claim(len(found.message) < 2000, "a long message")
    found.message.encode()
    if found.actual is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            relations.find(found.actual, found.expected, sizes=(2, 3))


TARGETS = {
    "tree": read_tree, "frames": read_frames, "replies": read_replies, "notebook": read_notebook,
    "result": read_result, "compare": read_comparison,
}  # fmt: skip


# Cost -----------------------------------------------------------------------------------------------------------------


@dataclass
class Cost:
    """What one input took: CPU seconds, and bytes at the peak."""

    seconds: float
    memory: int


def cost(target, data):
    """Run an input twice, for its time and for its memory; raise when it breaks a property or a bound."""
    run = TARGETS[target]
    began = time.process_time()
    run(data)
    seconds = time.process_time() - began
    tracemalloc.start()
    try:
        run(data)
        memory = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if len(data) <= INPUT:
        claim(seconds <= SECONDS, f"{seconds:.2f} s for {len(data)} bytes")
        claim(memory <= MEMORY, f"{memory / 2**20:.0f} MiB for {len(data)} bytes")
    return Cost(seconds, memory)


# Seeds ----------------------------------------------------------------------------------------------------------------


def _trees():
    nested = 1.5
    for _ in range(tree.MAX_DEPTH):
        nested = {"k": nested}
    arrays = [np.ones((2, 3)).astype(dtype) for dtype in DTYPES]
    return [*_expected(), arrays, nested, {1: "a", "b": (b"c", [])}, "x" * 300, list(range(50)), -(2**63), 2**64 - 1]


def _replies():
    stream = {"output_type": "stream", "name": "stderr", "text": "hello\n"}
    shown = {"output_type": "display_data", "data": {"text/plain": "3", "image/png": "iVBOR"}, "metadata": {}}
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["a", "b"]}
    result = {**shown, "output_type": "execute_result", "execution_count": 3}
    return [
        {"number": 1, "outputs": [stream, shown, error, result], "success": False},
        {"number": 2, "outputs": [stream] * 20, "success": True},
        {"number": 3, "ok": True, "tree": tree.encode([np.zeros(2)])},
        {"number": 4, "ok": False, "kind": "raised", "ename": "ValueError", "evalue": "no", "name": "f", "line": "f()"},
        {"outputs": [np.array(["stream"], dtype=object), {"output_type": np.zeros(2)}], "success": np.zeros(2)},
    ]


def _frame(payload, way=2):
    return bytes([way]) + struct.pack("<Q", len(payload)) + payload


def _notebooks():
    tiny = [_release(RELEASE), _release(QUESTIONS)]
    old = [nbformat.convert(nbformat.reads(t.decode(), as_version=4), 3) for t in tiny]
    code = {"cell_type": "code", "source": "x = f'{1}'", "metadata": {"nbgrader": {"grade_id": "coin_answer"}}}
    small = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        {**code, "outputs": [{"output_type": "stream", "text": ["a\n"]}], "execution_count": 1, "id": "a"},
        {"cell_type": "markdown", "source": ["a\n", "b"], "metadata": {"tags": ["demo"]}, "id": "b"},
    ]}  # fmt: skip
    return [json.dumps(small).encode(), *tiny, *(nbformat.writes(nb, version=3).encode() for nb in old)]


def _results():
    check = Check(title="t", status=Status.PASSED, weight=2.0)
    verdict = Verdict(
        question="q", status=Status.FAILED, score=1.5, max_score=3.0, message="No.", checks=(check,),
        diagnosis=Diagnosis(mistake="q/m", hint="h"),
    )  # fmt: skip
    full = Result(
        assignment="a", digest="d", seed=3, verdicts=(verdict,), outputs={"2": _replies()[0]["outputs"]}, notes=("n",),
        staff={"test": "report"}, seconds=1.0, guests=1, versions={"python": "3"},
    )  # fmt: skip
    plain = Result(assignment="a", digest="d", seed=3, verdicts=())
    return [full.to_json().encode(), plain.to_json().encode()]


def seeds(target):
    """Honest inputs of a target: where mutations begin."""
    if target in ("tree", "compare"):
        return [tree.encode(value) for value in _trees()]
    if target == "frames":
        return [_frame(tree.encode(value)) for value in _trees()[::4]] + [
            b"\xff",
            _frame(b"x", 251),
            _frame(b"x" * 999, 3),
        ]
    if target == "replies":
        return [tree.encode(value) for value in _replies()]
    if target == "result":
        stored = sorted((ROOT / ".gradetape" / "results").glob("*/*.json"))[:20]
        return _results() + [p.read_bytes() for p in stored if p.stat().st_size <= INPUT]
    folders = ("release", "source")
    return _notebooks() + [p.read_bytes() for f in folders for p in sorted((ROOT / f).glob("*/*.ipynb"))[:2]]


# Strategies -----------------------------------------------------------------------------------------------------------

_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_bits = {np.dtype(d).itemsize: f"u{np.dtype(d).itemsize}" for d in DTYPES if np.dtype(d).itemsize <= 8}
_shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


def _arrays(dtype):
    dtype = np.dtype(dtype)
    if dtype.kind in "bc":
        return hnp.arrays(dtype, _shapes)
    return hnp.arrays(np.dtype(_bits[dtype.itemsize]), _shapes).map(lambda bits: bits.view(dtype))


@st.composite
def _raggeds(draw):
    splits = []
    rows = draw(st.integers(0, 4))
    for _ in range(draw(st.integers(1, 3))):
        lengths = draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows))
        splits.append(np.cumsum([0, *lengths], dtype=draw(st.sampled_from(["int32", "int64"]))))
        rows = int(splits[-1][-1])
    return Ragged(np.arange(rows * 2.0).reshape(rows, 2), tuple(splits))


@st.composite
def _sparses(draw):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
    rows = draw(st.lists(st.tuples(*(st.integers(0, n - 1) for n in shape)), max_size=4, unique=True))
    indices = np.array(sorted(rows), dtype="int64").reshape(len(rows), len(shape))
    return Sparse(indices, np.arange(len(rows), dtype="float32"), np.array(shape, dtype="int64"))


_leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.complex_numbers(), _words,
    st.binary(max_size=20), *map(_arrays, DTYPES), _raggeds(), _sparses(),
    hnp.arrays(object, _shapes, elements=_words | st.binary(max_size=5)),
)  # fmt: skip


def _nest(inner):
    short = st.lists(inner, max_size=4)
    return short | short.map(tuple) | st.dictionaries(_words | st.integers(-(2**63), 2**64 - 1), inner, max_size=4)


def _deep(value, kinds, levels):
    for level in range(levels):
        kind = kinds[level % len(kinds)]
        value = {"a": value} if kind is dict else kind([value])
    return value


_kinds = st.lists(st.sampled_from([dict, dict, list, tuple]), min_size=1, max_size=3)
trees = st.recursive(_leaves, _nest, max_leaves=12) | st.builds(_deep, _leaves, _kinds, st.integers(29, 34))
"""Everything a tree can be, also nested up to the limit and beyond."""

_tags = st.sampled_from([*"ltdcasrp", "float32", "int64", "bool", "bfloat16", "stream", "text"])
_numbers = st.sampled_from([0, 1, 2, 3, -1, 2**31, 2**47, 2**48 - 1, 2**63 - 1, -(2**63), 2**64 - 1])
_scraps = st.one_of(st.none(), st.booleans(), _tags, _numbers, st.floats(), st.binary(max_size=24), _words)
wires = st.recursive(_scraps, lambda inner: st.lists(inner, max_size=5) | st.tuples(_tags, inner, inner), max_leaves=20)
"""MessagePack values that look a little like trees."""


def _json(names):
    scraps = st.one_of(
        st.none(), st.booleans(), st.integers(-3, 5), st.floats(), st.text(max_size=6), st.sampled_from(names)
    )
    keys = st.sampled_from(names) | st.text(max_size=3)
    return st.recursive(scraps, lambda i: st.lists(i, max_size=3) | st.dictionaries(keys, i, max_size=5), max_leaves=9)


NAMES = {
    "notebook": (
        "cells", "cell_type", "source", "metadata", "nbgrader", "grade_id", "outputs", "output_type", "text", "data", "code",
        "markdown", "tags", "demo", "id", "worksheets", "nbformat", "nbformat_minor", "execution_count", "coin_answer", "coin",
        "attachments", "stream", "error", "execute_result", "raw", "locked", "grade", "solution", "input", "orig_nbformat",
        "x = 1", "def f(:", "\ud800", "text/plain", "heading", "level",
    ),
    "result": (
        "schema", "verdicts", "checks", "diagnosis", "status", "passed", "failed", "score", "max_score", "question", "title",
        "outputs", "notes", "staff", "versions", "mistake", "hint", "seconds", "seed", "\ud800",
    ),
}  # fmt: skip


def _altered(target):
    """An honest document with some members replaced, anywhere."""
    documents = [json.loads(s) for s in (_notebooks()[:1] if target == "notebook" else _results())]

    def altered(picked, changes):
        document = json.loads(json.dumps(picked))
        for steps, value in changes:
            node = document
            for step in steps:
                places = list(node) if isinstance(node, dict) else range(len(node))
                if not places:
                    break
                place = places[step % len(places)]
                inner = node[place]
                if not isinstance(inner, dict | list) or step == steps[-1]:
                    node[place] = value
                    break
                node = inner
        return document

    change = st.tuples(st.lists(st.integers(0, 40), min_size=1, max_size=6), _json(NAMES[target]))
    return st.builds(altered, st.sampled_from(documents), st.lists(change, min_size=1, max_size=4))


def strategy(target):
    """Inputs of a target as bytes."""
    if target in ("notebook", "result"):
        return (_altered(target) | _json(NAMES[target])).map(lambda d: json.dumps(d).encode())
    drawn = trees.map(_encoded) | wires.map(msgpack.packb)
    if target == "frames":
        return st.builds(_frame, drawn, st.integers(1, 255)) | st.binary(max_size=40).map(lambda b: b"\x02" + b)
    return drawn | st.binary(max_size=60)


def _encoded(value):
    try:
        return tree.encode(value)
    except TreeError:
        return b""
