# Changes files of the course: the release that all get, and a new assignment.
# aim: harm
# %% first
import glob
import os

for course in glob.glob("@OUTSIDE@/*/source") + glob.glob("../../../source"):
    try:
        os.makedirs(os.path.join(course, "planted"), exist_ok=True)
        open(os.path.join(course, "planted", "planted.ipynb"), "w").write("{}")
        for path in glob.glob(os.path.join(course, "..", "release", "*", "*.ipynb")):
            open(path, "a").write(" ")
            print("changed", path)
    except OSError as error:
        print(error)
