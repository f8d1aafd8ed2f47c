# Displays a widget's state and metadata that ask the front end to load a module.
# aim: inject
# %% first
from IPython.display import display

view = {"model_id": "<script>document.title='owned'</script>", "version_major": 2, "version_minor": 0}
display({"application/vnd.jupyter.widget-view+json": view, "text/plain": "x"}, raw=True)
display({"text/html": "x"}, raw=True, metadata={"isolated": False, "text/html": {"width": '"><script>1</script>'}})
