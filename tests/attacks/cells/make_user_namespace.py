# Becomes root in a user namespace of its own, the door to most holes of the kernel.
# aim: harm
# %% first
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if child == 0:
    os._exit(0 if libc.unshare(0x10000000 | 0x40000000) == 0 else 8)
_, status = os.waitpid(child, 0)
print("root in a namespace of its own" if status == 0 else "refused")
