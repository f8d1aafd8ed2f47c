"""The seal of panels: made with the course's key, for one question, over all that is shown."""

import stat
import threading

import pytest

from gradetape import feedback, seal
from gradetape.verdict import Status, Verdict

PANEL = feedback.output(Verdict(question="q", status=Status.PASSED, score=1.0, max_score=1.0, message=""))


def test_a_sealed_panel_is_known(tmp_path):
    """In its course, under its question."""
    output = seal.sealed(tmp_path, PANEL)
    assert seal.holds(tmp_path, output, "q")
    assert not seal.holds(tmp_path, output, "p")
    assert "seal" not in PANEL["metadata"]["gradetape"]


def test_another_course_has_another_key(tmp_path):
    """And one without a key knows no panel, and makes none."""
    output = seal.sealed(tmp_path / "a", PANEL)
    assert not seal.holds(tmp_path / "b", output, "q")
    assert not (tmp_path / "b").exists()
    seal.sealed(tmp_path / "b", PANEL)
    assert not seal.holds(tmp_path / "b", output, "q")


@pytest.mark.parametrize(
    "change",
    [
        lambda o: o["data"].update({"text/html": "<b>10 of 10</b>"}),
        lambda o: o["data"].update({"image/png": "x"}),
        lambda o: o["metadata"]["gradetape"].update(score=9.0),
        lambda o: o["metadata"]["gradetape"].update(seal="0" * 64),
        lambda o: o["metadata"]["gradetape"].update(seal=None),
        lambda o: o["metadata"]["gradetape"].update(seal="\u00e4"),
        lambda o: o["metadata"]["gradetape"].pop("seal"),
        lambda o: o["metadata"].update(gradetape="x"),
        lambda o: o.pop("metadata"),
        lambda o: o.pop("data"),
    ],
)
def test_a_changed_one_is_not(tmp_path, change):
    """Whatever differs: no panel, and no exception."""
    output = seal.sealed(tmp_path, PANEL)
    output = {**output, "data": dict(output["data"]), "metadata": {"gradetape": dict(output["metadata"]["gradetape"])}}
    change(output)
    assert not seal.holds(tmp_path, output, "q")


def test_the_key_is_the_courses_alone(tmp_path):
    """Readable by its owner, and by the group only where the group writes results."""
    seal.sealed(tmp_path, PANEL)
    path = tmp_path / ".gradetape" / "seal.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"short")
    assert not seal.holds(tmp_path, PANEL, "q")
    with pytest.raises(ValueError, match=r"seal.key' has 5 bytes, not 32. Remove it and grade again with --force.$"):
        seal.sealed(tmp_path, PANEL)


def test_many_at_once_get_one_key(tmp_path):
    """Workers that grade the first submissions of a course side by side."""
    found = []
    gate = threading.Barrier(8)

    def one():
        gate.wait()
        found.append(seal.sealed(tmp_path, PANEL))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(seal.holds(tmp_path, output, "q") for output in found)
    assert [path.name for path in (tmp_path / ".gradetape").iterdir()] == ["seal.key"]
