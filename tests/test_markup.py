"""What of a learner's markup stays in a graded notebook."""

import nbformat
import pytest

from gradetape import markup

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
