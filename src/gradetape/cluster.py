"""Grade on a Dask cluster: an edge. Plain bytes go out, plain bytes come back; no shared file system is needed.

The cluster may be anything that Dask has a scheduler for. Its workers need this package and the course's packages in
the same versions, and machines that can isolate learners' code.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from gradetape import parcel, submissions
from gradetape.course import CourseError
from gradetape.course_data import needed
from gradetape.datasets.catalogue import DataError
from gradetape.datasets.preparing import PreparationError, prepare_in_subprocess
from gradetape.guest.forkserver import ForkServerError
from gradetape.guest.host import isolation
from gradetape.policy import ExposedError, exposed
from gradetape.pool import WorkerLostError

if TYPE_CHECKING:
    from gradetape.course import Assignment
    from gradetape.submissions import Submission

__all__ = ["Cluster", "ClusterError"]

_CONNECT_SECONDS = 20
_WORKERS_SECONDS = 60
_DEATHS = 4
"""After how many deaths of workers Dask gives a task up, unless a cluster's `allowed-failures` says otherwise."""


class ClusterError(CourseError):
    """The cluster cannot be used; the text says why and what to do."""


class Cluster:
    """The workers of a Dask scheduler."""

    def __init__(self, address: str, *, trust: bool = False) -> None:
        """Connect, and make sure that every worker can do the work.

        Args:
            address: the scheduler's, as in `tcp://host:8786`.
            trust: whether learners' code may run on workers that cannot isolate it.

        Raises:
            ClusterError: no scheduler, no workers, or workers with other versions.
            ExposedError: a worker's machine cannot isolate learners' code, and they are not trusted.
        """
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError("Dask is not installed. Run `pip install 'gradetape[dask]'`.") from None
        self._run = uuid.uuid4().hex
        self._with_data: set[str] = set()
        try:
            self._client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterError(f"No Dask scheduler answers at {address!r}: {error}") from None
        try:
            self._examine(address, trust=trust)
        except BaseException:
            self._client.close()
            raise
        self._executor = self._client.get_executor(pure=False)  # a submission may be sent again

    def _examine(self, address: str, *, trust: bool) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
        except TimeoutError:
            raise ClusterError(f"The Dask scheduler at {address!r} has no workers.") from None
        answers = self._client.run(_about, self._run, on_error="return")
        problems = [f"{who}: {answer}" for who, answer in answers.items() if isinstance(answer, BaseException)]
        own = submissions.versions()
        for who, answer in answers.items():
            if not isinstance(answer, BaseException):
                problems += _differences(who, answer["versions"], own)
        if problems:
            raise ClusterError(
                "Workers have to have the same packages as this machine, so that they grade the same way:\n"
                + "\n".join(f"  {line}" for line in problems)
            )
        open_ones = {who: exposed(answer["held"]) for who, answer in answers.items() if exposed(answer["held"])}
        if open_ones and not trust:
            raise ExposedError(next(iter(open_ones.values())))

    @property
    def slots(self) -> int:
        """How many submissions can be graded at once: one in each worker's process, whatever its threads."""
        return max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def send(self, assignment: Assignment, submission: Submission, *, seed: int, trust: bool) -> Future[bytes]:
        """Hand a submission to the cluster; a worker's death costs it nothing, until it has taken several along."""
        if assignment.digest not in self._with_data:
            self._prepare(needed(assignment))
            self._with_data.add(assignment.digest)
        # the assignment goes with every submission: what Dask keeps on workers for all of them dies with these
        parcels = parcel.pack_assignment(assignment), parcel.pack_submission(submission)
        inner = self._executor.submit(parcel.work, *parcels, seed, trust)
        outer: Future[bytes] = Future()
        inner.add_done_callback(lambda done: _pass_on(done, outer))
        return outer

    def _prepare(self, datasets: tuple[str, ...]) -> None:
        """Have the data of an assignment prepared on every machine before the first of its submissions goes out.

        Raises:
            PreparationError: a worker cannot.
        """
        answers = self._client.run(_with_data, datasets, on_error="return") if datasets else {}
        failed = {who: answer for who, answer in answers.items() if answer is not None}
        for who, answer in failed.items():
            raise PreparationError(f"Worker {who}: {answer}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._executor.shutdown(wait=False)
        self._client.run(_tidy, on_error="ignore")
        self._client.close()


def _pass_on(done: Future[bytes], outer: Future[bytes]) -> None:
    """Give a Dask future's outcome in this package's words."""
    from distributed import KilledWorker

    if done.cancelled():
        outer.cancel()
        return
    error = done.exception()
    if isinstance(error, KilledWorker):
        outer.set_exception(WorkerLostError(None, _DEATHS))
    elif error is not None:
        outer.set_exception(error)
    else:
        outer.set_result(done.result())


def _differences(who: str, theirs: dict[str, str], own: dict[str, str]) -> list[str]:
    return [
        f"{who} has {name} {theirs.get(name, 'not at all')}, this machine has {own.get(name, 'not at all')}"
        for name in sorted(own.keys() | theirs.keys())
        if theirs.get(name) != own.get(name)
    ]


_shared: list[Path] = []


def _about(run: str) -> dict[str, Any]:
    """In a worker: say what it is, and share answers with the other workers of its machine during this run."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    folder = Path(tempfile.gettempdir()) / f"gradetape-answers-{run}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid == os.getuid():
        from gradetape.grading import share_answers

        share_answers(folder)
        _shared.append(folder)
    try:
        held = isolation()
    except ForkServerError as error:
        raise RuntimeError(f"no guest can be started here: {error}") from None
    return {"versions": submissions.versions(), "held": held}


def _with_data(datasets: tuple[str, ...]) -> str | None:
    """In a worker: prepare what is missing; say what failed. Workers of one machine wait for each other."""
    try:
        prepare_in_subprocess(datasets)
    except DataError as error:
        return str(error)
    return None


def _tidy() -> None:
    """In a worker: remove what was shared."""
    import shutil

    from gradetape.grading import close_all

    close_all()
    while _shared:
        shutil.rmtree(_shared.pop(), ignore_errors=True)
