"""From 'start the kernel' to the first TensorFlow operation, the ordinary way and warm, in turn.

`python bench/kernel_start.py [--rounds 5] [--json FILE]` starts kernels of this environment as JupyterLab does, over
jupyter_client. Each reports when it is ready and when the answer to its first cell is there. The zygote has been
started before, as JupyterLab does; what it takes is told apart. Memory is the kernel's private and
proportional memory after that cell.
"""

import argparse
import ast
import os
import statistics
import time
from pathlib import Path

from growth import save
from jupyter_client import KernelManager
from rich.console import Console
from rich.table import Table
from traitlets.config import Config

from gradetape.lab import PROVISIONER, needs, warm

CELL = """import os, tensorflow as tf
total = float(tf.reduce_sum(tf.ones((4, 4)) @ tf.ones((4, 4))))
{line.split(':')[0]: int(line.split()[1]) for line in open('/proc/self/smaps_rollup').readlines()[1:]}"""
MODULES = list(needs.MODULES)


def manager(provisioner):
    """Make a manager of a python3 kernel that the named provisioner starts."""
    found = KernelManager(kernel_name="python3", config=Config({"WarmProvisioner": {"modules": MODULES}}))
    found.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": provisioner}
    return found


def measure(provisioner):
    """Start a kernel, run the cell, end the kernel; return seconds and MiB."""
    began = time.monotonic()
    kernels = manager(provisioner)
    kernels.start_kernel()
    client = kernels.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    ready = time.monotonic() - began
    shown = []
    reply = client.execute_interactive(CELL, timeout=120, output_hook=shown.append)
    first = time.monotonic() - began
    assert reply["content"]["status"] == "ok", reply["content"]
    memory = next(m["content"]["data"]["text/plain"] for m in shown if m["msg_type"] == "execute_result")
    pages = ast.literal_eval(memory)
    kernels.shutdown_kernel()
    client.stop_channels()
    return {
        "ready": ready,
        "first operation": first,
        "ended": time.monotonic() - began,
        "private MiB": (pages["Private_Clean"] + pages["Private_Dirty"]) / 1024,
        "proportional MiB": pages["Pss"] / 1024,
    }


def main():
    """Measure and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    measure("local-provisioner")  # the first reads files from disk
    began = time.monotonic()
    warm.own(MODULES)
    measure(PROVISIONER)
    print(
        f"Zygote: imported, first kernel started and ended in {time.monotonic() - began:.1f} s, once for each server."
    )
    runs = {"local-provisioner": [], PROVISIONER: []}
    for _ in range(options.rounds):
        for name, found in runs.items():
            found.append(measure(name))
    table = Table("", "ordinary", "warm", "times", title=f"Median of {options.rounds} kernels each, in turn")
    medians = {n: {k: statistics.median(run[k] for run in found) for k in found[0]} for n, found in runs.items()}
    for key, ordinary in medians["local-provisioner"].items():
        table.add_row(
            key, f"{ordinary:.2f}", f"{medians[PROVISIONER][key]:.2f}", f"{ordinary / medians[PROVISIONER][key]:.1f}"
        )
    Console().print(table)
    save({"medians": medians, "runs": runs}, options.json)


if __name__ == "__main__":
    main()
