"""Takes out of a graded notebook what could become script in somebody's browser.

Autograded notebooks are shown as HTML: by the formgrader to staff, as feedback to the learner. What a learner
wrote or printed may hold any markup; what stays are texts, tables and pictures.
"""

from __future__ import annotations

import re
from typing import Any

import nh3

__all__ = ["clean", "clean_texts", "harmless"]

_PLAIN = ("text/plain", "application/json")
_MARKUP = ("text/html", "text/markdown")
_PICTURES = ("image/png", "image/jpeg", "image/gif")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*\Z")
_TAG_LIKE = re.compile(r"<[A-Za-z/!?]")
_SCRIPT_ADDRESS = re.compile(r"(javascript|vbscript|data)\s*:", re.IGNORECASE)
_ATTACHMENT = re.compile(r"attachment:([^)\s\"'>]*)")
_STYLES = {"color", "background-color", "font-weight", "font-style", "text-align", "white-space", "border", "padding"}
_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "*": {"style"}}


def clean(nb: Any) -> None:
    """Clean the outputs of a notebook, and the texts of those of its cells that are the learner's, in place."""
    nb["metadata"].pop("widgets", None)
    for cell in nb["cells"]:
        cell["metadata"].pop("tags", None)
        for output in cell.get("outputs", ()):
            output.get("metadata", {}).pop("gradetape", None)  # what marks our own panels
            if "data" in output:
                forms = {kind: _cleaned(kind, value) for kind, value in output["data"].items()}
                output["data"] = {kind: value for kind, value in forms.items() if value is not None}
    clean_texts(nb)


def clean_texts(nb: Any) -> None:
    """Clean the text cells of a notebook that are the learner's, in place."""
    for cell in nb["cells"]:
        if cell["cell_type"] != "code" and not cell["metadata"].get("nbgrader", {}).get("locked"):
            _clean_text(cell)


def _clean_text(cell: Any) -> None:
    cell["source"] = _harmless(cell["source"], always=cell["cell_type"] == "raw")
    for name, bundle in list(cell.get("attachments", {}).items()):
        kept = {kind: data for kind, data in bundle.items() if _picture(kind, data)}
        if kept and not _TAG_LIKE.search(name):
            cell["attachments"][name] = kept
        else:
            del cell["attachments"][name]
    there = cell.get("attachments", {})  # nbconvert gives a whole page up for one attachment that is not there
    cell["source"] = _ATTACHMENT.sub(lambda found: found[0] if found[1] in there else "", cell["source"])


def _cleaned(kind: str, value: Any) -> Any:
    """Return one form of an output without what could act; None when nothing is to be kept of it."""
    if kind in _PLAIN or _picture(kind, value):
        return value
    if kind in _MARKUP:
        return _harmless("".join(value), always=kind == "text/html")
    if kind == "text/latex":
        return _SCRIPT_ADDRESS.sub(r"\1 ", _harmless("".join(value), always=False))
    return None


def _picture(kind: str, data: Any) -> bool:
    return kind in _PICTURES and isinstance(data, str) and _BASE64.match(data) is not None


def harmless(text: str | list[str]) -> str:
    """Return HTML, or Markdown with HTML in it, without what could act."""
    return _harmless("".join(text), always=True)


def _harmless(text: str, *, always: bool) -> str:
    """Clean markup; a text without tags stays as it is, so that `a < b` in prose and formulas survives."""
    text = _SCRIPT_ADDRESS.sub(r"\1 ", text) if _SCRIPT_ADDRESS.search(text) and not always else text
    if not always and not _TAG_LIKE.search(text):
        return text
    return nh3.clean(text, attributes=_ATTRIBUTES, filter_style_properties=_STYLES)
