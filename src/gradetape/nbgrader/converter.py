"""nbgrader's autograding with every step before and after a conversion in Gradetape's hands.

nbgrader swallows what a hook raises, and copies what was handed in whatever it is. So `SubmissionExporter`, which
nbgrader makes before it converts anything, turns the converter that it belongs to into the one of this module: an
exception in a step of ours ends that submission before a file is copied, and the others go on.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.preprocessors import ExecutePreprocessor
from nbgrader import api, utils
from nbgrader.converters import base
from nbgrader.converters.autograde import Autograde as StockAutograde
from nbgrader.converters.base import NbGraderException
from nbgrader.converters.generate_feedback import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.utils.importstring import import_item

from gradetape import attached, folders, gradable, gradebook, recovery, submitting
from gradetape.configured import invalid, readable, unshowable
from gradetape.course import Course, CourseError
from gradetape.ids import id_problem
from gradetape.loads import stamp
from gradetape.nbgrader import generating, patterns
from gradetape.nbgrader.plugging import ADVICE, NEEDED, contradictions, is_plugged, missteps
from gradetape.recording import Ledger, replaced
from gradetape.texts import shown

if TYPE_CHECKING:
    from collections.abc import Hashable
    from contextlib import AbstractContextManager

    from gradetape.course import Assignment

_NOT_IN_FORCE = (
    "This course is Gradetape's to grade (a configuration plugs it in or names it, or there is a graders/), but "
    "c.Autograde.exporter_class in force is {in_force}: a line below plug_in or another nbgrader_config.py sets it, or "
    f"a configuration file broke off with an error (see above). Nothing is graded without its steps. {ADVICE}"
)

__all__ = ["Autograde", "course_of", "install", "take_over"]


def course_of(coursedir: Any) -> Course:
    """Return the course that nbgrader works in, with its own names of folders."""
    return Course(
        coursedir.root,
        source=lambda name: coursedir.format_path(coursedir.source_directory, ".", name),
        release=lambda name: coursedir.format_path(coursedir.release_directory, ".", name),
        data=stamp(readable(coursedir.config)),
    )


_MOST_READ = 8
_read: dict[tuple[Path, str], tuple[Hashable, Assignment | None]] = {}


def _tested(course: Course, name: str) -> Assignment | None:
    """Read an assignment that is to be graded; while its files are unchanged it is the same object."""
    if id_problem(name):
        return gradable.gradable(course, name)
    key, now = (course.root, name), (course.stamp(name), course.data)
    if key not in _read or _read[key][0] != now:
        _read.pop(key, None)
        _read[key] = now, gradable.gradable(course, name)
        while len(_read) > _MOST_READ:
            del _read[next(iter(_read))]
    if _read[key][1] is None:
        gradable.refuse_lost(course, name)
    return _read[key][1]


def install() -> None:
    """Let no converter of this process grade a plugged-in course without Gradetape's steps.

    A configuration file that raises below `plug_in` is dropped by traitlets as a whole; another file may set
    nbgrader's own classes again. And let nobody's odd timestamp end what nbgrader does for all of such a course.
    """
    generating.install()
    patterns.install()
    if getattr(StockAutograde.start, "gradetape", False):
        return
    stock_start, stock_stamp = StockAutograde.start, CourseDirectory.get_existing_timestamp

    def start(self: Any) -> None:
        if is_plugged(self.coursedir.root) and not getattr(self.exporter_class, "gradetape", False):
            in_force = f"{self.exporter_class.__module__}.{self.exporter_class.__qualname__}"
            _refuse(self, [_NOT_IN_FORCE.format(in_force=in_force)])
        stock_start(self)

    def get_existing_timestamp(self: Any, dest_path: str) -> Any:
        fault = submitting.odd_timestamp(Path(dest_path))
        if not fault or not is_plugged(self.root):
            return stock_stamp(self, dest_path)
        self.log.warning("%s: timestamp.txt does not count: %s.", shown(dest_path), fault)
        return None

    def init_feedback(self: Any, assignment_id: str, student_id: str) -> None:
        with listing_once():
            stock_feedback(self, assignment_id, student_id)

    stock_feedback, GenerateFeedback.init_assignment = GenerateFeedback.init_assignment, init_feedback
    start.gradetape = True  # type: ignore[attr-defined]
    StockAutograde.start, CourseDirectory.get_existing_timestamp = start, get_existing_timestamp


def listing_once() -> AbstractContextManager[None]:
    """While open, nbgrader lists each folder once where it copies files, not once for each file in it."""
    return replaced(base, "find_all_files", folders.copied)


def take_over(converter: Any) -> None:
    """Put Gradetape's steps around those of one converter of nbgrader's."""
    if isinstance(converter, StockAutograde) and not isinstance(converter, Autograde):
        converter.__class__ = Autograde


def _refuse(converter: Any, problems: list[str]) -> None:
    for problem in problems:
        converter.log.error("Gradetape: %s", problem)
    raise NbGraderException(problems[0])


class Autograde(StockAutograde):  # type: ignore[misc]
    """nbgrader's converter of submissions, with Gradetape's steps; never made by itself (see `take_over`)."""

    @property
    def sanitizing(self) -> bool:
        """Whether the pass that is under way is nbgrader's first one, over what was handed in."""
        return bool(self._sanitizing)

    def convert_notebooks(self) -> None:
        """Called by nbgrader once: refuse what cannot be graded safely at all, then convert one after the other."""
        root = self.coursedir.root
        problems = invalid(self.config) or [
            *contradictions(root), *self._unfenced_steps(), *unshowable(root, self.config)
        ]  # fmt: skip
        if problems:
            _refuse(self, problems)
        gradebook.one_at_a_time(Path(self.coursedir.root))
        unusable = self._without_unusable()
        recovery.clear(Path(self.coursedir.root), autograded=self._autograded("", ""))
        try:
            if self.assignments:
                super().convert_notebooks()
        finally:
            recovery.release()
        if unusable:
            raise NbGraderException(unusable[0])

    def _without_unusable(self) -> list[str]:
        """Leave out the assignments that cannot be graded at all, and say why; nbgrader takes patterns for a name."""
        course, problems = course_of(self.coursedir), {}
        pattern = re.compile(self._format_source("(?P<name>.*)", "(?P<student>.*)", escape=True))
        names = {folder: found["name"] if (found := pattern.match(folder)) else "" for folder in self.assignments}
        for name in dict.fromkeys(names.values()):  # once for each, however many learners handed it in
            try:
                assignment = _tested(course, name)
                if assignment is not None:
                    with api.Gradebook(self.coursedir.db_url, self.coursedir.course_id) as opened:
                        gradable.refuse_other_gradebook(assignment, opened)
            except CourseError as error:
                problems[name] = str(error)
        for folder, name in names.items():
            if name in problems:
                del self.assignments[folder]
        for problem in problems.values():
            self.log.error("Gradetape: %s", problem)
        return list(problems.values())

    def _unfenced_steps(self) -> list[str]:
        """Name preprocessors that run cells, but not in guests, and ours where they are missing."""
        lists = ("sanitize_preprocessors", "autograde_preprocessors")
        steps = {name: [import_item(s) if isinstance(s, str) else s for s in getattr(self, name)] for name in lists}
        problems = [
            f"c.Autograde.{name} holds {step.__module__}.{step.__qualname__}, which runs learners' cells outside of "
            f"a guest. "
            "Remove it."
            for name, found in steps.items()
            for step in found
            if isinstance(step, type)
            and issubclass(step, ExecutePreprocessor)
            and not getattr(step, "gradetape", False)
        ]
        for step, name in (("RestoreCells", lists[0]), ("Execute", lists[1]), ("SaveAutoGrades", lists[1])):
            if not any(getattr(s, "gradetape", False) and s.__name__ == step for s in steps[name]):
                problems.append(
                    f"c.Autograde.{name} lacks gradetape.nbgrader.{step}: a line below plug_in or another "
                    f"nbgrader_config.py sets the list. {ADVICE}"
                )
        problems = problems or missteps(steps[lists[0]], steps[lists[1]])
        for kind in (s for name in lists for s in steps[name] if isinstance(s, type) and s.__name__ in NEEDED):
            wanted = kind.__name__ in ("Execute", "ClearOutput") and self._is_not_to_execute()
            if not wanted and not kind(parent=self).enabled:
                problems.append(
                    f"c.{kind.__name__}.enabled is False where it counts (below plug_in, in another configuration "
                    "file, or on the command line), and grading needs it. Grade without that setting."
                )
        return problems

    def _is_not_to_execute(self) -> bool:
        """Whether nbgrader's own --no-execute was said: plain assignments alone can be graded so."""
        said = getattr(self.parent, "cli_config", {})
        return "enabled" in said.get("Execute", {})

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Called by nbgrader first for each submission: claim it, and set aside what must not be copied or read."""
        self.exporter.assignment = _tested(course_of(self.coursedir), assignment_id)
        recovery.take(Path(self.coursedir.root), student_id, assignment_id, self._autograded(assignment_id, student_id))
        folder = Path(self._format_source(assignment_id, student_id))
        root, given = Path(self.coursedir.root), self._given(assignment_id)
        lines = submitting.set_aside(folder, root, given, whose=student_id, what=assignment_id)
        for line in lines[: attached.MOST_NAMED]:
            self.log.warning("%s, %s: %s", shown(student_id), assignment_id, shown(line))
        if len(lines) > attached.MOST_NAMED:
            self.log.warning(
                "%s, %s: and %d more files were set aside.",
                shown(student_id),
                assignment_id,
                len(lines) - attached.MOST_NAMED,
            )
        self._forget_other_rule(assignment_id, student_id)
        wanted: bool = super().init_destination(assignment_id, student_id)
        if not wanted:
            recovery.release()
        return wanted

    def _forget_other_rule(self, assignment_id: str, student_id: str) -> None:
        """Let nbgrader grade anew what was graded when the assignment had no hidden tests yet."""
        ledger = Ledger(Path(self.coursedir.root), assignment_id)
        graded = self._autograded(assignment_id, student_id)
        if self.exporter.assignment is not None and graded.is_dir() and not ledger.knows(student_id):
            self.log.warning(
                "%s, %s: graded before by another rule (it has hidden tests now); it is graded again.",
                shown(student_id), assignment_id,
            )  # fmt: skip
            folders.remove(graded)

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Called by nbgrader to copy what was handed in: what a browser or Python would run gets another name."""
        self._pass_over_strangers(assignment_id, student_id)
        try:
            with listing_once(), replaced(utils, "find_all_files", folders.copied):
                super().init_assignment(assignment_id, student_id)
        except NbGraderException:
            problem = "" if self.notebooks else self._other_names(assignment_id, student_id)
            if not problem:
                raise
            raise NbGraderException(problem) from None
        given = self._given(assignment_id)
        kept = set(self.exclude_overwriting.get(assignment_id, []))
        submitting.disarm(self._autograded(assignment_id, student_id), given - kept)

    def _other_names(self, assignment_id: str, student_id: str) -> str:
        """Say that no notebook has the name of one of the assignment's; '' when one has."""
        handed_in = {path.name for path in Path(self._format_source(assignment_id, student_id)).glob("*.ipynb")}
        wanted = {path.name for path in course_of(self.coursedir).folder("source", assignment_id).glob("*.ipynb")}
        if not handed_in or not wanted or handed_in & wanted:
            return ""
        there, expected = (", ".join(map(shown, sorted(names))) for names in (handed_in, wanted))
        return (
            f"{shown(student_id)}, {assignment_id}: {there} was handed in, and the notebook is expected under its "
            f"exact name, {expected}. Rename it where it was handed in, and autograde it again; what was recorded "
            "before stays until then."
        )

    def _pass_over_strangers(self, assignment_id: str, student_id: str) -> None:
        """Name notebooks that the assignment has not; leave all but a few out: nbgrader asks its gradebook of each."""
        folder = course_of(self.coursedir).folder("source", assignment_id)
        known = {path.stem for path in folder.glob("*.ipynb")}
        strangers = [name for name in self.notebooks if Path(name).stem not in known]
        beside = len(strangers) < len(self.notebooks)  # else `_other_names` says it
        for name in strangers[: attached.MOST_NAMED] if beside else ():
            self.log.warning(
                "%s, %s: %s is none of the assignment's notebooks, and does not count.",
                shown(student_id), assignment_id, shown(repr(Path(name).name)),
            )  # fmt: skip
        left_out = set(strangers[attached.MOST_NAMED :])
        if left_out:
            self.log.warning(
                "%s, %s: %d more notebooks are none of the assignment's, and are passed over.",
                shown(student_id), assignment_id, len(left_out),
            )  # fmt: skip
            self.notebooks[:] = [name for name in self.notebooks if name not in left_out]

    def run_post_convert_hook(self) -> None:
        """Called by nbgrader when it is done with a submission."""
        recovery.release()
        super().run_post_convert_hook()

    def _autograded(self, assignment_id: str, student_id: str) -> Path:
        path = self.coursedir.format_path(self.coursedir.autograded_directory, student_id, assignment_id)
        return Path(path)

    def _given(self, assignment_id: str) -> set[str]:
        """List the files of the source folder that nbgrader copies over the learner's, by relative name."""
        folder = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", assignment_id))
        found = folders.copied(folder, [*self.coursedir.ignore, "*.ipynb"])
        return {Path(name).relative_to(folder).as_posix() for name in found}
