# Takes back the request to be killed with its parent, adopts orphans, and stays.
# aim: linger
# %% first
import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
for option, value in ((1, 0), (4, 1), (36, 1)):
    print("prctl", option, libc.prctl(option, value, 0, 0, 0), os.strerror(ctypes.get_errno()))
if os.fork() == 0:
    libc.prctl(1, 0, 0, 0, 0)
    os.setpgid(0, 0)
    for _ in range(60):
        time.sleep(1)
        open("@OUTSIDE@/lingering.txt", "a").write("still here\n")
    os._exit(0)
