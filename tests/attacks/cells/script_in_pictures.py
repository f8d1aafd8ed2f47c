# Displays pictures in SVG, PDF and other types that can hold scripts, and types with markup in their names.
# aim: inject
# %% first
from IPython.display import SVG, display

display(SVG("<svg xmlns='http://www.w3.org/2000/svg'><script>document.title = 'owned'</script></svg>"))
display({"image/svg+xml": "<svg onload=\"document.title='owned'\"/>", "text/plain": "x"}, raw=True)
display({"image/png": "x\" onerror=\"document.title='owned'", "text/plain": "x"}, raw=True)
display({"text/html\"><script>document.title='owned'</script>": "x", "text/plain": "x"}, raw=True)
