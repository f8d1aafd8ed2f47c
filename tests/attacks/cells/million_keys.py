# Returns a dictionary with a million keys.
# aim: flood
# %% double_answer
def double(x):
    return dict.fromkeys(range(10**6), 1.0)
