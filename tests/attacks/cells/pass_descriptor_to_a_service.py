# Hands one of its open files to another process over a socket.
# aim: harm
# %% first
import os
import socket

try:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect("@UNIX@")
        socket.send_fds(line, [b"take this"], [os.open(".", os.O_RDONLY)])
        print("a descriptor was sent")
except OSError as error:
    print(error)
