"""Which kernels a Jupyter server of this account would start: ours, or such as import from a learner's folder first.

For `gradetape doctor`. It reads the configuration that Jupyter would read, and starts no server.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gradetape.lab import PROVISIONER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["folder_last"]

_NAMES = ("jupyter_config", "jupyter_server_config", "jupyter_lab_config")
_MEND = (
    "Open courses with `gradetape lab`, or put c.ServerApp.jpserver_extensions = {'gradetape.lab': True} and "
    f"c.KernelProvisionerFactory.default_provisioner_name = '{PROVISIONER}' into a jupyter_server_config.py on "
    "Jupyter's configuration path (docs/lab.md)."
)


def folder_last(course: Path | None = None) -> tuple[bool, str, str]:
    """Say whether kernels of a Jupyter server look into a notebook's folder last, what was seen, and how to mend it.

    Args:
        course: the course directory; `gradetape lab` adds its settings to those of the account.
    """
    if not _has_server():
        return True, "no Jupyter server is installed here", ""
    found, problems = _settings(None)
    by = _by(found)
    if by:
        return True, f"kernels look into a notebook's folder last, by {by}", ""
    seen = (
        "a module beside a learner's notebook (jedi.py) runs as whoever opens it: no setting of the server prevents it"
    )
    if course is not None and (lab := _by(_settings(course)[0])):
        seen = f"by {lab} in `gradetape lab` only; in another server {seen}"
    return False, "; ".join([seen, *problems]), _MEND


def _has_server() -> bool:
    from importlib.util import find_spec

    return find_spec("jupyter_server") is not None


def _by(config: Any) -> str:
    """Name the setting by which the server's kernels are ours; '' when there is none."""
    if os.environ.get("JUPYTER_DEFAULT_PROVISIONER_NAME") == PROVISIONER:
        return "JUPYTER_DEFAULT_PROVISIONER_NAME"
    named = config.get("KernelProvisionerFactory", {}).get("default_provisioner_name")
    if named is not None:
        return "KernelProvisionerFactory.default_provisioner_name" if named == PROVISIONER else ""
    if "JUPYTER_DEFAULT_PROVISIONER_NAME" in os.environ:
        return ""
    extensions = config.get("ServerApp", {}).get("jpserver_extensions", {})
    return "ServerApp.jpserver_extensions" if extensions.get("gradetape.lab") is True else ""


def _settings(course: Path | None) -> tuple[Any, list[str]]:
    """Read the configuration in force as Jupyter does; return it, and what could not be read."""
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config

    config: Any = Config()
    problems: list[str] = []
    places = [*([str(course)] if course else []), *jupyter_config_path()]
    for folder in reversed(places):
        for name, loader in _files(folder):
            try:
                config.merge(loader.load_config())
            except Exception as error:  # noqa: BLE001 - a configuration is somebody's program
                problems.append(f"{folder}/{name} cannot be read: {type(error).__name__}: {error}")
    return config, problems


def _files(folder: str) -> Iterator[tuple[str, Any]]:
    """Yield the configuration files of a folder, those that count more later."""
    from pathlib import Path

    from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader

    for name in _NAMES:
        for path in sorted(Path(folder, f"{name}.d").glob("*.json")):
            yield path.name, JSONFileConfigLoader(path.name, path=str(path.parent))
        for suffix, kind in ((".json", JSONFileConfigLoader), (".py", PyFileConfigLoader)):
            if Path(folder, f"{name}{suffix}").is_file():
                yield f"{name}{suffix}", kind(f"{name}{suffix}", path=folder)
