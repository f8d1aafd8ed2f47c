"""A pool of processes on this machine that grade: a `concurrent.futures.Executor` that outlives its workers.

The standard library's gives every task up when one process dies. Here a death costs the one task that the process
was at work on, whose future says how it ended; another process takes its place. All of them share one fork server,
so TensorFlow is imported once, and what the reference and the mistakes answer.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import tempfile
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradetape.guest import forkserver
from gradetape.policy import LAYERS

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from multiprocessing.connection import Connection

__all__ = ["Pool", "WorkerLostError"]

_PRELOAD = ["gradetape.grading", "pytest", "scipy.stats"]
_EXIT_SECONDS = 5


class WorkerLostError(Exception):
    """The process that worked on a task ended, or several did, one after the other.

    `exit_code` is as of `multiprocessing`, negative for a signal; None when it is not known.
    """

    def __init__(self, exit_code: int | None, times: int = 1) -> None:
        super().__init__(exit_code, times)
        self.exit_code = exit_code
        self.times = times

    def __str__(self) -> str:
        return f"the worker's process ended with exit code {self.exit_code}"

    @property
    def from_outside(self) -> bool:
        """Whether somebody may have killed it (an operator, a machine short of memory) rather than its own work."""
        return self.exit_code in (None, -signal.SIGKILL, -signal.SIGTERM)


class Pool(Executor):
    """As many processes as there are jobs; each works on one task at a time."""

    def __init__(self, jobs: int) -> None:
        """Start no worker yet: its process is there when it has something to do."""
        self.jobs = jobs
        multiprocessing.get_context("forkserver").set_forkserver_preload(_PRELOAD)
        ensure_running()  # so that it imports what workers need while others import TensorFlow
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="gradetape-pool")
        self._folder = tempfile.TemporaryDirectory(prefix="gradetape-answers-")
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._workers = [_Worker(Path(self._folder.name)) for _ in range(jobs)]
        for worker in self._workers:
            self._idle.put(worker)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have `fn` called in one of the processes.

        The future's exception is what `fn` raised, or WorkerLostError when its process ended.
        """
        return self._threads.submit(self._work, fn, args, kwargs)

    def pids(self) -> list[int]:
        """List the processes that are there."""
        return [w.pid for w in self._workers if w.pid is not None]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; without `wait` or with `cancel_futures` also those at work."""
        if cancel_futures or not wait:
            for worker in self._workers:
                worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=cancel_futures)
        for worker in self._workers:
            worker.close()
        self._folder.cleanup()

    def __exit__(self, kind: object, *_: object) -> None:
        self.shutdown(cancel_futures=kind is not None)

    def _work(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """In a thread: hand a task to an idle process and wait for what becomes of it."""
        worker = self._idle.get()
        try:
            return worker.call(fn, args, kwargs)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process and the line to it; started when first needed and after each death."""

    def __init__(self, answers: Path) -> None:
        self._answers = answers
        self._process: Any = None
        self._line: Connection | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def call(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            line = self._line or self._start()
            line.send((fn, args, kwargs))
            ok, value = line.recv()
        except (EOFError, OSError):  # also of a start: the fork server of workers may have been killed
            raise self._lost() from None
        if not ok:
            raise value
        return value

    def _start(self) -> Connection:
        context = multiprocessing.get_context("forkserver")
        ours, theirs = context.Pipe()
        guests = _line_to_guests()
        arguments = (theirs, guests, self._answers, forkserver.shown())
        process = context.Process(target=_serve, args=arguments, daemon=True)
        try:
            process.start()
            self._process = process
        finally:
            theirs.close()
            if guests is not None:
                guests.close()
        if self._closed:
            self.kill()
        self._line = ours
        return ours

    def _lost(self) -> WorkerLostError:
        if self._process is None:
            return WorkerLostError(None)
        self._process.join(_EXIT_SECONDS)
        if self._process.is_alive():  # it hung up, but lives
            self._process.kill()
            self._process.join()
        code = self._process.exitcode
        self._process, self._line = None, None
        return WorkerLostError(code)

    def kill(self) -> None:
        self._closed = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process, which has nothing to do; the fork server ends its guests."""
        line, self._line = self._line, None
        if line is not None:
            line.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()


def _line_to_guests() -> socket.socket | None:
    """Open a line to this process's fork server; None when there is none to be had: a worker then starts its own."""
    for _ in range(2):
        with contextlib.suppress(forkserver.ForkServerError):
            return forkserver.get(LAYERS).line()
    return None


def _serve(line: Connection, guests: socket.socket | None, answers: Path, shown: list[str]) -> None:
    """In the worker: do what is asked until the pool hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the pool's owner decides
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from gradetape.grading import share_answers

    forkserver.show(shown)  # also to guests of a fork server that it starts itself
    if guests is not None:
        forkserver.adopt(guests, LAYERS)
    share_answers(answers)
    while True:
        try:
            fn, args, kwargs = line.recv()
            reply = (True, fn(*args, **kwargs))
        except (EOFError, ConnectionError):
            break
        except Exception as error:  # noqa: BLE001 - whatever a task raises is for the one who asked for it
            reply = (False, error)
        line.send(reply)
