"""What a learner sees: everything of the verdict, escaped, and nothing else."""

from html.parser import HTMLParser

from gradetape import feedback
from gradetape.verdict import Check, Diagnosis, Status, Verdict

WRONG = Verdict(
    question="coin", status=Status.FAILED, score=1.5, max_score=4.0, message="The flips are <b>biased</b>.",
    checks=(
        Check(title="Repeats & more", status=Status.PASSED),
        Check(title="Is fair", status=Status.FAILED, message="The flips are <b>biased</b>."),
    ),
    diagnosis=Diagnosis(mistake="coin/biased", hint="Both sides <i>count</i>."),
)  # fmt: skip
IDLE = Verdict(question="coin", status=Status.NOT_ATTEMPTED, score=0, max_score=4, message="There is no answer yet.")


def test_text_panel():
    """Headline with score, a line per check, its message, the hint."""
    assert feedback.text(WRONG).splitlines() == [
        "✗ coin: failed, 1.5 of 4 points",
        "  ✓ Repeats & more",
        "  ✗ Is fair",
        "      The flips are <b>biased</b>.",
        "  Hint: Both sides <i>count</i>.",
    ]
    assert feedback.text(IDLE) == "– coin: not attempted, 0 of 4 points\n  There is no answer yet."  # noqa: RUF001


def test_html_panel_is_escaped_and_well_formed():
    """Tags in titles, messages and hints arrive as text; every tag is closed; no script, no link."""

    class Balance(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open, self.seen, self.text = [], set(), ""

        def handle_starttag(self, tag, attrs):
            self.seen.add(tag)
            if tag != "br":
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

        def handle_data(self, data):
            self.text += data

    page = Balance()
    page.feed(feedback.html(WRONG))
    assert page.open == []
    assert page.seen <= {"section", "p", "ul", "li", "span", "br", "strong"}
    for words in ("The flips are <b>biased</b>.", "Both sides <i>count</i>.", "Repeats & more", "1.5 of 4 points"):
        assert words in page.text
    assert "coin/biased" not in page.text


def test_the_panel_is_a_notebook_output():
    """Both forms, for any front end."""
    output = feedback.output(IDLE)
    assert output["output_type"] == "display_data"
    assert set(output["data"]) == {"text/html", "text/plain"}


def test_comments_for_nbgrader():
    """The hint, else the message, with no tag in it, for nbgrader shows it as Markdown; nothing for what passed."""
    good = Verdict(question="q", status=Status.PASSED, score=1, max_score=1)
    assert feedback.comment([good]) is None
    assert feedback.comment([WRONG, good, IDLE]) == "Both sides &lt;i>count&lt;/i>.\n\nThere is no answer yet."


def test_a_comment_can_be_stored_in_any_database():
    """PostgreSQL refuses NUL, and no encoding has half characters: both become U+FFFD."""
    failed = Verdict(question="q", status=Status.FAILED, score=0.0, max_score=1.0, message="got 'a\0b\udc80'")
    assert feedback.comment([failed]) == "got 'a\ufffdb\ufffd'"
