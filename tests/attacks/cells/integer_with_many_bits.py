# Returns an integer of a subclass with a lying value, and integers that no format can hold.
# aim: forge
# %% double_answer
class Whole(int):
    __index__ = __int__ = lambda self: 10**40
    __eq__ = lambda self, other: True
    __hash__ = int.__hash__


def double(x):
    return Whole(1)
