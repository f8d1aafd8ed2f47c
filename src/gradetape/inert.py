"""Names under which files that a learner handed in may lie where a browser or a Python of staff's meets them.

nbgrader copies what lies beside a notebook to autograded/ and feedback/, the formgrader serves it from its own
origin, and a kernel that is started there has the folder on its path. So a file there keeps its name only if its
kind is on the list below; every other one gets a name of which nothing is run. Guests see the old names.

Pure: knows no files, only names.
"""

from __future__ import annotations

import re

from gradetape.texts import is_unseen

__all__ = ["KINDS", "LONGEST", "SUFFIX", "TooLongError", "original", "renamed"]

KINDS = frozenset(
    {
        *{"txt", "csv", "tsv"},
        *{"png", "jpg", "jpeg", "gif", "webp"},
        *{"npy", "npz", "h5", "hdf5", "keras", "tfrecord"},
    }
)
"""What no browser runs and no Python imports, and what people want to look at or load where it lies.

Not on it, with reasons: .json, because Jupyter and nbgrader read `*_config.json` where they are started; .md,
which JupyterLab shows with its pictures, from wherever they are; .pdf, .xml, .svg and all compressed kinds, which
a browser opens as documents or unpacks; .zip, .pth, .pt, .pkl and all kinds that are nobody's.
"""

SUFFIX = ".attached.txt"
"""What is appended to other names: browsers and JupyterLab show the content as text."""

LONGEST = 255
"""Bytes of a name on Linux."""

_ESCAPES = {"%": "%25", ":": "%3A", "?": "%3F", "#": "%23", ";": "%3B"}
"""Python's `mimetypes`, which servers ask, takes a name for an address: `data:text/html,x.txt` is HTML to it."""

_ESCAPE = re.compile(r"%(?:25|3A|3F|23|3B|U(?:0[0-9A-F]|10)[0-9A-F]{4})")
"""Those, and `%U00202E` for a sign that moves a terminal's cursor or turns what follows around."""


class TooLongError(ValueError):
    """A name leaves no room for the suffix: the file cannot lie there. Its text says why."""


def renamed(name: str) -> str:
    """Return the relative path under which an attached file may lie in autograded/ and feedback/.

    No two names get the same one, and `original` gives each back.

    Args:
        name: a relative path with `/`; only its last part changes.

    Raises:
        TooLongError: the new name has more bytes than a file's name can have. The file is to be set aside.
    """
    folder, slash, last = name.rpartition("/")
    if _is_inert(last):
        return name
    new = "".join(map(_escaped, last)) + SUFFIX
    size = len(new.encode("utf-8", "surrogatepass"))
    if size > LONGEST:
        raise TooLongError(
            f"its name is too long to get {SUFFIX!r} at its end ({size} bytes, and {LONGEST} are possible)"
        )
    return f"{folder}{slash}{new}"


def original(name: str) -> str:
    """Return the name that a file had when it was handed in, of the one that `renamed` gave it."""
    folder, slash, last = name.rpartition("/")
    if not last.endswith(SUFFIX):
        return name
    last = _ESCAPE.sub(lambda found: chr(int(found[0].lstrip("%U"), 16)), last.removesuffix(SUFFIX))
    return f"{folder}{slash}{last}"


def _escaped(sign: str) -> str:
    return _ESCAPES.get(sign) or (f"%U{ord(sign):06X}" if is_unseen(sign) else sign)


def _is_inert(last: str) -> bool:
    stem, _, kind = last.rpartition(".")
    if not stem.strip(".") or not kind.isascii() or kind.lower() not in KINDS:
        return False
    return not last.casefold().endswith(SUFFIX) and all(_escaped(sign) == sign for sign in last)
