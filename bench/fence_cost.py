"""What the fence costs: guests with and without it, in turn, in one run.

`python bench/fence_cost.py [--rounds 30]` starts, uses and ends guests of a fork server with TensorFlow in memory and
prints for each choice of layers the median wall time of a start, of a first TensorFlow operation and of the end, and
the CPU time of all of it (the guest's and its fork server's), with ratios to no fence at all.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

from gradetape.guest import forkserver
from gradetape.guest.process import GuestProcess
from gradetape.policy import LAYERS, Policy

CHOICES = {"no fence": (), "landlock + seccomp": ("landlock", "seccomp"), "the whole fence": LAYERS}
CELL = "import tensorflow as tf\nfloat(tf.reduce_sum(tf.ones((4, 4)) @ tf.ones((4, 4))))"
TICK = os.sysconf("SC_CLK_TCK")


def one(layers):
    """Start, use and end one guest; return seconds of wall time for each."""
    began = time.perf_counter()
    guest = GuestProcess(Policy(), {}, 1, layers=layers)
    started = time.perf_counter()
    guest.exchange({"do": "run", "source": CELL, "seed": 1}, seconds=60)
    used = time.perf_counter()
    guest.close()
    return started - began, used - started, time.perf_counter() - used


def cpu(layers):
    """CPU seconds of a fork server and of all guests that it has seen to their end."""
    launcher = forkserver.get(layers)._process.pid  # noqa: SLF001 - there is no other way to ask
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    server = int(children[0]) if layers == LAYERS else launcher
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    seconds = {name: [] for name in CHOICES}
    used = dict.fromkeys(CHOICES, 0.0)
    for name, layers in CHOICES.items():
        one(layers)
        used[name] = -cpu(layers)
    for number in range(options.rounds):
        for name, layers in CHOICES.items():
            seconds[name].append(one(layers))
        print(f"\r{number + 1} of {options.rounds}", end="", file=sys.stderr)
    time.sleep(1)
    print(file=sys.stderr)
    found = {}
    for name, layers in CHOICES.items():
        start, first, end = (1000 * statistics.median(column) for column in zip(*seconds[name], strict=True))
        found[name] = {
            "start_ms": start,
            "first_operation_ms": first,
            "end_ms": end,
            "cpu_ms": 1000 * (used[name] + cpu(layers)) / options.rounds,
        }
    bare = found["no fence"]
    print(f"{'':22}{'start':>10}{'first op':>10}{'end':>10}{'CPU':>10}   start, CPU against no fence")
    for name, figures in found.items():
        numbers = "".join(f"{value:8.1f}ms" for value in figures.values())
        ratios = f"{figures['start_ms'] / bare['start_ms']:.2f}, {figures['cpu_ms'] / bare['cpu_ms']:.2f}"
        print(f"{name:22}{numbers}   {ratios}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
