"""nbgrader's settings for this course directory, and the line that plugs Gradetape in."""

from pathlib import Path

from gradetape.nbgrader import plug_in

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "gradetape"

# An exchange inside the course, so that release, fetch, submit and collect work on one machine without any set-up. A
# class on a JupyterHub takes nbgrader's shared one: leave `exchange` out there.
plug_in(c, Path(__file__).parent, exchange="exchange")
