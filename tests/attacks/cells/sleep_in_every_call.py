# Sleeps in every call of the function, for just under what a time limit might be.
# aim: flood
# %% double_answer
import time


def double(x):
    time.sleep(4)
    return x
