"""Progress: a live line on a terminal, plain lines elsewhere."""

import io

from rich.console import Console

from gradetape.progress import Board


def board(total, *, terminal):
    stream = io.StringIO()
    return Board(total, Console(file=stream, force_terminal=terminal, width=160, color_system=None)), stream


def test_plain_lines():
    """One for each, with a rate now and then; what is unchanged is one line."""
    made, stream = board(14, terminal=False)
    with made:
        made.skip(2)
        for number in range(12):
            made.change(2, 3)
            made.done(f"a, s{number}", "it broke" if number == 3 else "1 of 4", failed=number == 3)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "2 unchanged since they were recorded"
    assert lines[1] == "[1/12] a, s0: 1 of 4"
    assert lines[4] == "[4/12] a, s3: it broke"
    assert lines[10].startswith("[10/12] a, s9: 1 of 4 (")
    assert "a minute, 0:00 left)" in lines[10]
    assert len(lines) == 13


def test_a_terminal():
    """Counts of all kinds on one line; failures stay on the screen."""
    made, stream = board(4, terminal=True)
    with made:
        made.change(2, 1)
        made.done("a, ada", "4 of 4")
        made.done("a, bo", "it broke", failed=True)
        made.change(2, 0)
    text = stream.getvalue()
    assert "a, bo: it broke" in text
    assert "a, ada" not in text
    assert "2/4" in text
    assert "2 running, 0 queued, 1 failed" in text
    assert "left" in text
