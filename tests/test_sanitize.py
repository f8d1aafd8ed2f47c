"""A submitted notebook comes back to the release's shape, with the learner's work kept."""

import copy

import pytest

from gradetape import sanitize
from gradetape.notebook import cell_mark, read


@pytest.fixture
def released(warmup):
    return read(warmup.release)


@pytest.fixture
def submitted(warmup):
    return read(warmup.release)


def ids(nb):
    return [cell_mark(c).get("grade_id") for c in nb["cells"]]


def named(nb, name):
    return next(c for c in nb["cells"] if cell_mark(c).get("grade_id") == name)


def test_an_honest_submission_is_left_alone(submitted, released):
    """Work in answer cells and cells of one's own stay; nothing is noted."""
    named(submitted, "coin_answer")["source"] = "def coin(n, seed): return 1"
    before = copy.deepcopy(submitted)
    assert sanitize.restore(submitted, released) == []
    assert submitted == before


def test_missing_cells_come_back_in_their_place(submitted, released):
    """Imports, graded cells and answers alike, also the first cell and all of them."""
    del submitted["cells"][0:2]
    submitted["cells"] = [c for c in submitted["cells"] if cell_mark(c)["grade_id"] not in ("coin", "plain_answer")]
    notes = sanitize.restore(submitted, released)
    assert ids(submitted) == ids(released)
    assert notes == [
        f"Cell {name!r} was missing; it was put back as released."
        for name in ("warmup_text", "warmup_imports", "coin", "plain_answer")
    ]
    submitted["cells"] = []
    sanitize.restore(submitted, released)
    assert ids(submitted) == ids(released)


def test_of_doubles_the_last_counts(submitted, released):
    """The first copy keeps its code and loses its mark."""
    first = copy.deepcopy(named(submitted, "coin_answer"))
    first["source"] = "old = 1"
    submitted["cells"].insert(0, first)
    assert sanitize.restore(submitted, released) == ["Cell 'coin_answer' is there more than once; the last one counts."]
    assert submitted["cells"][0]["source"] == "old = 1"
    assert cell_mark(submitted["cells"][0]) == {}


def test_changed_metadata_is_the_releases_again(submitted, released):
    """Points, flags, tags and schema versions cannot be changed; marks that were invented go."""
    named(submitted, "coin")["metadata"]["nbgrader"]["points"] = 400
    del named(submitted, "plain")["metadata"]["nbgrader"]["schema_version"]
    named(submitted, "warmup_demo")["metadata"]["tags"] = []
    invented = copy.deepcopy(named(submitted, "coin"))
    invented["metadata"]["nbgrader"]["grade_id"] = "bonus"
    odd = copy.deepcopy(invented)
    odd["metadata"]["nbgrader"] = {"grade_id": ["x"], "grade": True}
    submitted["cells"] += [invented, odd]
    notes = sanitize.restore(submitted, released)
    assert (
        "The metadata of cell 'coin' is not the release's (changed, or released anew since); the release's counts."
        in notes
    )
    assert "Cell 'bonus' is no cell of the assignment; its mark was removed." in notes
    assert named(submitted, "coin")["metadata"] == named(released, "coin")["metadata"]
    assert named(submitted, "warmup_demo")["metadata"]["tags"] == ["demo"]
    assert all("nbgrader" not in c["metadata"] for c in submitted["cells"][-2:])


def test_a_cell_of_another_type_is_turned_back(submitted, released):
    """Code that was made markdown is code again, and the other way round."""
    code, text = named(submitted, "coin_answer"), named(submitted, "essay")
    code["cell_type"], text["cell_type"] = "markdown", "code"
    text["outputs"] = []
    del code["outputs"]
    notes = sanitize.restore(submitted, released)
    assert len(notes) == 2
    assert (code["cell_type"], code["outputs"]) == ("code", [])
    assert text["cell_type"] == "markdown"
    assert "outputs" not in text


def test_the_placeholder_says_why(released):
    """In place of a file that is no notebook: the release, a notice on top, the reason in the metadata."""
    nb = sanitize.placeholder(released, "It is a PDF.")
    assert nb["metadata"][sanitize.UNREADABLE] == "It is a PDF."
    assert "It is a PDF." in nb["cells"][0]["source"]
    assert ids(nb)[1:] == ids(released)


def test_a_cell_that_comes_back_has_an_id_of_its_own(submitted, released):
    """Where the learner's cell of that id has another mark: the assignment was generated anew under another name."""
    mark = named(submitted, "coin")["metadata"]["nbgrader"]
    mark["grade_id"] = "earlier"
    sanitize.restore(submitted, released)
    found = [cell["id"] for cell in submitted["cells"]]
    assert len(set(found)) == len(found) == len(released["cells"]) + 1
    assert named(submitted, "coin")["source"] == named(released, "coin")["source"]


def test_what_nbgrader_writes_when_it_releases_is_nobodys_change(submitted, released):
    """Work begun from the source, or from a release before this one, has no note for it."""
    for cell in submitted["cells"]:
        for name in ("checksum", "cell_type"):
            cell["metadata"].get("nbgrader", {}).pop(name, None)
    assert sanitize.restore(submitted, released) == []
    assert cell_mark(named(submitted, "coin")) == cell_mark(named(released, "coin"))
