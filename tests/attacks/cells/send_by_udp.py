# Sends a datagram, which needs no connection.
# aim: harm
# %% first
import socket

try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        print(line.sendto(b"secrets of the grader", ("127.0.0.1", int("@UDP@"))), "bytes sent by UDP")
except OSError as error:
    print(error)
