"""Whatever JSON a notebook holds, it is read in the shape that nbformat describes."""

import copy
import json
import warnings

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradetape.notebook import NotebookError, read

OUTPUTS = [
    {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
    {
        "output_type": "display_data",
        "data": {"application/json": {"a": [1]}, "text/plain": "x"},
        "metadata": {"image/png": {"width": 1}},
    },
    {"output_type": "execute_result", "data": {"text/plain": ["1"]}, "metadata": {}, "execution_count": 1},
    {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["t"]},
]
MARK = {"grade": True, "grade_id": "q", "locked": True, "points": 1, "schema_version": 3, "solution": False}
VALID = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python", "codemirror_mode": {"name": "ipython"}, "version": "3.11", "mimetype": "x"},
        "orig_nbformat": 4,
        "title": "T",
        "authors": [{"name": "A"}],
        "widgets": {"state": {}},
        "own": [None],
    },
    "cells": [
        {
            "cell_type": "code",
            "id": "a",
            "source": "x = 1",
            "execution_count": 3,
            "outputs": OUTPUTS,
            "metadata": {
                "nbgrader": MARK,
                "tags": ["demo", "t"],
                "collapsed": True,
                "scrolled": "auto",
                "name": "n",
                "slideshow": {"slide_type": "skip"},
                "jupyter": {"source_hidden": True},
                "execution": {"iopub.status.busy": "t"},
            },
        },
        {
            "cell_type": "markdown",
            "id": "b",
            "source": ["x"],
            "metadata": {},
            "attachments": {"a.png": {"image/png": "eA=="}},
        },
        {"cell_type": "raw", "id": "c", "source": "x", "metadata": {"format": "text/html"}},
    ],
}
KEYS = [
    *(
        "cells",
        "metadata",
        "kernelspec",
        "language_info",
        "name",
        "display_name",
        "tags",
        "id",
        "outputs",
        "data",
        "text",
    ),
    *("execution_count", "attachments", "source", "cell_type", "output_type", "jupyter", "collapsed", "x", "", "a\nb"),
]
WORDS = st.sampled_from(["x", "", "code", "markdown", "stream", "error", "a,b", "a\nb", "\n", "application/json"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 7) | st.floats() | WORDS | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


def places(node, path=()):
    """List the paths to all parts of a JSON value."""
    yield path
    for key, part in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(part, (*path, key))


def holder(nb, path):
    for key in path[:-1]:
        nb = nb[key]
    return nb


@st.composite
def notebooks(draw):
    """A valid notebook of which some parts were replaced, taken away or doubled, or got something beside them."""
    nb = copy.deepcopy(VALID)
    nb["nbformat_minor"] = draw(st.integers(0, 5))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from([p for p in places(nb) if p]))
        parent, key = holder(nb, path), path[-1]
        what = draw(st.sampled_from(["replace", "replace", "remove", "double", "add"]))
        if what == "replace":
            parent[key] = draw(VALUES)
        elif what == "remove":
            del parent[key]
        elif isinstance(parent, list):
            parent.append(copy.deepcopy(parent[key]) if what == "double" else draw(VALUES))
        else:
            parent[draw(st.sampled_from(KEYS))] = draw(VALUES)
    return nb


def is_valid(nb):
    """Look at a notebook as nbformat does; it must find nothing to mend, either."""
    before = copy.deepcopy(nb)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(nb)
    return nb == before


@given(notebooks())
@settings(max_examples=400, deadline=None)
def test_whatever_came_in_is_valid(nb):
    """Or there are no usable cells."""
    try:
        found = read(json.dumps(nb).encode())
    except NotebookError:
        cells = nb.get("cells")
        usable = isinstance(cells, list) and (not cells or any(isinstance(cell, dict) for cell in cells))
        assert not usable or type(nb.get("nbformat")) is not int or nb["nbformat"] != 4
        return
    assert is_valid(found)
    again = read(nbformat.writes(found).encode())
    assert again == read(nbformat.writes(again).encode())


@pytest.mark.parametrize("minor", range(6))
def test_what_is_valid_stays(minor):
    """Of every minor version; before the fifth there are no ids."""
    nb = copy.deepcopy(VALID) | {"nbformat_minor": minor}
    for cell in nb["cells"] if minor < 5 else ():
        del cell["id"]
    assert is_valid(nbformat.from_dict(nb))
    nb["cells"][1]["source"] = "x"
    assert read(json.dumps(nb).encode()) == nb


def changed(change):
    nb = copy.deepcopy(VALID)
    change(nb)
    found = read(json.dumps(nb).encode())
    assert is_valid(found)
    return found


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (None, None),
        ([1], None),
        ({"name": ["x"], "language": {}}, None),
        ({"name": "python3"}, {"name": "python3", "display_name": "python3"}),
        ({"name": "r", "display_name": 3, "language": {}, "more": 1}, {"name": "r", "display_name": "r", "more": 1}),
    ],
)
def test_kernels(value, left):
    """One without a name is left out: the release's comes in its place."""
    assert changed(lambda nb: nb["metadata"].update(kernelspec=value))["metadata"].get("kernelspec") == left


@pytest.mark.parametrize("minor", [-1, 6, 99, 10**400, True, 4.0, "5", None])
def test_minor_versions(minor):
    """One that there is not is the newest one."""
    assert changed(lambda nb: nb.update(nbformat_minor=minor))["nbformat_minor"] == 5


def test_of_a_bad_part_the_rest_stays():
    """Tags, outputs, attachments: one by one."""

    def change(nb):
        code, text, _ = nb["cells"]
        code["metadata"]["tags"] = ["demo", ["x"], "demo", "a,b", 3]
        code["outputs"] = [
            *OUTPUTS[:1],
            1,
            {"output_type": ["x"]},
            {**OUTPUTS[1], "data": {"text/plain": [1], "x/y": "z"}},
        ]
        code["execution_count"] = "x"
        text["attachments"]["b.png"] = {"image/png": [1], "image/gif": "x"}
        text["attachments"]["c.png"] = 3
        nb["cells"] += [None, 7, {}]

    cells = changed(change)["cells"]
    assert cells[0]["metadata"]["tags"] == ["demo"]
    assert [output.get("data") for output in cells[0]["outputs"]] == [None, {"x/y": "z"}]
    assert cells[0]["execution_count"] is None
    assert cells[1]["attachments"] == {"a.png": {"image/png": "eA=="}, "b.png": {"image/gif": "x"}}
    assert (len(cells), cells[3]["cell_type"], cells[3]["source"]) == (4, "raw", "")


def test_ids_are_the_same_each_time():
    """One that is missing, doubled or none gets one of its own; nbformat would draw it by chance."""

    def change(nb):
        for cell, name in zip(nb["cells"], ["gradetape-1", "gradetape-1", {"a": 1}], strict=True):
            cell["id"] = name

    assert [cell["id"] for cell in changed(change)["cells"]] == ["gradetape-1", "gradetape-1x", "gradetape-2"]
