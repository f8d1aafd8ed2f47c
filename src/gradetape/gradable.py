"""Whether an assignment can be graded as it stands: its parts, the gradebook and what was recorded agree. An edge.

Learners have answered the release, and the gradebook holds what was generated with it: a question of which these do not
know would fall to nbgrader's rule, or be recorded with other points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradetape import gradebook as gradebooks
from gradetape import notebook
from gradetape.course import CourseError
from gradetape.recording import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gradetape.course import Assignment, Course

__all__ = ["gradable", "refuse_lost", "refuse_other_gradebook", "refuse_other_release", "way_out", "where_refused"]


def gradable(course: Course, name: str, *, drafts: bool = False) -> Assignment | None:
    """Read an assignment that is to be graded now; None for a plain one. `drafts` takes one without a release as well.

    Raises:
        CourseError: it cannot be graded; the text says why, and what to do.
    """
    try:
        assignment = course.tested(name)
    except CourseError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise CourseError(
            f"Assignment {name!r} cannot be read ({said}). `gradetape check {name}` may say more."
        ) from error
    if assignment is None:
        refuse_lost(course, name)
    elif assignment.release is not None or not drafts:
        refuse_other_release(assignment)
    return assignment


def refuse_lost(course: Course, name: str) -> None:
    """Refuse a plain assignment that had hidden tests: its folder in graders/ is lost.

    So it is known where a class was graded with them, and, in a copy of the course, where all of graders/ is missing
    beside the solutions.

    Raises:
        CourseError: so it is, or what was recorded cannot be listed.
    """
    if (course.root / "solutions" / name).is_dir() and not _has_files(course.root / "graders"):
        raise CourseError(
            f"Assignment {name!r} has solutions/{name}/, as assignments with hidden tests have, and graders/ is empty "
            "or not there. Bring it back: was it left out of a copy, or is it a submodule that was not fetched? If "
            "this course has no hidden tests, put a file that says so into graders/, or remove solutions/."
        )
    place = f".gradetape/recorded/{name}"
    try:
        number = len(Ledger(course.root, name).names())
    except OSError as error:
        raise CourseError(f"Assignment {name!r}: {place} cannot be listed: {error}.") from None
    if number:
        raise CourseError(
            f"Assignment {name!r} was graded with hidden tests before (for {number} learners), and graders/{name}/ is "
            f"not there. Put it back: is it missing from a backup, or a submodule that was not fetched? If it is meant "
            f"to be a plain assignment from now on, remove {place}, and autograde it with --force."
        )


def _has_files(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*"))


def refuse_other_release(assignment: Assignment) -> None:
    """Refuse an assignment whose release has other automatic questions than its source, or other points.

    Raises:
        CourseError: so it is; or nothing was released.
    """
    wanted = _automatic(assignment.questions)
    try:
        found = _automatic(notebook.questions(assignment.release_notebook))
    except notebook.NotebookError as error:
        raise CourseError(f"Assignment {assignment.id!r}: its release: {error} {way_out(assignment.id)}") from None
    if wanted != found:
        differ = _differences(wanted, found, "source/", "release/")
        raise CourseError(
            f"Assignment {assignment.id!r}: source/ has other automatic questions than release/, which learners have "
            f"answered: {differ}. {way_out(assignment.id)}"
        )


def refuse_other_gradebook(assignment: Assignment, gradebook: Any) -> None:
    """Refuse an assignment whose questions the gradebook knows otherwise; what it does not know at all is nbgrader's.

    Raises:
        CourseError: so it is.
    """
    there = gradebooks.grade_cells(gradebook, assignment.id)
    if there is None:
        return
    wanted = _automatic(assignment.questions)
    manual = {q.name for q in assignment.questions} - wanted.keys()
    found = {name: points for name, points in there.items() if name not in manual}
    if wanted != found:
        differ = _differences(wanted, found, "source/", "the gradebook")
        raise CourseError(
            f"Assignment {assignment.id!r}: source/ has other automatic questions than the gradebook: {differ}. "
            f"{way_out(assignment.id)}"
        )


def way_out(name: str) -> str:
    """Say what to do when an assignment's source is not what was released."""
    return f"Run `nbgrader generate_assignment {name} --force`. {where_refused(name)}"


def where_refused(name: str) -> str:
    """Say what to do when nbgrader does not generate an assignment, because its cells changed after submissions."""
    return (
        f"Where nbgrader refuses to add or remove cells, since there are submissions: bring the earlier source/{name}/ "
        f"(and graders/{name}/) back from version control; or, if the change is meant, run `nbgrader db assignment "
        f"remove {name} --force` (all its grades go, those given by hand too), generate it, and autograde all with "
        f"--force."
    )


def _automatic(questions: tuple[notebook.Question, ...]) -> dict[str, float]:
    return {q.name: q.points for q in questions if not q.manual}


def _differences(wanted: Mapping[str, float], found: Mapping[str, float], here: str, there: str) -> str:
    lines = [f"{name!r} is in {here} only" for name in wanted if name not in found]
    lines += [f"{name!r} is in {there} only" for name in found if name not in wanted]
    return "; ".join(
        [
            *lines,
            *(
                f"{name!r} has {points:g} points in {here} and {found[name]:g} in {there}"
                for name, points in wanted.items()
                if found.get(name, points) != points
            ),
        ]
    )
