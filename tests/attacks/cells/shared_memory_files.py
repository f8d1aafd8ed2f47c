# Fills /dev/shm, which is memory, up to two gibibytes.
# aim: flood
# %% first
import glob
import os

written = 0
try:
    for number in range(32):
        with open(f"/dev/shm/hog{os.getpid()}_{number}", "wb") as file:
            written += file.write(b"x" * 2**26) >> 20
except OSError as error:
    print(error)
print("MiB in /dev/shm:", written)
for path in glob.glob(f"/dev/shm/hog{os.getpid()}_*"):
    os.unlink(path)
