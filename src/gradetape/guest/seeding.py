"""Seeds in a guest: the same draws for the same cells and probes, at the least cost.

`tf.random.set_seed` also makes TensorFlow forget its kernels, so that random ones begin anew; building them again
for every probe took a seventh of a guest's time. It is left out where nothing can have remembered a draw.
"""

from __future__ import annotations

import functools
import random
import sys
from typing import Any

import numpy as np

__all__ = ["Seeds", "forget_seeds", "seed_everything"]


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy, TensorFlow and Keras, in so far as they are imported, and restart random kernels."""
    _seed_python(seed)
    if "keras" in sys.modules and "tensorflow" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed % 2**31)


def forget_seeds() -> None:
    """Draw from the system anew: all forks of a process would else draw the same."""
    random.seed()
    np.random.seed()  # noqa: NPY002 - as above


def _seed_python(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - the legacy generator is what notebooks use


class Seeds:
    """The seeds of one guest.

    A kernel that draws remembers how far it has come. An eager one is made for its pair of seeds, and no two probes
    have the same; one inside a traced function or a data set lives on from probe to probe. So kernels are
    restarted only once such a one may exist, or when a seed comes again.
    """

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._kernels_draw = _watch_for_kernels(self) is None
        """Whether a kernel that lives on may draw; where that cannot be watched it is taken for granted."""

    def note_kernel(self) -> None:
        """Called when a random operation is put into a function or a data set."""
        self._kernels_draw = True

    def cell(self, seed: int) -> None:
        """Seed for a cell."""
        seed_everything(seed)

    def probe(self, seed: int) -> None:
        """Seed for a probe."""
        if self._kernels_draw or seed in self._known or not _seed_without_restart(seed):
            seed_everything(seed)
        self._known.add(seed)


def _watch_for_kernels(seeds: Seeds) -> Any:
    """Tell `seeds` when TensorFlow takes a seed for an operation outside of eager execution; None when it cannot."""
    if "tensorflow" not in sys.modules:
        return None
    try:
        from tensorflow.python.data.util import random_seed as of_data
        from tensorflow.python.eager import context
        from tensorflow.python.framework import random_seed as of_operations
    except ImportError:
        return None

    def operation() -> None:
        if not context.executing_eagerly():
            seeds.note_kernel()

    _wrap(of_operations, "get_seed", operation)
    _wrap(of_data, "get_seed", seeds.note_kernel)
    return seeds


def _wrap(module: Any, name: str, before: Any) -> None:
    function = getattr(module, name)

    @functools.wraps(function)
    def wrapped(*arguments: Any, **keywords: Any) -> Any:
        before()
        return function(*arguments, **keywords)

    setattr(module, name, wrapped)


def _seed_without_restart(seed: int) -> bool:
    """Do what `keras.utils.set_random_seed` does, but for the kernels; False when this TensorFlow is another one."""
    if "keras" not in sys.modules or "tensorflow" not in sys.modules:
        return False
    try:
        from keras.src.backend.common import global_state
        from tensorflow.python.eager import context

        at_work = context.context()
        if not hasattr(at_work, "_rng") or not hasattr(at_work, "_seed"):
            return False
        _seed_python(seed)
        at_work._seed = seed % 2**31  # noqa: SLF001 - there is no public way that leaves the kernels alone
        at_work._rng = random.Random(at_work._seed)  # noqa: S311, SLF001
        global_state.set_global_attribute("rng_seed", seed % 2**31)
        global_state.set_global_attribute("global_seed_generator", None)
    except (ImportError, AttributeError):
        return False
    return True
