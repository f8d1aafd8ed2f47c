"""Texts that stay as they were typed: every reader of Markdown makes the same of them, and quickly."""

import pytest

from gradetape import alike, harmless

ADDRESS = "http://hostile.example/x.png"
INSIDE = [
    f'<p style="background:url({ADDRESS})">x</p>', '<button data-commandlinker-command="a">b</button>', '<div class="jp-Dialog">x</div>',
    "[b](/formgrader?path=/tmp)", "[b](javascript:x)", "[b](http://127.0.0.1:8888/)", "![b](x.png)", f"![b]({ADDRESS})", "[b][c]\n\n[c]: /lab",
    "[b]\n\n[b]: <javascript:x>", "<http://127.0.0.1/>", "<a@b>", "http://127.0.0.1:8888/lab", "www.localhost:8888/formgrader",
    "HTTP://LOCALHOST/", "http://a.example@localhost/", "http://a.example&commat;localhost/", "https://a.example/%66ormgrader",
    "```mermaid\ngraph TD; A-->B\n```", "~~~ Mermaid\nx\n~~~", "<!-- -->", "<?x?>", "</p>x<p>", "<textarea>", "<p ", "\\\\href{a}{b}",
    "[b](https://a.example 't')", "[b](https:&#47;&#47;localhost/)", "[b](\\/lab)", "`x`\ufeff", "a\u2028b", "a\x0bb", "<x-y>",
]  # fmt: skip
AROUND = [
    "{}", "$$a\n\n{}\n\nb$$", "$a\n\n{}\n\nb$", "\\\\[a\n\n{}\n\nb\\\\]", "\\begin{{align}}a\n\n{}\n\nb\\end{{align}}", "`{}`", "$`{}$`",
    "```\n{}\n```", "``\n{}\n``", "${{{}$", "    {}", "- a\n\n    {}\n", "> ```\n\n{}\n\n> ```", "<div>\n{}\n</div>", "$x$ {}",
]  # fmt: skip


@pytest.mark.parametrize("around", AROUND, ids=repr)
@pytest.mark.parametrize("inside", INSIDE, ids=repr)
def test_where_a_formula_or_a_listing_ends_does_not_matter(inside, around):
    """What is markup to one reader is so wherever it stands: the text is rewritten, and the result is read alike."""
    text = around.format(inside)
    if inside == "\\\\href{a}{b}" and not set("$[") & set(around) and "begin" not in around:
        return  # no formula begins there
    assert not alike.is_alike(text)
    made = harmless.markdown(text)
    assert made != text
    assert "\n" not in made
    assert alike.is_alike(made)


ATTRIBUTES = [
    "[a](#x '$\" style=\"background:url(http://a.example)\" title=\"$')", '[a](#x "$y$")', "[a](#$x$)", "[a](#@@0@@)", '![$" src="x"$](attachment:a.png)',
    "![@@0@@](attachment:a.png)", '<b title="$x$">a</b>', '<b title="@@0@@">a</b>', "```$x$\na", "```a@@0@@\nb\n```", "# a {#b}\n\n<b title='$'>c</b>",
    "<div>\n$x<y$ style='background:url(http://a.example)' >\n</div>", "a <b>c</b> $x<y$",
]  # fmt: skip


@pytest.mark.parametrize("text", ATTRIBUTES)
def test_no_formula_stands_in_an_attribute(text):
    """JupyterLab puts formulas back into finished HTML, quotes and all."""
    assert not alike.is_alike(text)


@pytest.mark.parametrize(
    "text",
    ["# T\n\n- a\n- b\n\n```python\nx = [1]\n```\n\n| a | b |\n|--:|:--|\n| 1 | $x<y$ |", "$$\\frac{a}{b}$$\n\n$$\n\\sum_i x_i\n$$", "a < b, 1<2, x <= y",
     "See [docs](https://example.org/a?b=1&c=2#d), https://example.org. and #here [x](#here)", "![p](attachment:picture-1.png) *a* **b** `c`",
     'a <b>c</b> <p style="color:red">d</p>\n\n<br>', "costs 5$, and a & b &amp; c", "~~~\nx\n~~~", "(see https://example.org/a)"],
)  # fmt: skip
def test_ordinary_texts_stay(text):
    """What courses and learners write."""
    assert alike.is_alike(text)
    assert alike.work(text) < alike.MOST_WORK


@pytest.mark.parametrize(
    "text",
    ["`" * 17, "~" * 17, "<" * 201, "\\" * 19_000, "1. " * 20 + "a", "> " * 20, "a\n" + "- " * 20, "*a" * 4_000, "[a](" * 2_000, "`a\n" * 4_000, "a\n\n" * 5_001, "```\na\n\n" * 1_000,
     "```\na\n" * 1_500, "$a " * 3_000],
    ids=lambda text: repr(text[:9]),
)  # fmt: skip
def test_what_readers_take_long_on_is_shown_as_it_was_typed(text):
    """A tower of signs, or so many that each is looked for in all the others."""
    assert alike.work(text) > alike.MOST_WORK
    assert harmless.markdown(text).startswith(
        "<div><p>&#91;Left out by Gradetape&#58; how this text was meant; reading it takes long."
    )


@pytest.mark.parametrize(
    "text",
    [
        "`" * 16,
        "~" * 16,
        "-" * 200,
        "1. " * 19,
        "*a" * 2_000,
        "a" * 100_000,
        "a\n\n" * 5_000,
        "-" * 80 + "\n\n",
        "a *b* `c`\n\n" * 500,
    ],
)
def test_what_is_quick(text):
    """A line of dashes, and long texts with paragraphs."""
    assert alike.work(text) <= alike.MOST_WORK


def test_all_texts_together_are_quick():
    """A hundred texts at the limit are no better than one beyond it."""
    room, text = harmless.Room(), "*a " * 2_500
    made = [harmless.markdown(text, room=room) for _ in range(8)]
    assert made[0] == text
    assert made[-1].startswith("<div><p>")
