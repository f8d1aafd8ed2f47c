# Returns an array of four gibibytes that takes eight bytes of memory, until somebody copies it.
# aim: flood
# %% double_answer
import numpy as np


def double(x):
    return np.broadcast_to(np.float64(2.0), (2**13, 2**16))
