"""A time limit for one hidden test: a grader that loops must not hold up the class."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
import time
from typing import TYPE_CHECKING

from gradetape.guest import waiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["TimeUpError", "deadline"]


_LEAST_STEP = 0.05


class TimeUpError(BaseException):
    """The hidden test took too long. Not an Exception, so that a grader's `except Exception` lets it through."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TimeUpError in this thread once it has had so many seconds.

    Time for which it, or a guest that it asked, waited for a core does not count, within a backstop. In the main thread
    by a signal, which also ends a sleep; in another one between two steps of Python.
    """
    within = _by_signal if threading.current_thread() is threading.main_thread() else _by_exception
    with within(seconds, _Clock(seconds)):
        yield


class _Clock:
    """What is left of a test's time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._thread = threading.get_native_id()
        self._began = time.monotonic()
        self._waited = self._waits()

    def _waits(self) -> float:
        return waiting.thread_wait(self._thread) + waiting.seen_waiting(self._thread)

    def left(self) -> float:
        passed = time.monotonic() - self._began
        fair = self._seconds - (passed - (self._waits() - self._waited))
        return min(fair, waiting.BACKSTOP * self._seconds - passed)


@contextlib.contextmanager
def _by_signal(seconds: float, clock: _Clock) -> Iterator[None]:
    def over(_number: int, _frame: FrameType | None) -> None:
        left = clock.left()
        if left <= 0:
            raise TimeUpError(f"more than {seconds:g} s")
        signal.setitimer(signal.ITIMER_REAL, max(left, _LEAST_STEP))

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _by_exception(seconds: float, clock: _Clock) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    done = threading.Event()

    def watch() -> None:
        left = seconds
        while not done.wait(max(left, _LEAST_STEP)):
            left = clock.left()
            if left <= 0:
                raise_in(thread, ctypes.py_object(TimeUpError))
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()
        raise_in(thread, None)
