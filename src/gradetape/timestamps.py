"""What `timestamp.txt` says of when something was handed in, and whether that can be so.

nbgrader takes the time from a file that its learner can write. A learner's odd one ends its lists for everybody; an
earlier one escapes the penalty for being late. So: can nbgrader read it, and what did the exchange itself see?
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import stat
from typing import TYPE_CHECKING

from gradetape import attached
from gradetape.attached import TIMESTAMP
from gradetape.folders import walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["TIMESTAMP", "antedated", "fault", "is_time"]

_MOST_BYTES = 200
_YEARS = range(2000, 9999)
_PLAIN = re.compile(r"[\w :.,+/-]+", re.ASCII)
_SECRET = "submission_secret.txt"  # noqa: S105 - a file's name: nbgrader's mark of one hand-in
_MOST_FILES = 2000
_TOLERANCE = dt.timedelta(minutes=5)
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - nbgrader's times are UTC without saying so


def fault(path: Path) -> str:
    """Say why nbgrader and its formgrader could not read this timestamp; '' when they can, or when there is none."""
    if not os.path.lexists(path):
        return ""
    found = attached.fault(path, most=_MOST_BYTES)
    if found:
        return found
    data = attached.read_plain(path, most=_MOST_BYTES)
    if data is None:
        return "it cannot be read"
    return "" if _parsed(data) is not None else "it is no time"


def is_time(text: str) -> bool:
    """Whether nbgrader and its formgrader can read this text as a time."""
    return len(text) <= _MOST_BYTES and _parsed(text.encode(errors="replace")) is not None


def _parsed(data: bytes) -> dt.datetime | None:
    """Read a time as nbgrader does, as UTC without a time zone; None for what it or its pages could not show."""
    from nbgrader.utils import as_timezone, parse_utc

    try:
        text = data.decode("utf-8").strip()
        if not _PLAIN.fullmatch(text) or ".." in text or " /" in text:  # a zone's name may not be a file's path
            return None
        when = parse_utc(text)
        if when.year not in _YEARS:
            return None
        as_timezone(when, "UTC").strftime("%Y-%m-%d %H:%M:%S %Z")
    except Exception:  # noqa: BLE001 - whatever it raises would end a list for everybody
        return None
    return when  # type: ignore[no-any-return]


def antedated(submission: Path, exchange: Path | None, course: str) -> str:
    """Say in a sentence that a submission was handed in later than its timestamp claims; '' when nothing shows that.

    A file's change time cannot be set by who owns it, so in the exchange that is what counts. What nbgrader has
    collected keeps the files' own times, which a learner can set: what they show is true, what they hide is not known.

    Args:
        submission: `submitted/<student>/<assignment>`.
        exchange: nbgrader's exchange, or None where there is none.
        course: the course's id.
    """
    data = attached.read_plain(submission / TIMESTAMP, most=_MOST_BYTES)
    claimed = _parsed(data) if data is not None else None
    if claimed is None:
        return ""
    for latest, where, tolerance in _seen(submission, exchange / course / "inbound" if exchange else None):
        later = latest - claimed
        if later > tolerance:
            return f"timestamp.txt says {_shown(claimed)}, and {where} {_shown(latest)}: {_distance(later)} later."
    return ""


def _seen(submission: Path, inbound: Path | None) -> Iterator[tuple[dt.datetime, str, dt.timedelta]]:
    """Yield times at which it was handed in or later, what shows them, and how exact that is."""
    prefix = f"{submission.parent.name}+{submission.name}+"
    found = _received(submission, inbound, prefix) if inbound is not None else None
    if found is not None:
        named = _parsed(found.name.removeprefix(prefix).partition("+")[0].encode())
        if named is not None:
            yield named, "the exchange has it under", dt.timedelta(seconds=1)
        yield _utc(max(_times(found, "st_ctime"), default=0)), "the exchange has files of", _TOLERANCE
    elif os.path.lexists(submission / _SECRET):  # else nbgrader did not copy it from an exchange, with its times
        yield _utc(max(_times(submission, "st_mtime"), default=0)), "it holds files of", _TOLERANCE


def _received(submission: Path, inbound: Path, prefix: str) -> Path | None:
    """Find what was collected in the exchange: the folder with the same mark, else the one that was changed last."""
    try:
        entries = [e for e in os.scandir(inbound) if e.name.startswith(prefix) and e.is_dir(follow_symlinks=False)]
        entries.sort(key=lambda e: -e.stat(follow_symlinks=False).st_ctime)
    except OSError:
        return None
    secret = attached.read_plain(submission / _SECRET, most=_MOST_BYTES)
    folders = [inbound / entry.name for entry in entries]
    same = (f for f in folders if secret and attached.read_plain(f / _SECRET, most=_MOST_BYTES) == secret)
    return next(same, folders[0] if folders else None)


def _times(folder: Path, which: str) -> list[float]:
    """List a time of the plain files below a folder; links are not followed."""
    found: list[float] = []
    for where, folders, names in walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            with contextlib.suppress(OSError):
                state = os.lstat(os.path.join(where, name))  # noqa: PTH118 - a learner's name, as it is
                if stat.S_ISREG(state.st_mode):
                    found.append(getattr(state, which))
        if len(found) > _MOST_FILES:
            break
    return found


def _utc(seconds: float) -> dt.datetime:
    """Return a file's time as nbgrader has its own; beyond all years it is the last one."""
    try:
        return _EPOCH + dt.timedelta(seconds=int(seconds))
    except OverflowError:
        return dt.datetime.max  # noqa: DTZ901 - as all of them


def _shown(when: dt.datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"


def _distance(by: dt.timedelta) -> str:
    """Write a span of time as staff read it."""
    minutes = int(by.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min" if minutes else f"{int(by.total_seconds())} s"
