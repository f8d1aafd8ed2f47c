# Raises an exception whose text and whose name take hundreds of megabytes.
# aim: flood
# %% double_answer
class Loud(Exception):
    def __str__(self):
        return "<" * 2**28

    __repr__ = __str__


Loud.__name__ = "Loud" * 2**22


def double(x):
    raise Loud
