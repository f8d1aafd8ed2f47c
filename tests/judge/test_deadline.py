"""A hidden test has an end, which leaves out what it or its guests waited for a core."""

import threading
import time

import pytest

from gradetape.guest import waiting
from gradetape.judge.deadline import TimeUpError, deadline


@pytest.fixture
def waits(monkeypatch):
    """Say for how long this thread and the guests that it asked have waited."""
    found = {"thread": 0.0, "guests": 0.0}
    monkeypatch.setattr(waiting, "thread_wait", lambda _: found["thread"])
    monkeypatch.setattr(waiting, "seen_waiting", lambda _: found["guests"])
    return found


def loop():
    while True:
        time.sleep(0.01)


def in_thread(function):
    """Run it in another thread; return the seconds it took, and the error that ended it."""
    ended = []

    def whole():
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - TimeUpError is none of the ordinary ones
            ended.append(error)

    thread, began = threading.Thread(target=whole), time.monotonic()
    thread.start()
    thread.join(10)
    return time.monotonic() - began, ended


def timed(waited, seconds=0.3):
    with deadline(seconds):
        waited()
        loop()


@pytest.mark.parametrize("where", ["main", "other"])
@pytest.mark.parametrize(("who", "wait", "least", "most"), [("thread", 0.0, 0.3, 0.6), ("thread", 0.3, 0.6, 0.9), ("guests", 0.3, 0.6, 0.9), ("guests", 99.0, 0.9, 1.5)])  # fmt: skip
def test_waiting_for_a_core_does_not_count(waits, where, who, wait, least, most):
    """Up to three times the limit, whoever waited; in the main thread and in another."""
    began = time.monotonic()
    if where == "main":
        with pytest.raises(TimeUpError, match=r"more than 0\.3 s"):
            timed(lambda: waits.update({who: wait}))
        passed = time.monotonic() - began
    else:
        passed, (error,) = in_thread(lambda: timed(lambda: waits.update({who: wait})))
        assert isinstance(error, TimeUpError)
    assert least <= passed < most + 1.0


def test_nothing_is_left_behind(waits):
    """After a test that ended in time there is neither a signal nor an exception to come."""
    with deadline(0.2):
        pass
    assert in_thread(timed_and_over)[1] == []
    time.sleep(0.4)


def timed_and_over():
    with deadline(0.2):
        pass
    time.sleep(0.4)
