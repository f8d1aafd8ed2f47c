"""HTML that may stand on a page beside ours: by lists of what is allowed, over what a browser would be given.

`clean` makes it so, `is_clean` says whether it is so already, `verbatim` writes it so that no reader of Markdown
changes it. Nothing remote is loaded, nothing runs, nothing is placed over other things, no name of ours is taken,
and links lead to other sites or to places on the page only.

Pure.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import nh3

from gradetape import formulas, pictures
from gradetape.texts import storable

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["MOST_TAGS", "TAGS", "clean", "encoded", "is_clean", "verbatim"]

MOST_TAGS = 50_000
"""Of one text: browsers and cleaners are slow on more."""

_SHOWN = 20_000
_DEEPEST = 60
"""Tags within each other: what walks a page by recursion gives up on many."""

TAGS = frozenset(
    str.split("""
    a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption
    figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub
    summary sup table tbody td tfoot th thead tr tt u ul var wbr
    """)
)
_FORMULA_TAGS = frozenset(
    str.split("""
    math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt
    mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
    """)
)
_VOID = frozenset({"br", "col", "hr", "img", "wbr"})
_STYLES = frozenset(
    {"color", "font-style", "font-weight", "text-align", "text-decoration", "vertical-align", "white-space"}
)
_WORD = re.compile(r"[A-Za-z-]{1,20}\Z")
_SMALL = re.compile(r"[0-9]{1,4}\Z")
_LENGTH = re.compile(r"-?(?:[0-2](?:\.\d{1,4})?|0?\.\d{1,4})em\Z")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{3,8}\Z|[A-Za-z]{1,30}\Z")
_TITLE = re.compile(r"[^\0]{0,500}\Z", re.DOTALL)
_CODE = frozenset(
    str.split("""
    highlight bp c c1 ch cm cp cpf cs dl err esc fm g gd ge ges gh gi go gp gr gs gt gu il k kc kd kn kp kr kt l
    ld m mb mf mh mi mo n na nb nc nd ne nf ni nl nn no nt nv nx o ow p pm py s s1 s2 sa sb sc sd se sh si sr ss
    sx vc vg vi vm w x
    """)
)
"""Classes that Pygments gives to parts of a listing."""

_ATTRIBUTES: dict[str, dict[str, re.Pattern[str]]] = {
    "a": {"title": _TITLE, "rel": re.compile(r"noopener noreferrer\Z")},
    "abbr": {"title": _TITLE},
    "img": {"alt": _TITLE, "title": _TITLE, "width": _SMALL, "height": _SMALL},
    "td": {"colspan": _SMALL, "rowspan": _SMALL, "align": _WORD},
    "th": {"colspan": _SMALL, "rowspan": _SMALL, "align": _WORD, "scope": _WORD},
    "ol": {"start": _SMALL},
    "details": {"open": re.compile(r"(?:open)?\Z")},
    "font": {"color": _COLOUR},
    "math": {"display": re.compile(r"(?:block|inline)\Z")},
    "mi": {"mathvariant": _WORD},
    "mn": {"mathvariant": _WORD},
    "mo": {"stretchy": _WORD, "fence": _WORD, "form": _WORD, "mathvariant": _WORD, "movablelimits": _WORD},
    "mover": {"accent": _WORD},
    "munder": {"accentunder": _WORD},
    "mfrac": {"linethickness": re.compile(r"[0-2](?:px|pt|em)?\Z")},
    "mspace": {"width": _LENGTH, "linebreak": _WORD},
    "mstyle": {"displaystyle": _WORD, "scriptlevel": re.compile(r"[0-2]\Z")},
    "mtable": {"columnalign": re.compile(r"[a-z ]{1,200}\Z")},
    "mtext": {"mathvariant": _WORD},
}
_LINK = re.compile(r"(?:https?://|mailto:)[!-~\u00a1-\U0010ffff]+\Z", re.IGNORECASE)
_PLACE = re.compile(r"#[^\s\"'<>&\0-\x1f]{0,200}\Z")
_PICTURE = re.compile(r"data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/=\n\r]*)\Z")
_NO_PICTURE = re.compile(
    r"<img(?:\s+(?!src=|alt=)[a-z]+=\"[^\"]*\")*(?:\s+alt=\"([^\"]*)\")?(?:\s+(?!src=)[a-z]+=\"[^\"]*\")*>"
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[ \t\n]+[a-z-]+=\"[^\"]*\")*)[ \t\n]*(/?)>")
_ATTRIBUTE = re.compile(r"([a-z-]+)=\"([^\"]*)\"")
_NO_STYLE = re.compile(r"(<[a-z][a-z0-9]*(?: [a-z-]+=\"[^\"]*\")*?) style=\"\"")
_ODD = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp|#3[2-9]|#[4-9]\d|#1[01]\d|#12[0-6]|#1[6-9]\d|#[2-9]\d\d|#\d{4,6});)")
"""References that browsers and Python do not read alike, or that stand for no sign."""

_TASK = re.compile(r'<input class="task-list-item-checkbox" type="checkbox" disabled(?: checked)?\s*/>')
_STYLE = re.compile(rf"(?:(?:{'|'.join(sorted(_STYLES))}):\s?[A-Za-z0-9 #.-]{{1,40}}(?:;\s?|\Z))+\Z")
_MARKDOWN_CLASS = re.compile(r"anchor-link\Z|task-list-item\Z|language-[A-Za-z0-9_+.#-]{1,40}\Z")
_TYPESET = re.compile(r"\$|\\[(\[]|\\begin|\\ref|\\eqref")
_PLAIN_SIGNS = frozenset(" .,;()'/")


def clean(html: str, *, formula: bool = False) -> str:
    """Return HTML with what is allowed of it; tags that are not go, and their text stays.

    Args:
        html: what a browser would be given.
        formula: whether MathML may stay.
    """
    html = storable(html)
    if html.count("<") > MOST_TAGS:
        return _source(html)
    tags = TAGS | _FORMULA_TAGS if formula else TAGS
    found = nh3.clean(
        _TASK.sub(lambda found: "\u2611 " if "checked" in found[0].replace("checkbox", "") else "\u2610 ", html),
        tags=set(tags),
        attributes={tag: {"href", "src", "class", "style", *_ATTRIBUTES.get(tag, {})} - {"rel"} for tag in tags},
        attribute_filter=_kept,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )
    found = _NO_STYLE.sub(r"\1", found)
    if _depth(found) > _DEEPEST:
        return _source(html)
    return _NO_PICTURE.sub(lambda found: f"[A picture was left out{': ' * bool(found[1])}{found[1] or ''}]", found)


def _source(html: str) -> str:
    """Show what has too many tags, or too many within each other, as its source."""
    return f"<pre>{encoded(html[:_SHOWN])}{'…' * (len(html) > _SHOWN)}</pre>"


def _depth(html: str) -> int:
    depth = most = 0
    for end, tag, _, _ in _TAG.findall(html):
        depth += 0 if tag in _VOID else -1 if end else 1
        most = max(most, depth)
    return most


def _kept(tag: str, name: str, value: str) -> str | None:
    """Called for every attribute with its decoded value: return what stays of it."""
    try:
        return value if _is_allowed(tag, name, value) else None
    except Exception:  # noqa: BLE001 - an exception would be printed, and the attribute kept
        return None


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and _leads_elsewhere(value)
    if name == "src":
        found = _PICTURE.match(value)
        return tag == "img" and found is not None and not pictures.fault(found[1], found[2])
    if name == "class":
        return bool(value) and set(value.split()) <= _CODE
    if name == "style":
        return tag not in _FORMULA_TAGS and "\\" not in value and "url" not in value.lower()
    rule = _ATTRIBUTES.get(tag, {}).get(name)
    return rule is not None and rule.match(value) is not None


def _leads_elsewhere(address: str) -> bool:
    """Say whether a link leads to a place on the page, or to another site.

    Not to the server that the page came from, where one click can do things: a name without a dot and a number
    are such servers' names.
    """
    if _PLACE.match(address):
        return True
    if not _LINK.match(address) or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    last = host.rpartition(".")[2]
    if "/formgrader" in unquote(parts.path).lower():  # a hub's own name is no other site to who looks from there
        return False
    return parts.scheme == "mailto" or (
        "." in host and last not in ("localhost", "local", "internal") and last.isalpha()
    )


def is_clean(html: str, *, taken: Collection[str] = ()) -> bool:
    """Say whether HTML is as it may be, by a grammar so strict that every browser reads it alike.

    Args:
        html: what a browser would be given.
        taken: ids that the page around it uses.
    """
    html = _TASK.sub("", html)
    if html.count("<") > MOST_TAGS or "\0" in html:
        return False
    words: list[str] = []
    listing = at = 0
    for found in _TAG.finditer(html):
        between = html[at : found.start()]
        end, tag, rest, _ = found.groups()
        if "<" in between or tag not in TAGS or (end and rest):
            return False
        if not listing:
            words.append(between)
        listing = max(0, listing + (tag in ("pre", "code")) * (-1 if end else 1))
        for name, value in _ATTRIBUTE.findall(rest):
            if _ODD.search(value) or not _is_plain(tag, name, unescape(value), taken):
                return False
        at = found.end()
    words.append(html[at:])
    return "<" not in words[-1] and _may_be_typeset(unescape("".join(words)))


def _is_plain(tag: str, name: str, value: str, taken: Collection[str]) -> bool:
    if name == "style":
        return _STYLE.match(value) is not None
    if name == "id":
        return tag[0] == "h" and value not in taken
    if name == "class":
        return _MARKDOWN_CLASS.match(value) is not None or set(value.split()) <= _CODE
    return _is_allowed(tag, name, value)


def _may_be_typeset(words: str) -> bool:
    """Say whether a program that looks for formulas between words may do so."""
    return not _TYPESET.search(words) or formulas.is_typeset(words)


def verbatim(html: str) -> str:
    """Write what `clean` made so that Markdown leaves it alone, on one line; what may not be typeset is code."""
    parts: list[str | re.Match[str]] = []
    at = 0
    for found in _TAG.finditer(html):
        parts += [html[at : found.start()], found]
        at = found.end()
    parts.append(html[at:])
    words = unescape("".join(part for part in parts if isinstance(part, str)))
    typeset, listing = _may_be_typeset(words), 0
    out: list[str] = []
    for part in parts:
        if isinstance(part, str):
            hidden = not typeset and not listing and ("$" in part or "\\" in part)
            out.append(f"<code>{encoded(unescape(part))}</code>" if hidden else encoded(unescape(part)))
            continue
        end, tag, rest, _ = part.groups()
        listing = max(0, listing + (tag in ("pre", "code")) * (-1 if end else 1))
        values = "".join(f' {name}="{encoded(unescape(value))}"' for name, value in _ATTRIBUTE.findall(rest))
        out.append(f"<{end}{tag}{values}>")
    return f"<div>{''.join(out)}</div>"


def encoded(text: str) -> str:
    """Write a text as HTML in which no sign means anything to Markdown, to formulas or to HTML."""
    return "".join(
        sign if sign.isalnum() or sign in _PLAIN_SIGNS else f"&#{ord(sign)};"
        for sign in text
        if sign in "\n\t" or sign.isprintable() or sign.isspace()
    )
