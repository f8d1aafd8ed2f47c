# Displays fifty thousand outputs, each with metadata.
# aim: flood
# %% first
from IPython.display import display

for number in range(50_000):
    display({"text/plain": str(number)}, raw=True, metadata={"text/plain": {"width": number}})
