"""The course directory is read into plain data; what cannot be used is named."""

import pickle

import pytest

from gradetape.course import Course, CourseError
from gradetape.policy import Policy


def test_an_assignment_is_plain_data(tiny, warmup):
    """All parts are bytes, and it survives a trip to another process."""
    assert tiny.ids() == ["warmup"]
    assert sorted(warmup.graders) == ["mistakes.py", "test_warmup.py"]
    assert warmup.has_tests
    assert pickle.loads(pickle.dumps(warmup)).digest == warmup.digest


def test_limits_come_from_the_notebook(warmup):
    """`gradetape.limits` in the metadata changes the policy."""
    assert warmup.policy == Policy(cell_seconds=4, probe_seconds=3, grace_seconds=1)


def test_companions_and_graders_count(tiny):
    """A changed grader, companion or release changes the digest; a stray cache does not."""
    before = tiny.load("warmup").digest
    cache = tiny.root / "graders/warmup/__pycache__"
    cache.mkdir()
    (cache / "x.pyc").write_bytes(b"1")
    assert tiny.load("warmup").digest == before
    (tiny.root / "source/warmup/data.csv").write_text("1,2")
    with_file = tiny.load("warmup")
    assert with_file.files == {"data.csv": b"1,2"}
    assert with_file.digest != before


def test_unknown_assignments_are_named_in_one_go(tiny):
    """All unknown names at once, and what is known."""
    with pytest.raises(CourseError) as caught:
        tiny.select(["warmup", "nope", "none"])
    assert str(caught.value) == "There is no assignment 'nope', 'none' in source/. Known are warmup."
    with pytest.raises(CourseError, match="There is no assignment '../x' in source/"):
        tiny.load("../x")
    with pytest.raises(CourseError, match="There is no assignment 'x' in source/. Known are warmup."):
        tiny.select_any(["x"])


def test_an_empty_folder_is_no_course(tmp_path):
    """The error says to go into a course directory."""
    with pytest.raises(CourseError, match="Run this in a course directory."):
        Course(tmp_path).select(None)


def test_broken_limits_are_named(tiny):
    """Assignment, place, rule."""
    path = tiny.root / "source/warmup/warmup.ipynb"
    path.write_text(path.read_text().replace('"cell_seconds": 4', '"cell_secs": 4'))
    with pytest.raises(
        CourseError, match="Assignment 'warmup', notebook metadata gradetape.limits: there is no limit 'cell_secs'"
    ):
        _ = tiny.load("warmup").policy


def test_a_broken_source_is_named(tiny):
    """The instructor's own notebook may be broken too."""
    (tiny.root / "source/warmup/warmup.ipynb").write_text("{}")
    with pytest.raises(
        CourseError, match=r"Assignment 'warmup': source/warmup/warmup.ipynb: The file is JSON, but no notebook."
    ):
        _ = tiny.load("warmup").questions


def test_packages_that_nobody_mentions_are_left_out(tiny):
    """By the words in notebooks, hidden tests and files."""
    from gradetape.guest.preload import unused

    assert unused(tiny.texts(["warmup"])) == ("tensorflow_probability", "tf_keras")
    (tiny.root / "graders" / "warmup" / "more.py").write_text("import tensorflow_probability as tfp\n")
    assert unused(tiny.texts(["warmup"])) == ()
    assert unused(tiny.texts(["nowhere"])) == ("tensorflow_probability", "tf_keras")
