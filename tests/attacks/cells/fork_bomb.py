# Starts processes as fast as it can, up to two thousand, and keeps them all.
# aim: flood
# %% first
import os
import time

begin, count = time.time(), 0
try:
    while count < 2000 and time.time() < begin + 10:
        if os.fork() == 0:
            time.sleep(max(0, begin + 20 - time.time()))
            os._exit(0)
        count += 1
except OSError as error:
    print(error)
print("processes started:", count)
