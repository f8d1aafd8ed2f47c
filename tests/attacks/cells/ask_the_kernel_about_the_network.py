# Lists the machine's interfaces and open connections through netlink and /proc.
# aim: read
# %% first
import socket

try:
    print(socket.if_nameindex())
    print(open("/proc/net/tcp").read()[:3000], open("/proc/net/unix").read()[:5000])
except OSError as error:
    print(error)
