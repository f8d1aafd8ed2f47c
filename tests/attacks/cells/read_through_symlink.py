# Lays symbolic links to the course into its own folder, and reads through them.
# aim: read
# %% first
import glob
import os

os.symlink("@OUTSIDE@", "outside")
os.symlink("../../..", "above")
os.symlink("/proc/@PARENT@/cwd", "parent")
for link in ("outside/*", "above", "parent"):
    for path in glob.glob(f"{link}/graders/*/*.py"):
        print(path, open(path).read(20000))
