# Keeps thirty processes calculating at once, and does not wait for them.
# aim: flood
# %% first
import os
import time

for _ in range(30):
    if os.fork() == 0:
        stop = time.time() + 15
        while time.time() < stop:
            pass
        os._exit(0)
print("thirty processes are busy")
