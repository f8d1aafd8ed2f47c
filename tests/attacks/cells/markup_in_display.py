# Displays HTML with a script and with attributes that run one.
# aim: inject
# %% first
from IPython.display import HTML, display

display(HTML("<script>document.title = 'owned'</script>"))
display(HTML("<img src=x onerror=\"document.title = 'owned'\"><svg onload=\"document.title = 'owned'\">"))
display(HTML("<a href=\"javascript:document.title='owned'\">click</a><iframe srcdoc='<script>1</script>'></iframe>"))
HTML("<form action=http://127.0.0.1:@PORT@/><input name=password autofocus></form>")
