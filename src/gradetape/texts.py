"""Texts of learners where they meet a terminal, a log, a database or a page: what is not seen, or cannot be written.

Pure.
"""

from __future__ import annotations

import unicodedata

__all__ = ["flat", "is_unseen", "shown", "storable"]

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, what changes the order of what is seen, lone surrogates, and line ends of Unicode's own."""

_MOST_MARKS = 5


def shown(name: object) -> str:
    r"""Return a learner's or a file's name for a line of a terminal or a log.

    What would move the cursor, colour what follows, begin a line or turn the order of letters around is
    written as Python writes it (`\x1b`, `\u202e`).
    """
    return "".join(_escaped(sign) if is_unseen(sign) else sign for sign in str(name))


def is_unseen(sign: str) -> bool:
    """Whether a sign is one that `shown` writes out."""
    return unicodedata.category(sign) in _UNSEEN


def flat(text: str) -> str:
    """Return a text with no more marks on one letter than languages have: a tower of them is drawn over other lines."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for sign in text:
        marks = marks + 1 if sign > "\u02ff" and unicodedata.category(sign) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def storable(text: str) -> str:
    """Return a text for a gradebook or a page: NUL, which PostgreSQL refuses, and half characters become U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return "".join("\ufffd" if sign == "\0" or "\ud800" <= sign <= "\udfff" else sign for sign in text)


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode() if not "\ud800" <= sign <= "\udfff" else f"\\u{ord(sign):04x}"
