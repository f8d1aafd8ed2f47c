"""Modules that lie beside hidden tests: importable while those run, and gone afterwards."""

from __future__ import annotations

import contextlib
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["HINT", "beside", "importable"]

HINT = (
    "Helpers lie in the same folder, graders/<id>/, under a name of their own that no other module has, and come by "
    "`from name import …`, without a dot."
)
_open: list[tuple[str, set[str]]] = []
"""The folders that are importable now, each with the names of the modules that were there before."""


@contextlib.contextmanager
def importable(folder: Path) -> Iterator[None]:
    """While open, modules in `folder` can be imported, after all others; no trace of them is left behind."""
    path, paths, before = str(folder), list(sys.path), set(sys.modules)
    sys.path.append(path)
    _open.append((path, before))
    try:
        yield
    finally:
        _open.pop()
        sys.path[:] = paths
        for name in set(sys.modules) - before:
            if _lies_in(sys.modules[name], path):
                del sys.modules[name]
        for cached in [entry for entry in sys.path_importer_cache if _below(entry, path)]:
            del sys.path_importer_cache[cached]


def beside() -> list[ModuleType]:
    """List the imported modules that lie in a folder that is importable now."""
    new = [(sys.modules.get(name), folder) for folder, before in _open for name in set(sys.modules) - before]
    return [m for m, folder in new if isinstance(m, ModuleType) and _lies_in(m, folder)]


def _lies_in(module: object, folder: str) -> bool:
    names = getattr(module, "__dict__", {})
    places = [names.get("__file__"), *(names.get("__path__") or ())]
    return any(isinstance(place, str) and _below(place, folder) for place in places)


def _below(place: str, folder: str) -> bool:
    return place == folder or place.startswith(f"{folder}{os.sep}")
