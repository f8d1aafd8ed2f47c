"""Pictures beside a failed check: what they hold, what they never hold, and how they are drawn."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from gradetape import drawing, question, showing
from gradetape.compare import difference
from gradetape.verdict import Picture


def test_an_error_map_has_levels_and_no_values():
    """Three levels by the largest error; neither side's values, however scaled, are in it."""
    right = np.full((3, 4), 123.456)
    yours = right.copy()
    yours[0, 1], yours[1, 2], yours[2, 3] = 223.456, 153.456, 126.456
    found = showing.error_map(yours, right)
    assert found.data["levels"] == [[0, 3, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]]
    assert "123" not in json.dumps(found.data)
    assert showing.error_map(7 * yours, 7 * right).data == found.data
    assert found.text.startswith("Clear errors are found in 3 of 12 places of the map;")


def test_an_error_map_counts_nan_as_wrong_and_gathers_large_arrays():
    """NaN has the highest level; 100 by 200 values become at most 24 by 36 blocks that keep the largest error."""
    yours, right = np.zeros((2, 50, 200)), np.zeros((2, 50, 200))
    yours[1, 49, 199], yours[0, 0, 0] = np.nan, 1
    found = showing.error_map(yours, right)
    levels = np.array(found.data["levels"])
    assert levels.shape == (24, 36)
    assert levels[0, 0] == levels[-1, -1] == 3
    assert levels.sum() == 6
    assert "gathered from 100 rows and 200 columns" in found.text
    assert showing.error_map(np.ones(3), np.ones(3)).data["levels"] == [[0, 0, 0]]


def test_an_error_map_of_a_picture_has_its_shape():
    """Axes of length 1 are left out, colours are gathered; a vector is one row, batches stand below each other."""
    shapes = {
        (6, 5, 1): (6, 5),
        (6, 5, 3): (6, 5),
        (1, 7): (1, 7),
        (7,): (1, 7),
        (2, 6, 5, 1): (12, 5),
        (2, 6, 9): (12, 9),
    }
    for shape, expected in shapes.items():
        assert np.shape(showing.error_map(np.ones(shape), np.zeros(shape)).data["levels"]) == expected


def test_a_curve_has_a_band_and_not_the_single_curves():
    """The band runs from the smallest to the largest right value; what is outside is counted; NaN leaves a gap."""
    right = [np.array([1.0, 0.5, 0.2]), np.array([1.2, 0.4, 0.3])]
    found = showing.curve([1.1, np.nan, 0.9], right, x="epoch", y="loss")
    low, high = np.array(found.data["low"]), np.array(found.data["high"])
    assert np.all(low < [1.0, 0.4, 0.2])
    assert np.all(high > [1.2, 0.5, 0.3])
    assert np.all(high - low < [0.25, 0.15, 0.15])
    assert found.data["yours"] == [1.1, None, 0.9]
    assert found.text == "Your curve leaves the band of right ones at 2 of 3 steps."


def test_samples_show_the_component_that_differs():
    """Histograms over common bins, each of area one; of three components the shifted one is shown."""
    rng = np.random.default_rng(3)
    yours, right = rng.normal(size=(4000, 3)), rng.normal(size=(3000, 3))
    yours[:, 1] += 2
    found = showing.samples(yours, right)
    width = np.diff(found.data["edges"])
    assert np.isclose((found.data["yours"] * width).sum(), 1)
    assert np.isclose((found.data["target"] * width).sum(), 1)
    assert found.data["label"] == "value (component 1 of 3)"
    assert 20 < int(found.text.split()[-2]) < 45  # two normals, two deviations apart, overlap by 32 percent


@pytest.mark.parametrize(
    ("yours", "right", "show", "kind"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), ("shape",), "shape"),
        (np.zeros((2, 3)), np.zeros((3, 2)), (), None),
        (np.zeros((2, 3)), np.ones((2, 3)), ("shape",), None),
        (np.zeros((2, 3)), np.ones((2, 3)), ("shape", "errors"), "errors"),
        (np.zeros(3), np.ones(3), ("shape", "errors", "curve"), "errors"),
        (np.zeros((2, 3)), np.ones((2, 3)), ("curve",), None),
        (np.float32(0), np.float32(1), ("errors",), None),
        (np.array(["a", "b"], object), np.array(["a", "c"], object), ("errors",), None),
        ({"a": np.zeros(3)}, {"a": np.ones(3)}, ("errors",), "errors"),
        (None, np.ones(3), ("shape", "errors"), None),
    ],
)
def test_only_what_the_author_allows(yours, right, show, kind):
    """A picture is made of a difference when its kind is named, and fits."""
    found = difference(yours, right)
    pictures = showing.of_difference(found, show)
    assert [p.kind for p in pictures] == ([kind] if kind else [])


def test_a_difference_knows_where_it_is():
    """The keys lead to the part of the tree that differs."""
    found = difference({"a": [np.zeros(2), np.zeros(3)]}, {"a": [np.zeros(2), np.ones(3)]})
    assert found.keys == ("a", 1)


def test_a_curve_is_found_where_a_difference_is():
    """A one-dimensional array, or the list of numbers around the one that differs; nothing else is a curve."""
    tree = {"losses": [np.float32(3), np.float32(2)], "trace": np.arange(4.0), "table": np.zeros((2, 2)), "one": [1.0]}
    assert showing.curve_at(tree, ("losses", 1)).tolist() == [3, 2]
    assert showing.curve_at(tree, ("trace",)).tolist() == [0, 1, 2, 3]
    for keys in (("table",), ("one", 0), ("nothing",), (), ("losses", 5, "x")):
        assert showing.curve_at(tree, keys) is None


def test_the_mark_names_what_may_be_shown():
    """Shapes by default and beside everything else; nothing with an empty `show`; unknown names are refused."""

    def test():
        """Check."""

    def shown(**options):
        return question("q", **options)(test).pytestmark[-1].kwargs["show"]

    assert shown() == ("shape",)
    assert shown(show="errors") == ("shape", "errors")
    assert shown(show=("samples", "curve")) == ("shape", "samples", "curve")
    assert shown(show=()) == ()
    with pytest.raises(ValueError, match="show='values' is unknown"):
        question("q", show="values")


PICTURES = [
    showing.shapes((2, 3), (3, 4, 50)),
    showing.shapes((), (1,)),
    showing.error_map(np.eye(5), np.zeros((5, 5))),
    showing.curve(np.arange(9.0), [np.arange(9.0) + 1], y="<loss>"),
    showing.samples(np.arange(50.0), np.arange(90.0)),
]


@pytest.mark.parametrize("picture", PICTURES, ids=[p.kind for p in PICTURES])
def test_figures_are_self_contained(picture):
    """Well-formed, named by their words, in colours a page can set, without script, link, or id; below 20 kB."""
    html = drawing.figure(picture)
    root = ET.fromstring(html)
    svg = root.find("{http://www.w3.org/2000/svg}svg")
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"] == root.findtext("figcaption") == picture.text
    assert "var(--gt-" in html
    assert not any(part in html for part in ("<script", "href", "url(", ' id="', "#0102", "<image"))
    assert len(html) < 20_000


def test_the_words_stand_alone():
    """A picture of a kind or content that cannot be drawn still says what it has to say."""
    for picture in (Picture(kind="new", text="a < b"), Picture(kind="curve", text="a < b", data={"steps": "?"})):
        html = drawing.figure(picture)
        assert "<svg" not in html
        assert "a &lt; b" in html
