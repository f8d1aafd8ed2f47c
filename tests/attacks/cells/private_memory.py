# Takes memory in steps of 64 MiB, up to six gibibytes, and touches all of it.
# aim: flood
# %% first
held = []
try:
    while len(held) < 96:
        held.append(bytearray(b"x") * 2**26)
except MemoryError:
    pass
print("MiB of memory:", 64 * len(held))
held.clear()
