# Displays Markdown that converters need time for that grows with the square of its length.
# aim: flood
# %% first
from IPython.display import Markdown, display

display(Markdown("[\n" * 40_000), Markdown("*a **b\n" * 8_000), Markdown("# a\n" * 40_000))
