# Starts two thousand threads that all sleep.
# aim: flood
# %% first
import threading
import time

count = 0
threading.stack_size(2**16)
try:
    for _ in range(2000):
        threading.Thread(target=time.sleep, args=(15,), daemon=True).start()
        count += 1
except (RuntimeError, MemoryError) as error:
    print(error)
print("threads started:", count)
