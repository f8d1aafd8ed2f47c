"""Texts of learners as what may stand on a page, whichever converter draws them; and how much room there is.

Pure; nbconvert's converter is imported with the first text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gradetape import allowed, pictures
from gradetape.texts import storable

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["LEFT_OUT", "LONGEST", "SHOWN", "Room", "as_typed", "fitting", "html", "markdown"]

LEFT_OUT = "[Left out by Gradetape: {why}.]"

LONGEST = 200_000
_LONGEST_LINE = 20_000
SHOWN = 20_000
"""Characters of a text that are shown when it cannot be rendered."""

_TAG_LIKE = re.compile(r"<([!?/]|[A-Za-z][A-Za-z0-9-]*)")
_LOADING = frozenset(
    str.split("""
    applet audio base body embed feimage form frame frameset iframe image img input link math meta object
    picture script source style svg template track use video
    """)
)
"""Elements that load or run something, or hold what does; a formula such as `x<y` begins other ones."""

_PICTURE = re.compile(r"!\[[^\[\]\n]{0,500}\]\(attachment:[^()\s]+\)")


class Room:
    """What there is room for: of all outputs and texts of one notebook together.

    `drawn` says that texts are drawn and cleaned by ourselves: they need not suit other converters.
    """

    def __init__(
        self, *, signs: int = 4_000_000, picture_bytes: int = 24 * 2**20, outputs: int = 4_000, drawn: bool = False
    ) -> None:
        self.signs, self.picture_bytes, self.outputs = signs, picture_bytes, outputs
        self.drawn = drawn
        self.pixels = 5 * pictures.MOST_PIXELS

    def takes(self, text: str) -> bool:
        """Take room for a text, if there is any."""
        if len(text) > self.signs:
            return False
        self.signs -= len(text)
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
    room = room or Room()
    if len(source) > LONGEST or max(map(len, source.split("\n"))) > _LONGEST_LINE:
        return as_typed(source, room, "it is too long to be shown as it is meant")
    if not room.takes(source):
        return as_typed(source, room, "there is no more room for texts")
    if room.drawn:
        return source
    try:
        made = _rendered(source, attachments or {}, lenient=False)
    except Exception:  # noqa: BLE001 - a picture that is not there, or whatever a converter says of a learner's text
        made = None
    if made is not None and _reads_alike(source) and allowed.is_clean(made, taken=taken):
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


def _reads_alike(source: str) -> bool:
    """Say whether no other converter of Markdown finds a picture or a tag where nbconvert's finds none."""
    if "![" in _PICTURE.sub("", source):
        return False
    names = {word.lower() for word in _TAG_LIKE.findall(source.replace("</", "<"))}
    return not names & _LOADING and not names & {"!", "?"}


def as_typed(source: str, room: Room, why: str) -> str:
    """Return a text as it was typed, in HTML that no converter changes."""
    shown = source[:SHOWN] if room.takes(source[:SHOWN]) else ""
    cut = (
        ""
        if len(shown) == len(source)
        else LEFT_OUT.format(why=f"{len(source) - len(shown):,} signs of a text; {why or 'it is long'}")
    )
    cut = cut or (LEFT_OUT.format(why=f"how this text was meant; {why}") if why else "")
    said = f"<p>{allowed.encoded(cut)}</p>" if cut else ""
    return f"<div>{said}<pre>{allowed.encoded(shown)}</pre></div>"


def html(source: str) -> str:
    """Return HTML that may stand on a page, with formulas that may not be typeset as code."""
    found = allowed.clean(source)
    return found if allowed.is_clean(found) else allowed.verbatim(found)


def fitting(text: str, room: Room, *, least: int = 0) -> str:
    """Return a text, or its beginning with a sentence when there is no room; `least` signs stay in any case."""
    text = storable(text)
    if len(text) <= least or (len(text) <= LONGEST and room.takes(text)):
        return text
    shown = text[: max(least, 200)]
    return f"{shown}\n{LEFT_OUT.format(why=f'{len(text) - len(shown):,} signs, because there is no room for them')}"
