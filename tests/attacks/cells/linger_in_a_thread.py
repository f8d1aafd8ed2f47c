# Leaves a thread behind that goes on while the other question is graded.
# aim: linger
# %% first
import threading
import time


def stay():
    for _ in range(600):
        time.sleep(0.1)
        try:
            open("@OUTSIDE@/lingering.txt", "a").write("still here\n")
        except OSError:
            continue


threading.Thread(target=stay).start()
