# Takes shared anonymous memory, which limits on private memory do not count, up to six gibibytes.
# aim: flood
# %% first
import mmap

held = []
try:
    while len(held) < 96:
        part = mmap.mmap(-1, 2**26, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
        part.write(b"x" * 2**26)
        held.append(part)
except (OSError, ValueError, MemoryError) as error:
    print(error)
print("MiB of shared memory:", 64 * len(held))
for part in held:
    part.close()
