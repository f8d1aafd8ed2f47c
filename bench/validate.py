"""nbgrader's Validate on a right notebook, with ordinary and with warm kernels, with and without demos, in turn.

`python bench/validate.py [--assignment custom_models_w3_layers] [--rounds 3] [--json FILE]` takes the release notebook
with the solutions of its source, and measures two ways: what JupyterLab's button does (nbgrader's Validator in
the server's process), and `nbgrader validate` in a terminal, the import of nbgrader included. The zygote has been
started before, as JupyterLab does. Every run has to succeed.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from growth import save
from jupyter_client.provisioning import KernelProvisionerFactory
from nbgrader.validator import Validator
from rich.console import Console
from rich.table import Table
from traitlets.config import Config

from gradetape.lab import PROVISIONER, needs, warm

ROOT = Path(__file__).resolve().parent.parent
KINDS = {
    "ordinary": ("local-provisioner", ""),
    "warm": (PROVISIONER, ""),
    "ordinary, no demos": ("local-provisioner", "demo"),
    "warm, no demos": (PROVISIONER, "demo"),
}


def answered(assignment):
    """Return the release notebook with the answers of the source, as bytes."""
    release, source = (
        json.loads((ROOT / kind / assignment / f"{assignment}.ipynb").read_text()) for kind in ("release", "source")
    )
    answers = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in source["cells"]}
    for cell in release["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("solution"):
            cell["source"] = answers[mark["grade_id"]]
    return json.dumps(release).encode()


def button(notebook, provisioner, skipped):
    """Validate as JupyterLab's button does; return seconds."""
    KernelProvisionerFactory.instance().default_provisioner_name = provisioner
    began = time.monotonic()
    failed = Validator(config=Config({"Execute": {"skip_cells_with_tag": skipped}})).validate(str(notebook))
    assert not failed, failed
    return time.monotonic() - began


def command(notebook, provisioner, skipped):
    """Validate as in a terminal of JupyterLab; return seconds."""
    environment = {**os.environ, KernelProvisionerFactory.default_provisioner_name_env: provisioner}
    began = time.monotonic()
    done = subprocess.run(
        ["nbgrader", "validate", f"--Execute.skip_cells_with_tag={skipped}", notebook.name],
        cwd=notebook.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Success" in done.stdout, done.stdout
    return time.monotonic() - began


def main():
    """Measure and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", default="custom_models_w3_layers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    runs = {(way.__name__, kind): [] for way in (button, command) for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        notebook = Path(folder) / f"{options.assignment}.ipynb"
        notebook.write_bytes(answered(options.assignment))
        warm.own(needs.modules_for(Path(folder)))
        for way in (button, command):
            way(notebook, *KINDS["ordinary"])  # the first reads files from disk
            for _ in range(options.rounds):
                for kind, how in KINDS.items():
                    runs[way.__name__, kind].append(way(notebook, *how))
    table = Table(
        "", *(f"{kind} s" for kind in KINDS), title=f"Validate {options.assignment}: median of {options.rounds}"
    )
    for name in ("button", "command"):
        medians = [statistics.median(runs[name, kind]) for kind in KINDS]
        table.add_row(name, *(f"{seconds:.2f} ({medians[0] / seconds:.1f}x)" for seconds in medians))
    Console().print(table)
    save({f"{name}, {kind}": found for (name, kind), found in runs.items()}, options.json)


if __name__ == "__main__":
    main()
