"""nbgrader's settings for this course directory, and the lines that plug Gradetape in."""

import os
from pathlib import Path

from gradetape import recovery

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "gradetape"

# An exchange inside the course, so that release, fetch, submit and collect work on one machine without
# any set-up. A class on a JupyterHub takes nbgrader's shared one: leave these lines out there.
_exchange = Path(__file__).resolve().parent / "exchange"
_exchange.mkdir(exist_ok=True)
_exchange.chmod(0o777)
c.Exchange.root = str(_exchange)

# release/ is kept with the course; what is there is made anew, and the gradebook learns of it.
c.GenerateAssignment.force = True

# Gradetape: read whatever was handed in, bring it back to the release's shape, grade it with the hidden
# tests in graders/, write the scores from the result. Assignments without hidden tests are not touched.
c.Autograde.exporter_class = "gradetape.nbgrader.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "gradetape.nbgrader.RestoreCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "gradetape.nbgrader.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "gradetape.nbgrader.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# `nbgrader validate`: the warm kernels of a running JupyterLab, and no demo cells.
os.environ.setdefault("JUPYTER_DEFAULT_PROVISIONER_NAME", "gradetape-warm")
c.WarmProvisioner.start = False
c.Execute.skip_cells_with_tag = "demo"

# The learner's page, and going on after a crash.
c.GenerateFeedback.exporter_class = "gradetape.feedback_page.FeedbackExporter"
recovery.prepare(Path(__file__).parent)
c.Autograde.pre_convert_hook = "gradetape.recovery.begin"
c.Autograde.post_convert_hook = "gradetape.recovery.end"
