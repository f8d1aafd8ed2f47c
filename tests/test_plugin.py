"""pytest's option for authors: ordinary output, opt-in, and silent otherwise."""

import os

import pytest

pytest_plugins = ["pytester"]


def test_without_the_option_nothing_changes(pytester):
    """No fixture of ours, no judge imported; the marker is known."""
    pytester.makepyfile(
        "import sys, pytest\n"
        "@pytest.mark.question('q')\ndef test_it():\n    assert not any(m.startswith('gradetape.judge') for m in sys.modules)\n"
        "def test_fixture(compare): pass\n"
    )
    result = pytester.runpytest_subprocess("--strict-markers", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)


@pytest.mark.guests
def test_a_notebook_is_judged(pytester, tiny, answer):
    """The reference passes; a learner's folder fails where it is wrong, with the message in pytest's own report."""
    tests = tiny.root / "graders" / "warmup"
    pytester.runpytest_subprocess(tests, "--gradetape", "reference", "-p", "no:cacheprovider").assert_outcomes(passed=4)
    (tests / "own_aids.py").write_text("VALUE = 1\n")
    (tests / "test_more.py").write_text(
        "from own_aids import VALUE\nfrom gradetape import question\n@question('coin')\ndef test_more(): assert VALUE\n"
    )
    for mode in ("prepend", "importlib"):
        arguments = ("--gradetape", "reference", "-p", "no:cacheprovider", f"--import-mode={mode}")
        pytester.runpytest_subprocess(tests, *arguments).assert_outcomes(passed=5)
    (tests / "test_more.py").unlink()
    assignment = tiny.load("warmup")
    folder = tiny.root / "submitted/ada/warmup"
    folder.mkdir(parents=True)
    (folder / "warmup.ipynb").write_bytes(assignment.source.replace(b"axis=1", b"axis=0"))
    result = pytester.runpytest_subprocess(
        tests, "--gradetape", folder, "--gradetape-seed", "4", "-p", "no:cacheprovider"
    )
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*CheckFailedError: The means of integers has shape (4,); expected is (3,).*"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["."], "name the tests of one assignment, as in `pytest graders/<assignment>`"),
        (["graders/warmup"], "No such file or directory"),
    ],
)
def test_wrong_use_is_said(pytester, tiny, monkeypatch, arguments, words):
    """A usage error that says what to write."""
    monkeypatch.chdir(tiny.root)
    result = pytester.runpytest_subprocess(
        *(str(tiny.root / a) for a in arguments), "--gradetape", "nowhere.ipynb", "-p", "no:cacheprovider"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert words in result.stderr.str()


def test_a_pipe_in_a_notebooks_place_is_not_waited_for(pytester, tiny):
    """It is somebody else's file: looked at before it is opened."""
    os.mkfifo(tiny.root / "pipe.ipynb")
    result = pytester.runpytest_subprocess(
        str(tiny.root / "graders/warmup"),
        "--gradetape",
        str(tiny.root / "pipe.ipynb"),
        "-p",
        "no:cacheprovider",
        timeout=60,
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "pipe.ipynb' cannot be used: it is a link, a pipe, a folder or a device, not a file." in result.stderr.str()
