# Writes a formula whose macros double themselves forty times, for whatever draws the page.
# aim: flood
# %% markdown
# $\newcommand{\a}{xx}\newcommand{\b}{\a\a}\newcommand{\c}{\b\b}\newcommand{\d}{\c\c}\newcommand{\e}{\d\d}\newcommand{\f}{\e\e}\newcommand{\g}{\f\f}\newcommand{\h}{\g\g}\newcommand{\i}{\h\h}\newcommand{\j}{\i\i}\newcommand{\k}{\j\j}\newcommand{\l}{\k\k}\newcommand{\m}{\l\l}\newcommand{\n}{\m\m}\newcommand{\o}{\n\n}\newcommand{\p}{\o\o}\newcommand{\q}{\p\p}\newcommand{\r}{\q\q}\newcommand{\s}{\r\r}\newcommand{\t}{\s\s}\newcommand{\u}{\t\t}\newcommand{\v}{\u\u}\newcommand{\w}{\v\v}\newcommand{\x}{\w\w}\newcommand{\y}{\x\x}\y$
