# Shows pictures, tables and styles from another server, which learns who looks and when.
# aim: inject
# %% markdown
# ![a](http://192.0.2.1/a.png) <img srcset="//192.0.2.1/b.png 1x"> <table background="http://192.0.2.1/c.png"></table>
#
# <p style="background:url(http://192.0.2.1/d.png)">words</p>
