"""Charts as inline SVG whose colours are CSS variables, so that they follow the page's light or dark theme.

Matplotlib draws with placeholder colours that occur nowhere else; in the SVG's text each becomes a `var(--…)`.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from gradetape.report.statistics import BINS
from gradetape.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradetape.report.statistics import QuestionStatistics

__all__ = ["PLACEHOLDERS", "STATUS_MARKS", "outcomes", "spread"]

PLACEHOLDERS = {
    "#0a0b01": "--text",
    "#0a0b02": "--line",
    "#0a0b03": "--page",
    "#0a0b04": "--passed",
    "#0a0b05": "--failed",
    "#0a0b06": "--not-attempted",
    "#0a0b07": "--unchecked",
}
"""Placeholder colours and the CSS variables that take their place."""

_TEXT, _LINE, _PAGE, *_STATES = PLACEHOLDERS
STATUS_MARKS = {
    Status.PASSED: (_STATES[0], ""),
    Status.FAILED: (_STATES[1], "//"),
    Status.NOT_ATTEMPTED: (_STATES[2], "--"),
    Status.UNCHECKED: (_STATES[3], "xx"),
}
"""Colour and hatching of each status: told apart without colour, too."""

_STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "gradetape", "font.family": "sans-serif", "font.size": 10,
    "text.color": _TEXT, "axes.labelcolor": _TEXT, "xtick.color": _TEXT, "ytick.color": _TEXT, "axes.edgecolor": _LINE,
    "axes.spines.top": False, "axes.spines.right": False, "text.parse_math": False, "hatch.linewidth": 1.2,
    "legend.frameon": False, "figure.constrained_layout.use": True,
}  # fmt: skip


def spread(counts: Sequence[int], *, prefix: str, label: str) -> str:
    """Draw how many learners have each tenth of the points, with the count on each bar."""
    from matplotlib import rc_context
    from matplotlib.ticker import MaxNLocator

    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure, axes = _figure(7.0, 2.6)
        bars = axes.bar(range(BINS), counts, width=0.86, color=_STATES[0], edgecolor=_PAGE)
        axes.bar_label(bars, labels=[str(count) if count else "" for count in counts], padding=2)
        axes.set_xticks(range(BINS), [f"{10 * n}–{10 * n + 10}" for n in range(BINS)])  # noqa: RUF001
        axes.set_xlabel("score in % of the points")
        axes.set_ylabel("learners")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.margins(y=0.15)
        return _svg(figure, prefix, label)


def outcomes(questions: Sequence[QuestionStatistics], *, prefix: str, label: str) -> str:
    """Draw what became of each question as a bar of shares."""
    from matplotlib import rc_context

    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure, axes = _figure(7.0, 1.0 + 0.42 * len(questions))
        names = [question.name for question in questions]
        left = [0.0] * len(questions)
        for status, (colour, hatch) in STATUS_MARKS.items():
            widths = [_percent(question, status) for question in questions]
            axes.barh(names, widths, left=left, height=0.7, label=status.value, color=colour, hatch=hatch,
                      edgecolor=_PAGE, linewidth=1.0)  # fmt: skip
            left = [a + b for a, b in zip(left, widths, strict=True)]
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.set_xlabel("% of the checked answers")
        figure.legend(loc="outside upper left", ncols=len(STATUS_MARKS), handlelength=1.4)
        return _svg(figure, prefix, label)


def _percent(question: QuestionStatistics, status: Status) -> float:
    total = sum(question.outcomes.values())
    return 100 * question.outcomes.get(status, 0) / total if total else 0.0


def _figure(width: float, height: float) -> tuple[Any, Any]:
    """Make a figure with one set of axes; sizes in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    figure.patch.set_alpha(0)
    axes = figure.subplots()
    axes.patch.set_alpha(0)
    axes.tick_params(length=0)
    return figure, axes


def _svg(figure: Any, prefix: str, label: str) -> str:
    """Write the figure as an SVG element of its own: named for screen readers, unique ids, the page's colours."""
    from xml.sax.saxutils import quoteattr

    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<(metadata|style)[ >].*?</\1>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>',
                  lambda m: f'<svg role="img" aria-label={quoteattr(label)} {m[1]} class="chart" '
                            'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">',
                  text, count=1)  # fmt: skip
    text = re.sub(r'\bid="|url\(#|href="#', lambda m: m[0] + prefix, text)
    for colour, variable in PLACEHOLDERS.items():
        text = text.replace(colour, f"var({variable})")
    return text
