# Opens raw and packet sockets, to listen to the traffic of the machine.
# aim: harm
# %% first
import socket

for family, kind, protocol in ((17, socket.SOCK_RAW, 0x0300), (socket.AF_INET, socket.SOCK_RAW, 1)):
    try:
        with socket.socket(family, kind, protocol) as line:
            line.settimeout(1)
            print("opened", family, line)
            print(line.recv(100))
    except OSError as error:
        print(family, error)
