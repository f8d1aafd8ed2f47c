"""`gradetape report` on a course that was really graded: what is on the page, what never is, and what is missing."""

import csv
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
from html.parser import HTMLParser

import pytest
from helpers import COURSES, write_answer

from gradetape import autograding, report
from gradetape.course import Course, CourseError
from gradetape.releasing import nbgrader_api
from gradetape.shelf import prune
from gradetape.store import Store

pytestmark = pytest.mark.e2e

ODD = '''

@question("square")
def test_square_of_nothing(learner, check):
    """A check that breaks in the grader's own code for one learner."""
    found = learner(squared, np.zeros(2))
    if getattr(found, "shape", None) == (1,):
        raise RuntimeError("CANARY_STAFF")
    check(True, "never said")
'''
UNREADABLE = "What was handed in is no notebook that can be read."
SQUARE = "def square(x):\n    return x * x"
STEPS = (
    "np.asarray({v}) + {v}",
    "np.multiply({v}, 2)",
    "{v} + {v}",
    "np.add({v}, {v})",
    "2 * {v}",
    "np.sum([{v}, {v}], axis=0)",
)


def long_way(number, name="step"):
    """A right answer of nine lines in an order that no other number gives."""
    order = [STEPS[(number * (n + 2) + n * n + number // 5) % 6].format(v="x") for n in range(8)]
    lines = [f"    {name}{n} = {text}" for n, text in enumerate(order)]
    return "\n".join(["def double(x):", *lines, f"    return {name}0.astype(x.dtype).reshape(x.shape)"])


ANSWERS = {f"l{n:02}": {"double_answer": long_way(n), "square_answer": SQUARE} for n in range(1, 13)} | {
    "copycat": {"double_answer": long_way(4, name="mine"), "square_answer": SQUARE},
    "doubles": {"double_answer": "def double(x):\n    return x", "square_answer": "def square(x):\n    return 2 * x"},
    "odd": {"double_answer": long_way(20), "square_answer": "def square(x):\n    return np.array([1.0])"},
    "loops": {"double_answer": "def double(x):\n    while True:\n        pass", "square_answer": SQUARE},
    "strange": {
        "double_answer": "def double(x):\n    return x * 7 - 3 # <script>alert(1)</script>",
        "square_answer": SQUARE,
    },
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course `vault`, graded and with feedback: seventeen notebooks, a PDF, one late, one who handed in nothing."""
    root = tmp_path_factory.mktemp("report") / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    tests = root / "graders" / "vault" / "test_vault.py"
    tests.write_text(tests.read_text() + ODD)
    api = nbgrader_api(root)
    assert api.generate_assignment("vault")["success"]
    release = (root / "release" / "vault" / "vault.ipynb").read_bytes()
    with api.gradebook as book:
        book.update_or_create_assignment("vault", duedate="2026-11-01 12:00:00 UTC")
        book.add_student("absent")
    for name, answer in (ANSWERS | {"pdf": None}).items():
        folder = root / "submitted" / name / "vault"
        folder.mkdir(parents=True)
        (folder / "vault.ipynb").write_bytes(write_answer(release, answer) if answer else b"%PDF-1.7")
        when = "2026-11-01 13:30:00 UTC" if name == "l03" else "2026-10-31 10:00:00 UTC"
        (folder / "timestamp.txt").write_text(when)
    received = root / "exchange" / api.coursedir.course_id / "inbound" / "l04+vault+2026-11-02 12:00:00 UTC+x"
    received.mkdir(parents=True)
    os.environ["GRADETAPE_NO_PRELOAD"] = "1"
    try:
        autograding.autograde(Course(root), ["vault"], jobs=1)
    finally:
        del os.environ["GRADETAPE_NO_PRELOAD"]
    assert nbgrader_api(root).generate_feedback("vault")["success"]
    return Course(root)


@pytest.fixture(scope="module")
def written(course):
    """Its report, where the command puts it."""
    return report.write(course, ["vault"], course.root / "report")


@pytest.fixture(scope="module")
def text(written):
    """The page."""
    return written.page.read_text(encoding="utf-8")


def rows(written, name):
    path = written.page.with_name(f"{name}.csv")
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def part(text, heading):
    """The text of one part of the page, without tags."""
    found = text.split(f"<h3>{heading}</h3>")[1].split("<h3>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_scores_are_the_gradebooks(course, written):
    """Of everybody; who handed in nothing is there, too."""
    found = {row["learner"]: row for row in rows(written, "scores")}
    with nbgrader_api(course.root).gradebook as book:
        recorded = {name: book.find_submission("vault", name).score for name in (*ANSWERS, "pdf")}
    assert {name: float(row["score"]) for name, row in found.items() if row["score"]} == pytest.approx(recorded)
    assert found["absent"]["state"] == "not handed in"
    assert (found["l01"]["score"], found["l01"]["max_score"]) == ("4.0", "10.0")  # the written answer is left empty
    assert found["pdf"]["why_no_verdicts"] == UNREADABLE


def test_mistakes_are_named_with_hint_and_links(text, written):
    """The commonest known mistakes, and failures that are none."""
    found = {row["mistake"]: row for row in rows(written, "mistakes")}
    assert found["double/unchanged"]["learners"] == "doubles"
    assert found["square/doubles"]["hint"] == "A value times itself, not times two."
    shown = part(text, "Commonest mistakes")
    assert "double/unchanged 1 The values have to change. doubles notebook feedback" in shown
    assert {"loops", "strange"} <= {name for row in rows(written, "other_failures") for name in row["learners"].split()}


def test_links_lead_to_what_is_there(text, written):
    """Relative ones, to graded notebooks and feedback pages; none to what does not exist, none to the net."""
    links = set(re.findall(r'href="([^"#][^"]*)"', re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)))
    assert "../autograded/doubles/vault/vault.ipynb" in links
    assert "../feedback/doubles/vault/vault.html" in links
    for link in links:
        assert (written.page.parent / urllib.parse.unquote(link)).is_file(), link


def test_what_could_not_be_checked_is_listed_with_its_result(text, course, written):
    """Though such a result is kept back from the ledger; its report for staff stays where it is."""
    (row,) = rows(written, "not_checked")
    assert (row["learner"], row["question"]) == ("odd", "square")
    assert row["checks"] == "A check that breaks in the grader's own code for one learner."
    assert Store(course.root).path(row["result"]).is_file()
    assert row["result"][:12] in part(text, "Could not be checked")


def test_a_timestamp_that_the_exchange_contradicts(text, written):
    """The part 'Late' names who handed in later than said, beside the exchange's own time; so does scores.csv."""
    said = "timestamp.txt says 2026-10-31 10:00:00 UTC, and the exchange has it under 2026-11-02 12:00:00 UTC: 2 d 2 h later."
    assert "Handed in later than they say" in part(text, "Late")
    assert f"l04 notebook feedback {said}" in part(text, "Late")
    found = {row["learner"]: row["handed_in_later_than_said"] for row in rows(written, "scores")}
    assert {name: value for name, value in found.items() if value} == {"l04": said}


def test_limits_and_lateness(text, written):
    """The endless loop, and one hour and a half after the due date."""
    assert {(row["learner"], row["limit"], row["where"]) for row in rows(written, "limits")} == {
        ("loops", "time", "double"), ("loops", "time", "cell 4"),  # its hidden test, and the visible one
    }  # fmt: skip
    assert "Your code took longer than 3 s and was stopped" in part(text, "Limits hit")
    assert "Waiting for a person: 1; such scores can still change." in text
    assert "l03 notebook feedback 2026-11-01 13:30 1 h 30 min" in part(text, "Late")


def test_the_copy_is_shown_and_nobody_else(text, written):
    """Renamed, side by side, as a place to look; the square, which all answer alike, is not."""
    assert [(row["question"], row["learners"], row["verbatim"]) for row in rows(written, "alike")] == [
        ("double", "copycat l04", "False")
    ]
    shown = part(text, "Alike answers")
    assert "A place to look, never a verdict." in shown
    assert "copycat, l04: double (the same after renaming)" in shown
    assert "mine3 = " in shown
    assert "step3 = " in shown


def test_staffs_reports_and_the_graders_text_are_nowhere(text, course, written):
    """Neither on the page nor in a table: what can show hidden values stays in the results."""
    stored = "".join(path.read_text() for path in course.root.glob(".gradetape/results/*/*.json"))
    assert "CANARY_STAFF" in stored
    for content in (text, *(path.read_text() for path in written.tables)):
        assert "CANARY" not in content
        assert "<script" not in content


class _Outline(HTMLParser):
    """Collects what a screen reader goes by."""

    def __init__(self):
        super().__init__()
        self.levels, self.ids, self.labels, self.tags = [], [], [], []

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        self.tags.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if "id" in about:
            self.ids.append(about["id"])
        self.labels += (about.get("aria-labelledby") or "").split()
        if tag == "th":
            assert about.get("scope") in ("col", "row")


def test_landmarks_headings_and_tables(text):
    """One h1, no level left out, ids once, labels that exist, a caption for every table; no script, nothing from elsewhere."""
    outline = _Outline()
    outline.feed(text)
    assert outline.levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(outline.levels, outline.levels[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.labels) <= set(outline.ids)
    assert outline.tags.count("table") == outline.tags.count("caption") > 5
    assert {"header", "nav", "main", "footer"} <= set(outline.tags)
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert "Names of learners are on this page" in text


def test_it_stays_out_of_a_repository(written):
    """A .gitignore of its own; a folder that was somebody's gets none."""
    assert written.page.with_name(".gitignore").read_text().endswith("\n*\n")


def test_a_pruned_store_is_named(course, tmp_path):
    """Scores stay, verdicts are missing, and the way to have them again is said; a PDF is no gap in the store."""
    copy = Course(shutil.copytree(course.root, tmp_path / "vault", dirs_exist_ok=True))
    prune(Store(copy.root), everything=True)
    written = report.write(copy, ["vault"], tmp_path / "out")
    found = {row["learner"]: row["why_no_verdicts"] for row in rows(written, "scores")}
    assert found["l01"] == "Its stored result was removed (`gradetape store prune`)."
    assert found["odd"].startswith("A question could not be checked, and the result was not kept")
    assert (found["pdf"], found["absent"]) == (UNREADABLE, "")
    text = written.page.read_text()
    assert "16 without verdicts. Its stored result was removed" in " ".join(text.split())
    assert "gradetape autograde vault --force" in text
    assert [(row["learner"], row["checks"]) for row in rows(written, "not_checked")] == [("odd", "")]


def test_results_of_another_version_are_named(course, tmp_path):
    """Not read, not guessed at."""
    copy = Course(shutil.copytree(course.root, tmp_path / "vault", dirs_exist_ok=True))
    for path in copy.root.glob(".gradetape/results/*/*.json"):
        path.write_text(path.read_text().replace("gradetape/result/", "gradetape/result/9"))
    written = report.write(copy, ["vault"], tmp_path / "out")
    assert {row["why_no_verdicts"] for row in rows(written, "scores") if row["learner"].startswith("l")} == {
        "Its stored result cannot be read: it is damaged, or of another version."
    }


def test_an_assignment_without_hidden_tests_has_scores_only(course, tmp_path):
    """Of nbgrader's plain kind."""
    copy = Course(shutil.copytree(course.root, tmp_path / "vault", dirs_exist_ok=True))
    shutil.rmtree(copy.root / "graders")
    written = report.write(copy, ["vault"], tmp_path / "out")
    assert "This assignment has no hidden tests" in written.page.read_text()
    assert len([row for row in rows(written, "scores") if row["score"]]) == len(ANSWERS) + 1
    assert rows(written, "not_checked") == []


def test_before_there_are_results(tmp_path):
    """Not released, nobody handed in, not graded: each says what to do; a gradebook is not made for it."""
    root = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    course, out = Course(root), root / "report"
    seen = []
    written = report.write(course, ["vault"], out, progress=seen.append)
    assert written.missing == ("vault: It was not released yet. Run `nbgrader generate_assignment vault`.",)
    assert not (root / "gradebook.db").exists()
    assert seen[0] == "reading vault"
    assert nbgrader_api(root).generate_assignment("vault")["success"]
    assert "Nobody handed in: submitted/<student>/vault/ is empty." in report.write(course, ["vault"], out).missing[0]
    folder = root / "submitted" / "ada" / "vault"
    folder.mkdir(parents=True)
    shutil.copy(root / "release" / "vault" / "vault.ipynb", folder)
    found = report.write(course, ["vault"], out)
    assert found.missing == ("vault: 1 handed in, and nothing is graded yet. Run `gradetape autograde vault`.",)
    assert "Run `gradetape autograde vault`." in found.page.read_text()


def test_errors_say_what_to_do(course, tmp_path, monkeypatch):
    """A file where the folder should be; a package that is missing."""
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match=r"cannot be written to '.*/file': File exists\. Name another --output\."):
        report.write(course, ["vault"], tmp_path / "file")
    monkeypatch.setattr("gradetape.report.writing._NEEDED", ("jinja2", "no_such_package"))
    with pytest.raises(
        CourseError, match=r"The report needs no_such_package\. Run `pip install 'gradetape\[report\]'`\."
    ):
        report.write(course, ["vault"], tmp_path / "out")


def test_tensorflow_is_not_imported(course, tmp_path):
    """And matplotlib, jinja2 and nbgrader only once a report is written."""
    code = (
        "import sys; from gradetape import report; from gradetape.course import Course; from pathlib import Path\n"
        "early = [m for m in ('matplotlib', 'jinja2', 'nbgrader', 'rapidfuzz') if m in sys.modules]\n"
        "report.write(Course(sys.argv[1]), ['vault'], Path(sys.argv[2]))\n"
        "print(early, [m for m in ('tensorflow', 'keras', 'matplotlib.pyplot') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(course.root), str(tmp_path / "out")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[] []"
