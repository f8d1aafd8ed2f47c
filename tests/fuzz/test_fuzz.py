"""What strangers hand in or answer is read, or refused in the documented way, at a bounded cost.

The properties are in hostile.py; `python bench/fuzz.py` tries them on many more inputs.
"""

import json
import time

import msgpack
import nbformat
import numpy as np
import pytest
from fuzz import hostile
from hypothesis import given, settings

from gradetape import compare, notebook, tree
from gradetape.guest import host
from gradetape.tree import Ragged, Sparse, TreeError
from gradetape.verdict import Result, ResultError

QUICK = settings(max_examples=80, derandomize=True, deadline=None, database=None)


@pytest.mark.parametrize("target", hostile.TARGETS)
def test_seeds(target):
    """Honest inputs hold all properties, within the bounds of time and memory."""
    for data in hostile.seeds(target):
        hostile.cost(target, data)


@QUICK
@given(hostile.trees)
def test_trees_come_back(value):
    """Whatever encodes decodes to the same, also at the limit of depth."""
    hostile.round_trip(value)


@QUICK
@given(hostile.strategy("tree"))
def test_tree(data):
    """TreeError or a tree of the documented types; nothing is imported, executed or opened."""
    hostile.read_tree(data)


@QUICK
@given(hostile.strategy("frames"))
def test_frames(data):
    """The payload, or the documented error, whatever was announced, and within the deadline."""
    hostile.read_frames(data)


@QUICK
@given(hostile.strategy("replies"))
def test_replies(data):
    """Any tree can be a guest's answer: outputs are what nbformat knows, an answer has a tree or a reason."""
    hostile.read_replies(data)


@QUICK
@given(hostile.strategy("notebook"))
def test_notebook(data):
    """NotebookError, or a notebook that the judge, nbgrader and nbformat can all work with."""
    hostile.read_notebook(data)


@QUICK
@given(hostile.strategy("result"))
def test_result(data):
    """ResultError, or a result whose fields are what they say."""
    hostile.read_result(data)


@QUICK
@given(hostile.strategy("compare"))
def test_compare(data):
    """Any tree can be compared with any other, by any rule; none differs from itself."""
    hostile.read_comparison(data)


# What was found -------------------------------------------------------------------------------------------------------


def array(value):
    value = np.asarray(value)
    return ["a", value.dtype.name, list(value.shape), value.tobytes()]


@pytest.mark.parametrize(
    "wire",
    [
        ["s", [0, 2**47, 2**47], []],
        ["s", [2**40, 0], []],
        ["a", "float32", [0, 2**40], b""],
        ["r", array(np.zeros(3)), [array([0, 2**63 - 1, -(2**63), -1, 3])]],
        ["p", array(np.zeros((0, 1), "int64")), array(np.zeros(0)), array([-5])],
        ["d", [[key, None] for key in range(tree.MAX_INTEGER_KEYS + 1)]],
    ],
    ids=[
        "huge empty shape of strings",
        "many empty rows",
        "many empty columns",
        "row splits that wrap around",
        "negative dense shape",
        "many integer keys",
    ],
)
def test_forged_trees_are_refused(wire):
    """By TreeError, not by NumPy's own errors, and not let through."""
    with pytest.raises(TreeError):
        tree.decode(msgpack.packb(wire))


def nested(value, levels):
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "value",
    [
        0,
        np.zeros((1,) * 32),
        Ragged(np.zeros(2), (np.array([0, 2]),)),
        Sparse(np.zeros((1, 1), "int64"), np.zeros(1), np.ones(1, "int64")),
    ],
    ids=["a number", "an array", "a ragged tensor", "a sparse tensor"],
)
def test_the_deepest_tree_that_can_be_sent_can_be_read(value):
    """Dicts take three levels of the wire each, and what is inside up to four more."""
    deep = nested(value, tree.MAX_DEPTH)
    assert hostile.same(tree.decode(tree.encode(deep)), deep)


@pytest.mark.parametrize(
    "value",
    [
        [np.zeros((1,) * 8)] * (tree.MAX_NODES - 1),
        Ragged(np.zeros(0), (np.zeros(1, "int64"),) * (tree.MAX_NODES + 1)),
        dict.fromkeys(range(tree.MAX_INTEGER_KEYS + 1)),
        np.zeros((2**30, 0)),
    ],
    ids=["long shapes", "row splits", "integer keys", "many empty rows"],
)
def test_what_could_not_be_read_is_not_sent(value):
    """Long shapes and row splits count as nodes; integer keys and the lengths of empty arrays have their limits."""
    with pytest.raises(TreeError, match="nodes|integers for keys|empty array"):
        tree.encode(value)


def colliding(bits):
    """Integers that all meet in a dict's table: a run of its probing order, and late comers to the run's begin."""
    size, at = 1 << bits, 1
    run = {}
    while len(run) < 0.62 * size:
        run[at] = len(run)
        at = (5 * at + 1) % size
    early, keys, number = list(run)[: len(run) // 10], list(run), 1
    while len(keys) < 0.65 * size:
        key = hash_ = early[number % len(early)] + number * size
        place, number = key % size, number + 1
        while place in run and hash_:
            hash_ >>= 5
            place = (5 * place + hash_ + 1) % size
        if run.get(place, size) < len(run) // 4:
            keys.append(key)
    return keys


def test_colliding_keys_cost_little():
    """530 KiB of them took 1.7 s, and four times as many take sixteen times as long."""
    data = msgpack.packb(["d", [[key, 0] for key in colliding(16)]])
    began = time.process_time()
    with pytest.raises(TreeError, match=r"more than 10,000 integers"):
        tree.decode(data)
    assert time.process_time() - began < 1


ARRAYS = [np.zeros(2), np.array(["stream", "x"], dtype=object), np.zeros(0)]


@pytest.mark.parametrize("odd", ARRAYS)
@pytest.mark.parametrize("name", ["output_type", "name", "text", "data", "execution_count", "traceback", "ename"])
def test_arrays_for_an_outputs_words_do_no_harm(name, odd):
    """An array's comparison is an array, which has no truth."""
    honest = {"output_type": "execute_result", "data": {"text/plain": "1"}, "execution_count": 1, "name": "stderr"}
    for output in (honest, {**honest, "output_type": "stream", "text": "a"}, {**honest, "output_type": "error"}):
        hostile.read_replies(tree.encode({"outputs": [{**output, name: odd}], "success": odd, "ok": odd, "kind": odd}))


@pytest.mark.parametrize("count", [-1, True, 2**64 - 1, 1.5])
def test_counts_of_an_output_are_counts(count):
    """nbformat knows no negative counts and no truth values."""
    output = {"output_type": "execute_result", "data": {}, "execution_count": count}
    (rebuilt,) = host.valid_outputs([output], 1000)
    assert rebuilt["execution_count"] == (count if count == 2**64 - 1 else None)


def test_texts_of_unequal_length_take_no_more_than_their_length():
    """As an array of NumPy's own strings, each would take as much as the longest: gigabytes for 64 KiB."""
    actual = ["x" * 30_000, *["a"] * 15_000]
    data = tree.encode(actual)
    assert len(data) < hostile.INPUT
    expected = np.array(["a"] * len(actual), dtype=object)
    said = compare.difference(tree.decode(data), expected)
    assert said.message == "The result differs in 1 of 15001 texts, first at index 0."
    hostile.cost("compare", data)


@pytest.mark.parametrize(
    ("actual", "expected", "said"),
    [
        (np.array([0x7F800001], "u4").view("float32"), np.zeros(1, "float32"), "the value is NaN"),
        ([np.zeros(1), np.array([0x7F800001], "u4").view("float32")], np.zeros((2, 1)), "1 of 2 values are NaN"),
        (np.array([True, False]), np.array([np.inf, 0]), "has no infinity"),
        (b"x", np.array("x", dtype=object), None),
        ([b"\xff", "x"], np.array([b"\xff", "y"], dtype=object), "differs in 1 of 2 texts, first at index 1"),
        ([1, "x"], np.array(["1", "x"], dtype=object), "differs in 1 of 2 texts, first at index 0"),
        ([np.zeros(2), "x"], np.array(["a", "x"], dtype=object), "differs in 1 of 2 texts, first at index 0"),
        (["x"], np.zeros(1), "has dtype string; numbers is expected"),
        (b"bytes", np.zeros((), "float32"), "has dtype string; numbers is expected"),
        ([1, "x"], np.zeros(2), "of unequal parts; a tensor is expected"),
    ],
)
def test_comparisons_that_raised(actual, expected, said):
    """Signalling NaN, truth values against infinities, bytes, and texts among numbers."""
    found = compare.difference(actual, expected, compare.Rule(dtype=False))
    assert (found is None) if said is None else (said in found.message)


def test_texts_below_many_levels_are_compared():
    """NumPy iterates over 32 dimensions and no more."""
    value = np.full((1,) * 32, "a", dtype=object)
    assert "unequal parts" in compare.difference([1, [value]], np.zeros(2)).message
    assert "shape" in compare.difference([value], np.array(["a"], dtype=object)).message


def cell(**changes):
    return {"cell_type": "code", "source": "x", "metadata": {}, "outputs": [], "execution_count": None, **changes}


def book(*cells, **changes):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **changes}).encode()


@pytest.mark.parametrize(
    "data",
    [
        book(cell(metadata={"nbgrader": {"grade_id": []}})),
        book(cell(source="'\ud800'")),
        book(cell(source=["\ud83d", "\ude00"], id="\udc00")),
        book(cell(outputs=5)),
        book(cell(outputs=["x"])),
        book(cell(outputs=[{}])),
        book(cell(outputs=[{"output_type": []}])),
        book(cell(outputs=[{"output_type": "stream"}])),
        book(cell(outputs=[{"output_type": "stream", "text": [1]}])),
        book(cell(outputs=[{"output_type": "display_data", "data": 3}])),
        book({"cell_type": "code", "source": "x", "metadata": {}}),
        book({"source": "x", "metadata": {}}),
        book(cell(cell_type=["code"])),
        book(cell(cell_type="heading")),
        book(cell(cell_type="markdown", attachments=3)),
        book(cell(cell_type="markdown", attachments={"a.png": 3})),
        book(cell(id=[1])),
        book(metadata=[]),
        book(nbformat_minor="5"),
        book(nbformat_minor=None),
        json.dumps({"nbformat": 4, "cells": []}).encode(),
    ],
)
def test_odd_notebooks_are_mended(data):
    """nbformat's writer and the judge can work with them."""
    hostile.read_notebook(data)


def test_mending_keeps_what_is_well_formed():
    """An honest notebook is read as nbformat reads it; outputs of every kind stay."""
    for seed in hostile.seeds("notebook")[1:3]:
        assert notebook.read(seed) == nbformat.reads(seed.decode(), as_version=4)
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
        {"output_type": "display_data", "data": {"application/json": {"a": [1]}}, "metadata": {}},
        {"output_type": "execute_result", "data": {"text/plain": ["1"]}, "metadata": {}, "execution_count": 1},
        {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["t"]},
    ]
    assert notebook.read(book(cell(outputs=outputs)))["cells"][0]["outputs"] == outputs


def test_surrogate_pairs_stay():
    """Only what has no UTF-8 form is replaced."""
    (read,) = notebook.read(book(cell(source="'😀' '\ud83d'")))["cells"]
    assert read["source"] == "'😀' '?'"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_notebooks_are_refused(opening):
    """Those who read on would go deeper than the interpreter lets them."""
    closing = "]" if opening == "[" else "}"
    deep = book(metadata="here").decode().replace('"here"', f'{{"a": {opening * 200}1{closing * 200}}}')
    with pytest.raises(notebook.NotebookError, match="nested deeper than 100 levels"):
        notebook.read(deep.encode())


def test_notebooks_of_nothing_but_cells_are_refused():
    """Two bytes of a cell take a kilobyte and more in memory."""
    with pytest.raises(notebook.NotebookError, match="more than 200,000 parts"):
        notebook.read(book(*[{}] * 200_001))


def test_long_code_is_not_parsed():
    """CPython 3.11 takes the square of an f-string's length: a minute for 960 KB."""
    long = book(cell(source="f'" + "{a}" * 300_000 + "'", metadata={"nbgrader": {"grade_id": "coin_answer"}}))
    began = time.process_time()
    hostile.read_notebook(long)
    assert time.process_time() - began < 5


DEEP = "[" * 300 + "]" * 300
PLAIN = json.loads(hostile.seeds("result")[0])


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        json.dumps({**PLAIN, "verdicts": ["x"]}),
        json.dumps({**PLAIN, "verdicts": [{**PLAIN["verdicts"][0], "score": "1"}]}),
        json.dumps({**PLAIN, "verdicts": [{**PLAIN["verdicts"][0], "score": float("nan")}]}),
        json.dumps({**PLAIN, "verdicts": [{**PLAIN["verdicts"][0], "checks": [{"title": 3, "status": "passed"}]}]}),
        json.dumps({**PLAIN, "verdicts": [{**PLAIN["verdicts"][0], "max_score": None}]}),
        json.dumps({**PLAIN, "assignment": "\ud800"}),
        json.dumps({**PLAIN, "seed": True}),
        json.dumps({**PLAIN, "notes": [1]}),
        json.dumps({**PLAIN, "staff": []}),
        json.dumps({**PLAIN, "outputs": {"1": [3]}}),
        json.dumps({**PLAIN, "outputs": {"1": [{"data": "here"}]}}).replace('"here"', DEEP),
        json.dumps({**PLAIN, "x" * 5000: 1}),
        json.dumps({**PLAIN, "schema": "x" * 5000}),
        json.dumps({**PLAIN, "schema": "here"}).replace('"here"', DEEP),
    ],
)
def test_results_that_do_not_fit_are_refused(text):
    """Broken structures, wrong types, numbers that are none, text without a UTF-8 form."""
    with pytest.raises(ResultError):
        Result.from_json(text)
    hostile.read_result(text.encode())
