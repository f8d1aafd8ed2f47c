# Runs a child under ptrace, with which filters of system calls used to be passed by.
# aim: harm
# %% first
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if child == 0:
    done = libc.ptrace(0, 0, None, None)
    if done == 0:
        os.kill(os.getpid(), 19)
    os._exit(7 if done == 0 else 8)
_, status = os.waitpid(child, 0)
print("the child is traced" if os.WIFSTOPPED(status) else f"no tracing: {status}")
if os.WIFSTOPPED(status):
    os.kill(child, 9)
    os.waitpid(child, 0)
