# Writes formulas that link to scripts, set styles and classes, and load extensions of MathJax.
# aim: inject
# %% markdown
# $\href{javascript:document.title='owned'}{x}$ $\style{position:fixed;top:0;background:red}{10\ of\ 10}$
#
# $\require{html}\class{gradetape-verdict}{\cssId{notebook}{x}}$ $\text{<img src=x onerror=document.title='owned'>}$
