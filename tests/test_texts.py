"""Texts of learners in terminals, logs, databases and tables."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradetape.exports import table
from gradetape.spreadsheet import guarded
from gradetape.texts import shown, storable


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Ada", "Ada"), ("Çelik 👩", "Çelik 👩"), ("a\x1b[2Jb", "a\\x1b[2Jb"), ("a\nERROR b", "a\\nERROR b"),
        ("\u202egnp.exe", "\\u202egnp.exe"), ("\u2066x\u2069", "\\u2066x\\u2069"), ("a\udc80", "a\\udc80"), ("a\x9bm", "a\\x9bm"),
        ("a\u2028b", "a\\u2028b"),
    ],
)  # fmt: skip
def test_names_for_a_terminal(name, line):
    """What would move the cursor, begin a line or turn letters around is written out."""
    assert shown(name) == line


@settings(deadline=None)
@given(st.text())
@example("\0")
@example("a\ud800\udc00b")
def test_what_is_stored_can_be_stored(text):
    """No NUL, no half characters; everything else stays."""
    kept = storable(text)
    kept.encode()
    assert "\0" not in kept
    assert len(kept) == len(text)
    assert all(b in (a, "\ufffd") for a, b in zip(text, kept, strict=True))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a;=1+1", "a;'=1+1"), ("a\t@x", "a\t'@x"), ("a\n=cmd()", "a\n'=cmd()"), ("a\r\n-x", "a\r\n'-x"), ('a;"=1', "a;'\"=1"),
        ("a; =1", "a;' =1"), ("\u200b=1", "'\u200b=1"), (" =1", "' =1"), ("a|+x", "a|'+x"), ("a\u2028=1", "a\u2028'=1"),
        ("a\x0b=1", "a\x0b'=1"), ("\u22121+x", "'\u22121+x"), ("a;\uff1d1", "a;'\uff1d1"), ("a;-1+cmd|x", "a;'-1+cmd|x"),
        ("1; -2; x", "1; -2; x"), ("(3, -1)", "(3, -1)"), ("a=b", "a=b"), ("x;y", "x;y"), ("-", "-"), ("'=1", "'=1"),
    ],
)  # fmt: skip
def test_formulas_inside_of_a_cell(text, cell):
    """A program told another separator begins cells inside of a text: there, too, an apostrophe stands before a formula."""
    assert guarded(text) == cell


@settings(deadline=None)
@given(st.text(alphabet="a=+-@;\t\n\r|\" '\u200b1", max_size=12))
def test_guarding_twice_is_guarding_once(text):
    """A text that went through one guard goes through the next as it is."""
    assert guarded(guarded(text)) == guarded(text)


@settings(deadline=None)
@given(st.text(alphabet='ab=+-@;\t\n," 1', max_size=12), st.sampled_from(";\t|,"), st.booleans())
def test_no_separator_makes_a_formula(text, separator, quotes):
    """Whatever separator a program is told, and whether it knows quotes: no cell of ours runs."""
    if separator == "," and not quotes:
        return  # commas are the file's own, and quoted; a program without quotes cannot read it at all
    file = io.StringIO()
    csv.writer(file).writerow(["x", guarded(text), "1"])
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    lines = file.getvalue().replace("\r\n", "\n")
    for row in csv.reader(io.StringIO(lines), delimiter=separator, quoting=quoting):
        for cell in row:
            plain = cell.strip(' "\t')
            digits = plain[1:].partition(",")[0].strip(' "')
            runs = plain[:1] in set("=@") or (plain[:1] in set("+-") and not digits.isdigit() and plain != "-")
            assert not runs, cell


def test_every_cell_of_a_table_is_guarded(tmp_path):
    """The writer guards, not only those who call it: headings and cells, and numbers stay numbers."""
    table.write_table(tmp_path / "a.csv", ["=head", "b"], [["a;=1", "-1.5"]])
    assert (tmp_path / "a.csv").read_text() == "'=head,b\na;'=1,-1.5\n"
