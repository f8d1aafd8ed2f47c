# Ends the interpreter with sys.exit, quit and exit.
# aim: flood
# %% first
import sys
import threading

threading.Thread(target=sys.exit, args=(0,)).start()
try:
    quit()
finally:
    sys.exit(0)
