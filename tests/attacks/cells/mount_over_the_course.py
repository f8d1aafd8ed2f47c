# Mounts an empty file system over the course, or over the system's folders.
# aim: harm
# %% first
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for target in (b"@OUTSIDE@", b"/etc", b"/learner", b"."):
    done = libc.mount(b"tmpfs", target, b"tmpfs", 0, None)
    print(target, "mounted" if done == 0 else os.strerror(ctypes.get_errno()))
