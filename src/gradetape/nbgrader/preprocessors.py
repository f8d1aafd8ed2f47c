"""What `plug_in` names in nbgrader's configuration. Thin; the work is done in the core.

`SubmissionExporter` reads what was handed in even if it is no notebook, `RestoreCells` brings it back to
the release's shape, `Execute` grades instead of only executing, `SaveAutoGrades` writes the scores from
the result. The cells of a plain assignment, which has no folder in graders/, run in a guest as well; nbgrader's own
rule then makes scores of their outputs.
"""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader import api
from nbgrader.converters.base import NbGraderException
from nbgrader.nbgraderformat import SchemaTooNewError, SchemaTooOldError
from nbgrader.preprocessors import Execute as StockExecute
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.preprocessors import SaveAutoGrades as StockSaveAutoGrades
from traitlets import Bool, List, Unicode

from gradetape import (
    attached,
    configured,
    feedback,
    gradable,
    loads,
    logged,
    marked,
    markup,
    notebook,
    plain,
    sanitize,
    seal,
    submitting,
)
from gradetape.guest import forkserver
from gradetape.kept import kept
from gradetape.nbgrader import converter
from gradetape.recording import Ledger
from gradetape.store import Store
from gradetape.submissions import Submission, digest, unreadable
from gradetape.verdict import Result, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradetape.course import Assignment

__all__ = ["Execute", "RestoreCells", "SaveAutoGrades", "SubmissionExporter", "graded_ahead"]

_RESULT = "gradetape_result"
_RAN = "gradetape_ran"
_ahead: list[Result] = []


@contextlib.contextmanager
def graded_ahead(result: Result | None) -> Iterator[None]:
    """While open, a submission with this result's digest is not graded again."""
    _ahead[:] = [] if result is None else [result]
    try:
        yield
    finally:
        _ahead.clear()


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Reads submissions for `nbgrader autograde`; named as `c.Autograde.exporter_class`.

    `assignment` is the assignment with hidden tests that is graded, None for a plain one; the converter says which,
    once.
    """

    gradetape: ClassVar[bool] = True

    def __init__(self, config: Any = None, **kw: Any) -> None:
        super().__init__(config=config, **kw)
        self.assignment: Assignment | None = None
        logged.guard(self.log)
        converter.install()
        converter.take_over(self.parent)

    @property
    def root(self) -> Path:
        """The course directory."""
        return Path(self.parent.coursedir.root)

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[Any, Any]:
        """Called by nbgrader for every notebook, once to sanitize and once to grade it."""
        if not isinstance(self.parent, converter.Autograde):
            raise NbGraderException("SubmissionExporter reads submissions for nbgrader's autograding only.")
        path = Path(filename)
        try:
            nb = notebook.read(_bytes_of(path))
        except notebook.NotebookError as error:
            if self.assignment is None:
                raise NbGraderException(f"{filename}: {error}") from None
            self.log.warning("Submission %s: %s", filename, error)
            nb = sanitize.placeholder(self.assignment.release_notebook, str(error))
        else:
            if self.parent.sanitizing:
                sanitize.unmark(nb)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return self.from_file(io.StringIO(nbformat.writes(nb)), resources=resources, **kw)  # type: ignore[no-any-return]

    def _preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Called by nbconvert: what nbgrader was told not to execute is cleaned for browsers all the same.

        A metadata version that nbgrader does not read is its learner's error; nbgrader itself would end the whole run.
        """
        try:
            nb, resources = super()._preprocess(nb, resources)
        except (SchemaTooOldError, SchemaTooNewError) as error:
            about = resources["nbgrader"]
            raise NbGraderException(
                f"{about['student']}, {about['assignment']}: a cell's nbgrader metadata has no version that this "
                f"nbgrader reads "
                f"({error}). Was a cell copied, or its metadata edited? Bring that cell back from the release, and "
                f"grade again."
            ) from None
        if not self.parent.sanitizing and _RAN not in resources:
            markup.clean(nb)
        return nb, resources


def _bytes_of(path: Path) -> bytes:
    """Read a notebook that is the learner's own file."""
    data = attached.read_plain(path, most=notebook.MAX_BYTES)
    if data is None:
        fault = attached.fault(path, most=notebook.MAX_BYTES) or "it changed while it was read"
        raise notebook.NotebookError(f"The notebook that was handed in cannot be used: {fault}.")
    return data


def _exporter(step: Any) -> SubmissionExporter:
    """Return the exporter that a step belongs to."""
    if not isinstance(step.parent, SubmissionExporter):
        raise NbGraderException(f"{type(step).__name__} works with gradetape.nbgrader.SubmissionExporter only.")
    return step.parent


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """The first of `c.Autograde.sanitize_preprocessors`."""

    gradetape: ClassVar[bool] = True

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Called by nbgrader with the submitted notebook, before it restores locked cells."""
        assignment = _exporter(self).assignment
        if assignment is not None:
            for note in sanitize.restore(nb, assignment.release_notebook):
                self.log.warning("%s, %s: %s", resources["nbgrader"]["student"], assignment.id, note)
        else:
            for name in sanitize.unmark_doubles(nb):
                self.log.warning(
                    "%s: cell %r is there more than once; the last one counts.", resources["nbgrader"]["student"], name
                )
            self._demand_marks(nb, resources["nbgrader"])
        return nb, resources

    def _demand_marks(self, nb: Any, about: Any) -> None:
        """Refuse a plain assignment's notebook whose marks nbgrader could not work with, with the cells' numbers."""
        with api.Gradebook(about["db_url"]) as book:
            of_course = book.find_notebook(about["notebook"], about["assignment"])
            kinds = {
                "grade": {cell.name for cell in of_course.grade_cells},
                "solution": {cell.name for cell in of_course.solution_cells},
                "locked": {cell.name for cell in of_course.source_cells if cell.locked},
                "task": {cell.name for cell in of_course.task_cells},
            }
            known = {cell.name for cell in of_course.source_cells}
        flags = {name: {kind: name in those for kind, those in kinds.items()} for name in known}
        problems = marked.mend(nb, known, flags)
        if problems:
            raise NbGraderException(
                f"{about['student']}, {about['assignment']}: the nbgrader metadata of {'; of '.join(problems[:3])}. "
                "Was a cell copied, or its metadata edited? Bring it back from the release, and grade again."
            )


class Execute(StockExecute):  # type: ignore[misc]
    """The first of `c.Autograde.autograde_preprocessors`, in place of nbgrader's own."""

    gradetape: ClassVar[bool] = True

    use_store = Bool(True, help="Whether to take the result of an unchanged submission from the store.").tag(
        config=True
    )

    trust_learners = Bool(
        False,
        help="Whether learners' code may run on a machine that cannot isolate it from the grader's files and network.",
    ).tag(config=True)

    readable_data = List(
        Unicode(), help="Folders of data that learners' notebooks may read, besides the prepared stand-ins."
    ).tag(config=True)

    unfenced_kernels = List(
        Unicode(),
        help=(
            "Names of kernels, other than Python's, in which learners' notebooks of plain assignments run without "
            "isolation, with the rights of who grades."
        ),
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any, km: Any = None) -> tuple[Any, Any]:
        """Called by nbgrader with the sanitized notebook: grade it, or find its stored result."""
        exporter = _exporter(self)
        named = [getattr(exporter.parent.coursedir, f"{step}_directory") for step in configured.CLOSED_STEPS]
        loads.refuse_exposed(exporter.root, self.readable_data, named)
        forkserver.show(self.readable_data)
        if exporter.assignment is None:
            self._run_plain(nb, resources, km)
        else:
            result = self._result(exporter.assignment, nb, resources)
            resources[_RESULT] = result
            _write_outputs(nb, result.outputs)
            markup.clean(nb, given=markup.texts(exporter.assignment.release_notebook))
            self._show_verdicts(nb, result, exporter.root)
        resources[_RAN] = True
        return nb, resources

    def _show_verdicts(self, nb: Any, result: Result, root: Path) -> None:
        """Show under each question what the judge says; without the course's key, as an output like the others."""
        for cell in nb["cells"]:
            verdict = result.verdict(str(notebook.cell_mark(cell).get("grade_id", "")))
            if verdict is None or not notebook.cell_mark(cell).get("grade"):
                continue
            panel = feedback.output(verdict)
            try:
                panel = seal.sealed(root, panel)
            except (OSError, ValueError) as error:
                self.log.warning("Verdict %r is not sealed, so no page shows it as one: %s", verdict.question, error)
            cell["outputs"].append(nbformat.from_dict(panel))

    def _run_plain(self, nb: Any, resources: Any, km: Any) -> None:
        """Run the cells as nbgrader would, but in a guest; a kernel that is not Python's only where it is named."""
        who = f"{resources['nbgrader']['student']}, {resources['nbgrader']['assignment']}"
        release = self._instructors(resources, "release")
        given = markup.texts(release) if release else frozenset()  # text cells of the release are the instructor's
        nb_of_course = release or self._instructors(resources, "source")
        metadata = nb_of_course["metadata"] if nb_of_course else {}  # what was handed in never says its kernel
        if not plain.is_python(metadata):
            kernel = str(metadata["kernelspec"]["name"])
            if kernel not in self.unfenced_kernels:
                raise NbGraderException(
                    f"{who}: the notebook was released for kernel {kernel!r}, and only Python can be isolated. If "
                    f"you trust "
                    "every learner of this class with your account, say so: c.Execute.unfenced_kernels = "
                    f"[{kernel!r}] in nbgrader_config.py."
                )
            self.log.warning("%s: kernel %r runs without isolation (c.Execute.unfenced_kernels).", who, kernel)
            nb["metadata"]["kernelspec"] = nbformat.from_dict(metadata["kernelspec"])
            super().preprocess(nb, resources, km)
            markup.clean(nb, given=given)
            return
        released = sum(c["cell_type"] == "code" for c in nb_of_course["cells"]) if nb_of_course else None
        files, _ = self._files(resources)
        ran = plain.run(
            nb, files, timeout=self.timeout, released=released, skip=self._skipped_tag(),
            trust_learners=self.trust_learners,
        )  # fmt: skip
        for note in ran.notes:
            self.log.warning("%s: %s", who, note)
        _write_outputs(nb, ran.outputs)
        markup.clean(nb, given=given)

    def _instructors(self, resources: Any, step: str) -> notebook.Notebook | None:
        """Read a plain assignment's notebook in 'release' or 'source'; None where it cannot be read."""
        about, coursedir = resources["nbgrader"], _exporter(self).parent.coursedir
        folder = Path(coursedir.format_path(getattr(coursedir, f"{step}_directory"), ".", about["assignment"]))
        try:
            return notebook.read((folder / f"{about['notebook']}.ipynb").read_bytes())
        except (OSError, notebook.NotebookError):
            return None

    def _skipped_tag(self) -> str:
        """Return the tag of cells to leave out: nbclient's own; that of demo cells is for validating only."""
        return self.skip_cells_with_tag if self.skip_cells_with_tag != notebook.DEMO_TAG else "skip-execution"

    def _files(self, resources: Any) -> tuple[dict[str, bytes], list[str]]:
        """Read the files beside the notebook, by the names under which they were handed in."""
        about, coursedir = resources["nbgrader"], _exporter(self).parent.coursedir
        handed_in = Path(coursedir.format_path(coursedir.submitted_directory, about["student"], about["assignment"]))
        files, notes = attached.read(Path(resources["metadata"]["path"]), handed_in=handed_in)
        return submitting.as_handed_in(files), notes

    def _result(self, assignment: Assignment, nb: Any, resources: Any) -> Result:
        student, root = resources["nbgrader"]["student"], _exporter(self).root
        files, notes = self._files(resources)
        sanitize.without_hidden_tests(nb, assignment.released, assignment.tested_questions)
        submission = Submission(nbformat.writes(nb).encode(), files, tuple(notes))
        reason = nb["metadata"].pop(sanitize.UNREADABLE, None)
        if reason is not None:
            return unreadable(assignment, submission, str(reason))
        if _ahead and _ahead[0].digest == digest(assignment, submission):
            self._tell(_ahead[0], student)
            return _ahead[0]
        done = kept(
            assignment, submission, Store(root), fresh=not self.use_store, trust_learners=self.trust_learners
        )  # fmt: skip
        if done.from_store:
            self.log.info("%s, %s: unchanged, result taken from the store", student, assignment.id)
        elif done.not_stored:
            self.log.warning("%s, %s: graded, but not stored: %s", student, assignment.id, done.not_stored)
        self._tell(done.result, student)
        return done.result

    def _tell(self, result: Result, student: str) -> None:
        for note in result.notes:
            self.log.warning("%s, %s: %s", student, result.assignment, note)


def _write_outputs(nb: Any, outputs: dict[str, list[dict[str, Any]]]) -> None:
    """Show in the notebook what the cells gave."""
    count = 0
    for index, cell in enumerate(nb["cells"]):
        if cell["cell_type"] != "code":
            continue
        shown = outputs.get(str(index))
        if shown is not None:
            count += 1
            cell["execution_count"] = count
            cell["outputs"] = [nbformat.from_dict(o) for o in shown]
            for output in cell["outputs"]:
                if output["output_type"] == "execute_result":
                    output["execution_count"] = count


class SaveAutoGrades(StockSaveAutoGrades):  # type: ignore[misc]
    """In place of nbgrader's own of the same name: scores come from the result, not from outputs."""

    gradetape: ClassVar[bool] = True

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Called by nbgrader with the graded notebook: write its scores, and note which result they are of."""
        exporter = _exporter(self)
        result = resources.get(_RESULT)
        if exporter.assignment is not None and not isinstance(result, Result):
            raise NbGraderException(
                f"Assignment {exporter.assignment.id!r} has hidden tests, and they were not asked (--no-execute, or "
                "c.Execute.enabled = False): nothing is recorded. Grade without that setting."
            )
        nb, resources = super().preprocess(nb, resources)
        if isinstance(result, Result):
            kept_back = any(v.status is Status.UNCHECKED for v in result.verdicts)
            Ledger(exporter.root, result.assignment).put(self.student_id, "" if kept_back else result.digest)
        else:
            self._forget_missing(nb)
        return nb, resources

    def _forget_missing(self, nb: Any) -> None:
        """Take back what a cell had that is no longer there: nbgrader writes only the scores of those that are."""
        there = {notebook.cell_mark(cell).get("grade_id") for cell in nb["cells"]}
        with self.gradebook:
            found = self.gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id)
            for grade in found.grades:
                if grade.name not in there and grade.auto_score is not None:
                    grade.auto_score = None
                    self.log.warning(
                        "%s, %s: the cell %r is no longer there, and has no points.",
                        self.student_id, self.assignment_id, grade.name,
                    )  # fmt: skip
            self.gradebook.db.commit()

    def _add_score(self, cell: Any, resources: Any) -> None:
        """Called by nbgrader for every graded cell."""
        result: Result | str = resources.get(_RESULT, "")
        verdict = result.verdict(cell.metadata["nbgrader"]["grade_id"]) if isinstance(result, Result) else None
        if verdict is None:
            super()._add_score(cell, resources)
            if isinstance(result, Result) and any(v.status is Status.UNCHECKED for v in result.verdicts):
                grade_ = self.gradebook.find_grade(
                    cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id
                )
                grade_.needs_manual_grade = True  # a machine that failed failed for this cell as well
                self.gradebook.db.commit()
            return
        grade_ = self.gradebook.find_grade(verdict.question, self.notebook_id, self.assignment_id, self.student_id)
        if grade_.max_score != verdict.max_score:
            raise NbGraderException(
                f"{self.student_id}, {self.assignment_id}: question {verdict.question!r} has {verdict.max_score:g} "
                f"points and, in the gradebook, {grade_.max_score:g}. {gradable.way_out(self.assignment_id)}"
            )
        grade_.auto_score = verdict.score
        grade_.needs_manual_grade = grade_.manual_score is not None or verdict.status is Status.UNCHECKED
        self.gradebook.db.commit()

    def _add_comment(self, cell: Any, resources: Any) -> None:
        """Called by nbgrader for every answer cell: the hint takes the place of silence."""
        super()._add_comment(cell, resources)
        result, assignment = resources.get(_RESULT), _exporter(self).assignment
        if not isinstance(result, Result) or assignment is None:
            return
        name = cell.metadata["nbgrader"]["grade_id"]
        verdicts = [result.verdict(q.name) for q in assignment.questions if name in q.answers]
        about = feedback.comment([v for v in verdicts if v is not None])
        entry = self.gradebook.find_comment(name, self.notebook_id, self.assignment_id, self.student_id)
        if about is not None and entry.auto_comment is None:
            entry.auto_comment = about
            self.gradebook.db.commit()
