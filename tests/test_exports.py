"""Exports: a real gradebook, the store's verdicts, and each format as its documentation has it."""

import csv
import datetime as dt
import json
import logging
import re
import shutil
import subprocess
import warnings

import pytest
from helpers import COURSES, ROOT, write_answer
from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.apps.exportapp import ExportApp
from traitlets.config import Config

from gradetape import autograding, exports
from gradetape.course import Course
from gradetape.exports import base, canvas, gradescope, moodle, openedx, questions, scores, table
from gradetape.recording import Ledger
from gradetape.releasing import nbgrader_api
from gradetape.store import Store
from gradetape.verdict import Check, Diagnosis, Result, Status, Verdict

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

DUE = dt.datetime(2026, 11, 1, 12)  # noqa: DTZ001 - as nbgrader keeps times
RUN = "Demo+TF101+2026"
SUBSECTION = f"block-v1:{RUN}+type@sequential+block@d8a6192ade314473a78242dfeedfbf5b"
STAFF_GRADED = f"block-v1:{RUN}+type@staffgradedxblock+block@0f1e2d3c4b5a69788796a5b4c3d2e1f0"

CANVAS_COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
OPENEDX_REQUIRED = {"user_id", "course_id"}
STAFF_GRADED_REQUIRED = {"user_id", "New Points", "block_id", "Previous Points"}
GRADESCOPE_KEYS = {
    "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility",
    "stdout_visibility", "extra_data", "tests", "leaderboard",
}  # fmt: skip
GRADESCOPE_TEST_KEYS = {
    "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags", "visibility",
    "extra_data",
}  # fmt: skip


def verdict(question, status, score, most, mistake=""):
    diagnosis = Diagnosis(mistake=f"{question}/{mistake}", hint=f"Mind the {mistake}.") if mistake else None
    message = "" if status is Status.PASSED else "Differs in 3 of 4 values."
    check = Check(title=f"The {question} is right.", status=status, message=message)
    return Verdict(
        question=question, status=status, score=score, max_score=most, message=message, checks=(check,),
        diagnosis=diagnosis,
    )  # fmt: skip


def record(root, student, *verdicts):
    digest = f"{student:0<8}".encode().hex()
    Store(root).put(Result(assignment="w1", digest=digest, seed=1, verdicts=verdicts, seconds=1.25))
    Ledger(root, "w1").put(student, digest)


def grade(gradebook, cell, student, auto, *, manual=None, extra=None, waits=False):
    row = gradebook.find_grade(cell, "w1", "w1", student)
    row.auto_score, row.manual_score, row.extra_credit, row.needs_manual_grade = auto, manual, extra, waits
    gradebook.db.commit()


def assignments(gradebook):
    """Two with points (w2 has none handed in), one that nobody made yet."""
    for name in ("w1", "w2"):
        gradebook.add_assignment(name, duedate=DUE)
        gradebook.add_notebook(name, name)
    for cell, most, kind in (("mean", 4, "code"), ("norm", 2, "code"), ("essay", 3, "markdown")):
        gradebook.add_grade_cell(cell, "w1", "w1", max_score=most, cell_type=kind)
    gradebook.add_grade_cell("loss", "w2", "w2", max_score=5, cell_type="code")
    gradebook.add_assignment("planned")


def hand_in(root, gradebook):
    """Ada is right; bo is late, diagnosed and graded by hand; chen waits; dai's was never graded; eve handed nothing in."""
    for student, late in (("ada", 0), ("bo", 3600), ("chen", 0)):
        gradebook.add_submission("w1", student, timestamp=DUE + dt.timedelta(seconds=late))
    gradebook.db.add(
        SubmittedAssignment(assignment=gradebook.find_assignment("w1"), student=gradebook.find_student("dai"))
    )
    gradebook.find_submission("w1", "bo").notebooks[0].late_submission_penalty = 1.5
    gradebook.db.commit()
    grade(gradebook, "mean", "ada", 4)
    grade(gradebook, "norm", "ada", 2, extra=1)
    grade(gradebook, "essay", "ada", None, manual=3)
    record(root, "ada", verdict("mean", Status.PASSED, 4, 4), verdict("norm", Status.PASSED, 2, 2))
    grade(gradebook, "mean", "bo", 4 / 3)
    grade(gradebook, "norm", "bo", 0, manual=1)
    grade(gradebook, "essay", "bo", None, manual=0)
    record(root, "bo", verdict("mean", Status.FAILED, 4 / 3, 4, "axis"), verdict("norm", Status.NOT_ATTEMPTED, 0, 2))
    grade(gradebook, "mean", "chen", 4)
    grade(gradebook, "norm", "chen", 2)
    grade(gradebook, "essay", "chen", None, waits=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course directory with gradebook and store; learners' names and ids are hard on CSV files."""
    root = tmp_path_factory.mktemp("made")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own, of SQLAlchemy
        with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
            assignments(gradebook)
            for student, first, last, email, lms in (
                ("ada", "Ada", 'Lovelace, "Countess"', "ada@x.org", "101"),
                ("bo", '=HYPERLINK("http://x")', "@sum(1)", "bo@x.org", "102"),
                ("chen", "辰", "Çelik\nSchmidt", "chen@x.org", "103"),
                ("dai", None, None, None, None),
                ("eve", " -2+3", "\t+cmd", "", ""),
            ):
                gradebook.add_student(student, first_name=first, last_name=last, email=email, lms_user_id=lms)
            hand_in(root, gradebook)
    return root


@pytest.fixture
def book(made, tmp_path):
    """A copy of that course directory in tmp_path: its open gradebook."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        yield gradebook


def export(kind, book, root, *, student=(), assignment=(), to="out", **settings):
    """Run an exporter as nbgrader does; return where it wrote."""
    config = Config()
    config.CourseDirectory.root = str(root)
    config.ExportPlugin.to = str(root / to)
    config.ExportPlugin.student, config.ExportPlugin.assignment = list(student), list(assignment)
    config[kind.__name__].update(settings)
    exporter = kind(config=config)
    exporter.log = logging.getLogger("exports")
    exporter.export(book)
    return root / to


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def by(rows, column, header=0):
    at = rows[header].index(column)
    return {row[at]: row for row in rows[header + 1 :]}


def test_questions(book, tmp_path):
    """A row for each assignment, question and learner, whether handed in or not."""
    rows = read(export(exports.QuestionsExporter, book, tmp_path))
    assert rows[0] == list(questions.COLUMNS)
    assert len(rows) == 1 + 5 * (3 + 1)
    found = {(r[0], r[2], r[3]): r[6:] for r in rows[1:]}
    assert found["w1", "mean", "ada"] == ["4", "4", "passed", "hidden tests", "", "0"]
    assert found["w1", "norm", "ada"] == ["3", "2", "passed", "hidden tests", "", "0"]
    assert found["w1", "essay", "ada"] == ["3", "3", "graded", "person", "", "0"]
    assert found["w1", "mean", "bo"] == ["1.3333", "4", "failed", "hidden tests", "mean/axis", "3600"]
    assert found["w1", "norm", "bo"] == ["1", "2", "not attempted", "person", "", "3600"]
    assert found["w1", "norm", "chen"] == ["2", "2", "graded", "nbgrader", "", "0"]
    assert found["w1", "essay", "chen"] == ["0", "3", "waits for a person", "", "", "0"]
    assert found["w1", "mean", "dai"] == ["", "4", "not graded", "", "", "0"]
    assert found["w2", "loss", "ada"] == ["", "5", "no submission", "", "", ""]


def test_the_page_names_every_column():
    """Those of the documentation that it cites, too."""
    page = (ROOT / "docs" / "exports.md").read_text()
    documented = {*CANVAS_COLUMNS, *OPENEDX_REQUIRED, *STAFF_GRADED_REQUIRED, *moodle.LEARNER_COLUMNS}
    written = {"score", "max_score", "visibility", "output", "status", *questions.COLUMNS}
    assert {name for name in documented | written if f"`{name}`" not in page} == set()


def test_no_name_becomes_a_formula(book, tmp_path):
    """Whatever the exporter, no text cell begins with a formula's sign; a plain number stays one."""
    paths = [export(k, book, tmp_path, to=k.__name__) for k in (exports.QuestionsExporter, exports.CanvasExporter)]
    paths.append(export(exports.MoodleExporter, book, tmp_path, to="moodle", feedback=True))
    for path in paths:
        cells = [cell for row in read(path) for cell in row if cell not in {"", moodle.NO_GRADE}]
        assert not [cell for cell in cells if cell.lstrip()[0] in "=+-@"]
        assert any("'=HYPERLINK" in cell or "'@sum(1)" in cell for cell in cells)
        assert "Çelik Schmidt" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("  =1", "'=1"), ("\t@x", "'@x"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("\uff1d1", "'\uff1d1"), ("-3", "-3"), ("+4.5%", "+4.5%"), ("-x", "'-x"), ("Ana", "Ana"), ("O'Neil", "O'Neil"),
        ("a\x00\nb", "a b"), ("", ""), ("\r=1", "'=1"),
    ],
)  # fmt: skip
def test_text(value, cell):
    assert table.text(value) == cell


def test_text_of_several_lines():
    assert table.text("=a\r\nb\x07", lines=True) == "'=a\nb"


@pytest.mark.parametrize(("value", "cell"), [(0, "0"), (4.0, "4"), (4 / 3, "1.3333"), (-0.5, "-0.5"), (1e-9, "0")])
def test_number(value, cell):
    assert table.number(value) == cell


def test_canvas(book, tmp_path):
    """The documented columns, points possible in the second row, penalties and a person's points in the scores."""
    rows = read(export(exports.CanvasExporter, book, tmp_path, section="A"))
    assert rows[0] == [*CANVAS_COLUMNS, "w1", "w2"] == [*canvas.LEARNER_COLUMNS, "w1", "w2"]
    assert rows[1] == ["    Points Possible", "", "", "", "", "9", "5"]
    found = by(rows, "SIS Login ID")
    assert found["ada"] == ['Lovelace, "Countess", Ada', "101", "", "ada", "A", "10", ""]
    assert found["bo"][5:] == ["0.8333", ""]
    assert found["chen"][:2] == ["Çelik Schmidt, 辰", "103"]
    assert found["chen"][5] == "6"
    assert found["dai"] == ["dai", "", "", "dai", "A", "", ""]
    assert found["eve"][5:] == ["", ""]


def test_canvas_settings(book, tmp_path):
    """Email as login, zero for who handed nothing in, no score that is not final, one assignment, one learner."""
    kind = exports.CanvasExporter
    rows = read(export(kind, book, tmp_path, login="email", missing_as_zero=True, only_final=True, assignment=["w1"]))
    found = by(rows, "SIS Login ID")
    assert rows[0][5:] == ["w1"]
    assert [found[key][5] for key in ("ada@x.org", "chen@x.org")] == ["10", ""]
    assert [row[5] for row in rows[2:] if not row[1]] == ["", "0"]  # dai's waits for grading, eve has none
    assert len(read(export(kind, book, tmp_path, student=["ada"]))) == 3


ROSTER = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,w1 (9001),Other (9002),Final Score
,,,,,Manual Posting,,
    Points Possible,,,,,9,1,(read only)
"Lovelace, Ada",101,s1,alovelace,"TF101, A",2,1,7
"Bo",7,s2,bo,TF101 B,,1,7
"Dai",8,dai,other,TF101 B,8.5,1,7
"""


def test_canvas_with_a_roster(book, tmp_path, caplog):
    """Learners are found by Canvas ID, login or SIS ID; the assignment by its name; Canvas' own scores are kept."""
    (tmp_path / "export.csv").write_text(ROSTER, encoding="utf-8")
    rows = read(export(exports.CanvasExporter, book, tmp_path, assignment=["w1"], roster=str(tmp_path / "export.csv")))
    assert rows[0] == [*CANVAS_COLUMNS, "w1 (9001)"]
    assert sorted(rows[2:]) == [
        ["Bo", "7", "s2", "bo", "TF101 B", "0.8333"],
        ["Dai", "8", "dai", "other", "TF101 B", "8.5"],
        ["Lovelace, Ada", "101", "s1", "alovelace", "TF101, A", "10"],
    ]
    assert re.search(
        r"Learner 'chen' is not in .*export.csv \(looked for the Canvas ID '103' and the login 'chen'\)", caplog.text
    )


def test_canvas_roster_with_semicolons(book, tmp_path):
    """Some of Canvas' languages export semicolons."""
    text = "LastName;FirstName;ID;SIS Login ID;Section;w1 (1)\nLovelace;Ada;101;ada;A;\n"
    (tmp_path / "export.csv").write_text(text)
    rows = read(export(exports.CanvasExporter, book, tmp_path, assignment=["w1"], roster=str(tmp_path / "export.csv")))
    assert rows[0] == ["LastName", "FirstName", "ID", "SIS Login ID", "Section", "w1 (1)"]
    assert rows[1] == ["    Points Possible", "", "", "", "", "9"]
    assert rows[2] == ["Lovelace", "Ada", "101", "ada", "A", "10"]


def test_moodle(book, tmp_path, caplog):
    """The learner's columns as Moodle names them; no grade is a dash, which Moodle takes for none."""
    rows = read(export(exports.MoodleExporter, book, tmp_path, columns={"w1": "Week 1"}))
    assert rows[0] == ["First name", "Last name", "Username", "ID number", "Email address", "Week 1", "w2"]
    found = by(rows, "Username")
    assert found["ada"] == ["Ada", 'Lovelace, "Countess"', "ada", "101", "ada@x.org", "10", "-"]
    assert [found[s][5] for s in ("bo", "chen", "dai", "eve")] == ["0.8333", "6", "-", "-"]
    assert "Assignment 'planned' has no graded cell with points: left out." in caplog.text


def test_moodle_leaves_out_whom_it_could_not_find(book, tmp_path, caplog):
    """One row without the identifying field would spoil the whole import."""
    rows = read(export(exports.MoodleExporter, book, tmp_path, identify_by="email"))
    assert set(by(rows, "Username")) == {"ada", "bo", "chen"}
    assert "Learner 'dai' has no email in the gradebook: left out." in caplog.text


def test_moodle_feedback(book, tmp_path):
    """Hints stand beside the grade, question by question; nothing for what is passed."""
    rows = read(export(exports.MoodleExporter, book, tmp_path, feedback=True, assignment=["w1"]))
    assert rows[0][5:] == ["w1", "w1 (Feedback)"]
    found = by(rows, "Username")
    assert found["bo"][6] == "mean: Mind the axis.\nnorm: Differs in 3 of 4 values."
    assert found["ada"][6] == found["eve"][6] == ""


@pytest.fixture
def users(tmp_path):
    """What Open edX gives out: a table with user ids."""
    path = tmp_path / "users.csv"
    path.write_text(
        "user_id,username,student_key,course_id,track,cohort,full_name\n"
        f"11,ada,,course-v1:{RUN},verified,,Ada\n12,bo,,course-v1:{RUN},audit,One,Bo\n14,eve,,course-v1:{RUN},audit,,E\n"
    )
    return str(path)


def test_openedx_subsection(book, tmp_path, users, caplog):
    """Overrides of a graded subsection: the required columns, its own columns by the first eight signs of its id."""
    folder = export(exports.OpenEdxExporter, book, tmp_path, roster=users, blocks={"w1": SUBSECTION})
    rows = read(folder / "w1.csv")
    own = ["name", "grade", "original_grade", "previous_override", "new_override"]
    assert rows[0] == [*openedx.SUBSECTION_COLUMNS, *(f"{name}-d8a6192a" for name in own)]
    assert set(rows[0]) >= OPENEDX_REQUIRED
    course = f"course-v1:{RUN}"
    assert sorted(rows[1:]) == [
        ["11", "ada", "", course, "verified", "", "w1", "", "", "", "9"],
        ["12", "bo", "", course, "audit", "One", "w1", "", "", "", "0.8333"],
        ["14", "eve", "", course, "audit", "", "w1", "", "", "", ""],
    ]
    assert "Learner 'chen' is no username in" in caplog.text
    assert "Learner 'ada', assignment 'w1': 10 points are more than the 9 there are; written as 9." in caplog.text
    assert "Assignment 'w2' has no usage key in OpenEdxExporter.blocks: left out." in caplog.text


def test_openedx_staff_graded_points(book, tmp_path, users):
    """Points of a problem: its required columns, the usage key in every row, scaled to the points there."""
    settings = {"roster": users, "blocks": {"w1": STAFF_GRADED}, "possible": {"w1": 90}, "missing_as_zero": True}
    rows = read(export(exports.OpenEdxExporter, book, tmp_path, **settings) / "w1.csv")
    assert rows[0] == list(openedx.STAFF_GRADED_COLUMNS)
    assert set(rows[0]) >= STAFF_GRADED_REQUIRED
    found = by(rows, "username")
    assert [found[s][-1] for s in ("ada", "bo", "eve")] == ["90", "8.3333", "0"]
    assert {row[rows[0].index("block_id")] for row in rows[1:]} == {STAFF_GRADED}
    assert found["ada"][0] == "11"


def test_gradescope(book, tmp_path):
    """One results.json for each graded submission, with documented keys and values alone."""
    folder = export(exports.GradescopeExporter, book, tmp_path, visibility="after_published")
    found = {path.parent.name: json.loads(path.read_text()) for path in folder.glob("w1/*/results.json")}
    assert set(found) == {"ada", "bo", "chen"}
    for data in found.values():
        assert set(data) <= GRADESCOPE_KEYS
        assert (data["visibility"], data["stdout_visibility"]) == ("after_published", "hidden")
        for test in data["tests"]:
            assert set(test) <= GRADESCOPE_TEST_KEYS
            assert test["status"] in {"passed", "failed"}
    bo = found["bo"]
    assert (bo["score"], bo["output"], bo["execution_time"]) == (0.8333, "Late penalty: 1.5 points.", 1.25)
    tests = {test["name"]: test for test in bo["tests"]}
    assert (tests["mean"]["score"], tests["mean"]["max_score"], tests["mean"]["status"]) == (1.3333, 4.0, "failed")
    assert "Hint: Mind the axis." in tests["mean"]["output"]
    assert "mean/axis" not in json.dumps(bo)  # a mistake's name is for staff
    assert tests["norm"]["output"].startswith("A person graded this question.")
    assert {t["name"]: t["status"] for t in found["ada"]["tests"]} == {
        "mean": "passed",
        "norm": "passed",
        "essay": "passed",
    }
    assert "not final" in found["chen"]["output"]


def test_gradescope_a_person_has_the_last_word(book, tmp_path):
    """Full points by hand are passed whatever the tests said; what waits says so."""
    grade(book, "norm", "bo", 0, manual=2)
    folder = export(exports.GradescopeExporter, book, tmp_path) / "w1"
    bo, chen = (json.loads((folder / name / "results.json").read_text())["tests"] for name in ("bo", "chen"))
    assert {test["name"]: test["status"] for test in bo} == {"mean": "failed", "norm": "passed", "essay": "failed"}
    assert [test["output"] for test in chen if test["name"] == "essay"] == ["This question waits for a person."]


def test_no_score_is_below_zero(book, tmp_path):
    """A late penalty takes what there is."""
    book.find_submission("w1", "bo").notebooks[0].late_submission_penalty = 100
    book.db.commit()
    rows = read(export(exports.CanvasExporter, book, tmp_path, student=["bo"], assignment=["w1"]))
    assert rows[2][5] == "0"


def test_questions_come_in_the_order_of_the_notebook(book, tmp_path):
    """The gradebook keeps none; questions that the notebook no longer has come last."""
    shutil.copytree(COURSES / "tiny" / "source", tmp_path / "source")
    book.add_assignment("warmup")
    for notebook in ("warmup", "another"):
        book.add_notebook(notebook, "warmup")
        for name in ("a_lost_one", "essay", "coin", "row_means"):
            book.add_grade_cell(name, notebook, "warmup", max_score=1, cell_type="code")
    (found,) = scores.read(book, tmp_path, assignments=["warmup"]).assignments
    names = ["row_means", "coin", "essay", "a_lost_one"]
    assert [(cell.notebook, cell.name) for cell in found.cells] == [
        (n, c) for n in ("another", "warmup") for c in names
    ]


def test_scores_that_are_not_final_are_named(book, tmp_path, caplog):
    export(exports.CanvasExporter, book, tmp_path)
    assert "Assignment 'w1': scores that are not final: 1." in caplog.text


def test_an_extension_without_a_due_date(book, tmp_path):
    """Nbgrader's own sum of the two fails."""
    book.find_assignment("w1").duedate = None
    book.find_submission("w1", "bo").extension = dt.timedelta(hours=1)
    book.db.commit()
    rows = read(export(exports.QuestionsExporter, book, tmp_path))
    assert {row[-1] for row in rows[1:] if row[0] == "w1" and row[3] == "bo"} == {"0"}


def test_a_ledger_of_another_assignment_says_nothing(book, tmp_path):
    """A verdict is taken only for the assignment it is of."""
    Ledger(tmp_path, "w2").put("ada", Ledger(tmp_path, "w1").get("ada")[0])
    book.add_submission("w2", "ada")
    found = scores.read(book, tmp_path, assignments=["w2"], students=["ada"])
    assert found.submissions["w2", "ada"].result is None


def refused(kind, book, root, **settings):
    with pytest.raises(SystemExit) as error:
        export(kind, book, root, **settings)
    return str(error.value)


def test_names_that_are_not_there(book, tmp_path):
    """All of them are named, with those there are."""
    said = refused(exports.QuestionsExporter, book, tmp_path, student=["ada", "zoe", "yan"])
    assert said == (
        "QuestionsExporter: The gradebook has no learner 'zoe', 'yan'. Known are ada, bo, chen, dai, eve; "
        "`nbgrader db student list` shows them."
    )
    assert "no assignment 'w9'" in refused(exports.QuestionsExporter, book, tmp_path, assignment=["w9"])


def test_a_place_that_cannot_be_written(book, tmp_path):
    (tmp_path / "file").touch()
    said = refused(exports.CanvasExporter, book, tmp_path, to="file/grades.csv")
    assert said.endswith("file/grades.csv' cannot be written: File exists. Name another place with --to.")
    assert "Is a directory" in refused(exports.CanvasExporter, book, tmp_path, to=".")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory. Export it in Canvas"),
        (b"\xff\xfe\x00", "this is no text in UTF-8. Export it in Canvas"),
        (b"", "has no column 'ID', 'Section'. Export it in Canvas"),
        (b"Name,ID\nA,1\n", "has no column 'Section'. Export it in Canvas"),
    ],
)
def test_rosters_of_no_use(book, tmp_path, content, said):
    path = tmp_path / "roster.csv"
    if content is not None:
        path.write_bytes(content)
    assert said in refused(exports.CanvasExporter, book, tmp_path, roster=str(path))


def test_canvas_columns_of_no_use(book, tmp_path):
    """A column that Canvas would ignore, and one that the roster does not have."""
    said = refused(exports.CanvasExporter, book, tmp_path, columns={"w1": "Final Score of week 1 (3)"})
    assert "Canvas takes 'Final Score of week 1 (3)' for one of its own totals and ignores it." in said
    (tmp_path / "r.csv").write_text(ROSTER, encoding="utf-8")
    said = refused(exports.CanvasExporter, book, tmp_path, columns={"w1": "Week 1"}, roster=str(tmp_path / "r.csv"))
    assert "CanvasExporter.columns names 'Week 1', which is no column of" in said


def test_openedx_settings_of_no_use(book, tmp_path, users):
    kind = exports.OpenEdxExporter
    assert "OpenEdxExporter.roster is not set: Open edX knows learners by user_id." in refused(kind, book, tmp_path)
    assert "has a usage key for none of the assignments." in refused(kind, book, tmp_path, roster=users)
    for key in ("w1", SUBSECTION.replace("sequential", "html"), SUBSECTION.replace("block-v1:", "")):
        said = refused(kind, book, tmp_path, roster=users, blocks={"w1": key})
        assert f"Assignment 'w1': OpenEdxExporter.blocks has {key!r}, which is no usage key" in said


def test_gradescope_refuses_names_that_leave_the_folder(book, tmp_path):
    book.add_student("../up")
    book.add_submission("w1", "../up")
    said = refused(exports.GradescopeExporter, book, tmp_path, student=["../up"])
    assert said.startswith("GradescopeExporter: '../up' cannot be the name of a folder")
    assert not (tmp_path / "up").exists()


def test_a_setting_of_another_kind(book, tmp_path):
    """A wrong value is refused in a sentence."""
    said = refused(exports.CanvasExporter, book, tmp_path, login="name")
    assert said == (
        "CanvasExporter: The 'login' trait of a CanvasExporter instance expected any of ['id', 'email', ''], not the "
        "str 'name'. Mend it in nbgrader_config.py or on the command line."
    )


def test_every_setting_is_explained():
    """Each has a help text, and its line in the page."""
    page = (ROOT / "docs" / "exports.md").read_text()
    for name in exports.__all__:
        kind = getattr(exports, name)
        assert issubclass(kind, base.Exporter)
        assert f"gradetape.exports.{name}" in page
        for trait in {**base.SiteExporter.class_own_traits(config=True), **kind.class_own_traits(config=True)}:
            assert f"`{trait}`" in page, (name, trait)
        for trait in kind.class_own_traits(config=True).values():
            assert trait.help.endswith(".") or trait.name == "visibility", (name, trait.name)
    assert gradescope.VISIBILITIES == ("hidden", "after_due_date", "after_published", "visible")


def test_the_number_of_queries_does_not_grow_with_the_class(book, tmp_path):
    """Of a class of thousands."""
    from sqlalchemy import event

    asked, counts = [], []
    event.listen(book.engine, "before_cursor_execute", lambda *_: asked.append(1))
    for more in (0, 40):
        for number in range(more):
            book.add_student(f"s{number}")
            book.add_submission("w1", f"s{number}")
        book.db.expire_all()
        asked.clear()
        assert len(scores.read(book, tmp_path).submissions) == 4 + more
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.e2e
def test_the_command(tmp_path, monkeypatch):
    """`nbgrader export` in a real course: graded by Gradetape, corrected by a person, exported by name."""
    monkeypatch.setenv("GRADETAPE_NO_PRELOAD", "1")
    root = tmp_path / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    course = Course(root)
    assert nbgrader_api(root).generate_assignment("vault")["success"]
    release = (root / "release" / "vault" / "vault.ipynb").read_bytes()
    answers = {"double_answer": "def double(x):\n    return x + 2", "square_answer": "def square(x):\n    return x * x"}
    path = root / "submitted" / "bo" / "vault" / "vault.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(write_answer(release, answers))
    autograding.autograde(course, ["vault"], jobs=1)
    with nbgrader_api(root).gradebook as gradebook:
        grade = gradebook.find_grade("words", "vault", "vault", "bo")
        grade.manual_score, grade.needs_manual_grade = 5.0, False
        gradebook.db.commit()
    run(root, "QuestionsExporter", "questions.csv")
    found = {row[2]: row[6:11] for row in read(root / "questions.csv")[1:]}
    assert found["double"] == ["0", "2", "failed", "hidden tests", "double/adds-two"]
    assert found["square"] == ["2", "2", "passed", "hidden tests", ""]
    assert found["words"] == ["5", "6", "graded", "person", ""]
    assert [row[2] for row in read(root / "questions.csv")[1:]] == ["double", "square", "words"]
    said = run(root, "CanvasExporter", "canvas.csv", "--CanvasExporter.section=TF101")
    assert read(root / "canvas.csv")[2] == ["bo", "", "", "bo", "TF101", "7"]
    assert "Unrecognized" not in said
    assert "Traceback" not in run(root, "CanvasExporter", "no.csv", "--CanvasExporter.roster=missing.csv", fails=True)


def run(root, exporter, to, *more, fails=False):
    command = ["nbgrader", "export", "--exporter", f"gradetape.exports.{exporter}", "--to", to, *more]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == fails, done.stderr[-2000:]
    return done.stderr


def test_nbgrader_takes_the_classes():
    """`ExportApp.plugin_class` accepts each by name."""
    for name in exports.__all__:
        app = ExportApp()
        app.plugin_class = f"gradetape.exports.{name}"
        assert app.plugin_class is getattr(exports, name)
