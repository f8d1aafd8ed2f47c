"""Grade many submissions side by side: each gets exactly one result, whatever happens to the processes at work.

Knows the store and a crew, not where the submissions come from nor where the results go.
"""

from __future__ import annotations

import contextlib
import os
import traceback
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from gradetape import claims, parcel
from gradetape.course_data import ready_for
from gradetape.datasets.preparing import PreparationError
from gradetape.policy import ExposedError, exposed
from gradetape.pool import Pool, WorkerLostError
from gradetape.store import MOST_DEATHS, claim_path
from gradetape.submissions import digest, unchecked
from gradetape.verdict import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

    from gradetape.course import Assignment
    from gradetape.store import Store
    from gradetape.submissions import Submission

__all__ = ["Batch", "Crew", "Done", "LocalCrew", "Task", "described"]

_MOST_KILLED = 12
_AHEAD = 2
_MOST_ENDED = 100


def described(error: BaseException) -> str:
    """Say in one line what went wrong with one submission, and where in this package."""
    said = " ".join(str(error).split())[:300] or "no words"
    if type(error).__module__.partition(".")[0] == "gradetape":  # an error of ours says who and where by itself
        return said
    frames = traceback.extract_tb(error.__traceback__)
    where = next((f for f in reversed(frames) if f"{os.sep}gradetape{os.sep}" in f.filename), None)
    place = f" (in {Path(where.filename).name}, line {where.lineno})" if where else ""
    return f"{type(error).__name__}: {said}{place}"


class Crew(Protocol):
    """Those who grade: processes of this machine, or a cluster."""

    @property
    def slots(self) -> int:
        """How many submissions can be graded at once."""

    def send(self, assignment: Assignment, submission: Submission, *, seed: int, trust: bool) -> Future[bytes]:
        """Have a submission graded; the future's result is a Result as JSON, or WorkerLostError."""


class LocalCrew:
    """Processes of this machine."""

    def __init__(self, jobs: int) -> None:
        self.pool = Pool(jobs)
        self.slots = jobs
        self._with_data: set[str] = set()

    def send(self, assignment: Assignment, submission: Submission, *, seed: int, trust: bool) -> Future[bytes]:
        """Hand a submission to the pool, once the data of its assignment are there.

        Raises:
            PreparationError: this machine cannot prepare them, which is no submission's fault.
        """
        if assignment.digest not in self._with_data:
            ready_for([assignment])
            self._with_data.add(assignment.digest)
        parcels = parcel.pack_assignment(assignment), parcel.pack_submission(submission)
        return self.pool.submit(parcel.work, *parcels, seed, trust)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.pool.__exit__(kind, error)


@dataclass(frozen=True)
class Task:
    """One submission to grade; `who` is whatever its owner knows it by."""

    who: tuple[str, ...]
    assignment: Assignment
    submission: Submission


@dataclass(frozen=True)
class Done:
    """What became of a task: a result, or the error that kept it from having one."""

    task: Task
    result: Result | None = None
    from_store: bool = False
    note: str = ""
    error: str = ""


@dataclass
class _Running:
    """A submission that is being graded, and those with the same content that wait for it."""

    tasks: list[Task]
    digest: str
    claim: int | None
    crashed: int
    killed: int = 0
    alone: bool = False
    """Whether it is graded again, with no other of this run beside it: a limit was met for want of a core."""


@dataclass
class Batch:
    """A run over many submissions."""

    crew: Crew
    store: Store
    seed: int
    fresh: bool = False
    """Whether to grade even what has a stored result."""
    trust: bool = False
    on_change: Callable[[int, int], None] | None = None
    """Called with the numbers of submissions that run and that wait for a process whenever these change."""
    _running: dict[Future[bytes], _Running] = field(default_factory=dict)
    _elsewhere: deque[tuple[Task, str]] = field(default_factory=deque)
    _starved: deque[_Running] = field(default_factory=deque)

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """Grade, and yield what became of each task as soon as it is known.

        Tasks are drawn as there is room, so that a class need not fit into memory.

        Raises:
            ExposedError: a worker's machine cannot isolate the learners' code, and they are not trusted.
            PreparationError: a worker's machine cannot prepare the data that an assignment names.
        """
        todo = iter(tasks)
        try:
            yield from self._run(todo)
        finally:
            for running in (*self._running.values(), *self._starved):
                self._release(running)

    def _run(self, todo: Iterator[Task]) -> Iterator[Done]:
        more = True
        while more or self._running or self._starved or self._elsewhere:
            ended: list[Done] = []
            if self._running:
                for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                    ended += self._end(future)
            elif not more and self._starved:
                self._send(self._starved.popleft())
            elif not more:
                ended += self._begin(*self._elsewhere.popleft(), patient=True)
            while more and len(self._running) < self.crew.slots + _AHEAD and len(ended) < _MOST_ENDED:
                task = next(todo, None)
                more = task is not None
                ended += self._begin(task) if task is not None else ()
            self._say()
            yield from ended  # whoever records them does so while others are being graded

    def _say(self) -> None:
        if self.on_change is not None:
            running = min(len(self._running), self.crew.slots)
            self.on_change(running, len(self._running) - running + len(self._starved) + len(self._elsewhere))

    def _begin(self, task: Task, name: str = "", *, patient: bool = False) -> Iterator[Done]:
        """Find a stored result, or have the submission graded; what cannot even be looked at is that one's error."""
        try:
            yield from self._looked_at(task, name or digest(task.assignment, task.submission), patient=patient)
        except (ExposedError, PreparationError):  # the machine's, not this submission's
            raise
        except Exception as error:  # noqa: BLE001 - the others go on; this one's error is told
            yield Done(task, error=described(error))

    def _looked_at(self, task: Task, name: str, *, patient: bool) -> Iterator[Done]:
        twin = next((r for r in (*self._running.values(), *self._starved) if r.digest == name), None)
        if twin is not None:
            twin.tasks.append(task)
            return
        claim, crashed = None, 0
        try:
            claim = claims.claim(claim_path(self.store, name), wait=patient)
            crashed = os.fstat(claim).st_size
        except BlockingIOError:  # another process grades it: its result is ours as well
            self._elsewhere.append((task, name))
            return
        except OSError:
            pass
        running = _Running([task], name, claim, crashed)
        try:
            found = None if self.fresh and not patient else self.store.get(name)
            done = self._without_grading(running, found)
            if done is None:
                self._send(running)
        except BaseException:
            self._release(running)
            raise
        if done is not None:
            self._release(running)
            yield done

    def _without_grading(self, running: _Running, found: Result | None) -> Done | None:
        """Return what is known of a submission already; None when it has to be graded."""
        (task,) = running.tasks
        if found is not None and (self.trust or not exposed(found.fence)):
            return Done(task, found, from_store=True)
        if running.crashed >= MOST_DEATHS:
            return Done(task, self._given_up(running))
        return None

    def _send(self, running: _Running) -> None:
        task = running.tasks[0]
        try:
            future = self.crew.send(task.assignment, task.submission, seed=self.seed, trust=self.trust)
        except BaseException:
            self._release(running)
            raise
        self._running[future] = running

    def _end(self, future: Future[bytes]) -> Iterator[Done]:
        running = self._running.pop(future)
        try:
            result = Result.from_json(future.result().decode())
        except WorkerLostError as lost:
            if self._may_try_again(running, lost):
                self._send(running)
                return
            made: dict[str, Any] = {"result": self._given_up(running)}
        except (ExposedError, PreparationError):  # the machine's, not this submission's
            self._release(running)
            raise
        except Exception as error:  # noqa: BLE001 - the others go on; this one's error is told
            made = {"error": described(error)}
        else:
            if result.starved and not running.alone:
                running.alone = True
                self._starved.append(running)
                return
            made = self._checked(running, result)
        self._release(running)
        for task in running.tasks:
            yield Done(task, **made)

    def _checked(self, running: _Running, result: Result) -> dict[str, Any]:
        """Store a result, once it is known to be the one that was asked for."""
        if result.digest != running.digest:
            return {"error": f"It was graded with other versions ({result.versions}) than this process has."}
        try:
            self.store.put(result)
        except Exception as error:  # noqa: BLE001 - it is graded, whatever the disk says
            return {"result": result, "note": f"graded, but not stored: {described(error)}"}
        return {"result": result}

    def _may_try_again(self, running: _Running, lost: WorkerLostError) -> bool:
        """Note that a process ended while it graded this."""
        if lost.from_outside:
            running.killed += lost.times
        else:
            running.crashed += 1
            if running.claim is not None:
                with contextlib.suppress(OSError):
                    os.write(running.claim, b"x")
        return running.crashed < MOST_DEATHS and running.killed < _MOST_KILLED

    @staticmethod
    def _given_up(running: _Running) -> Result:
        task, times = running.tasks[0], running.crashed + running.killed
        reason = f"The grader's process ended {times} times while it graded this; is a hidden test to blame?"
        return unchecked(task.assignment, task.submission, reason)

    def _release(self, running: _Running) -> None:
        if running.claim is not None:
            claims.release(claim_path(self.store, running.digest), running.claim)
            running.claim = None
