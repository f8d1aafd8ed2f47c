"""`python -m gradetape.datasets.prepare NAME…`: prepare stand-ins, in a process of its own."""

from __future__ import annotations

import os
import sys


def main(names: list[str]) -> None:
    """Build the named stand-ins into the data folder."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    from gradetape import datasets

    for name in names:
        datasets.builder(name).download_and_prepare()


if __name__ == "__main__":
    main(sys.argv[1:])
