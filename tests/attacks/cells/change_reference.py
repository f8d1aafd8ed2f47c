# Rewrites the instructor's notebook, so that its own wrong answer becomes the right one.
# aim: forge
# %% first
import glob
import os

for folder in ("@OUTSIDE@/*", *(os.path.abspath("../" * n) for n in range(1, 6))):
    for path in glob.glob(os.path.join(folder, "source", "*", "*.ipynb")):
        text = open(path).read()
        open(path, "w").write(text.replace("return 2 * x", "return x"))
        print("rewrote", path)
