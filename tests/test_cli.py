"""The command line teaches by its help, says errors in one line, and keeps its exit codes."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from gradetape import __version__, cli

COMMANDS = ("check", "autograde", "report", "lab", "init", "new", "doctor", "demo", "data")


def run(*arguments, cwd=None):
    return subprocess.run(["gradetape", *arguments], capture_output=True, text=True, check=False, cwd=cwd)


def test_help_names_every_command_and_the_exit_codes():
    """One screen from which a first round can be done."""
    text = CliRunner().invoke(cli.app, ["--help"]).output
    for word in (*COMMANDS, "Exit codes", "0 all is well", "gradetape new my_first"):
        assert word in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    """With a first line of its own."""
    result = CliRunner().invoke(cli.app, [command, "--help"])
    assert result.exit_code == 0
    assert len(result.output.split("Usage:")[1].splitlines()) > 3


def test_version():
    """The package's own."""
    assert CliRunner().invoke(cli.app, ["--version"]).output.strip() == f"gradetape {__version__}"


def test_errors_are_one_line_and_exit_two(tiny, tmp_path):
    """No course, an unknown assignment, an unreleased one, a bad id: cause and way out, no traceback."""
    cases = [
        (["check"], tmp_path, "Run this in a course directory."),
        (["check", "nope"], tiny.root, "There is no assignment 'nope' in source/. Known are warmup."),
        (["autograde", "warmup"], tiny.root, "is not in the gradebook. Run `nbgrader generate_assignment warmup` first."),
        (["new", "My+First"], tiny.root, "Assignment 'My+First': an id has no +, no /"),
        (["new", "warmup"], tiny.root, "solutions/warmup/warmup.py is already there; nothing was written."),
        (["data", "prepare", "nope"], tiny.root, "There is no stand-in 'nope'. Known are breast_cancer, contours, digits, "),
        (["demo", "source"], tiny.root, "is there and is no demo course. Name another folder."),
    ]  # fmt: skip
    for arguments, cwd, words in cases:
        done = run(*arguments, cwd=cwd)
        assert done.returncode == 2, arguments
        assert done.stderr.startswith("gradetape: "), done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_where_one_may_not_write_is_said(tiny):
    """In one line, with the place."""
    (tiny.root / "solutions/mine").write_text("a file where a folder has to be")
    done = run("new", "mine", cwd=tiny.root)
    assert done.returncode == 2
    assert done.stderr.startswith("gradetape: ")
    assert "solutions/mine" in done.stderr
    assert "May you write there, and is it a folder?" in done.stderr


def test_an_unknown_format_is_refused():
    """typer's own usage error, exit code 2."""
    result = CliRunner().invoke(cli.app, ["check", "--format", "xml"])
    assert result.exit_code == 2
    assert "'text' or 'json'" in result.output


def test_autograde_without_submissions(tiny):
    """Nobody handed in: said with the folder that was looked at."""
    from gradetape.releasing import nbgrader_api

    assert nbgrader_api(tiny.root).generate_assignment("warmup")["success"]
    assert (
        "Nobody handed in 'warmup': submitted/<student>/warmup/ is empty."
        in run("autograde", "warmup", cwd=tiny.root).stderr
    )


def test_the_command_line_never_imports_tensorflow():
    """Not for help, not for the list of data."""
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom gradetape import cli\n"
        "r = CliRunner().invoke(cli.app, ['data', 'list']); assert r.exit_code == 0, r.output\n"
        "import gradetape.check, gradetape.checking, gradetape.demo, gradetape.autograding, gradetape.doctor\n"
        "print([m for m in ('tensorflow', 'keras', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.guests
def test_doctor():
    """Tries a guest and the kernel's layers; JSON for machines; exit code 0 where all that is needed is there."""
    done = run("doctor", "--format", "json")
    found = {f["name"]: f for f in json.loads(done.stdout)}
    assert found["guest with TensorFlow"]["ok"], found
    assert {"fence: namespaces", "fence: landlock", "fence: seccomp", "fence: ceilings hold"} <= found.keys()
    assert {"alembic on PATH", "stand-in data sets", "nbgrader"} <= found.keys()
    assert done.returncode == 0
    assert "✓ fence: files out of reach: refused: read a file of the grader's" in run("doctor").stdout


def test_doctor_says_what_is_missing(monkeypatch):
    """A package that is not installed: named with the command that installs it, and required ones fail the examination."""
    from gradetape import doctor

    monkeypatch.setattr(doctor, "_PACKAGES", (("no-such-package", True),))
    monkeypatch.setattr(doctor, "_guest", lambda: doctor.Finding("guest with TensorFlow", ok=False, seen="no answer"))
    found = {f.name: f for f in doctor.examine()}
    assert not found["no-such-package"].ok
    assert found["no-such-package"].mend == "pip install 'gradetape[tensorflow]'"
    shown = CliRunner().invoke(cli.app, ["doctor"])
    assert shown.exit_code == 1
    assert "✗ no-such-package: not installed\n    how to mend it: pip install 'gradetape[tensorflow]'" in shown.output
