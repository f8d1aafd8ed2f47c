"""Strangers' notebooks on a machine that cannot isolate them: refused, unless somebody says so by name."""

import shutil

import pytest
from helpers import COURSES, write_answer
from typer.testing import CliRunner

from gradetape import autograding, cli
from gradetape.course import Course
from gradetape.grading import Submission, close_all, grade
from gradetape.guest import host
from gradetape.kept import kept
from gradetape.policy import ExposedError
from gradetape.releasing import nbgrader_api
from gradetape.store import Store

pytestmark = pytest.mark.guests


@pytest.fixture
def vault(tmp_path):
    """A course that needs no TensorFlow."""
    folder = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Course(folder)


@pytest.fixture
def bare(monkeypatch):
    """A machine without any of the layers; no TensorFlow needed."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    real = host.GuestProcess
    monkeypatch.setattr(host, "GuestProcess", lambda *a, **k: real(*a, **{**k, "layers": ()}))
    close_all()
    yield monkeypatch
    close_all()


def test_grade_refuses(bare, vault):
    """With what is missing, and what to do; the result of a trusted run says that it was one."""
    assignment = vault.load("vault")
    submission = Submission(assignment.source)
    with pytest.raises(
        ExposedError, match="isolate a learner's code from files and network of the grader.*--trust-learners"
    ):
        grade(assignment, submission)
    result = grade(assignment, submission, trust_learners=True)
    assert result.learners_trusted
    assert result.fence == ()
    assert result.score > 0


def test_a_trusted_result_is_no_use_without_trust(bare, vault, tmp_path):
    """It is graded again, behind a fence, by whoever does not say that learners are trusted."""
    assignment = vault.load("vault")
    submission = Submission(assignment.source)
    assert not kept(assignment, submission, Store(tmp_path), trust_learners=True).from_store
    assert kept(assignment, submission, Store(tmp_path), trust_learners=True).from_store
    bare.undo()
    bare.setenv("GRADETAPE_NO_PRELOAD", "1")
    close_all()
    again = kept(assignment, submission, Store(tmp_path))
    assert not again.from_store
    assert again.result.fence
    assert not again.result.learners_trusted
    assert kept(assignment, submission, Store(tmp_path)).from_store


def test_the_commands_refuse_in_one_line(bare, vault):
    """Exit code 2 before anything is graded; with --trust-learners it goes on."""
    nbgrader_api(vault.root).generate_assignment("vault", force=True)
    folder = vault.root / "submitted" / "ada" / "vault"
    folder.mkdir(parents=True)
    (folder / "vault.ipynb").write_bytes(write_answer(vault.load("vault").source))
    bare.setattr(autograding, "isolation", host.isolation)
    before = sorted((vault.root / ".gradetape").rglob("*"))
    with pytest.raises(ExposedError):
        autograding.autograde(vault, ["vault"])
    assert sorted((vault.root / ".gradetape").rglob("*")) == before
    (outcome,) = autograding.autograde(vault, ["vault"], trust_learners=True)
    assert outcome.error == ""
    assert outcome.score > 0
    shown = CliRunner().invoke(cli.app, ["autograde", "--help"])
    assert "--trust-learners" in shown.output


def test_nbgraders_own_command_has_the_same_switch():
    """As a trait of the preprocessor."""
    from gradetape.nbgrader import Execute

    assert Execute.trust_learners.default_value is False
    assert "cannot isolate" in Execute.trust_learners.help
