# Sends a signal to every process that it may send one to.
# aim: harm
# %% first
import os
import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
try:
    os.kill(-1, signal.SIGTERM)
    print("sent to all")
except OSError as error:
    print(error)
