# Ends in its first cell by a limit of processor time, so that nobody can say what its answers are worth.
# aim: flood
# %% first
import resource
import signal

signal.signal(signal.SIGXCPU, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
while True:
    pass
