"""nbgrader's marks in a plain assignment's notebook: mended where the release decides, else told with the cell."""

import copy

import pytest

from gradetape.marked import mend

GRADED = {"grade": True, "grade_id": "q", "locked": True, "points": 1, "schema_version": 3, "solution": False}


def book(*marks):
    return {"cells": [{"cell_type": "code", "source": "", "metadata": {"nbgrader": dict(m)}} for m in marks]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": "x"}, "cell 2 ('q') has the schema_version 'x', which is no number"),
        ({"schema_version": None}, "cell 2 ('q') has the schema_version 'None', which is no number"),
        ({"schema_version": True}, "cell 2 ('q') has the schema_version 'True', which is no number"),
        ({"grade_id": ""}, "cell 2 has no grade_id"),
        ({"grade_id": "other"}, "cell 2 ('other') has a grade_id that no cell of the assignment has"),
        ({"grade_id": "a b"}, "cell 2 ('a b') has a grade_id that no cell of the assignment has"),
        ({"grade": "yes"}, "cell 2 ('q') says grade = 'yes', and that is true or false"),
        ({"solution": []}, "cell 2 ('q') says solution = '[]', and that is true or false"),
    ],
)
def test_what_is_told(change, said):
    """Which cell, what is wrong."""
    assert mend(book(GRADED, GRADED | change), {"q"}) == [said]


def test_missing_entries():
    """A flag that nbgrader demands; without any version it is an old mark, of which nbgrader speaks itself."""
    mark = {name: value for name, value in GRADED.items() if name != "locked"}
    assert mend(book(mark), {"q"}) == ["cell 1 ('q') does not say 'locked'"]
    del mark["schema_version"]
    assert mend(book(mark), {"q"}) == []


@pytest.mark.parametrize("points", ["nan", None, [], {}, True, 10**400])
def test_odd_points_are_the_releases(points):
    """nbgrader puts the gradebook's in their place, once they are a number."""
    nb = book(GRADED | {"points": points}, {**GRADED, "grade": False, "points": points})
    assert mend(nb, {"q"}) == []
    assert nb["cells"][0]["metadata"]["nbgrader"]["points"] == 0.0
    assert "points" not in nb["cells"][1]["metadata"]["nbgrader"]


def test_other_odd_entries_go():
    """Checksums and types, which nbgrader writes anew, what it does not know, and marks that mark nothing."""
    nb = book(GRADED | {"checksum": 3, "cell_type": ["code"], "more": 1}, {}, {"grade": False})
    assert mend(nb, {"q"}) == []
    assert [cell["metadata"] for cell in nb["cells"]] == [{"nbgrader": GRADED}, {}, {}]


def test_what_is_right_stays():
    """Also the mark of a cell that is only locked, and of a task."""
    task = {**GRADED, "grade": False, "locked": False, "task": True, "grade_id": "t", "points": 2}
    nb = book(GRADED | {"checksum": "0" * 32, "cell_type": "code"}, task, {**GRADED, "grade": False, "grade_id": "l"})
    nb["cells"] += book(
        {**GRADED, "grade": False, "locked": False, "grade_id": "a learner's own"}, {**task, "grade_id": "u"}
    )["cells"]
    before = copy.deepcopy(nb)
    assert mend(nb, {"q", "t", "l"}) == []
    assert nb == before


@pytest.mark.parametrize("change", [{"grade": False}, {"solution": True}, {"locked": False}, {"task": True}])
def test_what_a_cell_is_for_is_the_releases(change):
    """And only that of cells that it has; what is no flag at all is told, as ever."""
    flags = {"q": {"grade": True, "solution": False, "locked": True, "task": False}}
    own = {**GRADED, "grade": False, "locked": False, "grade_id": "a learner's own"}
    nb = book(GRADED | change, own)
    assert mend(nb, {"q"}, flags) == []
    mended, other = (cell["metadata"]["nbgrader"] for cell in nb["cells"])
    assert {flag: mended.get(flag, False) for flag in flags["q"]} == flags["q"]
    assert other == own
    assert mend(book(GRADED | {"grade": "yes"}), {"q"}, flags) == [
        "cell 1 ('q') says grade = 'yes', and that is true or false"
    ]
