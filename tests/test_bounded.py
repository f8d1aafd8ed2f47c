"""Work in a process with limits: what was done until the end is kept, and the end has a reason."""

import os
import time

from gradetape import bounded


def test_what_is_sent_comes_back():
    """In order; what the work changes stays there."""
    seen = []

    def work(send):
        seen.append(1)
        for part in (b"a", b"", b"b" * 10**6):
            send(part)

    assert bounded.run(work) == ([b"a", b"", b"b" * 10**6], "")
    assert seen == []


def test_a_loop_ends():
    """By CPU time; what was sent before it is there."""

    def work(send):
        send(b"first")
        while True:
            pass

    began = time.monotonic()
    parts, fault = bounded.run(work, seconds=0.5)
    assert (parts, fault) == ([b"first"], "it took more than 0.5 s or 1,024 MiB")
    assert time.monotonic() - began < 60


def test_a_sleeper_ends(monkeypatch):
    """By the clock."""
    monkeypatch.setattr(bounded, "_LEAST", 0.2)
    assert bounded.run(lambda _: time.sleep(60), seconds=0.1) == ([], "it took more than 0.3 s")


def test_memory_ends():
    """Beyond what the process had."""
    parts, fault = bounded.run(lambda send: send(bytes(600 * 2**20)), memory=2**28)
    assert (parts, fault) == ([], "it took more than 10 s or 256 MiB")


def test_a_flood_ends():
    """By bytes."""

    def work(send):
        while True:
            send(bytes(2**20))

    assert bounded.run(work, most=2**23)[1] == "it made more than 8 MiB"


def test_an_exception_has_its_name():
    """Of its text nothing: it may be a learner's."""
    assert bounded.run(lambda _: int("x")) == ([], "it failed with ValueError")


def test_an_end_from_within_is_seen():
    """A library that ends its process."""
    assert bounded.run(lambda _: os._exit(0))[1] == "it took more than 10 s or 1,024 MiB"


def test_without_a_process_nothing_is_done(monkeypatch):
    """A machine that has no more processes: said, not raised."""

    def fail():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fail)
    parts, fault = bounded.run(lambda send: send(b"x"))
    assert (parts, fault) == ([], "no process could be started: Resource temporarily unavailable")


def test_the_kernel_holds_the_limits():
    """Of CPU time (hard and soft), memory beyond what is mapped, and core dumps: no code of ours need run to stop the work."""
    import json
    import resource
    from pathlib import Path

    names = {"cpu": resource.RLIMIT_CPU, "memory": resource.RLIMIT_AS, "core": resource.RLIMIT_CORE}

    def work(send):
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        found = {name: resource.getrlimit(kind) for name, kind in names.items()}
        send(json.dumps({**found, "mapped": mapped, "spent": spent}).encode())

    (part,), fault = bounded.run(work, seconds=7, memory=2**28)
    found = json.loads(part)
    assert fault == ""
    assert found["core"] == [0, 0]
    assert found["cpu"][0] == found["cpu"][1]
    assert 5 < found["cpu"][0] - found["spent"] <= 8.1
    assert found["memory"][0] == found["memory"][1]
    assert 2**28 - 2**26 < found["memory"][0] - found["mapped"] <= 2**28


def test_a_loop_ends_by_its_cpu_time_not_by_the_clock(monkeypatch):
    """Also where the clock would allow it minutes."""
    monkeypatch.setattr(bounded, "_LEAST", 300.0)

    def work(send):
        send(b"first")
        while True:
            pass

    began = time.monotonic()
    assert bounded.run(work, seconds=0.5) == ([b"first"], "it took more than 0.5 s or 1,024 MiB")
    assert time.monotonic() - began < 120


def test_as_many_bytes_as_are_allowed():
    """One fewer is an answer; the default is stated."""
    assert bounded.run(lambda send: send(bytes(2**20 - 8)), most=2**20) == ([bytes(2**20 - 8)], "")
    assert bounded.run(lambda send: send(bytes(2**20 - 7)), most=2**20)[1] == "it made more than 1 MiB"
    assert (bounded.SECONDS, bounded.MEMORY, bounded.MOST_BYTES) == (10, 2**30, 128 * 2**20)
