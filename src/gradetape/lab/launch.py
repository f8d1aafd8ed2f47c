"""An ipykernel for which the notebook's folder comes last: `python -P -m gradetape.lab.launch`, and the zygote's forks.

Python puts the folder first on its path, and IPython before all installed packages: a `jedi.py` or an `importlib.py`
that a learner handed in beside a notebook would run as soon as an instructor opens it. Here nothing of the folder is
found before the first cell runs, and from then on only what neither Python nor a package of this environment has. So
`import helper` works, and no file beside the notebook takes another module's place.
"""

from __future__ import annotations

import contextlib
import os
import pdb  # noqa: T100 - its way of reading settings is mended, none is begun
import sys
from pathlib import Path
from typing import Any

from ipykernel.kernelapp import IPKernelApp

__all__ = ["FolderLastApp", "ignore_folder_settings"]


class FolderLastApp(IPKernelApp):
    """The kernel's application; its configuration is IPKernelApp's."""

    def init_path(self) -> None:
        """Called by IPython to put the working directory on the path: not yet."""

    def init_extensions(self) -> None:
        """Called by IPython once the shell is there."""
        super().init_extensions()
        if not self.ignore_cwd:
            self._events: Any = self.shell.events  # type: ignore[union-attr]
            self._events.register("pre_run_cell", self._at_a_cell)

    def _at_a_cell(self, _info: Any) -> None:
        """Called by IPython before somebody's first cell: from now on the folder can be imported from."""
        self._events.unregister("pre_run_cell", self._at_a_cell)
        if "" not in sys.path:
            sys.path.append("")


def ignore_folder_settings() -> None:
    """Let what reads settings from the working directory read the account's own only."""
    stock: Any = pdb.Pdb.__init__

    def __init__(self: Any, *arguments: Any, readrc: bool = True, **keywords: Any) -> None:  # noqa: N807
        stock(self, *arguments, readrc=False, **keywords)
        if readrc:  # .pdbrc of the folder holds commands that would run at the first %debug
            with contextlib.suppress(OSError):
                self.rcLines.extend(Path("~/.pdbrc").expanduser().read_text(encoding="utf-8").splitlines(keepends=True))

    pdb.Pdb.__init__ = __init__  # type: ignore[method-assign]
    if os.path.lexists("matplotlibrc") and "matplotlib" not in sys.modules:
        _import_elsewhere("matplotlib")


def _import_elsewhere(name: str) -> None:
    """Import a module that looks at the working directory for its settings while that is another one."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as ipykernel does later
    folder = os.open(".", os.O_PATH | os.O_DIRECTORY)
    os.chdir("/")
    try:
        with contextlib.suppress(ImportError):
            __import__(name)
    finally:
        os.fchdir(folder)
        os.close(folder)


if __name__ == "__main__":
    ignore_folder_settings()
    FolderLastApp.launch_instance()
