"""A hostile learner's work in staff's browser: nothing of it runs, loads anything, or leads anywhere but by a plain link.

The formgrader typesets formulas with MathJax 2.7.7 of another server, which these tests do not ask: unless
`jupyter_server_mathjax` is installed (2.7.9), its formulas stay TeX here, and that no name in them acts is shown by
`tests/test_allowed.py` alone. JupyterLab has its own MathJax, which typesets here.

One course and one server for all. Learner `on` is graded as every course grades; learner `off` with the same work
and the guard taken away, which shows that each test would notice.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from browser import hostile, lab
from helpers import COURSES, write_answer
from playwright.sync_api import Error

from gradetape import inert

pytestmark = [pytest.mark.browser, pytest.mark.e2e, pytest.mark.timeout(300)]

WITHOUT_GUARD = """
import sys
from gradetape import markup, seal
from nbgrader.apps import NbGraderApp
if sys.argv.pop(1) == "off":
    markup.clean = lambda nb, **_: None
NbGraderApp.launch_instance()
"""
STOCK_PAGE = "--GenerateFeedback.exporter_class=nbconvert.exporters.HTMLExporter"
CLICK = """
([links, number]) => {
  const a = document.querySelectorAll(links)[number];
  const href = a && (a.getAttribute("href") || a.getAttribute("xlink:href"));
  if (href && !href.startsWith("#")) a.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
}
"""
BEYOND = """
inside => [...document.querySelectorAll(`${inside} *`)].filter(e => {
  const style = getComputedStyle(e), font = parseFloat(style.fontSize);
  return !e.closest("mjx-container, .MathJax, .MathJax_Display") && (style.position == "fixed" || !["auto", "from-font"].includes(style.textDecorationThickness)
    || /[0-9]/.test(style.verticalAlign) || font > 60 || font < 5);
}).map(e => e.outerHTML.slice(0, 200))
"""
"""What is drawn, or may be, beyond its own place."""

ACTING = """
inside => [...document.querySelectorAll(`${inside} button, ${inside} input, ${inside} form, ${inside} textarea, ${inside} .jp-Dialog,
  ${inside} [data-commandlinker-command], ${inside} a`)].filter(e => e.localName != "a" || (e.href && e.href.toString().startsWith(location.origin)
  && !(e.getAttribute("href") || "").startsWith("#") && e.href.split("#")[0] != location.href.split("#")[0])).map(e => e.outerHTML.slice(0, 200))
"""
"""What acts when it is clicked, and links to the server itself."""

BRUSH = """
() => { for (const e of document.querySelectorAll(".text, .code, .output"))
  e.insertAdjacentHTML("beforeend", "<b style='text-decoration: overline red 9000px; font-size: 300px; line-height: 0; margin: -900px'>&#9608;</b>") }
"""
CONFIG, THERE = "TeX-AMS_CHTML-full", "TeX-AMS-MML_HTMLorMML-full"
LATEST = """
(() => { const s = document.createElement("script"); s.src = document.currentScript.src.replace("latest.js", "MathJax.js"); document.head.append(s) })()
"""
MATHJAX = "cdnjs.cloudflare.com"
"""Where nbgrader's formgrader takes MathJax from; it is answered here from a package, if that is installed."""


def run(root, *command):
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, env=os.environ | {"GRADETAPE_NO_PRELOAD": "1"}
    )
    assert done.returncode == 0, done.stderr[-3000:]


def work(release, *, leaves=True):
    """The notebook of a learner who attacks whoever looks at it; `leaves`: also by what hides the other attacks."""
    texts, outputs, _ = hostile.numbered()
    show = "from IPython.display import display\n" + "\n".join(f"display({output!r}, raw=True)" for output in outputs)
    answers = {"double_answer": "def double(x):\n    return 2 * x", "square_answer": "def square(x):\n    return x * x"}
    nb = json.loads(write_answer(release, answers, extra=[show]))
    for number, text in enumerate(texts):
        if not leaves and text.startswith(hostile.LEAVING):
            continue
        nb["cells"].append({"cell_type": "markdown", "id": f"text{number}", "metadata": {}, "source": text})
    return json.dumps(nb).encode()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course in which both learners are graded and have feedback."""
    root = tmp_path_factory.mktemp("hostile") / "vault"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__"))
    run(root, "nbgrader", "generate_assignment", "vault", "--force")
    release = (root / "release" / "vault" / "vault.ipynb").read_bytes()
    for name in ("on", "off"):
        folder = root / "submitted" / name / "vault"
        folder.mkdir(parents=True)
        (folder / "vault.ipynb").write_bytes(work(release, leaves=name == "on"))
        for file, text in hostile.numbered()[2].items():
            (folder / file).write_text(text)
        nbgrader = (sys.executable, "-c", WITHOUT_GUARD, name)
        run(root, *nbgrader, "autograde", "vault", "--student", name)
        run(root, *nbgrader, "generate_feedback", "vault", "--student", name, *([STOCK_PAGE] if name == "off" else []))
    return root


@pytest.fixture(scope="module")
def server(graded, tmp_path_factory):
    """Jupyter's server with nbgrader's extensions; JupyterLab draws all cells, not only those in sight."""
    home = tmp_path_factory.mktemp("home")
    setting = home / "config/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    setting.parent.mkdir(parents=True)
    setting.write_text('{"windowingMode": "none"}')
    with lab.jupyter(graded, home) as address:
        yield address


class Watch:
    """Listens to a window: which attacks ran a script, opened a dialog, asked another server or left the page."""

    def __init__(self, page, address):
        self.page, self.address, self.seen, self.asked = page, address, set(), set()
        context = page.context
        context.on("console", lambda message: self._note(message.text))
        context.on("page", lambda other: other is page or self.seen.add(f"window {other.url}"))
        context.on("request", lambda request: self._request(request.url))
        page.on("dialog", lambda dialog: (self.seen.add("dialog"), dialog.dismiss()))
        context.route(lambda url: not url.startswith((address, "data:", "file:")), self._answer)

    def _note(self, text):
        if hostile.SIGN in text:
            self.seen.add(text.strip())

    def _request(self, url):
        host = urlsplit(url).hostname
        if url.startswith(("http:", "https:")) and not url.startswith(self.address) and host != MATHJAX:
            self.seen.add(f"request {url}")

    def _answer(self, route):
        """Answer for MathJax's server from the package, whose file without MathML takes the place of one that it lacks."""
        found = importlib.util.find_spec("jupyter_server_mathjax")
        path = urlsplit(route.request.url).path.partition("/2.7.7/")[2]
        file = Path(found.origin).parent / "static" / path.replace(CONFIG, THERE) if found and path else None
        if not found or urlsplit(route.request.url).hostname != MATHJAX:
            route.abort()
        elif path == "latest.js":
            route.fulfill(content_type="application/javascript", body=LATEST)
        elif file and file.is_file():
            route.fulfill(
                content_type=None if file.suffix != ".js" else "application/javascript",
                body=file.read_bytes().replace(THERE.encode(), CONFIG.encode())
                if CONFIG in path
                else file.read_bytes(),
            )
        else:
            route.abort()

    def file(self, path):
        """The address under which Jupyter's server gives a file to a window that it knows."""
        if not self.page.context.cookies(self.address):
            self.page.goto(f"{self.address}/lab")
        cookies = {cookie["name"]: cookie["value"] for cookie in self.page.context.cookies(self.address)}
        return f"{self.address}/files/{path}?_xsrf={quote(cookies['_xsrf'], safe='')}"

    def open(self, url):
        """Open a file; one that a browser saves in place of showing it is harmless."""
        try:
            self.page.goto(url)
        except Error as error:
            if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
                raise

    def wait_for_attacks(self, count, seconds=30):
        """Wait until so many attacks were seen; fail when they are not."""
        until = time.monotonic() + seconds
        while len(numbers(self.seen)) < count and time.monotonic() < until:
            self.page.wait_for_timeout(200)
        assert len(numbers(self.seen)) >= count, sorted(self.seen)

    def look(self, url, inside="body"):
        """Open a page, wait until it is drawn, and click every link in a part of it; come back when it was left."""
        self.page.goto(url, wait_until="load")
        self.page.wait_for_timeout(1500)
        for number in range(self.page.locator(f"{inside} a").count()):
            try:
                self.page.evaluate(CLICK, [f"{inside} a", number])
                self.page.wait_for_timeout(60)
            except Error as error:
                self.seen.add(f"left: {error.message[:200]}")
            if _place(self.page.url) != _place(url):
                self.seen.add(f"left for {self.page.url}")
                self.page.wait_for_timeout(100)  # another navigation may be under way
                self.page.goto("about:blank")
                self.page.goto(url, wait_until="load")
        return self.seen


@pytest.fixture
def watch(window, server):
    return Watch(window(), server)


def _place(url):
    """An address without its place on the page and its query, which the formgrader adds by itself."""
    return url.partition("#")[0].partition("?")[0]


def numbers(seen):
    """The attacks that something was seen of."""
    return {int(n) for line in seen for n in re.findall(rf"(?:{hostile.SIGN}-|hostile\.example/)(\d+)", line)}


def submission_page(root, address, learner):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        return f"{address}/formgrader/submissions/{book.find_submission_notebook('vault', 'vault', learner).id}/"


def test_the_formgrader(graded, server, watch):
    """Whoever grades sees the texts; nothing runs, nothing is asked of another server, no link acts."""
    assert watch.look(submission_page(graded, server, "on"), "#notebook-container") == set()
    assert "gradetape" not in watch.page.title()
    assert watch.page.evaluate("getComputedStyle(document.body).backgroundImage") == "none"
    assert watch.page.evaluate(BEYOND, "#notebook-container .rendered_html") == []
    assert watch.page.evaluate(ACTING, "#notebook-container .rendered_html") == []
    outside = "[...document.querySelectorAll('.cell')].filter(e => !e.closest('#notebook-container')).length"
    assert watch.page.evaluate(outside) == 0
    if importlib.util.find_spec("jupyter_server_mathjax"):
        watch.page.wait_for_timeout(5000)
        assert watch.page.locator("#notebook-container .MathJax, #notebook-container .mjx-chtml").count() > 0
        assert watch.page.evaluate(ACTING, "#notebook-container .rendered_html") == []
    ink = "[...document.querySelectorAll('#notebook-container .cell')].map(e => getComputedStyle(e).color)"
    assert len(set(watch.page.evaluate(ink))) == 1


def test_the_formgrader_without_the_guard(graded, server, watch):
    """The same look at the same work sees many attacks succeed when nothing was cleaned."""
    watch.look(submission_page(graded, server, "off"), "#notebook-container")
    watch.wait_for_attacks(25)


def test_the_feedback_page(graded, server, watch):
    """The learner's page, from the server and from the disk; its panel is ours, and it is there."""
    for url in (watch.file("feedback/on/vault/vault.html"), (graded / "feedback/on/vault/vault.html").as_uri()):
        assert watch.look(url) == set()
        assert watch.page.locator(".gradetape-verdict").count() == 2
        for inside in (".text", ".output"):
            assert watch.page.evaluate(BEYOND, inside) == []
            assert watch.page.evaluate(ACTING, inside) == []


def test_nothing_on_the_feedback_page_is_drawn_outside_of_its_cell(graded, watch):
    """A style that no list knows yet: what it draws ends where its cell ends, and points and titles stay as they are."""
    watch.page.goto((graded / "feedback/on/vault/vault.html").as_uri())
    above = [watch.page.locator(part).first for part in ("header.page", ".overview", ".next")]
    before = [part.screenshot() for part in above]
    watch.page.evaluate(BRUSH)
    assert [part.screenshot() for part in above] == before


def test_the_feedback_page_without_the_guard(graded, server, watch):
    """nbgrader's own page of the same work runs much of it."""
    watch.look((graded / "feedback/off/vault/vault.html").as_uri())
    watch.wait_for_attacks(25)


@pytest.mark.parametrize("learner", ["on", "off"])
def test_jupyterlab(graded, server, watch, learner):
    """The graded notebook opened in JupyterLab, which cleans scripts itself and loads pictures from anywhere."""
    watch.page.goto(f"{server}/lab/tree/autograded/{learner}/vault/vault.ipynb")
    drawn = watch.page.locator(".jp-NotebookPanel .jp-MarkdownCell .jp-RenderedMarkdown")
    drawn.nth(len(hostile.TEXTS) - len(hostile.LEAVING)).wait_for(timeout=60_000, state="attached")
    if learner == "on":
        watch.page.wait_for_timeout(3000)
        assert watch.seen == set()
        for inside in (".jp-RenderedMarkdown", ".jp-RenderedHTML"):
            assert watch.page.evaluate(BEYOND, f".jp-NotebookPanel {inside}") == []
            assert watch.page.evaluate(ACTING, f".jp-NotebookPanel {inside}") == []
    else:
        watch.wait_for_attacks(1)


@pytest.mark.parametrize("learner", ["on", "off"])
def test_attached_files(graded, server, watch, learner):
    """What lies beside the notebook, opened through the formgrader's own address and through Jupyter's."""
    folder = graded / "autograded" / learner / "vault"
    if learner == "off":
        for path in list(folder.iterdir()):
            path.rename(folder / inert.original(path.name))
    names = [path.name for path in folder.iterdir() if path.suffix != ".ipynb"]
    assert {inert.original(name) for name in names} >= set(hostile.FILES)
    for name in names:
        for url in (submission_page(graded, server, learner) + quote(name, safe=""),
                    watch.file(f"autograded/{learner}/vault/{quote(name, safe='')}")):  # fmt: skip
            watch.open(url)
            watch.page.wait_for_timeout(50)
    if learner == "on":
        assert watch.seen == set()
    else:
        watch.wait_for_attacks(6)
