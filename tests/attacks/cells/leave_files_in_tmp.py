# Leaves files in the machine's folders for temporary files.
# aim: harm
# %% first
import os

for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock"):
    try:
        with open(os.path.join(folder, "left_by_a_notebook.txt"), "w") as file:
            file.write("still here?")
        print("wrote", file.name)
    except OSError as error:
        print(error)
