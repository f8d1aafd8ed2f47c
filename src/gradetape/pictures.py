"""Pictures that a learner's notebook made: of which kind they are and how large they claim to be, by their header.

A picture of some kilobytes can claim to be of 60,000 by 60,000 pixels, and a browser makes room for all of them.
Pure; nothing is decoded but the header.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct

__all__ = ["KINDS", "MOST_BYTES", "MOST_PIXELS", "content", "fault", "size"]

KINDS = ("image/png", "image/jpeg", "image/gif")
MOST_BYTES = 4 * 2**20
MOST_PIXELS = 40_000_000
"""Of one picture: more than any screen or sheet of paper shows."""

_LONGEST_SIDE = 16_000
_BASE64 = re.compile(r"[A-Za-z0-9+/\n\r]*={0,2}\s*\Z")
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def fault(kind: str, data: object) -> str:
    """Say why a picture cannot be shown; '' when it can.

    Args:
        kind: its MIME type.
        data: its content in base64.
    """
    if kind not in KINDS or not isinstance(data, str):
        return "it is of a kind that is not shown"
    if len(data) > MOST_BYTES * 4 / 3:
        return f"it has more than {MOST_BYTES:,} bytes"
    try:
        found = size(kind, content(data)) if _BASE64.match(data) else None
    except (ValueError, binascii.Error, struct.error, IndexError):
        found = None
    if found is None:
        return "it is no picture of its kind"
    width, height = found
    if not width or not height or max(found) > _LONGEST_SIDE or width * height > MOST_PIXELS:
        return f"it claims {width:,} by {height:,} pixels"
    return ""


def content(data: str) -> bytes:
    """Return a picture's bytes; line ends in its base64 are left out.

    Raises:
        ValueError: it is no base64.
    """
    return base64.b64decode(data, validate=False)


def size(kind: str, data: bytes) -> tuple[int, int] | None:
    """Return width and height as a picture's header says; None when it is none of that kind.

    Layouts: PNG (ISO/IEC 15948, 11.2.2), GIF89a (section 18), JPEG (ITU-T T.81, B.2.2).
    """
    if kind == "image/png":
        right = data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR"
        return struct.unpack(">II", data[16:24]) if right else None
    if kind == "image/gif":
        return _gif(data) if data[:6] in (b"GIF87a", b"GIF89a") else None
    return _jpeg(data) if data.startswith(b"\xff\xd8\xff") else None


def _gif(content: bytes) -> tuple[int, int]:
    """The screen's size; frames lie in it, and their number is limited by the bytes."""
    width, height = struct.unpack("<HH", content[6:10])
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content):
        if content[at] != 0xFF:
            return None
        mark = content[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return None
