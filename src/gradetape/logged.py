"""nbgrader's log without signs that act on a terminal: it names files and folders as learners have named them.

Light: it is imported whenever nbgrader reads a configuration.
"""

from __future__ import annotations

import logging
from typing import Any

from gradetape.texts import shown

__all__ = ["guard"]

_NEXT_LINE = "\n    "
"""No line of a message begins where the log's own lines begin."""


class _Shown(logging.Filter):
    """Lets every record pass, with its text as `texts.shown` writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Called by logging for every record, before anything is written."""
        try:
            record.msg, record.args = _lines(record.getMessage()), ()
        except Exception as error:  # noqa: BLE001 - logging itself tells nobody but stderr, with the text as it is
            record.msg, record.args = f"A line of the log cannot be written: {type(error).__name__}.", ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text = _lines(record.exc_text) if record.exc_text else record.exc_text
        return True


def _lines(text: str) -> str:
    return _NEXT_LINE.join("\t".join(map(shown, line.split("\t"))) for line in text.split("\n"))


def guard(log: Any) -> None:
    """Put the filter on a logger, once."""
    log = getattr(log, "logger", log)
    if not any(isinstance(one, _Shown) for one in log.filters):
        log.addFilter(_Shown())
