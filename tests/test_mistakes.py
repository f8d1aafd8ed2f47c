"""mistakes.py is read strictly: every cell that cannot be used is named, the others are used."""

import pytest

from gradetape.mistakes import parse
from gradetape.notebook import Question
from gradetape.variants import variant_cells

QUESTIONS = (Question("q", 2, False, ("q_answer",)), Question("two", 2, False, ("a", "b")))


def problems(text):
    return parse(text, QUESTIONS, where="graders/x/mistakes.py")[1]


def test_a_good_file():
    """Question, name, hint, `also` and source are read; text before the first mark is skipped."""
    text = '"""Known."""\n\n# %% question="q" name="wrong-axis" hint="Look at \'axis\', x² = 1." also="two"\ndef f():\n    pass\n'
    (mistake,), wrong = parse(text, QUESTIONS, where="here")
    assert wrong == ()
    assert (mistake.key, mistake.cell, mistake.also) == ("q/wrong-axis", "q_answer", ("two",))
    assert mistake.hint == "Look at 'axis', x² = 1."
    assert mistake.source == "def f():\n    pass"


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        (
            'question="z" name="n" hint="h"',
            "graders/x/mistakes.py, cell 1: there is no question 'z'. Known are q, two.",
        ),
        ('question="q" name="n"', 'cell 1: hint is missing. Write # %% question="…" name="…" hint="…".'),
        ('question="q" name="n" hint=" "', "hint is missing"),
        ('question="q" name="n" hint="h" hnt="x"', "cell 1: unknown hnt. Known are also, cell, hint, name, question."),
        ('question="two" name="n" hint="h"', "question 'two' has 2 solution cells; say with cell="),
        ('question="two" name="n" hint="h" cell="c"', "'c' is no solution cell of question 'two'."),
        ('question="q" name="n" hint="h" also="r"', "`also` names r, which is no question of this assignment."),
    ],
)
def test_unusable_cells_are_named(marker, said):
    """File, cell, rule and what is known."""
    (text,) = problems(f"# %% {marker}\nx = 1\n")
    assert said in text


def test_doubles_are_named_and_the_rest_is_kept():
    """The second of two mistakes of one name is a problem; the first is used."""
    cell = '# %% question="q" name="n" hint="h"\nx = 1\n\n'
    found, wrong = parse(cell + cell, QUESTIONS, where="here")
    assert len(found) == 1
    assert wrong == ("here, cell 2: there is another mistake 'q/n'. Rename one of them.",)


def test_a_named_cell_is_taken():
    """With two solution cells, cell= says which."""
    (mistake,), _ = parse('# %% question="two" name="n" hint="h" cell="b"\nx = 1\n', QUESTIONS, where="here")
    assert mistake.cell == "b"


def test_only_the_named_cell_is_replaced(warmup):
    """Everything else is the reference notebook, demo cells left out."""
    right = {c.index: c.source for c in variant_cells(warmup.notebook, None)}
    mistake = warmup.mistakes[0]
    wrong = {c.index: c.source for c in variant_cells(warmup.notebook, mistake)}
    changed = [i for i in right if right[i] != wrong[i]]
    assert len(changed) == 1
    assert wrong[changed[0]] == mistake.source
    assert not any("sleep" in s for s in right.values())
