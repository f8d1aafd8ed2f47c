"""Turns a check's pictures into SVG for a page: self-contained, no script, light and dark by CSS variables.

Maps and shapes are drawn here, curves and histograms by Matplotlib. Every picture carries its text; without
Matplotlib the text is what is shown.
"""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradetape.verdict import Picture

__all__ = ["figure"]

_INK = "var(--gt-ink,#1c1e21)"
_YOURS = "var(--gt-bad,#a3341a)"
_RIGHT = "var(--gt-good,#0b6e4f)"
_LINE = "var(--gt-line,#c9ced4)"
_PLACEHOLDERS = {"#010203": _INK, "#010204": _YOURS, "#010205": _RIGHT}
_OPACITY = {1: 0.25, 2: 0.55, 3: 1.0}
_CELL, _MOST_BOXES = 11, 12
_ID = re.compile(r'<g id="[^"]*"')
_PROLOGUE = re.compile(r"\A.*?(?=<svg)", re.DOTALL)


def figure(picture: Picture) -> str:
    """Return an HTML figure: the picture, and under it its words."""
    draw = {"shape": _shapes, "errors": _errors, "curve": _curve, "samples": _samples}.get(picture.kind)
    try:
        svg = draw(picture.data) if draw else ""
    except (ImportError, KeyError, TypeError, ValueError):  # the words say the same
        svg = ""
    named = svg.replace("<svg", f'<svg role="img" aria-label="{escape(picture.text)}"', 1)
    words = f'<figcaption style="font-size:13px">{escape(picture.text)}</figcaption>'
    return f'<figure style="margin:.5em 0 .2em 1.4em">{named}{words}</figure>'


def _svg(width: float, height: float, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="sans-serif" font-size="12">{inside}</svg>'
    )


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" style="fill:{_INK}">{escape(words)}</text>'


def _shapes(data: dict[str, Any]) -> str:
    """Two blocks of boxes: the last axis to the right, the one before downwards, further axes as layers behind."""
    parts, x, height = [], 0.0, 0.0
    for name, colour in (("yours", _YOURS), ("expected", _RIGHT)):
        shape = [int(n) for n in data[name]]
        drawn, wide, high = _block(shape, x, colour)
        parts.append(drawn)
        title = f"{name}: {tuple(shape)}"
        wide = max(wide, 7.0 * len(title))
        parts.append(_text(x, 12, title))
        x, height = x + wide + 30, max(height, high)
    return _svg(x, height + 24, "".join(parts))


def _block(shape: Sequence[int], x: float, colour: str) -> tuple[str, float, float]:
    columns = min(shape[-1], _MOST_BOXES) if shape else 1
    rows = min(shape[-2], _MOST_BOXES) if len(shape) > 1 else 1
    layers = min(3, max(1, *shape[:-2])) if len(shape) > 2 else 1
    boxes = []
    for layer in reversed(range(layers)):
        left, top = x + 6 * layer, 22 + 6 * (layers - 1 - layer)
        fill = f"fill:{colour};fill-opacity:{0.35 if layer else 0.7}"
        boxes += [
            f'<rect x="{left + 15 * c:g}" y="{top + 15 * r:g}" width="13" height="13" rx="2" style="{fill}"/>'
            for r in range(rows)
            for c in range(columns)
        ]
    return "".join(boxes), 15.0 * columns + 6 * layers, 15.0 * rows + 6 * layers


def _errors(data: dict[str, Any]) -> str:
    levels = data["levels"]
    rows, columns = len(levels), max(len(row) for row in levels)
    paths = []
    for level, opacity in _OPACITY.items():
        squares = "".join(
            f"M{c} {r}h1v1h-1z" for r, row in enumerate(levels) for c, value in enumerate(row) if value == level
        )
        if squares:
            paths.append(f'<path d="{squares}" style="fill:{_YOURS};fill-opacity:{opacity}"/>')
    frame = f'<rect width="{columns}" height="{rows}" style="fill:none;stroke:{_LINE};stroke-width:.12"/>'
    cells = f'<g transform="translate(1 1) scale({_CELL})">{"".join(paths)}{frame}</g>'
    return _svg(_CELL * columns + 2, _CELL * rows + 2, cells)


def _curve(data: dict[str, Any]) -> str:
    def draw(axes: Any) -> None:
        steps = data["steps"]
        around = [*data["low"], *reversed(data["high"])]  # a polygon: a collection would be drawn by reference
        axes.fill([*steps, *reversed(steps)], around, color="#010205", alpha=0.3, lw=0, label="right")
        yours = [float("nan") if v is None else v for v in data["yours"]]
        axes.plot(steps, yours, color="#010204", lw=2, label="yours")
        axes.set_xlabel(data["x"])
        axes.set_ylabel(data["y"])

    return _plot(draw)


def _samples(data: dict[str, Any]) -> str:
    def draw(axes: Any) -> None:
        axes.stairs(data["target"], data["edges"], fill=True, color="#010205", alpha=0.3, label="right")
        axes.stairs(data["yours"], data["edges"], color="#010204", lw=2, label="yours")
        axes.set_xlabel(data["label"])
        axes.set_ylabel("density")

    return _plot(draw)


def _plot(draw: Any) -> str:
    """Draw with Matplotlib; colours become variables, texts stay texts, and no id is left to collide."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style: Any = {"svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif", "axes.edgecolor": "#010203"}
    with mpl.rc_context(style):
        whole = Figure(figsize=(4.2, 2.4), layout="constrained", facecolor="none")
        canvas = FigureCanvasSVG(whole)
        axes = whole.add_subplot(facecolor="none")
        draw(axes)
        axes.tick_params(colors="#010203", length=0)
        for label in (axes.xaxis.label, axes.yaxis.label):
            label.set_color("#010203")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, labelcolor="#010203")
        out = io.StringIO()
        no_metadata: Any = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        canvas.print_svg(out, metadata=no_metadata)  # type: ignore[no-untyped-call]
    return _themed(out.getvalue())


def _themed(svg: str) -> str:
    svg = _ID.sub("<g", _PROLOGUE.sub("", svg))
    svg = re.sub(r' clip-path="url\([^)]*\)"', "", svg)
    svg = re.sub(r"<defs>\s*<clipPath.*?</defs>", "", svg, flags=re.DOTALL)
    for placeholder, colour in _PLACEHOLDERS.items():
        svg = svg.replace(placeholder, colour)
    return re.sub(r"\n\s*", " ", svg)
