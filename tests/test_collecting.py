"""`nbgrader collect` over an exchange in which learners have put what they like; nbgrader's own command."""

import os
import pwd
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

pytestmark = pytest.mark.e2e
GOOD = "2026-11-02 10:00:00.000000 UTC"
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "c"
c.Exchange.root = {exchange!r}
c.ExchangeCollect.check_owner = False
{line}
"""


@pytest.fixture
def inbound(tmp_path):
    """An exchange with two good submissions around each odd one."""
    folder = tmp_path / "exchange" / "c" / "inbound"
    folder.mkdir(parents=True)
    (tmp_path / "exchange").chmod(0o777)
    (tmp_path / "secret.txt").write_text("the hidden tests")
    for name in ("ada", "zoe"):
        hand_in(folder, name)
    return folder


def hand_in(inbound, who, when=GOOD):
    folder = inbound / f"{who}+w1+{when}+abcd"
    folder.mkdir()
    (folder / "w1.ipynb").write_text("{}")
    (folder / "timestamp.txt").write_text(when)
    return folder


def collect(inbound, *arguments, stock=False, owners=False):
    """Run the command; return its exit code and what it said."""
    return command(inbound, "collect", "w1", "--update", *arguments, stock=stock, owners=owners)


def command(inbound, *arguments, stock=False, owners=False):
    """Run a command of nbgrader's; return its exit code and what it said."""
    root = inbound.parents[2]
    ours = "c.ExchangeFactory.collect = 'gradetape.collecting.Collect'\nc.ExchangeFactory.list = 'gradetape.collecting.List'"
    line = "" if stock else ours
    line += "\nc.ExchangeCollect.check_owner = True" if owners else ""
    (root / "nbgrader_config.py").write_text(CONFIG.format(exchange=str(root / "exchange"), line=line))
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "nbgrader", *arguments],
        cwd=root, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def collected(inbound):
    root = inbound.parents[2] / "submitted"
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}


BOTH = {f"{who}/w1/{name}" for who in ("ada", "zoe") for name in ("w1.ipynb", "timestamp.txt")}


def test_names_links_pipes_and_depths(inbound):
    """All at once: each odd submission is its learner's, none of the grader's files comes along, the others are there."""
    hand_in(inbound, "bo", "no time at all")
    hand_in(inbound, "cy", "99999-01-01 00:00:00 UTC")
    linked = hand_in(inbound, "di")
    (linked / "secret.txt").symlink_to(inbound.parents[2] / "secret.txt")
    (linked / "folder").symlink_to(inbound.parents[2])
    os.mkfifo(linked / "pipe")
    (inbound / f"ed+w1+{GOOD}+abcd").symlink_to(inbound.parents[2])
    (inbound / f"flo+w1+{GOOD}+abcd").write_text("a file")
    code, said = collect(inbound)
    assert code == 0, said
    found = collected(inbound)
    assert found >= BOTH
    assert "di/w1/w1.ipynb" in found
    assert {name.partition("/")[0] for name in found} == {"ada", "zoe", "bo", "cy", "di"}
    assert not any("secret" in name or "pipe" in name or "folder" in name for name in found)
    assert "holds no time that can be read: it counts as the oldest." in said
    assert "'secret.txt' is a link, a pipe or a device, and was not collected." in said
    assert "+abcd' was not collected: NotADirectoryError: " in said


@pytest.mark.parametrize("what", ["name", "link", "pipe"])
def test_nbgraders_own_falls_for_it(inbound, what):
    """Without ours a name or a pipe ends it for all, and a link brings the grader's file: the test above can fail."""
    odd = hand_in(inbound, "bo", "no time at all" if what == "name" else GOOD)
    if what == "link":
        (odd / "secret.txt").symlink_to(inbound.parents[2] / "secret.txt")
    if what == "pipe":
        os.mkfifo(odd / "pipe")
    code, _ = collect(inbound, stock=True)
    assert (
        ("bo/w1/secret.txt" in collected(inbound)) if what == "link" else (code != 0 and not collected(inbound) >= BOTH)
    )


def test_an_odd_timestamp_that_was_collected_before(inbound):
    """It counts as none: the newer submission is collected, also for the others."""
    assert collect(inbound)[0] == 0
    earlier = inbound.parents[2] / "submitted" / "ada" / "w1"
    (earlier / "timestamp.txt").write_text("9999-12-31 23:59:59 -1400")
    (earlier / "old.txt").write_text("x")
    code, said = collect(inbound)
    assert code == 0, said
    assert collected(inbound) == BOTH


def deep(folder, levels=3000):
    """Make folders in one another, deeper than a path can name."""
    here = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(levels):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)


@pytest.fixture
def cleared(tmp_path):
    """pytest itself cannot remove what is very deep."""
    yield
    subprocess.run(["rm", "-rf", *tmp_path.iterdir()], check=True)


def test_depth_and_number(inbound, cleared):
    """What is deeper or more than grading looks at stays behind, with a line; the notebook comes along."""
    deep(hand_in(inbound, "bo"))
    for name in ("cy", "di"):
        many = hand_in(inbound, name) if name == "cy" else hand_in(inbound, name) / "data"
        many.mkdir(exist_ok=True)
        for number in range(9000):
            (many / f"{number}.txt").touch()
    code, said = collect(inbound)
    assert code == 0, said
    found = collected(inbound)
    assert found == BOTH | {f"{who}/w1/{name}" for who in ("bo", "cy", "di") for name in ("w1.ipynb", "timestamp.txt")}
    assert "1 files and folders were not collected: they lie below more than 100 folders." in said
    assert said.count("9000 files and folders were not collected: a submission may hold 8,000 files and folders.") == 2


def test_what_was_collected_before_is_deep(inbound, cleared):
    """nbgrader removes it before it collects the newer one, and could not."""
    assert collect(inbound)[0] == 0
    earlier = inbound.parents[2] / "submitted" / "ada" / "w1"
    (earlier / "timestamp.txt").unlink()
    deep(earlier)
    code, said = collect(inbound)
    assert code == 0, said
    assert collected(inbound) == BOTH
    assert not (earlier / "d").exists()


def test_what_was_collected_before_cannot_be_removed(inbound):
    """Here, as it is a file: that learner's line; the others are collected."""
    (inbound.parents[2] / "submitted" / "ada").mkdir(parents=True)
    (inbound.parents[2] / "submitted" / "ada" / "w1").write_text("a file")
    code, said = collect(inbound)
    assert code == 0, said
    assert {name for name in collected(inbound) if name.startswith("zoe")} == {n for n in BOTH if n.startswith("zoe")}
    assert "submitted/ada/w1' is there, and cannot be removed. Move it away, and collect again." in said


def test_names_in_lists_are_one_line(inbound):
    """A line break and an escape in a name are written out, and nobody's line can be forged."""
    hand_in(inbound, "bo\nc zoe w1 2020-01-01\x1b[31m")
    for arguments in (("list", "--inbound"), ("collect", "w1")):
        code, said = command(inbound, *arguments)
        assert code == 0, said
        assert not any(line.startswith("c zoe w1 2020-01-01") for line in said.splitlines())
        (line,) = [line for line in said.splitlines() if "2020-01-01" in line]
        assert re.search(r"bo\\n *c zoe w1 2020-01-01\\x1b\[31m", line)


def test_what_cannot_be_listed_is_named(inbound):
    """A pipe for a notebook, a mark that is no text, a file for a folder: the others are listed."""
    os.mkfifo(hand_in(inbound, "bo") / "pipe.ipynb")
    (hand_in(inbound, "cy") / "submission_secret.txt").write_bytes(b"\xff")
    (inbound / f"flo+w1+{GOOD}+abcd").write_text("a file")
    code, said = command(inbound, "list", "--inbound")
    assert code == 0, said
    assert [f"c {who} w1" in said for who in ("ada", "zoe", "bo", "cy", "flo")] == [True, True, False, False, False]
    for who, why in (
        ("bo", "'pipe.ipynb': it is a link, a pipe"),
        ("cy", "codec can't decode"),
        ("flo", "is a link or a"),
    ):
        assert any(f"{who}+w1+" in line and "was not listed: " in line and why in line for line in said.splitlines()), (
            why
        )


def test_a_name_that_is_a_pattern_stays_behind(inbound):
    """So does one that holds a line's end, and none at all: a line each, and nothing of the others is touched."""
    odd = ["[z]oe", "*", "z?e", "a\nb", ""]
    for name in odd:
        hand_in(inbound, name, "2026-11-03 10:00:00.000000 UTC")
    code, said = collect(inbound)
    assert code == 0, said
    assert collected(inbound) == BOTH
    lines = [line for line in said.splitlines() if "was passed over: a learner's name has no " in line]
    assert len(lines) == len(odd)
    assert any("/[z]oe+w1+" in line and "takes them for a pattern" in line for line in lines)
    code, said = command(inbound, "list", "--inbound")
    assert [f"c {who} w1" in said for who in ("ada", "zoe", *odd[:3])] == [True, True, False, False, False], said


def test_an_exchange_whose_path_is_a_pattern(tmp_path):
    """It is looked into as it is called."""
    inbound = tmp_path / "K [2026]" / "exchange" / "c" / "inbound"
    inbound.mkdir(parents=True)
    inbound.parents[1].chmod(0o777)
    hand_in(inbound, "ada")
    code, said = collect(inbound)
    assert code == 0, said
    assert "ada/w1/w1.ipynb" in collected(inbound), said


EARLIER, LATER, LATEST = (f"2026-11-{day} 10:00:00.000000 UTC" for day in ("01", "03", "05"))
NOBODY = 65534


def owned(inbound, who, when, owner):
    """Hand in as an account of the machine; what is in the notebook says who did."""
    folder = hand_in(inbound, who, when)
    (folder / "w1.ipynb").write_text(str(owner))
    for path in (*folder.iterdir(), folder):
        os.chown(path, owner, owner)


def owners(inbound):
    root = inbound.parents[2] / "submitted"
    return {
        path.parent.parent.name: path.read_text() for path in root.glob("*/w1/w1.ipynb") if path.read_text() != "{}"
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several accounts")
@pytest.mark.parametrize("guarded", [True, False])
def test_what_another_account_hands_in_under_a_learners_name(inbound, guarded):
    """Where the name is an account of this machine, only its own folders count, and those of staff.

    Not where it is none, as on a hub in containers; nor where nbgrader's own setting switches it off.
    """
    own = pwd.getpwnam("daemon").pw_uid
    for when, owner in ((EARLIER, own), (LATER, NOBODY)):
        owned(inbound, "daemon", when, owner)
        owned(inbound, "eve", when, owner)
        owned(inbound, "bin", when, NOBODY)
    owned(inbound, "games", EARLIER, pwd.getpwnam("games").pw_uid)
    owned(inbound, "games", LATER, 0)
    (inbound / f"daemon+w1+{LATEST}+link").symlink_to(inbound / f"daemon+w1+{EARLIER}+abcd")
    os.chown(inbound / f"daemon+w1+{LATEST}+link", NOBODY, NOBODY, follow_symlinks=False)
    code, said = collect(inbound, owners=guarded)
    assert code == 0, said
    by = {"eve": str(NOBODY), "games": "0"}
    assert owners(inbound) == (by | {"daemon": str(own)} if guarded else by | {"bin": str(NOBODY)}), said
    assert said.count("' was passed over: daemon is an account of this machine, and the folder belongs to ") == (
        2 if guarded else 0
    )
    assert ("c.ExchangeCollect.check_owner = False" in said) == guarded


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several accounts")
def test_the_last_one_before_the_due_date_is_the_learners_own(inbound):
    """Another account's folder, on time too and newer, takes no part in nbgrader's choice."""
    own = pwd.getpwnam("daemon").pw_uid
    for when, owner in ((EARLIER, own), (LATER, NOBODY), (LATEST, own)):
        owned(inbound, "daemon", when, owner)
    with Gradebook(f"sqlite:///{inbound.parents[2] / 'gradebook.db'}") as book:
        book.add_assignment("w1", duedate="2026-11-04 10:00:00.000000 UTC")
    code, said = collect(inbound, "--before-duedate", owners=True)
    assert code == 0, said
    assert owners(inbound) == {"daemon": str(own)}
    assert (inbound.parents[2] / "submitted/daemon/w1/timestamp.txt").read_text() == EARLIER
