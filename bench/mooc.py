"""A MOOC at its deadline, simulated: how many workers are enough, and when is the one writer the limit?

`python bench/mooc.py` simulates `gradetape autograde` over a class that no single machine of ours could try out. Its
loop is the one of `gradetape.batch`: one process hands out at most two submissions more than there are workers, takes
in whatever is done, and records these one after the other before it hands out more. Two questions are asked for each
number of workers:

after the deadline: everybody's last submission is there; when is the last score in the gradebook?
as they come: a week of submissions, resubmissions included; how long from handing in to the score in the gradebook?

Submissions come evenly over the week but for a share of them, which comes on the last day, at a rate that grows
exponentially until the deadline. A service time is what one worker needs for one submission: measured ones, drawn
with replacement, or a lognormal distribution. `--check` compares the loop with the Erlang C formula and with bounds.
What is not simulated: workers that die, the start of workers, the network, and looking for unchanged submissions.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
import sys
import time
from bisect import bisect
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HOUR, DAY, WEEK = 3600.0, 86400.0, 604800.0
AHEAD = 2
"""How many more than there are workers `gradetape.batch` hands out."""
BUSY = 0.8
"""From this share of their busiest five minutes on, workers or writer are said to limit."""
SLOT = 300.0
"""Work is booked to slots of so many seconds."""
TOLERANCE = 0.05


def main() -> int:
    """Do what the command line asks for; 1 when a check fails."""
    options = _options()
    if options.check:
        return check(options.seed)
    began = time.perf_counter()
    service = measured(options.measured) if options.measured else lognormal(options.seconds, options.spread)
    report = {
        "kind": "simulation",
        "settings": {
            name: str(value) if isinstance(value, Path) else value
            for name, value in vars(options).items()
            if name not in ("json", "check")
        },
        "service": described(service, options.seed),
        "after_the_deadline": [after(options, service, workers) for workers in options.workers],
        "as_they_come": [coming(options, service, workers) for workers in options.workers],
    }
    show(report)
    print(f"\nsimulated in {time.perf_counter() - began:.0f} s")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=1) + "\n")
        print(f"wrote {options.json}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--learners", type=int, default=100_000, help="how many hand in")
    add("--workers", type=int, nargs="+", default=[4, 8, 16, 32, 64, 128, 256], help="numbers of workers to try")
    add("--seconds", type=float, default=0.9, help="mean service time of a submission on one worker")
    add("--spread", type=float, default=0.7, help="standard deviation of the service time's logarithm")
    add("--measured", type=Path, help="file of service times instead: numbers, or JSON with lists named 'seconds'")
    add("--record", type=float, default=0.05, help="seconds of the one process for each submission")
    add("--resubmissions", type=float, default=1.6, help="submissions of each learner in the week")
    add("--last-day", type=float, default=0.4, help="share of the submissions that comes in the last 24 hours")
    add("--rise", type=float, default=3.0, help="hours in which the last day's rate grows by a factor of e")
    add("--seed", type=int, default=1, help="of all random numbers")
    add("--json", type=Path, help="also write the figures here")
    add("--check", action="store_true", help="compare the simulation with what is known in closed form, and end")
    return parser.parse_args()


# Inputs


def lognormal(mean: float, spread: float) -> Callable[[random.Random], float]:
    """Return a source of service times with this mean; `spread` is the standard deviation of their logarithm."""
    middle = math.log(mean) - spread**2 / 2
    return lambda rng: rng.lognormvariate(middle, spread)


def measured(path: Path) -> Callable[[random.Random], float]:
    """Return a source of service times that draws from a file's with replacement.

    The file holds one number a line, a JSON list of numbers, or JSON in which such lists stand under 'seconds'.
    """
    text = path.read_text()
    try:
        data = json.loads(text)
    except ValueError:
        data = [float(word) for word in text.split()]
    times = data if isinstance(data, list) and all(map(_number, data)) else list(_found(data))
    if not times or min(times) <= 0:
        raise SystemExit(f"{path}: no list of positive seconds in it.")
    return lambda rng: rng.choice(times)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _found(data: Any) -> Iterator[float]:
    """Yield what stands in lists of numbers under the name 'seconds', however deep."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name == "seconds" and isinstance(value, list) and all(map(_number, value)):
                yield from value
            else:
                yield from _found(value)
    elif isinstance(data, list):
        for value in data:
            yield from _found(value)


def arrivals(number: int, last_day: float, rise: float, rng: random.Random) -> list[float]:
    """Draw when submissions come, in seconds since the week began."""
    late = math.exp(-DAY / (rise * HOUR))
    times = []
    for _ in range(number):
        if rng.random() < last_day:  # the inverse of a distribution that grows exponentially up to the deadline
            times.append(WEEK + rise * HOUR * math.log(late + rng.random() * (1 - late)))
        else:
            times.append(rng.random() * (WEEK - DAY))
    return sorted(times)


def described(service: Callable[[random.Random], float], seed: int) -> dict[str, float]:
    """Say what service times are like, by a sample."""
    rng = random.Random(seed)
    times = sorted(service(rng) for _ in range(100_000))
    return {"mean": sum(times) / len(times), "median": quantile(times, 0.5), "p99": quantile(times, 0.99)}


# The simulation


@dataclass(frozen=True)
class Job:
    """One submission: when it came and how long a worker will need."""

    came: float
    seconds: float


class Grader:
    """One process that hands out and records, and the workers that it hands out to."""

    def __init__(self, workers: int, record: float) -> None:
        self.env = simpy.Environment()
        self.workers = workers
        self.record = record
        self.waiting: deque[Job] = deque()
        self.handed_out: deque[Job] = deque()
        self.done: list[Job] = []
        self.under_way = 0
        self.idle = workers
        self.more = True
        self.wake = self.env.event()
        self.begun: list[float] = []
        self.waits: list[float] = []
        self.grading = [0.0] * int(2 * WEEK / SLOT)
        self.recording = [0.0] * int(2 * WEEK / SLOT)
        self.longest = 0

    def run(self, jobs: Sequence[Job]) -> float:
        """Grade all; return when the last was recorded."""
        self.env.process(self._come(jobs))
        self.env.run(self.env.process(self._loop()))
        return float(self.env.now)

    def _come(self, jobs: Sequence[Job]) -> Iterator[simpy.Event]:
        for job in jobs:
            if job.came > self.env.now:
                yield self.env.timeout(job.came - self.env.now)
            self.waiting.append(job)
            self._ring()
        self.more = False
        self._ring()

    def _ring(self) -> None:
        self.longest = max(self.longest, len(self.waiting) + len(self.handed_out))
        if not self.wake.triggered:
            self.wake.succeed()

    def _loop(self) -> Iterator[simpy.Event]:
        """Do as `gradetape.batch.Batch` and the recording of its results do, in one thread."""
        while self.more or self.waiting or self.under_way:
            while self.waiting and self.under_way < self.workers + AHEAD:
                self.under_way += 1
                self.handed_out.append(self.waiting.popleft())
                self._start()
            if not self.done:
                self.wake = self.env.event()
                yield self.wake
                continue
            together, self.done = self.done, []
            self.under_way -= len(together)
            for job in together:
                self._note(self.recording, self.record)
                if self.record:
                    yield self.env.timeout(self.record)
                self.waits.append(self.env.now - job.came)

    def _start(self) -> None:
        if self.idle and self.handed_out:
            self.idle -= 1
            self.env.process(self._work())

    def _work(self) -> Iterator[simpy.Event]:
        while self.handed_out:
            job = self.handed_out.popleft()
            self.begun.append(self.env.now - job.came)
            self._note(self.grading, job.seconds)
            yield self.env.timeout(job.seconds)
            self.done.append(job)
            self._ring()
        self.idle += 1

    def _note(self, slots: list[float], seconds: float) -> None:
        """Book seconds of work, which begins now, to the slots in which it is done; the last slot takes the rest."""
        at, left, last = float(self.env.now), seconds, len(slots) - 1
        while left > 0:
            slot = min(int(at // SLOT), last)
            part = min(left, (slot + 1) * SLOT - at) if slot < last else left
            slots[slot] += part
            at, left = (slot + 1) * SLOT, left - part

    def busiest(self) -> tuple[float, float]:
        """Return which share of their time workers and writer work in the busiest slot of each."""
        return max(self.grading) / SLOT / self.workers, max(self.recording) / SLOT


def after(options: argparse.Namespace, service: Callable[[random.Random], float], workers: int) -> dict[str, Any]:
    """Grade everybody's last submission, all there at once."""
    rng = random.Random(options.seed)
    grader = Grader(workers, options.record)
    end = grader.run([Job(0.0, service(rng)) for _ in range(options.learners)])
    graded, recorded = sum(grader.grading), sum(grader.recording)
    used = (graded / end / workers, recorded / end)
    return {
        "workers": workers,
        "recorded_after_hours": end / HOUR,
        "per_second": options.learners / end,
        "workers_used": used[0],
        "writer_used": used[1],
        "worker_hours": graded / HOUR,
        "writer_hours": recorded / HOUR,
        "limit": _limit(*used, always=True),
    }


def coming(options: argparse.Namespace, service: Callable[[random.Random], float], workers: int) -> dict[str, Any]:
    """Grade a week of submissions as they come."""
    rng = random.Random(options.seed)
    number = round(options.learners * options.resubmissions)
    times = arrivals(number, options.last_day, options.rise, rng)
    grader = Grader(workers, options.record)
    end = grader.run([Job(at, service(rng)) for at in times])
    waits = sorted(grader.waits)
    busy = grader.busiest()
    hours = [sum(1 for _ in group) for _, group in itertools.groupby(int(at // HOUR) for at in times)]
    return {
        "workers": workers,
        "submissions": number,
        "most_in_an_hour": max(hours),
        "most_in_a_second_of_the_last_10_minutes": (number - bisect(times, WEEK - 600)) / 600,
        "wait_median": quantile(waits, 0.5),
        "wait_p95": quantile(waits, 0.95),
        "wait_p99": quantile(waits, 0.99),
        "wait_longest": waits[-1],
        "longest_queue": grader.longest,
        "all_recorded_after_the_deadline": end - WEEK,
        "workers_used": sum(grader.grading) / end / workers,
        "writer_used": sum(grader.recording) / end,
        "workers_used_busiest": busy[0],
        "writer_used_busiest": busy[1],
        "worker_hours": sum(grader.grading) / HOUR,
        "writer_hours": sum(grader.recording) / HOUR,
        "limit": _limit(*busy),
    }


def _limit(workers: float, writer: float, *, always: bool = False) -> str:
    """Name the busier of the two, if it is busy at all."""
    if max(workers, writer) < BUSY and not always:
        return "neither"
    return "writer" if writer > workers else "workers"


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


# What is printed


def show(report: dict[str, Any]) -> None:
    """Print both tables, as Markdown."""
    settings, service = report["settings"], report["service"]
    source = settings["measured"] or f"lognormal, spread {settings['spread']:g}"
    print(
        f"A simulation: {settings['learners']:,} learners; service time {service['mean']:.2f} s on average, "
        f"median {service['median']:.2f} s, 99th percentile {service['p99']:.2f} s ({source}); "
        f"recording {settings['record']:g} s.\n"
    )
    print("After the deadline: one submission of everybody, all there at once\n")
    print("| workers | all recorded after | a second | workers used | writer used | CPU hours | limit |")
    print("|--:|--:|--:|--:|--:|--:|---|")
    for row in report["after_the_deadline"]:
        print(
            f"| {row['workers']} | {span(row['recorded_after_hours'] * HOUR)} | {row['per_second']:.1f} "
            f"| {row['workers_used']:.0%} | {row['writer_used']:.0%} "
            f"| {row['worker_hours'] + row['writer_hours']:.1f} | {row['limit']} |"
        )
    first = report["as_they_come"][0]
    print(
        f"\nAs they come: {first['submissions']:,} submissions in a week, {settings['last_day']:.0%} of them on the "
        f"last day,\nat most {first['most_in_an_hour']:,} in an hour, "
        f"{first['most_in_a_second_of_the_last_10_minutes']:.1f} a second in the last ten minutes\n"
    )
    print(
        "| workers | wait: median | 95 % | 99 % | longest | longest queue | workers used: week | busiest 5 min "
        "| writer used: week | busiest 5 min | CPU hours | limit |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    for row in report["as_they_come"]:
        print(
            f"| {row['workers']} | {span(row['wait_median'])} | {span(row['wait_p95'])} | {span(row['wait_p99'])} "
            f"| {span(row['wait_longest'])} | {row['longest_queue']:,} | {row['workers_used']:.1%} "
            f"| {row['workers_used_busiest']:.0%} | {row['writer_used']:.1%} "
            f"| {row['writer_used_busiest']:.0%} | {row['worker_hours'] + row['writer_hours']:.1f} | {row['limit']} |"
        )


def span(seconds: float) -> str:
    """Write a time in the unit that people would take."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"


# The check


def erlang_c(workers: int, load: float) -> float:
    """Return the probability that an arrival has to wait in M/M/c, with `load` = arrival rate times mean service time.

    By the recursion for Erlang's loss formula, B(0) = 1, B(k) = load·B(k-1) / (k + load·B(k-1)).
    """
    blocked = 1.0
    for number in range(1, workers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / workers * (1 - blocked))


def check(seed: int, number: int = 200_000) -> int:
    """Print simulated beside known figures; 1 when one is off by more than the tolerance."""
    print("M/M/c: Poisson arrivals, exponential service of 1 s on average, no time for recording; the mean of the wait")
    print("until a worker begins, and the share that waits\n")
    print("| workers | load | mean wait: simulated | Erlang C | off by | wait at all: simulated | Erlang C | off by |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    worst = 0.0
    for workers, busy in ((1, 0.6), (4, 0.8), (8, 0.8), (32, 0.9)):
        rng = random.Random(seed)
        rate, at, jobs = workers * busy, 0.0, []
        for _ in range(number):
            at += rng.expovariate(rate)
            jobs.append(Job(at, rng.expovariate(1.0)))
        grader = Grader(workers, record=0.0)
        grader.run(jobs)
        waited = [wait for wait in grader.begun if wait > 1e-9]
        share = erlang_c(workers, rate)
        pairs = ((sum(waited) / number, share / (workers - rate)), (len(waited) / number, share))
        off = [found / known - 1 for found, known in pairs]
        worst = max(worst, *map(abs, off))
        cells = [f"{found:.4f} | {known:.4f} | {o:+.1%}" for (found, known), o in zip(pairs, off, strict=True)]
        print(f"| {workers} | {busy:g} | {cells[0].replace(' | ', ' s | ', 1)} | {cells[1]} |")
    good = worst <= TOLERANCE
    print(f"\nlargest deviation {worst:.1%}: {'good' if good else f'more than {TOLERANCE:.0%}'}")
    print(
        "\nAll there at once, 20,000 of 1 s: not before the slower of both is through, nor after one after the other\n"
    )
    print("| workers | recording | workers alone: n·s/c | writer alone: n·r | simulated | |")
    print("|--:|--:|--:|--:|--:|---|")
    jobs = [Job(0.0, 1.0)] * 20_000
    for workers, record in ((1, 0.05), (8, 0.01), (32, 0.05), (256, 0.05)):
        end = Grader(workers, record).run(jobs)
        bounds = (len(jobs) / workers, len(jobs) * record)
        within = max(bounds) * (1 - 1e-9) <= end <= sum(bounds) * (1 + 1e-9)
        good = good and within
        print(
            f"| {workers} | {record:g} s | {bounds[0]:.0f} s | {bounds[1]:.0f} s | {end:.0f} s "
            f"| {'good' if within else 'impossible'} |"
        )
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
