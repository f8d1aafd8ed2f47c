"""nbgrader's side: one line of a course's `nbgrader_config.py` plugs Gradetape in.

    from pathlib import Path
    from gradetape.nbgrader import plug_in

    c = get_config()
    plug_in(c, Path(__file__).parent)

Importing this package loads neither nbconvert nor the course. The classes that the configuration names are found here
when nbgrader asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradetape.nbgrader.plugging import plug_in

if TYPE_CHECKING:
    from gradetape.nbgrader.preprocessors import Execute, RestoreCells, SaveAutoGrades, SubmissionExporter

__all__ = ["Execute", "RestoreCells", "SaveAutoGrades", "SubmissionExporter", "plug_in"]


def __getattr__(name: str) -> Any:
    """Load what the configuration names when nbgrader asks for it."""
    if name in __all__:
        from gradetape.nbgrader import preprocessors

        return getattr(preprocessors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
