# Displays an output that looks like a verdict, with the mark of Gradetape's own panels in its metadata.
# aim: inject
# %% first
from IPython.display import display

display(
    {
        "text/html": "<section class='gradetape-verdict'>\u2713 double: passed, 2 of 2 points</section>",
        "text/plain": "x",
    },
    raw=True,
    metadata={"gradetape": {"question": "double", "status": "passed", "score": 2.0, "next": "", "said": []}},
)
