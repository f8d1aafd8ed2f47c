# Prints the instructor's notebook and its text form, solutions and all.
# aim: read
# %% first
import glob
import os

above = ["@OUTSIDE@/*", "@OUTSIDE@", *(os.path.abspath("../" * n) for n in range(1, 6))]
for folder in above:
    for pattern in ("solutions/*/*.py", "source/*/*.ipynb"):
        for path in glob.glob(os.path.join(folder, pattern)):
            print(path)
            print(open(path, encoding="utf-8", errors="replace").read(20000))
