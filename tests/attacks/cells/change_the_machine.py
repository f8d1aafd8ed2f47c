# Changes the host's name and sets its clock (to the same time, so that a success does no harm).
# aim: harm
# %% first
import pathlib
import socket
import time

for what in (
    lambda: socket.sethostname("owned"),
    lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
    lambda: pathlib.Path("/proc/sys/kernel/hostname").write_text("owned"),
    lambda: pathlib.Path("/proc/sys/kernel/domainname").write_text("owned"),
):
    try:
        print("done", what())
    except OSError as error:
        print(error)
print(socket.gethostname())
