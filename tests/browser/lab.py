"""JupyterLab for tests: a server with settings of its own, and the moves of a person in its window."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from helpers import ROOT, end

START_SECONDS = 120
GRADING_SECONDS = 180
KERNEL_SECONDS = 90
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}


def chromium_path():
    """Find Debian's Chromium or another one; '' when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), "")


@contextlib.contextmanager
def jupyter(folder, home):
    """Run `jupyter lab` in a folder, its settings, runtime files and logs in `home`; yield its address."""
    port = _free_port()
    _settle(home)
    options = {
        "ServerApp.port": port, "ServerApp.port_retries": 0, "ServerApp.ip": "127.0.0.1", "ServerApp.root_dir": folder,
        "IdentityProvider.token": "", "PasswordIdentityProvider.hashed_password": "", "ServerApp.allow_root": True,
        "ServerApp.open_browser": False, "ServerApp.terminals_enabled": False,
    }  # fmt: skip
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    address = f"http://127.0.0.1:{port}"
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=_environment(home), stdout=log, stderr=log)
        try:
            _wait_for(address, server, home)
            yield address
        finally:
            end(server)


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _settle(home):
    """Write a person's settings: no news, no saving behind the test's back."""
    for name, values in SETTINGS.items():
        path = home / "config" / "lab" / "user-settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


def _environment(home):
    ours = {name: str(home / name) for name in ("config", "data", "runtime", "ipython")}
    return os.environ | {
        "HOME": str(home), "JUPYTER_CONFIG_DIR": ours["config"], "JUPYTER_DATA_DIR": ours["data"],
        "JUPYTER_RUNTIME_DIR": ours["runtime"], "IPYTHONDIR": ours["ipython"], "GRADETAPE_NO_PRELOAD": "1",
        "JUPYTER_CONFIG_PATH": str(ROOT),  # warm kernels and readable checks, as `gradetape lab` switches them on
    }  # fmt: skip


def _wait_for(address, server, home):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start:\n{(home / 'server.log').read_text()[-3000:]}")


class Window:
    """One person's window of JupyterLab."""

    def __init__(self, page, address, folder, shots):
        self.page, self.address, self.folder, self.shots = page, address, Path(folder), Path(shots)

    def open(self):
        """Load JupyterLab."""
        self.page.goto(f"{self.address}/lab")
        self.page.locator("#jp-main-dock-panel").wait_for()
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def shot(self, name):
        """Keep a picture of the window."""
        self.shots.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(300)  # menus and dialogs fade
        self.page.screenshot(path=self.shots / f"{name}.png")

    def menu(self, *names):
        """Choose an entry of the main menu, and of its submenus."""
        self.page.get_by_role("menuitem", name=names[0], exact=True).click()
        for name in names[1:]:
            self.page.locator(".lm-Menu-item").filter(has_text=re.compile(f"^{re.escape(name)}")).first.click()

    def tab(self, name):
        """Bring a tab to the front."""
        self.page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text=name).first.click()

    # The instructor's formgrader

    @property
    def formgrader(self):
        """The formgrader's frame, which the menu opened."""
        return self.page.locator("iframe[title='Formgrader'], .jp-IFrame iframe").last.content_frame

    def press(self, column, *, says, seconds=60):
        """Press the button of a column in the formgrader's only row, and close the message that follows."""
        self.formgrader.locator(f"td.{column} a").click(timeout=1000 * 30)
        modal = self.formgrader.locator(".modal.in")
        modal.wait_for(timeout=1000 * seconds)
        text = modal.inner_text()
        assert says in text, text
        return modal

    def close(self, modal):
        """Close a message of the formgrader."""
        modal.locator("button[data-dismiss='modal']").last.click()
        modal.wait_for(state="hidden")

    # The learner's assignments and notebook

    def assignments(self, kind):
        """The rows of one of the three lists: released, fetched or submitted."""
        return self.page.locator(f"#{kind}_assignments_list > .list_item")

    def cell(self, text):
        """The code cell that holds a text."""
        return self.page.locator(".jp-NotebookPanel:visible .jp-CodeCell").filter(has_text=text).first

    def write(self, text, source):
        """Replace the source of the code cell that holds a text."""
        self.cell(text).locator(".cm-content").click()
        self._replace(source)

    def write_words(self, text, words):
        """Replace the text of the written cell that holds a text."""
        cell = self.page.locator(".jp-NotebookPanel:visible .jp-MarkdownCell").filter(has_text=text).first
        cell.dblclick()
        cell.locator(".cm-content").click()
        self._replace(words)
        self.page.keyboard.press("Shift+Enter")

    def _replace(self, source):
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def run_all(self, *, until):
        """Run all cells once the kernel is there; wait until a locator shows something."""
        self.page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=1000 * KERNEL_SECONDS)
        self.menu("Run", "Run All Cells")
        until.wait_for(timeout=1000 * KERNEL_SECONDS)

    def save(self):
        """Save the notebook and wait until it is saved: nbgrader's Validate saves, too, and two saves at once collide."""
        with self.page.expect_response(lambda r: "/api/contents/" in r.url and r.request.method == "PUT"):
            self.menu("File", "Save Notebook")
        self.page.locator("#jp-main-dock-panel .lm-TabBar-tab.jp-mod-current.jp-mod-dirty").wait_for(state="detached")

    def dialog(self, seconds=60):
        """Return JupyterLab's dialog once it is there."""
        found = self.page.locator("dialog.jp-Dialog[open], .jp-Dialog").last
        found.wait_for(timeout=1000 * seconds)
        return found
