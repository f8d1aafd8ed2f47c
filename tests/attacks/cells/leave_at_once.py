# Ends the process in the first cell with os._exit.
# aim: flood
# %% first
import os

os._exit(0)
