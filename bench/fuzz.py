"""Fuzz everything that reads strangers' bytes on the trusted side.

Each target runs in a process of its own with a ceiling of memory, watched from outside, so that a hang or a
crash of the interpreter is a finding like any other. Where the package `atheris` is installed, it guides the
inputs by coverage; otherwise mutations of a corpus are guided by the lines they reach. Both begin with real
files and with drawn values, and change documents by their structure as well as by their bytes. What fails is
saved in .gradetape/fuzz/, which git ignores, and so are the slowest input and the one of most memory.
"""

from __future__ import annotations

import argparse
import base64
import collections
import hashlib
import importlib.util
import json
import mmap
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".gradetape" / "fuzz"
TARGETS = ("tree", "frames", "replies", "notebook", "result", "compare")
LARGEST = 64 * 2**10
HANG = 20.0
SLOW = 1.0
MEMORY = 256 * 2**20
CEILING = 4 * 2**30
TRACED = 4096


def main() -> int:
    """Run what the command line asks for; 1 when anything failed."""
    options = _options()
    if options.replay:
        return _replay(options.target, options.replay)
    if options.worker:
        _Worker(options.target, options.minutes * 60, options.seed, Path(options.worker)).run()
        return 0
    names = TARGETS if options.target == "all" else (options.target,)
    print(f"{options.minutes:g} minutes of CPU time over {', '.join(names)}; seed {options.seed}; engine: {_engine()}")
    rows = [_Watch(name, 60 * options.minutes / len(names), options.seed).row() for name in names]
    _print(rows)
    return 1 if any(row["failures"] for row in rows) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1])
    parser.add_argument("--minutes", type=float, default=10, help="CPU time, all targets together (default: 10)")
    parser.add_argument("--target", choices=(*TARGETS, "all"), default="all", help="what to fuzz (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="where the random numbers begin (default: 1)")
    parser.add_argument("--replay", metavar="FILE", type=Path, help="run one saved input of --target and show its cost")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.replay and options.target == "all":
        parser.error("--replay needs the --target of the input")
    return options


def _engine() -> str:
    return "atheris" if importlib.util.find_spec("atheris") else "own mutations"


def _hostile() -> Any:
    sys.path.insert(0, str(ROOT / "tests" / "fuzz"))
    import hostile

    return hostile


def _replay(target: str, path: Path) -> int:
    """Run one input in this process, and say what it costs or how it fails."""
    hostile = _hostile()
    data = path.read_bytes()
    hostile.cost(target, hostile.seeds(target)[0])
    try:
        cost = hostile.cost(target, data)
    except Exception:  # noqa: BLE001 - every kind of failure is a finding
        traceback.print_exc()
        return 1
    print(json.dumps({"bytes": len(data), "seconds": round(cost.seconds, 4), "MiB": round(cost.memory / 2**20, 2)}))
    return 0


# The side that watches ------------------------------------------------------------------------------------------------


class _Watch:
    """One target: starts its process, again after each crash, until the time is used up."""

    def __init__(self, target: str, seconds: float, seed: int) -> None:
        self.target, self.seconds, self.seed = target, seconds, seed
        self.totals: collections.Counter[str] = collections.Counter()
        self.coverage = ""
        self.worst: dict[str, bytes] = {}
        self.failures: set[str] = set()

    def row(self) -> dict[str, Any]:
        """Fuzz, and return the figures."""
        round_ = 0
        while self.totals["cpu"] < self.seconds - 1 and round_ < 50:
            with tempfile.TemporaryDirectory() as scratch:
                self._once(Path(scratch), self.seed + 1000 * round_)
            round_ += 1
        costs = {what: self._cost(data) for what, data in self.worst.items()}
        for what, data in self.worst.items():
            _save(self.target, data, f"no failure: the worst of its run in being {what}", name=f"{what}-{self.target}")
        slow, large = costs.get("slow", {}), costs.get("large", {})
        return {
            "target": self.target,
            "executions": int(self.totals["runs"]),
            "CPU s": round(self.totals["cpu"]),
            "coverage": self.coverage,
            "slowest input": f"{slow.get('seconds', 0):.3f} s ({slow.get('bytes', 0):,} bytes)",
            "largest memory": f"{large.get('MiB', 0):.1f} MiB ({large.get('bytes', 0):,} bytes)",
            "failures": len(self.failures),
        }

    def _cost(self, data: bytes) -> dict[str, Any]:
        done = _in_fresh_process(self.target, data)
        return dict(json.loads(done.stdout.splitlines()[-1])) if done.returncode == 0 else {}

    def _once(self, scratch: Path, seed: int) -> None:
        left = (self.seconds - self.totals["cpu"]) / 60
        command = [sys.executable, __file__, "--target", self.target, "--minutes", str(left), "--seed", str(seed)]
        with (scratch / "log").open("wb") as log:
            worker = subprocess.Popen([*command, "--worker", str(scratch)], stdout=log, stderr=log)
            hung = self._wait(worker, scratch)
        stats = _stats(scratch)
        self._add(stats, scratch)
        if hung or not stats.get("done"):
            last = _last(scratch)
            said = f"no end within {HANG:g} s" if hung else f"the process ended with {worker.returncode}"
            log_text = (scratch / "log").read_text(errors="replace")[-3000:]
            self.failures.add(_save(self.target, last, f"{said}\n\n{log_text}"))
            self.totals["cpu"] += HANG if hung else 1

    def _wait(self, worker: subprocess.Popen[bytes], scratch: Path) -> bool:
        """Wait for the worker's end; kill it, and say so, when it hangs at one input."""
        number, since, began = -1, 0.0, time.monotonic()
        while worker.poll() is None:
            time.sleep(0.2)
            now, used = _number(scratch), _cpu(worker.pid)
            if now != number:
                number, since, began = now, used, time.monotonic()
            elif number > 0 and (used - since > HANG or time.monotonic() - began > 15 * HANG):
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                return True
        return False

    def _add(self, stats: dict[str, Any], scratch: Path) -> None:
        self.totals["runs"] += stats.get("runs", 0)
        self.totals["cpu"] += stats.get("cpu", 0)
        self.failures.update(stats.get("failures", ()))
        edges = re.findall(r"cov: (\d+)", (scratch / "log").read_text(errors="replace"))
        self.coverage = f"{edges[-1]} edges" if edges else f"{stats.get('paths', 0)} line pairs"
        for what in ("slow", "large"):
            if what in stats and stats[what][0] >= self.totals[what]:
                self.totals[what] = stats[what][0]
                self.worst[what] = base64.b64decode(stats[what][1])


def _stats(scratch: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((scratch / "stats").read_text()))
    except (OSError, ValueError):
        return {}


def _number(scratch: Path) -> int:
    try:
        with (scratch / "input").open("rb") as file:
            return int.from_bytes(file.read(8), "little")
    except OSError:
        return -1


def _last(scratch: Path) -> bytes:
    try:
        stored = (scratch / "input").read_bytes()
    except OSError:
        return b""
    return stored[16 : 16 + int.from_bytes(stored[8:16], "little")]


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _in_fresh_process(target: str, data: bytes) -> subprocess.CompletedProcess[str]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        command = [sys.executable, __file__, "--target", target, "--replay", file.name]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def _save(target: str, data: bytes, said: str, name: str = "") -> str:
    """Keep an input and what was said about it; return its name."""
    name = name or f"{target}-{hashlib.sha256(data).hexdigest()[:12]}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.bin").write_bytes(data)
    (FOLDER / f"{name}.txt").write_text(said)
    return name


def _print(rows: list[dict[str, Any]]) -> None:
    table = [list(rows[0]), *([f"{v:,}" if isinstance(v, int) else str(v) for v in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if any(row["failures"] for row in rows):
        print(f"\nFailing inputs, with their tracebacks beside them: {FOLDER}")
        print("Run one again with: python bench/fuzz.py --target TARGET --replay FILE")


# The side that works --------------------------------------------------------------------------------------------------


class _Worker:
    """Runs inputs of one target, measures them, and writes down what comes of it."""

    def __init__(self, target: str, seconds: float, seed: int, scratch: Path) -> None:
        self.target, self.seconds, self.seed, self.scratch = target, seconds, seed, scratch
        self.rng = random.Random(seed)
        self.runs = 0
        self.keys: set[str] = set()
        self.failures: list[str] = []
        self.worst: dict[str, tuple[float, bytes]] = {}
        self.paths: set[Any] = set()
        self.saved = 0.0
        with (scratch / "input").open("wb") as file:
            file.truncate(16 + LARGEST + 1)
        with (scratch / "input").open("r+b") as file:
            self.shared = mmap.mmap(file.fileno(), 0)

    def run(self) -> None:
        """Fuzz until the time is used up."""
        engine = _engine()
        if engine == "atheris":
            import atheris

            with atheris.instrument_imports(include=["gradetape"]):
                hostile = _hostile()
        else:
            hostile = _hostile()
        self.began = time.process_time()
        self.judge: Callable[[bytes], None] = hostile.TARGETS[self.target]
        self.mutator = _Mutator(self.target, hostile.NAMES)
        seeds = [s for s in hostile.seeds(self.target) if len(s) <= LARGEST]
        for data in seeds:
            self.one(data)
        seeds += self._drawn(hostile)
        resource.setrlimit(resource.RLIMIT_AS, (CEILING, CEILING))
        if engine == "atheris":
            self._guided(atheris, seeds)
        else:
            self._own(seeds)

    def _drawn(self, hostile: Any) -> list[bytes]:
        """Let hypothesis draw inputs; check them, and pass them on to the mutations."""
        import hypothesis

        found: list[bytes] = []
        quiet = hypothesis.settings(
            max_examples=400, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
        )

        @hypothesis.seed(self.seed)
        @quiet
        @hypothesis.given(hostile.strategy(self.target))
        def draw(data: bytes) -> None:
            found.append(data)
            self.one(data)

        draw()
        if self.target == "tree":

            @hypothesis.seed(self.seed)
            @quiet
            @hypothesis.given(hostile.trees)
            def travel(value: Any) -> None:
                try:
                    hostile.round_trip(value)
                except Exception:  # noqa: BLE001
                    self._failed(repr(value).encode()[:LARGEST], traceback.format_exc())

            travel()
        return [data for data in found if len(data) <= LARGEST]

    def _guided(self, atheris: Any, seeds: list[bytes]) -> None:
        corpus = self.scratch / "corpus"
        corpus.mkdir()
        for number, data in enumerate(seeds):
            (corpus / str(number)).write_bytes(data)

        def change(data: bytes, most: int, seed: int) -> bytes:
            rng = random.Random(seed)
            changed = self.mutator.structure(data, rng) if rng.random() < 0.5 else None
            return changed if changed is not None and len(changed) <= most else bytes(atheris.Mutate(data, most))

        flags = ["-timeout=600", "-rss_limit_mb=0", "-len_control=20", f"-max_len={LARGEST}"]
        command = [sys.argv[0], str(corpus), *flags, f"-artifact_prefix={corpus}/", f"-seed={self.seed % 2**31 or 1}"]
        atheris.Setup(command, self.one, custom_mutator=change)
        atheris.Fuzz()

    def _own(self, seeds: list[bytes]) -> None:
        corpus = list(dict.fromkeys(seeds))
        while True:
            first = self.rng.choice(corpus[-50:]) if self.rng.random() < 0.3 else self.rng.choice(corpus)
            data: bytes | None = None
            if self.rng.random() < 0.5:
                data = self.mutator.structure(first, self.rng)
            if data is None:
                data = self.mutator.noise(first, self.rng.choice(corpus), self.rng)
            data = data[:LARGEST]
            if len(data) > TRACED:
                self.one(data)
                continue
            before = len(self.paths)
            sys.settrace(self._trace)
            try:
                self.one(data)
            finally:
                sys.settrace(None)
            if len(self.paths) > before:
                corpus.append(data)

    def _trace(self, frame: Any, _event: str, _arg: Any) -> Any:
        code = frame.f_code
        if "gradetape" not in code.co_filename:
            return None
        last = frame.f_lineno

        def lines(frame: Any, _event: str, _arg: Any) -> Any:
            nonlocal last
            self.paths.add((code, last, frame.f_lineno))
            last = frame.f_lineno
            return lines

        return lines

    def one(self, data: bytes) -> None:
        """Run one input; a failure is written down and the fuzzing goes on."""
        self.runs += 1
        self._share(data)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time() - self.began
        try:
            self.judge(data)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - every kind of failure is a finding
            self._failed(data, "".join(traceback.format_exception(error)))
        ended = time.process_time() - self.began
        grown = 1024.0 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak)
        self._note("slow", ended - began, data)
        self._note("large", grown, data)
        if ended - began > SLOW or grown > MEMORY:
            done = _in_fresh_process(self.target, data)
            if done.returncode:
                self._failed(data, done.stderr)
        if ended - self.saved > 1 or ended > self.seconds:
            self.saved = ended
            self._write(done=ended > self.seconds)
            if ended > self.seconds:
                os._exit(0)

    def _share(self, data: bytes) -> None:
        """Show the watching side which input is next."""
        self.shared[8:16] = len(data).to_bytes(8, "little")
        self.shared[16 : 16 + len(data)] = data
        self.shared[:8] = self.runs.to_bytes(8, "little")

    def _note(self, what: str, amount: float, data: bytes) -> None:
        if amount > self.worst.get(what, (0.0, b""))[0]:
            self.worst[what] = (amount, data)

    def _failed(self, data: bytes, said: str) -> None:
        """Save the first input of each kind of failure: the places its traceback went through."""
        places = re.findall(r'File "[^"]*?([^/"]+)", line (\d+)', said)
        key = repr((places[-4:], said.strip().splitlines()[-1].split(":")[0]))
        if key not in self.keys:
            self.keys.add(key)
            self.failures.append(_save(self.target, data, said))

    def _write(self, *, done: bool) -> None:
        worst = {k: (amount, base64.b64encode(data).decode()) for k, (amount, data) in self.worst.items()}
        stats = {
            "runs": self.runs, "cpu": time.process_time() - self.began, "paths": len(self.paths),
            "failures": self.failures, "done": done, **worst,
        }  # fmt: skip
        part = self.scratch / "stats.part"
        part.write_text(json.dumps(stats))
        part.replace(self.scratch / "stats")


# Mutations ------------------------------------------------------------------------------------------------------------

_CODE = (
    "x = 1", "\ud800", "f'" + "{a}" * 50 + "'", "(" * 150, "a" + ".b" * 500, "-" * 500 + "1", "\0", "lambda: " * 90,
    "a\n" * 200, "if 1:\n x", "'''", "0x" + "f" * 5000, "\\\n" * 30, "a if b else " * 60 + "c",
    "[" * 90 + "x for x in y" + "]" * 90,
)  # fmt: skip
_PLAIN = (None, True, False, 0, 1, 2, 3, 4, 5, -1, 2**31, 2**47, 2**53, 2**63 - 1, -(2**63), 0.5, float("nan"), 1e308)
_WIRE = (
    *"ltdcasrp", "bool", "int8", "int64", "uint64", "float16", "float32", "float64", "bfloat16", "float8_e5m2",
    "complex64", "ok", "tree", "outputs", "output_type", "stream", "error", "execute_result", "data", "success", "text",
    "kind", "execution_count", "x" * 300, b"", b"\0" * 8, b"\x01" + b"\0" * 7, b"\xff" * 8, b"\x7f" * 4, [],
    ["a", "int64", [1], b"\0" * 8], ["s", [1], ["x"]], ["a", "float32", [2], b"\0\0\x80\x7f\x01\0\x80\x7f"],
)  # fmt: skip


class _Mutator:
    """Changes documents: JSON and MessagePack by their structure, anything by its bytes."""

    def __init__(self, target: str, names: dict[str, tuple[str, ...]]) -> None:
        self.json = target in names
        self.framed = target == "frames"
        self.words = [*_PLAIN, *(names[target] if self.json else _WIRE)]
        if target == "notebook":
            self.words += _CODE

    def structure(self, data: bytes, rng: random.Random) -> bytes | None:
        """Change a document's structure; None when the bytes are no document."""
        import msgpack

        head, body = (data[:9], data[9:]) if self.framed else (b"", data)
        try:
            document = json.loads(body) if self.json else msgpack.unpackb(body, max_map_len=0, max_ext_len=0)
            for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
                document = self._changed(document, rng)
            packed = json.dumps(document).encode() if self.json else msgpack.packb(document)
        except (ValueError, OverflowError, RecursionError, TypeError):
            return None
        if self.framed:
            length = max(0, len(packed) + rng.choice((0, 0, 0, 1, -1, 2**40)))
            head = bytes([rng.randrange(256)]) + length.to_bytes(8, "little")
        return head + bytes(packed)

    def _changed(self, document: Any, rng: random.Random) -> Any:
        places = list(_places(document, 3000))
        if not places:
            return self._word(rng)
        holder, key = rng.choice(places)
        value, way = holder[key], rng.randrange(9)
        if way == 0 and isinstance(holder, list):
            holder.insert(key, _copy(value))
        elif way == 1:
            del holder[key]
        elif way == 2:
            other, place = rng.choice(places)
            holder[key] = _copy(other[place])
        elif way == 3 and isinstance(holder, dict):
            holder[str(self._word(rng))] = holder.pop(key)
        elif way == 4:
            for _ in range(rng.choice((1, 2, 5, 35, 200))):
                value = [value] if rng.random() < 0.7 or not self.json else {"a": value}
            holder[key] = value
        else:
            holder[key] = self._grown(value, rng) if way < 7 else self._word(rng)
        return document

    def _grown(self, value: Any, rng: random.Random) -> Any:
        if isinstance(value, list) and value:
            most = 3000 // sum(1 for _ in _places([value], 3000))
            return [_copy(part) for part in value * min(most, rng.choice((2, 3, 50)))]
        if isinstance(value, str | bytes):
            return (value * rng.choice((2, 10, 500)))[: rng.choice((100, 30_000))]
        if isinstance(value, int):
            return max(-(2**63), min(2**64 - 1, value + rng.choice((-1, 1, 2**32, -(2**32), value))))
        return self._word(rng)

    def _word(self, rng: random.Random) -> Any:
        return _copy(rng.choice(self.words))

    def noise(self, data: bytes, other: bytes, rng: random.Random) -> bytes:
        """Change some bytes: flip, write, cut, double, or splice with another input."""
        raw = bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 4, 16))):
            at, way = rng.randrange(len(raw) + 1), rng.randrange(6)
            span = rng.choice((1, 1, 2, 4, 8, 64, 1024))
            if way == 0 and at < len(raw):
                raw[at] ^= 1 << rng.randrange(8)
            elif way == 1:
                raw[at : at + 1] = rng.choice((b"\0", b"\xff", b"\x7f", b"\x80", b"\xdd", b"\x90", b"[", b"{", b'"'))
            elif way == 2:
                del raw[at : at + span]
            elif way == 3:
                raw[at:at] = raw[at : at + span] * rng.choice((1, 2, 100))
            elif way == 4:
                raw[at:at] = rng.randbytes(min(span, 8))
            else:
                begin = rng.randrange(len(other) + 1)
                raw[at : at + span] = other[begin : begin + span]
        return bytes(raw[:LARGEST])


def _copy(value: Any) -> Any:
    if isinstance(value, list):
        return [_copy(v) for v in value]
    return {k: _copy(v) for k, v in value.items()} if isinstance(value, dict) else value


def _places(document: Any, most: int) -> Iterator[tuple[Any, Any]]:
    """Name every member of a document by what holds it and its key."""
    waiting = [document]
    while waiting and most > 0:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            most -= 1
            yield holder, key
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])


if __name__ == "__main__":
    sys.exit(main())
