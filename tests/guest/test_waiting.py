"""Limits of time leave out what a guest waited for a core, and no more; a guest has one share of the cores."""

import contextlib
import multiprocessing
import os
import threading
import time

import pytest

from gradetape.guest import forkserver, shares, unseen, waiting
from gradetape.guest.host import Host
from gradetape.guest.waiting import FairDeadline, Look, waited
from gradetape.notebook import CellSource
from gradetape.policy import Policy

pytestmark = pytest.mark.guests
CORES = len(os.sched_getaffinity(0))
WORK = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\nprint('done')"
FLOOD = """
import os, time
end = time.time() + {seconds}
for _ in range(200):
    if os.fork() == 0:
        while time.time() < end: pass
        os._exit(0)
while time.time() < end: pass
"""


@pytest.fixture(autouse=True)
def _light(monkeypatch):
    """No TensorFlow: the clock does not depend on it."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")


@contextlib.contextmanager
def crowd(count):
    """Keep so many processes of this machine busy that no watch looks after."""
    context = multiprocessing.get_context("fork")
    busy = [context.Process(target=_compute, daemon=True) for _ in range(count)]
    for process in busy:
        process.start()
    try:
        yield
    finally:
        for process in busy:
            process.kill()
        for process in busy:
            process.join()


def _compute():
    with contextlib.suppress(OSError):
        os.setsid()  # where sessions share the cores, each of these is one
    end = time.monotonic() + 60
    while time.monotonic() < end:
        pass


def seen(waits, *, at, cpu=0.0, living=None, machine=0.0):
    return Look(at, waits, cpu, cpu if living is None else living, machine)


def test_the_longest_wait_counts():
    """Of all threads that are there at the end, since the first look."""
    assert waited(seen({1: 2.0, 2: 0.0}, at=0), seen({1: 3.0, 2: 4.0, 3: 1.0}, at=10)) == 4.0


def test_waiting_for_ones_own_processes_is_no_waiting():
    """Two hundred that had every core of the machine have waited for each other alone."""
    before, after = seen({1: 0.0}, at=0), seen(dict.fromkeys(range(1, 200), 9.9), at=10, cpu=10.0 * CORES)
    assert waited(before, after) == 0.0


def test_a_guest_with_one_core_of_several_has_waited():
    """Two logical devices on one core: half of what they would have had."""
    before, after = seen({1: 0.0, 2: 0.0}, at=0), seen({1: 5.0, 2: 5.0}, at=10, cpu=10.0)
    assert waited(before, after) == (5.0 if CORES > 1 else 0.0)
    assert waited(before, after, devices=2) == 5.0


def test_two_devices_on_one_core_lose_nothing():
    """Threads that need two thirds of a limit each have it, though they take longer than the limit together."""
    work = (
        "import threading, time, zlib\ndata = bytes(2**22)\ndef compute():\n    end = time.thread_time() + 1.0\n"
        "    while time.thread_time() < end: zlib.crc32(data)\n"
        "threads = [threading.Thread(target=compute) for _ in range(2)]\n"
        "for thread in threads: thread.start()\nfor thread in threads: thread.join()"
    )
    allowed = os.sched_getaffinity(0)
    forkserver.close_all()
    os.sched_setaffinity(0, {min(allowed)})
    try:
        with Host([CellSource(0, work)], {}, Policy(cell_seconds=1.5, logical_cpus=2)) as host:
            began = time.monotonic()
            host.run()
            assert time.monotonic() - began > 1.9
    finally:
        os.sched_setaffinity(0, allowed)
        forkserver.close_all()
    assert host.failed_cells == {}


def test_threads_that_ended_are_a_reason_to_try_again(monkeypatch):
    """They took along what they waited; that excuses nothing, but where others waited too it counts as starved."""
    looks = [seen({1: 0.0}, at=0.0), seen({1: 0.0}, at=10.0, cpu=5.0, living=0.5, machine=9.0)]
    monkeypatch.setattr(waiting, "look", lambda _: looks.pop(0))
    clock = FairDeadline(-1, 10.0)
    clock._began -= 5.0
    assert clock.left() == pytest.approx(5.0, abs=0.1)
    assert clock.end() == 0.0
    assert clock.starved


def test_the_backstop_is_three_times_the_limit(monkeypatch):
    """However long the guest has waited."""
    monkeypatch.setattr(waiting, "look", lambda _: seen({1: 1e9}, at=time.monotonic()))
    clock = FairDeadline(-1, 10.0)
    clock._began -= 29.0
    clock._first = seen({1: 0.0}, at=clock._began)
    assert 0 < clock.left() <= 1.0
    clock._began -= 2.0
    assert clock.left() <= 0


def test_a_process_that_has_ended_shows_nothing():
    """Neither its descriptor nor a closed one is taken for another process."""
    assert waiting.look(-1).waits == {}
    assert not waiting.is_ending(-1)


def test_what_waits_is_not_counted():
    """A cell that needs little of its limit has it, beside so many others that it takes longer than the limit.

    Whatever else this machine does counts too: three tries, each of which takes longer than its limit.
    """
    cells = [CellSource(0, "x = 1"), CellSource(1, WORK.format(seconds=0.5))]
    for _ in range(3):
        with Host(cells, {}, Policy(cell_seconds=2.0)) as host, crowd(5 * CORES):
            began = time.monotonic()
            host.run()
            passed = time.monotonic() - began
        if not host.failed_cells and passed > 2.0:
            break
    assert host.failed_cells == {}, host.outputs
    assert host.seconds < passed


def test_a_sleeper_ends_at_its_limit():
    """Also on a machine without a free core: it waits for none."""
    with Host([CellSource(0, "import time; time.sleep(60)")], {}, Policy(cell_seconds=1.0)) as host, crowd(CORES):
        began = time.monotonic()
        host.run()
        assert time.monotonic() - began < 8
    assert host.failed_cells == {0: "CellTimeoutError"}
    assert "it took longer than 1 s" in host.outputs[0][-1]["evalue"]


def test_a_loop_ends_at_the_backstop_and_is_called_starved():
    """On a machine where it hardly ever has a core."""
    with Host([CellSource(0, "while True: pass")], {}, Policy(cell_seconds=1.0)) as host, crowd(6 * CORES):
        began = time.monotonic()
        host.run()
        assert time.monotonic() - began < 3.0 + 10
    assert host.failed_cells == {0: "CellTimeoutError"}
    assert host.starved


def test_a_right_notebook_beside_a_flood_of_processes():
    """Two hundred busy processes in one guest take no cell's time from another one."""
    flood = Host([CellSource(0, FLOOD.format(seconds=15))], {}, Policy(cell_seconds=20))
    right = Host([CellSource(0, WORK.format(seconds=2))], {}, Policy(cell_seconds=4))
    beside = threading.Thread(target=flood.run)
    beside.start()
    try:
        time.sleep(1)
        right.run()
        assert right.failed_cells == {}, right.outputs
    finally:
        if flood._guest is not None:
            flood._guest._signal(9)
        beside.join()
        flood.close()
        right.close()


@pytest.mark.parametrize(("busy", "steps"), [(4, 0), (10, 11), (60, 19), (200, 20)])
def test_the_more_compute_the_lower_is_their_priority(monkeypatch, busy, steps):
    """So that all of them weigh about as much as one; a few threads may do as they like."""
    lowered = []
    monkeypatch.setattr(shares, "_lower", lambda pid, by: lowered.append((pid, by)))
    share = shares.Share()
    for _ in range(3):
        share.keep(dict.fromkeys(range(busy), (1, True, 0)))
    assert share.steps == steps
    assert lowered == [(pid, steps) for pid in range(busy) if steps]


def test_a_priority_is_lowered_for_a_flood_that_lasts():
    """Threads that all wake at once are none."""
    share = shares.Share()
    share.keep(dict.fromkeys(range(1000, 1050), (1, True, 0)))
    share.keep(dict.fromkeys(range(1000, 1050), (1, False, 0)))
    assert share.steps == 0


def test_what_the_kernel_keeps_is_counted(tmp_path):
    """Page tables and locks of a process."""
    import fcntl
    import struct

    before = unseen.kernel_bytes([os.getpid()], 2**30, 0)
    with (tmp_path / "locked").open("w") as file:
        for place in range(500, 0, -1):
            fcntl.fcntl(file, fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 2 * place, 1, 0))
        assert unseen.kernel_bytes([os.getpid()], 2**30, 0) - before >= 400 * 256
    assert before > 0
    assert unseen.slab() > 0
