# Displays a page of a hundred megabytes and a picture that is none.
# aim: flood
# %% first
from IPython.display import display

display({"text/html": "<p>" * 2**25, "text/plain": "page"}, raw=True)
display({"image/png": b"\x89PNG" * 2**22, "text/plain": "picture"}, raw=True)
