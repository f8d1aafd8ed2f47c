# Waits for somebody to type something.
# aim: flood
# %% first
import getpass
import sys

print("read:", repr(sys.stdin.readline() if sys.stdin else ""))
try:
    print(repr(input("your name? ")), getpass.getpass())
except (EOFError, OSError, RuntimeError) as error:
    print(type(error), error)
