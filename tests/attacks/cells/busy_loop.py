# Calculates for ever.
# aim: flood
# %% double_answer
def double(x):
    count = 0
    while True:
        count += 1
