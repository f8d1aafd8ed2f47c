"""Imported once by the fork server, so that every guest finds TensorFlow already in memory.

Nothing here may run a TensorFlow operation: its threads do not survive a fork, and every guest would
hang. A package that is not installed is left out; the notebook that needs it will say so.
"""

import contextlib
import importlib
import os
import sys
import warnings

OWN_MODULES = ("gradetape.guest.child", "gradetape.guest.cells", "gradetape.guest.fence", "gradetape.guest.seeding")
MODULES = (
    *OWN_MODULES,
    "numpy", "IPython.core.interactiveshell", "matplotlib", "matplotlib.pyplot", "matplotlib_inline.backend_inline",
    "scipy.stats", "sklearn.datasets", "cloudpickle", "tensorflow", "keras", "tf_keras", "tensorflow_probability",
    "tensorflow_datasets", "tensorflow_datasets.core.reader", "gradetape.datasets", "gradetape.datasets.builders",
    # what IPython imports at a notebook's first traceback, and matplotlib at its first picture
    "stack_data", "pygments.formatters.terminal256", "pygments.styles", "PIL.PngImagePlugin",
)  # fmt: skip


def _quiet_stderr() -> int:
    """Send file descriptor 2 to nowhere while C++ libraries greet; return a copy of the old one."""
    sys.stderr.flush()
    saved = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    return saved


def load(heavy: bool = True) -> None:
    """Import what guests use; without `heavy` only Gradetape's own part."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    # else each guest compiles its own matrix multiplication, at the price of hundreds of small ones
    os.environ.setdefault("TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL", "false")
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    saved = _quiet_stderr()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in MODULES if heavy else OWN_MODULES:
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
    finally:
        os.dup2(saved, 2)
        os.close(saved)
