"""The graders that are compared: how each is installed, how a course is made for it, and how it grades.

Courses are made from tests/courses/vault, with the same two questions, the same visible checks, and hidden checks
that look at the same things as its hidden tests. Nothing of Gradetape is in them.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confinement import PEER, USER, start

ROOT = Path(__file__).resolve().parents[1]
VAULT = ROOT / "tests" / "courses" / "vault"
PYTHON = f"{PEER}/bin/python"
QUESTIONS = {"double": ("2 * x", "found / 2", 1, 2), "square": ("x**2", "np.sqrt(np.abs(found))", 2, 3)}
HIDDEN = """\
rng = np.random.default_rng()
for shape in ((3,), (2, 4), (1, 2, 5)):
    x = rng.normal(size=shape)
    found = {name}(x)
    assert found.shape == x.shape and found.dtype == x.dtype, "shape and dtype have to be those of x"
    assert np.allclose(found, {right}), "the values of an array of floats are wrong"
x = rng.integers(3, 90, size=7)
found = {name}(x)
assert found.shape == x.shape and found.dtype == x.dtype, "integers have to stay integers"
assert np.array_equal(found, {right}), "the values of integers are wrong"
x = rng.uniform({low}, {high}, size=6)
found = {name}(x)
assert isinstance(found, np.ndarray) and found.shape == x.shape and found.dtype == x.dtype
assert np.allclose({back}, x), "the way back does not lead to x"
low, high = {low}, {high}
# CANARY_GRADER
secret = "CANARY_GRADER"
"""
SETTINGS = """\
from pathlib import Path

c = get_config()
c.CourseDirectory.course_id = "vault101"
c.Exchange.root = str(Path(__file__).resolve().parent / "exchange")
c.ExecutePreprocessor.timeout = 30
"""
COMMENT = """\
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    book.find_comment("words", "vault", "vault", "victim").manual_comment = "CANARY_GRADEBOOK"
    book.db.commit()
"""
NOTES = """\
import sqlite3
base = sqlite3.connect("gradebook.db")
base.execute("CREATE TABLE notes (student TEXT, score REAL, comment TEXT)")
base.execute("INSERT INTO notes VALUES ('victim', 4, 'CANARY_GRADEBOOK')")
base.commit()
"""
HANDED_IN = """\
import json
from pathlib import Path
nb = json.loads(Path("dist/student/vault.ipynb").read_text())
for cell in nb["cells"]:
    text = "".join(cell["source"])
    if "def double" in text:
        cell["source"] = "# {comment}\\ndef double(x):\\n    return x + x"
    elif "def square" in text:
        cell["source"] = "def square(x):\\n    return x * x"
path = Path("submitted/{who}/vault/vault.ipynb")
path.parent.mkdir(parents=True)
path.write_text(json.dumps(nb))
for learner in ("{who}", "mallory"):
    Path("results", learner).mkdir(parents=True, exist_ok=True)
"""
EXECUTED = """\
import dill, nbformat
with open("{0}/results.pkl", "rb") as file:
    results = dill.load(file)
with open("{0}/executed.ipynb", "w") as file:
    file.write(nbformat.writes(results.notebook))
"""


@dataclass(frozen=True)
class Peer:
    """A grader other than Gradetape.

    `manner` says how it is used, and `pages` whether it makes feedback pages.
    """

    name: str
    package: str
    manner: str
    pages: bool

    @property
    def environment(self) -> Path:
        """The folder of its environment."""
        return ROOT / "bench" / ".envs" / self.name

    @property
    def requirements(self) -> Path:
        """The file with exact versions of everything in its environment."""
        return ROOT / "bench" / f"requirements-{self.name}.txt"

    @property
    def version(self) -> str:
        """Its version, by the requirements."""
        lines = self.requirements.read_text().splitlines()
        return next(line.partition("==")[2] for line in lines if line.startswith(f"{self.package}=="))

    @property
    def title(self) -> str:
        """Its name and version."""
        return f"{self.package} {self.version}"

    def install(self) -> None:
        """Make its environment, unless the one that is there has these very requirements."""
        mark = self.environment / "installed.txt"
        wanted = hashlib.sha256(self.requirements.read_bytes()).hexdigest()
        if mark.exists() and mark.read_text() == wanted:
            return
        print(f"{self.title}: installing into {self.environment.relative_to(ROOT)}", flush=True)
        shutil.rmtree(self.environment, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(self.environment)], check=True)
        pip = [str(self.environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
        subprocess.run([*pip, "-r", str(self.requirements)], check=True)
        self._move_scripts()
        mark.write_text(wanted)
        if os.geteuid() == 0:  # runs are by a user without rights, who owns the environment as anybody does
            for folder, folders, files in os.walk(self.environment):
                for name in (".", *folders, *files):
                    os.chown(Path(folder, name), USER, USER, follow_symlinks=False)

    def _move_scripts(self) -> None:
        """Let the environment's commands call the Python at the place where runs see it."""
        for path in (self.environment / "bin").iterdir():
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                here = f"#!{self.environment}/bin/".encode()
                if data.startswith(here):
                    path.write_bytes(f"#!{PEER}/bin/".encode() + data.removeprefix(here))

    def prepare(self, folder: Path, token: str) -> Path:
        """Let the grader make a course, with honest learners graded in it; return its folder.

        Raises:
            RuntimeError: one of its commands failed.
        """
        folder.chmod(0o777)
        files, commands = self._course()
        marked = {name: _marked(text, token) for name, text in files.items()}
        job = {
            "kind": "prepare",
            "environment": str(self.environment),
            "export": str(folder),
            "token": token,
            "files": marked,
            "commands": [[_marked(word, token) for word in command] for command in commands],
        }
        report = start(job, 600)
        if "done" not in report:
            raise RuntimeError(f"{self.title} could not make the course: {report}")
        return folder / "course"

    def _course(self) -> tuple[dict[str, str], list[list[str]]]:
        raise NotImplementedError

    def base(self, course: Path) -> bytes:
        """Give the notebook that learners get, with the names of answer cells in the metadata."""
        raise NotImplementedError

    def commands(self, *, feedback: bool) -> dict[str, Any]:
        """Give the commands for the hostile learner and for the honest one."""
        raise NotImplementedError


def _marked(text: str, token: str) -> str:
    for kind in ("GRADER", "REFERENCE", "GRADEBOOK", "SUBMISSION", "EXCHANGE"):
        text = text.replace(f"CANARY_{kind}", f"CANARY_{kind}_{token}")
    return text


def _source() -> dict[str, Any]:
    """Read the vault's source notebook, and take out what belongs to Gradetape and jupytext."""
    nb: dict[str, Any] = json.loads((VAULT / "source" / "vault" / "vault.ipynb").read_text())
    nb["metadata"] = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    return nb


def _name(cell: dict[str, Any]) -> str:
    name: str = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
    return name


def _hidden(name: str) -> str:
    right, back, low, high = QUESTIONS[name]
    return HIDDEN.format(name=name, right=right, back=back, low=low, high=high)


def _answers(notebook: dict[str, Any], canary: str) -> str:
    """Write an honest learner's notebook."""
    nb = copy.deepcopy(notebook)
    for cell in nb["cells"]:
        if _name(cell) == "double_answer":
            cell["source"] = f"# {canary}\ndef double(x):\n    return x + x"
        elif _name(cell) == "square_answer":
            cell["source"] = "def square(x):\n    return x * x"
    return json.dumps(nb)


class Nbgrader(Peer):
    """Stock nbgrader: hidden tests in the graded cells, `generate_assignment`, `autograde`."""

    def _course(self) -> tuple[dict[str, str], list[list[str]]]:
        nb = _source()
        learner = json.loads((VAULT / "release" / "vault" / "vault.ipynb").read_text())
        for cell in nb["cells"]:
            if _name(cell) in QUESTIONS:
                visible = "".join(cell["source"])
                cell["source"] = f"{visible}\n### BEGIN HIDDEN TESTS\n{_hidden(_name(cell))}### END HIDDEN TESTS"
        files = {
            "nbgrader_config.py": SETTINGS,
            "source/vault/vault.ipynb": json.dumps(nb),
            "submitted/ada/vault/vault.ipynb": _answers(learner, "ada's"),
            "submitted/victim/vault/vault.ipynb": _answers(learner, "CANARY_SUBMISSION"),
            "exchange/vault101/inbound/victim+vault+2030-01-01/vault.ipynb": _answers(learner, "CANARY_EXCHANGE"),
        }
        steps = (["generate_assignment", "vault"], ["autograde", "vault"], ["generate_feedback", "vault"])
        return files, [*map(self._call, steps), [PYTHON, "-I", "-c", COMMENT]]

    def base(self, course: Path) -> bytes:
        """Give the released notebook."""
        return (course / "release" / "vault" / "vault.ipynb").read_bytes()

    def commands(self, *, feedback: bool) -> dict[str, Any]:
        """Autograde one learner; the honest one has been graded before, which takes --force."""
        made: dict[str, Any] = {
            "reader": "nbgrader",
            "command": self._call(["autograde", "vault", "--student", "mallory"]),
            "honest": self._call(["autograde", "vault", "--student", "ada", "--force"]),
        }
        if feedback:
            made["feedback"] = self._call(["generate_feedback", "vault", "--student", "mallory"])
        return made

    @staticmethod
    def _call(words: list[str]) -> list[str]:
        return [PYTHON, f"{PEER}/bin/nbgrader", *words]


class Otter(Peer):
    """otter-grader: `otter assign` makes the autograder, `otter run` grades without a container."""

    def _course(self) -> tuple[dict[str, str], list[list[str]]]:
        cells: list[dict[str, Any]] = [_raw("# ASSIGNMENT CONFIG\nname: vault")]
        for cell in _source()["cells"]:
            name = _name(cell)
            if name == "words":
                continue
            text = "".join(cell["source"])
            if name.endswith("_answer"):
                text = text.replace("### BEGIN", "# BEGIN").replace("### END", "# END")
                question = name.removesuffix("_answer")
                cells += [
                    _raw(f"# BEGIN QUESTION\nname: {question}\npoints: 2\nall_or_nothing: true"),
                    _raw("# BEGIN SOLUTION"),
                    _code(text, {"nbgrader": {"grade_id": name}}),
                    _raw("# END SOLUTION"),
                ]
            elif name in QUESTIONS:
                tests = [_code(text), _code(f"# HIDDEN\n{_hidden(name)}")]
                cells += [_raw("# BEGIN TESTS"), *tests, _raw("# END TESTS"), _raw("# END QUESTION")]
            elif cell["cell_type"] == "code":
                cells.append(_code(text))
            else:
                cells.append({"cell_type": "markdown", "metadata": {}, "source": text})
        nb = {**_source(), "cells": cells}
        assign = [*self._call("assign"), "source/vault/vault.ipynb", "dist"]
        files = {"source/vault/vault.ipynb": json.dumps(_with_ids(nb))}
        return files, [assign, ["/bin/sh", "-c", "mv dist/autograder/*.zip autograder.zip"], *self._learners()]

    def _learners(self) -> list[list[str]]:
        """Hand in two honest notebooks, made from the one that `otter assign` made, and grade them."""
        steps = []
        for who, comment in (("ada", "by ada"), ("victim", "CANARY_SUBMISSION")):
            steps += [[PYTHON, "-I", "-c", HANDED_IN.format(who=who, comment=comment)], self._run(who)]
        return [*steps, [PYTHON, "-I", "-c", NOTES]]

    def base(self, course: Path) -> bytes:
        """Give the notebook of `otter assign`, with names for the cells of answers."""
        nb = json.loads((course / "dist" / "student" / "vault.ipynb").read_text())
        for cell in nb["cells"]:
            for question in QUESTIONS:
                if f"def {question}(" in "".join(cell["source"]):
                    cell["metadata"].setdefault("nbgrader", {})["grade_id"] = f"{question}_answer"
        return json.dumps(nb).encode()

    def commands(self, *, feedback: bool) -> dict[str, Any]:  # noqa: ARG002 - there are no pages
        """Grade one notebook with the autograder, and get the executed notebook out of the results."""
        convert = [PYTHON, "-I", "-c", EXECUTED.format("results/mallory")]
        return {"reader": "otter", "command": self._run("mallory"), "honest": self._run("ada"), "convert": convert}

    def _run(self, who: str) -> list[str]:
        words = ["-a", "../../autograder.zip", "-o", ".", "-p", f"../../submitted/{who}/vault/vault.ipynb"]
        enter = 'cd "$1" && shift && exec "$@"'
        return ["/bin/sh", "-c", enter, "sh", f"results/{who}", *self._call("run"), *words]

    @staticmethod
    def _call(word: str) -> list[str]:
        return [PYTHON, f"{PEER}/bin/otter", word]


def _raw(text: str) -> dict[str, Any]:
    return {"cell_type": "raw", "metadata": {}, "source": text}


def _code(text: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": metadata or {}, "source": text, "outputs": [], "execution_count": None}


def _with_ids(nb: dict[str, Any]) -> dict[str, Any]:
    for number, cell in enumerate(nb["cells"]):
        cell["id"] = f"cell{number}"
    return {**nb, "nbformat": 4, "nbformat_minor": 5}


PEERS = {
    "nbgrader": Nbgrader("nbgrader", "nbgrader", "`nbgrader autograde` and 30 s for a cell", pages=True),
    "otter": Otter("otter", "otter-grader", "`otter run`, which takes no container", pages=False),
}
