"""Run a notebook's cells in IPython and record what they show, as nbformat outputs.

Runs inside the guest. A full ipykernel would cost four times the CPU and open ports; the shell alone
gives magics, rich outputs and inline plots.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import subprocess
import sys
import warnings
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

__all__ = ["Cells", "Recorder"]

Output = dict[str, Any]
_MOST_OUTPUTS = 900
_SHORT = 500


class Recorder:
    """The outputs of the running cell, at most `limit` bytes of them, and `total` of all cells together."""

    def __init__(self, limit: int, total: int) -> None:
        self._limit = limit
        self._total = total
        self.begin()

    def begin(self) -> None:
        """Start with nothing, for the next cell."""
        self.outputs: list[Output] = []
        self._room = self._given = max(0, min(self._limit, self._total))
        self._dropped = 0
        self._clear_next = False

    def stream(self, name: str, text: str) -> None:
        """Add text to a stream, joined to the one before when it is the same stream."""
        kept = self._fit(text)
        if not kept and not self._decides(name, text):
            return
        self._apply_clear()
        text = kept or text[:_SHORT]
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last["output_type"] == "stream" and last["name"] == name:
            last["text"].append(text)
        elif len(self.outputs) < _MOST_OUTPUTS or self._decides(name, text):
            self.outputs.append({"output_type": "stream", "name": name, "text": [text]})
        else:
            self._dropped += len(text)

    def _decides(self, name: str, text: str) -> bool:
        """Whether this is the cell's first word on sys.stderr: nbgrader's rule looks for one, room or not."""
        return bool(text) and name == "stderr" and all(output.get("name") != name for output in self.outputs)

    def rich(self, kind: str, data: dict[str, Any], metadata: dict[str, Any] | None, **more: Any) -> None:
        """Add a display or a result: a mapping of MIME type to text (pictures in base64)."""
        plain = {str(mime): _plain(value) for mime, value in data.items()}
        size = sum(len(value) for value in plain.values())
        if size > self._room or len(self.outputs) >= _MOST_OUTPUTS:
            self._dropped += size
            if kind != "execute_result":
                return
            size, plain = 0, {"text/plain": plain.get("text/plain", "")[:_SHORT]}  # nbgrader's rule looks at it
        self._room -= size
        self._apply_clear()
        self.outputs.append({"output_type": kind, "data": plain, "metadata": _plain_metadata(metadata), **more})

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """Add an error; errors are kept even when there is no room left for other text."""
        lines = [line[:2000] for line in traceback[:200]]
        self.outputs.append(
            {"output_type": "error", "ename": name[:200], "evalue": value[:2000], "traceback": lines},
        )

    def clear(self, *, wait: bool) -> None:
        """Forget what was shown, at once or when the next output comes."""
        if wait:
            self._clear_next = True
        else:
            self.outputs.clear()

    def finish(self) -> list[Output]:
        """Return the outputs, with a line about what was dropped."""
        self._total -= self._given - self._room
        if self._dropped:
            most = f"a cell may show {self._limit:,}, all cells what is left of a total"
            note = f"\n[{self._dropped:,} more characters of output were dropped: {most}.]\n"
            self.outputs.append({"output_type": "stream", "name": "stdout", "text": [note]})
        for output in self.outputs:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])
        return self.outputs

    def _fit(self, text: str) -> str:
        kept = text[: self._room]
        self._room -= len(kept)
        self._dropped += len(text) - len(kept)
        return kept

    def _apply_clear(self) -> None:
        if self._clear_next:
            self.outputs.clear()
            self._clear_next = False


def _plain(value: Any) -> str:
    """Turn one MIME type's content into text: pictures become base64, as in a notebook file."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if isinstance(value, str) else json.dumps(value, default=repr)


def _plain_metadata(metadata: dict[str, Any] | None) -> dict[str, Any]:
    """Keep of a display's metadata what says how large a picture is; the rest is rarely plain data."""
    kept: dict[str, Any] = {}
    for mime, value in (metadata or {}).items():
        if isinstance(value, dict):
            sizes = {k: v for k, v in value.items() if k in ("width", "height") and isinstance(v, int | float)}
            if sizes:
                kept[str(mime)] = sizes
    return kept


class _Stream(io.TextIOBase):
    """What `sys.stdout` and `sys.stderr` are for the learner's code."""

    def __init__(self, name: str, recorder: Recorder) -> None:
        self._name = name
        self._recorder = recorder

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._recorder.stream(self._name, str(text))
        return len(text)


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Called by IPython for every `display(...)`, inline plot and cleared output."""

    recorder: Recorder

    def publish(self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **_: Any) -> None:
        self.recorder.rich("display_data", data, metadata)

    def clear_output(self, wait: bool = False) -> None:
        self.recorder.clear(wait=wait)


class _Hook(DisplayHook):  # type: ignore[misc]
    """Called by IPython with the value of a cell's last expression."""

    recorder: Recorder

    def write_output_prompt(self) -> None:
        """No prompt: the front end draws it."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.recorder.rich("execute_result", format_dict, md_dict, execution_count=self.prompt_count)

    def finish_displayhook(self) -> None:
        """Nothing to flush."""


class _Shell(InteractiveShell):  # type: ignore[misc]
    """IPython without a terminal, a history file or an event loop of a front end."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)
    recorder: Recorder

    def enable_gui(self, gui: str | None = None) -> None:
        """Called by `%matplotlib`; there is no window to open."""

    def init_virtualenv(self) -> None:
        """The process already runs in the environment it belongs to."""

    def system_piped(self, cmd: str) -> None:
        """Called by `!command`: IPython's own needs a pseudo-terminal, and a guest has none."""
        command = self.var_expand(cmd, depth=1)
        with subprocess.Popen(  # noqa: S602 - it is the learner's shell command
            command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
        ) as process:  # fmt: skip
            try:
                while text := (process.stdout or io.StringIO()).read(4096):
                    sys.stdout.write(text)
            except BaseException:
                process.kill()
                raise
        self.user_ns["_exit_code"] = process.returncode

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        """Called by IPython with a formatted traceback."""
        try:
            text = str(evalue)
        except BaseException:  # noqa: BLE001 - a learner's exception may fail to print itself
            text = "(this exception cannot be printed)"
        self.recorder.error(getattr(etype, "__name__", "Exception"), text, list(stb))


class Cells:
    """One notebook's shell: runs cells in order, keeps its names."""

    def __init__(self, output_bytes: int, outputs_bytes: int) -> None:
        self.recorder = Recorder(output_bytes, outputs_bytes)
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.enable_tip = False
        # IPython warns when its folder or a virtual environment looks unusual; a guest's always does.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.shell = _Shell.instance(config=config)
        self.shell.recorder = self.recorder
        self.shell.display_pub.recorder = self.recorder
        self.shell.displayhook.recorder = self.recorder
        self.shell.system = self.shell.system_piped
        _inline_plots(self.shell)
        self._before = sys.stdout, sys.stderr
        sys.stdout = _Stream("stdout", self.recorder)
        sys.stderr = _Stream("stderr", self.recorder)

    def take_over_logs(self) -> None:
        """Let loggers that were made before the fork write where they would in a kernel of the notebook's own.

        TensorFlow writes to standard output when it is imported in an interactive Python; the others to standard error.
        """
        loggers = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
        for handler in {id(h): h for one in loggers for h in one.handlers}.values():
            inner = getattr(handler, "python_handler", handler)  # absl's wraps one
            if isinstance(inner, logging.StreamHandler) and inner.stream in self._before:
                of_tensorflow = handler in logging.getLogger("tensorflow").handlers
                inner.setStream(sys.stdout if of_tensorflow or inner.stream is self._before[0] else sys.stderr)

    @property
    def names(self) -> dict[str, Any]:
        """The notebook's namespace."""
        namespace: dict[str, Any] = self.shell.user_ns
        return namespace

    def run(self, source: str) -> tuple[list[Output], bool]:
        """Run one cell; return its outputs and whether it ended without an error."""
        self.recorder.begin()
        result = self.shell.run_cell(source, store_history=True)
        if not result.success and not any(o["output_type"] == "error" for o in self.recorder.outputs):
            fault = result.error_before_exec or result.error_in_exec  # whoever replaced IPython's way of showing errors
            self.recorder.error(
                type(fault).__name__, "", ["An error occurred while showing tracebacks was switched off."]
            )
        return self.recorder.finish(), bool(result.success)


def _inline_plots(shell: InteractiveShell) -> None:
    """Make plots outputs of their cell, as in JupyterLab, when matplotlib is there."""
    if "matplotlib" not in sys.modules:
        return
    try:
        from matplotlib_inline.backend_inline import configure_inline_support
    except ImportError:
        return
    sys.modules["matplotlib"].interactive(True)
    configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
