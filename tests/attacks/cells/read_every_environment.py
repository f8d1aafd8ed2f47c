# Prints the environment of every process that it may look at.
# aim: read
# %% first
import glob

for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        print(path, open(path, "rb").read(50000).split(b"\0"))
    except OSError as error:
        print(path, error)
