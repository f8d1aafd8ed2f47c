# Returns a dictionary with scripts for keys, which a comparison quotes.
# aim: inject
# %% double_answer
def double(x):
    return {"<script>document.title = 'owned'</script>": x, "<img src=x onerror=document.title='owned'>": object()}
