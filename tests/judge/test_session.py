"""The judge turns what happens in a hidden test into a status and words, and keeps hidden values to staff."""

import sys

import numpy as np
import pytest

from gradetape.guest.host import Answer, Host
from gradetape.judge import session
from gradetape.judge.calls import GraderError, explain, ship
from gradetape.judge.known import KnownAnswers
from gradetape.marks import probe
from gradetape.policy import Policy
from gradetape.verdict import Status

pytestmark = pytest.mark.guests
PROBES = """
from gradetape import probe, question
from gradetape.samples import mean_test
import numpy as np

@probe
def means(nb, x):
    return nb.row_means(x)

@probe
def broken(nb):
    return nb.no_such_name

X = np.float32([[1, 2], [3, 5]])
"""


@pytest.fixture
def run_tests(warmup):
    """Judge the reference notebook of the tiny course with the given hidden tests."""
    known = KnownAnswers(warmup)
    host = known._host(None)

    def run(text, questions=("row_means", "coin"), more=()):
        plugin = session.JudgePlugin(host, known, 7, questions=questions)
        files = {"test_it.py": PROBES + text, **dict(more)}
        tests = [name for name in files if name.startswith("test_")]
        return session.run({name: text.encode() for name, text in files.items()}, tests, plugin)

    yield run
    known.close()


def error_line(report):
    return next(line for line in report.records[0].staff.splitlines() if line.startswith("E "))


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("compare(means, X)", Status.PASSED, ""),
        ("assert compare(means, X).tolist() == [1.5, 4.0]", Status.PASSED, ""),
        ("assert learner(means, X).tolist() == reference(means, X).tolist()", Status.PASSED, ""),
        ("check(False, 'Not like this.')", Status.FAILED, "Not like this."),
        (
            "check(mean_test(rng.normal(size=2000), 9.0, 1.0, label='the draws'))",
            Status.FAILED,
            "The mean of the draws is",
        ),
        ("assert 1 == 2, 'secret 42'", Status.FAILED, ""),
        ("1 / 0", Status.UNCHECKED, "This check could not be run."),
        ("compare(broken)", Status.FAILED, "Your notebook does not define `no_such_name`."),
        ("reference(broken)", Status.UNCHECKED, "This check could not be run."),
        ("check(False)", Status.UNCHECKED, "This check could not be run."),
        ("check(X > 0, 'm')", Status.UNCHECKED, "This check could not be run."),
        ("compare(len, X)", Status.UNCHECKED, "This check could not be run."),
        ("compare(means, {1, 2})", Status.UNCHECKED, "This check could not be run."),
        ("import pytest; pytest.skip('no GPU')", Status.UNCHECKED, "This check could not be run."),
    ],
)
def test_statuses(run_tests, body, status, message):
    """Passed; failed with the author's words; a plain assert without any; everything else is the grader's fault."""
    report = run_tests(
        f"@question('coin')\ndef test_it(compare, learner, reference, check, rng):\n    '''Title.'''\n    {body}\n"
    )
    (record,) = report.records
    assert (record.status, record.title) == (status, "Title.")
    assert record.message.startswith(message)
    assert "42" not in record.message


def test_a_failing_fixture_is_the_graders_fault(run_tests):
    """An error before the test's first line costs no marks silently."""
    report = run_tests(
        "import pytest\n@pytest.fixture\ndef mine(): assert False\n@question('coin')\ndef test_it(mine):\n    '''T.'''\n"
    )
    assert report.records[0].status is Status.UNCHECKED
    assert "assert False" in report.records[0].staff


def test_questions_in_notebook_order_and_weights(run_tests):
    """Tests run by question; a docstring's first paragraph is the title; without one the name is."""
    report = run_tests(
        "@question('coin', weight=3)\ndef test_the_last_one():\n    pass\n"
        "@question('row_means')\ndef test_b():\n    '''First line\n    goes on.\n\n    Not shown.'''\n"
        "@question('unasked')\ndef test_c(): pass\n"
    )
    assert [(r.question, r.title, r.weight) for r in report.records] == [
        ("row_means", "First line goes on.", 1.0),
        ("coin", "the last one", 3.0),
    ]


def test_what_is_wrong_with_graders_is_noted(run_tests):
    """A test without a question, and a file that cannot be imported."""
    assert run_tests("def test_x(): pass\n").problems == [
        'test_it.py::test_x: no question. Mark the test with @question("<grade_id>", weight=1).',
        "No hidden test was found in test_it.py.",
    ]
    (problem,) = run_tests("import no_such_module_here\n").problems
    assert "cannot be collected" in problem
    assert "no_such_module_here" in problem


RIGHT = "@question('coin')\ndef test_right():\n    pass\n"
LOST = {
    "a name used twice": (
        "@question('coin')\ndef test_it(): assert False\n@question('row_means')\ndef test_it(): pass\n",
        "test_it.py::test_it: this hidden test of question 'coin' did not count: the name is used twice, and line 17 takes its place",
    ),
    "a name used twice, once without a question": (
        "@question('coin')\ndef test_it(): assert False\ndef test_it(): pass\n",
        "the name is used twice, and line 17 takes its place",
    ),
    "a class used twice": (
        "class TestIt:\n    @question('coin')\n    def test_a(self): assert False\n"
        "class TestIt:\n    @question('row_means')\n    def test_b(self): pass\n",
        "test_it.py::TestIt.test_a: this hidden test of question 'coin' did not count: the name is used twice",
    ),
    "another name": (
        "@question('coin')\ndef check_it(): assert False\n",
        "test_it.py::check_it: this hidden test of question 'coin' did not count: the name does not begin with test_",
    ),
    "a class of another name": (
        "class Checks:\n    @question('coin')\n    def test_it(self): assert False\n",
        "the name of its class Checks does not begin with Test",
    ),
    "a class that pytest cannot make": (
        "class TestIt:\n    def __init__(self): pass\n    @question('coin')\n    def test_it(self): assert False\n",
        "TestIt.test_it",
    ),
    "a class with a question": (
        "@question('coin')\nclass Checks:\n    def test_it(self): assert False\n",
        "test_it.py::Checks.test_it: this hidden test of question 'coin' did not count",
    ),
    "deleted": ("@question('coin')\ndef test_it(): assert False\ndel test_it\n", "test_it.py::test_it: this"),
    "two questions": (
        "@question('coin')\n@question('row_means')\ndef test_it(): pass\n",
        "it is marked for 'coin' as well, and only the mark nearest to the function counts: write two tests",
    ),
    "a class in a marked module": (
        "import pytest\npytestmark = pytest.mark.question('coin')\nclass Checks:\n    def test_it(self): assert False\n",
        "test_it.py::Checks.test_it: this hidden test of question 'coin' did not count: the name of its class Checks",
    ),
    "a class with pytestmark": (
        "import pytest\nclass Checks:\n    pytestmark = [pytest.mark.question('coin')]\n    def test_it(self): assert False\n",
        "test_it.py::Checks.test_it: this hidden test of question 'coin' did not count: the name of its class Checks",
    ),
    "pytestmark by other names": (
        "import pytest\nNAME = 'coin'\nmark = pytest.mark.question(NAME)\nmarks = (mark,)\n"
        "class Checks:\n    pytestmark = [*marks]\n    def test_it(self): assert False\n",
        "Checks.test_it: this hidden test of question 'coin' did not count: the name of its class Checks",
    ),
    "pytestmark in a branch, lengthened": (
        "import pytest\npytestmark = []\nif True:\n    pytestmark += [pytest.mark.question('coin')]\n"
        "class TestIt:\n    __test__ = False\n    def test_it(self): assert False\n",
        "this hidden test of question 'coin' did not count: its class TestIt says that it is no test (__test__)",
    ),
    "two questions of a class": (
        "import pytest\nclass TestIt:\n    pytestmark = [pytest.mark.question('row_means'), pytest.mark.question('coin')]\n"
        "    def test_it(self): pass\n",
        "it is marked for 'coin' as well, and only the mark nearest to the function counts: write two tests",
    ),
    "a mark by a wrapper": (
        "def graded(name): return lambda f: question(name)(f)\n@graded('coin')\ndef check_it(): assert False\n",
        "test_it.py::check_it: this hidden test of question 'coin' did not count: the name does not begin with test_",
    ),
    "a mark by a wrapper under a name": (
        "def graded(name): return lambda f: question(name)(f)\nNAME = 'coin'\nfor_coin = graded(NAME)\n"
        "@for_coin\nclass Checks:\n    def test_it(self): assert False\n",
        "test_it.py::Checks.test_it: this hidden test of question 'coin' did not count: the name of its class",
    ),
    "a base whose heir is for another question": (
        "class Base:\n    @question('coin')\n    def test_it(self): assert False\n"
        "class TestIt(Base):\n    @question('row_means')\n    def test_it(self): pass\n",
        "test_it.py::Base.test_it: this hidden test of question 'coin' did not count",
    ),
    "a base whose heir is passed by": (
        "class Base:\n    @question('coin')\n    def test_it(self): assert False\n"
        "class Checks(Base):\n    @question('coin')\n    def test_it(self): pass\n",
        "test_it.py::Base.test_it: this hidden test of question 'coin' did not count",
    ),
    "a mark that is made elsewhere": (
        "NAME = 'coin'\nmark = question(NAME)\n@mark\ndef check_it(): assert False\n", "test_it.py::check_it: this",
    ),
}  # fmt: skip


@pytest.mark.parametrize("beside", ["", RIGHT], ids=["alone", "one of several"])
@pytest.mark.parametrize("how", LOST)
def test_what_is_written_and_not_collected_goes_to_a_person(run_tests, how, beside):
    """It is named with file, function, question and why; no other test of its question covers it up."""
    text, said = LOST[how]
    report = run_tests(text + beside)
    assert report.broken
    assert any(said in problem for problem in report.problems), report.problems
    assert Status.UNCHECKED in {r.status for r in report.records if r.question == "coin"}


@pytest.mark.parametrize(
    ("second", "name", "said"),
    [
        ("import pytest\npytest.importorskip('no_such_module')\n", "test_two.py", "test_two.py: skipped (Skipped: could not import 'no_such_module'"),
        ("import pytest\npytest.skip('no GPU', allow_module_level=True)\n", "test_two.py", "skipped (Skipped: no GPU). Its hidden tests (test_two) did not count, for coin."),
        ("import no_such_module\n", "test_two.py", "test_two.py: cannot be collected. Its hidden tests (test_two) did not count, for coin."),
        ("this is no Python\n", "test_two.py", "did not count, for coin."),
        ("", "Test_two.py", "Test_two.py::test_two: this hidden test of question 'coin' did not count"),
        ("pytestmark = question('coin')\n", "Test_two.py", "question 'coin' did not count"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("beside", ["", RIGHT], ids=["alone", "one of several"])
def test_a_file_of_which_nothing_is_collected_goes_to_a_person(run_tests, second, name, said, beside):
    """Skipped as a whole, not to be imported, or of a name that pytest does not look at."""
    text = PROBES + second + "@question('coin')\ndef test_two():\n    assert False\n"
    report = run_tests("@question('row_means')\ndef test_one(): pass\n" + beside, more={name: text})
    assert report.broken
    assert any(said in problem for problem in report.problems), report.problems
    states = {r.question: r.status for r in report.records if r.status is not Status.PASSED}
    assert states == {"coin": Status.UNCHECKED}


def test_tests_that_are_collected_in_other_ways_count(run_tests):
    """In classes, derived ones, with parameters, under another name, wrapped, made by a function, marked by a module."""
    report = run_tests(
        "import functools, pytest\n"
        "class Base:\n    @question('coin')\n    def test_base(self): pass\n"
        "class TestOne(Base): pass\n"
        "@question('coin')\nclass TestTwo:\n    def test_it(self): pass\n    @question('row_means')\n    def test_own(self): pass\n"
        "@question('coin')\n@pytest.mark.parametrize('n', [1, 2])\ndef test_numbers(n): pass\n"
        "@question('coin')\ndef check(): pass\ntest_other = check\n"
        "def bare(f):\n    def inner(): f()\n    return inner\n"
        "@question('coin')\n@bare\ndef test_wrapped(): pass\n"
        "def made():\n    @question('row_means')\n    def inner(): pass\n    return inner\n"
        "test_made = made()\n"
        "for name in ('coin', 'row_means'):\n    @question(name)\n    def looped(): pass\n    globals()[f'test_{name}'] = looped\n"
    )
    assert (report.problems, report.broken) == ([], False)
    assert {r.status for r in report.records} == {Status.PASSED}
    assert len(report.records) == 10


def test_what_only_looks_like_a_test_costs_nothing(run_tests):
    """Fixtures and properties in marked classes, bases whose heirs have tests of the same names, marks by wrappers."""
    report = run_tests(
        "import pytest\nfrom pytest import fixture as given\n"
        "pytestmark = [pytest.mark.question('coin')]\n"
        "quick = pytest.fixture(scope='function')\n"
        "@question('coin')\nclass TestOne:\n"
        "    @pytest.fixture\n    def test_input(self): return 1\n"
        "    @given\n    def test_more(self): return 1\n"
        "    @quick\n    def test_quick(self): return 1\n"
        "    def test_made(self): return 1\n    test_made = pytest.fixture(test_made)\n"
        "    @property\n    def test_speed(self): return 1\n"
        "    def test_it(self, test_input, test_more, test_quick, test_made): pass\n"
        "class Base:\n    @question('coin')\n    def test_a(self): raise NotImplementedError\n"
        "    @question('coin')\n    def test_b(self): pass\n"
        "class Middle(Base): pass\n"
        "class TestTwo(Middle):\n    @question('coin')\n    def test_a(self): pass\n"
        "class TestNone:\n    __test__ = False\n    def test_a(self): raise NotImplementedError\n"
        "class TestThree(TestNone):\n    __test__ = True\n    def test_a(self): pass\n"
        "def graded(name): return lambda f: question(name)(f)\n"
        "@graded('row_means')\ndef test_wrapped(): pass\n"
        "@pytest.mark.parametrize('coin', [1, 2])\n@question('row_means')\ndef test_sides(coin): pass\n"
    )
    assert (report.problems, report.broken) == ([], False)
    assert {r.status for r in report.records} == {Status.PASSED}
    assert len(report.records) == 7


def test_what_a_conftest_takes_away_goes_to_a_person(run_tests):
    """Before the judge looks, or after."""
    for when in ("tryfirst", "trylast"):
        hook = f"import pytest\n@pytest.hookimpl({when}=True)\ndef pytest_collection_modifyitems(items):\n    items[:] = items[1:]\n"
        report = run_tests(
            "@question('coin')\ndef test_a(): assert False\n@question('coin')\ndef test_b(): pass\n",
            more={"conftest.py": hook},
        )
        assert report.broken
        assert any(
            "test_it.py::test_a: this hidden test of question 'coin' did not count" in p for p in report.problems
        )
        assert {r.title: r.status for r in report.records} == {"a": Status.UNCHECKED, "b": Status.PASSED}


def test_inputs_differ_between_seeds_and_not_between_learners(run_tests, warmup):
    """`rng` follows from run seed and test."""
    text = "import pathlib\n@question('coin')\ndef test_it(rng):\n    raise ValueError(rng.integers(10**9))\n"
    one, two = (error_line(run_tests(text)) for _ in range(2))
    assert one == two
    host = Host([], {}, Policy())
    other = session.JudgePlugin(host, KnownAnswers(warmup), 8, questions=["coin"])
    assert error_line(session.run({"test_it.py": (PROBES + text).encode()}, ["test_it.py"], other)) != one


def test_nothing_stays_behind(run_tests, monkeypatch):
    """No module of a grader in sys.modules, no options taken from the environment."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    before = set(sys.modules)
    report = run_tests("@question('coin')\ndef test_it(): pass\n")
    assert report.records[0].status is Status.PASSED
    assert not [m for m in set(sys.modules) - before if "test_it" in m]


def test_two_runs_see_their_own_graders(run_tests):
    """Equal file names of two runs are not mixed up."""
    first = run_tests("@question('coin')\ndef test_it(): assert False\n")
    second = run_tests("@question('coin')\ndef test_it(): pass\n")
    assert [first.records[0].status, second.records[0].status] == [Status.FAILED, Status.PASSED]


AIDS = """
from gradetape import probe
VALUE = {value}

def scaled(x):
    return VALUE * x

@probe
def far_means(nb, x):
    return scaled(nb.row_means(x))
"""
USES = """
import tabnanny, parts.more
from own_aids import VALUE, far_means, scaled

assert tabnanny.check and parts.more.HERE

@probe
def near_means(nb, x):
    return scaled(nb.row_means(x)), "graders" in scaled.__code__.co_filename, scaled.__globals__.get("__file__")

@question("coin")
def test_it(compare, learner, check):
    check(VALUE == 1, "The value is another one.")
    assert learner(far_means, X).tolist() == [1.5, 4.0]
    values, told, file = learner(near_means, X)
    assert (values.tolist(), told, file) == ([1.5, 4.0], False, None)
"""


def test_helpers_lie_beside_hidden_tests(run_tests):
    """Also in probes; each run has its own, what is installed comes first, and nothing stays behind."""
    before, paths = set(sys.modules), list(sys.path)
    for value, status in ((1, Status.PASSED), (2, Status.FAILED), (1, Status.PASSED)):
        more = {
            "own_aids.py": AIDS.format(value=value),
            "tabnanny.py": "raise ImportError\n",
            "parts/more.py": "HERE = True\n",
        }
        report = run_tests(USES, more=more)
        assert report.problems == []
        assert [r.status for r in report.records] == [status], report.records[0].staff
        assert sys.path == paths
        assert not [m for m in set(sys.modules) - before if m.startswith(("own_aids", "parts", "test_it"))]
    assert not [p for p in sys.path_importer_cache if "gradetape-judge-" in p]


def test_the_same_input_of_a_helpers_probe_is_asked_of_the_reference_once(run_tests, monkeypatch):
    """Its code is the same in every run; a changed helper makes another one of it."""
    asked, ask = [], Host.ask
    monkeypatch.setattr(Host, "ask", lambda self, *arguments: asked.append(self) or ask(self, *arguments))
    text = "from own_aids import far_means\n@question('coin')\ndef test_it(compare): compare(far_means, X)\n"
    counts = []
    for value in (1, 1, 2):
        assert run_tests(text, more={"own_aids.py": AIDS.format(value=value)}).records[0].status is Status.PASSED
        counts.append(len(asked))
    assert counts == [2, 3, 5]


@pytest.mark.parametrize("line", ["from .own_aids import VALUE", "import no_such_aids", "from own_aids import nothing"])
def test_a_helper_that_cannot_be_imported_is_told_where_it_belongs(run_tests, line):
    """And the assignment goes to a person."""
    report = run_tests(f"{line}\n@question('coin')\ndef test_it(): pass\n", more={"own_aids.py": "VALUE = 1\n"})
    assert report.broken
    assert "Helpers lie in the same folder, graders/<id>/, under a name of their own" in report.problems[0]


def test_a_helper_as_a_whole_module_does_not_travel(run_tests):
    """It would tell a guest where the graders lie."""
    text = "import own_aids\n@probe\ndef whole(nb): return own_aids.VALUE\n@question('coin')\ndef test_it(learner): learner(whole)\n"
    report = run_tests(text, more={"own_aids.py": "VALUE = 1\n"})
    assert report.records[0].status is Status.UNCHECKED
    assert "import names: `from own_aids import …`" in report.records[0].staff


@probe
def top(nb, x):
    return nb.f(x)


@probe
def with_generator(nb):
    return GENERATOR


GENERATOR = (i for i in ())


def test_a_shipment_is_known_by_its_content():
    """Same probe, inputs and salt: same key. Other inputs, other key and seed."""
    one, two = ship(top, (1,), "s"), ship(top, (1,), "s")
    assert one.key == two.key
    assert ship(top, (2,), "s").key != one.key
    assert ship(top, (1,), "t").seed != one.seed


def test_a_shipment_does_not_name_the_graders_file():
    """A guest learns no path of the grader, of the probe's file or of its helpers'."""
    assert __file__.encode() not in ship(top, (1,), "s").code
    assert b"test_session.py" not in ship(top, (1,), "s").code


def test_the_references_answers_are_remembered_across_runs(run_tests, monkeypatch):
    """The same inputs are asked of the reference once, however many learners there are."""
    asked = []
    ask = Host.ask

    def counted(self, *arguments):
        asked.append(self)
        return ask(self, *arguments)

    monkeypatch.setattr(Host, "ask", counted)
    text = "@question('coin')\ndef test_it(compare): compare(means, X)\n"
    for _ in range(3):
        assert run_tests(text).records[0].status is Status.PASSED
    assert len(asked) == 4


def test_what_cannot_be_shipped_is_named():
    """No probe, no tree, no pickle: each with what to do."""
    with pytest.raises(GraderError, match="is no probe. Mark the function with @probe and pass it uncalled."):
        ship(len, (), "s")
    with pytest.raises(GraderError, match=r"Probe 'top' cannot be given its inputs: input \[0\] is a 'set' object"):
        ship(top, ({1},), "s")
    with pytest.raises(GraderError, match="Probe 'with_generator' cannot travel into a guest"):
        ship(with_generator, (), "s")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(kind="raised", ename="ValueError", evalue="bad", line="x = f()"), "Your code raised ValueError: bad (in the line `x = f()`)."),
        (Answer(kind="raised", ename="NotImplementedError"), "A part is not written yet: `raise NotImplementedError()` is still there."),
        (Answer(kind="missing", name="f"), "Your notebook does not define `f`. Was it renamed, deleted, or its cell removed?"),
        (Answer(kind="not callable", name="f (int)"), "A later cell overwrote one of your functions: `f (int)` cannot be called."),
        (Answer(kind="no tree", evalue="tree is a 'set' object."), "Your code returned something that is no result: tree is a 'set' object."),
        (Answer(kind="interrupted", evalue="2"), "Your code took longer than 2 s and was stopped."),
        (Answer(kind="died"), "The notebook's process ended while your code ran (exit, crash, or out of memory)."),
        (Answer(kind="no time", evalue="300"), "The time for the whole notebook (300 s) was used up before this check."),
    ],
)  # fmt: skip
def test_learners_words(answer, text):
    """Every way to give no tree has its sentence."""
    assert explain(answer) == text


def test_a_missing_name_is_traced_to_its_cell():
    """When the question's own cell failed, the message says with what."""
    answer = Answer(kind="missing", name="f")
    assert (
        explain(answer, "SyntaxError")
        == "Your notebook does not define `f`: the cell of this question ended with SyntaxError."
    )


def test_what_a_check_does_to_an_answer_stays_with_it(run_tests):
    """The diagnosis compares what the learner's code answered, whatever a check took out of it or wrote to it."""
    report = run_tests(
        "@probe\ndef facts(nb, x):\n    return {'means': nb.row_means(x), 'rows': len(x)}\n\n"
        "@question('row_means')\ndef test(learner, check):\n    found = learner(facts, X)\n"
        "    found.pop('rows')\n    found['means'] += 1\n    check(False, 'No.')\n"
    )
    kept, _ = report.records[0].calls[0].decoded()
    assert (kept["means"].tolist(), kept["rows"]) == ([1.5, 4.0], 2)


def test_what_the_machine_keeps_from_being_judged_is_told_and_tried_again(run_tests, monkeypatch):
    """No guest to be had: a person's matter only if it stays so; the reference's next guest is a new one."""
    from gradetape.guest.host import Answer, Host

    text = "@question('row_means')\ndef test(learner):\n    learner(means, X)\n"
    ask = Host.ask
    monkeypatch.setattr(Host, "ask", lambda *_: Answer(kind="unavailable", evalue="Nothing to fork from."))
    report = run_tests(text)
    assert report.machine
    assert report.records[0].status is Status.UNCHECKED
    assert "Question 'row_means' was not judged: No process could be started" in report.problems[0]
    monkeypatch.setattr(Host, "ask", ask)
    assert not run_tests(text).machine


@probe
def row_means(nb, x):
    return nb.row_means(x)


def test_a_reference_that_was_killed_too_often_is_made_anew(warmup):
    """It serves a whole class."""
    from gradetape.guest.host import _MAX_KILLED

    known = KnownAnswers(warmup)
    shipment = ship(row_means, (np.float32([[1, 2], [3, 5]]),), "salt")
    known._host(None)._killed = _MAX_KILLED + 1
    known._host(None).refused = "killed"
    assert known.reference(shipment).ok
    known.close()
