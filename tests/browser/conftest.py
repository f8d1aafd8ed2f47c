"""A real browser: Chromium driven by Playwright, and the folder for screenshots."""

import os
from pathlib import Path

import pytest
from browser import lab

SCREENSHOTS = "GRADETAPE_SCREENSHOTS"
"""The environment variable that names the folder for screenshots."""


FAILED = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Note which tests failed, for a last picture of what they saw."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def shots():
    """Where screenshots go."""
    return Path(os.environ.get(SCREENSHOTS) or Path(__file__).parent / "screenshots")


@pytest.fixture(scope="module")
def chromium():
    """One browser for a module; skipped where Playwright or Chromium is missing.

    Not for the session: while Playwright is started this thread has a running event loop, which other tests must not meet.
    """
    say = pytest.fail if os.environ.get("GRADETAPE_NO_SKIPS") else pytest.skip
    path = lab.chromium_path()
    if not path:
        say("needs Chromium: `make system` installs it")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs `pip install playwright`")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium, request, shots):
    """Make a window in a context of its own: window(color_scheme="dark"). A failed test leaves a picture of each."""
    contexts = []

    def make(**options):
        settings = {"viewport": {"width": 1360, "height": 900}, **options}
        contexts.append(chromium.new_context(**settings))
        return contexts[-1].new_page()

    yield make
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            context.pages[0].screenshot(path=shots / f"failed-{request.node.name}-{number}.png")
        context.close()


@pytest.fixture
def violations(window, shots):
    """What axe finds wrong with an HTML file: violations(path, color_scheme="dark"), a line for each element."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs `pip install axe-playwright-python`"
    )

    def find(path, *, color_scheme="light", picture=""):
        page = window(color_scheme=color_scheme)
        page.goto(Path(path).resolve().as_uri())
        shots.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=shots / f"{picture or Path(path).stem}-{color_scheme}.png", full_page=True)
        found = axe.Axe().run(page).response["violations"]
        return [f"{rule['id']}: {node['target']}: {node['failureSummary']}" for rule in found for node in rule["nodes"]]

    return find
