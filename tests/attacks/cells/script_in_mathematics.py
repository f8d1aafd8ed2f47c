# Displays Markdown and LaTeX with links and markup in them.
# aim: inject
# %% first
from IPython.display import Latex, Markdown, display

display(Markdown("[click](javascript:document.title='owned') <script>document.title = 'owned'</script>"))
display(Latex(r"$\href{javascript:document.title='owned'}{x}$ <img src=x onerror=document.title='owned'>"))
