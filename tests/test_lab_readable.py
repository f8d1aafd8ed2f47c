"""Readable checks: what a learner sees below a cell, in a real IPython shell and a real kernel's words."""

import ast
import json

import pytest

from gradetape.lab import checks
from gradetape.lab.panel import Panel, cleaned


@pytest.fixture
def shell(monkeypatch):
    """A shell with the extension, and what it has shown: run("code") returns (result, displays, error's lines)."""
    from IPython.core.interactiveshell import InteractiveShell

    from gradetape.lab import readable

    for name in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        monkeypatch.delenv(name, raising=False)
    shown, errors = [], []
    made = InteractiveShell()
    made.history_manager.enabled = False

    def keep_error(kind, error, lines):
        made._last_traceback = lines
        errors.append("\n".join(lines))

    monkeypatch.setattr(made, "_showtraceback", keep_error)
    monkeypatch.setattr(made.display_pub, "publish", lambda data, *_args, **_kwargs: shown.append(data))
    monkeypatch.setattr(InteractiveShell, "_instance", made)
    readable.load_ipython_extension(made)

    def run(code):
        shown.clear()
        errors.clear()
        result = made.run_cell(code, store_history=True)
        return result, list(shown), "".join(errors)

    run.shell = made
    yield run
    readable.unload_ipython_extension(made)
    made.history_manager.end_session()


def text(shown):
    """The plain text of the one panel that was shown."""
    (panel,) = shown
    return panel["text/plain"]


def test_failed_check_shows_message_line_and_sides(shell):
    """A failed comparison shows the author's message, the line, and both sides; the cell has failed."""
    result, shown, error = shell('x = (4, 3)\nassert x == (4, 2), "the shape has to be (4, 2)"')
    assert isinstance(result.error_in_exec, AssertionError)
    assert text(shown) == (
        "✗ the shape has to be (4, 2)\n"
        '  line 2      assert x == (4, 2), "the shape has to be (4, 2)"\n'
        "  left side   (4, 3)\n"
        "  right side  (4, 2)"
    )
    assert error == "AssertionError: the shape has to be (4, 2)"


def test_full_traceback_is_folded_in_html(shell):
    """HTML holds the whole traceback in <details>, without terminal codes."""
    _, shown, _ = shell('assert 1 == 2, "no"')
    page = shown[0]["text/html"]
    assert "<details><summary>Full traceback</summary>" in page
    assert "Traceback (most recent call last)" in page
    assert "\x1b" not in page


def test_everything_is_escaped(shell):
    """Markup, terminal codes and bidirectional controls of a learner's values and messages do not act."""
    _, shown, error = shell('a = "<img src=x>"\nassert a == "", f"<script>{a}</script>\\x1b[2J\\u202e"')
    page = shown[0]["text/html"]
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    for words in (page, text(shown), error):
        assert "\x1b" not in words
        assert "\u202e" not in words
    assert r"\x1b[2J\u202e" in text(shown)


def test_check_in_a_function_that_the_cell_calls(shell):
    """Checks inside of `def _see(): …` count when the same cell defines and calls it."""
    _, shown, _ = shell('def _see():\n    y = [1]\n    assert len(y) == 2, "two are needed"\n\n_see()')
    assert text(shown).splitlines()[0] == "✗ two are needed"
    assert "left side   1" in text(shown)
    assert text(shell("def _see():\n    assert True\n\n_see()")[1]) == "✓ The visible checks of this cell passed."


def test_passed_checks_say_so_and_other_cells_say_nothing(shell):
    """A tick for a cell whose checks passed; nothing for cells without checks, nor for functions defined only."""
    assert text(shell('assert 1 < 2 < 3, "ordered"')[1]) == "✓ The visible checks of this cell passed."
    assert shell("x = 3")[1] == []
    assert shell("def f():\n    assert x == 4, 'no'")[1] == []


def test_failed_cell_shows_no_tick(shell):
    """A check that passes before another error says nothing."""
    result, shown, error = shell("assert True\n1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert shown == []
    assert "ZeroDivisionError" in error


def test_assertion_inside_a_function_of_another_cell_keeps_its_traceback(shell):
    """What is no check of this cell stays an ordinary error."""
    shell("def mine(x):\n    assert x > 0, 'positive'")
    _, shown, error = shell("mine(-1)\nassert True")
    assert shown == []
    assert "Traceback (most recent call last)" in error
    assert "positive" in error


def test_raised_assertion_error_keeps_its_traceback(shell):
    """`raise AssertionError` is no check."""
    _, shown, error = shell("raise AssertionError('by hand')")
    assert shown == []
    assert "Traceback" in error


@pytest.mark.parametrize(
    "stub", ["raise NotImplementedError()", "raise NotImplementedError", "raise NotImplementedError()  # yours"]
)
def test_stub_is_not_answered_yet(shell, stub):
    """A stub of another cell is named; the reply stays an error."""
    shell(f"class Unit:\n    def call(self):\n        {stub}")
    result, shown, error = shell("def _see():\n    assert Unit().call() == 1\n\n_see()")
    assert isinstance(result.error_in_exec, NotImplementedError)
    where = "Unit.call" if hasattr((lambda: 0).__code__, "co_qualname") else "call"
    shortened = " ".join(stub.split())
    assert " ".join(text(shown).split()) == f"○ Not answered yet: {where} still has `{shortened}`."
    assert error.startswith("NotImplementedError: Not answered yet")


def test_stub_at_top_level(shell):
    """A stub outside of functions is this cell's."""
    assert text(shell("raise NotImplementedError()")[1]).startswith("○ Not answered yet: this cell still has")


def test_not_implemented_with_a_message_is_an_ordinary_error(shell):
    """Libraries and learners say something with it."""
    _, shown, error = shell("raise NotImplementedError('no gradient')")
    assert shown == []
    assert "Traceback" in error


def test_sides_are_evaluated_once_and_in_order(shell):
    """Keeping the sides changes nothing for the learner's code."""
    _, shown, _ = shell("seen = []\ndef f(x):\n    seen.append(x)\n    return x\nassert f(1) == f(2), 'unequal'")
    assert shell.shell.user_ns["seen"] == [1, 2]
    assert "left side   1" in text(shown)


def test_long_sides_are_left_out_and_arrays_described(shell):
    """A large array is its shape and dtype; other long values are not shown."""
    _, shown, _ = shell("import numpy as np\nassert np.zeros((50, 3)).shape == list(range(100)), 'long'")
    assert "side" not in text(shown)
    _, shown, _ = shell("assert np.zeros((50, 3)) is None, 'an array'")
    assert "left side   ndarray of shape (50, 3), float64" in text(shown)


def test_value_whose_repr_fails_shows_the_ordinary_traceback(shell):
    """What goes wrong in here never hides the learner's error."""
    shell("class Bad:\n    def __repr__(self):\n        raise ValueError('repr')")
    result, shown, error = shell("assert Bad() == 1, 'bad'")
    assert isinstance(result.error_in_exec, AssertionError)
    assert shown == []
    assert "Traceback" in error


def test_values_are_not_kept_beyond_the_cell(shell):
    """A large array that a check compared can be freed."""
    shell("import weakref\nclass Big: pass\nb = Big(); r = weakref.ref(b)\nassert b == b\ndel b")
    assert shell.shell.user_ns["r"]() is None


def test_debug_and_tb_still_find_the_error(shell):
    """%tb prints the traceback of a failed check."""
    shell("assert 1 == 2, 'no'")
    _, _, error = shell("%tb")
    assert "Traceback (most recent call last)" in error


def test_validate_reads_plain_text_instead_of_a_traceback(shell, monkeypatch):
    """Nbgrader's Validate shows the lines of errors only: the panel is in them, and no line is cut on a terminal."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    _, shown, error = shell(f'assert 1 == 2, "{"word " * 40}"')
    assert shown == []
    assert error.startswith("✗ word word")
    assert max(map(len, error.splitlines())) <= 80
    assert shell("assert True")[1] == []


def test_loading_twice_and_unloading(shell):
    """The extension can be loaded again; without it cells behave as before."""
    from gradetape.lab import readable

    readable.load_ipython_extension(shell.shell)
    assert len(shell("assert True")[1]) == 1
    readable.unload_ipython_extension(shell.shell)
    _, shown, error = shell("assert 1 == 2, 'plain'")
    assert shown == []
    assert "Traceback" in error


def test_checks_are_found_in_loops_but_not_in_inner_functions():
    """Blocks belong to the cell; functions, classes and lambdas have a life of their own."""
    tree = ast.parse(
        "for i in x:\n    with y:\n        assert i\ndef f():\n    assert 1\nclass C:\n    assert 2\n"
        "def _see():\n    assert 3\n    def g():\n        assert 4\n_see()\n@deco\ndef d():\n    assert 5\nd()"
    )
    assert [check.first_line for check in checks.find(tree)] == [3, 9]


def test_only_single_comparisons_are_instrumented():
    """`a < b < c` stops early, so its sides are left alone."""
    tree = ast.parse("assert a == b\nassert a < b < c\nassert f(a)")
    checks.instrument(checks.find(tree))
    assert ast.unparse(tree).splitlines() == [
        f"assert {checks.KEEP}(0, 0, a) == {checks.KEEP}(0, 1, b)",
        "assert a < b < c",
        "assert f(a)",
    ]


def test_kinds_differ_in_mark_not_in_colour_alone():
    """Each kind has a mark of its own."""
    marks = {Panel(kind, "words").text()[0] for kind in ("failed", "passed", "unanswered")}
    assert marks == {"✗", "✓", "○"}


def test_cleaned_limits_length():
    """A message of a megabyte does not fill the notebook."""
    assert len(cleaned("a" * 10**6)) < 2010
    assert json.dumps(cleaned("tab\tbreak\n\x00")) == '"tab\\tbreak\\n\\\\x00"'
