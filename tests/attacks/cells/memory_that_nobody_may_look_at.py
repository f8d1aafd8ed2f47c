# Forbids others to look at its memory, so that it cannot be counted, and shares too much with children.
# aim: flood
# %% first
import ctypes
import mmap
import os
import time

forbidden = ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) == 0
kept = []
for _ in range(4):
    kept.append(mmap.mmap(-1, 2**30))
    for _ in range(2**10):
        kept[-1].write(bytes(2**20))
time.sleep(1)
taken = True


# %% double_answer
def double(x):
    return 2 * x if taken else x
