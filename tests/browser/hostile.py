"""What a hostile learner writes, prints and attaches for whoever looks at it: texts, outputs and files, each with a sign.

`@N@` becomes the number of the attack: a script says it on the console, an address has it in its path, so that a
test can tell which of them acted.
"""

OUTSIDE = "http://hostile.example"
"""Where hostile pages send what they read; nothing of that name exists."""

SIGN = "gradetape-hostile"
_RUN = f"console.log('{SIGN}-@N@')"

TEXTS = (
    f"<script>{_RUN}</script>",
    f'<img src="x" onerror="{_RUN}">',
    f"[a](javascript:{_RUN})",
    f"[a](java&#115;cript:{_RUN})",
    f"[a](java&Tab;script&colon;{_RUN})",
    f"[a](files/javascript:{_RUN})",
    f"[a](/files/javascript:{_RUN})",
    f"[a][r]\n\n[r]: javascript:{_RUN}",
    f"<javascript:{_RUN}>",
    f'<a href="files/javascript:{_RUN}">a</a>',
    f'<a href="&#x6A;avascript:{_RUN}">a</a>',
    f'<a href="\x01javascript:{_RUN}">a</a>',
    f'<svg onload="{_RUN}"><a href="javascript:{_RUN}"><text y="20">a</text></a></svg>',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{_RUN}"></style></mglyph></table></mtext></math>',
    f'<details open ontoggle="{_RUN}"><summary>a</summary>b</details>',
    f'<iframe srcdoc="<script>parent.{_RUN}</script>"></iframe>',
    f'<object data="data:text/html,<script>parent.{_RUN}</script>"></object>',
    f'<form action="javascript:{_RUN}"><button>a</button></form>',
    f'<input autofocus onfocus="{_RUN}">',
    f'```mermaid\n<img src=x onerror="{_RUN}">\n```',
    f'![a](x"onerror="{_RUN}")',
    f'[a](x "t\\" onmouseover={_RUN} x=\\"")\n\n<b onmouseover="{_RUN}">b</b>',
    f'$$<img src=x onerror="{_RUN}">$$\n<img src=x onerror="{_RUN}">',
    f"<style>@import url({OUTSIDE}/@N@.css); body {{ background: url({OUTSIDE}/@N@) }}</style>",
    f"![a]({OUTSIDE}/@N@.png)",
    f"![a][r@N@]\n\n[r@N@]: {OUTSIDE}/@N@.png",
    "![a](//hostile.example/@N@.png)",
    f'<img srcset="{OUTSIDE}/@N@.png 1x">',
    f'<video src="{OUTSIDE}/@N@" poster="{OUTSIDE}/@N@.png" autoplay></video>',
    f'<table background="{OUTSIDE}/@N@.png"><tr><td style="background:url({OUTSIDE}/@N@b)">a</td></tr></table>',
    f'<link rel="stylesheet" href="{OUTSIDE}/@N@.css">',
    f'<meta http-equiv="refresh" content="0;url={OUTSIDE}/@N@">',
    f'<base href="{OUTSIDE}/@N@/">',
    f"$\\href{{javascript:{_RUN}}}{{x}}$",
    f"$\\style{{position:fixed;background:url({OUTSIDE}/@N@)}}{{x}}$",
    "$\\style{position:fixed;top:0;left:0;width:100%;height:100%;background:red}{10\\ of\\ 10}$",
    f"$\\require{{html}}\\class{{a}}{{\\cssId{{b}}{{\\href{{java&#115;cript:{_RUN}}}{{x}}}}}}$",
    f'$\\text{{<img src=x onerror="{_RUN}">}}$',
    f'<math><maction actiontype="statusline" xlink:href="javascript:{_RUN}"><mi>x</mi></maction></math>',
    f'<p style="position:fixed;top:0;left:0;background:url({OUTSIDE}/@N@)">10 of 10</p>',
    "[a](../../../formgrader?path=/tmp)",
    f'$$a\n\n<p style="background:url({OUTSIDE}/@N@.png)">b</p>\n\nc$$',
    f"$$a\n\n![b]({OUTSIDE}/@N@.png)\n\n[c](/formgrader?path=/tmp)\n\nd$$",
    f"\\begin{{align}}a\n\n<img src='{OUTSIDE}/@N@.png'>\n\nb\\end{{align}}",
    '$$a\n\n<button data-commandlinker-command="notebook:run-all-cells" data-commandlinker-args="{}">b</button>\n\nc$$',
    '$$a\n\n<div class="jp-Dialog"><div class="jp-Dialog-content">10 of 10 points</div></div>\n\nb$$',
    f'[a](#x \'$" style="background:url({OUTSIDE}/@N@.png)" title="$\')',
    f'```$" style="background:url({OUTSIDE}/@N@.png)$\na',
    f"&#36;a&#92;<br>&#92;href{{javascript:{_RUN}}}{{CLICK}}&#36;",
    '<span style="text-decoration:overline red 3000px">covering covering</span>',
    '<span style="vertical-align:-900px">moved</span> <span style="white-space:nowrap">' + "wide " * 900 + "</span>",
    "<h1><span>" * 12 + "\u2588" + "</span></h1>" * 12,
    '</div></div></div></div></div></div><font color="white">',
    "a" + "\u0336\u0489\u20dd" * 900,
    "`" * 19_000,
    "<" * 19_000,
)
"""Markdown cells."""

LEAVING = ("<meta", "<base", "</div></div>", "`````", "<<<<<")
"""What leaves the page at once, closes it, stops it or turns its links around, so that nothing else is seen to act."""

OUTPUTS = (
    {"text/html": f"<script>{_RUN}</script>"},
    {"text/html": f'<a href="java&#115;cript:{_RUN}">a</a>'},
    {"text/html": f'<img src="{OUTSIDE}/@N@.png">'},
    {"text/html": f"<svg><script>{_RUN}</script></svg>"},
    {"text/markdown": f"[a](java&#115;cript:{_RUN})"},
    {"text/markdown": f"![a]({OUTSIDE}/@N@.png)"},
    {"text/markdown": f'```mermaid\n<img src=x onerror="{_RUN}">\n```'},
    {"text/latex": f"$\\href{{javascript:{_RUN}}}{{x}}$"},
    {
        "image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{OUTSIDE}/@N@.png"/><script>{_RUN}</script></svg>'
    },
    {"image/png": f'x" onerror="{_RUN}" x="'},
    {"application/javascript": _RUN},
    {"application/vnd.custom.v1+json": f"</script><script>{_RUN}</script>"},
    {
        "text/html": f"<p>$a\\<br>\\href{{javascript:{_RUN}}}{{x}}$ $a\\<br>\\Huge\\<br>\\raise-40em{{\\<br>\\rule{{60em}}{{30em}}}}$</p>"
    },
    {"text/html": '<span style="text-decoration:overline white 3000px">covering covering</span>'},
    {"text/html": "<p><font color='red'><h1><span><h1>x</h1></span></h1></font></p>" + "x\u0336" * 9},
    {"text/markdown": f'$$a\n\n<p style="background:url({OUTSIDE}/@N@.png)">b</p>\n\nc$$'},
)
"""Outputs of the learner's cells, by MIME type."""

PAGE = f"<!doctype html><title>a</title><script>{_RUN}</script><img src='{OUTSIDE}/@N@.png'>"
DRAWING = f'<svg xmlns="http://www.w3.org/2000/svg"><script>{_RUN}</script></svg>'
FILES = {
    "page.html": PAGE, "page.HTM": PAGE, "page.xhtml": PAGE.replace("<!doctype html>", '<html xmlns="http://www.w3.org/1999/xhtml">') + "</html>",
    "drawing.svg": DRAWING, "drawing.xml": DRAWING, "page.png.html": PAGE, "data:text;html,x.txt": PAGE, "ab:x.html?.png": PAGE,
    "importlib.py": "raise SystemExit",
}  # fmt: skip
"""Attached files."""


def numbered():
    """Every attack with its number in it: texts, outputs and files."""
    texts = [text.replace("@N@", f"{number}") for number, text in enumerate(TEXTS)]
    outputs = [
        {kind: text.replace("@N@", f"{100 + number}") for kind, text in output.items()}
        for number, output in enumerate(OUTPUTS)
    ]
    files = {name: text.replace("@N@", f"{200 + number}") for number, (name, text) in enumerate(FILES.items())}
    return texts, outputs, files
