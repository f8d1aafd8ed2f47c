"""Run an assignment's hidden tests with pytest, in this process, and collect what became of each.

pytest's own reports can show hidden values; they stay with staff. What a learner may read are the
titles (docstrings) and the messages of failed checks.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradetape import written
from gradetape.guest.process import checked_names
from gradetape.judge import helpers
from gradetape.judge.calls import CheckFailedError, MachineError
from gradetape.judge.deadline import deadline
from gradetape.judge.fixtures import Ask, Bench, Check, Compare
from gradetape.marks import MARKER
from gradetape.verdict import UNCHECKED, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    import numpy as np

    from gradetape.guest.host import Host
    from gradetape.judge.calls import Call
    from gradetape.judge.known import KnownAnswers
    from gradetape.verdict import Picture
    from gradetape.written import Written

__all__ = ["MARKER", "CheckRecord", "JudgeFixtures", "JudgePlugin", "JudgeReport", "run"]

_INI = "[pytest]\naddopts =\nxfail_strict = true\n"
_UNUSED_PLUGINS = (
    "cacheprovider", "terminal", "logging", "warnings", "faulthandler", "junitxml", "pastebin", "doctest", "recwarn",
    "setuponly", "setupplan", "stepwise", "legacypath",
    "unraisableexception", "threadexception",  # they collect garbage, several times a run: half of a judging's time
)  # fmt: skip
_KEPT_BYTES = 128 * 2**20
"""Of answers that are kept for the diagnosis: a learner's may be large, and there may be many."""
_UNREADABLE = "cannot be collected"
_IMPORTING = re.compile("No module named|cannot import name|relative import")
_BENCH = pytest.StashKey[Bench]()


@dataclass
class CheckRecord:
    """What became of one hidden test."""

    question: str
    title: str
    weight: float
    status: Status = Status.UNCHECKED
    message: str = ""
    seconds: float = 0.0
    test: str = ""
    calls: list[Call] = field(default_factory=list)
    staff: str = ""
    show: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass
class JudgeReport:
    """All records of a run, and what was wrong with the graders themselves."""

    records: list[CheckRecord] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    broken: bool = False
    """Whether tests are missing from `records` because the graders could not be read or pytest crashed."""
    machine: bool = False
    """Whether the machine kept a test from being judged."""


class JudgeFixtures:
    """The fixtures of hidden tests; registered only when a notebook is being judged."""

    @pytest.fixture
    def compare(self, request: pytest.FixtureRequest) -> Compare:
        """Compare learner and reference on one probe."""
        return Compare(request.node.stash[_BENCH])

    @pytest.fixture
    def learner(self, request: pytest.FixtureRequest) -> Ask:
        """Ask the learner's notebook."""
        return Ask(request.node.stash[_BENCH], of_reference=False)

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> Ask:
        """Ask the reference notebook."""
        return Ask(request.node.stash[_BENCH], of_reference=True)

    @pytest.fixture
    def check(self, request: pytest.FixtureRequest) -> Check:
        """State a condition."""
        return Check(request.node.stash[_BENCH])

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Draw the inputs of this test."""
        bench: Bench = request.node.stash[_BENCH]
        return bench.rng()


class JudgePlugin(JudgeFixtures):
    """pytest's view of one judging: which notebooks to ask, and where to note what happened."""

    def __init__(
        self,
        learner: Host,
        known: KnownAnswers,
        seed: int,
        *,
        questions: Sequence[str],
        cell_errors: Mapping[str, str] | None = None,
        on_check: Callable[[str], None] | None = None,
    ) -> None:
        self.report = JudgeReport()
        self._learner = learner
        self._known = known
        self._known_questions = {q.name for q in known.assignment.questions}
        self._seed = seed
        self._questions = list(questions)
        self._cell_errors = dict(cell_errors or {})
        self._on_check = on_check
        self._records: dict[str, CheckRecord] = {}
        self._room = _KEPT_BYTES
        self._collected: set[tuple[str, str, int | str]] = set()
        self._heirs: dict[str, set[tuple[str, str]]] = {}
        self.passed_by: dict[str, str] = {}
        """Files that were not collected whole, and why."""
        self.tested: list[str] = []
        """The questions that have a hidden test, asked or not."""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Called by pytest once: make the marker known."""
        config.addinivalue_line("markers", MARKER)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Called by pytest after importing a test file: note graders that cannot be imported."""
        if report.failed:
            self.report.broken = True
            said = _last_line(report)
            hint = f". {helpers.HINT}" if _IMPORTING.search(said) else ""
            self.report.problems.append(f"{report.nodeid or 'graders'} cannot be collected: {said}{hint}")
        if report.failed or report.skipped:
            said = _UNREADABLE if report.failed else f"skipped ({_last_line(report)})"
            self.passed_by[report.nodeid.partition("::")[0]] = said

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Called by pytest after collection: keep the tests of the asked questions, in their order."""
        kept = []
        for item in items:
            record = _record(item)
            if record is None:
                text = f'{item.nodeid}: no question. Mark the test with @question("<grade_id>", weight=1).'
                self.report.problems.append(text)
                self.report.broken = True  # whatever it was meant for must not fall back to nbgrader's rule
                continue
            self.tested.append(record.question)
            self._collected |= {(record.question, *place) for place in _places(item)}
            if record.question not in self._known_questions:
                text = f"{item.nodeid} names question {record.question!r}, which is no grade cell of the notebook."
                self.report.problems.append(text)
                self.report.broken = True  # what it was meant for must not fall back to nbgrader's rule
            if record.question in self._questions:
                self._records[item.nodeid] = record
                kept.append(item)
        config.hook.pytest_deselected(items=[i for i in items if i not in kept])
        items[:] = sorted(kept, key=lambda i: self._questions.index(self._records[i.nodeid].question))

    def compare_with(self, graders: Mapping[str, bytes], tests: Sequence[str]) -> None:
        """Note every test that is written in `graders` and was not collected: nobody may pass without it.

        It becomes a check that could not be run; a question that is asked in another way, and has no test, likewise.
        """
        self._heirs = written.heirs(graders)
        for file, source in graders.items():
            found = written.tests(source, frozenset(self._known_questions if file in tests else ()))
            if file in self.passed_by:
                self._miss_file(file, source, found)
            elif file.endswith(".py"):
                self._miss_tests(file, source, found)
        ran = {record.test for record in self.report.records}
        for record in [r for name, r in self._records.items() if name not in ran]:
            self._miss(record.test, record.question, record.title, record.weight, "it was not run")

    def _miss_file(self, file: str, source: bytes, found: Sequence[Written]) -> None:
        """Note what is lost with a file of which nothing was collected, or not all."""
        lost = [t for t in found if self._lost(file, t)]
        named = {question for t in lost for question in self._lost(file, t) if question}
        whole = all(place[1] != file for place in self._collected)
        questions = sorted(named | (written.texts(source) & self._known_questions if whole else set()))
        self.report.broken = True
        if not lost and not questions and self.passed_by[file] == _UNREADABLE:  # that is noted already
            return
        self.report.problems.append(
            f"{file}: {self.passed_by[file]}. Its hidden tests ({', '.join(t.name for t in lost) or 'all'}) did not "
            f"count, for {', '.join(questions) or 'no question that it names'}."
        )
        for question in questions:
            self._note(CheckRecord(question, _title(None, question), 1.0, test=file))

    def _miss_tests(self, file: str, source: bytes, found: Sequence[Written]) -> None:
        named = set()
        for test in found:
            title = _title(test.doc, test.name.rpartition(".")[2])
            for question in self._lost(file, test):
                named.add(question)
                self._miss(f"{file}::{test.name}", question, title, test.weight, written.reason(test))
        for question in sorted(written.asked(source) - set(self.tested) - named):
            why = "no test that pytest collects asks it"
            self._miss(file, question, _title(None, question), 1.0, why)

    def _lost(self, file: str, test: Written) -> list[str]:
        """List the questions that were to be asked by a test and are not."""
        asked = [question for question in (test.question, *test.others) if question is not None]
        if test.maybe:  # what made the mark may have taken any question for it
            return [] if self._has(file, test, written.ANY) else list(dict.fromkeys([*asked, *test.maybe]))
        return [question for question in asked if not self._has(file, test, question)]

    def _has(self, file: str, test: Written, question: str) -> bool:
        places: set[tuple[str, int | str]] = {(file, test.line)}
        scope, _, name = test.name.rpartition(".")
        if not test.again:
            places.add((file, test.name))
        if test.abstract and not test.again:  # what an heir has under this name takes its place
            places |= {(f, f"{c}.{name}") for f, c in self._heirs.get(scope.rpartition(".")[2], ())}
        return any(place[1:] in places and question in (written.ANY, place[0]) for place in self._collected)

    def _miss(self, test: str, question: str, title: str, weight: float, why: str) -> None:
        self.report.broken = True
        problem = f"{test}: this hidden test of question {question!r} did not count: {why}."
        self.report.problems.append(problem)
        self._note(CheckRecord(question, title, weight, test=test, staff=problem))

    def _note(self, record: CheckRecord) -> None:
        """Put down a check that could not be run, so that a person looks at its question."""
        if record.question in self._questions:
            record.message = UNCHECKED
            self.report.records.append(record)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Called by pytest around each test: give it its bench."""
        record = self._records[item.nodeid]
        bench = Bench(
            learner=self._learner,
            known=self._known,
            seed=self._seed,
            test=item.nodeid,
            device=self._learner.device,
            cell_error=self._cell_errors.get(record.question, ""),
            show=record.show,
        )
        item.stash[_BENCH] = bench
        self.report.records.append(record)
        if self._on_check is not None:
            self._on_check(record.question)
        try:
            return (yield)
        finally:
            self._room -= sum(call.size for call in bench.calls)
            record.calls, record.pictures = bench.calls if self._room >= 0 else [], tuple(bench.pictures)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Called by pytest around a test's own code: give it an end."""
        with deadline(self._learner.policy.test_seconds):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Called by pytest after setup, call and teardown of a test: turn what happened into a status."""
        report = yield
        record = self._records[item.nodeid]
        record.seconds += call.duration
        if call.excinfo is not None:
            record.status, record.message = _classify(call.excinfo.value, call.when)
            if isinstance(call.excinfo.value, MachineError):
                self.report.machine = True
                self.report.problems.append(f"Question {record.question!r} was not judged: {call.excinfo.value}")
            if record.status is Status.UNCHECKED or not record.staff:
                record.staff = report.longreprtext or str(call.excinfo.value)
        elif call.when == "call":
            record.status = Status.PASSED
        return report


def _classify(error: BaseException, when: str) -> tuple[Status, str]:
    if isinstance(error, CheckFailedError) and when == "call":
        return Status.FAILED, str(error)
    if isinstance(error, AssertionError) and when == "call":
        return Status.FAILED, ""
    return Status.UNCHECKED, UNCHECKED


def _record(item: pytest.Item) -> CheckRecord | None:
    mark = item.get_closest_marker("question")
    if mark is None or not mark.args:
        return None
    function: Any = getattr(item, "function", None)
    first = _title(inspect.getdoc(function), item.name)
    weight, show = float(mark.kwargs.get("weight", 1.0)), tuple(mark.kwargs.get("show", ()))
    return CheckRecord(str(mark.args[0]), first, weight, test=item.nodeid, show=show)


def _title(doc: str | None, name: str) -> str:
    return " ".join((doc or "").split("\n\n")[0].split()) or name.replace("_", " ").removeprefix("test ")


def _places(item: pytest.Item) -> Iterator[tuple[str, int | str]]:
    """Yield where a test stands: its name in the file that pytest took it from, and the first line of its code."""
    file, _, name = item.nodeid.partition("::")
    yield file, name.partition("[")[0].replace("::", ".")
    function: Any = getattr(item, "function", None)
    code = getattr(inspect.unwrap(function), "__code__", None)
    root = os.path.realpath(item.config.rootpath)
    if code is not None:
        yield os.path.relpath(os.path.realpath(code.co_filename), root), code.co_firstlineno


def _last_line(report: pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):  # file, line and reason of a skip
        return report.longrepr[2]
    lines = [line for line in report.longreprtext.splitlines() if line.strip()]
    return lines[-1].removeprefix("E").strip() if lines else "unknown error"


def run(graders: Mapping[str, bytes], tests: Sequence[str], plugin: JudgePlugin) -> JudgeReport:
    """Run the hidden tests of `graders` (file name to content) under `plugin`; return its report.

    `tests` are those of the files that hold tests. Where none is found in any of them the graders count as broken: no
    question may then fall back to nbgrader's rule. The files are written to a private folder for the run, so that
    graders can come from another machine. A crash of pytest itself is noted as a problem of the graders.
    """
    with tempfile.TemporaryDirectory(prefix="gradetape-judge-") as name:
        folder = Path(name)
        _write(folder, graders)
        (folder / "pytest.ini").write_text(_INI)
        arguments = [
            *(str(folder / name) for name in tests), f"--rootdir={folder}", f"--config-file={folder / 'pytest.ini'}",
            "--import-mode=importlib",
            "--disable-plugin-autoload", "--capture=no", "--continue-on-collection-errors",
        ]  # fmt: skip
        for unused in _UNUSED_PLUGINS:
            arguments += ["-p", f"no:{unused}"]
        with _isolated(folder):
            code = pytest.main(arguments, plugins=[plugin])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
            plugin.report.broken = True
            plugin.report.problems.append(f"pytest ended with {pytest.ExitCode(code).name}.")
        elif not plugin.tested and not plugin.passed_by:
            plugin.report.broken = True
            plugin.report.problems.append(f"No hidden test was found in {', '.join(tests)}.")
        plugin.compare_with(graders, tests)
    return plugin.report


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    checked_names(files)
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


@contextlib.contextmanager
def _isolated(folder: Path) -> Iterator[None]:
    """Keep the run apart from the caller: no options from outside, no modules or bytecode left behind."""
    options = os.environ.pop("PYTEST_ADDOPTS", None)
    bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        with helpers.importable(folder):
            yield
    finally:
        sys.dont_write_bytecode = bytecode
        if options is not None:
            os.environ["PYTEST_ADDOPTS"] = options
