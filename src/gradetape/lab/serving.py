"""What a Jupyter server of this account would obey: modules beside a learner's notebook, or the notebook's metadata.

For `gradetape doctor`. It reads the configuration that Jupyter would read, and starts no server.
"""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from gradetape.lab import PROVISIONER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["folder_last", "unpaired"]

_NAMES = ("jupyter_config", "jupyter_server_config", "jupyter_lab_config", "jupyter_notebook_config")
_LISTING = ("jupyter_config", "jupyter_server_config")
"""Whose lists of extensions count: those of Lab and of Notebook are read too late."""
_PAIRING = "jupyterlab_jupytext"
_MEND = (
    "Open courses with `gradetape lab`, or put c.ServerApp.jpserver_extensions = {'gradetape.lab': True} and "
    f"c.KernelProvisionerFactory.default_provisioner_name = '{PROVISIONER}' into a jupyter_server_config.py on "
    "Jupyter's configuration path (docs/lab.md)."
)
_MEND_PAIRING = (
    "Remove what switches it on. If that is jupytext's own file, install gradetape again, or put "
    f"c.ServerApp.jpserver_extensions = {{'{_PAIRING}': False}} into a jupyter_server_config.py on Jupyter's "
    "configuration path, beside what stands there. Pairs are kept by `jupytext --sync` (docs/lab.md)."
)


class _Layer(NamedTuple):
    """One file of Jupyter's configuration."""

    file: Path
    name: str
    """The part of the configuration, such as `jupyter_server_config`."""
    config: Any
    merged: bool
    """Whether it is a JSON file that Jupyter looks into for extensions, one by one."""
    whole: bool
    """Whether its settings count; of files in a folder `….d` the list of extensions alone does."""


def folder_last(course: Path | None = None) -> tuple[bool, str, str]:
    """Say whether kernels of a Jupyter server look into a notebook's folder last, what was seen, and how to mend it.

    Args:
        course: the course directory; `gradetape lab` adds its settings to those of the account.
    """
    if not _has_server():
        return True, "no Jupyter server is installed here", ""
    layers, problems = _layers(None)
    by = _by(layers)
    if by:
        return True, f"kernels look into a notebook's folder last, by {by}", ""
    seen = (
        "a module beside a learner's notebook (jedi.py) runs as whoever opens it: no setting of the server prevents it"
    )
    if course is not None and (lab := _by(_layers(course)[0])):
        seen = f"by {lab} in `gradetape lab` only; in another server {seen}"
    return False, "; ".join([seen, *problems]), _MEND


def unpaired(course: Path | None = None) -> tuple[bool, str, str]:
    """Say whether a Jupyter server leaves alone which files a notebook's metadata name, what was seen, how to mend it.

    Jupytext's contents manager reads and writes what `jupytext.formats` of a notebook says, a learner's as well.

    Args:
        course: the course directory; `gradetape lab` adds its settings to those of the account.
    """
    if not _has_server():
        return True, "no Jupyter server is installed here", ""
    layers, problems = _layers(None)
    where = _pairs(layers)
    in_lab = where if course is None else _pairs(_layers(course)[0])
    if not where and not in_lab:
        return True, "a server writes a notebook to its own file only: jupytext's extension is off", ""
    seen = (
        "a learner's notebook names the files that it is read from and written to (graders/): jupytext's extension is "
        f"on by {where or in_lab}"
    )
    if not in_lab:
        seen = f"off in `gradetape lab` only; in another server {seen}"
    elif not where:
        seen = f"in `gradetape lab` {seen}"
    return False, "; ".join([seen, *problems]), _MEND_PAIRING


def _has_server() -> bool:
    from importlib.util import find_spec

    return find_spec("jupyter_server") is not None


def _by(layers: list[_Layer]) -> str:
    """Name the setting by which the server's kernels are ours; '' when there is none."""
    if os.environ.get("JUPYTER_DEFAULT_PROVISIONER_NAME") == PROVISIONER:
        return "JUPYTER_DEFAULT_PROVISIONER_NAME"
    _, named = _setting(layers, _NAMES, "KernelProvisionerFactory", "default_provisioner_name")
    if named is not None:
        return "KernelProvisionerFactory.default_provisioner_name" if named == PROVISIONER else ""
    if "JUPYTER_DEFAULT_PROVISIONER_NAME" in os.environ:
        return ""
    return "ServerApp.jpserver_extensions" if _extension(layers, "gradetape.lab")[1] is True else ""


def _pairs(layers: list[_Layer]) -> str:
    """Name what lets a server's contents manager be jupytext's; '' when nothing does."""
    for section in ("ServerApp", "NotebookApp"):
        where, manager = _setting(layers, _NAMES, section, "contents_manager_class")
        if "jupytext" in f"{manager} {getattr(manager, '__mro__', '')}":
            return f"{section}.contents_manager_class in {where}"
    where, on = _extension(layers, _PAIRING)
    return where if on else ""


def _extension(layers: list[_Layer], name: str) -> tuple[str, Any]:
    """Tell what decides about an extension of the server, in which file, and what it says; ('', None) if nothing."""
    where, listed = _setting(layers, _LISTING, "ServerApp", "jpserver_extensions")
    if isinstance(listed, dict) and name in listed:
        return f"ServerApp.jpserver_extensions in {where}", listed[name]
    for part, section, key in (
        ("jupyter_server_config", "ServerApp", "jpserver_extensions"),
        ("jupyter_notebook_config", "NotebookApp", "nbserver_extensions"),  # notebook_shim reads the old names, too
    ):
        for layer in reversed(layers):
            found = _value(layer.config, section, key) if layer.merged and layer.name == part else None
            if isinstance(found, dict) and name in found:
                return f"{section}.{key} in {layer.file}", found[name]
    return "", None


def _setting(layers: list[_Layer], names: tuple[str, ...], section: str, key: str) -> tuple[str, Any]:
    """Tell the last file that sets something, and what the server makes of all of them; ('', None) when none does."""
    from traitlets.config import Config, LazyConfigValue

    config: Any = Config()
    where = ""
    for name in names:
        for layer in layers:
            if layer.whole and layer.name == name:
                config.merge(copy.deepcopy(layer.config))  # what is merged into would change with it
                where = where if _value(layer.config, section, key) is None else str(layer.file)
    value = _value(config, section, key)
    return where, value.get_value({}) if isinstance(value, LazyConfigValue) else value


def _value(config: Any, section: str, key: str) -> Any:
    """Look a setting up in a file's configuration, whatever that is."""
    part = config.get(section)
    return part.get(key) if isinstance(part, dict) else None


def _layers(course: Path | None) -> tuple[list[_Layer], list[str]]:
    """Read the files in force as Jupyter does, those that count more later; return also what could not be read."""
    from jupyter_core.paths import jupyter_config_path

    layers: list[_Layer] = []
    problems: list[str] = []
    places = [*([str(course)] if course else []), *jupyter_config_path()]
    for folder in reversed(places):
        for file, name, loader in _files(folder):
            merged, whole = file.suffix == ".json", not file.parent.name.endswith(".d")
            try:
                layers.append(_Layer(file, name, copy.deepcopy(loader.load_config()), merged, whole))
            except Exception as error:  # noqa: BLE001 - a configuration is somebody's program
                problems.append(f"{file} cannot be read: {type(error).__name__}: {error}")
    return layers, problems


def _files(folder: str) -> Iterator[tuple[Path, str, Any]]:
    """Yield the configuration files of a folder with the names of their parts, those that count more later."""
    from pathlib import Path

    from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader

    for name in _NAMES:
        for path in sorted(Path(folder, f"{name}.d").glob("*.json")):
            yield path, name, JSONFileConfigLoader(path.name, path=str(path.parent))
        for suffix, kind in ((".py", PyFileConfigLoader), (".json", JSONFileConfigLoader)):
            path = Path(folder, f"{name}{suffix}")
            if path.is_file():
                yield path, name, kind(path.name, path=folder)
