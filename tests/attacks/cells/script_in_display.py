# Displays JavaScript, which a notebook's front end runs.
# aim: inject
# %% first
from IPython.display import Javascript, display

display(Javascript("document.title = 'owned'"))
display({"application/javascript": "document.title = 'owned'", "text/plain": "hello"}, raw=True)
