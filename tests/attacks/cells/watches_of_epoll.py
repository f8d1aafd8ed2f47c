# Registers every descriptor with every other one, in many processes: an account has only so many watches.
# aim: flood
# %% first
import os
import select
import socket
import time

end = time.time() + 6
for _ in range(100):
    if os.fork() == 0:
        try:
            kept = []
            while True:
                kept.append(select.epoll())
        except OSError:
            pass
        ends = socket.socketpair() if len(kept) < 2 else [k for k in kept[len(kept) // 2 :]]
        for one in kept[: len(kept) // 2]:
            for other in ends:
                try:
                    one.register(other)
                except OSError:
                    break
        time.sleep(max(0, end - time.time()))
        os._exit(0)
time.sleep(max(0, end - time.time()))
taken = True


# %% double_answer
def double(x):
    return 2 * x if taken else x
