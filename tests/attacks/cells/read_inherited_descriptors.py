# Reads every file descriptor that was left open across the start of this process.
# aim: read
# %% first
import os

for name in sorted(os.listdir("/proc/self/fd"), key=int):
    descriptor = int(name)
    try:
        print(name, os.readlink(f"/proc/self/fd/{name}"))
        os.set_blocking(descriptor, False)
        print(os.pread(descriptor, 20000, 0))
    except OSError as error:
        print(error)
    finally:
        try:
            os.set_blocking(descriptor, True)
        except OSError as error:
            print(error)
