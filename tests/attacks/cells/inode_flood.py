# Makes a hundred thousand empty files.
# aim: flood
# %% first
import os
import shutil

count = 0
try:
    for folder in range(100):
        os.mkdir(f"many{folder}")
        for number in range(1000):
            os.mknod(f"many{folder}/{number}")
            count += 1
except OSError as error:
    print(error)
print("files made:", count)
for folder in range(100):
    shutil.rmtree(f"many{folder}", ignore_errors=True)
