# Prints the environment variables, where services keep their passwords.
# aim: read
# %% first
import os

for name, value in os.environ.items():
    print(name, value)
