# Writes links to scripts with character references, behind a files/ prefix, as references and as automatic links.
# aim: inject
# %% markdown
# [a](java&#115;cript:document.title='owned') [b](java&Tab;script&colon;document.title='owned')
# [c](files/javascript:document.title='owned') [d][r] <javascript:document.title='owned'>
#
# [r]: javascript:document.title='owned'
