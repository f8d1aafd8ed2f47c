"""nbgrader after a crash."""

import os
import subprocess
import sys

import pytest

from gradetape import recovery


@pytest.fixture
def course(tmp_path):
    """A course folder with a submission."""
    folder = tmp_path / "submitted" / "ada" / "warmup"
    folder.mkdir(parents=True)
    (folder / "warmup.ipynb").write_text("{}")
    yield tmp_path
    recovery.release()


def place(course):
    return course / "autograded" / "ada" / "warmup"


def take(course):
    recovery.take(course, "ada", "warmup", place(course))


def clear(course):
    return recovery.clear(course, autograded=course / "autograded")


def die_while_grading(course):
    """Claim a submission in a process that is killed, as nbgrader would be; leave its folder half done."""
    code = (
        "import os, sys; from pathlib import Path; from gradetape import recovery; root = Path(sys.argv[1]);"
        "recovery.take(root, 'ada', 'warmup', root / 'autograded/ada/warmup'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(course)], check=False)
    place(course).mkdir(parents=True)
    return place(course)


def test_what_a_dead_process_left_half_done_is_cleared(course):
    """So that nbgrader grades it; once."""
    half = die_while_grading(course)
    assert clear(course) == [half]
    assert not half.exists()
    assert clear(course) == []


def test_it_is_cleared_where_the_course_was_moved_to(course):
    """Claims name folders as they lie in the course; those of before name the whole path, and count where it holds."""
    die_while_grading(course)
    moved = course.with_name("moved")
    course.rename(moved)
    half = moved / "autograded" / "ada" / "warmup"
    assert recovery.clear(moved, autograded=moved / "autograded") == [half]
    assert not half.exists()
    half.mkdir()
    (moved / ".gradetape" / "autograding" / "ada+warmup").write_bytes(os.fsencode(half))
    assert recovery.clear(moved, autograded=moved / "autograded") == [half]


def test_what_a_living_process_works_on_is_left_alone(course):
    """Two nbgraders at once."""
    take(course)
    place(course).mkdir(parents=True)
    code = (
        "import sys; from pathlib import Path; from gradetape import recovery; root = Path(sys.argv[1]);"
        "print(recovery.clear(root, autograded=root / 'autograded'))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(course)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert place(course).exists()


def test_what_is_done_stays(course):
    """The claim goes when nbgrader is done."""
    take(course)
    recovery.release()
    place(course).mkdir(parents=True)
    assert clear(course) == []
    assert place(course).exists()


def test_a_claim_that_names_another_place_removes_nothing(course, tmp_path_factory):
    """Whatever stands in it, only folders in autograded/ are nbgrader's to make again."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    claims = course / ".gradetape" / "autograding"
    claims.mkdir(parents=True)
    climbing = course / "autograded" / ".." / ".." / elsewhere.name
    from_here = f"autograded/../../{elsewhere.name}"
    for number, target in enumerate((elsewhere, climbing, from_here, "", "autograded", ".")):
        (claims / f"ada+warmup{number}").write_bytes(os.fsencode(target))
    (course / "autograded").mkdir()
    assert clear(course) == []
    assert elsewhere.exists()
    assert (course / "autograded").exists()


def test_one_claim_at_a_time(course):
    """Who begins the next submission has ended the last one, or failed at it."""
    take(course)
    recovery.take(course, "bo", "warmup", course / "autograded" / "bo" / "warmup")
    assert [p.name for p in (course / ".gradetape" / "autograding").iterdir()] == ["bo+warmup"]


def test_names_of_any_length_can_be_claimed(course):
    """Learner and assignment may each have as many bytes as a file's name can."""
    recovery.take(course, "a" * 250, "w" * 250, place(course))
    assert len(list((course / ".gradetape" / "autograding").iterdir())) == 1


def test_the_hooks_of_older_configurations_are_still_there(course, monkeypatch):
    """They do nothing; reading such a configuration says what to write instead, and counts as plugged in."""
    from gradetape.nbgrader import plugging

    said = []

    class Log:
        def warning(self, text, *values):
            said.append(text % values)

    monkeypatch.setattr(plugging, "_plugged", {})
    monkeypatch.setattr(recovery, "get_logger", Log)
    recovery.begin(notebooks=["x"])
    recovery.end()
    recovery.prepare(course)
    (line,) = said
    assert "Remove them all. Write" in line
    assert "`plug_in(c, Path(__file__).parent)` into nbgrader_config.py." in line
    assert plugging.is_plugged(course)
