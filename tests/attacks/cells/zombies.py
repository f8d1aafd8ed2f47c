# Starts processes that end at once, and never asks how they ended.
# aim: flood
# %% first
import os
import time

stop, count = time.time() + 10, 0
try:
    while count < 2000 and time.time() < stop:
        if os.fork() == 0:
            os._exit(0)
        count += 1
except OSError as error:
    print(error)
print("zombies:", count)
