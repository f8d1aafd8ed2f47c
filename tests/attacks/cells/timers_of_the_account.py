# Makes timers until the account of its user can have no more signals.
# aim: flood
# %% first
import ctypes

libc, taken = ctypes.CDLL(None, use_errno=True), 0
while taken < 5000:
    number = ctypes.c_int(0)
    if libc.syscall(222, 0, None, ctypes.byref(number)) < 0:
        break
    taken += 1
print("timers:", taken)
taken = taken > 256


# %% double_answer
def double(x):
    return 2 * x if taken else x
