# Leaves a stopped process behind, which takes no signal but one, and wakes it later.
# aim: linger
# %% first
import os
import signal
import time

sleeper = os.fork()
if sleeper == 0:
    try:
        os.setsid()
    except OSError:
        pass
    os.kill(os.getpid(), signal.SIGSTOP)
    open("@OUTSIDE@/lingering.txt", "a").write("woken up\n")
    time.sleep(60)
    os._exit(0)
if os.fork() == 0:
    try:
        os.setsid()
    except OSError:
        pass
    time.sleep(20)
    os.kill(sleeper, signal.SIGCONT)
    os._exit(0)
print("asleep", sleeper)
