# Sleeps for ever in a cell.
# aim: flood
# %% first
import time

time.sleep(10**8)
