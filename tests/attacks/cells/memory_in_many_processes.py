# Takes 512 MiB in each of twelve processes, which no limit of a single process sees.
# aim: flood
# %% first
import os
import time

children = []
for _ in range(12):
    child = os.fork()
    if child == 0:
        try:
            held = bytearray(b"x") * 2**29
            time.sleep(8)
            os._exit(len(held) >> 29)
        finally:
            os._exit(0)
    children.append(child)
held = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
print("processes that held 512 MiB:", held.count(1))
