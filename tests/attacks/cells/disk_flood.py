# Fills the disk with one file after another, up to two gibibytes.
# aim: flood
# %% first
import glob
import os

written = 0
try:
    for number in range(32):
        with open(f"flood{number}.bin", "wb") as file:
            written += file.write(b"x" * 2**26) >> 20
except OSError as error:
    print(error)
print("MiB on disk:", written)
for path in glob.glob("flood*.bin"):
    os.unlink(path)
