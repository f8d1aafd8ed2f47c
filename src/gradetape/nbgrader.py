"""nbgrader's side: what `nbgrader_config.py` names. Thin; the work is done in the core.

`SubmissionExporter` reads what was handed in even if it is no notebook, `RestoreCells` brings it back to
the release's shape, `Execute` grades instead of only executing, `SaveAutoGrades` writes the scores from
the result. An assignment without hidden tests takes nbgrader's own way through all four.
"""

from __future__ import annotations

import contextlib
import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute as StockExecute
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.preprocessors import SaveAutoGrades as StockSaveAutoGrades
from traitlets import Bool

from gradetape import attached, feedback, markup, notebook, sanitize, seal
from gradetape.course import Assignment, Course, CourseError
from gradetape.kept import kept
from gradetape.recording import Ledger
from gradetape.store import Store
from gradetape.submissions import Submission, digest, unreadable
from gradetape.verdict import Result, Status

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

__all__ = ["Execute", "RestoreCells", "SaveAutoGrades", "SubmissionExporter", "current", "graded_ahead"]

_RESULT = "gradetape_result"
_ahead: list[Result] = []


@contextlib.contextmanager
def graded_ahead(result: Result | None) -> Iterator[None]:
    """While open, a submission with this result's digest is not graded again."""
    _ahead[:] = [] if result is None else [result]
    try:
        yield
    finally:
        _ahead.clear()


def _assignment(resources: Any) -> Assignment | None:
    """Find the assignment whose notebook is being converted; None when nbgrader's own way is meant.

    nbgrader changes into the course directory before it converts anything.
    """
    about = resources["nbgrader"]
    if about["notebook"] != about["assignment"]:
        return None
    try:
        assignment = current(Path.cwd(), about["assignment"])
    except CourseError:
        return None
    return assignment if assignment.has_tests else None


def current(root: Path, name: str) -> Assignment:
    """Load an assignment; while its files are unchanged the same object, with all that was read from them.

    Raises:
        CourseError: there is none of this name.
    """
    return _load(root, name, Course(root).stamp(name))


@functools.lru_cache(maxsize=4)
def _load(root: Path, name: str, _stamp: Hashable) -> Assignment:
    return Course(root).load(name)


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Reads submissions for `nbgrader autograde`; named as `c.Autograde.exporter_class`."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[Any, Any]:
        """Called by nbgrader for every notebook, once to sanitize and once to grade it."""
        assignment = _assignment(resources) if resources else None
        if assignment is None:
            return super().from_filename(filename, resources=resources, **kw)  # type: ignore[no-any-return]
        try:
            nb = notebook.read(_bytes_of(Path(filename)))
        except notebook.NotebookError as error:
            self.log.warning("Submission %s: %s", filename, error)
            nb = sanitize.placeholder(assignment.release_notebook, str(error))
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return self.from_file(io.StringIO(nbformat.writes(nb)), resources=resources, **kw)  # type: ignore[no-any-return]


def _bytes_of(path: Path) -> bytes:
    """Read a notebook that is the learner's own file."""
    fault = attached.fault(path, most=notebook.MAX_BYTES)
    if fault:
        raise notebook.NotebookError(f"The notebook that was handed in cannot be used: {fault}.")
    return path.read_bytes()


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """The first of `c.Autograde.sanitize_preprocessors`."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Called by nbgrader with the submitted notebook, before it restores locked cells."""
        assignment = _assignment(resources)
        if assignment is not None:
            for note in sanitize.restore(nb, assignment.release_notebook):
                self.log.warning("%s, %s: %s", resources["nbgrader"]["student"], assignment.id, note)
        return nb, resources


class Execute(StockExecute):  # type: ignore[misc]
    """The first of `c.Autograde.autograde_preprocessors`, in place of nbgrader's own."""

    use_store = Bool(True, help="Whether to take the result of an unchanged submission from the store.").tag(
        config=True
    )

    trust_learners = Bool(
        False,
        help="Whether learners' code may run on a machine that cannot isolate it from the grader's files and network.",
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any, km: Any = None) -> tuple[Any, Any]:
        """Called by nbgrader with the sanitized notebook: grade it, or find its stored result."""
        assignment = _assignment(resources)
        if assignment is None:
            self.skip_cells_with_tag = "skip-execution"  # nbclient's own: demo cells are ours
            return super().preprocess(nb, resources, km)  # type: ignore[no-any-return]
        result = self._result(assignment, nb, Path(resources["metadata"]["path"]), resources["nbgrader"]["student"])
        resources[_RESULT] = result
        _write_outputs(nb, result)
        markup.clean(nb, given=markup.texts(assignment.release_notebook))
        _show_verdicts(nb, result)
        return nb, resources

    def _result(self, assignment: Assignment, nb: Any, folder: Path, student: str) -> Result:
        course = CourseDirectory(config=self.config)
        handed_in = Path(course.format_path(course.submitted_directory, student, assignment.id))
        files, notes = attached.read(folder, handed_in=handed_in)
        submission = Submission(nbformat.writes(nb).encode(), files, tuple(notes))
        reason = nb["metadata"].pop(sanitize.UNREADABLE, None)
        if reason is not None:
            return unreadable(assignment, submission, str(reason))
        if _ahead and _ahead[0].digest == digest(assignment, submission):
            return _ahead[0]
        done = kept(
            assignment, submission, Store(Path.cwd()), fresh=not self.use_store, trust_learners=self.trust_learners
        )
        if done.from_store:
            self.log.info("%s, %s: unchanged, result taken from the store", student, assignment.id)
        elif done.not_stored:
            self.log.warning("%s, %s: graded, but not stored: %s", student, assignment.id, done.not_stored)
        for note in done.result.notes:
            self.log.warning("%s, %s: %s", student, assignment.id, note)
        return done.result


def _write_outputs(nb: Any, result: Result) -> None:
    """Show in the notebook what the cells gave."""
    count = 0
    for index, cell in enumerate(nb["cells"]):
        if cell["cell_type"] != "code":
            continue
        outputs = result.outputs.get(str(index))
        if outputs is not None:
            count += 1
            cell["execution_count"] = count
            cell["outputs"] = [nbformat.from_dict(o) for o in outputs]
            for output in cell["outputs"]:
                if output["output_type"] == "execute_result":
                    output["execution_count"] = count


def _show_verdicts(nb: Any, result: Result) -> None:
    """Show under each question what the judge says."""
    for cell in nb["cells"]:
        verdict = result.verdict(str(notebook.cell_mark(cell).get("grade_id", "")))
        if verdict is not None and notebook.cell_mark(cell).get("grade"):
            cell["outputs"].append(nbformat.from_dict(seal.sealed(Path.cwd(), feedback.output(verdict))))


class SaveAutoGrades(StockSaveAutoGrades):  # type: ignore[misc]
    """In place of nbgrader's own of the same name: scores come from the result, not from outputs."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Called by nbgrader with the graded notebook: write its scores, and note which result they are of."""
        nb, resources = super().preprocess(nb, resources)
        result = resources.get(_RESULT)
        if isinstance(result, Result):
            kept_back = any(v.status is Status.UNCHECKED for v in result.verdicts)
            Ledger(Path.cwd(), result.assignment).put(self.student_id, "" if kept_back else result.digest)
        return nb, resources

    def _add_score(self, cell: Any, resources: Any) -> None:
        """Called by nbgrader for every graded cell."""
        result: Result | str = resources.get(_RESULT, "")
        verdict = result.verdict(cell.metadata["nbgrader"]["grade_id"]) if isinstance(result, Result) else None
        if verdict is None:
            super()._add_score(cell, resources)
            return
        grade_ = self.gradebook.find_grade(verdict.question, self.notebook_id, self.assignment_id, self.student_id)
        grade_.auto_score = min(verdict.score, grade_.max_score)
        grade_.needs_manual_grade = grade_.manual_score is not None or verdict.status is Status.UNCHECKED
        self.gradebook.db.commit()

    def _add_comment(self, cell: Any, resources: Any) -> None:
        """Called by nbgrader for every answer cell: the hint takes the place of silence."""
        super()._add_comment(cell, resources)
        result: Result | str = resources.get(_RESULT, "")
        about = _comment_for(cell, result) if isinstance(result, Result) else None
        if about is None:
            return
        name = cell.metadata["nbgrader"]["grade_id"]
        entry = self.gradebook.find_comment(name, self.notebook_id, self.assignment_id, self.student_id)
        if entry.auto_comment is None:
            entry.auto_comment = about
            self.gradebook.db.commit()


def _comment_for(cell: Any, result: Result) -> str | None:
    questions = current(Path.cwd(), result.assignment).questions
    name = cell.metadata["nbgrader"]["grade_id"]
    verdicts = [result.verdict(q.name) for q in questions if name in q.answers]
    return feedback.comment([v for v in verdicts if v is not None])
