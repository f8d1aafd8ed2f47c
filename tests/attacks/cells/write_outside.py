# Writes a file beside the course.
# aim: harm
# %% first
import os

for folder in ("@OUTSIDE@", "../../../..", "../.."):
    try:
        with open(os.path.join(folder, "was_here.txt"), "w") as file:
            file.write("a learner's notebook wrote this")
        print("wrote", os.path.abspath(file.name))
    except OSError as error:
        print(error)
