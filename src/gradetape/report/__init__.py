"""`gradetape report`: what a class did, as one self-contained page and tables, for the instructor. An edge.

Names of learners are in it. What only staff may see of a result (reports that can show hidden values) is not.
"""

from __future__ import annotations

from gradetape.report.writing import Paths, write

__all__ = ["Paths", "write"]
