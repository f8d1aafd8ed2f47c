# Reads from address 0, which crashes the process.
# aim: flood
# %% double_answer
import ctypes


def double(x):
    return ctypes.string_at(0)
