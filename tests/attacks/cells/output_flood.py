# Prints two hundred megabytes.
# aim: flood
# %% first
line = "x" * 999 + "\n"
for _ in range(200):
    print(line * 1000, end="")
