"""Whatever one submission raises, at any step, is that learner's error in words; the other forty have their points."""

import shutil
from concurrent.futures import Future

import pytest
from helpers import COURSES, write_answer

from gradetape import attached, autograding, batch, markup, parcel, store
from gradetape.course import Course
from gradetape.feedback_page import FeedbackExporter
from gradetape.nbgrader.preprocessors import SaveAutoGrades
from gradetape.releasing import nbgrader_api

pytestmark = [pytest.mark.e2e, pytest.mark.guests]

RIGHT = {"double_answer": "def double(x):\n    return x + x", "square_answer": "def square(x):\n    return x * x"}
ERRORS = {
    "os": OSError(5, "Input/output error"),
    "memory": MemoryError(),
    "recursion": RecursionError("maximum recursion depth exceeded"),
    "unicode": UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
}
OTHERS = [f"other{number:02}" for number in range(40)]


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A class of forty right notebooks, and one more for each error, each of its own content."""
    root = tmp_path_factory.mktemp("one") / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADETAPE_NO_PRELOAD", "1")
        assert nbgrader_api(root).generate_assignment("vault")["success"]
    release = (root / "release" / "vault" / "vault.ipynb").read_bytes()
    for name in [*OTHERS, *ERRORS]:
        folder = root / "submitted" / name / "vault"
        folder.mkdir(parents=True)
        extra = [f"WHO = '{name}'"] if name in ERRORS else ()
        (folder / "vault.ipynb").write_bytes(write_answer(release, RIGHT, extra=extra))
    return root


@pytest.fixture
def course(handed_in, tmp_path, monkeypatch):
    """A fresh copy of it."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    shutil.copytree(handed_in, tmp_path / "vault")
    return Course(tmp_path / "vault")


def whose(data):
    """The error that a submission's content asks for; None for the others'."""
    text = data if isinstance(data, str) else data.decode(errors="replace")
    return next((ERRORS[name] for name in ERRORS if f"WHO = '{name}'" in text), None)


def raising(function, content):
    """Wrap a function so that it raises what the submission asks for."""

    def wrapped(*arguments, **keywords):
        error = whose(content(*arguments, **keywords))
        if error is not None:
            raise error
        return function(*arguments, **keywords)

    return wrapped


def in_folder(folder, **_):
    return f"WHO = '{folder.parent.name}'"


def at_read(patch):
    patch.setattr(attached, "read", raising(attached.read, in_folder))


def at_hash(patch):
    patch.setattr(batch, "digest", raising(batch.digest, lambda _, submission: submission.notebook))


def at_pack(patch):
    patch.setattr(parcel, "pack_submission", raising(parcel.pack_submission, lambda submission: submission.notebook))


def at_grade(patch):
    stock = batch.LocalCrew.send

    def send(self, assignment, submission, **keywords):
        error = whose(submission.notebook)
        if error is None:
            return stock(self, assignment, submission, **keywords)
        future = Future()
        future.set_exception(error)
        return future

    patch.setattr(batch.LocalCrew, "send", send)


def at_store(patch):
    stock, digests = store.Store.put, {}
    digest = batch.digest

    def named(assignment, submission):
        found = digest(assignment, submission)
        digests[found] = submission.notebook
        return found

    patch.setattr(batch, "digest", named)
    patch.setattr(store.Store, "put", raising(stock, lambda _, result: digests.get(result.digest, b"")))


def at_record(patch):
    content = lambda _, nb, resources: f"WHO = '{resources['nbgrader']['student']}'"  # noqa: E731
    patch.setattr(SaveAutoGrades, "preprocess", raising(SaveAutoGrades.preprocess, content))


def at_convert(patch):
    content = lambda nb, **_: "\n".join(cell["source"] for cell in nb["cells"])  # noqa: E731
    patch.setattr(markup, "clean", raising(markup.clean, content))


@pytest.mark.parametrize("step", [at_read, at_hash, at_pack, at_grade, at_record, at_convert], ids=lambda f: f.__name__)
def test_one_submissions_error_is_that_learners(course, monkeypatch, step):
    """Named with its words; the others are graded and recorded."""
    step(monkeypatch)
    outcomes = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert {name: (outcomes[name].error, outcomes[name].score) for name in OTHERS} == dict.fromkeys(OTHERS, ("", 4.0))
    for name, error in ERRORS.items():
        assert outcomes[name].error.startswith(type(error).__name__), outcomes[name]
        assert not (course.root / "autograded" / name / "vault").exists()


def test_what_cannot_be_stored_is_graded_all_the_same(course, monkeypatch):
    """A full disk or a result that cannot be written costs nobody a mark."""
    at_store(monkeypatch)
    outcomes = {o.student: o for o in autograding.autograde(course, ["vault"], jobs=2)}
    assert {name: (o.error, o.score) for name, o in outcomes.items()} == dict.fromkeys([*OTHERS, *ERRORS], ("", 4.0))


def test_a_page_that_cannot_be_drawn_is_one_page(course, monkeypatch):
    """`nbgrader generate_feedback` names that learner, and writes the others' pages."""
    autograding.autograde(course, ["vault"], jobs=2)
    content = lambda _self, filename, **_: f"WHO = '{filename.split('/')[-3]}'"  # noqa: E731
    monkeypatch.setattr(FeedbackExporter, "from_filename", raising(FeedbackExporter.from_filename, content))
    done = nbgrader_api(course.root).generate_feedback("vault")
    assert not done["success"]
    pages = {path.parents[1].name for path in (course.root / "feedback").glob("*/vault/vault.html")}
    assert pages == set(OTHERS)
    for name in ERRORS:
        assert f"processing assignment 'vault' for student '{name}'" in done["log"]
