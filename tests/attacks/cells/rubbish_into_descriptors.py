# Writes rubbish into every file descriptor that it finds open.
# aim: harm
# %% first
import os

for name in os.listdir("/proc/self/fd"):
    descriptor = int(name)
    try:
        os.set_blocking(descriptor, False)
        print(name, os.readlink(f"/proc/self/fd/{name}"), os.write(descriptor, b"\xc1rubbish\n" * 100))
    except OSError as error:
        print(name, error)
