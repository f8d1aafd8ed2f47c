# Prints a million single letters on both streams in turn, each of them an output of its own.
# aim: flood
# %% first
import sys

for _ in range(500_000):
    sys.stdout.write("o")
    sys.stderr.write("e")
