"""nbgrader after a crash."""

import os
import subprocess
import sys

import pytest

from gradetape import recovery


@pytest.fixture
def course(tmp_path):
    """A course folder with a submission, prepared."""
    folder = tmp_path / "submitted" / "ada" / "warmup"
    folder.mkdir(parents=True)
    (folder / "warmup.ipynb").write_text("{}")
    recovery.prepare(tmp_path)
    yield tmp_path
    recovery.end()


def begin(course):
    recovery.begin(
        notebooks=[str(course / "submitted" / "ada" / "warmup" / "warmup.ipynb")], assignment="warmup", student="*"
    )


def die_while_grading(course):
    """Claim a submission in a process that is killed, as nbgrader would be; leave its folder half done."""
    code = (
        "import os, sys; from gradetape import recovery; recovery.prepare(sys.argv[1]);"
        "recovery.begin(notebooks=[sys.argv[1] + '/submitted/ada/warmup/warmup.ipynb']); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(course)], check=False)
    half = course / "autograded" / "ada" / "warmup"
    half.mkdir(parents=True)
    return half


def test_what_a_dead_process_left_half_done_is_cleared(course):
    """So that nbgrader grades it; once."""
    half = die_while_grading(course)
    assert recovery.prepare(course) == [half]
    assert not half.exists()
    assert recovery.prepare(course) == []


def test_what_a_living_process_works_on_is_left_alone(course):
    """Two nbgraders at once."""
    begin(course)
    half = course / "autograded" / "ada" / "warmup"
    half.mkdir(parents=True)
    code = "import sys; from gradetape import recovery; print(recovery.prepare(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(course)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert half.exists()


def test_what_is_done_stays(course):
    """The claim goes when nbgrader says so."""
    begin(course)
    recovery.end()
    done = course / "autograded" / "ada" / "warmup"
    done.mkdir(parents=True)
    assert recovery.prepare(course) == []
    assert done.exists()


def test_a_claim_that_names_another_place_removes_nothing(course, tmp_path_factory):
    """Whatever stands in it, only folders in autograded/ are nbgrader's to make again."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    claims = course / ".gradetape" / "autograding"
    claims.mkdir(parents=True)
    (claims / "ada+warmup").write_bytes(os.fsencode(elsewhere))
    assert recovery.prepare(course) == []
    assert elsewhere.exists()


def test_several_courses_in_one_process(course, tmp_path_factory):
    """The hooks find the course from the submission, not from what was prepared last."""
    recovery.prepare(tmp_path_factory.mktemp("other"))
    begin(course)
    assert [p.name for p in (course / ".gradetape" / "autograding").iterdir()] == ["ada+warmup"]


def test_a_timestamp_that_is_none_is_set_aside(course):
    """nbgrader would give the submission up."""
    stamp = course / "submitted" / "ada" / "warmup" / "timestamp.txt"
    stamp.write_text("2026-11-20 10:00:00 UTC")
    begin(course)
    assert stamp.exists()
    stamp.write_text("yesterday, I swear")
    begin(course)
    assert not stamp.exists()
    assert (
        course / ".gradetape" / "set_aside" / "ada" / "warmup" / "timestamp.txt"
    ).read_text() == "yesterday, I swear"
