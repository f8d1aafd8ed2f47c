"""`gradetape check` finds every fault of an assignment in one go, and says what to do about each."""

import json
import subprocess

import pytest

from gradetape import grading
from gradetape.check import check_assignment
from gradetape.course import Course
from gradetape.scaffold import create

pytestmark = pytest.mark.guests


@pytest.fixture(autouse=True)
def _end_guests():
    yield
    grading.close_all()


@pytest.fixture
def fresh(tmp_path, root):
    """A course with one assignment, made by `gradetape new`."""
    for name in ("nbgrader_config.py", "jupytext.toml"):
        (tmp_path / name).write_text((root / name).read_text())
    course = Course(tmp_path)
    create(course, "first_steps")
    return course


def problems(course, name="first_steps", seeds=(1,), **options):
    return check_assignment(course, name, seeds=seeds, on_progress=lambda *_: None, **options).problems


def edit(course, path, old, new):
    file = course.root / path.format(a="first_steps")
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_new_assignment_passes(fresh):
    """Straight from the scaffold: full marks for five seeds, stub zero, three mistakes caught and named."""
    steps = []
    report = check_assignment(fresh, "first_steps", on_progress=lambda *s: steps.append(s))
    assert report.problems == []
    assert (report.points, report.reference_score, report.stub_score, report.seeds) == (10, 10, 0, 5)
    assert [(m.question, m.diagnosed_as, m.score < m.max) for m in report.mistakes] == [
        ("centred_rows", f"centred_rows/{name}", True) for name in ("column-means", "one-mean", "means-only")
    ]
    assert 0 < report.seconds_per_submission < 60
    assert [(a.question, a.name, a.score) for a in report.alternatives] == [
        ("centred_rows", "ok-numpy", 10),
        ("centred_rows", "ok-keras-ops", 10),
    ]
    assert steps[0] == (0, 20, "stub")
    assert steps[-1][:2] == (20, 20)


def test_static_faults_are_found_together(fresh):
    """Doubled ids, sync, stale release: all in one report; other points than usual are a note."""
    edit(fresh, "source/{a}/{a}.ipynb", '"points": 10', '"points": 7')
    edit(fresh, "source/{a}/{a}.ipynb", '"grade_id": "imports"', '"grade_id": "introduction"')
    report = check_assignment(fresh, "first_steps", on_progress=lambda *_: None)
    found = "\n".join(report.problems)
    assert report.notes == ["Assignment 'first_steps': its points add up to 7; assignments that count alike have 10."]
    assert "grade_id 'introduction' stands on more than one cell. Rename them." in found
    assert "source/ and solutions/ differ:" in found
    assert "Run `jupytext --sync solutions/first_steps/first_steps.py`" in found


def test_a_stale_release_is_found(fresh):
    """A changed text that was not released again."""
    edit(fresh, "release/{a}/{a}.ipynb", "Say here why it matters", "Say here why it mattered")
    assert problems(fresh) == [
        "Assignment 'first_steps': release/first_steps/first_steps.ipynb is out of date. "
        "Run `nbgrader generate_assignment first_steps --force`."
    ]


def test_a_release_with_solutions_is_found(fresh):
    """The source copied over the release: solution marks, and cells released as they stand."""
    (fresh.root / "release/first_steps/first_steps.ipynb").write_bytes(fresh.load("first_steps").source)
    found = "\n".join(problems(fresh))
    assert "the release shows a solution in cell 'centred_rows_answer'" in found
    assert "solution cell 'centred_rows_answer' is released as it stands." in found


@pytest.mark.parametrize("part", ["solutions", "release"])
def test_missing_parts_are_named(fresh, part):
    """With the command that makes them."""
    for file in (fresh.root / part / "first_steps").iterdir():
        file.unlink()
    assert any(f"{part}/first_steps/first_steps." in p and "is missing. Run `" in p for p in problems(fresh))


def test_a_hidden_test_of_no_question(fresh):
    """It would not count, so the assignment is refused, with the names there are."""
    edit(fresh, "graders/{a}/test_{a}.py", '@question("centred_rows", weight=2)', '@question("centred_row", weight=2)')
    (found,) = problems(fresh)
    assert found.startswith(
        "Assignment 'first_steps': hidden tests name the question 'centred_row', which is no grade cell of the notebook, "
        "so they would not count. The grade cells are centred_rows"
    )


def test_a_grader_that_fails_the_reference(fresh):
    """Seed, question, check and reason."""
    edit(
        fresh,
        "graders/{a}/test_{a}.py",
        "        compare(centre, x",
        "        assert x.sum() > 1e9\n        compare(centre, x",
    )
    found = problems(fresh)[0]
    assert found.startswith(
        "Assignment 'first_steps': the reference is 'failed' in 'centred_rows' (seed 1), check 'Every row has"
    )


def test_a_grader_that_crashes(fresh):
    """The telling line of the crash is shown to the author."""
    edit(
        fresh,
        "graders/{a}/test_{a}.py",
        "        compare(centre, x",
        "        rng.no_such_method()\n        compare(centre, x",
    )
    assert any("could not be checked" in p and "no attribute 'no_such_method'" in p for p in problems(fresh))


def test_mistakes_that_prove_nothing(fresh):
    """One that keeps full marks, one like another, one that spoils another question's name, unreadable ones."""
    file = fresh.root / "graders/first_steps/mistakes.py"
    file.write_text(
        '# %% question="centred_rows" name="right" hint="h"\ndef centred_rows(x):\n    return x - tf.reduce_mean(x, 1, keepdims=True)\n\n\n'
        '# %% question="centred_rows" name="a" hint="h"\ndef centred_rows(x):\n    return x\n\n\n'
        '# %% question="centred_rows" name="b" hint="h"\ndef centred_rows(x):\n    return x + 0\n\n\n'
        '# %% question="nope" name="c" hint="h"\nx = 1\n'
    )
    found = "\n".join(problems(fresh))
    assert "mistake 'centred_rows/right' keeps full marks. Test what it gets wrong." in found
    assert "mistake 'centred_rows/b' is taken for 'centred_rows/a'. Test where they differ, or merge them." in found
    assert "there is no question 'nope'" in found


def test_a_mistake_that_costs_another_question(tiny):
    """Undeclared it is a problem, declared by `also` it is not."""
    file = tiny.root / "graders/warmup/mistakes.py"
    spoils = "def row_means(x):\n    return None\n\n\ndel np\n"
    file.write_text(f'# %% question="row_means" name="spoils" hint="h"\n{spoils}')
    assert any(
        "mistake 'row_means/spoils' loses marks in 'coin' too:" in p for p in problems(tiny, "warmup", thorough=True)
    )
    file.write_text(f'# %% question="row_means" name="spoils" hint="h" also="coin"\n{spoils}')
    assert not any("too:" in p for p in problems(tiny, "warmup", thorough=True))


def test_a_reference_with_a_broken_cell(fresh):
    """An error in any cell of the reference is a problem even when every check passes."""
    notebook = fresh.root / "source/first_steps/first_steps.ipynb"
    notebook.write_text(notebook.read_text().replace('"assert np.allclose(', '"assert not np.allclose('))
    assert any("cell 'centred_rows' of the reference ends with AssertionError." in p for p in problems(fresh))


def test_a_solution_that_is_no_notebook(tmp_path):
    """Whatever stops the check becomes a problem of that assignment."""
    folder = tmp_path / "source/broken"
    folder.mkdir(parents=True)
    (folder / "broken.ipynb").write_text("{}")
    assert problems(Course(tmp_path), "broken") == [
        "Assignment 'broken': source/broken/broken.ipynb: The file is JSON, but no notebook. Submit the .ipynb file that JupyterLab saves."
    ]


def test_json_of_the_command(fresh):
    """The documented shape on stdout and nothing else there; exit code 0, and 1 with problems."""
    command = ["gradetape", "check", "--format", "json", "--seeds", "1", "-C", str(fresh.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (report,) = json.loads(done.stdout)["assignments"]
    assert {
        "id",
        "points",
        "reference_score",
        "stub_score",
        "seconds_per_submission",
        "seconds",
        "mistakes",
        "problems",
    } <= report.keys()
    assert report["mistakes"][0] == {
        "question": "centred_rows", "name": "column-means", "score": 0.0, "max": 10.0, "diagnosed_as": "centred_rows/column-means",
    }  # fmt: skip
    (fresh.root / "graders/first_steps/mistakes.py").write_text("")
    assert subprocess.run(command, capture_output=True, text=True, check=False).returncode == 1


def test_a_check_that_breaks_off_is_a_problem_of_its_assignment(fresh, monkeypatch):
    """An unforeseen error: named with its place; the command goes on with the other assignments."""
    from gradetape import proof

    def broken(*_, **__):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(proof, "grade", broken)
    (problem,) = problems(fresh)
    assert problem.startswith(
        "Assignment 'first_steps': the check broke off: ZeroDivisionError: by zero (test_check.py:"
    )


def test_a_question_that_needs_another_answer_is_found(tiny):
    """Each question in turn is left unanswered: the others keep their marks, or a mistake declares it."""
    test = tiny.root / "graders/warmup/test_warmup.py"
    test.write_text(
        test.read_text().replace("return nb.coin(n, seed)", "nb.row_means([[1.0]]); return nb.coin(n, seed)")
    )
    found = [p for p in problems(tiny, "warmup") if "without an answer" in p]
    assert len(found) == 1
    assert found[0].startswith("Assignment 'warmup': without an answer to 'row_means' marks are lost in 'coin', too: ")
    assert found[0].endswith("Make the questions independent, or declare also=\"coin\" on a mistake of 'row_means'.")
    mistakes = tiny.root / "graders/warmup/mistakes.py"
    mistakes.write_text(mistakes.read_text().replace('name="column-means"', 'name="column-means" also="coin"'))
    assert not any("without an answer" in p for p in problems(tiny, "warmup"))
