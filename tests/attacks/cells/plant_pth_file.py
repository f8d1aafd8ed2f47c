# Plants a .pth file with a line of code in site-packages.
# aim: harm
# %% first
import os
import site

for folder in (*site.getsitepackages(), site.getusersitepackages()):
    try:
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "planted.pth"), "w") as file:
            file.write("import sys; sys.planted = True\n")
        print("wrote", file.name)
    except OSError as error:
        print(error)
