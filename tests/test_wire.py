"""Bytes are looked at before anything is built from them."""

import msgpack
import pytest

from gradetape.wire import WireError, scan


def look(data, max_depth=10, max_nodes=1000):
    scan(data, max_depth=max_depth, max_nodes=max_nodes)


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -5, 200, 70_000, 2**40, -(2**40), 1.5, "x", "x" * 40, "x" * 300, b"y" * 70_000, [1, [2, []]]],
)
def test_honest_values_pass(value):
    """Whatever the packer writes for the allowed types is let through."""
    look(msgpack.packb(value), max_nodes=10**6)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the bytes end early"),
        (b"\x92\x01", "the bytes end early|more elements are claimed"),
        (b"\xdd\xff\xff\xff\xff", "more elements are claimed than there can be"),
        (b"\xc6\xff\xff\xff\xff", "the bytes end early"),
        (b"\xc0\xc0", "left over"),
        (b"\x81\xa1a\x01", "a type"),
        (b"\xc7\x01\x05x", "a type"),
        (b"\x91" * 50 + b"\xc0", "nested deeper than 10"),
        (b"\xdc\x07\xd0" + b"\xc0" * 2000, "more elements are claimed"),
    ],
)
def test_hostile_bytes_are_refused(data, said):
    """Early ends, false claims, maps, extensions, depth and number are refused with a reason."""
    with pytest.raises(WireError, match=said):
        look(data)


def test_nested_claims_do_not_multiply():
    """Forty nested arrays that each claim a million elements cost nothing: pending elements need bytes."""
    with pytest.raises(WireError):
        scan(b"\xdd\x00\x0f\x42\x40" * 40 + b"\xc0" * 1_100_000, max_depth=96, max_nodes=10**9)
