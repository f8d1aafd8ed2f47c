"""equivalent.toml is read strictly: an entry without a reason does not count."""

import pytest

from gradetape.mutation.equivalents import draft, parse

ENTRY = '[[equivalent]]\nquestion = "q"\nmutant = "ab"\nchange = "x"\nreason = "y"\n'


def test_a_good_file():
    """All four parts are read."""
    (found,), problems = parse(ENTRY, where="here")
    assert (found.question, found.mutant, found.change, found.reason) == ("q", "ab", "x", "y")
    assert problems == ()
    assert parse("", where="here") == ((), ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[equivalent", "here is no TOML: "),
        ("equivalent = 3", "here: write [[equivalent]] above each entry."),
        ("equivalent = [3]", "here, entry 1: write [[equivalent]] above each entry."),
        (ENTRY.replace('"y"', '" "'), "here, entry 1: reason is missing. Say of every mutant what it changes and why"),
        (ENTRY + "more = 1\n", "here, entry 1: unknown more. Known are question, mutant, change, reason."),
        (ENTRY * 2, "here, entry 2: mutant 'ab' stands here twice. Remove one."),
    ],
)
def test_unusable_entries_are_named(text, said):
    """File, entry, rule."""
    _, (problem,) = parse(text, where="here")
    assert problem.startswith(said)


def test_a_draft_lacks_the_reason_only():
    """What `check --mutate` prints for a survivor is read back once somebody has given the reason."""
    text = draft([("q", "ab", '-a\n+b \\ "c"')])
    _, (problem,) = parse(text, where="here")
    assert problem.startswith("here, entry 1: reason is missing.")
    (found,), problems = parse(text.replace('reason = ""', 'reason = "r"'), where="here")
    assert problems == ()
    assert found.change == '-a\n+b \\ "c"'
