"""alternatives.py is read like mistakes.py; alternatives of different questions share a notebook."""

from gradetape.alternatives import parse, rounds
from gradetape.notebook import Question

QUESTIONS = (Question("one", 2, False, ("a",)), Question("two", 2, False, ("b",)))


def cell(question, name, more=""):
    return f'# %% question="{question}" name="{name}"{more}\nx = 1\n\n'


def test_names_begin_with_ok():
    """So that nobody takes one for a mistake."""
    found, (problem,) = parse(cell("one", "ok-numpy") + cell("one", "numpy"), QUESTIONS, where="here")
    assert [a.key for a in found] == ["one/ok-numpy"]
    assert problem == "here, cell 2: the name of an alternative begins with 'ok-', not as 'numpy'."


def test_a_hint_has_no_place():
    """A right answer deserves none."""
    _, (problem,) = parse(cell("one", "ok-x", ' hint="h"'), QUESTIONS, where="here")
    assert problem == "here, cell 1: unknown hint. Known are cell, name, question."


def test_doubles_are_named():
    """With the word for what stands there twice."""
    _, (problem,) = parse(cell("one", "ok-x") * 2, QUESTIONS, where="here")
    assert problem == "here, cell 2: there is another alternative 'one/ok-x'. Rename one of them."


def test_rounds_hold_one_per_cell():
    """As few notebooks as the question with most alternatives needs, none lost."""
    text = cell("one", "ok-1") + cell("one", "ok-2") + cell("one", "ok-3") + cell("two", "ok-4")
    found, _ = parse(text, QUESTIONS, where="here")
    dealt = rounds(found)
    assert [[a.name for a in r] for r in dealt] == [["ok-1", "ok-4"], ["ok-2"], ["ok-3"]]
