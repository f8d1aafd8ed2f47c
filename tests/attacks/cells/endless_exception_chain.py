# Raises an exception with a cause that has a cause, fifty thousand times over.
# aim: flood
# %% double_answer
def double(x):
    error = ValueError("first")
    for number in range(50_000):
        following = ValueError(number)
        following.__cause__ = error
        error = following
    raise error
