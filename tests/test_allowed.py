"""HTML, formulas and pictures by lists of what is allowed."""

import base64
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradetape import allowed, formulas, harmless, pictures

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a?b=1#c", "HTTP://example.org", "mailto:a@example.org", "#here", "https://b\u00fccher.example/\u00e4"],
)  # fmt: skip
def test_links_that_stay(address):
    """Other sites, mail, and places on the page."""
    assert f'href="{address}"' in allowed.clean(f'<a href="{address}">a</a>')


@pytest.mark.parametrize(
    "address",
    ["javascript:x", "java&#115;cript:x", "java&Tab;script&colon;x", "\x01javascript:x", "vbscript:x", "data:text/html,x",
     "files/javascript:x", "a.html", "../../formgrader?path=/x", "/lab?reset", "//example.org", "\\\\example.org", "?a", "",
     "http://localhost:8888/", "http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://hub/",
     "http://a@localhost/", "http://x.localhost./", "https:/example.org", "https:example.org", "http://exa mple.org",
     "http://example.org\\@localhost/", "blob:x", "file:///etc/passwd", "ftp://example.org", "about:blank", "#a b"],
)  # fmt: skip
def test_links_that_go(address):
    """Whatever runs, is relative, or leads to the server that the page comes from."""
    made = allowed.clean(f'<a href="{address}">a</a>')
    assert made == '<a rel="noopener noreferrer">a</a>'
    assert not allowed.is_clean(f'<a href="{address}">a</a>') or address == ""


@pytest.mark.parametrize(
    "html",
    ["<b>a", "</b>", "<!-- a -->", "<!doctype html>", "<?x?>", "<B>a</B>", "<b a=1>", "<b a='1'>", '<b onclick="x">', "a < b",
     "<svg></svg>", "<math></math>x", '<p style="position:fixed">', '<p style="color:red;background:url(x)">', '<p id="x">',
     '<p class="btn">', '<code class="language-a tex2jax_process">', '<img src="x">', '<td colspan="99999">', "a\0b",
     "$\\href{a}{b}$", "$\\style{a}{b}$", "\\begin{html}", '<h1 id="taken">a</h1>', '<input type="text">', "<style>", "<b\x0bx>"],
)  # fmt: skip
def test_what_is_not_known_is_not_clean(html):
    """Only what every browser reads alike is known; the rest is cleaned or shown as it was typed."""
    assert not allowed.is_clean(html, taken={"taken"})


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "&lt;", "&#60;", '"', "'", "`", "$", "\\", "\n\n", "\n", "[", "](", ")", "!", "javascript:", "<a href=", "<img src=",
             "<svg>", "<math>", "<style>", "</style>", "<!--", "-->", "<script>", "onerror=x", "<b>", "</b>", "files/", "\\href{", "{", "}",
             "```mermaid\n", "```\n", "# ", "| a |\n|--|\n", "<table>", "<p ", "\0", "\ud800", "\u2028", "$$", "<mtext>", "<noscript>",
             "<textarea>", "<title>", "]: ", "http://a.example", "x"]
        ),
        max_size=14,
    ).map("".join)
)  # fmt: skip
@example("<a href=><table><a href=>")
def test_every_text_becomes_one_that_is_clean(text):
    """Whatever is typed: what the formgrader makes of the result is known to be clean, and cleaning again changes nothing."""
    made = harmless.markdown(text)
    assert allowed.is_clean(harmless._rendered(made, {}, lenient=False))
    assert harmless.markdown(made) == made
    assert allowed.clean(html := allowed.clean(text, formula=True), formula=True) == html


@pytest.mark.parametrize(
    "value",
    ["https&#1;://a.example/../x", "https://a.example/&colon;", "https://a.example/?b&amp", "&#104;ttps&#0;://a"],
)
def test_references_that_are_read_differently_are_not_clean(value):
    """Python drops `&#1;`, a browser does not: to it the address is one of the page's own server."""
    assert not allowed.is_clean(f'<a href="{value}">a</a>')
    assert allowed.is_clean('<a href="https://a.example/?b=1&amp;c=&#39;">a</a>')


def test_listings_tables_and_tasks_stay():
    """What nbconvert makes of ordinary Markdown is known as it is."""
    text = "# T\n\n- [x] a\n- [ ] b\n\n```python\nx = 1\n```\n\n| a | b |\n|--:|:--|\n| 1 | $x<y$ |\n\nSee https://example.org, *a* **b** `c`"
    assert harmless.markdown(text) == text


def test_styles_that_are_left_out_cost_nothing_else():
    """A text with a margin is shown as it was meant, without the margin."""
    made = harmless.markdown('<p style="margin:0">x</p>\n\n*a* <b style="color:red;position:fixed">c</b>')
    assert made.startswith("<div><p>x</p>")
    assert "<em>a</em>" in made
    assert '<b style="color&#58;red">' in made


def test_deep_and_wide_trees_are_shown_as_source():
    """Browsers and converters that walk by recursion give up on a thousand tags within each other."""
    assert allowed.clean("<div>" * 100 + "a").startswith("<pre>&#60;div&#62;")
    assert allowed.clean("<i>" * 60_000).startswith("<pre>")
    assert allowed.clean("<div>" * 20 + "a") == "<div>" * 20 + "a" + "</div>" * 20


@pytest.mark.parametrize(
    "tex",
    [r"\newcommand{\a}{b}\a", r"\def\a{b}", r"\let\a\b", r"\href{a}{b}", r"\url{a}", r"\style{a}{b}", r"\class{a}{b}",
     r"\cssId{a}{b}", r"\require{html}", r"\unicode{x}", r"\bbox[a]{b}", r"\color{red}{x}", r"\llap{x}", r"\hspace{-9em}",
     r"\rule{9em}{9em}", r"\raise9em{x}", r"\kern9em", r"\mmlToken{mi}{x}", r"\verb|x|", r"\begin{html}x\end{html}", "a\\",
     r"\\[9em]", r"\label{a}", r"\tag{a}", r"\ref{a}", "{" * 50 + "}" * 50, r"\includegraphics{a}", r"\csname href\endcsname",
     r"\catcode`\@=11", r"\char60", r"\Huge x", r"\loop", r"\begin"],
)  # fmt: skip
def test_formulas_that_are_shown_as_code(tex):
    """What defines, links, loads, colours, moves or sizes is no formula here."""
    assert not formulas.is_typeset(tex)
    assert formulas.mathml(tex, "inline").startswith("<code>")


@pytest.mark.parametrize(
    "tex",
    [r"\frac{a}{b} < \sqrt[3]{x_i^2}", r"\sum_{i=1}^n \log p(x_i \mid \theta)", r"\begin{pmatrix}1&0\\0&1\end{pmatrix}",
     r"\left\{\begin{cases}a & x \ge 0\\ b & \text{else}\end{cases}\right.", r"\underbrace{a}_{b} \xrightarrow{f} \mathbb{R}^{n\times m}",
     r"\operatorname{softmax}(z)_i\,\;\!\quad", r"a\\[2pt] b", r"50\%\ \$\ \#\ \_\ \&"],
)  # fmt: skip
def test_formulas_that_are_drawn(tex):
    """The mathematics of courses; what is made of it survives the list of tags."""
    made = formulas.mathml(tex, "block")
    assert made.startswith("<math")
    assert allowed.clean(made, formula=True).count("<mi>") == made.count("<mi>")


def test_words_in_a_formula_are_no_markup():
    """The converter does not escape words; such a formula is shown as its source."""
    assert formulas.mathml(r"\text{<img src=x>}", "inline") == r"<code>\text{&lt;img src=x&gt;}</code>"


def png(width, height):
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", width, height) + b"\x08\0\0\0\0"
    return base64.b64encode(head).decode()


def test_pictures_are_what_they_claim():
    """By the header: kind, size in pixels, bytes."""
    jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 60000, 60000) + b"\0" * 10
    assert pictures.fault("image/png", PIXEL) == ""
    assert pictures.fault("image/png", png(60_000, 60_000)) == "it claims 60,000 by 60,000 pixels"
    assert pictures.fault("image/png", png(0, 10)) == "it claims 0 by 10 pixels"
    assert pictures.fault("image/jpeg", base64.b64encode(jpeg).decode()) == "it claims 60,000 by 60,000 pixels"
    gif = base64.b64encode(b"GIF89a" + struct.pack("<HH", 20, 65535)).decode()
    assert pictures.fault("image/gif", gif) == "it claims 20 by 65,535 pixels"
    assert pictures.fault("image/gif", PIXEL) == "it is no picture of its kind"
    assert pictures.fault("image/png", '"><script>') == "it is no picture of its kind"
    assert pictures.fault("image/svg+xml", PIXEL) == "it is of a kind that is not shown"
    assert pictures.fault("image/png", "A" * 6_000_000) == "it has more than 4,194,304 bytes"


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(pictures.KINDS))
def test_rubbish_is_no_picture(data, kind):
    """Whatever the bytes: a sentence, no exception."""
    start = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF89a"}[kind]
    assert isinstance(pictures.fault(kind, base64.b64encode(start + data).decode()), str)


LARGE = [
    "text-decoration:overline white 3000px", "text-decoration-thickness:9px", "vertical-align:-900px", "vertical-align:9em",
    "white-space:nowrap", "white-space:pre", "color:var(--x)", "color:red !important", "font-weight:9e9", "text-align:-moz-x",
    "font-size:99px", "line-height:0", "letter-spacing:-9em", "text-indent:-9em", "margin:-9em", "border:9em solid red", "outline:9em",
    "text-shadow:9em 9em red", "width:9em", "transform:none", "font:99px x", "float:left", "display:inline",
]  # fmt: skip


@pytest.mark.parametrize("style", LARGE)
def test_no_style_draws_beyond_its_own_place(style):
    """Words from a list and colours: no length, no thickness, no property that has one."""
    assert not allowed.is_clean(f'<b style="{style}">a</b>')
    assert allowed.clean(f'<b style="{style}">a</b>') == "<b>a</b>"
    assert allowed.clean(f'<b style="color:red; {style}">a</b>') == '<b style="color:red">a</b>'


@pytest.mark.parametrize(
    "style",
    ["text-decoration:underline", "color: rgb(1, 2, 3);", "font-weight:700;font-style:italic", "vertical-align:top"],
)
def test_styles_that_stay(style):
    """What tables and words need."""
    assert allowed.is_clean(f'<b style="{style}">a</b>')
    assert allowed.clean(f'<b style="{style}">a</b>').count(":") == style.count(":")


@pytest.mark.parametrize(
    ("small", "large"),
    [('td colspan="100"', 'td colspan="101"'), ('th rowspan="100"', 'th rowspan="1000"'), ('td align="left"', 'td align="x"'),
     ('td colspan="1"', 'td colspan="0"'), ('b style="color:rgb(1, 2, 3)"', 'b style="color:url(x)"')],
)  # fmt: skip
def test_numbers_in_attributes_are_bounded(small, large):
    """Cells that span more than a hundred others make a browser slow."""
    name = small.partition(" ")[0]
    assert allowed.is_clean(f"<{small}>a</{name}>")
    assert not allowed.is_clean(f"<{large}>a</{name}>")


@pytest.mark.parametrize(("size", "stays"), [("1", True), ("1999", True), ("2000", False), ("0", False)])
def test_pictures_are_not_stretched_beyond_a_screen(size, stays):
    """Their width and height, in an attribute."""
    html = f'<img src="data:image/png;base64,{PIXEL}" width="{size}">'
    assert allowed.is_clean(html) == stays
    assert (f'width="{size}"' in allowed.clean(html)) == stays


@pytest.mark.parametrize(
    "html",
    ["</div></div></div></div>", '<font color="white">', "<b><i>a</b></i>", "<h1><span><h1>a</h1></span></h1>", "<b/>a", "</br>",
     "<table><tr><td>a", "<div>" * 61 + "</div>" * 61, "<h2><b><h3>a</h3></b></h2>"],
)  # fmt: skip
def test_what_reaches_beyond_its_text_is_not_clean(html):
    """What it does not close styles or closes what stands behind it; headings in headings grow without end."""
    assert not allowed.is_clean(html)
    assert allowed.is_clean(harmless._rendered(harmless.markdown(html), {}, lenient=False))
    assert allowed.is_clean(allowed.clean(html))


@pytest.mark.parametrize(
    "html",
    [r"<p>$a\<br>\href{b}{c}$</p>", r"<p>$a\<wbr>\href{b}{c}$</p>", r"<p>\(a\<br>\style{b}{c}\)</p>", r"<p>\[a\<br>\Huge b\]</p>",
     r"<p>$a\<br>\raise-40em{\<br>\rule{60em}{30em}}$</p>", r"<p>$\in<wbr>put{b}$</p>", r"<p>$\al<wbr>pha$</p>",
     r"<p>$a\<br>\<wbr>\\href{b}{c}$</p>", r"<p>&#36;a&#92;<br>&#92;href{b}{c}&#36;</p>", r"<p>$\begin{<wbr>html}$</p>",
     r"<p>$a\\[9<wbr>0em]b$</p>", r"<p>\<wbr>(\href{a}{b}\)</p>", "<p>$" + r"\!" * 41 + "x$</p>", r"<p>$\in<wbr>f<br>ty$</p>"],
)  # fmt: skip
def test_names_that_a_tag_divides(html):
    """What typesets joins texts around some tags, with a line's end or with nothing: no reading names what is not listed."""
    assert not allowed.is_clean(html)
    for made in (harmless.html(html), harmless._rendered(harmless.markdown(html), {}, lenient=False)):
        assert allowed.is_clean(made)
        assert not any(set("$\\") & set(word) for word in allowed._words_of(made))


def test_formulas_in_several_places_are_typeset():
    """Of a table, a list, and a line with emphasis."""
    for html in (
        r"<p>$\alpha$ <em>b</em> $\beta\!$</p>",
        r"<td>$a\\b$</td><td>$\frac{a}{b}$</td>",
        r"<li>a<br>$x \in y$</li>",
    ):
        assert allowed.is_clean(html)


@pytest.mark.parametrize(
    ("fits", "beyond"),
    [("x" * 4_000, "x" * 4_001), ("{" * 40 + "}" * 40, "{" * 41 + "}" * 41), (r"\!" * 40, r"\!" * 41), (r"a\\[39pt]b", r"a\\[40pt]b"),
     (r"a\\[9mm]b", r"a\\[10mm]b"), (r"\begin{align*}a\end{align*}", r"\begin{aligned**}a\end{aligned**}"), (r"\,a", r"\/a"),
     (r"\left(" * 40 + r"\right)" * 40, r"\left(" * 41 + r"\right)" * 41)],
    ids=lambda text: text[:9],
)  # fmt: skip
def test_every_limit_of_formulas(fits, beyond):
    """From both sides."""
    assert not formulas.mathml(fits, "inline").startswith("<code>")
    assert formulas.mathml(beyond, "inline").startswith("<code>")
