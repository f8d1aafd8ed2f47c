# Gives itself another user's rights with setuid, sudo and su.
# aim: harm
# %% first
import os
import subprocess

for change in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0])):
    try:
        change()
        print("now", os.getuid(), os.getgid(), os.getgroups())
    except OSError as error:
        print(error)
for command in (["sudo", "-n", "id"], ["su", "-c", "id"]):
    try:
        print(subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=5, check=False))
    except (OSError, subprocess.SubprocessError) as error:
        print(error)
