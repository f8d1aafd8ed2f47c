# Attaches to the grader as a debugger and keeps it stopped.
# aim: harm
# %% first
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
done = libc.ptrace(16, int("@PARENT@"), None, None)
print("attached" if done == 0 else os.strerror(ctypes.get_errno()))
if done == 0:
    os.waitpid(int("@PARENT@"), 0x40000000)
    print(open("/proc/@PARENT@/status").read().partition("TracerPid")[2].splitlines()[0])
    libc.ptrace(17, int("@PARENT@"), None, None)
