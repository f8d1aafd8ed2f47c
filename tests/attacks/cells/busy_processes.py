# Starts two hundred processes that compute, so that others get no core.
# aim: flood
# %% first
import os
import time

end = time.time() + 6
for _ in range(200):
    if os.fork() == 0:
        while time.time() < end:
            pass
        os._exit(0)
while time.time() < end:
    pass
