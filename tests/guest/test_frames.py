"""Frames have a length limit and a deadline for the whole, so that the other side cannot make us wait."""

import socket
import struct
import threading
import time

import pytest

from gradetape.guest import frames


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_round_trip(pair):
    """What is sent is received, also empty and large frames."""
    ours, theirs = pair
    for payload in (b"", b"x", b"y" * 3_000_000):
        sender = threading.Thread(target=frames.send, args=(theirs, payload))
        sender.start()
        assert frames.receive(ours, limit=4_000_000, seconds=10) == payload
        sender.join()


def test_too_large_is_refused_by_its_header(pair):
    """A frame that announces too much is not read at all."""
    ours, theirs = pair
    theirs.sendall(struct.pack("<Q", 2**60))
    with pytest.raises(frames.FrameTooLargeError, match="at most 100 are allowed"):
        frames.receive(ours, limit=100, seconds=5)


def test_half_a_frame_ends_at_the_deadline(pair):
    """A header without its payload, or a trickle, does not hold us up."""
    ours, theirs = pair
    theirs.sendall(struct.pack("<Q", 10) + b"abc")
    began = time.monotonic()
    with pytest.raises(frames.FrameTimeoutError):
        frames.receive(ours, limit=100, seconds=0.3)
    assert time.monotonic() - began < 2


def test_a_closed_socket_is_told_apart(pair):
    """The end of the other side is no time-out, when receiving or sending."""
    ours, theirs = pair
    theirs.close()
    with pytest.raises(frames.FrameClosedError):
        frames.receive(ours, limit=100, seconds=5)
    with pytest.raises(frames.FrameClosedError):
        frames.send(ours, b"x" * 10**7, seconds=5)


def test_a_reader_that_does_not_read_times_out(pair):
    """Sending has a deadline too."""
    ours, _ = pair
    with pytest.raises(frames.FrameTimeoutError):
        frames.send(ours, b"x" * 10**8, seconds=0.2)
