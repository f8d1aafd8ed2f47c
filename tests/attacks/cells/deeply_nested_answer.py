# Returns lists nested ten thousand deep.
# aim: flood
# %% double_answer
def double(x):
    answer = x
    for _ in range(10_000):
        answer = [answer]
    return answer
