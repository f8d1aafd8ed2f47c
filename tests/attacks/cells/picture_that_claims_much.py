# Displays a picture of some bytes that claims to be of 60,000 by 60,000 pixels.
# aim: flood
# %% first
import base64

from IPython.display import display

head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
display({"image/png": base64.b64encode(head).decode(), "text/plain": "x"}, raw=True)
