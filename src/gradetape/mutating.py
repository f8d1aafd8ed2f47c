"""`gradetape check --mutate` over many assignments: workers, the table of questions, the survivors' differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from gradetape.configured import course_at, show_data
from gradetape.course import Course, CourseError
from gradetape.course_data import ready_for
from gradetape.grading import close_all
from gradetape.guest import forkserver
from gradetape.guest.preload import unused
from gradetape.mutation.equivalents import draft
from gradetape.mutation.proving import MutantReport, MutationReport, prove_question, summed_up
from gradetape.parallel import side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gradetape.parallel import OnProgress

__all__ = ["mutate_all", "show"]

_DIED = "Assignment {name!r}, question {question!r}: the process that tried its mutants ended three times."


def _work(root: Path, name: str, question: str, on_progress: OnProgress) -> list[MutantReport] | CourseError:
    """Try the mutants of one question in a worker."""
    try:
        cache = root / ".gradetape" / "mutants"
        return prove_question(course_at(root).load(name), question, cache, on_progress=on_progress)
    except CourseError as error:
        return error
    finally:
        close_all()


def mutate_all(
    course: Course, names: Sequence[str], *, jobs: int, only: Sequence[str] = ()
) -> dict[str, MutationReport]:
    """Try the mutants of assignments, question by question, in up to `jobs` processes.

    Args:
        course: the course directory.
        names: the assignments.
        jobs: how many processes work at once.
        only: the questions to be tried; () means all.

    Returns:
        A report for each assignment.

    Raises:
        CourseError: `only` names a question that none of the assignments has.
    """
    forkserver.leave_out(unused(course.texts(names)))
    show_data(course.root)
    assignments = {name: course.load(name) for name in names}
    questions = {n: [q.name for q in a.questions if not q.manual] for n, a in assignments.items()}
    unknown = sorted(set(only) - {q for names in questions.values() for q in names})
    if unknown:
        known = ", ".join(q for names in questions.values() for q in names)
        raise CourseError(f"There is no automatic question {', '.join(map(repr, unknown))}. Known are {known}.")
    ready_for(assignments.values())
    wanted = {n: [q for q in qs if not only or q in only] for n, qs in questions.items()}
    pieces = {f"{n}/{q}": (_work, (course.root, n, q)) for n, qs in wanted.items() for q in qs}
    found = side_by_side(pieces, jobs=jobs, did="mutated")
    return {n: _summed_up(a, wanted[n], found) for n, a in assignments.items()}


def _summed_up(assignment: Any, questions: Sequence[str], found: dict[str, Any]) -> MutationReport:
    tried: list[MutantReport] = []
    problems = []
    for question in questions:
        piece = found.get(f"{assignment.id}/{question}")
        if piece is None:
            problems.append(_DIED.format(name=assignment.id, question=question))
        elif isinstance(piece, CourseError):
            problems.append(str(piece))
        else:
            tried += piece
    report = summed_up(assignment, questions, tried)
    report.problems[:0] = problems
    return report


def show(reports: dict[str, MutationReport]) -> None:
    """Print a table for each assignment, all problems with survivors' differences, and drafts for equivalent.toml."""
    console = Console()
    for name, report in reports.items():
        table = Table("question", "made", "killed", "equivalent", "survived", "share", "hints", title=name)
        table.columns[0].no_wrap = True
        for question in dict.fromkeys(m.question for m in report.mutants):
            part = MutationReport.of([m for m in report.mutants if m.question == question])
            table.add_row(question, *_counts(part))
        table.add_section()
        table.add_row("all", *_counts(report), style="bold")
        console.print(table)
    for problem in (p for r in reports.values() for p in r.problems):
        console.print(f"• {problem}", markup=False, highlight=False, soft_wrap=True)
    for name, report in reports.items():
        survivors = [m for m in report.mutants if m.fate == "survived"]
        if survivors:
            console.print(f"\nIf they are equivalent, give each its reason in graders/{name}/equivalent.toml:\n")
            console.print(
                draft((m.question, m.mutant, m.diff) for m in survivors), markup=False, highlight=False, soft_wrap=True
            )


def _counts(report: MutationReport) -> list[str]:
    hints = sum(m.diagnosed_as is not None for m in report.mutants)
    survived = f"{report.survived} + {report.unchecked} unchecked" if report.unchecked else str(report.survived)
    return [str(report.made), str(report.killed), str(report.equivalent), survived, f"{report.share:.1%}", str(hints)]
