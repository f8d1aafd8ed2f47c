"""Imported once by the fork server, so that every guest finds TensorFlow already in memory.

Nothing here may run a TensorFlow operation: its threads do not survive a fork, and every guest would
hang. A package that is not installed is left out; the notebook that needs it will say so.
"""

import contextlib
import importlib
import os
import sys
import warnings
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from numbers import Number

OWN_MODULES = ("gradetape.guest.child", "gradetape.guest.cells", "gradetape.guest.fence", "gradetape.guest.seeding")
MODULES = (
    *OWN_MODULES,
    "numpy", "IPython.core.interactiveshell", "matplotlib", "matplotlib.pyplot", "matplotlib_inline.backend_inline",
    "scipy.stats", "sklearn.datasets", "cloudpickle", "tensorflow", "keras", "tf_keras", "tensorflow_probability",
    "tensorflow_datasets", "tensorflow_datasets.core.reader", "gradetape.datasets", "gradetape.datasets.builders",
    # what IPython imports at a notebook's first traceback, and matplotlib at its first picture
    "stack_data", "pygments.formatters.terminal256", "pygments.styles", "PIL.PngImagePlugin",
)  # fmt: skip


_MENTIONED_AS = {
    "tensorflow_probability": ("tensorflow_probability", "tfp"),
    "tf_keras": ("tf_keras", "tensorflow_probability", "tfp"),
}
"""Large packages that many courses do not use, and the words that show that one does."""


def unused(texts: Iterable[bytes]) -> tuple[str, ...]:
    """List the packages that need not be imported for assignments with these texts (notebooks, hidden tests, files).

    A learner who imports one all the same waits for it.
    """
    together = b"\n".join(texts)
    return tuple(p for p, words in _MENTIONED_AS.items() if not any(w.encode() in together for w in words))


def _quiet_stderr() -> int:
    """Send file descriptor 2 to nowhere while C++ libraries greet; return a copy of the old one."""
    sys.stderr.flush()
    saved = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    return saved


def _warm() -> None:
    """Do once what else every guest would do at its first operation, and what needs no operation.

    TensorFlow lists its kernels for the compiler. Python remembers for each abstract class which types are none of
    its own, after it has asked all subclasses, of which TensorFlow Probability brings hundreds.
    """
    with contextlib.suppress(ImportError, AttributeError):
        from tensorflow.python.util import pywrap_xla_ops

        pywrap_xla_ops.get_cpu_kernel_names()
    with contextlib.suppress(ImportError, AttributeError):
        import numpy as np
        from tensorflow.python.framework import composite_tensor, tensor_util, type_spec
        from tensorflow.python.ops import resource_variable_ops, variables

        plain = (int, float, bool, str, bytes, list, tuple, dict, set, type(None), type(_warm), type, np.ndarray)
        scalars = (np.float32, np.float64, np.int32, np.int64, np.bool_, np.str_, np.generic)
        asked = [*plain, *scalars, *_types_of_tensorflow(), *_types_of_keras()]
        for abstract in (
            composite_tensor.CompositeTensor, type_spec.TypeSpec, variables.Variable, tensor_util.IsTensorLike,
            resource_variable_ops.BaseResourceVariable, Mapping, MutableMapping, Sequence, Iterable, Number,
        ):  # fmt: skip
            for kind in asked:
                issubclass(kind, abstract)


def _types_of_tensorflow() -> list[type]:
    import tensorflow as tf
    from tensorflow.python.framework import ops
    from tensorflow.python.ops import resource_variable_ops
    from tensorflow.python.types import core

    return [
        tf.Tensor, tf.TensorShape, tf.DType, ops.EagerTensor, ops.SymbolicTensor, core.Tensor, core.TensorProtocol,
        resource_variable_ops.ResourceVariable,
    ]  # fmt: skip


def _types_of_keras() -> list[type]:
    """List the classes of Keras that most notebooks use."""
    import keras

    layers = (
        "Layer", "InputLayer", "Dense", "Dropout", "Flatten", "Activation", "ReLU", "Conv1D", "Conv2D", "MaxPooling2D",
        "BatchNormalization", "Embedding", "LSTM", "GRU", "Add", "Concatenate", "Reshape", "Softmax",
    )  # fmt: skip
    others = [keras.Sequential, keras.Model, keras.Variable, keras.KerasTensor, keras.DTypePolicy, keras.losses.Loss]
    return [getattr(keras.layers, name) for name in layers] + others


def import_all(names: Iterable[str]) -> None:
    """Import modules without their warnings; one that is not installed is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


def load(heavy: bool = True, left_out: Iterable[str] = ()) -> None:
    """Import what guests use, but for packages to be left out; without `heavy` only Gradetape's own part."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    # else each guest compiles its own matrix multiplication, at the price of hundreds of small ones
    os.environ.setdefault("TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL", "false")
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    saved = _quiet_stderr()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import_all(name for name in (MODULES if heavy else OWN_MODULES) if name not in left_out)
            if heavy:
                _warm()
    finally:
        os.dup2(saved, 2)
        os.close(saved)
