"""What of a learner's markup stays in a graded notebook."""

import nbformat
import pytest

from gradetape import markup


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
    assert display(image_png="aGVsbG8=\n", text_plain="<Figure>") == {
        "image/png": "aGVsbG8=\n",
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
    found = "".join(display(**data).values()).lower()
    for sign in ("<script", "onerror", "onload", "javascript:", "srcdoc", "position", "alert(1)<"):
        assert sign not in found


def test_prose_and_formulas_stay():
    """Text without tags is left alone, also where it has a smaller-than sign."""
    text = "If $a < b$ and `x<3`, then a & b. See [docs](https://example.org)."
    assert cleaned(nbformat.v4.new_markdown_cell(text))["source"] == text


def test_the_learners_texts_are_cleaned_and_the_courses_are_not():
    """A locked cell is the instructor's, who may write what he likes."""
    evil = "Look: <b>this</b> <script>alert(1)</script>"
    assert cleaned(nbformat.v4.new_markdown_cell(evil))["source"] == "Look: <b>this</b> "
    assert "script" not in cleaned(nbformat.v4.new_raw_cell("<script>alert(1)</script>a"))["source"]
    locked = nbformat.v4.new_markdown_cell(evil, metadata={"nbgrader": {"locked": True}})
    assert cleaned(locked)["source"] == evil


def test_what_a_page_puts_into_attributes_is_cleaned():
    """Tags, attachments and widgets end up inside of tags or scripts of the page."""
    cell = nbformat.v4.new_markdown_cell("![a](attachment:a.png)")
    cell["metadata"]["tags"] = ['"><script>']
    cell["attachments"] = {
        "a.png": {"image/png": "aGVsbG8=", 'x"><script>': "aGVsbG8="}, "b.png": {"image/png": '"><script>'},
    }  # fmt: skip
    found = cleaned(cell)
    assert "tags" not in found["metadata"]
    assert found["attachments"] == {"a.png": {"image/png": "aGVsbG8="}}


def test_a_picture_that_is_not_there_does_not_stop_the_page():
    """nbconvert fails on a reference to an attachment that nobody attached."""
    cell = cleaned(nbformat.v4.new_markdown_cell("![a](attachment:gone.png) and text"))
    assert cell["source"] == "![a]() and text"
