"""nbgrader's formgrader in a Jupyter server: it reads no configuration that a stranger's page or a learner names.

`/formgrader?path=…` loads `nbgrader_config.py` from any folder, and the visit is a plain GET: a link in an answer, or a
page that such a link leads to, could run what a learner has handed in.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

__all__ = ["install", "refusal"]

_HANDLERS = "nbgrader.server_extensions.formgrader.handlers"
_OF_LEARNERS = {"submitted", "autograded", "feedback", "inbound", "outbound", "exchange"}
_OURS = ("same-origin", "none")
"""What browsers say in Sec-Fetch-Site of a visit that no other site has begun."""


def install() -> None:
    """Guard the handler, where this process has loaded it."""
    handlers = sys.modules.get(_HANDLERS)
    if handlers is None or getattr(handlers.FormgraderHandler.get, "gradetape", False):
        return
    stock = handlers.FormgraderHandler.get

    def get(self: Any) -> Any:
        why = refusal(
            self.get_argument("path", ""),
            self.request.headers.get("Sec-Fetch-Site", "none"),
            self.settings["nbgrader_formgrader"].root_dir,
        )
        if why:
            self.log.warning("Gradetape: /formgrader?path= was refused: %s.", why)
            raise handlers.web.HTTPError(403, why)
        return stock(self)

    get.gradetape = True  # type: ignore[attr-defined]
    handlers.FormgraderHandler.get = get


def refusal(path: str, site: str, root: str) -> str:
    """Say why a configuration is not read from `path`; '' when it may be.

    Args:
        path: what the address names; '' for the course that is open.
        site: the browser's Sec-Fetch-Site.
        root: the folder that the server was started in.
    """
    if not path:
        return ""
    if site not in _OURS:
        return "another site asks for a course's configuration to be loaded"
    real = Path(path).resolve()
    if Path(root).resolve() not in (real, *real.parents):
        return "the folder does not lie in the one that this server was started in"
    if not _OF_LEARNERS.isdisjoint(real.parts):
        return "the folder holds what learners hand in"
    for place in (real, real / "nbgrader_config.py", real / "nbgrader_config.json"):
        if place.exists() and (place.stat().st_uid not in (0, os.geteuid()) or place.stat().st_mode & stat.S_IWOTH):
            return "somebody else can write that configuration"
    return ""
