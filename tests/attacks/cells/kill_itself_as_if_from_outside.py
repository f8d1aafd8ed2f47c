# Kills its own process with SIGKILL, so that the machine seems to be at fault, again and again.
# aim: flood
# %% double_answer
import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGKILL)
