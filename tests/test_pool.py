"""The pool of processes: results, errors, deaths; one fork server for all."""

import os
import select
import signal
import socket
import time

import pool_tasks
import pytest

from gradetape.guest import forkserver
from gradetape.guest.process import GuestProcess
from gradetape.policy import LAYERS, Policy
from gradetape.pool import Pool, WorkerLostError


@pytest.fixture(autouse=True)
def _light(monkeypatch):
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")


def test_results_and_errors_come_back():
    with Pool(2) as pool:
        assert [pool.submit(pow, 2, n).result(60) for n in range(5)] == [1, 2, 4, 8, 16]
        with pytest.raises(ZeroDivisionError):
            pool.submit(divmod, 1, 0).result(60)
        assert pool.submit(pow, 3, 2).result(60) == 9


def test_all_workers_use_the_fork_server_of_their_owner():
    """A worker adopts a line, and starts no server of its own."""
    with Pool(2) as pool:
        found = [f.result(120) for f in [pool.submit(pool_tasks.start_guest) for _ in range(6)]]
    assert all(adopted for _, adopted in found)
    assert os.getpid() not in {pid for pid, _ in found}


@pytest.mark.parametrize(("number", "outside"), [(signal.SIGKILL, True), (signal.SIGSEGV, False)])
def test_a_death_costs_one_task(number, outside):
    with Pool(2) as pool:
        dying, living = pool.submit(pool_tasks.die, number), pool.submit(pow, 2, 10)
        with pytest.raises(WorkerLostError, match=f"exit code -{int(number)}") as error:
            dying.result(60)
        assert error.value.from_outside is outside
        assert living.result(60) == 1024
        assert [pool.submit(pow, 2, n).result(60) for n in range(4)] == [1, 2, 4, 8]


def test_guests_of_a_dead_worker_end():
    """Its line to the fork server breaks, and the server ends what it had started over it."""
    others = set(pool_tasks.servers_children())  # of other tests: guests of references that this process keeps
    with Pool(1) as pool:
        left = pool.submit(pool_tasks.leave_a_guest, Policy().as_dict())
        with pytest.raises(WorkerLostError):
            left.result(60)
        pids = set(pool.submit(pool_tasks.servers_children).result(60)) - others
        deadline = time.monotonic() + 30
        while pids and time.monotonic() < deadline:
            pids = set(pool.submit(pool_tasks.servers_children).result(60)) - others
            time.sleep(0.05)
    assert pids == set()


def test_a_shared_server_that_dies_is_replaced():
    """A worker then starts one of its own: nothing but time is lost."""
    with Pool(1) as pool:
        assert pool.submit(pool_tasks.start_guest).result(120)[1]
        forkserver.close_all()
        assert pool.submit(pool_tasks.try_twice).result(120)[0] > 0


def test_an_interrupted_owner_leaves_nothing_behind():
    """Workers at work are ended with the pool."""
    pool = Pool(2)
    futures = [pool.submit(time.sleep, 600) for _ in range(4)]
    while len(pool.pids()) < 2:
        time.sleep(0.05)
    pids = pool.pids()
    pool.shutdown(cancel_futures=True)
    assert all(f.done() for f in futures)
    assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)


def test_a_line_of_the_server_has_guests_of_its_own():
    """Hanging up one line ends its guests, and leaves those of the others alone."""
    server = forkserver.get(LAYERS)
    other = forkserver.ForkServer(LAYERS, preload=False, line=server.line())
    mine = GuestProcess(Policy(), {}, 0)
    ours, theirs = socket.socketpair()
    with theirs, ours:
        _, process = other.start(theirs, Policy(), seconds=20)
        other.close()
        poll = select.poll()
        poll.register(process)
        assert poll.poll(5000), "the guest of the closed line lives on"
        os.close(process)
    reply = mine.exchange({"do": "run", "source": "print('here')", "seed": 0}, seconds=20)
    assert reply["outputs"][0]["text"] == "here\n"
    mine.close()


def test_a_worker_that_cannot_be_started_is_a_lost_one(monkeypatch):
    """The process that workers are forked from may be killed just then: that is tried again, as any other death."""
    from multiprocessing.context import ForkServerProcess

    start, faults = ForkServerProcess.start, [EOFError("unexpected EOF"), ConnectionRefusedError()]

    def failing(self):
        if faults:
            raise faults.pop()
        start(self)

    monkeypatch.setattr(ForkServerProcess, "start", failing)
    with Pool(1) as pool:
        for _ in range(2):
            with pytest.raises(WorkerLostError) as error:
                pool.submit(pow, 2, 3).result()
            assert error.value.from_outside
        assert pool.submit(pow, 2, 3).result() == 8
