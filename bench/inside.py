"""Process 1 of a confined run: makes the arena, lets a grader grade in it, and reports what came of that.

Started by `confinement.start` with a file that says what to do; needs nothing but the standard library, and is
told everything that belongs to one grader: commands, and where its scores and outputs lie.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import html.parser
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import confinement

if TYPE_CHECKING:
    from collections.abc import Callable

ARENA = confinement.WORK / "arena"
OUTSIDE = ARENA / "outside"
COURSE = OUTSIDE / "course"
HOME = ARENA / "home"
LOGS = confinement.WORK / "logs"
WATCHED = (ARENA, confinement.UPPER, Path("/tmp"), Path("/var/tmp"), Path("/run/lock"), Path("/dev/shm"))
MOST_MEMORY = 12 * 2**30
GRACE = 3.0
LARGE = 2**26
# What every run writes for itself, by graders' own doing, and names that differ from run to run.
OWN = re.compile(
    r"/__pycache__(/|$)"
    r"|/course/(autograded|feedback|results)/(mallory|ada)(/|$)"
    r"|/home/\.ipython/profile_default(/(history\.sqlite.*|db|log|pid|security)(/.*)?)?$"
    r"|/home/\.local/share/jupyter/(runtime(/.*)?|notebook_secret|nbsignatures\.db.*)$"
    r"|/course/gradebook\.db(-journal)?$"
)


def main() -> None:
    """Do what the file asks for; the report is the one thing written to the standard output."""
    job = json.loads(Path(sys.argv[1]).read_text())
    report_to = os.dup(1)
    os.dup2(2, 1)
    Watch.cpu = job["cpu"]
    confinement.close_in(job)
    LOGS.mkdir(mode=0o700)
    found, looks = as_grader(lambda: confinement.holes(job))
    if found:
        report: dict[str, Any] = {"refused": found}
    elif job["kind"] == "probe":
        as_grader(lambda: os.kill(-1, signal.SIGKILL))
        report = {"checks": looks, "alive": processes()}
    elif job["kind"] == "prepare":
        report = prepare(job)
    else:
        report = Run(job).report()
    end_all()
    os.write(report_to, json.dumps(report).encode())


def as_grader(what: Callable[[], Any], seconds: int = 60) -> Any:
    """Call a function in a child without rights, and return what it returned, as JSON has it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        confinement.drop()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)
        said = b"null"
        with contextlib.suppress(BaseException):
            said = json.dumps(what()).encode()
        view = memoryview(said)
        while view:
            view = view[os.write(writer, view) :]
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        data = file.read()
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)
    return json.loads(data or b"null")


def processes() -> list[str]:
    """Name the processes of the namespace, but for this one."""
    found = []
    for name in _numbers():
        if name != "1":
            with contextlib.suppress(OSError):
                state = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[0]
                if state not in "ZX":
                    words = Path("/proc", name, "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found.append(f"{name} {words.strip()[:80]}")
    return found


def _numbers() -> list[str]:
    return [entry.name for entry in os.scandir("/proc") if entry.name.isdigit()]


def end_all(seconds: float = 15.0) -> None:
    """Kill every other process of the namespace, and wait until they are gone."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.02)


def surroundings(token: str) -> dict[str, str]:
    """Give the environment that the grader works in, with a secret in it."""
    return {
        "PATH": f"{confinement.PEER}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(HOME),
        "USER": "grader",
        "LANG": "C.UTF-8",
        "SHELL": "/bin/bash",
        "TERM": "dumb",
        "GRADETAPE_ATTACK_ENVIRONMENT": f"CANARY_ENVIRONMENT_{token}",
    }


def prepare(job: dict[str, Any]) -> dict[str, Any]:
    """Write a course's files, let its grader's commands work on them, and hand the folder out."""
    COURSE.mkdir(parents=True)
    HOME.mkdir()
    for name, text in job["files"].items():
        path = COURSE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    confinement.give(ARENA)
    for command in job["commands"]:
        done = Watch(command, COURSE, 180, job["token"]).run()
        if done["code"] != 0:
            return {"failed": command, "said": done["said"]}
    shutil.copytree(COURSE, confinement.EXPORT / "course", symlinks=True)
    return {"done": len(job["commands"])}


class Watch:
    """A command run as the grader, with an eye on what it and its descendants take."""

    cpu: int | None = None
    """The one processor of the grader, if it may not use all."""

    def __init__(self, command: list[str], folder: Path, seconds: float, token: str) -> None:
        """Start it, but hold it back before its first step, so that its number is known."""
        self.seconds = seconds
        self.peaks = {"memory": 0, "shared": 0, "disk": 0, "tasks": 0}
        self.changed: set[str] = set()
        self.log = LOGS / f"{len(list(LOGS.iterdir()))}.txt"
        self.log.touch()
        reader, self._go = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self._go)
                os.read(reader, 1)
                out = os.open(self.log, os.O_WRONLY | os.O_APPEND)
                null = os.open("/dev/null", os.O_RDONLY)
                for source, target in ((null, 0), (out, 1), (out, 2)):
                    os.dup2(source, target)
                os.closerange(3, 4096)
                if self.cpu is not None:
                    os.sched_setaffinity(0, {self.cpu})
                confinement.drop()
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                os.chdir(folder)
                os.execve(command[0], command, surroundings(token))
            finally:
                os._exit(127)
        os.close(reader)

    def run(self) -> dict[str, Any]:
        """Let it go, and wait for its end, or make one."""
        os.write(self._go, b"x")
        os.close(self._go)
        began, code, outcome, settings = time.monotonic(), None, "ended", None
        disk = on_disk()
        while code is None:
            with contextlib.suppress(ChildProcessError):
                while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                    if ended[0] == self.pid:
                        code = os.waitstatus_to_exitcode(ended[1])
            took = time.monotonic() - began
            if code is None and (took > self.seconds or self.peaks["memory"] > MOST_MEMORY):
                outcome = "too slow" if took > self.seconds else "too much memory"
                code = -9
                break
            self._measure(disk)
            if code is None and took > 0.5:
                now = state(self.pid)
                settings = settings or now
                self.changed |= {name for name in now if settings.get(name) != now[name]}
            time.sleep(0.1)
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 3000))
            said = file.read().decode(errors="replace")
        took = round(time.monotonic() - began, 1)
        peaks = {name: round(value / 2**20) if name != "tasks" else value for name, value in self.peaks.items()}
        changed = sorted(self.changed)
        return {"code": code, "outcome": outcome, "seconds": took, "changed": changed, "said": said, **peaks}

    def _measure(self, disk: int) -> None:
        now = {**memory(), "disk": on_disk() - disk}
        self.peaks = {name: max(value, now[name]) for name, value in self.peaks.items()}


def used(place: str) -> int:
    """Count the bytes that a file system in memory holds."""
    found = os.statvfs(place)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def on_disk() -> int:
    """Count the bytes in what stands for disks here."""
    return sum(map(used, ("/srv", "/.layers", "/tmp", "/var/tmp")))


def memory() -> dict[str, int]:
    """Sum up the memory of all processes and of what belongs to none of them, and count processes and threads."""
    pids = [name for name in _numbers() if name != "1"]
    chosen = pids if len(pids) <= 200 else pids[:: len(pids) // 100]
    taken = {"Pss": 0, "Pss_Shmem": 0}
    tasks, files = 0, {}
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            tasks += int(Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[17])
    for pid in chosen:
        with contextlib.suppress(OSError, ValueError, IndexError):
            text = Path("/proc", pid, "smaps_rollup").read_text()
            for name in taken:
                taken[name] += 1024 * int(text.partition(f"\n{name}:")[2].split()[0])
        if len(pids) < 50:
            files.update(_memory_files(pid))
    part = len(pids) / max(1, len(chosen))
    objects = sum(files.values()) + used("/dev/shm") + sum(int(row.split()[14]) for row in _table("shm"))
    alone, shared = part * (taken["Pss"] - taken["Pss_Shmem"]), part * taken["Pss_Shmem"]
    return {"memory": int(alone + max(shared, objects)), "shared": objects, "tasks": tasks}


def _memory_files(pid: str) -> dict[int, int]:
    """Map the memory files that a process holds open to their size; several may hold the same one."""
    files: dict[int, int] = {}
    with contextlib.suppress(OSError):
        for link in list(Path(f"/proc/{pid}/fd").iterdir())[:500]:
            with contextlib.suppress(OSError):
                if str(link.readlink()).startswith("/memfd:"):
                    found = link.stat()
                    files[found.st_ino] = 512 * found.st_blocks
    return files


def _table(name: str) -> list[str]:
    with contextlib.suppress(OSError):
        return Path("/proc/sysvipc", name).read_text().splitlines()[1:]
    return []


def state(pid: int) -> dict[str, str]:
    """Describe what others may have changed in a process: limits, priority, processors, the aim of the OOM killer."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        return {
            "limits": Path(f"/proc/{pid}/limits").read_text(),
            "OOM score": Path(f"/proc/{pid}/oom_score_adj").read_text(),
            "priority": str(os.getpriority(os.PRIO_PROCESS, pid)),
            "processors": str(sorted(os.sched_getaffinity(pid))),
            "tracer": status.partition("TracerPid:")[2].split()[0],
            "host name": socket.gethostname(),
        }
    return {}


class Run:
    """One hostile notebook, graded, and what it left behind."""

    def __init__(self, job: dict[str, Any]) -> None:
        """Lay out the arena: the course, a home, things outside, and sockets that listen."""
        self.job, self.token = job, job["token"]
        OUTSIDE.mkdir(parents=True)
        HOME.mkdir()
        shutil.copytree(confinement.TEMPLATE, COURSE, symlinks=True)
        confinement.take_away(confinement.TEMPLATE)
        for path, kind in ((OUTSIDE / "secret.txt", "OUTSIDE"), (HOME / ".secret", "HOME")):
            path.write_text(f"CANARY_{kind}_{self.token}\n")
        self.sockets: dict[str, socket.socket] = {}
        self.unix, self.abstract = ARENA / "listen.sock", f"gradetape-arena-{self.token}"
        for name, family, kind, address in (
            ("PORT", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("UDP", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("UNIX", socket.AF_UNIX, socket.SOCK_STREAM, str(self.unix)),
            ("ABSTRACT", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.abstract}"),
        ):
            line = self.sockets[name] = socket.socket(family, kind)
            line.bind(address)
            if kind == socket.SOCK_STREAM:
                line.listen()
            line.setblocking(False)
        confinement.give(ARENA)

    def report(self) -> dict[str, Any]:
        """Grade, and tell everything that is needed to judge."""
        job = self.job
        grader = Watch(job["command"], COURSE, job["seconds"], self.token)
        self._hand_in(grader.pid)
        before, rows = snapshot(), as_grader(gradebook)
        found: dict[str, Any] = {"run": grader.run()}
        found["left"] = self._left()
        if found["run"]["outcome"] == "ended" and "feedback" in job:
            found["feedback"] = Watch(job["feedback"], COURSE, 60, self.token).run()
        after = snapshot()
        found["files"] = difference(before, after)
        found["gradebook"] = difference(rows or {}, as_grader(gradebook) or {})
        found["callers"] = self._callers()
        found["objects"] = [name for name in ("shm", "msg", "sem") if _table(name)]
        files = set(found["files"]) - set(job["usual"])
        touched = files or found["gradebook"] or found["left"] or found["objects"] or found["run"]["changed"]
        if found["run"]["outcome"] == "ended" and (job["always_again"] or touched):
            again = Watch(job["honest"], COURSE, job["seconds"], self.token).run()
            found["again"] = again | {"scores": as_grader(lambda: scores(job["reader"], "ada"))}
        end_all()
        if "convert" in job:
            Watch(job["convert"], COURSE, 60, self.token).run()
            end_all()
        found["scores"] = as_grader(lambda: scores(job["reader"], "mallory"))
        found["shown"] = as_grader(lambda: shown(job["reader"], self.token))
        found["scripts"] = as_grader(scripts)
        return found

    def _hand_in(self, pid: int) -> None:
        """Put the hostile notebook into its place, with what stands for its marks."""
        port, datagrams = (self.sockets[name].getsockname()[1] for name in ("PORT", "UDP"))
        places = {"OUTSIDE": OUTSIDE, "PARENT": pid, "PORT": port, "UDP": datagrams, "UNIX": self.unix}
        text = base64.b64decode(self.job["notebook"]).decode()
        for name, value in {**places, "ABSTRACT": self.abstract}.items():
            text = text.replace(f"@{name}@", str(value))
        path = COURSE / "submitted" / "mallory" / "vault" / "vault.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        confinement.give(path.parents[1])

    def _left(self) -> list[str]:
        """Wait a little for processes to end by themselves; name those that do not."""
        until = time.monotonic() + GRACE
        while processes() and time.monotonic() < until:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)
            time.sleep(0.1)
        return processes()[:5]

    def _callers(self) -> list[str]:
        found = []
        for name, line in self.sockets.items():
            if select.select([line], [], [], 0)[0]:
                with contextlib.suppress(OSError):
                    line.recv(1) if name == "UDP" else line.accept()
                    found.append(name)
        return found


def snapshot() -> dict[str, str]:
    """Digest every file that lies around, by its path."""
    seen: dict[str, str] = {}
    folders = list(map(str, WATCHED))
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if OWN.search(entry.path):
                continue
            with contextlib.suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                kind = f"{found.st_mode:o}"
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_symlink():
                    kind += str(Path(entry.path).readlink())
                elif entry.is_file(follow_symlinks=False):
                    large = found.st_size > LARGE
                    digest = f"{found.st_size} {found.st_mtime}" if large else _digest(entry.path)
                    kind += digest
                seen[entry.path] = kind
    return seen


def _digest(path: str) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - bytes of names that are no text
        return hashlib.file_digest(file, "sha256").hexdigest()


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Name what is new, gone or changed."""
    names = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    names = [name for name in names if not any(other.startswith(f"{name}/") for other in names)]
    shorter = [name.replace(str(ARENA) + "/", "").replace(str(confinement.UPPER), "environment") for name in names]
    return sorted(shorter)[:200]


# As the grader, on files that hostile code may have written


def _base() -> sqlite3.Connection:
    return sqlite3.connect(f"file:{COURSE / 'gradebook.db'}?mode=ro", uri=True, timeout=5)


def gradebook() -> dict[str, str]:
    """Read what the gradebook says about others than the hostile learner."""
    if not (COURSE / "gradebook.db").exists():
        return {}
    try:
        return {place: str(values) for place, values in _grades() if not place.startswith("mallory")}
    except sqlite3.Error as error:
        return {"gradebook": str(error)}


def _grades() -> list[tuple[str, tuple[Any, ...]]]:
    base = _base()
    tables = {row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "grade" not in tables:
        rows = base.execute("SELECT rowid, * FROM notes ORDER BY rowid").fetchall()
        return [(f"note {row[0]}", row[1:]) for row in rows]
    found = []
    joined = (
        "JOIN submitted_notebook sn ON sn.id = {0}.notebook_id "
        "JOIN submitted_assignment sa ON sa.id = sn.assignment_id "
        "JOIN base_cell bc ON bc.id = {0}.cell_id"
    )
    query = "SELECT sa.student_id, bc.name, g.auto_score, g.manual_score, g.extra_credit FROM grade g " + joined
    found += [(f"{r[0]} {r[1]}", r[2:]) for r in base.execute(query.format("g"))]
    query = "SELECT sa.student_id, bc.name, c.auto_comment, c.manual_comment FROM comment c " + joined
    found += [(f"{r[0]} comment on {r[1]}", r[2:]) for r in base.execute(query.format("c"))]
    query = "SELECT bc.name, g.max_score FROM grade_cells g JOIN base_cell bc ON bc.id = g.id"
    found += [(f"points of {r[0]}", r[1:]) for r in base.execute(query)]
    found += [(f"source of {r[0]}", r[1:]) for r in base.execute("SELECT name, source FROM source_cell")]
    return found


def scores(reader: str, student: str) -> dict[str, float | None]:
    """Read the points of both questions from where the grader writes them."""
    none: dict[str, float | None] = {"double": None, "square": None}
    if reader == "nbgrader":
        for place, (*values, extra) in ((p, v) for p, v in _grades() if len(v) == 3):
            who, _, question = place.partition(" ")
            if who == student and question in none:
                given = [value for value in reversed(values) if value is not None]
                none[question] = given[0] + (extra or 0) if given else None
        return none
    path = COURSE / "results" / student / "results.json"
    if path.exists():
        for test in json.loads(path.read_text())["tests"]:
            question = test["name"].partition(" ")[0]
            if question in none and "score" in test:
                none[question] = (none[question] or 0) + test["score"]
    return none


def shown(reader: str, token: str) -> dict[str, Any]:
    """Search what the learner's run shows for secrets of this run, and keep the beginning of what it printed."""
    if reader == "nbgrader":
        path = COURSE / "autograded" / "mallory" / "vault" / "vault.ipynb"
        sources = None
    else:
        path = COURSE / "results" / "mallory" / "executed.ipynb"
        handed_in = json.loads((COURSE / "submitted" / "mallory" / "vault" / "vault.ipynb").read_text())
        sources = {_text(cell["source"]) for cell in handed_in["cells"]}
    texts: dict[str, str] = {}
    if path.is_file() and path.stat().st_size < 2**29:
        for cell in json.loads(path.read_text())["cells"]:
            if "outputs" in cell:
                own = sources is None or _text(cell["source"]) in sources
                where = "outputs" if own else "outputs of the grader's cells"
                texts[where] = texts.get(where, "") + "\n".join(map(_output, cell["outputs"]))
    results = COURSE / "results" / "mallory" / "results.json"
    if results.is_file():
        tests = json.loads(results.read_text())["tests"]
        seen = [test for test in tests if test.get("visibility") not in ("hidden", "after_published")]
        texts["results.json"] = json.dumps(seen, ensure_ascii=False)
        texts["results.json for staff"] = json.dumps(tests, ensure_ascii=False)
    page = COURSE / "feedback" / "mallory" / "vault" / "vault.html"
    if page.is_file():
        texts["feedback page"] = page.read_text(errors="replace")
    secrets = {where: _secrets(text, token) for where, text in texts.items()}
    told = texts.get("outputs", "").replace(token, "…")
    return {"notebook": path.is_file(), "secrets": secrets, "told": told[:6000]}


def _secrets(text: str, token: str) -> list[tuple[str, str]]:
    """List the secrets in a text, each with what stands around it, so that what is always shown can be told apart."""
    found = set()
    for hit in re.finditer(rf"CANARY_([A-Z]+)_{token}", text):
        around = text[max(0, hit.start() - 30) : hit.end() + 2]
        found.add((hit[1], re.sub(r"\s+", " ", around).replace(token, "…")))
    return sorted(found)[:100]


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _output(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return _text(output["text"])
    if output["output_type"] == "error":
        return "\n".join([output["ename"], output["evalue"], *output["traceback"]])
    return "\n".join(_text(v) if isinstance(v, (str, list)) else json.dumps(v) for v in output["data"].values())


class _Scripts(html.parser.HTMLParser):
    """Collects what a browser would run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script"
        for name, value in attrs:
            address = re.sub(r"[\s\x00-\x1f]", "", value or "").lower()
            if name.startswith("on") or address.startswith(("javascript:", "data:text/html")):
                self.found.add(f"{name}={value}"[:200])
            elif name in ("src", "srcdoc") and tag in ("script", "iframe", "embed", "object"):
                self.found.add(f"<{tag} {name}={value}"[:200])

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.add(f"<script>{data.strip()}"[:200])


def scripts() -> list[str] | None:
    """List what the feedback page would run; None without a page."""
    page = COURSE / "feedback" / "mallory" / "vault" / "vault.html"
    if not page.is_file():
        return None
    parser = _Scripts()
    parser.feed(page.read_text(errors="replace")[:50_000_000])
    parser.close()
    return sorted(parser.found)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
