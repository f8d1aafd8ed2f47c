"""Read by nbgrader in every course of this environment: what Gradetape grades is graded by it or not at all."""

import contextlib

with contextlib.suppress(ImportError):  # Gradetape may have been removed
    from gradetape.nbgrader.plugging import watch

    watch()
