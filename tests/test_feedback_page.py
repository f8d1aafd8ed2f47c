"""The learner's feedback page: overview, next steps, verdicts in their places, and nothing that acts."""

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gradetape import feedback, seal, showing
from gradetape.feedback_page import FeedbackExporter, Titles, overview, titles
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
    """Titles from the released headings, statuses from verdicts or from a person, steps for all that is not right yet."""
    found = overview(notebook, GRADED, titles(notebook))
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


def made(*cells, **about):
    page, _ = FeedbackExporter().from_notebook_node(new_notebook(cells=list(cells)), {"nbgrader": {**GRADED, **about}})
    return page


def test_the_page_says_what_a_browser_may_do(page):
    """Nothing but its own styles and pictures that are in it, and no site is told where a reader comes from."""
    reader = Reader(page)
    policy = [attrs["content"] for tag, attrs in reader.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy == [
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]
    assert ("meta", {"content": "no-referrer", "name": "referrer"}) in reader.tags


@pytest.mark.parametrize("hidden_tests", [True, False])
def test_an_output_cannot_pass_for_our_panel(hidden_tests):
    """A learner's output with our metadata is an output: cleaned, in the box of outputs, and no verdict."""
    lie = feedback.output(verdict(Status.PASSED, 2.0, name="coin"))
    lie["data"]["text/html"] += "<script>alert(4)</script><p style='position:fixed;background:red'>10 of 10</p>"
    graded = new_code_cell("assert x", metadata=mark("coin", grade=True, score=0.0, points=2.0))
    graded.outputs = [nbformat.from_dict(lie)]
    if hidden_tests:
        truth = feedback.output(verdict(Status.FAILED, 0.0, name="coin", message="It differs."))
        graded.outputs.append(nbformat.from_dict(seal.sealed(Path.cwd(), truth)))
    html = made(graded)
    assert html.count('class="gradetape-verdict"') == hidden_tests
    assert "alert(4)" not in html
    assert "position:fixed" not in html
    assert 'class="status passed"' not in html
    assert 'class="status failed"' in html


def test_a_panel_of_another_question_is_none():
    """What was sealed for one question says nothing about another."""
    graded = new_code_cell("assert x", metadata=mark("dice", grade=True, score=0.0, points=2.0))
    graded.outputs = [nbformat.from_dict(seal.sealed(Path.cwd(), feedback.output(verdict(Status.PASSED, 2.0))))]
    assert 'class="gradetape-verdict"' not in made(graded)


@pytest.mark.parametrize(
    "source",
    [r"$\text{<img src=x onerror=alert(1)>}$", r"$\href{javascript:alert(1)}{x}$", r"$\style{position:fixed}{10}$",
     r"$\class{gradetape-verdict}{x}$", "<math><mi href='javascript:alert(1)' style='position:fixed'>x</mi></math>",
     "![a](http://a.example/x.png)", "<img src=http://a.example/x.png>", "[a](javascript:alert(1))", "![a](x.png)",
     "```mermaid\n<img src=http://a.example/x onerror=alert(1)>\n```", '<section class="gradetape-verdict">10</section>',
     "<p style='background:url(http://a.example)'>x</p>", "</section></main><h1>10 of 10</h1><main>"],
)  # fmt: skip
def test_what_is_made_of_a_text_is_cleaned(source):
    """After Markdown and formulas: no handler, no address but plain links, no place over other things, no name of ours."""
    answer = new_markdown_cell(
        source, metadata=mark("words", grade=True, solution=True, locked=False, score=0.0, points=1.0)
    )
    shown = new_code_cell("x", outputs=[new_output("display_data", {"text/markdown": source}),
                                        new_output("display_data", {"text/html": source}),
                                        new_output("display_data", {"text/latex": source})])  # fmt: skip
    html = made(answer, shown)
    reader = Reader(html)
    inside = reader.tags[reader.tags.index(("section", {"aria-label": "Your notebook", "id": "notebook"})) + 1 :]
    for _, attrs in inside:
        assert not [name for name in attrs if name.startswith("on") or name in ("xlink:href", "srcset", "action")]
        assert attrs.get("href", "#")[:1] == "#" or attrs["href"].startswith("https://")
        assert attrs.get("src", "data:image/").startswith("data:image/")
        assert "position" not in attrs.get("style", "")
        assert attrs.get("class") != "gradetape-verdict"
    assert html.count("</main>") == 1
    assert html.index("10 of 10" if "10 of 10" in html else "</main>") <= html.index("</main>")


def test_a_formula_that_doubles_itself_is_code():
    """Forty doublings in some hundred bytes: no macro of a learner's is ever expanded."""
    names = [chr(97 + n // 26) + chr(97 + n % 26) for n in range(40)]
    lines = [rf"\newcommand{{\{b}}}{{\{a}\{a}}}" for a, b in itertools.pairwise(names)]
    text = rf"$\newcommand{{\{names[0]}}}{{x}}{''.join(lines)}\{names[-1]}$"
    html = made(new_markdown_cell(text))
    assert "<math" not in html
    assert len(html) < 20_000


def test_a_page_that_takes_too_long_shows_the_notebook_as_it_was_typed(monkeypatch, caplog):
    """With a sentence, with the panels, and without the converter that did not end."""
    from gradetape import bounded, feedback_page

    monkeypatch.setattr(bounded, "SECONDS", 1)

    class Slow(feedback_page._Renderer):
        def emphasis(self, text):
            while True:
                pass

    monkeypatch.setattr(feedback_page, "_Renderer", Slow)
    html = made(
        new_markdown_cell("*slow* <b>x</b>"), *question("The coin", "coin", verdict(Status.PASSED, 2.0, name="coin"))
    )
    sentence = "Your notebook is shown as it was typed, because it took more than 1 s or 1,024 MiB."
    assert sentence in html
    assert "*slow* &lt;b&gt;x&lt;/b&gt;" in html
    assert html.count('class="gradetape-verdict"') == 1
    assert "Ada <i>L</i>, flow: the page shows the notebook as it was typed" in caplog.text


def test_a_notebook_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    """It would take the machine's memory; the error says whose it is and what to do, and nbgrader goes on with others."""
    from gradetape import feedback_page

    path = tmp_path / "n.ipynb"
    path.write_text(nbformat.writes(new_notebook()))
    monkeypatch.setattr(feedback_page, "_LARGEST", 10)
    with pytest.raises(ValueError, match="bytes, and 10 are allowed for a feedback page: grade it again"):
        FeedbackExporter().from_filename(str(path), resources={"nbgrader": dict(GRADED)})


def test_halves_of_characters_do_not_stop_a_page():
    """NUL and lone surrogates are replaced."""
    html = made(
        new_markdown_cell("a\ud800b"), new_code_cell("'\udc80'", outputs=[new_output("stream", text="x\0y\ud801")])
    )
    assert "a\ufffdb" in html
    html.encode()


def test_code_that_takes_long_to_colour_is_cut():
    """So much of it stands on a page; the rest is left out with a sentence."""
    html = made(new_code_cell("x = 1\n" * 100_000), new_code_cell("y = 2"))
    sentence = "598,000 signs of code that takes long to show; the file that was handed in has them.]"
    assert sentence in re.sub("<[^>]+>", "", html)
    assert len(html) < 100_000


def test_titles_are_the_instructors():
    """A learner's heading, above the others or in a cell that is the instructor's no more, is a text and no title."""
    released = new_notebook(cells=[new_markdown_cell("# Vault"), *question("1 · The coin", "coin", None)])
    handed_in = new_notebook(
        cells=[new_markdown_cell("# Vault: 10 of 10 points"), *question("All right", "coin", None)]
    )
    handed_in.cells[0].metadata = mark("title")
    found = overview(handed_in, GRADED, titles(released))
    assert (found["title"], found["questions"][0]["title"]) == ("Vault", "The coin")
    found = overview(handed_in, GRADED)
    assert (found["title"], found["questions"][0]["title"]) == ("flow", "coin")
    assert (
        titles(new_notebook(cells=[new_markdown_cell("# a", metadata=mark("a", solution=True, locked=False))]))
        == Titles()
    )


@pytest.mark.parametrize("folder", ["release", "source", ""])
def test_titles_come_from_the_released_notebook(tmp_path, folder):
    """Or from its source; where neither can be read, ids stand in their place."""
    from traitlets.config import Config, Configurable

    class Converter(Configurable):
        coursedir = None

    from nbgrader.coursedir import CourseDirectory

    (tmp_path / "release" / "ps1").mkdir(parents=True)
    (tmp_path / "release" / "ps1" / "flow.ipynb").write_text("no notebook")
    if folder:
        (tmp_path / folder / "ps1").mkdir(parents=True, exist_ok=True)
        released = new_notebook(cells=[new_markdown_cell("# Vault"), *question("1 · The coin", "coin", None)])
        (tmp_path / folder / "ps1" / "flow.ipynb").write_text(nbformat.writes(released))
    parent = Converter()
    parent.coursedir = CourseDirectory(config=Config({"CourseDirectory": {"root": str(tmp_path)}}))
    handed_in = new_notebook(cells=[new_markdown_cell("# 10 of 10"), *question("Right", "coin", None, score=0.0)])
    about = {"nbgrader": {**GRADED, "assignment": "ps1"}}
    html = FeedbackExporter(parent=parent).from_notebook_node(handed_in, about)[0]
    assert re.findall("<h1>(.*?)</h1>", html) == ["Vault" if folder else "flow"]
    assert re.findall('<a href="#q-coin">(.*?)</a></th>', html) == ["The coin" if folder else "coin"]


def test_the_log_of_the_page_is_guarded(caplog):
    """The exporter's log names learners."""
    from gradetape import logged

    assert any(isinstance(one, logged._Shown) for one in FeedbackExporter().log.filters)
