# Locks single bytes of many files, one by one: the kernel keeps each lock.
# aim: flood
# %% first
import fcntl
import struct
import time

files, locks, end = [], 0, time.time() + 10
while time.time() < end and len(files) < 100:
    files.append(open(f"locked{len(files)}", "w"))
    for place in range(2000, 0, -1):
        fcntl.fcntl(files[-1], fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 2 * place, 1, 0))
        locks += 1
print("locks:", locks)
