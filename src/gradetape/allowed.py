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
    from collections.abc import Collection, Sequence

__all__ = [
    "MOST_TAGS", "TAGS", "Nesting", "clean", "encoded", "is_allowed_tag", "is_clean", "is_verbatim", "leads_elsewhere",
    "may_be_typeset", "verbatim",
]  # fmt: skip

MOST_TAGS = 50_000
"""Of one text: browsers and cleaners are slow on more."""

_SHOWN = 20_000
_ROUNDS = 4
"""What a browser reads once more has to be the same: links in links and the like come apart in the second round."""

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
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(words)})\Z", re.IGNORECASE)


_STYLES = {
    "color": re.compile(r"(?:#[0-9A-Fa-f]{3,8}|[A-Za-z]{1,30}|rgba?\([0-9., %]{1,40}\))\Z"),
    "font-style": _words("normal", "italic", "oblique"),
    "font-weight": _words("normal", "bold", "bolder", "lighter", "[1-9]00"),
    "text-align": _words("left", "right", "center", "justify", "start", "end"),
    "text-decoration": _words("none", "underline", "line-through"),
    "vertical-align": _words("baseline", "sub", "super", "top", "middle", "bottom", "text-top", "text-bottom"),
    "white-space": _words("normal", "pre-wrap", "pre-line", "break-spaces"),
}
"""Properties with all the values that they may have: no length, so that nothing is drawn beyond its own place."""

_WORD = re.compile(r"[A-Za-z-]{1,20}\Z")
_ALIGN = _words("left", "right", "center", "justify")
_SPAN = re.compile(r"(?:[1-9][0-9]?|100)\Z")
_SIDE = re.compile(r"(?:[1-9][0-9]{0,2}|1[0-9]{3})\Z")
_SMALL = re.compile(r"[0-9]{1,4}\Z")
_LENGTH = re.compile(r"(?:[0-2](?:\.\d{1,4})?|-?0?\.[0-2]\d{0,3})em\Z")
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
    "img": {"alt": _TITLE, "title": _TITLE, "width": _SIDE, "height": _SIDE},
    "td": {"colspan": _SPAN, "rowspan": _SPAN, "align": _ALIGN},
    "th": {"colspan": _SPAN, "rowspan": _SPAN, "align": _ALIGN, "scope": _WORD},
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
_ODD = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp|#3[2-9]|#[4-9]\d|#1[01]\d|#12[0-6]|#1[6-9]\d|#[2-9]\d\d|#\d{4,6});)")
"""References that browsers and Python do not read alike, or that stand for no sign."""

_TASK = re.compile(r'<input class="task-list-item-checkbox" type="checkbox" disabled(?: checked)?\s*/>')
_MARKDOWN_CLASS = re.compile(r"anchor-link\Z|task-list-item\Z|language-[A-Za-z0-9_+.#-]{1,40}\Z")
_TYPESET = re.compile(r"\$|\\[(\[]|\\begin|\\ref|\\eqref")
_OPEN_NAME = re.compile(r"\\[A-Za-z]*\Z")
_PLAIN_SIGNS = frozenset(" .,;()'/")
_ENCODED = re.compile(r"(?:[^\W_]|[ .,;()'/]|&#[0-9]{1,7};)*\Z")


def clean(html: str, *, formula: bool = False) -> str:
    """Return HTML with what is allowed of it; tags that are not go, and their text stays.

    Args:
        html: what a browser would be given.
        formula: whether MathML may stay.
    """
    html = storable(html)
    if html.count("<") > MOST_TAGS:
        return _source(html)
    found = _TASK.sub(lambda found: "\u2611 " if "checked" in found[0].replace("checkbox", "") else "\u2610 ", html)
    for _ in range(_ROUNDS):
        before, found = found, _cleaned(found, TAGS | _FORMULA_TAGS if formula else TAGS)
        if found == before:
            break
    if found != before or not _is_nested(found):
        return _source(html)
    return _NO_PICTURE.sub(lambda found: f"[A picture was left out{': ' * bool(found[1])}{found[1] or ''}]", found)


def _cleaned(html: str, tags: frozenset[str]) -> str:
    return nh3.clean(
        html,
        tags=set(tags),
        attributes={tag: {"href", "src", "class", "style", *_ATTRIBUTES.get(tag, {})} - {"rel"} for tag in tags},
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )


def _source(html: str) -> str:
    """Show what has too many tags, or too many within each other, as its source."""
    return f"<pre>{encoded(html[:_SHOWN])}{'…' * (len(html) > _SHOWN)}</pre>"


class Nesting:
    """Follows tags: each is closed in its turn, not too many are open, and no heading makes another one larger.

    What is not closed, or closed without having been opened, would style or close what stands behind it on the page.
    """

    def __init__(self) -> None:
        self._open: list[str] = []

    def takes(self, end: str, tag: str, slash: str) -> bool:
        """Take the next tag; False when it may not come here."""
        if tag in _VOID:
            return not end
        if end:
            return bool(self._open) and self._open.pop() == tag
        if slash or (tag in _HEADINGS and not _HEADINGS.isdisjoint(self._open)):
            return False
        self._open.append(tag)
        return len(self._open) <= _DEEPEST

    @property
    def is_closed(self) -> bool:
        """Whether all that was opened is closed."""
        return not self._open


def _is_nested(html: str) -> bool:
    nesting = Nesting()
    return all(nesting.takes(end, tag, slash) for end, tag, _, slash in _TAG.findall(html))


def _styles(value: str) -> list[tuple[str, str, bool]]:
    """Return the parts of a style: property, value, and whether they may stay."""
    found = []
    for part in filter(str.strip, value.split(";")):
        name, _, word = (side.strip() for side in part.partition(":"))
        rule = _STYLES.get(name.lower())
        found.append((name.lower(), word, rule is not None and rule.match(word) is not None))
    return found


def _kept(tag: str, name: str, value: str) -> str | None:
    """Called for every attribute with its decoded value: return what stays of it."""
    try:
        if name == "style" and tag not in _FORMULA_TAGS:
            return ";".join(f"{one}:{word}" for one, word, may in _styles(value) if may) or None
        return value if _is_allowed(tag, name, value) else None
    except Exception:  # noqa: BLE001 - an exception would be printed, and the attribute kept
        return None


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and leads_elsewhere(value)
    if name == "src":
        found = _PICTURE.match(value)
        return tag == "img" and found is not None and not pictures.fault(found[1], found[2])
    if name == "class":
        return bool(value) and set(value.split()) <= _CODE
    rule = _ATTRIBUTES.get(tag, {}).get(name)
    return rule is not None and rule.match(value) is not None


def leads_elsewhere(address: str) -> bool:
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
    nesting = Nesting()
    for found in _TAG.finditer(html):
        end, tag, rest, slash = found.groups()
        if not is_allowed_tag(end, tag, rest, slash, taken=taken) or not nesting.takes(end, tag, slash):
            return False
    between = _TAG.split(html)[:: _TAG.groups + 1]
    return nesting.is_closed and not any("<" in part for part in between) and may_be_typeset(_words_of(html))


def is_allowed_tag(end: str, tag: str, rest: str, slash: str, *, taken: Collection[str] = ()) -> bool:
    """Say whether a tag may stand on a page; its parts are those of `<(/?)(name)(attributes) (/?)>`."""
    if tag not in TAGS or (end and (rest or slash)):
        return False
    return all(
        not _ODD.search(value) and _is_plain(tag, name, unescape(value), taken)
        for name, value in _ATTRIBUTE.findall(rest)
    )


def is_verbatim(html: str) -> bool:
    """Say whether a text is one line of HTML as `verbatim` writes it: it has no sign that means anything else."""
    if not html.startswith("<div>") or "\n" in html or not html.endswith("</div>"):
        return False
    return all(map(_ENCODED.match, _TAG.split(html)[:: _TAG.groups + 1])) and all(
        _ENCODED.match(value) for tag in _TAG.findall(html) for _, value in _ATTRIBUTE.findall(tag[2])
    )


def _words_of(html: str) -> list[str]:
    """Return the texts between tags, without listings, in which no formula is looked for."""
    words: list[str] = []
    listing = at = 0
    for found in _TAG.finditer(html):
        words += [] if listing else [unescape(html[at : found.start()])]
        listing = max(0, listing + (found[2] in ("pre", "code")) * (-1 if found[1] else 1))
        at = found.end()
    return [*words, unescape(html[at:])]


def _is_plain(tag: str, name: str, value: str, taken: Collection[str]) -> bool:
    if name == "style":
        return all(may for _, _, may in _styles(value))
    if name == "id":
        return tag[0] == "h" and value not in taken
    if name == "class":
        return _MARKDOWN_CLASS.match(value) is not None or set(value.split()) <= _CODE
    return _is_allowed(tag, name, value)


def may_be_typeset(nodes: Sequence[str]) -> bool:
    """Say whether a program that looks for formulas between words may do so.

    Args:
        nodes: the texts between tags. Such programs join some of them, with nothing or with a line's end between them:
            so each has to be harmless by itself and with its neighbours, and none ends within a name.
    """
    nodes = [node for node in nodes if node]
    joined = [sign.join(nodes) for sign in ("", " ", "\n")]
    if not any(map(_TYPESET.search, joined)):
        return True
    if any(map(_OPEN_NAME.search, nodes[:-1])):
        return False
    return all(map(formulas.is_typeset, [*joined, *(node for node in nodes if "\\" in node)]))


def verbatim(html: str) -> str:
    """Write what `clean` made so that Markdown leaves it alone, on one line; what may not be typeset is code."""
    parts: list[str | re.Match[str]] = []
    at = 0
    for found in _TAG.finditer(html):
        parts += [html[at : found.start()], found]
        at = found.end()
    parts.append(html[at:])
    typeset, listing = may_be_typeset(_words_of(html)), 0
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
