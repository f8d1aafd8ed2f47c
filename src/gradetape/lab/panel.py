"""How the outcome of a cell's visible checks looks, as HTML and as plain text; pure, no IPython.

Every kind has a mark of its own shape and words of its own; colours (of Okabe and Ito, told apart by colour-blind
readers) only repeat them. All that comes from the learner's code is escaped.
"""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass

__all__ = ["Panel", "cleaned"]

_MARKS = {"failed": ("✗", "#D55E00"), "passed": ("✓", "#009E73"), "unanswered": ("○", "#0072B2")}
_MOST_CHARACTERS, _MOST_OF_TRACEBACK = 2000, 50_000
_WIDTH = 80  # nbgrader's Validate cuts lines on the command line at 83
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LABEL = "text-align:left;vertical-align:top;font-weight:normal;white-space:nowrap"
_CODE = "white-space:pre-wrap;margin:0;padding:0;background:none;font-family:monospace"


def cleaned(text: str, most: int = _MOST_CHARACTERS) -> str:
    """Return text of limited length without terminal codes; other characters that do not print appear as escapes."""
    text = _ANSI.sub("", text)
    if len(text) > most:
        text = text[:most] + " …"
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True)
class Panel:
    """What a learner reads below a cell.

    `kind` is 'failed', 'passed' or 'unanswered'; `rows` are pairs of a label and a piece of code; `traceback` is
    folded, and only in HTML.
    """

    kind: str
    title: str
    rows: tuple[tuple[str, str], ...] = ()
    traceback: str = ""

    def text(self) -> str:
        """Return plain text, wrapped for narrow dialogs and terminals."""
        mark, _ = _MARKS[self.kind]
        lines = _wrapped(cleaned(self.title), f"{mark} ", "  ")
        margin = max((len(label) for label, _ in self.rows), default=0) + 4
        for label, code in self.rows:
            lines += _wrapped(cleaned(code), f"  {label}".ljust(margin), " " * margin)
        return "\n".join(lines)

    def html(self) -> str:
        """Return HTML for any theme: colours of text and background are the page's own."""
        mark, colour = _MARKS[self.kind]
        title = f'<strong style="color:{colour}" aria-hidden="true">{mark}</strong> {_escaped(self.title)}'
        rows = "".join(
            f'<tr><th scope="row" style="{_LABEL}">{_escaped(label)}</th>'
            f'<td style="text-align:left"><pre style="{_CODE}">{_escaped(code)}</pre></td></tr>'
            for label, code in self.rows
        )
        table = f'<table style="margin:4px 0 0 0">{rows}</table>' if rows else ""
        return (
            f'<div style="border-left:4px solid {colour};padding:4px 10px;margin:2px 0">'
            f'<div style="white-space:pre-wrap">{title}</div>{table}{self._folded()}</div>'
        )

    def _folded(self) -> str:
        if not self.traceback:
            return ""
        code = _escaped(self.traceback, most=_MOST_OF_TRACEBACK)
        return f'<details><summary>Full traceback</summary><pre style="{_CODE}">{code}</pre></details>'


def _escaped(text: str, most: int = _MOST_CHARACTERS) -> str:
    return html.escape(cleaned(text, most))


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    """Break at spaces into lines of limited width; breaks and indents of the text itself stay."""
    lines: list[str] = []
    for line in text.splitlines() or [""]:
        indent = line[: len(line) - len(line.lstrip())]
        lines += textwrap.wrap(
            line, _WIDTH, initial_indent=rest if lines else first, subsequent_indent=rest + indent,
            break_on_hyphens=False, drop_whitespace=True, replace_whitespace=False,
        ) or [(rest if lines else first).rstrip()]  # fmt: skip
    return lines
