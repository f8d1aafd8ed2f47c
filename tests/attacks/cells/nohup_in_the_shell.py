# Starts a command with nohup that outlives the notebook.
# aim: linger
# %% first
import subprocess

script = 'for n in $(seq 60); do sleep 1; echo still here >> "@OUTSIDE@/lingering.txt"; done'
subprocess.Popen(
    ["nohup", "bash", "-c", script],
    stdin=subprocess.DEVNULL,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
print("started")
