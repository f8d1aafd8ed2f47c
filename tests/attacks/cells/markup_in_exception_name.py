# Raises an exception whose class is called like a script.
# aim: inject
# %% double_answer
name = "</p><script>document.title = 'owned'</script>"
Owned = type(name, (Exception,), {"__module__": name, "__qualname__": name})


def double(x):
    raise Owned("<b>bold</b>")


# %% last
raise Owned("<img src=x onerror=\"document.title = 'owned'\">")
