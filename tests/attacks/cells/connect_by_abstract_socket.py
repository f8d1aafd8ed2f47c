# Connects to a service through an abstract socket, which no file permission guards.
# aim: harm
# %% first
import socket

try:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect("\0@ABSTRACT@")
        line.sendall(b"secrets of the grader")
        print("sent through an abstract socket")
except OSError as error:
    print(error)
