"""Many submissions over a crew: exactly one result each, from the store where there is one, whatever dies."""

import sys
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from gradetape import batch, claims
from gradetape.batch import Batch, LocalCrew, Task
from gradetape.datasets.preparing import PreparationError
from gradetape.pool import WorkerLostError
from gradetape.store import Store, claim_path
from gradetape.submissions import Submission, digest
from gradetape.verdict import Result, Status

sys.path.append(str(Path(__file__).parent / "faults"))
import worker_kills

from gradetape.grading import grade


class Crew:
    """Grades in this process; `deaths` says how often a learner's grading ends a worker first, and how."""

    slots = 2

    def __init__(self, deaths=None):
        self.deaths = deaths or {}
        self.sent = []

    def send(self, assignment, submission, *, seed, trust):
        future = Future()
        name = digest(assignment, submission)
        self.sent.append(name)
        codes = self.deaths.get(name, [])
        if codes:
            future.set_exception(WorkerLostError(codes.pop(0)))
        else:
            result = grade(assignment, submission, seed=seed, trust_learners=trust)
            future.set_result(result.to_json().encode())
        return future


@pytest.fixture(autouse=True)
def _light(monkeypatch):
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def scores(dones):
    return {d.task.who[0]: d.result.score for d in dones}


def test_each_is_graded_once_and_then_found(store):
    crew = Crew()
    assert scores(Batch(crew, store, 1).run(worker_kills.tasks(4))) == dict(
        zip("0123", worker_kills.SCORES, strict=True)
    )
    again = list(Batch(crew, store, 2).run(worker_kills.tasks(4)))
    assert len(crew.sent) == 4
    assert all(d.from_store for d in again)
    fresh = list(Batch(crew, store, 2, fresh=True).run(worker_kills.tasks(4)))
    assert len(crew.sent) == 8
    assert not any(d.from_store for d in fresh)


def test_equal_submissions_are_graded_once(store):
    (task,) = worker_kills.tasks(1)
    crew = Crew()
    dones = list(Batch(crew, store, 1).run([task, Task(("twin",), task.assignment, task.submission)]))
    assert scores(dones) == {"0": 4.0, "twin": 4.0}
    assert len(crew.sent) == 1


def test_a_worker_killed_from_outside_costs_nothing(store):
    (task,) = worker_kills.tasks(1)
    crew = Crew({digest(task.assignment, task.submission): [-9] * 5})
    (done,) = Batch(crew, store, 1).run([task])
    assert done.result.score == 4.0
    assert len(crew.sent) == 6


def test_a_submission_that_ends_its_worker_goes_to_a_person(store):
    """Twice is enough; it is not tried for ever, nothing is stored, and the others go on."""
    first, second = worker_kills.tasks(2)
    crew = Crew({digest(first.assignment, first.submission): [-11] * 9})
    dones = {d.task.who[0]: d for d in Batch(crew, store, 1).run([first, second])}
    assert {v.status for v in dones["0"].result.verdicts} == {Status.UNCHECKED}
    assert "ended 2 times" in dones["0"].result.notes[0]
    assert dones["1"].result.score == 2.0
    assert len(list(store.results())) == 1


def test_a_result_of_other_versions_is_refused(store, monkeypatch):
    (task,) = worker_kills.tasks(1)
    crew = Crew()
    stock = crew.send
    other = Task(task.who, task.assignment, Submission(task.submission.notebook.replace(b"# 0", b"# changed")))
    crew.send = lambda *_, **keywords: stock(other.assignment, other.submission, **keywords)
    (done,) = Batch(crew, store, 1).run([task])
    assert "other versions" in done.error
    assert list(store.results()) == []


def test_an_error_is_told_and_the_others_go_on(store):
    first, second = worker_kills.tasks(2)
    crew = Crew()
    stock = crew.send

    def send(assignment, submission, **keywords):
        if submission is first.submission:
            future = Future()
            future.set_exception(ValueError("no such thing"))
            return future
        return stock(assignment, submission, **keywords)

    crew.send = send
    dones = {d.task.who[0]: d for d in Batch(crew, store, 1).run([first, second])}
    assert dones["0"].error.startswith("ValueError: no such thing (in ")
    assert dones["1"].result.score == 2.0


def test_what_another_process_grades_is_waited_for(store):
    """Its claim is held; when it is given up, its stored result is taken."""
    (task,) = worker_kills.tasks(1)
    name = digest(task.assignment, task.submission)
    descriptor = claims.claim(claim_path(store, name))

    def finish(_running, waiting):
        if waiting:
            store.put(grade(task.assignment, task.submission, seed=5))
            claims.release(claim_path(store, name), descriptor)
            batch.on_change = None

    crew = Crew()
    batch = Batch(crew, store, 1, on_change=finish)
    (done,) = batch.run([task])
    assert done.from_store
    assert done.result.seed == 5
    assert crew.sent == []


def test_submissions_are_drawn_as_there_is_room(store):
    """A class need not fit into memory."""
    drawn = []

    def draw():
        for task in worker_kills.tasks(20):
            drawn.append(task)
            yield task

    run = Batch(Crew(), store, 1).run(draw())
    next(run)
    assert len(drawn) < 20
    run.close()
    assert list((store.root / ".gradetape" / "claims").glob("*")) == []


@pytest.mark.parametrize("kind", ["pool", "dask"])
def test_workers_are_killed(tmp_path, kind, monkeypatch):
    """Nothing is lost, doubled or wrong."""
    monkeypatch.setattr(worker_kills.Dask, "up", 2.5)
    expected, _ = worker_kills.grade("pool", tmp_path / "quiet", 16)
    root = tmp_path / "killed"
    found, kills = worker_kills.grade(kind, root, 16, kills=4, seed=11)
    assert worker_kills.faults(found, expected, root) == ([], [], [], 16)
    assert kills > 0


def test_data_are_there_before_work_is_handed_out(store, monkeypatch):
    """Once for all submissions of an assignment, in this process; workers find them."""
    prepared = []
    monkeypatch.setattr(batch, "ready_for", prepared.extend)
    tasks = list(worker_kills.tasks(3))
    with LocalCrew(1) as crew:
        monkeypatch.setattr(crew.pool, "submit", lambda work, *parcels: prepared.append(work.__name__) or done(parcels))
        list(Batch(crew, store, 1).run(tasks))
    assert prepared == [tasks[0].assignment, "work", "work", "work"]


def done(parcels):
    from gradetape.parcel import work

    future = Future()
    future.set_result(work(*parcels))
    return future


@pytest.mark.parametrize("where", ["ahead", "in a worker"])
def test_a_machine_that_cannot_prepare_data_is_no_learners_fault(store, monkeypatch, where):
    """The run ends with the machine's error; nobody is 'not graded' for it, nothing stays claimed."""

    def fail(_):
        raise PreparationError("Preparing iris failed: No space left on device")

    class Failing(Crew):
        def send(self, assignment, submission, *, seed, trust):
            future = Future()
            future.set_exception(PreparationError("Preparing iris failed: No space left on device"))
            return future

    monkeypatch.setattr(batch, "ready_for", fail)
    yielded = []
    with LocalCrew(1) as local, pytest.raises(PreparationError, match="No space left"):
        yielded += Batch(local if where == "ahead" else Failing(), store, 1).run(worker_kills.tasks(3))
    assert yielded == []
    assert not list((store.root / ".gradetape" / "claims").glob("*"))


def test_a_starved_submission_is_graded_again_alone(store):
    """Once, when nothing else of the run is left to be graded; the second result is the one that counts."""

    class Starved(Crew):
        def send(self, assignment, submission, *, seed, trust):
            future = super().send(assignment, submission, seed=seed, trust=trust)
            name = self.sent[-1]
            if name in starved:
                result = Result.from_json(future.result().decode())
                future = Future()
                future.set_result(
                    replace(result, starved=True, seconds=float(self.sent.count(name))).to_json().encode()
                )
            return future

    tasks = list(worker_kills.tasks(4))
    starved = {digest(t.assignment, t.submission) for t in tasks[:1]}
    crew = Starved()
    dones = list(Batch(crew, store, 1).run(tasks))
    assert crew.sent[0] == crew.sent[-1]
    assert len(crew.sent) == 5
    assert sorted(d.task.who for d in dones) == [t.who for t in tasks]
    assert dones[-1].task.who == tasks[0].who
    assert dones[-1].result.seconds == 2.0
    assert store.get(crew.sent[0]).seconds == 2.0
