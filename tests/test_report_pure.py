"""The report's parts that need no course: figures, alike answers, findings, charts, tables."""

import csv
import random
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import gradetape.report
from gradetape.report import analysis, charts, findings, page, similarity, statistics, table
from gradetape.report.data import AssignmentData, CellError, Grade, Learner, QuestionInfo, State
from gradetape.report.tokens import normalised
from gradetape.verdict import Check, Diagnosis, Status, Verdict

STUB = 'def total(values):\n    """Add them up."""\n    raise NotImplementedError()'
CALLS = ("abs", "round", "float", "str", "len", "repr", "int", "hash", "sum", "max")


def learner(name, scores, **changes):
    grades = {q: Grade(score=s, max_score=2.0) for q, s in scores.items()}
    return Learner(name=name, state=State.GRADED, grades=grades, **changes)


def assignment(learners, questions=("a", "b")):
    return AssignmentData(
        name="x", questions=tuple(QuestionInfo(name=q, points=2.0) for q in questions), learners=tuple(learners)
    )


def verdict(question="a", status=Status.FAILED, message="", **changes):
    checks = (Check(title="It holds.", status=status, message=message, seconds=0.25),)
    return Verdict(
        question=question, status=status, score=0.0, max_score=2.0, message=message, checks=checks, **changes
    )


def varied(number, lines=9):
    """An answer like nobody else's."""
    rng = random.Random(number)
    body = [
        f"    v{n} = {rng.choice(CALLS)}({rng.choice(CALLS)}(values)) {rng.choice('+-*/')} {n}" for n in range(lines)
    ]
    return "def total(values):\n" + "\n".join([*body, "    return v0"])


# figures


def test_scores_are_spread_by_tenths():
    """A score on a border counts for the higher bar, full marks and more for the last."""
    data = assignment(
        [learner(str(n), {"a": s, "b": 0.0}) for n, s in enumerate((0.0, 0.4, 2.0))]
        + [learner("m", {"a": 2.0, "b": 2.5})]
    )
    assert statistics.spread(data) == [1, 1, 0, 0, 0, 1, 0, 0, 0, 1]


def test_a_score_has_the_penalty_taken_off_and_is_never_negative():
    """As nbgrader exports it."""
    assert learner("l", {"a": 2.0, "b": 1.0}, penalty=1.5).score == 1.5
    assert learner("l", {"a": 1.0}, penalty=1.5).score == 0.0


def test_discrimination_is_the_correlation_with_the_rest():
    """The question itself is not among its rest: else all three would go with it."""
    rows = [(n % 3, (n % 3) / 2, 2 - n % 3) for n in range(12)]
    data = assignment([learner(str(n), dict(zip("abc", row, strict=True))) for n, row in enumerate(rows)], "abc")
    a, b, c = statistics.questions(data)
    assert a.discrimination == pytest.approx(-1)  # b + c falls as a rises
    assert c.discrimination == pytest.approx(-1)
    assert b.discrimination is None  # a + c is the same for all
    assert (a.mean, a.success) == (1.0, pytest.approx(1 / 3))
    assert b.graded == 12


@pytest.mark.parametrize(
    ("count", "score"), [(statistics.FEWEST - 1, lambda n: n % 3), (20, lambda _: 1)], ids=["too few", "all the same"]
)
def test_where_a_correlation_says_nothing_there_is_none(count, score):
    """Fewer than ten learners, or no variation."""
    assert (
        statistics.discrimination([float(score(n)) for n in range(count)], [float(n % 2) for n in range(count)]) is None
    )


def test_verdicts_mistakes_and_seconds_are_counted_by_question():
    """Seconds are those of the hidden tests."""
    known = Diagnosis(mistake="a/one", hint="Try.")
    data = assignment([
        learner("l", {"a": 0.0, "b": 0.0}, verdicts={"a": verdict(diagnosis=known)}),
        learner("m", {"a": 2.0, "b": 0.0}, verdicts={"a": verdict(status=Status.PASSED)}),
    ])  # fmt: skip
    a, b = statistics.questions(data)
    assert a.outcomes == {Status.PASSED: 1, Status.FAILED: 1, Status.NOT_ATTEMPTED: 0, Status.UNCHECKED: 0}
    assert (a.named, a.median_seconds, a.most_seconds) == (1, 0.25, 0.25)
    assert b.median_seconds is None


# tokens


def test_renaming_rewording_and_reformatting_leave_no_trace():
    """Names of one's own, numbers, texts, comments, docstrings and layout."""
    one = 'def total(values):\n    s = 0.0\n    for v in values:\n        s += tf.abs(v, name="x")\n    return s'
    other = "def total(values):\n    '''Mine.'''\n    acc = 3  # start\n\n    for item in values:\n      acc += tf.abs( item,name='y' )\n    return acc"
    assert normalised(one, STUB) == normalised(other, STUB)
    assert normalised(one, STUB) != normalised(one.replace("tf.abs", "tf.square"), STUB)
    assert normalised(one, STUB) != normalised(one.replace("+=", "-="), STUB)


def test_what_was_released_counts_for_nobody():
    """An untouched answer has no tokens; a line of the stub counts once."""
    assert normalised(STUB, STUB) == ()
    assert normalised(f"{STUB}\nx = f(1)", STUB) == ("<name>", "=", "f", "(", "<number>", ")", "\n")


@pytest.mark.parametrize(
    "text", ["def broken(:\n  y = f(x", "x = (1,\n", "%magic\ny = 1", "\ttab\n  x", "é" * 9, "'''open", "\0", ""]
)
def test_code_that_does_not_parse_is_taken_as_it_is(text):
    """Never an error, whatever somebody hands in."""
    assert all(isinstance(token, str) for token in normalised(text))


# alike answers


def test_renamed_copies_stand_out_in_a_varied_class():
    """And nobody else does."""
    answers = {f"l{n}": varied(n) for n in range(30)}
    answers["copy"] = varied(7).replace("v", "w").replace("walues", "values")
    found = similarity.alike(answers, STUB)
    assert [(g.learners, g.similarity, g.verbatim) for g in found.groups] == [(("copy", "l7"), 1.0, False)]
    assert found.compared == 31
    assert 0 < found.typical < found.cutoff < 1


def test_a_copy_with_one_line_changed_is_found_and_verbatim_ones_come_first():
    """The similarity says how much was changed; the text of the two closest can be shown."""
    answers = {f"l{n}": varied(n) for n in range(30)}
    answers["changed"] = varied(3).replace("return v0", "return v1 + 1")
    answers["same"] = varied(5)
    groups = similarity.alike(answers, STUB).groups
    assert [g.learners for g in groups] == [("l5", "same"), ("changed", "l3")]
    assert groups[0].verbatim
    assert 0.9 < groups[1].similarity < 1


def test_one_natural_way_is_no_copying():
    """Where most write the same nothing can stand out, however many they are."""
    natural = "def total(values):\n" + "\n".join(f"    q{n} = max(values, {n})" for n in range(9))
    answers = {f"l{n}": natural.replace("q", f"name{n}_") for n in range(20)} | {f"o{n}": varied(n) for n in range(9)}
    found = similarity.alike(answers, STUB)
    assert found.groups == ()
    assert found.typical == 1
    assert found.cutoff is None


def test_a_way_that_many_share_is_counted_and_not_shown():
    """Though the rest of the class is varied."""
    answers = {f"l{n}": varied(n) for n in range(40)} | {f"s{n}": varied(99) for n in range(6)}
    found = similarity.alike(answers, STUB)
    assert found.groups == ()
    assert found.crowds == (6,)


def test_known_ways_short_answers_stubs_and_small_classes_are_left_out():
    """Each of them alone keeps a pair from being shown."""
    rest = {f"l{n}": varied(n) for n in range(20)}
    twins = {"one": varied(50), "other": varied(50)}
    assert similarity.alike(rest | twins, STUB).groups
    assert not similarity.alike(rest | twins, STUB, known=[varied(50)]).groups
    assert not similarity.alike(rest | {"one": varied(50, lines=2), "other": varied(50, lines=2)}, STUB).groups
    assert not similarity.alike(rest | {"one": STUB, "other": STUB}, STUB).groups
    assert not similarity.alike(rest | twins, varied(50)).groups
    few = dict(list(rest.items())[:2]) | twins
    assert similarity.alike(few, STUB) == similarity.Alike(compared=4)


# findings


LIMITS = [
    ("time", "Your code took longer than 20 s and was stopped (in the line `x`)."),
    ("time", "The time for the whole notebook (300 s) was used up before this check."),
    ("memory", "Your code used more than the 3 GiB of memory that there are."),
    ("memory", "Your code raised MemoryError: no."),
    ("memory", "Your code raised ResourceExhaustedError: OOM."),
    ("disk", "Your code wrote more than the 0.5 GiB and 20000 files that there is room for."),
    ("processes", "Your code started more than the 256 processes and threads that there may be."),
    ("process ended", "Your code ended the notebook's process (exit, crash, or out of memory)."),
    ("process ended", "The notebook's process ended too often."),
]


@pytest.mark.parametrize(("kind", "message"), LIMITS)
def test_limits_are_seen_in_messages(kind, message):
    """Each once for a question."""
    who = learner("l", {"a": 0.0}, verdicts={"a": verdict(message=message)}, guests=1)
    assert [(x.kind, x.where, x.text) for x in findings.limits(assignment([who]))] == [(kind, "a", message)]


def test_the_words_are_those_of_the_grader():
    """What the host and the judge say of each limit is recognised: these tests cannot go stale."""
    from gradetape.guest import host
    from gradetape.judge.calls import explain

    kinds = {"": "process ended", "memory": "memory", "disk": "disk", "processes": "processes", "cpu": "processor"}
    for why, deed in host._ENDED.items():
        said = explain(
            host.Answer(
                kind="died", evalue=f"Your code {deed.format(memory='3 GiB', disk='1 GiB', files='9', processes='5')}."
            )
        )
        assert findings._kind(said) == kinds[why], said
    for kind in ("interrupted", "no time"):
        assert findings._kind(explain(host.Answer(kind=kind, evalue="20"))) == "time"
    assert findings._kind(explain(host.Answer(kind="raised", ename="MemoryError"))) == "memory"
    assert (
        findings._kind(
            explain(host.Answer(kind="raised", ename="ValueError", evalue="used more than the 3 GiB of memory"))
        )
        == ""
    )


def test_dead_processes_are_named_once():
    """By the cell that ended them; without one by their number."""
    cell = CellError(
        cell=7,
        text="DeadKernelError: This cell ended the notebook's process (exit, crash, or out of memory). It was left out.",
    )
    data = assignment([learner("l", {"a": 0.0}, errors=(cell,), guests=2), learner("m", {"a": 0.0}, guests=3)])
    found = [(x.learner.name, x.kind, x.where) for x in findings.limits(data)]
    assert found == [("l", "process ended", "cell 7"), ("m", "process ended", "notebook")]


def test_unchecked_questions_until_a_person_has_graded_them():
    """From the verdict, or from the gradebook where no result was kept; manual questions wait for a person anyway."""
    waits = Grade(score=0.0, max_score=2.0, waits=True)
    by_hand = Grade(score=1.0, max_score=2.0, by_hand=True)
    open_ = verdict(status=Status.UNCHECKED)
    people = (
        Learner(name="verdict", state=State.GRADED, grades={"a": waits}, verdicts={"a": open_}, notes=("why",)),
        Learner(name="settled", state=State.GRADED, grades={"a": by_hand}, verdicts={"a": open_}),
        Learner(name="not kept", state=State.GRADED, grades={"a": waits, "m": waits}),
        Learner(name="fine", state=State.GRADED, grades={"a": waits}, verdicts={"a": verdict()}),
    )
    questions = (QuestionInfo(name="a", points=2.0), QuestionInfo(name="m", points=2.0, manual=True))
    found = findings.unchecked(AssignmentData(name="x", questions=questions, learners=people))
    assert [(u.learner.name, u.question, u.titles, u.notes) for u in found] == [
        ("verdict", "a", ("It holds.",), ("why",)), ("not kept", "a", (), ()),
    ]  # fmt: skip


def test_mistakes_by_name_and_failures_without_one():
    """The commonest first."""
    named = verdict(diagnosis=Diagnosis(mistake="a/one", hint="Try."))
    data = assignment([
        learner("l", {"a": 0.0}, verdicts={"a": named}), learner("m", {"a": 0.0}, verdicts={"a": named}),
        learner("n", {"a": 0.0}, verdicts={"a": verdict(), "b": verdict("b", diagnosis=Diagnosis(mistake="b/x", hint="h"))}),
    ])  # fmt: skip
    assert [(m.mistake, len(m.learners)) for m in findings.mistakes(data)] == [("a/one", 2), ("b/x", 1)]
    assert [(u.question, u.title, [x.name for x in u.learners]) for u in findings.unnamed(data)] == [
        ("a", "It holds.", ["n"])
    ]


# the page, its charts and tables


def themes():
    """The colours of the page by theme: light, dark, print."""
    text = Path(gradetape.report.__file__).with_name("report.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    assert len(blocks) == 3
    return [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def contrast(one, other):
    """WCAG 2's contrast ratio."""

    def luminance(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark", "print"])
def test_contrast_of_text_and_charts(theme):
    """WCAG AA: 4.5 for text on every ground it stands on, 3 for parts of charts and lines."""
    grounds = [theme[name] for name in ("--page", "--faint", "--todo", "--differs")]
    for ground in grounds:
        assert contrast(theme["--text"], ground) >= 4.5
        assert contrast(theme["--link"], ground) >= 4.5
    assert contrast(theme["--muted"], theme["--page"]) >= 4.5
    for name in ("--passed", "--failed", "--not-attempted", "--unchecked", "--line"):
        assert contrast(theme[name], theme["--page"]) >= 3, name
    assert set(charts.PLACEHOLDERS.values()) <= theme.keys()


def test_charts_have_words_variables_and_ids_of_their_own():
    """No colour is left but the page's; two charts on a page do not share an id; names with signs stay text."""
    question = statistics.QuestionStatistics(
        name="a<b & $x$", points=1, manual=False, graded=2, mean=1, success=1, discrimination=None, median_seconds=None,
        most_seconds=None, outcomes={Status.PASSED: 1, Status.FAILED: 1},
    )  # fmt: skip
    one = charts.spread([0, 1, 2, 0, 0, 0, 0, 0, 0, 3], prefix="p-", label='1 "quoted" <b>')
    two = charts.outcomes([question], prefix="q-", label="words")
    assert one.startswith('<svg role="img" aria-label=')
    assert '"quoted" &lt;b&gt;' in one
    for text, prefix in ((one, "p-"), (two, "q-")):
        assert not re.search(r"#[0-9a-f]{6}\b", re.sub(r'url\(#[^)]*\)|href="#[^"]*"', "", text))
        assert all(name.startswith(prefix) for name in re.findall(r'\bid="([^"]*)"', text))
        assert all(name.startswith(prefix) for name in re.findall(r"url\(#([^)]*)\)", text))
        assert "<style" not in text
        assert "<text" in text
    assert "a&lt;b &amp; $x$" in two
    assert one == charts.spread([0, 1, 2, 0, 0, 0, 0, 0, 0, 3], prefix="p-", label='1 "quoted" <b>')


def render(*learners, **changes):
    data = AssignmentData(name="x", questions=(QuestionInfo(name="a", points=2.0),), learners=learners, **changes)
    return page.render([analysis.analyse(data)], made=datetime(2026, 1, 2, tzinfo=UTC))


def test_what_learners_wrote_is_shown_and_not_run():
    """Names, messages, notes and code are escaped; signs that nobody sees become one that is seen."""
    evil = '<script>alert("x")</script>\u202e'
    answers = {f"l{n}": varied(n) for n in range(20)} | {"one": varied(50) + f"\n# {evil}", "other": varied(50)}
    people = [learner(name, {"a": 0.0}, answers={"a": text}) for name, text in answers.items()]
    said = verdict(message=f"Your code took longer than 3 s and was stopped (in the line `{evil}`).")
    people.append(learner(evil, {"a": 0.0}, verdicts={"a": said}, notes=(evil,), links={"notebook": "a%3Cb"}))
    text = render(*people)
    assert "<script" not in text
    assert "\u202e" not in text
    assert text.count("&lt;script&gt;") >= 3
    assert "one, other:" in text


def test_an_assignment_without_results_says_what_to_do():
    """In its section and in the overview."""
    text = render(missing="Nobody handed in.")
    assert text.count("Nobody handed in.") == 2
    assert "<svg" not in text


def test_long_lists_are_cut_with_a_count_and_a_pointer():
    """What is left out is in the table."""
    many = [
        learner(f"l{n:04}", {"a": 1.0}, seconds_late=60.0, verdicts={"a": verdict(message=LIMITS[0][1])})
        for n in range(300)
    ]
    text = render(*many)
    assert 'The first 50 of 300; all of them are in <a href="limits.csv">limits.csv</a>.' in text
    assert 'The first 200 of 300; all of them are in <a href="scores.csv">scores.csv</a>.' in text
    assert "Late submissions (300)" in text
    assert len(text) < 400_000


def test_side_by_side_marks_what_differs():
    """Line by line."""
    left, right = page.side_by_side("a\nb\nc", "a\nx\nc\nd")
    assert left == [("a", False), ("b", True), ("c", False)]
    assert right == [("a", False), ("x", True), ("c", False), ("d", True)]


def test_tables_hold_everything_and_no_formula(tmp_path):
    """A text that a spreadsheet would run starts with an apostrophe; numbers stay numbers."""
    data = assignment([learner("=cmd()", {"a": 0.0, "b": 1.5}, verdicts={"a": verdict(message="-1 is wrong")})])
    files = table.write(tmp_path, [analysis.analyse(data)])
    rows = {path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) for path in files}
    assert set(rows) == set(table.TABLES)
    assert rows["scores"][0]["learner"] == "'=cmd()"
    assert rows["scores"][0]["score"] == "1.5"
    assert rows["answers"][0]["message"] == "'-1 is wrong"
    assert [row["question"] for row in rows["answers"]] == ["a", "b"]
    assert rows["other_failures"][0]["learners"] == "'=cmd()"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "\u2013"),
        (0.25, "0.25 s"),
        (59, "59 s"),
        (90, "2 min"),
        (3600, "1 h 0 min"),
        (5400, "1 h 30 min"),
        (200_000, "2 d 8 h"),
    ],
)
def test_durations(seconds, text):
    """In two units at most."""
    assert page._duration(seconds) == text
