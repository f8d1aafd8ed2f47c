# Sends the grader a keyboard interrupt while it waits for an answer.
# aim: harm
# %% double_answer
import os
import signal


def double(x):
    for pid in (int("@PARENT@"), os.getppid()):
        try:
            if pid > 1:
                os.kill(pid, signal.SIGINT)
        except OSError as error:
            print(error)
    return x
