# Writes one file of two gibibytes, and a sparse one that claims a tebibyte.
# aim: flood
# %% first
import os
import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open("sparse.bin", "wb") as file:
        file.truncate(2**40)
    print("sparse file of", os.path.getsize("sparse.bin"))
except OSError as error:
    print(error)
try:
    with open("large.bin", "wb", 0) as file:
        for _ in range(32):
            file.write(b"x" * 2**26)
except OSError as error:
    print(error)
print("MiB in one file:", os.path.getsize("large.bin") >> 20)
os.unlink("large.bin")
