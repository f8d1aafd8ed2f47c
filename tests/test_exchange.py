"""The exchange of a course as three real accounts use it, with nbgrader's own commands; nobody touches others' work."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from helpers import COURSES

from gradetape import exchange

AS = """
import os, pwd, sys
sys.path.insert(0, {attacks!r})
import as_user
from gradetape.guest import kernel
kernel.unshare(kernel.CLONE_NEWNS)
kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
as_user.show_to_others()
os.setgroups([])
os.setresgid({uid}, {uid}, {uid})
os.setresuid({uid}, {uid}, {uid})
entry = pwd.struct_passwd(({name!r}, "x", {uid}, {uid}, "", {home!r}, "/bin/sh"))
pwd.getpwuid = lambda uid: entry
"""
NBGRADER = """
from nbgrader.apps.nbgraderapp import NbGraderApp
NbGraderApp.launch_instance({arguments!r})
"""


def test_modes(tmp_path):
    """All may write, only owners rename; what nbgrader looks at (the last nine bits) is what it wants."""
    root = exchange.make(tmp_path / "exchange", "c")
    modes = {p.relative_to(tmp_path).as_posix(): oct(p.stat().st_mode & 0o7777) for p in [root, *root.rglob("*")]}
    assert modes == {
        "exchange": "0o1777",
        "exchange/c": "0o755",
        "exchange/c/inbound": "0o3733",
        "exchange/c/outbound": "0o755",
    }
    assert exchange.open_folders(root, "c") == []


def test_an_exchange_of_before_is_mended(tmp_path):
    """One that nbgrader made without the sticky bit gets it; other bits stay as they are."""
    root = tmp_path / "exchange"
    (root / "c" / "inbound").mkdir(parents=True)
    root.chmod(0o777)
    (root / "c" / "inbound").chmod(0o2773)
    assert exchange.open_folders(root, "c") == [str(root), str(root / "c" / "inbound")]
    assert exchange.make(root, "c") == root
    assert oct((root / "c" / "inbound").stat().st_mode & 0o7777) == "0o3773"
    assert exchange.open_folders(root, "c") == []
    assert exchange.open_folders(tmp_path / "none", "c") == []


def test_made_by_many_at_once(tmp_path):
    """Eight commands that begin at the same moment all find it."""
    code = "import sys, time; from pathlib import Path; from gradetape import exchange; time.sleep(max(0, float(sys.argv[1]) - time.time())); exchange.make(Path(sys.argv[2]), 'c')"
    command = [sys.executable, "-c", code, str(time.time() + 1.5), str(tmp_path / "exchange")]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(8)]
    assert [(p.communicate(timeout=60)[1], p.returncode) for p in started] == [("", 0)] * 8


class Accounts:
    """A course, its exchange, and accounts that use it (as root: each a user of its own)."""

    def __init__(self, root):
        self.root = root
        self.course = root / "course"
        shutil.copytree(COURSES / "vault", self.course, ignore=shutil.ignore_patterns("__pycache__"))
        self.users = {"teacher": 23001, "ada": 23002, "mallory": 23003}
        (self.course / "nbgrader_config.py").write_text(
            "import os\nfrom pathlib import Path\nfrom gradetape import exchange\nc = get_config()\n"
            "c.CourseDirectory.course_id = 'c'\nroot = Path('" + str(root / "exchange") + "')\n"
            "c.Exchange.root = str(exchange.make(root, 'c') if os.getuid() in (23001,) else root)\n"
        )
        for name, uid in self.users.items():
            home = root / name
            home.mkdir()
            shutil.copy(self.course / "nbgrader_config.py", home)
            self._give(home, uid)
        self._give(self.course, self.users["teacher"])
        (root / "exchange").mkdir()
        os.chown(root / "exchange", self.users["teacher"], -1)

    @staticmethod
    def _give(folder, uid):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, uid, uid)

    def run(self, who, *arguments):
        """Run an nbgrader command as somebody, in its home (the teacher: in the course); return code and words."""
        return self.python(who, NBGRADER.format(arguments=list(arguments)))

    def python(self, who, code):
        """Run Python code as somebody; return its exit code and what it said."""
        uid, home = self.users[who], self.root / who
        begin = AS.format(attacks=str(Path(__file__).parent / "attacks"), uid=uid, name=who, home=str(home))
        places = {f"JUPYTER_{part}_DIR": str(home / part) for part in ("DATA", "CONFIG", "RUNTIME")}
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", begin + code],
            env={**os.environ, **places, "HOME": str(home), "USER": who, "PATH": path},
            cwd=self.course if who == "teacher" else home,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def accounts():
    """In a place that other accounts can enter."""
    if os.geteuid() != 0:
        pytest.skip("only root can be several accounts")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Accounts(Path(name))


TAKE_OVER = """
from pathlib import Path
done = []
root = Path({root!r})
received = {received!r}
for what, attempt in {{
    "put another course in its place": lambda: (root / "c").rename(root / "away"),
    "rename what ada handed in": lambda: (root / "c" / "inbound" / received).rename(root / "c" / "inbound" / "x"),
    "list who handed in": lambda: list((root / "c" / "inbound").iterdir()),
    "put another inbound in its place": lambda: (root / "c" / "inbound").rename(root / "c" / "away"),
    "change the release": lambda: (root / "c" / "outbound" / "vault" / "vault.ipynb").write_text("x"),
}}.items():
    try:
        attempt()
        done.append(what)
    except OSError:
        pass
print(done)
"""


@pytest.mark.e2e
def test_release_fetch_submit_collect_by_three_accounts(accounts):
    """nbgrader's commands work with these modes; a learner can neither take the course's place nor others' hand-ins."""
    root = accounts.root / "exchange"
    for who, command in (
        ("teacher", ["generate_assignment", "vault", "--force"]),
        ("teacher", ["release_assignment", "vault"]),
        ("ada", ["fetch_assignment", "vault"]),
        ("ada", ["submit", "vault"]),
        ("mallory", ["fetch_assignment", "vault"]),
        ("mallory", ["submit", "vault"]),
    ):
        code, said = accounts.run(who, *command)
        assert code == 0, (who, command, said)
    assert exchange.open_folders(root, "c") == []
    (received,) = [p.name for p in (root / "c" / "inbound").iterdir() if p.name.startswith("ada+")]
    code, said = accounts.python("mallory", TAKE_OVER.format(root=str(root), received=received))
    assert (code, said.strip()) == (0, "[]")
    code, said = accounts.run("teacher", "collect", "vault")
    assert code == 0, said
    assert sorted(path.name for path in (accounts.course / "submitted").iterdir()) == ["ada", "mallory"]
    code, said = accounts.python("teacher", f"import shutil; shutil.rmtree({str(root / 'c' / 'inbound' / received)!r})")
    assert code == 0, said  # staff can tidy up
    root.chmod(0o777)
    (root / "c" / "inbound").chmod(0o2733)
    code, said = accounts.python(
        "mallory", TAKE_OVER.format(root=str(root), received=received).replace("'ada", "'mallory")
    )
    assert "put another course in its place" in said, "without the sticky bit it is possible: the test can fail"
