# Prints the environment that this process and the first one were started with.
# aim: read
# %% first
for path in ("/proc/self/environ", "/proc/1/environ"):
    try:
        print(path, open(path, "rb").read().split(b"\0"))
    except OSError as error:
        print(path, error)
