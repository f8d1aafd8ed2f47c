"""The three graders of throughput.py: how the assignment is made for each, how a class is graded, where scores lie.

Each gets the same notebook with the same visible checks. Gradetape has the hidden tests in graders/; the others have
asserts that check the same things in hidden test cells (hidden_asserts.py). Nothing is confined here, so the class has
to be our own. The others' environments have no TensorFlow: while a grader works they see that of this one.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from class_for_peers import solutions
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from peers import PEERS, ROOT

HERE = Path(__file__).resolve().parent
LINK = "packages_of_gradetape.pth"
SETTINGS = """\
c = get_config()
c.CourseDirectory.course_id = "throughput"
c.ExecutePreprocessor.timeout = 60
"""
HIDDEN = """\
hidden_asserts = {{}}
exec({module!r}, hidden_asserts)
hidden_asserts["judge"]({name!r}, {tests!r}, {solution!r}, dict(globals()))
"""


class GraderError(RuntimeError):
    """A grader could not be made ready; the text holds the end of what its command said."""


def mark(cell):
    """Return nbgrader's metadata of a cell."""
    return cell["metadata"].get("nbgrader", {})


def source(assignment, *, demos):
    """Read the source notebook without what belongs to Gradetape and jupytext, and without demo cells if so wished."""
    nb = json.loads(assignment.source)
    nb["metadata"] = {"kernelspec": nb["metadata"]["kernelspec"]}
    nb["cells"] = [c for c in nb["cells"] if demos or "demo" not in c["metadata"].get("tags", [])]
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"])
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key == "nbgrader"}
    return nb


def hidden(assignment, name):
    """Write the hidden asserts of a question."""
    tests = assignment.graders[f"test_{assignment.id}.py"].decode()
    notebook = json.loads(assignment.source)
    imports = next("".join(c["source"]) for c in notebook["cells"] if mark(c).get("grade_id") == "imports")
    return HIDDEN.format(
        module=(HERE / "hidden_asserts.py").read_text(),
        name=name,
        tests=tests.replace("from gradetape import probe, question\n", ""),
        solution="\n\n\n".join([imports, *solutions(notebook).values()]),
    )


def needed(distribution, extra="", known=()):
    """Return the names of all distributions that one needs as it is installed here, and its own."""
    known = set(known) | {distribution}
    for text in metadata.requires(distribution) or ():
        wanted = Requirement(text)
        name = canonicalize_name(wanted.name)
        if name not in known and (wanted.marker is None or wanted.marker.evaluate({"extra": extra})):
            known |= needed(name, known=known)
    return known


def borrowed(folder):
    """Make a folder of links to TensorFlow and what else the notebook imports, with all that these need.

    The rest of this environment stays out of sight: some packages import whatever of optional use they find. With all
    of it otter-grader took 3.0 s to be imported, by itself it takes 1.1 s.
    """
    folder.mkdir()
    for name in needed("gradetape", "tensorflow") - {"gradetape"}:
        for file in metadata.files(name) or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not (folder / top).is_symlink():
                (folder / top).symlink_to(metadata.distribution(name).locate_file(top))
    return folder


class Grader:
    """A grader in a folder of its own; without `demos` the notebooks have no demo cells."""

    def __init__(self, folder, assignment, *, demos=True):
        self.folder = folder
        self.assignment = assignment
        self.demos = demos
        folder.mkdir(parents=True)

    def ready(self):
        """Return a context in which the grader can be used."""
        return contextlib.nullcontext()

    def prepare(self, learners):
        """Make the course and hand in the class; not timed."""
        raise NotImplementedError

    def steps(self, learners):
        """Return the commands that grade the class, each with the folder where it runs."""
        raise NotImplementedError

    def finished(self):
        """Count the submissions that the grader is done with, more or less, while it runs."""
        return len(list(self.folder.glob(f"autograded/*/{self.assignment.id}/{self.assignment.id}.ipynb")))

    def scores(self, learner):
        """Return score and maximum by question; a question without a verdict is missing."""
        from nbgrader.api import Gradebook, MissingEntry

        found = {}
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book, contextlib.suppress(MissingEntry):
            notebook = book.find_submission_notebook(self.assignment.id, self.assignment.id, learner.name)
            if not (self.folder / "autograded" / learner.name / self.assignment.id).is_dir():
                return {}
            for grade in notebook.grades:
                if grade.auto_score is not None:
                    found[grade.name] = (grade.auto_score, grade.max_score)
        return found

    def environment(self):
        """Return the environment variables of its commands: where programs lie is all that differs."""
        from gradetape.datasets import data_dir

        own = {"TF_CPP_MIN_LOG_LEVEL": "3", "GRADETAPE_DATA_DIR": str(data_dir()), "PATH": self.path()}
        return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | own

    def path(self):
        """Return where its commands look for programs."""
        return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def call(self, command, folder=None):
        """Run a command of the preparation.

        Raises:
            GraderError: it failed.
        """
        place = folder or self.folder
        done = subprocess.run(
            command, cwd=place, env=self.environment(), capture_output=True, text=True, check=False, timeout=600
        )
        if done.returncode:
            raise GraderError(f"{' '.join(map(str, command))} failed:\n{(done.stdout + done.stderr)[-3000:]}")

    def hand_in(self, released, learners):
        """Write everybody's notebook, made from the one that was released."""
        nb = json.loads(released.read_text())
        for learner in learners:
            path = self.folder / "submitted" / learner.name / self.assignment.id / f"{self.assignment.id}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(learner.notebook(nb))


class Gradetape(Grader):
    """This project: hidden tests in graders/, one command."""

    def __init__(self, folder, assignment, *, demos=True, options=()):
        super().__init__(folder, assignment, demos=demos)
        self.options = options
        self.title = "gradetape"

    def prepare(self, learners):
        """Copy the parts of the course that matter, release, hand in."""
        from gradetape.releasing import nbgrader_api, reason

        name = self.assignment.id
        for part in ("source", "graders"):
            shutil.copytree(ROOT / part / name, self.folder / part / name, ignore=shutil.ignore_patterns("__pycache__"))
        nb = json.loads(self.assignment.source)
        nb["cells"] = [c for c in nb["cells"] if self.demos or "demo" not in c["metadata"].get("tags", [])]
        (self.folder / "source" / name / f"{name}.ipynb").write_text(json.dumps(nb))
        shutil.copy(ROOT / "nbgrader_config.py", self.folder)
        done = nbgrader_api(self.folder).generate_assignment(name)
        if not done["success"]:
            raise GraderError(f"nbgrader could not release {name}: {reason(done)}")
        self.hand_in(self.folder / "release" / name / f"{name}.ipynb", learners)

    def steps(self, learners):  # noqa: ARG002 - one command for all
        """One command for the class."""
        program = Path(sys.executable).parent / "gradetape"
        return [([str(program), "autograde", self.assignment.id, *self.options], self.folder)]


class OfPeers(Grader):
    """A grader with an environment of its own, which borrows this one's packages for the run."""

    name = ""

    def __init__(self, folder, assignment, *, demos=True):
        super().__init__(folder, assignment, demos=demos)
        self.peer = PEERS[self.name]
        self.title = self.peer.title
        self.python = str(self.peer.environment / "bin" / "python")

    @contextlib.contextmanager
    def ready(self):
        """Let its environment find TensorFlow, after all that it has itself; take that back at the end."""
        self.peer.install()
        import gradetape

        (site,) = self.peer.environment.glob("lib/python3.*/site-packages")
        places = [borrowed(self.folder / "packages"), Path(gradetape.__file__).parents[1]]
        try:
            (site / LINK).write_text("".join(f"{place}\n" for place in places))
            yield
        finally:
            (site / LINK).unlink(missing_ok=True)

    def environment(self):
        """Keep its temporary files in its folder: it leaves some behind when it is interrupted."""
        scratch = self.folder / "temporary"
        scratch.mkdir(exist_ok=True)
        return super().environment() | {"TMPDIR": str(scratch)}

    def path(self):
        """Return a folder with commands that work outside of confinement, then the system's."""
        programs = self.folder / "programs"
        programs.mkdir(exist_ok=True)
        for name, module in (("alembic", "alembic.config"), ("python", "")):
            words = f" -m {module}" if module else ""
            (programs / name).write_text(f'#!/bin/sh\nexec "{self.python}"{words} "$@"\n')
            (programs / name).chmod(0o755)
        kept = [p for p in os.environ["PATH"].split(os.pathsep) if Path(p) != Path(sys.executable).parent]
        return os.pathsep.join([str(programs), *kept])


class Nbgrader(OfPeers):
    """Stock nbgrader: hidden asserts in the graded cells, `nbgrader autograde` once for all."""

    name = "nbgrader"

    def prepare(self, learners):
        """Write the course, release, hand in."""
        nb, name = source(self.assignment, demos=self.demos), self.assignment.id
        for cell in nb["cells"]:
            if mark(cell).get("grade"):
                text = hidden(self.assignment, mark(cell)["grade_id"])
                cell["source"] += f"\n\n### BEGIN HIDDEN TESTS\n{text}### END HIDDEN TESTS"
        path = self.folder / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(nb))
        (self.folder / "nbgrader_config.py").write_text(SETTINGS)
        self.call([self.python, "-m", "nbgrader", "generate_assignment", name])
        self.hand_in(self.folder / "release" / name / path.name, learners)

    def steps(self, learners):  # noqa: ARG002 - one command for all
        """One command for the class."""
        return [([self.python, "-m", "nbgrader", "autograde", self.assignment.id], self.folder)]


class Otter(OfPeers):
    """otter-grader without a container: `otter assign` makes the autograder, `otter run` grades one notebook."""

    name = "otter"

    def prepare(self, learners):
        """Write the master notebook, let otter make the autograder and the learners' notebook, hand in."""
        name = self.assignment.id
        master = self.folder / "source" / f"{name}.ipynb"
        master.parent.mkdir()
        master.write_text(json.dumps(self._master()))
        self.call([self.python, "-m", "otter", "assign", str(master), "dist"])
        (made,) = (self.folder / "dist" / "autograder").glob("*.zip")
        made.rename(self.folder / "autograder.zip")
        student = self.folder / "dist" / "student" / master.name
        nb = json.loads(student.read_text())
        self._name_answers(nb)
        student.write_text(json.dumps(nb))
        self.hand_in(student, learners)
        for learner in learners:
            (self.folder / "results" / learner.name).mkdir(parents=True)

    def _master(self):
        nb = source(self.assignment, demos=self.demos)
        cells = [_raw(f"# ASSIGNMENT CONFIG\nname: {self.assignment.id}")]
        points = {q.answers[-1]: (q.name, q.points) for q in self.assignment.questions}
        for cell in nb["cells"]:
            name = mark(cell).get("grade_id")
            if name in points:
                question, worth = points[name]
                cell["source"] = cell["source"].replace("### BEGIN", "# BEGIN").replace("### END", "# END")
                head = f"# BEGIN QUESTION\nname: {question}\npoints: {worth:g}\nall_or_nothing: true"
                cells += [_raw(head), _raw("# BEGIN SOLUTION"), cell, _raw("# END SOLUTION")]
            elif mark(cell).get("grade"):
                tests = [_code(cell["source"]), _code(f"# HIDDEN\n{hidden(self.assignment, name)}")]
                cells += [_raw("# BEGIN TESTS"), *tests, _raw("# END TESTS"), _raw("# END QUESTION")]
            else:
                cells.append(cell)
        for number, cell in enumerate(cells):
            cell["id"] = f"cell{number}"
        return {**nb, "cells": cells}

    def _name_answers(self, nb):
        """Give the answer cells the names by which learners' answers are known; otter takes such metadata away."""
        for name, text in solutions(json.loads(self.assignment.source)).items():
            first = text.splitlines()[0]
            (cell,) = (c for c in nb["cells"] if "".join(c["source"]).startswith(first))
            cell["metadata"]["nbgrader"] = {"grade_id": name, "solution": True}

    def steps(self, learners):
        """One command for each learner."""
        command = [self.python, "-m", "otter", "run", "-a", "../../autograder.zip", "-o", ".", "--no-logo"]
        name = self.assignment.id
        return [
            ([*command, f"../../submitted/{who.name}/{name}/{name}.ipynb"], self.folder / "results" / who.name)
            for who in learners
        ]

    def finished(self):
        """Count the results."""
        return len(list(self.folder.glob("results/*/results.json")))

    def scores(self, learner):
        """Read the results of one learner."""
        path = self.folder / "results" / learner.name / "results.json"
        found = {}
        names = {q.name for q in self.assignment.questions}
        for test in json.loads(path.read_text())["tests"] if path.is_file() else ():
            name = test["name"].partition(" ")[0]
            if name in names and "score" in test:
                score, most = found.get(name, (0, 0))
                found[name] = (score + test["score"], most + test["max_score"])
        return found


def _raw(text):
    return {"cell_type": "raw", "metadata": {}, "source": text}


def _code(text):
    return {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None}


GRADERS = {"gradetape": Gradetape, "nbgrader": Nbgrader, "otter": Otter}
