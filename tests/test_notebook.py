"""Notebooks may be anything; questions are what nbgrader's metadata says."""

import json

import pytest

from gradetape import notebook
from gradetape.notebook import NotebookError, Question, read


def nb(*cells, **more):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty. Submit the .ipynb file that JupyterLab saves."),
        (b" \n", "The file is empty."),
        (b"%PDF-1.7 ...", "The file is a PDF document, not a notebook."),
        (b"PK\x03\x04...", "The file is a ZIP archive, not a notebook."),
        (b"\x89PNG...", "The file is a picture, not a notebook."),
        (b"import numpy", "The file is not JSON, so it is no notebook."),
        (b"\xff\xfe\x00", "The file is not JSON, so it is no notebook."),
        (b"[" * 100_000, "The file is not JSON, so it is no notebook."),
        (b"[1, 2]", "The file is JSON, but no notebook."),
        (b'{"nbformat": "4"}', "The file is JSON, but no notebook."),
        (b'{"nbformat": 4, "metadata": {}}', "The notebook has no list of cells."),
        (
            b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}',
            "structure is broken|a cell that is none",
        ),
        (b'{"nbformat": 99, "metadata": {}, "cells": []}', "structure is broken"),
    ],
)
def test_what_is_no_notebook_is_named(data, said):
    """The error says what the file is, and what to hand in instead."""
    with pytest.raises(NotebookError, match=said.replace(".", r"\.")):
        read(data)


def test_size_has_a_limit(monkeypatch):
    """A file over the limit is refused before it is parsed, with the way out."""
    monkeypatch.setattr(notebook, "MAX_BYTES", 2**20)
    with pytest.raises(NotebookError, match="The file has 2 MiB; at most 1 MiB are read. Clear the outputs and save."):
        read(b" " * 5 + b"x" * (2 * 2**20))


def test_odd_cells_are_made_usable():
    """Sources as lists, metadata of odd types and a byte-order mark do no harm."""
    data = nb(
        {
            "cell_type": "code",
            "source": ["a\n", "b"],
            "metadata": {"nbgrader": 3},
            "outputs": [],
            "execution_count": None,
        },
    )
    cell = read(b"\xef\xbb\xbf" + data)["cells"][0]
    assert cell["source"] == "a\nb"
    assert notebook.cell_mark(cell) == {}


def test_version_three_is_upgraded():
    """A notebook of nbformat 3 has its cells, sources and all."""
    old = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
        "worksheets": [{"metadata": {}, "cells": [{"cell_type": "code", "language": "python", "input": "x = 1", "outputs": [], "metadata": {}}]}],
    }  # fmt: skip
    assert [c.source for c in notebook.code_cells(read(json.dumps(old).encode()))] == ["x = 1"]


def test_questions(warmup):
    """Graded cells in order, with points, the answer cells before them, and who grades."""
    assert warmup.questions == (
        Question("row_means", 4.0, False, ("row_means_answer",)),
        Question("coin", 4.0, False, ("coin_answer",)),
        Question("plain", 1.0, False, ("plain_answer",)),
        Question("essay", 1.0, True, ("essay",)),
    )


def test_demo_cells_are_skipped(warmup, answer):
    """By the instructor's grade_id even when the learner removed the tag; a learner's own cell never."""
    demos = notebook.demo_ids(warmup.notebook)
    assert demos == {"warmup_demo"}
    untagged = warmup.release.replace(b'"demo"', b'"other"')
    assert not any("sleep" in c.source for c in notebook.code_cells(read(untagged), demos))
    own = read(answer(warmup.release, extra=["mine = 1"]))
    own["cells"][-1]["metadata"]["tags"] = ["demo"]
    assert notebook.code_cells(own, demos)[-1].source == "mine = 1"


def test_attempted_ignores_comments(warmup, answer):
    """A comment is no attempt; code is; a missing cell is looked at by the tests."""
    question = warmup.questions[0]
    stub = warmup.released["row_means_answer"]

    def tried(source):
        return notebook.attempted(question, {"row_means_answer": source}, warmup.released)

    assert not tried(stub)
    assert not tried(stub + "\n# I do not know\n")
    assert tried(stub.replace("raise NotImplementedError()", "return x"))
    assert tried("def broken(")
    assert notebook.attempted(question, {}, warmup.released)


def test_foreign_code(warmup, answer):
    """Cells of the learner's own are noticed, empty and comment-only ones are not."""
    known = frozenset(warmup.released)
    assert not notebook.foreign_code(read(warmup.release), known)
    assert not notebook.foreign_code(read(answer(warmup.release, extra=["", "# note"])), known)
    assert notebook.foreign_code(read(answer(warmup.release, extra=["x = 1"])), known)
