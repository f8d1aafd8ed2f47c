# Takes System V shared memory, which stays when its process ends, up to two gibibytes.
# aim: flood
# %% first
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
held = []
for _ in range(32):
    number = libc.shmget(0, ctypes.c_size_t(2**26), 0o1600)
    address = libc.shmat(number, None, 0) if number >= 0 else None
    if address in (None, ctypes.c_void_p(-1).value):
        print(os.strerror(ctypes.get_errno()))
        break
    ctypes.memset(address, 1, 2**26)
    held.append(number)
print("MiB of System V memory:", 64 * len(held))
for number in held:
    libc.shmctl(number, 0, None)
