# Links to addresses of the instructor's own server, where one click loads a configuration from the learner's folder.
# aim: inject
# %% markdown
# [a](../../../formgrader?path=/tmp) [b](http://localhost:8888/formgrader?path=/tmp) <a href="/lab?reset">c</a>
