"""Texts of learners as what may stand on a page, whichever converter draws them; and how much room there is.

Pure; nbconvert's converter is imported with the first text.
"""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any

from gradetape import alike, allowed, pictures
from gradetape.texts import flat, storable

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "LEFT_OUT",
    "LONGEST",
    "SHOWN",
    "Room",
    "as_typed",
    "beginning",
    "code",
    "fitting",
    "html",
    "markdown",
    "raw",
]

LEFT_OUT = "[Left out by Gradetape: {why}.]"

LONGEST = 200_000
_LONGEST_LINE = 20_000
SHOWN = 20_000
"""Characters of a text that are shown when it cannot be rendered."""

_LONGEST_CODE = 100_000
_COLOURED = 2_000
"""Signs of code that nobody takes long to colour, and that are shown of code that takes long."""

_COLOUR_SECONDS = 1.0


class Room:
    """What there is room for: of all outputs and texts of one notebook together.

    `drawn` says that texts are drawn and cleaned by ourselves: they need not suit other converters. `lexer` is what
    colours code.
    """

    def __init__(
        self, *, signs: int = 4_000_000, picture_bytes: int = 24 * 2**20, outputs: int = 4_000, drawn: bool = False,
        lexer: str = "ipython3",
    ) -> None:  # fmt: skip
        self.signs, self.picture_bytes, self.outputs = signs, picture_bytes, outputs
        self.drawn, self.lexer = drawn, lexer
        self.work = 5 * alike.MOST_WORK
        self.code, self.colour_seconds = 500_000, 3.0
        self.pixels = 5 * pictures.MOST_PIXELS

    def takes(self, text: str) -> bool:
        """Take room for a text, if there is any."""
        if len(text) > self.signs:
            return False
        self.signs -= len(text)
        return True

    def endures(self, source: str) -> bool:
        """Take what it costs to read a text, if there is enough left."""
        steps = alike.work(source)
        if steps > min(alike.MOST_WORK, self.work):
            return False
        self.work -= steps
        return True

    def refuses(self, kind: str, data: Any) -> str:
        """Take room for a picture, or say why there is none."""
        why = pictures.fault(kind, data)
        if why:
            return f"a picture, because {why}"
        found = pictures.size(kind, pictures.content(data)) or (0, 0)
        pixels = found[0] * found[1]
        if len(data) > self.picture_bytes or pixels > self.pixels:
            return "a picture, because there is no more room for pictures"
        self.picture_bytes -= len(data)
        self.pixels -= pixels
        return ""


def markdown(source: str, *, attachments: Any = None, taken: Collection[str] = (), room: Room | None = None) -> str:
    """Return Markdown of which every converter makes something that may stand on a page.

    Args:
        source: a learner's text.
        attachments: pictures of the cell, by name, as in a notebook.
        taken: ids that the page uses.
        room: what there is room for.

    Returns:
        The source, where all that it becomes is allowed; else one line of HTML that no converter changes.
    """
    room, source = room or Room(), flat(source)
    if len(source) > LONGEST or max(map(len, source.split("\n"))) > _LONGEST_LINE:
        return as_typed(source, room, "it is too long to be shown as it is meant")
    if not room.takes(source):
        return as_typed(source, room, "there is no more room for texts")
    if room.drawn:
        return source
    if not room.endures(source):
        return as_typed(source, room, "reading it takes long")
    try:
        made = _rendered(source, attachments or {}, lenient=False)
    except Exception:  # noqa: BLE001 - a picture that is not there, or whatever a converter says of a learner's text
        made = None
    if made is not None and alike.is_alike(source, taken=taken) and allowed.is_clean(made, taken=taken):
        return source
    try:
        made = _rendered(source, attachments or {}, lenient=True) if made is None else made
        if made.count("<") > allowed.MOST_TAGS:
            return as_typed(source, room, "it has too many parts")
        found = allowed.verbatim(allowed.clean(made))
        if allowed.is_clean(_rendered(found, {}, lenient=False), taken=taken):
            return found
    except Exception:  # noqa: BLE001 - see above
        return as_typed(source, room, "")
    return as_typed(source, room, "")


def _rendered(source: str, attachments: Any, *, lenient: bool) -> str:
    """Return what nbgrader's formgrader puts onto its page."""
    from nbconvert.filters import strip_files_prefix
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Lenient(IPythonRenderer):  # type: ignore[misc]
        def image(self, text: str, url: str, title: str | None = None) -> str:
            missing = url.startswith("attachment:") and url.removeprefix("attachment:") not in attachments
            return str(super().image(text, "" if missing else url, title))

    renderer = (Lenient if lenient else IPythonRenderer)(escape=False, attachments=attachments)
    return str(strip_files_prefix(MarkdownWithMath(renderer=renderer).render(source)))


def as_typed(source: str, room: Room, why: str) -> str:
    """Return a text as it was typed, in HTML that no converter changes."""
    source = flat(source)
    shown = source[:SHOWN] if room.takes(source[:SHOWN]) else ""
    cut = (
        ""
        if len(shown) == len(source)
        else LEFT_OUT.format(why=f"{len(source) - len(shown):,} signs of a text; {why or 'it is long'}")
    )
    cut = cut or (LEFT_OUT.format(why=f"how this text was meant; {why}") if why else "")
    said = f"<p>{allowed.encoded(cut)}</p>" if cut else ""
    return f"<div>{said}<pre>{allowed.encoded(shown)}</pre></div>"


def raw(source: str, room: Room) -> str:
    """Return the text of a raw cell, which pages show as it is."""
    source = flat(source)
    plain = len(source) <= LONGEST and not set("<&$\\") & set(source)
    return source if plain and room.takes(source) else as_typed(source, room, "")


def html(source: str) -> str:
    """Return HTML that may stand on a page, with formulas that may not be typeset as code."""
    found = allowed.clean(flat(source))
    return found if allowed.is_clean(found) else allowed.verbatim(found)


def fitting(text: str, room: Room, *, least: int = 0) -> str:
    """Return a text, or its beginning with a sentence when there is no room; `least` signs stay in any case."""
    text = flat(storable(text))
    if len(text) <= least or (len(text) <= LONGEST and room.takes(text)):
        return text
    shown = text[: max(least, 200)]
    return f"{shown}\n{LEFT_OUT.format(why=f'{len(text) - len(shown):,} signs, because there is no room for them')}"


def code(source: str, room: Room, *, given: bool = False) -> str:
    """Return a cell's code as pages show it; of one that takes long to colour the beginning, with a sentence.

    Args:
        source: the code. What runs and is graded is the whole of it: this is for what is looked at afterwards.
        room: what there is room for.
        given: whether it is the instructor's.
    """
    source = source if given else flat(source)
    if len(source) <= room.code and (given or _is_quick(source, room)):
        room.code -= len(source)
        return source
    return beginning(source, _COLOURED if _is_quick(source[:_COLOURED], room) else 0)


def beginning(source: str, most: int = _COLOURED) -> str:
    """Return the beginning of code, and say how much of it the file that was handed in has in addition."""
    left = len(source) - most
    if left <= 0:
        return source
    why = f"{left:,} signs of code that takes long to show; the file that was handed in has them"
    return f"{source[:most]}\n# {LEFT_OUT.format(why=why)}".lstrip("\n")


class _TooSlowError(BaseException):
    """Not an Exception: some lexers and converters catch those."""


def _is_quick(source: str, room: Room) -> bool:
    """Say whether code is coloured in time, as the formgrader colours it each time it is looked at."""
    if len(source) <= _COLOURED and room.lexer == "ipython3":
        return True
    seconds = min(_COLOUR_SECONDS, room.colour_seconds)
    if len(source) > _LONGEST_CODE or seconds <= 0:
        return False
    from nbconvert.filters import Highlight2HTML

    def stop(*_: object) -> None:
        raise _TooSlowError

    began, before = time.process_time(), signal.signal(signal.SIGPROF, stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            Highlight2HTML(pygments_lexer=room.lexer)(source)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except _TooSlowError:
        return False
    finally:
        signal.signal(signal.SIGPROF, before)
        room.colour_seconds -= time.process_time() - began
    return True
