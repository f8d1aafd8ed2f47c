"""The course directory is read into plain data; what cannot be used is named."""

import pickle
from dataclasses import replace

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


COUNTED = """
import helpers
from base import Checks
NAME = "coin"

class TestIt(Checks):
    @question(NAME)
    def test_a(self): pass
    @property
    def test_speed(self): return 1

class Given:
    @question("coin")
    def test_given(self): pass

class TestGiven(Given): pass

@question("coin")
def check(): pass
test_checked = check

def make():
    @question("coin")
    def inner(): pass
    return inner
"""


def test_tests_that_may_come_along_under_another_name_are_left_to_the_judge(warmup):
    """The text alone does not tell; nor does a module that is imported need a name of tests."""
    imported = '@question("coin")\nclass Checks:\n    def test_base(self): pass\n'
    files = {"test_it.py": COUNTED.encode(), "base.py": imported.encode(), "mistakes.py": b"def test(): pass\n" * 2}
    assert replace(warmup, graders=files).uncollected == ()
    files["test_it.py"] = COUNTED.replace("from base import Checks", "class Checks: pass").encode()
    (fault,) = replace(warmup, graders=files).uncollected
    assert fault.startswith(
        "base.py:3, Checks.test_base (question 'coin'): pytest does not look into a file of this name"
    )


def test_all_faults_of_all_files_are_named_at_once(warmup):
    """With file, line, test, question and why."""
    first = (
        "def test_none(): pass\ndef test_none(): pass\n"
        "class TestA:\n    @question('a')\n    def test_x(self): pass\n"
        "if True:\n    class TestA:\n        @question('b')\n        @question('c')\n        def test_x(self): pass\n"
    )
    files = {
        "test_it.py": first.encode(),
        "more.py": b"from gradetape import question as asks\n@asks('d')\ndef test_d(): pass\n",
    }
    assert replace(warmup, graders=files).uncollected == (
        "test_it.py:1, test_none: the name is used twice, and line 2 takes its place: give each test a name of its own",
        "test_it.py:4, TestA.test_x (question 'a'): the name is used twice, and line 8 takes its place: give each test a name of its own",
        "test_it.py:8, TestA.test_x (question 'c'): it is marked for 'b' as well, and only the mark nearest to the function counts: "
        "write two tests",
        "more.py:2, test_d (question 'd'): pytest does not look into a file of this name: call it test_*.py or *_test.py",
    )


@pytest.mark.parametrize(
    "body",
    [
        "import pytest\npytestmark = pytest.mark.question('coin')\nclass Checks:\n    def test_x(self): pass\n",
        "import pytest\nclass ValueChecks:\n    pytestmark = [pytest.mark.question('coin')]\n    def test_x(self): pass\n",
        "@question('coin')\nclass TestX:\n    def __init__(self): pass\n    def test_x(self): pass\n",
        "class TestX:\n    def __new__(cls): pass\n    @question('coin')\n    def test_x(self): pass\n",
    ],
)
def test_marked_classes_that_pytest_passes_by_are_faults(warmup, body):
    """By decorator, by `pytestmark` of the module or the class; no helper without a mark is one."""
    (fault,) = replace(warmup, graders={"test_it.py": body.encode()}).uncollected
    assert "test_x (question 'coin'): " in fault
    assert "so pytest passes it by" in fault
    bare = body.replace("pytest.mark.question", "print").replace("@question('coin')", "@print")
    assert replace(warmup, graders={"test_it.py": bare.encode()}).uncollected == ()
