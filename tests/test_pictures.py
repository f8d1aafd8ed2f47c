"""Headers of pictures: which kind they are, how large, and every limit from both sides."""

import base64
import struct
import zlib

import pytest

from gradetape import harmless, pictures
from gradetape.pictures import KINDS, MOST_BYTES, fault, size

NONE = "it is no picture of its kind"


def png(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


def gif(width, height, version=b"89a"):
    return b"GIF" + version + struct.pack("<HH", width, height) + b"\0\0\0"


def jpeg(width, height, *, frame=0xC0, before=b"\xff\xe0\x00\x04ab"):
    return (
        b"\xff\xd8"
        + before
        + b"\xff"
        + bytes([frame])
        + b"\x00\x11\x08"
        + struct.pack(">HH", height, width)
        + b"\0" * 12
    )


MAKE = {"image/png": png, "image/gif": gif, "image/jpeg": jpeg}


def said(kind, data):
    return fault(kind, base64.b64encode(data).decode())


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_is_the_headers(kind):
    """Width and height in their order."""
    assert size(kind, MAKE[kind](300, 20)) == (300, 20)
    assert said(kind, MAKE[kind](300, 20)) == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [(16_000, 2_500, True), (16_000, 2_501, False), (16_001, 1, False), (1, 16_001, False), (1, 16_000, True), (2_500, 16_000, True),
     (6_325, 6_325, False), (6_324, 6_325, True), (0, 1, False), (1, 0, False), (1, 1, True)],
)  # fmt: skip
def test_pixels_and_sides(kind, width, height, shown):
    """Forty million pixels, and sixteen thousand to a side."""
    assert said(kind, MAKE[kind](width, height)) == ("" if shown else f"it claims {width:,} by {height:,} pixels")


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_that_is_cut_is_none(kind):
    """At every byte, up to where the size is known."""
    whole = MAKE[kind](300, 20)
    needed = {"image/png": 24, "image/gif": 10, "image/jpeg": whole.find(b"\xff\xc0") + 9}[kind]
    for end in range(needed):
        assert said(kind, whole[:end]) == NONE, end
    assert said(kind, whole[:needed]) == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_picture_is_of_its_own_kind(kind, other):
    """Whatever its name says."""
    assert (said(kind, MAKE[other](3, 2)) == "") == (kind == other)


@pytest.mark.parametrize(
    ("kind", "data"),
    [("image/png", png(3, 2).replace(b"IHDR", b"IDAT")), ("image/png", png(3, 2).replace(b"\r\n", b"\n\n")), ("image/gif", gif(3, 2, b"88a")),
     ("image/jpeg", b"\xff\xd8\xfe" + jpeg(3, 2)[3:]), ("image/jpeg", jpeg(3, 2, frame=0xC4)), ("image/jpeg", jpeg(3, 2, frame=0xC8)),
     ("image/jpeg", jpeg(3, 2, frame=0xCC)), ("image/jpeg", jpeg(3, 2, frame=0xD0)), ("image/jpeg", jpeg(3, 2, before=b"\xff\xe0\x00\x05ab")),
     ("image/png", b""), ("image/svg+xml", png(3, 2)), ("image/webp", png(3, 2))],
)  # fmt: skip
def test_headers_that_are_none(kind, data):
    """Another chunk first, another version, tables in a frame's place, a length that leads astray."""
    assert said(kind, data) in (NONE, "it is of a kind that is not shown")


@pytest.mark.parametrize("frame", [0xC0, 0xC1, 0xC2, 0xCF])
def test_frames_of_jpeg(frame):
    """Baseline, extended, progressive, arithmetic; bytes that fill may stand before a mark."""
    assert size("image/jpeg", jpeg(3, 2, frame=frame)) == (3, 2)
    assert size("image/jpeg", jpeg(3, 2, frame=frame, before=b"\xff\xff\xff\xe1\x00\x03x\xff")) == (3, 2)
    assert size("image/gif", gif(3, 2, b"87a")) == (3, 2)


@pytest.mark.parametrize("data", ['x"><script>', "iVBOR\u0131w0KGgo=", "AAAA====", "A", None, 7, b"x"])
def test_what_is_no_base64(data):
    """Nor text at all."""
    assert fault("image/png", data) in (NONE, "it is of a kind that is not shown")


@pytest.mark.parametrize("kind", KINDS)
def test_bytes(kind):
    """Four mebibytes, and not one more in base64."""
    head = MAKE[kind](3, 2)
    most = MOST_BYTES - MOST_BYTES % 3
    assert said(kind, head + bytes(most - len(head))) == ""
    assert said(kind, head + bytes(most + 3 - len(head))) == "it has more than 4,194,304 bytes"
    assert MOST_BYTES == 4 * 2**20


def test_all_pictures_together(monkeypatch):
    """Bytes and pixels of one notebook: five pictures of the largest size, and twenty-four mebibytes."""
    large = base64.b64encode(png(6_000, 6_000)).decode()
    room = harmless.Room()
    assert [bool(room.refuses("image/png", large)) for _ in range(6)] == [False] * 5 + [True]
    room = harmless.Room(picture_bytes=2 * len(large))
    assert [room.refuses("image/png", large) for _ in range(3)] == [
        "",
        "",
        "a picture, because there is no more room for pictures",
    ]
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1)
    assert room.refuses("image/png", large) == "a picture, because it claims 6,000 by 6,000 pixels"
