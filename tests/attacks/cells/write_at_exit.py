# Waits until the process ends, and writes outside in a hook that runs then.
# aim: harm
# %% first
import atexit
import weakref


def leave(path="@OUTSIDE@/written_at_exit.txt"):
    open(path, "a").write("the process has ended\n")


class Kept:
    pass


kept = Kept()
atexit.register(leave)
weakref.finalize(kept, leave)
