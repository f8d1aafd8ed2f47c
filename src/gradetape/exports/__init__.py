"""Grades for other systems, as plugins of `nbgrader export`.

`nbgrader export --exporter gradetape.exports.CanvasExporter --to grades.csv`; docs/exports.md describes each format.
An edge: it needs nbgrader, and nothing of the core imports it.
"""

from __future__ import annotations

from gradetape.exports.canvas import CanvasExporter
from gradetape.exports.gradescope import GradescopeExporter
from gradetape.exports.moodle import MoodleExporter
from gradetape.exports.openedx import OpenEdxExporter
from gradetape.exports.questions import QuestionsExporter

__all__ = ["CanvasExporter", "GradescopeExporter", "MoodleExporter", "OpenEdxExporter", "QuestionsExporter"]
