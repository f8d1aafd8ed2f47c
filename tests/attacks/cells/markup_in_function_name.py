# Gives its function a script for a name, which Python puts into messages.
# aim: inject
# %% double_answer
name = "<script>document.title = 'owned'</script>"


def double():
    return 1


double.__name__ = double.__qualname__ = name
double.__code__ = double.__code__.replace(co_name=name, co_qualname=name, co_filename=name)
