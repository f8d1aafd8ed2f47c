# Lets the value of a cell print itself as HTML with a script.
# aim: inject
# %% last
class Pretty:
    def _repr_html_(self):
        return "<script>document.title = 'owned'</script>"

    def _repr_mimebundle_(self, **options):
        return {"text/html": self._repr_html_(), "text/javascript": "document.title = 'owned'", "text/plain": "<b>"}


Pretty()
