"""The learner's feedback page: overview, next steps, verdicts in their places, and nothing that acts."""

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gradetape import feedback, seal, showing
from gradetape.feedback_page import FeedbackExporter, overview
from gradetape.verdict import Check, Diagnosis, Status, Verdict

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
GRADED = {"student": "Ada <i>L</i>", "notebook": "flow", "score": 4.5, "max_score": 8.0, "late_penalty": 0}


def mark(name, *, grade=False, solution=False, locked=True, **more):
    return {
        "nbgrader": {"grade_id": name, "grade": grade, "solution": solution, "locked": locked, "task": False, **more}
    }


def verdict(status, score, *, name="q", hint="", message="", pictures=()):
    checks = (Check(title="It is right.", status=status, message=message, pictures=pictures),)
    found = Diagnosis(mistake="q/slip", hint=hint) if hint else None
    return Verdict(
        question=name, status=status, score=score, max_score=2.0, message=message, checks=checks, diagnosis=found
    )


def question(heading, name, said, *, score=None, comment=None):
    """Text, answer and graded cell of a question, as nbgrader's preprocessor leaves them."""
    graded = new_code_cell(f"assert {name}", metadata=mark(name, grade=True, score=score, points=2.0))
    if said is not None:
        graded.metadata.nbgrader.score = said.score if score is None else score
        graded.outputs = [nbformat.from_dict(seal.sealed(Path.cwd(), feedback.output(said)))]
    return [
        new_markdown_cell(f"## {heading}\n\nWith $a_1 < b$:\n\n$$\\sum_i x_i$$", metadata=mark(f"{name}_text")),
        new_code_cell(f"{name} = 1", metadata=mark(f"{name}_answer", solution=True, locked=False, comment=comment)),
        graded,
    ]


@pytest.fixture(scope="module", autouse=True)
def course(tmp_path_factory):
    """nbgrader changes into the course directory, where the key of the seals is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("course"))
        yield


@pytest.fixture(scope="module")
def notebook(course):
    wrong = verdict(
        Status.FAILED, 0.5, name="dice", hint="Mind the <sign>.", message="It differs.",
        pictures=(showing.error_map([[1.0, 0.0]], [[0.0, 0.0]]),),
    )  # fmt: skip
    cells = [
        new_markdown_cell("# A *small* flow", metadata=mark("title")),
        new_code_cell("print(1)", metadata=mark("demo"), execution_count=None),
        *question("1 · The `coin`", "coin", verdict(Status.PASSED, 2.0, name="coin")),
        *question("Question 2: the dice", "dice", wrong, comment=feedback.comment([wrong])),
        *question("The urn", "urn", verdict(Status.NOT_ATTEMPTED, 0.0, name="urn"), comment="Come and *see* me."),
        *question("The die", "die", verdict(Status.UNCHECKED, 0.0, name="die"), score=2.0),
        new_markdown_cell("**Mine** <script>alert(1)</script>", metadata={}),
        new_code_cell(
            "x",
            outputs=[
                new_output("display_data", {"text/html": "<b>bold</b><script>alert(2)</script>"}),
                new_output("display_data", {"application/javascript": "alert(3)"}),
                new_output("display_data", {"image/png": PIXEL}),
                new_output("error", ename="E", evalue="<u>", traceback=["\x1b[31mE\x1b[0m: <u>"]),
            ],
        ),
    ]
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def page(notebook):
    return FeedbackExporter().from_notebook_node(notebook, {"nbgrader": dict(GRADED)})[0]


class Reader(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.ids, self.links, self.headings = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if "href" in attrs else []
        self.headings += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []


def test_overview_sums_up(notebook):
    """Titles from the headings, statuses from verdicts or from a person, steps for all that is not right yet."""
    found = overview(notebook, GRADED)
    assert (found["title"], found["score"], found["most"]) == ("A small flow", "4.5", "8")
    rows = [(q["title"], q["status"], q["score"], q["percent"], q["kind"]) for q in found["questions"]]
    assert rows == [
        ("The coin", "passed", "2", 100, "passed"),
        ("the dice", "partly right", "0.5", 25, "failed"),
        ("The urn", "not attempted", "0", 0, "idle"),
        ("The die", "full marks, by your instructor", "2", 100, "passed"),
    ]
    assert [(s["title"], s["text"]) for s in found["steps"]] == [
        ("the dice", "Mind the <sign>."),
        ("The urn", "There is no answer yet."),
    ]


def test_questions_without_hidden_tests():
    """nbgrader's own grade cells, manual ones too, have a row by their points."""
    cells = [
        new_code_cell("assert x", metadata=mark("auto", grade=True, score=1.0, points=3.0)),
        new_markdown_cell(
            "essay", metadata=mark("essay", grade=True, solution=True, locked=False, score=2.0, points=2.0)
        ),
        new_code_cell("assert y", metadata=mark("bonus", grade=True, score=0.0, points=0.0)),
        new_markdown_cell(
            "",
            metadata=mark(
                "blank", grade=True, solution=True, locked=False, score=0.0, points=2.0, comment="No response."
            ),
        ),
    ]
    found = overview(new_notebook(cells=cells), {"notebook": "ps1", "late_penalty": 0.5})
    assert [(q["title"], q["status"], q["percent"]) for q in found["questions"]] == [
        ("auto", "some marks", 33),
        ("essay", "full marks", 100),
        ("bonus", "full marks", 100),
        ("blank", "not attempted", 0),
    ]
    assert (found["title"], found["penalty"]) == ("ps1", "0.5")


def test_page_is_one_file_without_script(page):
    """No script, no link to elsewhere, no handler; learners' markup is text or gone; below 300 kB."""
    reader = Reader(page)
    assert not {"script", "iframe", "link", "object"} & {tag for tag, _ in reader.tags}
    assert all(link.startswith("#") for link in reader.links)
    assert not [a for _, attrs in reader.tags for a in attrs if a.startswith("on")]
    assert "alert(3)" not in page
    assert "Mind the &lt;sign&gt;." in page
    assert "Ada &lt;i&gt;L&lt;/i&gt;" in page
    assert len(page.encode()) < 300_000


def test_page_can_be_read_with_ears_and_keys(page):
    """Language, one h1, headings in order, every link leads somewhere, ids are unique, pictures have words."""
    reader = Reader(page)
    assert ("html", {"lang": "en"}) in reader.tags
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(reader.headings, reader.headings[1:], strict=False))
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert len(set(reader.ids)) == len(reader.ids)
    assert all(attrs.get("alt") for tag, attrs in reader.tags if tag == "img")
    assert all(attrs.get("aria-label") for tag, attrs in reader.tags if tag == "svg")


def test_formulas_are_mathml(page):
    """Formulas need no script to be read, and one that cannot be read stays as its source."""
    assert page.count("<math ") == 8
    assert 'display="block"' in page
    broken = new_notebook(cells=[new_markdown_cell("$\\frac{$ and $x^2$", metadata=mark("t"))])
    html = FeedbackExporter().from_notebook_node(broken, {"nbgrader": dict(GRADED)})[0]
    assert "<math " in html


def test_comments_of_a_person_are_shown_and_the_automatic_one_is_not_said_twice(page):
    """nbgrader's automatic comment repeats the hint; a person's comment stands under the answer."""
    assert "<em>see</em>" in page
    assert page.count("Your instructor's comment</p>") == 1


def test_tracebacks_of_visible_checks_are_folded():
    """The verdict says what is wrong; the traceback is there for who wants it. Errors of other cells stay open."""
    fault = new_output("error", ename="Odd<", evalue="", traceback=["Odd: here"])
    cells = [
        new_code_cell("assert x", metadata=mark("x", grade=True, score=0.0, points=1.0), outputs=[fault]),
        new_code_cell("y", outputs=[fault]),
    ]
    html = FeedbackExporter().from_notebook_node(new_notebook(cells=cells), {"nbgrader": dict(GRADED)})[0]
    assert html.count("Odd: here") == 2
    assert html.count("The traceback of the visible check: Odd&lt;</summary>") == 1


def test_pictures_stand_by_their_check(page):
    """The error map of the failed check is in the page."""
    assert page.count("<svg") == 1
    assert "Clear errors are found in 1 of 2 places" in page
