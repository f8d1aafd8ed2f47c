"""Plain assignments, without hidden tests of ours: their cells run in a guest, nbgrader's rule makes the scores.

The guest does what nbgrader's own kernel does: all cells in their order, errors and all, nothing seeded or made
deterministic. What C code writes to descriptors 1 and 2 is not seen; `sys.stderr` decides as it does in nbgrader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradetape import notebook
from gradetape.guest.host import Host
from gradetape.notebook import CellSource
from gradetape.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradetape.notebook import Notebook

__all__ = ["WANTED", "Ran", "is_python", "run"]

_LONGEST_CELL = 3600.0
"""Seconds of a cell where nbgrader is told to wait for ever."""
_TENSORFLOW = re.compile(r"tensorflow|keras|\btfp?\b|tfds")
_DENIED = re.compile(
    r"URLError|URL fetch failure|Name or service not known|Temporary failure in name resolution|getaddrinfo"
    r"|Network is unreachable|Max retries exceeded|Failed to establish a new connection|DownloadError|ConnectionError"
    r"|Read-only file system: '[^']*(?:\.keras|tensorflow_datasets|scikit_learn_data)"
)
DOWNLOAD_DENIED = (
    "This cell wanted to download something. Where notebooks are graded there is no network; your instructor can "
    "allow a "
    "folder that holds the data."
)
WANTED = "wanted to download something, and guests have no network"
HOW_TO_ALLOW = (
    "cell {cell} wanted to download something, and guests have no network. Download it once yourself, and name the "
    "folder: "
    "c.Execute.readable_data = ['~/.keras', '~/tensorflow_datasets'] in nbgrader_config.py (`gradetape doctor` says "
    "what the "
    "course's notebooks load)."
)


@dataclass
class Ran:
    """What the cells gave: nbformat outputs by index (as text), and what staff should know."""

    outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    held: tuple[str, ...] = ()


def is_python(metadata: Mapping[str, Any]) -> bool:
    """Whether a notebook with such metadata is one of Python's: all are that do not clearly say another language."""
    spec, info = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
    name = str(spec.get("name") or "python3").lower()
    language = str(spec.get("language") or info.get("name") or "python").lower()
    return name.startswith("python") or language in ("python", "ipython")


def run(
    nb: Notebook, files: Mapping[str, bytes], *, timeout: int | None, released: int | None = None, skip: str = "",
    trust_learners: bool = False,
) -> Ran:  # fmt: skip
    """Run the cells of a notebook in a guest.

    Args:
        nb: the sanitized notebook.
        files: what lies beside it, by relative name.
        timeout: seconds of one cell; None or a number below 1: an hour.
        released: how many code cells the release has: all cells together may take that many times `timeout`, and
            once more, however many the learner has added. None where there is no release to be read.
        skip: the tag of cells to leave out. A graded cell always runs.
        trust_learners: as for `grade`.

    Raises:
        ExposedError: the machine cannot isolate the notebook, and the learners are not trusted.
        RuntimeError: no guest could be started.
    """
    cells = [
        CellSource(index, cell["source"])
        for index, cell in enumerate(nb["cells"])
        if cell["cell_type"] == "code" and cell["source"].strip() and not _is_left_out(cell, skip)
    ]
    text = "\n".join(cell.source for cell in cells)
    seconds = float(timeout) if timeout and timeout > 0 else _LONGEST_CELL
    host = Host(
        cells,
        files,
        Policy(cell_seconds=seconds, submission_seconds=seconds * (1 + (len(cells) if released is None else released))),
        strangers=not trust_learners,
        as_is=True,
        preload=_TENSORFLOW.search(text) is not None,
    )
    with host:
        host.run()
    if any(cell.index not in host.outputs for cell in cells) and host.refused:
        raise RuntimeError(f"No process could be started for the notebook: {host.refused}")
    found = host.all_outputs()
    ran = Ran({str(index): outputs for index, outputs in found.items()}, held=host.held)
    for index, outputs in found.items():
        for output in outputs:
            if output["output_type"] == "error" and _DENIED.search(f"{output['ename']}: {output['evalue']}"):
                output["traceback"].append(DOWNLOAD_DENIED)
                ran.notes.append(HOW_TO_ALLOW.format(cell=index + 1))
    return ran


def _is_left_out(cell: dict[str, Any], skip: str) -> bool:
    tags = cell["metadata"].get("tags", [])
    return bool(skip) and isinstance(tags, list) and skip in tags and not notebook.cell_mark(cell).get("grade")
