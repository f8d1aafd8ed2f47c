"""Whether all readers of Markdown read a text alike, and quickly: only then a learner's text stays as it was typed.

nbconvert (mistune), JupyterLab (marked, after it has taken out what it takes for formulas) and MathJax have each their
own rule for where a formula, a listing or a block of HTML ends: what is code to one is markup to the next. So nothing
here asks where that is. Whatever could be a tag, a link, a picture or the name of a macro to anybody has to be
harmless wherever it stands, in formulas and listings too.

Pure.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gradetape import allowed

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["MOST_WORK", "is_alike", "work"]

MOST_WORK = 20_000_000
"""Of one text, in steps of the slowest reader: about a second of a browser."""

_LINE = 2_000
"""Steps of a line: it may be a paragraph of its own, which a browser makes room for."""

_UNSEEN = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
"""Some readers begin a line or see a space here, and others do not."""

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [a-z-]+=\"[A-Za-z0-9 #.:;,/?=&_%+~()!-]*\")*) ?(/?)>")
_LESS = re.compile(r"<(?:(?![A-Za-z/!?])|[A-Za-z][\w.+-]*[$,;)\]}^|\\*&])")
_LESS_BESIDE_TAGS = re.compile(r"<(?![A-Za-z/!?])")
"""A sign of less that begins no tag: beside tags it may stand in a block of HTML, where any letter begins one."""

_PICTURE = re.compile(r"!\[[^\[\]\n$\\@\"'<>&{}`]{0,500}\]\(attachment:[\w.-]+\)")
_DESTINATION = re.compile(r"\]\(([^\s()<>\[\]{}$@\\`\"'*|^]*)\)")
_ADDRESS = re.compile(r"(?:(?:https?|ftp)://|\bwww\.)[^\s<>]*", re.IGNORECASE)
_HOST = re.compile(r"(?:(?:https?|ftp)://)?([a-z0-9.-]+)(?=[/?#)\],;:'\"*_|]|\Z)(?!:\w)", re.IGNORECASE)
_FENCE = re.compile(r"[ \t>*+\-0-9.)]*(?:`{3,16}|~{3,16})[ \t]*([A-Za-z0-9_+.#-]{0,40})[ \t]*")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")

_RUN = re.compile(r"([^\w\s])\1{200}|[`~]{17}")
_NESTED = re.compile(r"^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))){20}", re.MULTILINE)
_NOT_SIGNS = re.compile(r"[^`*_\[\]<>~|!\\$&{}@]+")
_NOT_TICKS = re.compile(r"[^`~]+")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


def is_alike(source: str, *, taken: Collection[str] = ()) -> bool:
    """Say whether a text may stay as it was typed, whoever reads it.

    Args:
        source: Markdown.
        taken: ids that the page uses.
    """
    if allowed.is_verbatim(source):
        return True
    if _UNSEEN.search(source):
        return False
    words = _words(source, taken)
    rest = _PICTURE.sub(" ", source)
    return (
        words is not None and "![" not in rest and "]:" not in rest and _links_lead_elsewhere(rest)
        and _fences_are_plain(source) and _formulas_may_be_typeset(words)
    )  # fmt: skip


def _words(source: str, taken: Collection[str]) -> list[str] | None:
    """Return what stands between tags; None when something may be a tag that is not allowed."""
    words, at, nesting = [], 0, allowed.Nesting()
    for found in _TAG.finditer(source):
        end, tag, rest, slash = found.groups()
        if not allowed.is_allowed_tag(end, tag, rest, slash, taken=taken) or not nesting.takes(end, tag, slash):
            return None
        words.append(source[at : found.start()])
        at = found.end()
    words.append(source[at:])
    less = _LESS_BESIDE_TAGS if len(words) > 1 else _LESS
    return words if nesting.is_closed and not any("<" in less.sub("", part) for part in words) else None


def _links_lead_elsewhere(source: str) -> bool:
    """Look at every link that a reader may see, also at addresses that stand in the text."""
    links = _DESTINATION.findall(source)
    if len(links) != source.count("]("):
        return False
    if not all(allowed.leads_elsewhere(form) for link in links for form in {link, unescape(link)}):
        return False
    return all(_is_public(found) for found in _ADDRESS.findall(source))


def _is_public(address: str) -> bool:
    found, plain = _HOST.match(address), unquote(unescape(address)).lower()
    if found is None or "@" in plain or "\\" in plain or "formgrader" in plain:
        return False
    return allowed.leads_elsewhere(f"http://{found[1]}/")


def _fences_are_plain(source: str) -> bool:
    """A listing's language stands in an attribute, and one of them is a program that draws."""
    for line in source.split("\n"):
        if "```" in line or "~~~" in line:
            found = _FENCE.fullmatch(line)
            if found is None or found[1].lower() == "mermaid":
                return False
    return True


def _formulas_may_be_typeset(words: list[str]) -> bool:
    """Look at all words, listings too, as they are typed and as they are read where escapes count."""
    plain = [unescape(part) for part in words]
    readings = (words, plain, *([_ESCAPED.sub(r"\1", part) for part in form] for form in (words, plain)))
    return all(allowed.may_be_typeset(reading) for reading in readings)


def work(source: str) -> int:
    """Estimate what the slowest reader does with a text, in steps; more than `MOST_WORK` when it is absurd.

    For each sign that may begin something readers look for its end: in the paragraph, for listings in the text.
    """
    if _RUN.search(source) or _NESTED.search(source):
        return MOST_WORK + 1
    inside = sum(len(part) * len(_NOT_SIGNS.sub("", part)) for part in _PARAGRAPHS.split(source))
    return inside + len(source) * len(_NOT_TICKS.sub("", source)) + _LINE * source.count("\n")
