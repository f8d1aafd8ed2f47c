"""What of a learner's markup stays in a graded notebook."""

import base64
import json
import os

import nbformat
import pytest

from gradetape import bounded, harmless, markup

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


def cleaned(cell):
    nb = nbformat.v4.new_notebook(cells=[cell])
    markup.clean(nb)
    return nb["cells"][0]


def display(**data):
    cell = nbformat.v4.new_code_cell("x")
    cell["outputs"] = [nbformat.v4.new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})]
    return cleaned(cell)["outputs"][0]["data"]


def test_tables_and_pictures_stay():
    """A data frame and a plot are what notebooks are for."""
    table = (
        '<table><thead><tr style="text-align:right"><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    )
    assert display(text_html=table) == {"text/html": table}
    assert display(image_png=PIXEL + "\n", text_plain="<Figure>") == {
        "image/png": PIXEL + "\n",
        "text/plain": "<Figure>",
    }


@pytest.mark.parametrize(
    "data",
    [
        {"text_html": "<script>alert(1)</script>"},
        {"text_html": "<img src=x onerror=alert(1)>"},
        {"text_html": '<a href="javascript:alert(1)">x</a>'},
        {"text_html": "<iframe srcdoc='<script>alert(1)</script>'></iframe>"},
        {"text_html": "<svg onload=alert(1)><script>alert(1)</script></svg>"},
        {"text_html": '<p style="background:url(javascript:alert(1));position:fixed">x</p>'},
        {"text_markdown": "<img src=x onerror=alert(1)>"},
        {"text_markdown": "[x](JaVaScript:alert(1))"},
        {"text_latex": r"$\href{javascript:alert(1)}{x}$"},
        {"image_png": 'x"><script>alert(1)</script>'},
        {"image_svg+xml": "<svg onload=alert(1)></svg>"},
        {"application_javascript": "alert(1)"},
        {"application_vnd.custom": "alert(1)"},
    ],
    ids=str,
)
def test_what_could_act_goes(data):
    """Scripts, handlers, addresses that run code, pictures that are none."""
    found = "".join(text for kind, text in display(**data).items() if kind != "text/plain").lower()
    for sign in ("<script", "onerror", "onload", "javascript:", "srcdoc", "position", "alert(1)<"):
        assert sign not in found


def test_prose_and_formulas_stay():
    """Text without tags is left alone, also where it has a smaller-than sign."""
    text = "If $a < b$ and `x<3`, then a & b. See [docs](https://example.org)."
    assert cleaned(nbformat.v4.new_markdown_cell(text))["source"] == text


def test_the_learners_texts_are_cleaned_and_the_courses_are_not():
    """Whose a text is, the release says: a cell's own marks are the learner's word."""
    evil = "Look: <b>this</b> <script>alert(1)</script>"
    assert cleaned(nbformat.v4.new_markdown_cell(evil))["source"] == "<div><p>Look&#58; <b>this</b> </p>&#10;</div>"
    assert "<script" not in cleaned(nbformat.v4.new_raw_cell("<script>alert(1)</script>a"))["source"]
    locked = nbformat.v4.new_markdown_cell(evil, metadata={"nbgrader": {"locked": True}})
    assert "script" not in cleaned(locked)["source"]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(evil)])
    markup.clean(nb, given=markup.texts(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(evil)])))
    assert nb["cells"][0]["source"] == evil


def test_what_a_page_puts_into_attributes_is_cleaned():
    """Tags, attachments and widgets end up inside of tags or scripts of the page."""
    cell = nbformat.v4.new_markdown_cell("![a](attachment:a.png)")
    cell["metadata"]["tags"] = ['"><script>']
    cell["attachments"] = {
        "a.png": {"image/png": PIXEL, 'x"><script>': PIXEL}, "b.png": {"image/png": '"><script>'},
        'c"><script>.png': {"image/png": PIXEL},
    }  # fmt: skip
    found = cleaned(cell)
    assert set(found["metadata"]) <= {"nbgrader"}
    assert found["attachments"] == {"a.png": {"image/png": PIXEL}}
    assert found["source"] == "![a](attachment:a.png)"


def test_a_picture_that_is_not_there_does_not_stop_the_page():
    """nbconvert fails on a reference to an attachment that nobody attached."""
    cell = cleaned(nbformat.v4.new_markdown_cell("![a](attachment:gone.png) and text"))
    assert "A picture was left out&#58; a&#93; and text" in cell["source"]


def test_a_picture_in_the_text_becomes_an_attachment():
    """Colab writes pictures into the text; the text stays one that people can read."""
    cell = cleaned(nbformat.v4.new_markdown_cell(f"Look: ![p](data:image/png;base64,{PIXEL}) here"))
    assert cell["source"] == "Look: ![p](attachment:picture-1.png) here"
    assert cell["attachments"] == {"picture-1.png": {"image/png": PIXEL}}


def outputs(*given):
    cell = nbformat.v4.new_code_cell("x")
    cell["outputs"] = [nbformat.v4.new_output(kind, **about) for kind, about in given]
    return cleaned(cell)["outputs"]


def test_what_scores_are_made_of_stays_whatever_else_is_too_much():
    """nbgrader gives no points for an error or a line on stderr, and those that a value says: none of them may go."""
    flood = [("display_data", {"data": {"text/plain": "x"}})] * 5_000 + [
        ("stream", {"name": "stdout", "text": "x" * 10**6})
    ] * 9
    found = outputs(
        *flood,
        ("stream", {"name": "stderr", "text": "y" * 10**6}),
        ("execute_result", {"data": {"text/plain": "0.5", "text/html": "<b>" * 10**5}}),
        ("error", {"ename": "E", "evalue": "e" * 10**6, "traceback": ["t" * 10**6]}),
    )
    kinds = [output["output_type"] for output in found]
    assert kinds.count("error") == 1
    assert [o["data"]["text/plain"] for o in found if o["output_type"] == "execute_result"] == ["0.5"]
    assert [o["name"] for o in found if o["output_type"] == "stream"][-1] == "stderr"
    assert sum(len(str(output)) for output in found) < 2_000_000
    assert "times an output, because there are too many.]" in found[-1]["data"]["text/plain"]


def test_all_together_has_so_much_room():
    """Hundreds of cells of a megabyte each become a notebook of some megabytes, and each says what is missing."""
    text = "x" * 10**6
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x") for _ in range(400)])
    for cell in nb["cells"]:
        cell["outputs"] = [nbformat.from_dict({"output_type": "stream", "name": "stdout", "text": text})]
    markup.clean(nb)
    assert len(nbformat.writes(nb)) < 8_000_000
    last = nb["cells"][-1]["outputs"][0]["text"]
    assert last.endswith("[Left out by Gradetape: 999,800 signs, because there is no room for them.]")


@pytest.mark.parametrize(
    "text",
    ["[\n" * 50_000, "*a **b\n" * 8_000, "> " * 9_000, "$a\n" * 40_000, "\\begin{a}\n" * 9_000, "<div>\n" * 30_000, "# a\n" * 40_000,
     "![a](\n" * 30_000, "|a" * 9_000 + "\n" + "|-" * 9_000, "- " * 9_000, "`" * 9_999 + "\n" + "a`\n" * 20_000, "<!--\n" * 40_000,
     "[a]: <\n" * 20_000, "a\n: b\n" * 30_000, "&#0;" * 4_000, "\\" * 19_000],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_no_text_takes_long(text):
    """Quadratic ones end with their process, and the text is there as it was typed."""
    began = os.times()
    cell = cleaned(nbformat.v4.new_markdown_cell(text))
    spent = [after - before for before, after in zip(began, os.times(), strict=True)]
    assert sum(spent[:4]) < bounded.SECONDS + 5
    assert len(cell["source"]) < 20 * len(text) + 1000


def test_a_text_that_takes_too_long_costs_itself_only(monkeypatch):
    """Cells before it are as they were meant, it and those after it as they were typed; scores are not touched."""
    monkeypatch.setattr(bounded, "SECONDS", 1)
    real = harmless.markdown

    def slow(source, **rest):
        while "slow" in source:
            pass
        return real(source, **rest)

    monkeypatch.setattr(harmless, "markdown", slow)
    fault = nbformat.v4.new_output("error", ename="E", evalue="", traceback=["t"])
    page = nbformat.v4.new_output("display_data", data={"text/html": "<script>", "text/plain": "p"})
    nb = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_markdown_cell("*one*"), nbformat.v4.new_markdown_cell("slow <script>"),
        nbformat.v4.new_code_cell("x", outputs=[fault, page]),
    ])  # fmt: skip
    markup.clean(nb)
    assert nb["cells"][0]["source"] == "*one*"
    assert "<script>" not in nb["cells"][1]["source"]
    assert "slow &#60;script&#62;" in nb["cells"][1]["source"]
    assert "it took more than 1 s or 1&#44;024 MiB" in nb["cells"][1]["source"].replace(",", "&#44;")
    assert [output["output_type"] for output in nb["cells"][2]["outputs"]] == ["error", "display_data"]
    assert nb["cells"][2]["outputs"][1]["data"] == {"text/plain": "p"}


def test_headings_take_no_name_of_the_page():
    """nbgrader's page finds score and comment boxes by their ids."""
    nb = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell("x", metadata={"nbgrader": {"grade_id": "coin"}}),
        nbformat.v4.new_markdown_cell("# coin-comment"), nbformat.v4.new_markdown_cell("# Coins"),
    ])  # fmt: skip
    markup.clean(nb)
    assert nb["cells"][1]["source"].startswith("<div><h1>coin&#45;comment")
    assert nb["cells"][2]["source"] == "# Coins"


def test_a_gigantic_picture_goes_with_a_sentence():
    """Its header is believed before a browser makes room for it."""
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    found = display(image_png=base64.b64encode(head).decode(), text_plain="<Figure>")
    assert found == {
        "text/plain": "<Figure>\n[Left out by Gradetape: a picture, because it claims 60,000 by 60,000 pixels.]"
    }


def test_what_converters_put_onto_a_page_as_it_is():
    """Kinds, ids, counts and keys that no notebook has: an odd cell is a plain one, and the others are as they were meant."""
    evil = '"><script>alert(1)</script>'
    cells = [
        {"cell_type": evil, "type": evil, "metadata": {}, "source": evil, "id": evil},
        {"cell_type": "code", "metadata": {"tags": [evil]}, "source": "x", "execution_count": evil, "outputs": [
            {"output_type": "execute_result", "execution_count": evil, "data": {"text/plain": "1"}, "metadata": {}},
            {"output_type": evil, "data": {"text/html": evil}}]},
        {"cell_type": "code", "metadata": {}, "source": "x", "execution_count": 1, "outputs": [7]},
        {"cell_type": "markdown", "metadata": {}, "source": "*last*"},
    ]  # fmt: skip
    nb = nbformat.from_dict(
        {"metadata": {"title": evil, "gradetape": 1}, "cells": cells, "nbformat": 4, "nbformat_minor": 5}
    )
    nb["cells"][2]["outputs"] = ["odd"]
    markup.clean(nb)
    assert "<script" not in json.dumps(nb)
    assert nb["cells"][2]["outputs"] == []
    assert nb["cells"][0]["id"] == "cell-0"
    assert nb["cells"][1]["execution_count"] is None
    assert nb["metadata"] == {}
    assert nb["cells"][-1]["source"] == "*last*"


SLOW = ")\n" + "1,+\n" * 60_000


def code(*sources, given=frozenset(), **metadata):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources], metadata=metadata)
    markup.clean(nb, given=given)
    return [cell["source"] for cell in nb["cells"]]


def test_code_that_takes_long_to_colour_is_cut():
    """The formgrader colours each cell whenever somebody looks: one of megabytes would stop it for everybody."""
    left = "[Left out by Gradetape: {:,} signs of code that takes long to show; the file that was handed in has them.]"
    assert code(SLOW) == [f"{SLOW[:2000]}\n# {left.format(len(SLOW) - 2000)}"]
    assert code("x = 1\n" * 16_000) == ["x = 1\n" * 16_000]
    assert len(code("x = 1\n" * 17_000)[0]) < 2_200


def test_all_code_together_has_so_much_room():
    """Cells of ninety thousand signs each: five are shown."""
    text = "x = 'a long line of code that is quick to colour, since it is one word'\n" * 1_300
    made = code(*[text] * 8)
    assert [source == text for source in made] == [True] * 5 + [False] * 3


def test_code_is_cut_by_the_time_that_colouring_it_takes(monkeypatch):
    """Whatever the lexer stumbles over; three seconds for all cells, and then what is short stays."""
    from nbconvert.filters import Highlight2HTML

    real = Highlight2HTML.__call__

    def slow(self, source, *rest, **more):
        while "slow" in source:
            pass
        return real(self, source, *rest, **more)

    monkeypatch.setattr(Highlight2HTML, "__call__", slow)
    made = code(*["# slow\n" * 400] * 6, "y = 1\n" * 400, "z = 1")
    assert [len(source) for source in made[:6]] == [len(made[0])] * 6
    assert made[0].startswith("# slow\n" * 285)
    assert "[Left out by Gradetape: 800 signs of code" in made[0]
    assert made[6].count("\n") < 400
    assert made[7] == "z = 1"


def test_the_instructors_code_stays():
    """What was released and is unchanged: nbgrader sees by its text that nobody answered."""
    text = "# release\n" * 20_000
    given = markup.texts(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text)]))
    assert code(text, given=given) == [text]
    assert code(text) != [text]
    assert code(*[text] * 4, given=given)[3] != text


def test_code_that_could_not_be_cleaned_in_time_is_cut_too(monkeypatch):
    """Nothing is known of it then."""
    monkeypatch.setattr(bounded, "run", lambda _: ([], "it took too long"))
    made = code("x = 1\n" * 1_000, "y = 1")
    assert made[0].startswith("x = 1\n" * 333)
    assert "4,000 signs of code" in made[0]
    assert made[1] == "y = 1"


def test_a_page_that_is_shown_as_typed_has_more_of_the_code():
    """There nothing is coloured."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1\n" * 3_000), nbformat.v4.new_code_cell(SLOW)])
    markup.show_as_typed(nb, "because")
    assert nb["cells"][0]["source"] == "x = 1\n" * 3_000
    assert len(nb["cells"][1]["source"]) < 20_200


def test_a_learner_names_no_lexer():
    """Some of Pygments' hundreds take minutes for a line; converters put names and versions onto pages."""
    evil = {
        "name": "html+php",
        "pygments_lexer": "html+php",
        "version": '"><script>',
        "codemirror_mode": {"name": "../x"},
    }
    for about, left in (
        (evil, {"name": "python", "pygments_lexer": "ipython3"}),
        ({"name": "R", "pygments_lexer": "r", "mimetype": "text/x-r-source"}, None),
        ({"name": "python", "version": "3.11.2", "file_extension": ".py"}, None),
        ("odd", None),
    ):
        nb = nbformat.from_dict({"metadata": {"language_info": about}, "cells": [], "nbformat": 4, "nbformat_minor": 5})
        markup.clean(nb)
        assert nb["metadata"].get("language_info") == (left or about)


def test_raw_cells_are_limited_as_texts_are():
    """Two hundred thousand signs, and the beginning of more."""
    assert cleaned(nbformat.v4.new_raw_cell("x" * 200_000))["source"] == "x" * 200_000
    assert len(cleaned(nbformat.v4.new_raw_cell("x" * 200_001))["source"]) < 21_000


@pytest.mark.parametrize("kind", ["markdown", "raw", "code"])
def test_towers_of_marks_are_flattened(kind):
    """Thousands of marks on one letter are drawn over the lines and cells above it."""
    make = getattr(nbformat.v4, f"new_{kind}_cell")
    tower = "a" + "\u0336\u0489\u20dd" * 1_000 + "b e\u0301 \u1ea5 \u05e9\u05c1\u05bc\u05b8"
    assert cleaned(make(tower))["source"] == "a\u0336\u0489\u20dd\u0336\u0489b e\u0301 \u1ea5 \u05e9\u05c1\u05bc\u05b8"


def test_towers_of_marks_in_outputs():
    """In all forms."""
    tower = "a" + "\u0336" * 1_000
    found = display(text_plain=tower, text_html=f"<p>{tower}</p>", text_markdown=tower)
    assert all(text.count("\u0336") == 5 for text in found.values())
    assert outputs(("stream", {"name": "stdout", "text": tower}))[0]["text"] == tower[:6]


def test_latex_is_read_with_and_without_references():
    """Whoever decodes it once more finds no other name."""
    assert display(text_latex="$x^2$") == {"text/latex": "$x^2$"}
    assert "text/latex" not in display(text_latex="$&#92;href{a}{b}$")
