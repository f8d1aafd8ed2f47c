# Calculates for hours inside a single call of a C function, where Python handles no signal.
# aim: flood
# %% double_answer
import hashlib


def double(x):
    return hashlib.pbkdf2_hmac("sha256", b"word", b"salt", 2**31 - 1)
