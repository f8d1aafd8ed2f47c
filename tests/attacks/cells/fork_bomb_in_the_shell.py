# Lets a shell start processes that start processes, bounded by depth.
# aim: flood
# %% first
import subprocess

script = 'f() { [ "$1" -gt 0 ] && { f $(($1 - 1)) & f $(($1 - 1)) & }; sleep 15; }; f 8'
started = subprocess.Popen(["bash", "-c", script])
try:
    started.wait(8)
except subprocess.TimeoutExpired:
    print("about a thousand processes are running")
