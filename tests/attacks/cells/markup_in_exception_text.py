# Raises an exception whose text is a script, so that the message shown to staff and learner holds it.
# aim: inject
# %% double_answer
def double(x):
    raise ValueError(
        "</li></ul><script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">"
    )
