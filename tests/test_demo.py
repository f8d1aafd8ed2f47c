"""How the demo ends when something went wrong."""

import pytest

from gradetape import autograding, demo
from gradetape.autograding import Outcome
from gradetape.course import Course


def test_what_went_wrong_and_what_to_do():
    """One line a learner with all of its problems, and the command that goes on from there."""
    said = demo._told(
        [("hana", "a was not graded: killed"), ("bo", "a was not graded: disk full"), ("hana", "b has no page")],
        Course("/srv/demo"),
        ["a", "b"],
    )
    assert said.splitlines() == [
        "The demo is done, but for 3 of its steps:",
        "  bo: a was not graded: disk full",
        "  hana: a was not graded: killed; b has no page",
        "What to do: `gradetape doctor` says what this machine lacks. Then try these again, the others keep their "
        "scores: gradetape autograde --course /srv/demo a b",
    ]


@pytest.mark.parametrize("second", ["", "still no room"])
def test_what_failed_is_tried_once_more(tiny, monkeypatch, capsys, second):
    """A submission that failed at first has the outcome of its second try; the others keep their first."""
    rounds = [
        [Outcome("a", "bo", error="no room"), Outcome("a", "hana", score=1)],
        [Outcome("a", "bo", score=0.5, error=second), Outcome("a", "hana", score=1, how="unchanged")],
    ]
    monkeypatch.setattr(autograding, "autograde", lambda *_, **__: rounds.pop(0))
    monkeypatch.setattr(demo, "isolation", lambda: ["namespaces", "landlock"])
    from rich.console import Console

    found = demo._graded(Console(), tiny, ["a"])
    assert found == [Outcome("a", "bo", score=0.5, error=second), Outcome("a", "hana", score=1)]
    assert "once more 1 submissions that were not graded" in capsys.readouterr().out
