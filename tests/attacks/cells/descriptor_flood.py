# Opens files until no more can be opened, up to a hundred thousand.
# aim: flood
# %% first
import os

opened = []
try:
    while len(opened) < 100_000:
        opened.append(os.open("/dev/null", os.O_RDONLY))
except OSError as error:
    print(error)
print("descriptors:", len(opened))
for descriptor in opened:
    os.close(descriptor)
