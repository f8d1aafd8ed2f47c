"""`gradetape init`: a course directory as this repository's own, made once and never over another."""

import pytest
from helpers import ROOT

from gradetape.course import CourseError
from gradetape.scaffold import found


def test_the_course_is_set_up_as_this_one(tmp_path):
    """The configuration is the repository's, but for the course's id."""
    written = found(tmp_path / "tf101", "tf101")
    for name in ("nbgrader_config.py", "jupyter_server_config.py", "jupytext.toml"):
        own = (ROOT / name).read_text().replace('course_id = "gradetape"', 'course_id = "tf101"')
        assert (tmp_path / "tf101" / name).read_text() == own
    assert sorted(p.name for p in (tmp_path / "tf101").iterdir() if p.is_dir()) == ["graders", "solutions", "source"]
    assert "exchange/" in (tmp_path / "tf101" / ".gitignore").read_text()
    assert "nbgrader_config.py" in [str(p) for p in written]


def test_nothing_is_overwritten(tmp_path):
    """A file that is there stays, nothing else is written; an id that nbgrader cannot use is refused."""
    (tmp_path / "jupytext.toml").write_text("mine")
    with pytest.raises(CourseError, match=r"jupytext\.toml is already there; nothing was written"):
        found(tmp_path, "tf101")
    assert [p.name for p in tmp_path.iterdir()] == ["jupytext.toml"]
    with pytest.raises(CourseError, match="Course 'tf/101': an id is made of letters"):
        found(tmp_path / "new", "tf/101")
    assert not (tmp_path / "new").exists()
