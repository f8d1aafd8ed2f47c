"""Several commands open a course's gradebook for the first time at the same moment."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

OPEN = """
import sys, time
from pathlib import Path
from gradetape import gradebook
from nbgrader.api import Gradebook
if sys.argv[2] == "ours":
    gradebook.one_at_a_time(Path.cwd())
time.sleep(max(0, float(sys.argv[1]) - time.time()))
with Gradebook("sqlite:///gradebook.db", "course") as book:
    book.update_or_create_student(sys.argv[3])
    print(sorted(c.id for c in book.db.query(__import__("nbgrader.api").api.Course)))
"""


@pytest.fixture
def environment():
    """`alembic` is found as in an activated environment."""
    return {**os.environ, "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))}


def count(folder, query):
    """Ask the gradebook in a folder for one row."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "gradebook.db")) as connection:
        return connection.execute(query).fetchone()[0]


@pytest.mark.e2e
def test_four_openings_at_once(tmp_path, environment):
    """All four succeed, each learner is there, there is one course and one version."""
    moment = str(time.time() + 4)
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", OPEN, moment, "ours", f"learner{number}"],
            cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(4)
    ]  # fmt: skip
    said = [process.communicate(timeout=120) for process in started]
    assert [(p.returncode, words) for p, (words, _) in zip(started, said, strict=True)] == [(0, "['course']\n")] * 4, (
        said
    )
    assert count(tmp_path, "select count(*) from student") == 4
    assert count(tmp_path, "select count(*) from alembic_version") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["gradebook.db"]


@pytest.mark.e2e
def test_an_opening_that_died_half_way_is_made_anew(tmp_path, environment):
    """Tables without a version, as a killed command leaves them, become a gradebook that `nbgrader db upgrade` takes."""
    die = "from nbgrader import api\napi.get_alembic_version = lambda: __import__('os')._exit(9)\napi.Gradebook('sqlite:///gradebook.db')"
    done = subprocess.run([sys.executable, "-c", die], cwd=tmp_path, env=environment, check=False, timeout=60)
    assert done.returncode == 9
    with pytest.raises(Exception, match="no such table: alembic_version"):
        count(tmp_path, "select count(*) from alembic_version")
    command = [sys.executable, "-W", "ignore", "-c", OPEN, "0", "ours", "ada"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=60, stdout=subprocess.DEVNULL)
    assert count(tmp_path, "select count(*) from alembic_version") == 1
    assert count(tmp_path, "select id from student") == "ada"


@pytest.mark.e2e
def test_a_gradebook_with_a_row_is_left_alone(tmp_path, environment):
    """One of an earlier nbgrader has no version either: nothing of it is removed."""
    command = [sys.executable, "-W", "ignore", "-c", OPEN, "0", "stock", "ada"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=60, stdout=subprocess.DEVNULL)
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as connection:
        connection.execute("drop table alembic_version")
        connection.commit()
    command[-1], command[-2] = "bo", "ours"
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=60, stdout=subprocess.DEVNULL)
    assert count(tmp_path, "select count(*) from student") == 2
