# Reads shared memory that other processes left under /dev/shm or as System V segments.
# aim: read
# %% first
import ctypes
import glob

for path in glob.glob("/dev/shm/*"):
    print(path, open(path, "rb").read(8000))
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
try:
    table = open("/proc/sysvipc/shm").read().splitlines()[1:]
except OSError as error:
    table = []
    print(error)
for line in table:
    number, size = int(line.split()[1]), int(line.split()[3])
    address = libc.shmat(number, None, 0o10000)
    if address not in (None, ctypes.c_void_p(-1).value):
        print(number, ctypes.string_at(address, min(size, 8000)))
