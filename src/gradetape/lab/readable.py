"""An IPython extension that shows the visible checks of a cell readably; `%load_ext gradetape.lab.readable` loads it.

A failed check stays an error for everybody who counts: the reply says AssertionError, 'Run all' stops, nbgrader's
Validate fails the cell. Whatever goes wrong in here, the ordinary traceback is shown.
"""

from __future__ import annotations

import builtins
import contextlib
import linecache
import os
import re
import sys
import textwrap
import traceback
from typing import TYPE_CHECKING, Any

from gradetape.lab import checks
from gradetape.lab.panel import Panel, cleaned

if TYPE_CHECKING:
    import ast
    from types import CodeType, TracebackType

__all__ = ["ReadableChecks", "load_ipython_extension", "unload_ipython_extension"]

_PASSED = Panel("passed", "The visible checks of this cell passed.")
_SHORT = 120
_STUB = re.compile(r"raise NotImplementedError(\(\s*\))?\s*(#.*)?$")
_loaded: list[ReadableChecks] = []


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython to load the extension."""
    if not _loaded:
        _loaded.append(ReadableChecks(shell))
        _loaded[0].begin()


def unload_ipython_extension(_shell: Any) -> None:
    """Called by IPython to take the extension away again."""
    if _loaded:
        _loaded.pop().end()


class ReadableChecks:
    """The checks of the cell that runs in `shell`, and what they have compared."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._checks: list[checks.Check] | None = None
        self._sides: dict[int, dict[int, Any]] = {}

    def begin(self) -> None:
        """Take part in the running of cells."""
        setattr(builtins, checks.KEEP, self._keep)
        self._shell.ast_transformers.append(self)
        self._shell.events.register("pre_run_cell", self._before)
        self._shell.events.register("post_run_cell", self._after)
        self._shell.set_custom_exc((AssertionError, NotImplementedError), self._explain)

    def end(self) -> None:
        """Undo `begin`. The name that instrumented functions call stays."""
        setattr(builtins, checks.KEEP, lambda _number, _side, value: value)
        self._shell.ast_transformers.remove(self)
        self._shell.events.unregister("pre_run_cell", self._before)
        self._shell.events.unregister("post_run_cell", self._after)
        self._shell.set_custom_exc((), None)

    def visit(self, tree: ast.Module) -> ast.Module:
        """Called by IPython with the tree of a cell, and of pieces of code that magics run."""
        if self._checks is None:
            self._checks = checks.find(tree)
            checks.instrument(self._checks)
        return tree

    def _keep(self, number: int, side: int, value: Any) -> Any:
        self._sides.setdefault(number, {})[side] = value
        return value

    def _before(self, _info: Any) -> None:
        self._checks = None
        self._sides.clear()

    def _after(self, result: Any) -> None:
        if self._checks and result.success and not _validating():
            _show(_PASSED)
        self._checks = []
        self._sides.clear()

    def _explain(
        self,
        shell: Any,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType,
        tb_offset: int | None = None,
    ) -> list[str]:
        """Called by IPython with an error of one of the two kinds."""
        panel = None
        with contextlib.suppress(Exception):
            panel = None if shell.call_pdb else self._panel(error, trace)
        if panel is None:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
            return list(shell._last_traceback or [])  # noqa: SLF001 - what a handler has to return
        sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace  # for %debug and %tb
        lines = [panel.text()]
        if not _validating():
            _show(panel)
            lines = [cleaned(f"{kind.__name__}: {panel.title}")]
        shell._showtraceback(kind, error, lines)  # noqa: SLF001 - what frontends and IPython itself override and call
        return lines

    def _panel(self, error: BaseException, trace: TracebackType) -> Panel | None:
        """Explain an error; None when its traceback says more."""
        frames = [(frame.f_code, line) for frame, line in traceback.walk_tb(trace)]
        cell = next(code.co_filename for code, _ in frames if code.co_name == "<module>")
        code, line = frames[-1]
        if isinstance(error, NotImplementedError):
            return self._unanswered(code, line, cell)
        if type(error) is not AssertionError or code.co_filename != cell:
            return None
        found = [(number, check) for number, check in enumerate(self._checks or []) if check.covers(line)]
        if not found:
            return None
        number, check = min(found, key=lambda pair: pair[1].last_line - pair[1].first_line)
        title = str(error.args[0]) if error.args else "This check failed."
        full = "\n".join(self._shell.InteractiveTB.structured_traceback(type(error), error, trace))
        rows = [(f"line {check.first_line}", _source(cell, check)), *_sides(self._sides.get(number, {}))]
        return Panel("failed", title, tuple(rows), full)

    def _unanswered(self, code: CodeType, line: int, cell: str) -> Panel | None:
        """Tell a stub that was left as it is from an error of that kind."""
        text = linecache.getline(code.co_filename, line).strip()
        if not _STUB.match(text) or self._shell.compile.format_code_name(code.co_filename) is None:
            return None
        if code.co_name == "<module>":
            where = "this cell" if code.co_filename == cell else "a cell"
        else:
            where = getattr(code, "co_qualname", code.co_name).replace("<locals>.", "")
        return Panel("unanswered", f"Not answered yet: {where} still has `{text}`.")


def _validating() -> bool:
    """Whether nbgrader's Validate runs the cells: it shows an error's lines only, as plain text."""
    return os.environ.get("NBGRADER_EXECUTION") == "validate" or os.environ.get("NBGRADER_VALIDATING") == "1"


def _show(panel: Panel) -> None:
    from IPython.display import display

    display({"text/html": panel.html(), "text/plain": panel.text()}, raw=True)


def _source(cell: str, check: checks.Check) -> str:
    lines = [linecache.getline(cell, n) for n in range(check.first_line, check.last_line + 1)]
    return textwrap.dedent("".join(lines)).strip()


def _sides(kept: dict[int, Any]) -> list[tuple[str, str]]:
    """Describe the two sides of a comparison; nothing when one of them is long."""
    texts = [_described(kept[side]) for side in (0, 1) if side in kept]
    return list(zip(("left side", "right side"), texts, strict=True)) if len(texts) == 2 and all(texts) else []


def _described(value: Any) -> str:
    """Return a value's repr if it is short; for a large array its shape and dtype; else nothing."""
    text = repr(value)
    if len(text) <= _SHORT:
        return text
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{type(value).__name__} of shape {tuple(value.shape)}, {value.dtype}"
    return ""
