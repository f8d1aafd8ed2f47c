# Reads every file that is named in the command line of a running process.
# aim: read
# %% first
import glob
import os

for line in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        words = open(line, "rb").read().decode(errors="replace").split("\0")
        folder = os.path.dirname(line) + "/cwd"
        for word in words:
            path = os.path.join(folder, word)
            if word and os.path.isfile(path) and not word.endswith(("python", "python3", "bash")):
                print(words, open(path, errors="replace").read(8000))
    except OSError as error:
        print(line, error)
