"""nbgrader's formgrader in a Jupyter server: it reads no configuration that a stranger's page or a learner names.

`/formgrader?path=…` loads `nbgrader_config.py` from any folder, and the visit is a plain GET: a link in an answer, or a
page that such a link leads to, could run what a learner has handed in.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

__all__ = ["install", "refusal"]

_HANDLERS = "nbgrader.server_extensions.formgrader.handlers"
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
            [self.coursedir.format_path(step, "", "") for step in _of_learners(self.coursedir)],
        )
        if why:
            self.log.warning("Gradetape: /formgrader?path= was refused: %s.", why)
            raise handlers.web.HTTPError(403, why)
        return stock(self)

    get.gradetape = True  # type: ignore[attr-defined]
    handlers.FormgraderHandler.get = get


def _of_learners(coursedir: Any) -> tuple[str, ...]:
    return (coursedir.submitted_directory, coursedir.autograded_directory, coursedir.feedback_directory)


def refusal(path: str, site: str, learners: list[str]) -> str:
    """Say why a configuration is not read from `path`; '' when it may be.

    Args:
        path: what the address names; '' for the course that is open.
        site: the browser's Sec-Fetch-Site.
        learners: folders that hold what learners handed in.
    """
    if not path:
        return ""
    if site not in _OURS:
        return "another site asks for a course's configuration to be loaded"
    real = Path(path).resolve()
    if any(Path(folder).resolve() in (real, *real.parents) for folder in learners):
        return "the folder holds what a learner handed in"
    return ""
