# Fills files that exist in memory only (memfd), up to six gibibytes.
# aim: flood
# %% first
import os

descriptors, written = [], 0
try:
    while written < 96:
        if written % 4 == 0:
            descriptors.append(os.memfd_create(f"hog{written}"))
        os.write(descriptors[-1], b"x" * 2**26)
        written += 1
except OSError as error:
    print(error)
print("MiB in memory files:", 64 * written)
for descriptor in descriptors:
    os.close(descriptor)
