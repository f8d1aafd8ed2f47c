# Opens anew, from their beginning, files that this process holds half read or deleted.
# aim: read
# %% first
import os

for name in os.listdir("/proc/self/fd"):
    try:
        with open(f"/proc/self/fd/{name}", "rb", 0) as file:
            if file.seekable():
                print(name, file.read(20000))
    except OSError as error:
        print(name, error)
