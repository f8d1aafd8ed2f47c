"""nbgrader's log: names of learners, files and notebooks act on no terminal."""

import io
import logging
import shutil
import subprocess

import pytest
from helpers import COURSES, write_answer

from gradetape import logged
from gradetape.nbgrader import plugging

EVIL = "a\x1b]0;owned\x07\u202eb\x9bc\r\u2028d"
SAFE = "a\\x1b]0;owned\\x07\\u202eb\\x9bc\\r\\u2028d"


@pytest.fixture
def log():
    """A logger that writes to a text, guarded twice."""
    found, out = logging.getLogger("gradetape-test"), io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
    found.addHandler(handler)
    logged.guard(found)
    logged.guard(logging.LoggerAdapter(found, {}))
    assert len(found.filters) == 1
    found.written = out.getvalue
    yield found
    found.removeHandler(handler)


def test_what_acts_is_written_out(log):
    """In arguments and in the text; tabs stay, and no line begins as the log's own lines begin."""
    log.warning("Copying %s -> %s", EVIL, 1)
    whole = f"x\t{EVIL}\n[ERROR] forged"
    log.warning(whole)
    assert log.written() == f"[WARNING] Copying {SAFE} -> 1\n[WARNING] x\t{SAFE}\n    [ERROR] forged\n"


def test_tracebacks_too(log):
    """An exception's text may be a learner's."""
    try:
        exec(compile("raise ValueError(text)", "<test>", "exec"), {"text": EVIL})
    except ValueError:
        log.exception("failed")
    assert f"ValueError: {SAFE}\n" in log.written()
    assert not set("\x1b\x07\u202e\x9b\r\u2028") & set(log.written())


def test_a_line_that_cannot_be_written_says_so(log):
    """Wrong arguments would be printed by logging itself."""
    log.warning("%d", EVIL)
    assert log.written() == "[WARNING] A line of the log cannot be written: TypeError.\n"


def test_every_configuration_guards_the_log(tmp_path, monkeypatch):
    """The environment's own and a course's: before nbgrader has copied or named anything."""
    for act in (plugging.watch, lambda: plugging.note(tmp_path)):
        log = logging.getLogger(f"gradetape-{act}")
        monkeypatch.setattr(plugging, "_log", lambda log=log: log)
        monkeypatch.setattr(plugging, "_plugged", {})
        act()
        assert len(log.filters) == 1


@pytest.mark.e2e
@pytest.mark.guests
def test_nbgraders_own_lines(tmp_path, monkeypatch):
    """Grading and feedback, with names of files and of notebooks that an attacker has chosen."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    root = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))

    def run(*command):
        done = subprocess.run(["nbgrader", *command], cwd=root, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return (done.stdout + done.stderr).decode()

    run("generate_assignment", "vault")
    folder = root / "submitted" / "ada" / "vault"
    (folder / "sub\x1b[2J").mkdir(parents=True)
    (folder / "vault.ipynb").write_bytes(write_answer((root / "release/vault/vault.ipynb").read_bytes()))
    for name in ("a\x1b]0;x\x07.txt", "\u202egnp.html", "other\x1b[2J.ipynb", "sub\x1b[2J/b\x9b.csv"):
        (folder / name).write_text("{}")
    for command in ("autograde", "generate_feedback"):
        said = run(command, "vault")
        assert not set("\x1b\x07\u202e\x9b") & set(said)
        assert "\\x1b[2J" in said
    names = {path.name for path in (root / "autograded/ada/vault").iterdir()}
    assert {"a%U00001B]0%3Bx%U000007.txt.attached.txt", "%U00202Egnp.html.attached.txt"} <= names
