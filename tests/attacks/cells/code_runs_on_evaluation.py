# Returns text and objects whose printed form does harm when it is evaluated.
# aim: harm
# %% double_answer
class Printed:
    __repr__ = lambda self: "__import__('os').system('echo evaluated >> @OUTSIDE@/evaluated.txt')"
    __str__ = __repr__


def double(x):
    print(repr(Printed()))
    return Printed()
