"""`python -m gradetape.datasets.prepare NAME…`: prepare stand-ins, in a process that may import TensorFlow."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from typing import TYPE_CHECKING

from gradetape.datasets import preparing
from gradetape.datasets.catalogue import data_dir, missing

if TYPE_CHECKING:
    from pathlib import Path


def main(names: list[str]) -> None:
    """Build those of the named stand-ins that nobody else has built by the time that it is this process's turn."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    with preparing.locked(data_dir()):
        for name in missing(names):
            preparing.prepare(name, build)
            os.write(1, f"{preparing.DONE} {name}\n".encode())


def build(name: str, folder: Path) -> None:
    """Have TFDS write a stand-in below `folder`, without its words about a folder that is soon another."""
    from gradetape.datasets import CATALOGUE, builders

    usual = tempfile.tempdir
    tempfile.tempdir = str(folder)  # TFDS leaves a folder there for each set
    try:
        maker = getattr(builders, CATALOGUE[name].builder)(data_dir=str(folder))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            maker.download_and_prepare(download_dir=str(folder / "downloads"))
    finally:
        tempfile.tempdir = usual


if __name__ == "__main__":
    main(sys.argv[1:])
