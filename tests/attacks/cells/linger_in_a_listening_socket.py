# Leaves a process behind that answers on a port, and one on an abstract socket.
# aim: linger
# %% first
import os
import socket
import time

if os.fork() == 0:
    try:
        os.setsid()
    except OSError:
        pass
    lines = []
    for family, address in ((socket.AF_INET, ("127.0.0.1", 47813)), (socket.AF_UNIX, "\0left_by_a_notebook")):
        try:
            lines.append(socket.socket(family))
            lines[-1].bind(address)
            lines[-1].listen()
        except OSError:
            continue
    time.sleep(60)
    os._exit(0)
print("listening")
