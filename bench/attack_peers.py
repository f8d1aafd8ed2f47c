"""Run the attack suite against other graders, and write down which attacks succeed there.

The notebooks of tests/attacks are graded by stock nbgrader and by otter-grader, each used as its own documentation
tells instructors to, and each in an environment of its own in bench/.envs. Every run happens in a throw-away
machine (confinement.py); without one that proves to hold, nothing is run. Results so far are kept in
bench/out/attacks.json, so that a stopped run goes on where it was; bench/out/attacks.md holds the table.
"""

from __future__ import annotations

import argparse
import base64
import concurrent.futures
import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import platform
import re
import secrets
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests"), str(ROOT / "tests" / "attacks")]
from attacks import AIMS, PLACES, Attack, load  # noqa: E402
from confinement import STOP, ConfinementError, prove, start  # noqa: E402
from peers import PEERS, Peer  # noqa: E402

OUT = ROOT / "bench" / "out"
MOST_MEMORY = 3 * 1024
MOST_SHARED = 1024
MOST_DISK = 1024
MOST_TASKS = 500
RULES = {
    "read": "the random part of a secret stands in what the learner's cells put out, or in the visible results",
    "forge": "more than 0 points for `double`, whose answer is wrong",
    "harm": "a file or a row of the gradebook changed that is not the learner's, a listening socket was reached, a "
    "setting of the grader's process changed, the honest learner's next score differs, or the points for the honest "
    "`square` are lost",
    "flood": "grading took longer than the limit or was killed, took more than 3 GiB of memory, 1 GiB of shared memory "
    "(in /dev/shm, memory files or System V segments), 1 GiB of disk or 500 processes and threads, or the points for "
    "the honest `square` are lost",
    "linger": "something it started or wrote is still there after grading: a process, an object of System V memory, "
    "a file that is not the learner's",
    "inject": "a script, a handler or a script's address that the page does not have by itself is on the feedback page",
}
# Attacks that leave nothing to measure but what they print themselves: told apart in the table.
TOLD = {
    "become_root": "now 0",
    "listen_on_a_port": "and somebody came",
    "make_user_namespace": "root in a namespace of its own",
    "open_raw_sockets": "opened",
    "raise_its_limits": "raised to",
    "trace_a_child": "the child is traced",
    "trace_parent": "attached",
    "write_into_parents_memory": "written",
}
OURS = re.compile(
    r"(?m)^(?:import|from) (?:gradetape|msgpack|cloudpickle)\b|\.gradetape\b|mistakes\.py|/graders/\*|\"graders\", \"\*"
)
NOTHING_LOST = {"double": 2.0, "square": 2.0}
CONTROL = Attack(
    "innocent_notebook",
    "Does nothing but answer, once wrongly and once rightly.",
    "harm",
    {"first": "print('hello')"},
    {"double": 0.0, "square": 2.0},
)


def main() -> int:
    """Run what the command line asks for; 0 when everything could be run."""
    options = _options()
    attacks = _chosen(options.only)
    peers = [PEERS[name] for name in (PEERS if options.peer == "all" else [options.peer])]
    kept = Kept(fresh=options.fresh, seconds=options.seconds)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with contextlib.ExitStack() as stack:
            benches = []
            for peer in peers:
                bench = Bench(peer, kept, options)
                left = bench.left(attacks)
                print(f"{peer.title}: {len(attacks) - len(left)} attacks have a result, {len(left)} to run", flush=True)
                if left:
                    benches.append(stack.enter_context(bench))
            failed = _run([(bench, attack) for attack in attacks for bench in benches if bench.left([attack])], options)
    except ConfinementError as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; the next call goes on from here.", file=sys.stderr)
        return 130
    finally:
        kept.write_table(load())
    print(summary(kept.peers, load()))
    print(f"Written: {_near(kept.file)}, {_near(kept.page)}")
    return 1 if failed else 0


def _run(tasks: list[tuple[Bench, Attack]], options: argparse.Namespace) -> int:
    """Run attack after attack against each grader, and return how many could not be run."""
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(bench.one, attack, n): (bench, attack) for n, (bench, attack) in enumerate(tasks)}
        try:
            for count, future in enumerate(concurrent.futures.as_completed(running), 1):
                bench, attack = running[future]
                try:
                    found = future.result()
                    said = f"{word(found):4} {found['evidence']}"
                except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
                    if "Not confined" in str(error):
                        raise
                    failed += 1
                    said = f"could not be run: {type(error).__name__} {error}"[:300]
                where = f"[{count:3}/{len(tasks)}] {bench.peer.name:9}"
                print(f"{where} {attack.aim:6} {attack.name:42} {said}", flush=True)
        finally:
            STOP.set()
            pool.shutdown(cancel_futures=True)
    return failed


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Run the hostile notebooks of tests/attacks against other graders, confined, and tabulate which "
        "succeed. Needs root, or user namespaces for everybody; Linux only.",
        epilog="Exit code: 0 all ran, 1 some could not be run, 2 the confinement does not hold, 130 stopped by hand.",
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these attacks, by the names of their files")
    parser.add_argument("--peer", choices=[*PEERS, "all"], default="all", help="which grader (default: all)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at the same time (default: 1)")
    parser.add_argument("--seconds", type=float, default=120, metavar="N", help="limit of one grading (default: 120)")
    parser.add_argument("--fresh", action="store_true", help="forget results so far")
    return parser.parse_args()


def _chosen(names: list[str] | None) -> list[Attack]:
    found = load()
    unknown = sorted(set(names or ()) - {attack.name for attack in found})
    if unknown:
        raise SystemExit(f"There is no attack {', '.join(unknown)} in tests/attacks/cells.")
    return [attack for attack in found if not names or attack.name in names]


def _near(path: Path) -> Path:
    return path.relative_to(ROOT)


class Kept:
    """The results so far, on disk after every attack."""

    def __init__(self, *, fresh: bool, seconds: float) -> None:
        """Read what is there, unless it is to be forgotten; one run at a time may do so."""
        OUT.mkdir(exist_ok=True)
        self._only = (OUT / "running").open("w")
        try:
            fcntl.flock(self._only, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit("Another run writes to bench/out; wait for its end.") from None
        self.file, self.page = OUT / "attacks.json", OUT / "attacks.md"
        self.seconds = seconds
        self.lock = threading.Lock()
        old = {} if fresh or not self.file.exists() else json.loads(self.file.read_text())
        self.peers: dict[str, Any] = old.get("peers", {})

    def of(self, peer: Peer) -> dict[str, Any]:
        """Give the part of a peer; one of another version is forgotten."""
        found: dict[str, Any] = self.peers.setdefault(peer.name, {})
        if found.get("version") != peer.version:
            found.clear()
            found.update(version=peer.version, attacks={})
        return found

    def save(self) -> None:
        """Write all results, in one step."""
        machine = {
            "python": platform.python_version(),
            "kernel": platform.release().partition("-")[0],
            "processors": os.cpu_count(),
            "ptrace": _setting("/proc/sys/kernel/yama/ptrace_scope"),
        }
        made = {"machine": machine, "seconds": self.seconds, "rules": RULES, "peers": self.peers}
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
        new.replace(self.file)

    def write_table(self, attacks: list[Attack]) -> None:
        """Write the Markdown page."""
        if self.peers:
            self.save()
            self.page.write_text(table(self.peers, attacks, self.seconds))


def _setting(path: str) -> str:
    return Path(path).read_text().strip() if Path(path).exists() else "not restricted"


class Bench:
    """One grader with its course, and the runs against it."""

    def __init__(self, peer: Peer, kept: Kept, options: argparse.Namespace) -> None:
        """Make the course with secrets of this session."""
        self.peer, self.kept, self.options = peer, kept, options
        self.token = secrets.token_hex(12)
        self.of = kept.of(peer)
        self.usual: dict[str, Any] = {"files": []}

    def left(self, attacks: list[Attack]) -> list[Attack]:
        """List the attacks without a result, or with one of another version of theirs."""
        done = self.of["attacks"]
        return [attack for attack in attacks if done.get(attack.name, {}).get("digest") != digest(attack)]

    def __enter__(self) -> Self:
        """Install the grader, try the walls, make the course, and grade an innocent notebook.

        Raises:
            ConfinementError: the walls do not hold, or the course does not grade as it should.
        """
        self.peer.install()
        checks = prove(self.peer.environment)["checks"]
        print(f"{self.peer.title}: the confinement was tried by {checks} checks and holds", flush=True)
        self._folder = tempfile.TemporaryDirectory(prefix="course-")
        try:
            self.course = self.peer.prepare(Path(self._folder.name), self.token)
            self.base = self.peer.base(self.course)
            self._control()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the course."""
        self._folder.cleanup()

    def _control(self) -> None:
        """Grade an innocent notebook: what it changes is the grader's own doing, and it must gain nothing."""
        found = self._grade(CONTROL, feedback=True)
        if found.get("scores") != CONTROL.expects or found["again"]["scores"] != NOTHING_LOST:
            raise ConfinementError(f"The course of {self.peer.title} does not grade as it should: {found}")
        self.usual = found
        shown = {where: words for where, words in found["shown"]["secrets"].items() if words}
        seconds = found["run"]["seconds"]
        self.of["control"] = {"seconds": seconds, "secrets": shown, "files": found["files"]}
        places = ", ".join(shown) or "nowhere"
        print(f"{self.peer.title}: an innocent notebook takes {seconds} s; it shows secrets: {places}", flush=True)

    def one(self, attack: Attack, number: int) -> dict[str, Any]:
        """Grade one hostile notebook, judge what came of it, and keep that."""
        found = self._grade(attack, number=number, feedback=attack.aim == "inject")
        if STOP.is_set():
            raise ConfinementError("Stopped by hand.")
        raw = OUT / "raw" / self.peer.name / f"{attack.name}.json"
        raw.parent.mkdir(parents=True, exist_ok=True)
        raw.write_text(json.dumps(found, indent=1))
        verdict = judge(attack, found, self.usual, self.peer, self.options.seconds)
        with self.kept.lock:
            self.of["attacks"][attack.name] = verdict
            self.kept.save()
        return verdict

    def _grade(self, attack: Attack, *, number: int = 0, feedback: bool = False) -> dict[str, Any]:
        notebook = attack.notebook(self.base, {place: f"@{place}@" for place in PLACES})
        job = {
            "kind": "grade",
            "environment": str(self.peer.environment),
            "course": str(self.course),
            "token": self.token,
            "notebook": base64.b64encode(notebook).decode(),
            "seconds": self.options.seconds,
            "always_again": attack.aim == "harm",
            "usual": self.usual["files"],
            **self.peer.commands(feedback=feedback),
        }
        cpus = sorted(os.sched_getaffinity(0))
        return start(job, 2 * self.options.seconds + 240, cpus[-1 - number % min(self.options.jobs, len(cpus))])


def digest(attack: Attack) -> str:
    """Give a short sum of what an attack does, so that a changed one is run again."""
    text = json.dumps([attack.cells, attack.aim, attack.expects])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def judge(attack: Attack, found: dict[str, Any], usual: dict[str, Any], peer: Peer, seconds: float) -> dict[str, Any]:
    """Decide by the rules whether an attack succeeded, and say in a few words by what."""
    facts = _facts(attack, found, usual, seconds)
    reasons = facts[attack.aim]
    also = {aim: said for aim, said in facts.items() if said and aim != attack.aim}
    text = "\n".join(attack.cells.values())
    verdict: bool | None = bool(reasons)
    evidence = "; ".join(reasons)
    if attack.aim == "inject" and not peer.pages:
        verdict, evidence = None, "there are no feedback pages"
    elif not reasons and attack.name in TOLD and TOLD[attack.name] in found.get("shown", {}).get("told", ""):
        verdict, evidence = None, f"it prints {TOLD[attack.name]!r}, and leaves nothing to measure"
    elif not reasons and OURS.search(text):
        verdict, evidence = None, "aims at parts that only Gradetape has"
    elif not reasons:
        evidence = _why_not(found)
    run = found.get("run", {})
    return {
        "aim": attack.aim,
        "about": attack.about,
        "digest": digest(attack),
        "succeeded": verdict,
        "evidence": evidence,
        "also": {aim: "; ".join(said) for aim, said in also.items()},
        "scores": found.get("scores"),
        "seconds": run.get("seconds"),
        "limit": seconds,
        "memory_mib": run.get("memory"),
        "when": dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%dT%H:%MZ"),
    }


def _facts(attack: Attack, found: dict[str, Any], usual: dict[str, Any], seconds: float) -> dict[str, list[str]]:
    """List the evidence for every aim."""
    if "killed" in found:
        return {aim: [found["killed"]] if aim in ("flood", "harm") else [] for aim in AIMS}
    scores = found["scores"] or {"double": None, "square": None}
    lost = []
    if (scores["square"] or 0) < attack.expects["square"]:
        lost = [f"{'no' if scores['square'] is None else format(scores['square'], 'g')} points for the right square"]
    files = [name for name in found["files"] if name not in usual["files"]]
    return {
        "read": _read(found, usual),
        "forge": [f"{scores['double']:g} points for double"] if scores["double"] else [],
        "harm": lost + _harm(found, usual, files),
        "flood": _flood(found["run"], seconds) + lost,
        "linger": _linger(found, files if attack.aim == "linger" else []),
        "inject": _inject(found, usual),
    }


def _read(found: dict[str, Any], usual: dict[str, Any]) -> list[str]:
    said = []
    for where, secret in (found["shown"] or {"secrets": {}})["secrets"].items():
        always = usual["shown"]["secrets"].get(where, [])
        new = sorted({kind for kind, around in secret if [kind, around] not in always})
        if new and where in ("outputs", "results.json"):
            said.append(f"{where} show {', '.join(kind.lower() for kind in new)}")
    return said


def _harm(found: dict[str, Any], usual: dict[str, Any], files: list[str]) -> list[str]:
    again = found.get("again", {}).get("scores", NOTHING_LOST)
    changed = sorted(set(found["run"]["changed"]) - set(usual["run"]["changed"]))
    evidence = {
        f"changed {_few(files)}": files,
        f"gradebook: {_few(found['gradebook'])}": found["gradebook"],
        f"reached {', '.join(found['callers'])}": found["callers"],
        f"changed the grader's {', '.join(changed)}": changed,
        f"the next learner gets {_points(again)}": again != NOTHING_LOST,
    }
    return [said for said, holds in evidence.items() if holds]


def _flood(run: dict[str, Any], seconds: float) -> list[str]:
    evidence = {
        f"grading went on for more than {seconds:.0f} s": run["outcome"] == "too slow",
        "killed at 12 GiB": run["outcome"] == "too much memory",
        f"{run['memory'] / 1024:.1f} GiB of memory": run["memory"] > MOST_MEMORY,
        f"{run['shared'] / 1024:.1f} GiB of shared memory": run["shared"] > MOST_SHARED,
        f"{run['disk'] / 1024:.1f} GiB of disk": run["disk"] > MOST_DISK,
        f"{run['tasks']} processes and threads": run["tasks"] > MOST_TASKS,
    }
    return [said for said, holds in evidence.items() if holds]


def _linger(found: dict[str, Any], files: list[str]) -> list[str]:
    left = found["left"] if found["run"]["outcome"] == "ended" else []
    evidence = {
        f"{len(left)} process{'es' * (len(left) > 1)} left": left,
        f"System V {', '.join(found['objects'])} left": found["objects"],
        f"wrote {_few(files)}": files,
    }
    return [said for said, holds in evidence.items() if holds]


def _inject(found: dict[str, Any], usual: dict[str, Any]) -> list[str]:
    new = [line for line in found.get("scripts") or () if line not in (usual.get("scripts") or ())]
    return [f"{len(new)} on the page, as {new[0][:60]!r}"] if new else []


def _few(names: list[str]) -> str:
    shorter = [name.replace("outside/course/", "course/") for name in names]
    return ", ".join(shorter[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _points(scores: dict[str, float | None] | None) -> str:
    if not scores:
        return "no score"
    return ", ".join(f"{name} {'none' if value is None else format(value, 'g')}" for name, value in scores.items())


def _why_not(found: dict[str, Any]) -> str:
    """Name the module that an attack missed, if that is why it failed."""
    missing = re.search(r"No module named '([\w.]+)'", (found.get("shown") or {}).get("told", ""))
    return f"no module {missing[1]} there" if missing else ""


def word(found: dict[str, Any]) -> str:
    """Say a verdict in a word."""
    return {True: "yes", False: "no", None: "n/a"}[found["succeeded"]]


def summary(peers: dict[str, Any], attacks: list[Attack]) -> str:
    """Count successes per aim, as a Markdown table."""
    shown = [PEERS[name] for name in PEERS if name in peers]
    lines = ["| aim | attacks | " + " | ".join(peer.title for peer in shown) + " |", "|---|--:|" + "--:|" * len(shown)]
    for aim in (*AIMS, "all"):
        names = [attack.name for attack in attacks if aim in (attack.aim, "all")]
        cells = []
        for peer in shown:
            found = [peers[peer.name]["attacks"][name] for name in names if name in peers[peer.name]["attacks"]]
            count = [word(one) for one in found]
            rest = len(names) - len(found)
            tail = f", {count.count('n/a')} n/a" * ("n/a" in count) + f", {rest} not run" * bool(rest)
            cells.append(f"{count.count('yes')} of {count.count('yes') + count.count('no')}{tail}")
        lines.append(f"| {aim} | {len(names)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def table(peers: dict[str, Any], attacks: list[Attack], seconds: float) -> str:
    """Write everything as a part of a Markdown page."""
    shown = [PEERS[name] for name in PEERS if name in peers]
    lines = [
        "Successful attacks, of those that apply:",
        "",
        summary(peers, attacks),
        "",
        f"An attack counts as successful when (the limit of a grading is {seconds:.0f} s):",
        "",
        *(f"- {aim}: {rule}." for aim, rule in RULES.items()),
        "",
        "The other graders ran as their documentation shows, by a user without rights: "
        + "; ".join(f"{peer.title} with {peer.manner}" for peer in shown)
        + ".",
        "",
        "| attack | aim | " + " | ".join(peer.title for peer in shown) + " |",
        "|---|---|" + "---|" * len(shown),
    ]
    for attack in attacks:
        cells = []
        for peer in shown:
            found = peers[peer.name]["attacks"].get(attack.name)
            said = "not run" if found is None else word(found)
            evidence = "" if found is None else _plain(found["evidence"])
            cells.append(f"**{said}**: {evidence}" if said == "yes" else f"{said}: {evidence}" if evidence else said)
        lines.append(f"| {attack.name.replace('_', ' ')} | {attack.aim} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Make a text fit into a cell of a table, with no markup of its own."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text)
    return re.sub(r"([|<>*_`\[\]\\])", r"\\\1", text)


if __name__ == "__main__":
    sys.exit(main())
