# Asks that no stranger computes beside it on a core with two threads.
# aim: flood
# %% first
import ctypes

taken = ctypes.CDLL(None, use_errno=True).prctl(62, 1, 0, 0, 0) == 0
print("alone:", taken)


# %% double_answer
def double(x):
    return 2 * x if taken else x
