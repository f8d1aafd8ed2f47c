# Leaves a background process behind in a session of its own, which writes outside later on.
# aim: linger
# %% first
import os
import signal
import time

if os.fork() == 0:
    try:
        os.setsid()
    except OSError:
        pass
    if os.fork() == 0:
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        for _ in range(60):
            time.sleep(1)
            open("@OUTSIDE@/lingering.txt", "a").write("still here\n")
    os._exit(0)
os.wait()
print("it goes on by itself")
