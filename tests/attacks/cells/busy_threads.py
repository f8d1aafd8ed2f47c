# Computes in two hundred threads that hold no lock of Python.
# aim: flood
# %% first
import threading
import time
import zlib

data, end = bytes(2**22), time.time() + 6


def compute():
    while time.time() < end:
        zlib.crc32(data)


threads = [threading.Thread(target=compute, daemon=True) for _ in range(200)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(8)
