# Has a child lower the limit of its parent's processor time, while the parent computes.
# aim: flood
# %% double_answer
import os
import resource
import signal


def double(x):
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    parent = os.getpid()
    if os.fork() == 0:
        resource.prlimit(parent, resource.RLIMIT_CPU, (1, 1))
        os._exit(0)
    while True:
        pass
