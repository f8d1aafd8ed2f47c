# Makes folders within folders, five thousand deep, which many programs cannot remove.
# aim: flood
# %% first
import os

home, depth = os.open(".", os.O_RDONLY), 0
try:
    for _ in range(5000):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
        depth += 1
except OSError as error:
    print(error)
print("folders deep:", depth)
os.fchdir(home)
