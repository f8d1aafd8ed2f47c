# Connects to a service on this machine and sends it what it knows.
# aim: harm
# %% first
import socket

try:
    with socket.create_connection(("127.0.0.1", int("@PORT@")), timeout=5) as line:
        line.sendall(b"GET / HTTP/1.0\r\n\r\nsecrets of the grader")
        print("sent by TCP")
except OSError as error:
    print(error)
