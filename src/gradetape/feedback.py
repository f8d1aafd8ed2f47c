"""What a learner sees of a verdict: a panel under the question's cell, as HTML and as plain text.

Everything shown is escaped: titles are the instructor's, messages may quote the learner's own errors.
No hidden test's text or value is at hand here: a verdict does not carry any.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from gradetape.drawing import figure
from gradetape.texts import storable
from gradetape.verdict import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MARKS", "comment", "html", "output", "points", "text"]

MARKS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.NOT_ATTEMPTED: "–", Status.UNCHECKED: "?"}  # noqa: RUF001
_COLOURS = {
    Status.PASSED: "var(--gt-good,#0b6e4f)",
    Status.FAILED: "var(--gt-bad,#a3341a)",
    Status.NOT_ATTEMPTED: "var(--gt-idle,#5a5f66)",
    Status.UNCHECKED: "var(--gt-open,#7a5b00)",
}
"""Colours of light pages; a page that knows light and dark sets the variables."""

_LONGEST, _SHOWN = 400_000, 20_000
"""Signs of a panel with its pictures, and those that are shown of a longer one."""

_TAG_OR_LINK = re.compile(r"<(?=[A-Za-z/!?])|\]\(")
_HARMLESS = {"<": "&lt;", "](": "] ("}

_PANEL = (
    "border:1px solid {colour};border-left:6px solid {colour};border-radius:4px;padding:.6em 1em;margin:.4em 0;"
    "font-family:sans-serif;font-size:14px;line-height:1.45;color:var(--gt-ink,#1c1e21);background:var(--gt-paper,#fff)"
)


def points(value: float) -> str:
    """Write a number of points as short as it can be: 2, 1.5, 0.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _headline(verdict: Verdict) -> str:
    score, most = points(verdict.score), points(verdict.max_score)
    return f"{MARKS[verdict.status]} {verdict.question}: {verdict.status.value}, {score} of {most} points"


def _own_message(verdict: Verdict) -> str:
    """The verdict's message, unless the list of checks says the same."""
    said = {check.message for check in verdict.checks}
    return "" if verdict.message in said or verdict.status is Status.PASSED else verdict.message


def _advice(verdict: Verdict) -> str:
    """What helps most: the hint, or what failed first."""
    return verdict.diagnosis.hint if verdict.diagnosis else verdict.message


def text(verdict: Verdict) -> str:
    """Return the panel as plain text."""
    lines = [_headline(verdict)]
    for check in verdict.checks:
        lines.append(f"  {MARKS[check.status]} {check.title}")
        if check.message:
            lines.append(f"      {check.message}")
        lines += [f"      {picture.text}" for picture in check.pictures]
    if _own_message(verdict):
        lines.append(f"  {_own_message(verdict)}")
    if verdict.diagnosis:
        lines.append(f"  Hint: {verdict.diagnosis.hint}")
    return "\n".join(lines)


def html(verdict: Verdict) -> str:
    """Return the panel as self-contained HTML: no script, no link, no style from elsewhere."""
    colour = _COLOURS[verdict.status]
    style = _PANEL.format(colour=colour)
    parts = [
        f'<section class="gradetape-verdict" aria-label="Result of {escape(verdict.question)}" style="{style}">',
        f'<p style="margin:0 0 .3em;font-weight:bold;color:{colour}">{escape(_headline(verdict))}</p>',
    ]
    if verdict.checks:
        parts.append('<ul style="list-style:none;margin:0;padding:0">')
        for check in verdict.checks:
            mark = f'<span style="color:{_COLOURS[check.status]};font-weight:bold">{MARKS[check.status]}</span>'
            said = f'<br><span style="margin-left:1.4em">{escape(check.message)}</span>' if check.message else ""
            state = f'<span style="position:absolute;left:-9999px">{check.status.value}: </span>'
            shown = "".join(figure(p) for p in check.pictures)
            parts.append(f'<li style="margin:.15em 0">{mark} {state}{escape(check.title)}{said}{shown}</li>')
        parts.append("</ul>")
    if _own_message(verdict):
        parts.append(f'<p style="margin:.3em 0 0">{escape(_own_message(verdict))}</p>')
    if verdict.diagnosis:
        style = "margin:.4em 0 0;padding:.4em .6em;background:var(--gt-hint,#f3f1e7)"
        parts.append(f'<p style="{style}"><strong>Hint:</strong> {escape(verdict.diagnosis.hint)}</p>')
    parts.append("</section>")
    return "\n".join(parts)


def output(verdict: Verdict) -> dict[str, Any]:
    """Return the panel as an nbformat output, for the question's cell; its metadata is for the feedback page."""
    about = {
        "question": verdict.question,
        "status": verdict.status.value,
        "score": verdict.score,
        "next": _advice(verdict),
        "said": [comment([verdict]) or ""],
    }
    panel, plain = storable(html(verdict)), storable(text(verdict))
    if len(panel) > _LONGEST:
        cut = f"{plain[:_SHOWN]}\n[Left out by Gradetape: {len(plain) - len(plain[:_SHOWN]):,} signs of this panel.]"
        panel, plain = f'<section class="gradetape-verdict"><pre>{escape(cut)}</pre></section>', cut
    return {
        "output_type": "display_data",
        "data": {"text/html": panel, "text/plain": plain},
        "metadata": {"gradetape": about},
    }


def comment(verdicts: Sequence[Verdict]) -> str | None:
    """Return nbgrader's automatic comment for an answer cell: the hint, or what failed first.

    nbgrader shows comments as Markdown, and messages may quote the learner's own errors.
    """
    lines = []
    for verdict in verdicts:
        if verdict.status is Status.PASSED:
            continue
        lines.append(_advice(verdict))
    said = "\n\n".join(_TAG_OR_LINK.sub(lambda found: _HARMLESS[found[0]], line) for line in lines if line)
    return storable(said) or None
