"""The learner's feedback page: nbgrader's `generate_feedback` writes it with `FeedbackExporter`.

`nbgrader_config.py` names it as `c.GenerateFeedback.exporter_class`. The page is one file without script: an
overview with a bar for each question, what to do next, then the notebook with the verdicts in their places.
Formulas become MathML. Points come from nbgrader's gradebook, so what a person changed counts.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import Exporter
from nbconvert.filters import Highlight2HTML, strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets.config import Config

from gradetape import allowed, bounded, feedback, formulas, logged, markup, notebook, seal
from gradetape.texts import shown, storable
from gradetape.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FeedbackExporter", "Titles", "overview", "titles"]

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = _TEMPLATES / "gradetape_feedback" / "page.css"
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_FORMATTING = re.compile(r"[`*$]|\b_|_\b|<[^>]*>|\[([^\]]*)\]\([^)]*\)")
_NUMBER = re.compile(r"^(?:question\s+)?\d+\s*[·:.)-]\s*", re.IGNORECASE)
_KINDS = {
    Status.PASSED.value: "passed",
    Status.FAILED.value: "failed",
    Status.NOT_ATTEMPTED.value: "idle",
    Status.UNCHECKED.value: "open",
}
_MARKS = {_KINDS[status.value]: mark for status, mark in feedback.MARKS.items()}
_FIRST_STEP = "There is no answer yet."
_NO_RESPONSE = "No response."
"""What nbgrader writes by itself beside an answer that was not touched."""

_SOMETHING = "# a\n\n*b* `c` $\\frac{a}{b}$ <b>d</b> [e](https://example.org)\n\n| f |\n|---|\n| g |\n"

_LARGEST = 128 * 2**20
"""Bytes of a graded notebook that is read for a page."""


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Writes one graded notebook as a feedback page."""

    def __init__(self, config: Any = None, **kw: Any) -> None:
        own = Config(config or {})
        own.FeedbackExporter.template_name = "gradetape_feedback"
        own.FeedbackExporter.extra_template_basedirs = [str(_TEMPLATES)]
        super().__init__(config=own, **kw)
        logged.guard(self.log)

    _ready = False

    def default_filters(self) -> Any:
        """Called by nbconvert for the template's filters: nbconvert's, and those of this page."""
        yield from super().default_filters()
        yield ("points", feedback.points)
        yield ("strip_ansi", strip_ansi)
        yield ("allowed", allowed.clean)

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Called for every text of the notebook: headings one level down, formulas as MathML; then it is cleaned."""
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = _Renderer(escape=False, attachments=attachments, exclude_anchor_links=True)
        return allowed.clean(str(MarkdownWithMath(renderer=renderer).render(source)), formula=True)

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Called by nbgrader for every graded notebook.

        Raises:
            ValueError: it is so large that reading it would take the machine's memory.
        """
        size = Path(filename).stat().st_size
        if size > _LARGEST:
            raise ValueError(
                f"{filename!r} has {size:,} bytes, and {_LARGEST:,} are allowed for a feedback page: "
                "grade it again with this version of Gradetape, which limits outputs."
            )
        return super().from_filename(filename, resources=resources, **kw)  # type: ignore[no-any-return]

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Called by nbconvert: get the page ready here, where the gradebook is, and draw it within limits."""
        nb, resources = Exporter.from_notebook_node(self, nb, resources)
        page, fault = self._drawn(nb, resources, kw)
        if fault:
            self.log.warning("%s: the page shows the notebook as it was typed: %s", _whose(resources), fault)
            resources["gradetape"]["left_out"] = f"Your notebook is shown as it was typed, because {fault}."
            panels = resources["gradetape_panels"]
            for index in panels:
                nb["cells"][index]["outputs"].pop()
            markup.show_as_typed(nb, fault)
            _put_panels(nb, panels)
            page, fault = self._drawn(nb, resources, kw)
        if fault:
            self.log.warning("%s: the page shows the overview only: %s", _whose(resources), fault)
            nb["cells"] = []
            resources["gradetape"]["left_out"] = f"Your notebook cannot be shown, because {fault}."
            page, fault = self._drawn(nb, resources, kw)
        if fault:
            raise ValueError(f"The feedback page of {_whose(resources)} cannot be drawn: {fault}.")
        return page, resources

    def _drawn(self, nb: Any, resources: Any, kw: Any) -> tuple[str, str]:
        """Draw the page in a process with limits; return it, or why that was not possible."""

        def draw(send: Any) -> None:
            self._ready = True
            page = super(FeedbackExporter, self).from_notebook_node(nb, resources, **kw)[0]
            send(storable(page).encode())

        _warm_up()
        parts, fault = bounded.run(draw)
        if fault or not parts:
            return "", fault or "nothing was drawn"
        return parts[0].decode(), ""

    def _preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Called by nbconvert: after nbgrader's preprocessor has fetched the grades, sum them up and clean the rest."""
        if self._ready:
            return nb, resources
        nb, resources = super()._preprocess(nb, resources)
        panels = _take_panels(nb, Path.cwd())
        graded = {index: cell["metadata"].get("nbgrader", {}) for index, cell in enumerate(nb["cells"])}
        markup.clean(nb, drawn=True)
        for index, mark in graded.items():
            cell = nb["cells"][index]
            cell["metadata"]["nbgrader"] = mark
        _put_panels(nb, panels)
        resources["gradetape_panels"] = panels
        about = resources.get("nbgrader", {})
        resources["gradetape"] = overview(nb, about, self._titles(about))
        resources["gradetape"] |= {"language": self.language_code, "style": _STYLE.read_text(), "left_out": ""}
        return nb, resources

    def _titles(self, about: Any) -> Titles:
        """Read titles from what was released, or from its source; a learner's notebook may say anything."""
        coursedir: Any = getattr(self.parent, "coursedir", None)
        for directory in (coursedir.release_directory, coursedir.source_directory) if coursedir else ():
            folder = Path(coursedir.format_path(directory, ".", about["assignment"]))
            try:
                return titles(notebook.read((folder / f"{about['notebook']}.ipynb").read_bytes()))
            except (OSError, notebook.NotebookError):
                continue
        return Titles()


@functools.cache
def _warm_up() -> None:
    """Draw something of everything once, so that processes forked from this one need not import and compile it."""
    renderer = _Renderer(escape=False, attachments={}, exclude_anchor_links=True)
    allowed.clean(str(MarkdownWithMath(renderer=renderer).render(_SOMETHING)), formula=True)
    Highlight2HTML()("def f(x):\n    return [x + 1.5, 'a', None]  # b")


def _whose(resources: Any) -> str:
    about = resources.get("nbgrader", {})
    return shown(f"{about.get('student', 'a learner')}, {about.get('notebook', 'a notebook')}")


def _take_panels(nb: Any, root: Path) -> dict[int, Any]:
    """Take the panels out of a notebook: the last output of a graded cell, if it has the course's seal."""
    found = {}
    for index, cell in enumerate(nb["cells"]):
        name = str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
        if cell.get("outputs") and seal.holds(root, cell["outputs"][-1], name):
            found[index] = cell["outputs"].pop()
    return found


def _put_panels(nb: Any, panels: dict[int, Any]) -> None:
    for index, panel in panels.items():
        nb["cells"][index]["outputs"].append(panel)


class _Renderer(IPythonRenderer):  # type: ignore[misc]
    """Markdown to HTML, for a page that has its own h1 and no script."""

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Write a heading one level below the one that is asked."""
        return str(super().heading(text, min(6, level + 1), **attrs))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Write a picture; nbconvert gives a whole page up for one that nobody attached."""
        missing = url.startswith("attachment:") and url.removeprefix("attachment:") not in self.attachments
        return str(super().image(text, "" if missing else url, title))

    def block_math(self, body: str) -> str:
        """Write a formula on lines of its own."""
        return formulas.mathml(body, "block")

    def inline_math(self, body: str) -> str:
        """Write a formula in the line."""
        return formulas.mathml(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        """Write an environment such as align."""
        return formulas.mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

    def block_code(self, code: str, info: str | None = None) -> str:  # noqa: ARG002 - mistune passes it
        """Write a listing."""
        return f"<pre><code>{self.escape_html(code)}</code></pre>\n"


@dataclass(frozen=True)
class Titles:
    """Titles that are the instructor's: of the notebook, and of each graded cell by its `grade_id`."""

    notebook: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


def titles(released: Any) -> Titles:
    """Take titles from the headings of a released notebook: the first one, and the last one above each graded cell."""
    title = heading = ""
    cells = {}
    for cell in released["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "markdown" and not mark.get("solution"):
            found = _HEADING.findall(cell["source"])
            title = title or (_plain(found[0]) if found else "")
            heading = _plain(found[-1]) if found else heading
        if mark.get("grade") or mark.get("task"):
            cells[str(mark.get("grade_id", ""))] = heading
    return Titles(title, cells)


def overview(nb: Any, graded: Any, named: Titles | None = None) -> dict[str, Any]:
    """Sum a graded notebook up for the template.

    Args:
        nb: the notebook, with `score`, `points` and `comment` in its cells' nbgrader metadata.
        graded: nbgrader's resources: student, notebook, score, max_score, late_penalty.
        named: the instructor's titles; ids take their place where there are none.

    Returns:
        Plain data: title, student, points, a row per question, the next steps, anchors by `grade_id`, and what
        the panels say already (`said`), so that nbgrader's automatic comment does not say it again.
    """
    named = named or Titles()
    rows, said = [], {_NO_RESPONSE}
    for cell in nb["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("grade") or mark.get("task"):
            verdict = _verdict_of(cell)
            said.update(verdict.get("said", ()))
            rows.append(_row(mark, verdict, named.cells.get(str(mark["grade_id"]), "")))
    shared = [row["title"] for row in rows]
    for row in rows:
        row["title"] = row["name"] if shared.count(row["title"]) > 1 else row["title"]
    steps = [_step(row) for row in rows if row["kind"] != "passed"]
    return {
        "title": named.notebook or graded.get("notebook", ""),
        "student": graded.get("student", ""),
        "score": feedback.points(graded.get("score") or 0),
        "most": feedback.points(graded.get("max_score") or 0),
        "penalty": feedback.points(graded["late_penalty"]) if graded.get("late_penalty") else "",
        "questions": rows,
        "steps": steps,
        "anchors": {row["name"]: row["anchor"] for row in rows},
        "said": sorted(said),
    }


def _plain(heading: str) -> str:
    text = _FORMATTING.sub(lambda found: found[1] or "", heading)
    return _NUMBER.sub("", text).strip()


def _verdict_of(cell: Any) -> dict[str, Any]:
    """Return what the judge's panel in this cell says; of several outputs only the last can be ours."""
    outputs = cell.get("outputs") or [{}]
    about = outputs[-1].get("metadata", {}).get("gradetape", {})
    return about if isinstance(about, dict) else {}


def _row(mark: Any, verdict: dict[str, Any], heading: str) -> dict[str, Any]:
    name, score, most = str(mark["grade_id"]), float(mark.get("score") or 0), float(mark.get("points") or 0)
    share = min(1.0, max(0.0, score / most)) if most else 1.0
    status = str(verdict.get("status", ""))
    kind = _KINDS.get(status, "")
    changed = bool(verdict) and abs(float(verdict.get("score", score)) - score) > 1e-9  # a person graded it
    if not kind and not score and mark.get("comment") == _NO_RESPONSE:
        kind, status = "idle", Status.NOT_ATTEMPTED.value
    elif not kind or changed:
        kind = "passed" if share == 1 else "failed"
        status = "full marks" if share == 1 else "some marks" if score else "no marks"
        status += ", by your instructor" if changed else ""
    elif kind == "failed" and score:
        status = "partly right"
    return {
        "name": name,
        "anchor": f"q-{re.sub(r'[^A-Za-z0-9_-]', '-', name)}",
        "title": heading or name,
        "kind": kind,
        "mark": _MARKS[kind],
        "status": status,
        "score": feedback.points(score),
        "most": feedback.points(most),
        "percent": round(100 * share),
        "next": str(verdict.get("next", "")),
    }


def _step(row: dict[str, Any]) -> dict[str, str]:
    text = _FIRST_STEP if row["kind"] == "idle" else row["next"]
    return {"title": row["title"], "anchor": row["anchor"], "text": text or "See what is said there."}
