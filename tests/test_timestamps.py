"""Timestamps that nbgrader cannot read, and such as claim an earlier time than the exchange saw."""

import os
import time

import pytest

from gradetape import timestamps
from gradetape.timestamps import antedated, fault

SECRET = "submission_secret.txt"
GOOD = [
    "2026-11-02 10:00:00 UTC", "2026-11-02 10:00:00.123456 UTC", "2026-11-02 10:00:00 +0100", "2026-11-02T10:00:00+01:00",
    "2026-11-02 10:00:00 CET", "2026-11-02 10:00:00 Europe/Berlin", "2026-11-02 10:00:00\n",
]  # fmt: skip
BAD = {
    "empty": (b"", "it is no time"),
    "blank": (b"\n", "it is no time"),
    "words": (b"yesterday evening", "it is no time"),
    "year 1": (b"0001-01-01 00:00:00 UTC", "it is no time"),
    "year 9999": (b"9999-12-31 23:59:59 UTC", "it is no time"),
    "year 30000": (b"30000-01-01 00:00:00 UTC", "it is no time"),
    "overflows in UTC": (b"9999-12-31 23:59:59 -1400", "it is no time"),
    "underflows in UTC": (b"0001-01-01 00:00:00 +1400", "it is no time"),
    "offset beyond a day": (b"2026-11-02 10:00:00 999999", "it is no time"),
    "offset beyond all": (b"2026-11-02 10:00:00 99999999999999999999", "it is no time"),
    "NUL": (b"2026-11-02 10:00:00 UTC\0", "it is no time"),
    "not UTF-8": (b"2026-11-02 10:00:00 \xff", "it is no time"),
    "digits of another script": ("٢٠٢٦-11-02 10:00:00 UTC".encode(), "it is no time"),
    "a zone that is a file": (b"2026-11-02 10:00:00 /etc/passwd", "it is no time"),
    "a zone above": (b"2026-11-02 10:00:00 ../../x", "it is no time"),
    "700 kB": (b"2026-11-02 10:00:00 " + b"0" * 700_000, "it has 700,020 bytes, and 200 are allowed"),
    "numbers without end": (b"1" * 190, "it is no time"),
}


@pytest.mark.parametrize("text", GOOD)
def test_what_nbgrader_can_read_has_no_fault(tmp_path, text):
    """Its own form, ISO, with and without a zone."""
    (tmp_path / "timestamp.txt").write_text(text)
    assert fault(tmp_path / "timestamp.txt") == ""


@pytest.mark.parametrize("name", BAD)
def test_odd_timestamps_are_named(tmp_path, name):
    """What would end nbgrader's lists for everybody, or could not be shown, each with a reason."""
    data, expected = BAD[name]
    (tmp_path / "timestamp.txt").write_bytes(data)
    began = time.monotonic()
    assert fault(tmp_path / "timestamp.txt") == expected
    assert time.monotonic() - began < 2


def test_what_has_no_fault_ends_no_list_of_the_formgrader(tmp_path):
    """nbgrader's own reader takes each good one; of the bad ones most end it: the rule is needed."""
    from nbgrader.utils import as_timezone, parse_utc

    for text in GOOD:
        as_timezone(parse_utc(text.strip()), "UTC").strftime("%Y-%m-%d %H:%M:%S %Z")
    ended = 0
    for data, _ in BAD.values():
        try:
            as_timezone(parse_utc(data.decode()[:300].strip()), "UTC").strftime("%Y-%m-%d %H:%M:%S %Z")
        except Exception:  # noqa: BLE001 - whatever it is
            ended += 1
    assert ended >= 9


def test_links_pipes_and_folders_in_its_place(tmp_path):
    """They are not opened; where there is none nothing is wrong."""
    path = tmp_path / "timestamp.txt"
    assert fault(path) == ""
    kind = "it is a link, a pipe, a folder or a device, not a file"
    os.mkfifo(path)
    assert fault(path) == kind
    path.unlink()
    path.symlink_to("/dev/zero")
    assert fault(path) == kind
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    assert fault(path) == kind
    path.unlink()
    path.mkdir()
    assert fault(path) == kind
    path.rmdir()
    (tmp_path / "other").write_text(GOOD[0])
    os.link(tmp_path / "other", path)
    assert fault(path) == "it is a hard link to another file"


@pytest.fixture
def handed_in(tmp_path):
    """Hand in through an exchange: handed_in(claimed time, time in the folder's name); return what is collected."""

    def make(claimed, named, *, secret="s1"):
        inbound = tmp_path / "exchange" / "c" / "inbound" / f"ada+w1+{named}+abcd"
        collected = tmp_path / "submitted" / "ada" / "w1"
        for folder in (inbound, collected):
            folder.mkdir(parents=True)
            (folder / "timestamp.txt").write_text(claimed)
            (folder / "w1.ipynb").write_text("{}")
            (folder / SECRET).write_text(secret)
        return collected

    return make


def stamp(seconds=0):
    """A time so many seconds ago, as nbgrader writes it."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(time.time() - seconds))


def test_an_honest_one_is_not_named(handed_in, tmp_path):
    """Handed in and collected now, by a name with and without its random end."""
    collected = handed_in(stamp(), stamp())
    assert antedated(collected, tmp_path / "exchange", "c") == ""
    assert antedated(collected, tmp_path / "no exchange", "c") == ""
    assert antedated(collected, None, "c") == ""


def test_a_timestamp_that_was_rewritten_in_the_exchange(handed_in, tmp_path):
    """The exchange's folder keeps the time of the hand-in."""
    collected = handed_in("2026-11-02 10:00:00 UTC", "2026-11-05 12:30:00.000000 UTC")
    assert antedated(collected, tmp_path / "exchange", "c") == (
        "timestamp.txt says 2026-11-02 10:00:00 UTC, and the exchange has it under 2026-11-05 12:30:00 UTC: 3 d 2 h later."
    )


def test_a_folder_that_was_made_by_hand(handed_in, tmp_path):
    """Name, timestamp and the files' own times are early; the change times, which nobody can set, are not."""
    early = stamp(7200)
    collected = handed_in(early, early)
    for path in (tmp_path / "exchange").rglob("*"):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    said = antedated(collected, tmp_path / "exchange", "c")
    assert said.startswith(f"timestamp.txt says {early}, and the exchange has files of ")
    assert said.endswith(" UTC: 2 h 0 min later.")


def test_the_collected_one_among_several(handed_in, tmp_path):
    """The folder with the same mark counts, not one that was handed in later."""
    collected = handed_in(stamp(), stamp(), secret="s1")
    later = tmp_path / "exchange" / "c" / "inbound" / "ada+w1+2030-01-01 00:00:00 UTC+zz"
    later.mkdir()
    (later / SECRET).write_text("s2")
    os.mkfifo(later / "x.ipynb")
    (tmp_path / "exchange" / "c" / "inbound" / "ada+w1+2031-01-01 00:00:00 UTC+yy").symlink_to(later)
    assert antedated(collected, tmp_path / "exchange", "c") == ""
    (collected / SECRET).unlink()
    assert "the exchange has it under 2030-01-01 00:00:00 UTC" in antedated(collected, tmp_path / "exchange", "c")


def test_without_an_exchange_the_files_times_tell(handed_in, tmp_path):
    """nbgrader keeps them when it collects; a submission that came another way has none to go by."""
    collected = handed_in("2026-11-02 10:00:00 UTC", "2026-11-02 10:00:00 UTC")
    moment = 1_793_880_000  # 2026-11-05 12:00 UTC
    for path in collected.iterdir():
        os.utime(path, (moment, moment))
    assert antedated(collected, None, "c") == (
        "timestamp.txt says 2026-11-02 10:00:00 UTC, and it holds files of 2026-11-05 12:00:00 UTC: 3 d 2 h later."
    )
    (collected / SECRET).unlink()
    assert antedated(collected, None, "c") == ""


def test_nothing_is_said_of_what_cannot_be_read(handed_in, tmp_path):
    """An odd timestamp is another fault; odd file times break nothing."""
    collected = handed_in("words", stamp())
    assert antedated(collected, tmp_path / "exchange", "c") == ""
    (collected / "timestamp.txt").write_text(stamp())
    os.utime(collected / "w1.ipynb", (2**33, 2**33))
    assert "it holds files of 2242" in antedated(collected, None, "c")
    assert timestamps._utc(2**60).year == 9999
