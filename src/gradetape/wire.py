"""A look at MessagePack bytes before anything is built from them.

The unpacker allocates a list as long as its header claims; nested headers multiply. This scan walks
the headers only and refuses bytes that claim more than they hold, so that hostile bytes cost no more
memory than an honest tree of their length. It knows the MessagePack specification and nothing else.
"""

from __future__ import annotations

__all__ = ["WireError", "scan"]

# header byte -> bytes of payload (fixed), for the types a tree may hold
_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
# header byte -> bytes of the length field
_BLOBS = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_ARRAYS = {0xDC: 2, 0xDD: 4}


class WireError(ValueError):
    """Bytes that are no complete MessagePack value of the allowed types."""


def scan(data: bytes, *, max_depth: int, max_nodes: int) -> None:
    """Check that `data` is one complete value: no maps, no extensions, no claim beyond its length.

    Raises:
        WireError: in plain words, without any of the bytes.
    """
    size, position, nodes = len(data), 0, 0
    open_arrays: list[int] = [1]  # elements still to come, innermost last
    pending = 1  # their sum
    while pending:
        while open_arrays[-1] == 0:
            open_arrays.pop()
        if position >= size:
            raise WireError("the bytes end early.")
        open_arrays[-1] -= 1
        pending -= 1
        nodes += 1
        skip, elements = _header(data, position, size)
        position += skip
        if elements:
            open_arrays.append(elements)
            pending += elements
        if len(open_arrays) > max_depth:
            raise WireError(f"nested deeper than {max_depth} levels.")
        if nodes + pending > max_nodes or pending > size - position:
            raise WireError("more elements are claimed than there can be.")
    if position != size:
        raise WireError("bytes are left over at the end.")


def _header(data: bytes, position: int, size: int) -> tuple[int, int]:
    """Read one header: how many bytes to go on by, and how many elements follow as nodes."""
    byte = data[position]
    if byte <= 0x7F or byte >= 0xE0:
        return 1, 0
    if 0x90 <= byte <= 0x9F:
        return 1, byte & 0x0F
    if 0xA0 <= byte <= 0xBF:
        return _within(1 + (byte & 0x1F), position, size), 0
    if byte in _FIXED:
        return _within(1 + _FIXED[byte], position, size), 0
    width = _BLOBS.get(byte) or _ARRAYS.get(byte)
    if width is None:
        raise WireError(f"a type (0x{byte:02x}) that no tree holds.")
    _within(1 + width, position, size)
    count = int.from_bytes(data[position + 1 : position + 1 + width], "big")
    if byte in _ARRAYS:
        return 1 + width, count
    return _within(1 + width + count, position, size), 0


def _within(length: int, position: int, size: int) -> int:
    if position + length > size:
        raise WireError("the bytes end early.")
    return length
