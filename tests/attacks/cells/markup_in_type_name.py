# Returns an object whose type is called like a script, which messages about wrong types quote.
# aim: inject
# %% double_answer
def double(x):
    return type("<script>document.title = 'owned'</script>", (), {})()
