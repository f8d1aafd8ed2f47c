# Writes scripts into a Markdown cell, as HTML, as links and as a picture.
# aim: inject
# %% markdown
# # A sentence <script>document.title = 'owned'</script>
#
# <img src=x onerror="document.title = 'owned'"> <svg/onload="document.title='owned'"> [link](javascript:alert(1))
#
# <style>.gradetape-verdict { display: none }</style> <div onmouseover="document.title='owned'">words</div>
