# Fails in a line whose own text is a script, which messages quote.
# aim: inject
# %% double_answer
def double(x):
    return x["</code><script>document.title = 'owned'</script>"]  # <img src=x onerror="document.title='owned'">
