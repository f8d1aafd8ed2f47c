# Fills pipes and sockets with data that nobody reads, which the kernel has to keep.
# aim: flood
# %% first
import fcntl
import os

pipes, kept = [], 0
try:
    while len(pipes) < 1000:
        pipes.append(os.pipe())
        fcntl.fcntl(pipes[-1][1], 1031, 2**20)
        os.set_blocking(pipes[-1][1], False)
        kept += os.write(pipes[-1][1], b"x" * 2**20)
except OSError as error:
    print(error)
print("KiB in pipes:", kept >> 10)
for reader, writer in pipes:
    os.close(reader)
    os.close(writer)
