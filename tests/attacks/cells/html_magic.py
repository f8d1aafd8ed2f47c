# Uses the magic for HTML cells.
# aim: inject
# %% first
# %%html
# <script>document.title = 'owned'</script>
# <img src=x onerror="document.title = 'owned'">
