# Recurses without end after lifting Python's own limit, until the stack overflows.
# aim: flood
# %% double_answer
import sys


def double(x):
    sys.setrecursionlimit(10**9)
    eval("[" * 50 + "]" * 50)

    def down(value):
        return sorted([value], key=down)

    return down(x)
