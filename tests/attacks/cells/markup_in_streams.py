# Prints a script on both streams.
# aim: inject
# %% first
import sys

for stream in (sys.stdout, sys.stderr):
    stream.write(
        "</pre></div><script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">\n"
    )
