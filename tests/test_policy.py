"""Limits are data; a course may change them, and only to something usable."""

import pytest

from gradetape.policy import Policy, PolicyError


def test_changes_are_merged():
    """Known limits are replaced, whole numbers stay whole, the rest stays."""
    changed = Policy().merged({"cell_seconds": 5, "logical_cpus": 2.0}, where="here")
    assert changed.cell_seconds == 5.0
    assert changed.logical_cpus == 2
    assert type(changed.logical_cpus) is int
    assert changed.probe_seconds == Policy().probe_seconds


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cellseconds": 5}, "here: there is no limit 'cellseconds'. Known are cell_seconds, "),
        ({"cell_seconds": -1}, "here: limit 'cell_seconds' has to be a positive number, not -1."),
        ({"cell_seconds": True}, "has to be a positive number, not True."),
        ({"cell_seconds": "5"}, "has to be a positive number, not '5'."),
        ([1], "here: limits have to be a mapping of names to numbers"),
    ],
)
def test_unusable_limits_are_named(changes, said):
    """The error says where, which limit, and what is known or wrong."""
    with pytest.raises(PolicyError) as caught:
        Policy().merged(changes, where="here")
    assert said in str(caught.value)
