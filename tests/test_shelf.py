"""What the store's commands do with results and records that this account cannot read; with two real accounts."""

import os
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gradetape import cli, shared, shelf
from gradetape.recording import Ledger
from gradetape.store import Store
from gradetape.verdict import Result, Status, Verdict

OTHER = 12345


def result(assignment, digest):
    verdict = Verdict(question="q", status=Status.PASSED, score=1.0, max_score=1.0)
    return Result(assignment=assignment, digest=digest, seed=1, verdicts=(verdict,))


@pytest.fixture
def course():
    """A course of this account in a place that others can enter: a recorded and a superseded result of `a` and `b`."""
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to other accounts
        root = Path(name)
        root.chmod(0o755)
        for assignment in "ab":
            for digest in ("1", "2"):
                Store(root).put(result(assignment, f"{assignment}{digest}"))
            Ledger(root, assignment).put("ada", f"{assignment}1")
        yield root
        for path in (root / ".gradetape").rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)


def as_another(root, work, *, closed=()):
    """Run `work(store)` as an account that owns the folders of the course but the `closed` ones, and none of its files."""
    if os.geteuid() != 0:  # this account's own files can be closed to itself
        work(Store(root))
        return
    for path in (root, *root.rglob("*")):
        if path.is_dir() and path not in closed:
            os.chown(path, OTHER, OTHER)
    with tempfile.TemporaryFile() as said:
        number = os.fork()
        if number == 0:
            try:
                os.setgroups([])
                os.setresgid(OTHER, OTHER, OTHER)
                os.setresuid(OTHER, OTHER, OTHER)
                work(Store(root))
                os._exit(0)
            except BaseException:  # noqa: BLE001 - in the fork: all of it is for the test
                os.write(said.fileno(), traceback.format_exc().encode())
                os._exit(1)
        _, status = os.waitpid(number, 0)
        said.seek(0)
        assert status == 0, said.read().decode()


def left(root):
    return sorted(path.stem for path in (root / ".gradetape" / "results").rglob("*.json"))


def lock_away(path):
    """Only this account can read it; without root not even that."""
    path.chmod(0o600 if os.geteuid() == 0 else 0)


def open_all(root):
    for path in (root / ".gradetape").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_ledger_that_cannot_be_read_keeps_its_results(course):
    """The other account's records of `a` are closed: nothing of `a` is removed, `b` loses what is superseded."""
    open_all(course)
    lock_away(course / ".gradetape" / "recorded" / "a" / "ada")

    def work(store):
        done = shelf.prune(store)
        assert [path.stem for path in done.removed] == ["b2"]
        (line,) = done.refused
        assert line == (
            "Assignment 'a': nothing was removed, which results are recorded cannot be told "
            f"({store.root}/.gradetape/recorded/a/ada: Permission denied). Run this as the account that grades, or give "
            "it the files of the course (chown, or a shared group)."
        )

    as_another(course, work)
    assert left(course) == ["a1", "a2", "b1"]
    assert [path.stem for path in shelf.prune(Store(course)).removed] == (["a2"] if os.geteuid() == 0 else [])


def test_a_ledger_that_cannot_be_listed_or_written(course):
    """A closed folder hides learners, one that cannot be written lacks what this account recorded: both refuse."""
    open_all(course)
    for mode, why in (
        (0o700 if os.geteuid() == 0 else 0, "Permission denied"),
        (0o555, "This account cannot write there"),
    ):
        folder = course / ".gradetape" / "recorded" / "a"

        def work(store, why=why):
            (a, _) = shelf.shelves(store)
            assert a.closed == f"{store.root}/.gradetape/recorded/a: {why}"
            assert a.superseded == ()

        folder.chmod(mode)
        as_another(course, work, closed=[folder])
        folder.chmod(0o755)


def test_a_result_that_cannot_be_read_is_counted_apart_and_stays(course):
    """Neither damaged nor superseded; `--all` leaves it as well; a closed folder of results is named."""
    open_all(course)
    lock_away(course / ".gradetape" / "results" / "a1" / "a1.json")
    lock_away(course / ".gradetape" / "results" / "b2" / "b2.json")

    def work(store):
        first, a, b = shelf.shelves(store)
        assert [path.stem for path, _ in first.unreadable] == ["a1", "b2"]
        assert {why for _, why in first.unreadable} == {"Permission denied"}
        assert (first.assignment, first.results, first.superseded) == ("", (), ())
        assert [len(a.superseded), len(b.superseded)] == [1, 0]
        done = shelf.prune(store, everything=True)
        assert [path.stem for path in done.removed] == ["a2", "b1"]
        assert done.refused[0].startswith(
            f"Not readable, and left alone: {store.root}/.gradetape/results/a1/a1.json and 1 more (Permission denied). "
        )

    as_another(course, work)
    assert left(course) == ["a1", "b2"]


def test_damaged_results_are_somebodys_when_a_record_names_them(course):
    """Half a file of a recorded result stays until it is graded again; any other one goes, if all records can be read."""
    (course / ".gradetape" / "results" / "a1" / "a1.json").write_text("{half")
    (course / ".gradetape" / "results" / "b2" / "b2.json").write_text("{half")
    first, *_ = shelf.shelves(Store(course))
    assert [path.stem for path in first.results] == ["a1", "b2"]
    assert [path.stem for path in first.superseded] == ["b2"]
    (course / ".gradetape" / "recorded" / "b" / "ada").write_text("[half")
    done = shelf.prune(Store(course))
    assert [path.stem for path in done.removed] == ["a2"]
    assert [line.partition(":")[0] for line in done.refused] == ["Damaged results", "Assignment 'b'"]


def test_the_commands_say_it(course):
    """`store list` has a column and a line with what to do; `store prune` has exit code 1."""
    (course / ".gradetape" / "recorded" / "a" / "ada").write_text("[half")
    listed = CliRunner().invoke(cli.app, ["store", "list", "--course", str(course)], env={"COLUMNS": "120"})
    assert "unreadable" in listed.stdout
    assert (
        f"• a: which of them are recorded cannot be told ({course}/.gradetape/recorded/a/ada: This is no note of a result). "
        "Run this as the account that grades, or give it the files of the course (chown, or a shared group)."
    ) in listed.stdout
    done = CliRunner().invoke(cli.app, ["store", "prune", "--course", str(course)])
    assert done.exit_code == cli.EXIT_PROBLEMS
    assert "removed 1 results" in done.stdout


def test_a_group_that_shares_a_course_shares_what_is_written(tmp_path):
    """Where the group may write the course (`CourseDirectory.groupshared`), it can read and write results and records."""
    for mode, folders, files in ((0o2775, 0o2070, 0o660), (0o755, 0o0000, 0o600)):
        root = tmp_path / oct(mode)
        root.mkdir()
        root.chmod(mode)
        path = Store(root).put(result("a", "a1"))
        Ledger(root, "a").put("ada", "a1")
        record = root / ".gradetape" / "recorded" / "a" / "ada"
        for written in (path, record):
            assert stat.S_IMODE(written.stat().st_mode) == files
            assert written.parent.stat().st_mode & folders == folders
            assert bool(written.parent.stat().st_mode & 0o020) is bool(folders)


RACE = """
import sys, time
from pathlib import Path
from gradetape import claims
from gradetape.recording import Ledger
from gradetape.store import Store
sys.path.insert(0, sys.argv[2])
from test_shelf import result
time.sleep(max(0, float(sys.argv[1]) - time.time()))
for number in range(50):
    Store(Path.cwd()).put(result("a", "a1"))
    Ledger(Path.cwd(), "a").put("ada", "a1", sys.argv[3])
    path = Path.cwd() / ".gradetape" / "claims" / "one"
    claims.release(path, claims.claim(path))
"""


def test_writers_of_one_name_at_the_same_moment(tmp_path):
    """Six processes make the folders and write the same result, record and claim: each finds whole files, nothing is left."""
    moment, here = str(time.time() + 2.5), str(Path(__file__).parent)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, moment, here, str(n)], cwd=tmp_path, stderr=subprocess.PIPE, text=True
        )
        for n in range(6)
    ]
    assert [(p.communicate(timeout=60)[1], p.returncode) for p in started] == [("", 0)] * 6
    assert Ledger(tmp_path, "a").get("ada")[0] == "a1"
    files = sorted(path.name for path in (tmp_path / ".gradetape").rglob("*") if path.is_file())
    assert files == ["a1.json", "ada"]


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    """A full disk: what was there stays, and no temporary file."""
    shared.write(tmp_path / "x", b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        shared.write(tmp_path / "x", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x", b"old")]
