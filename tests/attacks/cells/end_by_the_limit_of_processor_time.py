# Lowers its own limit of processor time, which kills it just as somebody from outside would.
# aim: flood
# %% double_answer
import resource
import signal


def double(x):
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    while True:
        pass
