"""Results are stored by digest, whole or not at all."""

import pytest

from gradetape.store import Store
from gradetape.verdict import Result, Status, Verdict


def result(status=Status.PASSED, digest="ab12"):
    verdict = Verdict(question="q", status=status, score=1.0, max_score=1.0)
    return Result(assignment="a", digest=digest, seed=1, verdicts=(verdict,))


def test_what_was_put_is_got(tmp_path):
    """By digest; an unknown one gives None."""
    store = Store(tmp_path)
    path = store.put(result())
    assert path == tmp_path / ".gradetape/results/ab/ab12.json"
    assert store.get("ab12") == result()
    assert store.get("ffff") is None
    assert list(store.results()) == [result()]


def test_an_unchecked_result_is_tried_again(tmp_path):
    """What could not be checked is stored for staff, and is no reason to skip the next run."""
    store = Store(tmp_path)
    store.put(result(Status.UNCHECKED))
    assert store.get("ab12") is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"schema": "other"}'])
def test_a_damaged_file_counts_as_none(tmp_path, content):
    """Half a file, binary junk or another schema leads to grading again, not to a crash."""
    store = Store(tmp_path)
    store.put(result()).write_bytes(content)
    assert store.get("ab12") is None
    assert list(store.results()) == []


def test_a_failed_write_leaves_the_old_result(tmp_path, monkeypatch):
    """When the disk is full, the old file stays and no temporary one is left."""
    store = Store(tmp_path)
    path = store.put(result())

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put(result())
    assert store.get("ab12") == result()
    assert [p.name for p in path.parent.iterdir()] == ["ab12.json"]
