# Reads one byte of every 2 MiB of a huge mapping, so that page tables alone take more than its memory.
# aim: flood
# %% first
import ctypes
import mmap
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
count, step, end = 900_000, 2**21, time.time() + 15
flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000
begin = libc.mmap(None, count * step, mmap.PROT_READ, flags, -1, 0)
libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(count * step), 15)
for number in range(count):
    ctypes.c_char.from_address(begin + number * step).value
    if number % 1000 == 0 and time.time() > end:
        break
time.sleep(0.5)
size = int(open("/proc/self/status").read().partition("VmPTE:")[2].split()[0]) >> 10
print("MiB of page tables:", size)
taken = size > 3200


# %% double_answer
def double(x):
    return 2 * x if taken else x
