# Opens a port for someone outside to connect to, and keeps a thread there.
# aim: harm
# %% first
import socket
import threading

try:
    line = socket.create_server(("0.0.0.0", 0))
    print("listening on", line.getsockname())
    threading.Thread(target=line.accept, daemon=True).start()
    with socket.create_connection(("127.0.0.1", line.getsockname()[1]), timeout=3):
        print("and somebody came")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as said:
        said.sendto(f"come to {line.getsockname()}".encode(), ("127.0.0.1", int("@UDP@")))
        print("and it was told outside")
except OSError as error:
    print(error)
