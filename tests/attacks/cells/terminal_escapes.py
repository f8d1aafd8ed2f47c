# Prints and raises texts with escape sequences, which move the cursor or set the title of a terminal.
# aim: inject
# %% first
print("\x1b]0;owned\x07\x1b[2J\x1b[H\x1b[8mhidden\x1b[0m\x1b]8;;http://127.0.0.1:@PORT@/\x07click\x1b]8;;\x07")
print("\x9b31mred\r                                  \rdouble: 2 of 2 points, passed")


# %% double_answer
def double(x):
    raise ValueError("\x1b]0;owned\x07\x1b[2J\x1b[1;1H\x1b]52;c;b3duZWQ=\x07double: passed\r\n\x1b[A\u202edeworc\u202c")
