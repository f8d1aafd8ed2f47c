"""Grading with the store, one submission at a time."""

from dataclasses import replace

import pytest
from helpers import COURSES

from gradetape import kept as module
from gradetape.course import Course
from gradetape.kept import kept
from gradetape.store import Store
from gradetape.submissions import Submission, unreadable


@pytest.mark.parametrize(("starved", "gradings"), [([False], 1), ([True, False], 2), ([True, True, False], 2)])
def test_what_was_starved_is_graded_again_once(monkeypatch, tmp_path, starved, gradings):
    """The second result is stored, also when the machine is as busy as before: it says so."""
    assignment = Course(COURSES / "vault").load("vault")
    submission = Submission(assignment.source)
    made = []

    def grade(*_arguments, **_settings):
        plain = unreadable(assignment, submission, "")
        made.append(replace(plain, starved=starved[len(made)], guests=len(made), fence=("namespaces",)))
        return made[-1]

    monkeypatch.setattr(module, "grade", grade)
    found = kept(assignment, submission, Store(tmp_path)).result
    assert len(made) == gradings
    assert found.guests == gradings - 1
    assert found.starved == starved[gradings - 1]
    assert kept(assignment, submission, Store(tmp_path)).from_store
