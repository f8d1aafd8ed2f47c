# Keeps moving: every process lives a tenth of a second and hands over to the next one.
# aim: linger
# %% first
import os
import time

if os.fork() == 0:
    try:
        os.setsid()
    except OSError:
        pass
    for generation in range(600):
        time.sleep(0.1)
        if os.fork() > 0:
            os._exit(0)
        try:
            open("@OUTSIDE@/lingering.txt", "a").write(f"{generation}\n")
        except OSError:
            continue
    os._exit(0)
print("on the move")
