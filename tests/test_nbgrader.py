"""An existing plain nbgrader assignment grades as before beside ours, and trusted processes stay light."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import nbgrader
import pytest

from gradetape.releasing import generate, nbgrader_api

pytestmark = pytest.mark.e2e
STUDENTS = ("right", "stub", "half")


def run(*command, cwd):
    done = subprocess.run(["nbgrader", *command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def half_done(path):
    """Break one solution of nbgrader's problem1."""
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "squares":
            cell.source = "def squares(n):\n    return [1]"
    nbformat.write(nb, path)


def hand_in_ps1(root):
    """Three submissions of nbgrader's own example: solutions, stub, one function broken."""
    for student in STUDENTS:
        folder = root / "submitted" / student / "ps1"
        shutil.copytree(root / ("release" if student == "stub" else "source") / "ps1", folder)
    half_done(root / "submitted/half/ps1/problem1.ipynb")


def scores(root, students=STUDENTS):
    with nbgrader_api(root).gradebook as gradebook:
        found = {}
        for student in students:
            for notebook in gradebook.find_submission("ps1", student).notebooks:
                for grade in notebook.grades:
                    found[student, notebook.name, grade.name] = (grade.auto_score, grade.needs_manual_grade)
        return found


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory):
    """Nbgrader's quickstart course graded twice: with nbgrader alone, and with Gradetape plugged in."""
    courses = {}
    source = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source" / "ps1"
    for name in ("stock", "ours"):
        root = tmp_path_factory.mktemp(name)
        shutil.copytree(source, root / "source" / "ps1")
        own = Path(__file__).parent.parent / "nbgrader_config.py"
        if name == "ours":
            shutil.copy(own, root)
        else:
            (root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "stock"\n')
        run("generate_assignment", "ps1", "--force", "--IncludeHeaderFooter.header=", cwd=root)
        hand_in_ps1(root)
        run("autograde", "ps1", cwd=root)
        courses[name] = root
    return courses


def test_a_plain_assignment_grades_as_before(quickstart):
    """Every grade cell of nbgrader's ps1 has the same score and the same need for a person."""
    stock, ours = scores(quickstart["stock"]), scores(quickstart["ours"])
    assert ours == stock
    assert len(stock) >= 9
    assert len({score for score, _ in stock.values()}) >= 3


PADDING = "\n" + "# a line that says nothing\n" * 5_000


def test_code_that_pages_show_in_part_is_graded_as_a_whole(quickstart, tiny):
    """What lies behind the part that the formgrader shows counts, of a plain assignment and of one with hidden tests."""
    root = quickstart["ours"]
    folder = root / "submitted" / "long" / "ps1"
    shutil.copytree(root / "source" / "ps1", folder)
    for path in folder.glob("*.ipynb"):
        nb = nbformat.read(path, as_version=4)
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
                cell.source = PADDING + cell.source
        nbformat.write(nb, path)
    for _ in range(2):
        run("autograde", "ps1", "--student", "long", "--force", cwd=root)
        assert list(scores(root, ["long"]).values()) == list(scores(root, ["right"]).values())
    shown = nbformat.read(root / "autograded/long/ps1/problem1.ipynb", as_version=4)
    cut = [cell.source for cell in shown.cells if "[Left out by Gradetape: " in cell.source]
    assert cut
    assert all(len(source) < 2_200 for source in cut)
    run("generate_assignment", "warmup", "--force", cwd=tiny.root)
    path = tiny.root / "submitted" / "long" / "warmup" / "warmup.ipynb"
    path.parent.mkdir(parents=True)
    nb = nbformat.reads(tiny.load("warmup").source.decode(), as_version=4)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            cell.source = PADDING + cell.source
    nbformat.write(nb, path)
    run("autograde", "warmup", cwd=tiny.root)
    assert (tiny.root / "autograded/long/warmup/warmup.ipynb").stat().st_size < 60_000
    with nbgrader_api(tiny.root).gradebook as gradebook:
        assert gradebook.find_submission("warmup", "long").score == 9.0


def test_a_plain_assignment_is_in_the_command_too(quickstart):
    """`gradetape autograde` takes it like any other."""
    done = subprocess.run(
        ["gradetape", "autograde", "ps1", "--student", "right"],
        cwd=quickstart["ours"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "ps1" in done.stdout


def test_both_kinds_live_in_one_course(quickstart, tiny):
    """A course with ours and ps1 grades ours with hidden tests."""
    root = quickstart["ours"]
    for part in ("source", "graders"):
        shutil.copytree(tiny.root / part / "warmup", root / part / "warmup", dirs_exist_ok=True)
    run("generate_assignment", "warmup", cwd=root)
    folder = root / "submitted" / "right" / "warmup"
    shutil.copytree(root / "source" / "warmup", folder)
    run("autograde", "warmup", "--student", "right", cwd=root)
    with nbgrader_api(root).gradebook as gradebook:
        assert gradebook.find_submission("warmup", "right").score == 9.0


def test_without_hidden_tests_a_missing_release_does_not_matter(quickstart):
    """Nothing of ours asks for release/ of a plain assignment."""
    root = quickstart["ours"]
    shutil.rmtree(root / "release" / "ps1", ignore_errors=True)
    run("autograde", "ps1", "--force", "--student", "stub", cwd=root)


def test_the_preprocessor_process_never_imports_tensorflow(tiny):
    """Nbgrader's process grades, diagnoses and records without TensorFlow or Keras in sys.modules."""
    (tiny.root / "release" / "warmup" / "warmup.ipynb").write_bytes(generate(tiny, "warmup"))
    run("generate_assignment", "warmup", "--force", cwd=tiny.root)
    path = tiny.root / "submitted" / "ada" / "warmup" / "warmup.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(tiny.load("warmup").source.replace(b"axis=1", b"axis=0"))
    code = (
        "import sys\n"
        "from nbgrader.apps import NbGraderApp\n"
        "sys.argv = ['nbgrader', 'autograde', 'warmup']\n"
        "try:\n    NbGraderApp.launch_instance()\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('tensorflow', 'keras', 'tf_keras', 'matplotlib') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tiny.root, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr[-2000:]
    with nbgrader_api(tiny.root).gradebook as gradebook:
        assert gradebook.find_submission("warmup", "ada").score == 5.0


def test_release_fetch_submit_collect(tiny):
    """The exchange of the course directory: an instructor releases, a learner hands in, it is collected and graded."""
    course = tiny.root
    course.chmod(0o755)
    run("generate_assignment", "warmup", "--force", cwd=course)
    run("release_assignment", "warmup", cwd=course)
    learner = course / "learner"
    learner.mkdir()
    shutil.copy(course / "nbgrader_config.py", learner / "nbgrader_config.py")
    (learner / "exchange").symlink_to(course / "exchange")
    run("fetch_assignment", "warmup", cwd=learner)
    notebook = learner / "warmup" / "warmup.ipynb"
    notebook.write_bytes(tiny.load("warmup").source)
    run("submit", "warmup", cwd=learner)
    run("collect", "warmup", cwd=course)
    run("autograde", "warmup", cwd=course)
    with nbgrader_api(course).gradebook as gradebook:
        (submission,) = gradebook.find_assignment("warmup").submissions
        assert submission.score == 9.0
        assert submission.timestamp is not None
