# Reads the files that other processes hold open, through their descriptors.
# aim: read
# %% first
import glob
import os

for path in glob.glob("/proc/[0-9]*/fd/*"):
    try:
        target = os.readlink(path)
        if target.startswith("/") and not target.startswith(("/dev", "/proc")):
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            print(path, target, os.pread(descriptor, 20000, 0))
            os.close(descriptor)
    except OSError as error:
        print(path, error)
