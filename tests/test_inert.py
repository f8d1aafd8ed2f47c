"""Names of attached files where browsers and Pythons of staff's meet them."""

import mimetypes

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradetape import inert
from gradetape.inert import LONGEST, SUFFIX, TooLongError, original, renamed

PARTS = st.one_of(
    st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=40),
    st.builds(
        lambda stem, kinds, end: stem + "".join(f".{kind}" for kind in kinds) + end,
        st.sampled_from(["a", "", ".", "data:text/html,"[:14], "x:y.html?", "%3A", "%253A", "ä"]),
        st.lists(st.sampled_from([*sorted(inert.KINDS), "html", "SVG", "gz", "attached", "attached.txt", "TXT", "py"])),
        st.sampled_from(["", ".", " ", "\u200b", "#x.png", ";x.txt"]),
    ),
).filter(lambda part: part not in ("", ".", "..") and "/" not in part)
NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


@pytest.mark.parametrize(
    "name",
    ["a.txt", "data/b.csv", "c.tsv", "d.png", "E.JPG", "f.jpeg", "g.gif", "h.webp", "i.npy", "j.npz", "k.h5", "l.keras",
     "m.hdf5", "n.tfrecord", "odd name.v2.png", "page.html.txt", "timestamp.txt", "folder.py/a.txt", "ß.csv"],
)  # fmt: skip
def test_inert_kinds_keep_their_names(name):
    """Texts, tables, pictures and arrays lie under their own names."""
    assert renamed(name) == name
    assert original(name) == name


@pytest.mark.parametrize(
    "name",
    ["a.html", "a.htm", "a.xhtml", "a.svg", "a.svgz", "a.xml", "a.mht", "a.mhtml", "a.js", "a.mjs", "a.css", "a.pdf",
     "a.py", "a.pyc", "a.so", "a.pth", "a.zip", "a.json", "a.md", "a.ipynb", "A.HTML", "a.txt.html", "a.html.gz",
     "a.png.", "a.png ", "a", ".txt", "..txt", "x/.htaccess", "x/importlib.py", "a.\u212aeras",
     "jupyter_server_config.json", "a.attached.txt", "a.ATTACHED.TXT", ".attached.txt"],
)  # fmt: skip
def test_other_kinds_get_a_name_that_nothing_runs(name):
    """The suffix is appended; folders stay; what looks like a name of ours gets another suffix."""
    assert renamed(name) == name + SUFFIX
    assert original(renamed(name)) == name


@pytest.mark.parametrize(
    "name", ["data:text;html,x.png", "ab:x.html?.png", "x.html#.txt", "ab:x.html;.csv", "a%3Ab.py"]
)
def test_names_that_a_server_takes_for_an_address(name):
    """`mimetypes` reads a name as an address; what makes it one is escaped, and comes back."""
    assert mimetypes.guess_type(renamed(name))[0] == "text/plain"
    assert original(renamed(name)) == name


@pytest.mark.parametrize(
    ("name", "new"),
    [("a\x1b[2J.png", "a%U00001B[2J.png"), ("b\u202egnp.txt", "b%U00202Egnp.txt"), ("c\x07%U.txt", "c%U000007%25U.txt"),
     ("a.png\n", "a.png%U00000A"), ("a.tx\u200bt", "a.tx%U00200Bt"), ("d\U000e0041.csv", "d%U0E0041.csv"), ("x\x9bm/e\x9bm.csv", "x\x9bm/e%U00009Bm.csv")],
)  # fmt: skip
def test_signs_that_move_a_terminal_are_written_out(name, new):
    """In a file's own name, and they come back."""
    assert renamed(name) == new + SUFFIX
    assert original(new + SUFFIX) == name


@settings(deadline=None)
@given(NAMES)
@example("data:text;base64,x.attached.txt")
@example("a%253A.attached.txt.attached.txt")
def test_every_name_comes_back_and_is_inert(name):
    """`original(renamed(n)) == n`, so no two files fall together; servers see text, pictures or data, imports nothing."""
    try:
        new = renamed(name)
    except TooLongError:
        return
    assert original(new) == name
    assert new.rpartition("/")[0] == name.rpartition("/")[0]
    last = new.rpartition("/")[2]
    kind, encoding = mimetypes.guess_type(last)
    assert encoding is None
    assert kind is None or kind.split("/")[0] in ("text", "image", "application")
    assert kind not in ("text/html", "text/xml", "image/svg+xml", "text/css", "text/javascript", "application/pdf")
    assert last.rpartition(".")[2].lower() in inert.KINDS


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="\0")))
def test_any_text_has_an_original(name):
    """Also names that were never ours raise nothing."""
    assert isinstance(original(name), str)


def test_a_name_without_room_is_refused():
    """Two names of 255 bytes cannot both get a suffix and stay apart: the file is set aside, for the reason given."""
    assert len(renamed("a" * (LONGEST - len(SUFFIX) - 3) + ".py")) == LONGEST
    with pytest.raises(TooLongError) as caught:
        renamed("folder/" + "a" * (LONGEST - 3) + ".py")
    assert str(caught.value) == (
        "its name is too long to get '.attached.txt' at its end (268 bytes, and 255 are possible)"
    )
    assert renamed("ä" * 120 + ".png") == "ä" * 120 + ".png"
