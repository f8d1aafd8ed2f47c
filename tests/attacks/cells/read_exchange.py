# Prints the submissions that wait in the exchange folder.
# aim: read
# %% first
import glob
import os

roots = ["@OUTSIDE@/*", "@OUTSIDE@", "/srv/nbgrader", "/usr/local/share/nbgrader"]
for folder in [*roots, *(os.path.abspath("../" * n) for n in range(1, 6))]:
    for path in glob.glob(os.path.join(folder, "exchange", "*", "*", "*", "*")):
        if os.path.isfile(path):
            print(path, open(path, encoding="utf-8", errors="replace").read(5000))
