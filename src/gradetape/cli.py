"""The command line: `gradetape …`. An edge: parses, shows progress, calls the core."""

from __future__ import annotations

import json
import os
import shlex
import sys
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gradetape import __version__

if TYPE_CHECKING:
    from gradetape.course import Course

__all__ = ["app", "main"]

EXIT_PROBLEMS = 1
EXIT_USAGE = 2

app = typer.Typer(
    name="gradetape",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Auto-graded assignments for TensorFlow courses.\n\n"
        "Run it in a course directory (the folder with source/ and graders/). A first round:\n\n"
        "  gradetape init my_course          make a course directory\n\n"
        "  gradetape new my_first            write an assignment that passes check\n\n"
        "  gradetape check my_first          prove its grader\n\n"
        "  nbgrader generate_assignment …    release it\n\n"
        "  gradetape autograde my_first      grade what was handed in\n\n"
        "  gradetape report my_first         see what the class did\n\n"
        "Exit codes: 0 all is well; 1 problems were found or submissions failed; 2 the command could not be done."
    ),
)
data_app = typer.Typer(no_args_is_help=True, help="Stand-in data sets: list them, prepare them.")
app.add_typer(data_app, name="data")
store_app = typer.Typer(no_args_is_help=True, help="Stored results: list them, remove what is no longer needed.")
app.add_typer(store_app, name="store")

Names = Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT]…", help="Assignments; without any: all.")]
Root = Annotated[Path, typer.Option("--course", "-C", help="The course directory.", file_okay=False)]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many processes work at once.")]


def main() -> None:
    """Entry point: run the command line, and turn the package's own errors into one line and exit code 2."""
    # jsonschema imports it to check international links; nothing here has any, and it takes a second
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from gradetape.course import CourseError
    from gradetape.datasets.catalogue import DataError
    from gradetape.guest.forkserver import ForkServerError
    from gradetape.policy import ExposedError

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        app()
    except (CourseError, DataError, ExposedError, ForkServerError) as error:
        typer.echo(f"gradetape: {error}", err=True)
        sys.exit(EXIT_USAGE)
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        place = f"{error.filename!r}: " if error.filename else ""
        typer.echo(f"gradetape: {place}{error.strerror or error}. May you write there, and is it a folder?", err=True)
        sys.exit(EXIT_USAGE)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gradetape {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hold the options of the whole command."""


@app.command()
def check(
    assignments: Names = None,
    course: Root = Path(),
    jobs: Jobs = os.cpu_count() or 1,
    seeds: Annotated[int, typer.Option(min=1, help="In how many seeded runs the reference has to get full marks.")] = 5,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    thorough: Annotated[
        bool,
        typer.Option(
            "--thorough", help="Judge every mistake by all questions, to see that it costs marks in its own only."
        ),
    ] = False,
    mutate: Annotated[
        bool,
        typer.Option("--mutate", help="Try small wrong changes of the reference instead: each has to lose marks."),
    ] = False,
    question: Annotated[
        list[str] | None, typer.Option(help="With --mutate: only this question (may be given again).")
    ] = None,
) -> None:
    """Prove assignments: parts in sync, stub 0, reference and alternatives full marks, known mistakes caught and named.

    Exit code 1 when any assignment has a problem; each is printed with what to do about it. What became of a mutant
    is kept until the assignment changes, so a stopped `--mutate` goes on where it was.
    """
    from gradetape import checking
    from gradetape.configured import course_at

    if form not in ("text", "json"):
        raise typer.BadParameter(f"--format is 'text' or 'json', not {form!r}.")
    if question and not mutate:
        raise typer.BadParameter("--question goes with --mutate.")
    where = course_at(course)
    if mutate:
        _mutate(where, where.select(assignments), jobs, question or [], form)
        return
    reports = checking.check_all(
        where, where.select(assignments), seeds=list(range(1, seeds + 1)), jobs=jobs, thorough=thorough
    )
    if form == "json":
        typer.echo(json.dumps({"assignments": [r.as_dict() for r in reports]}, indent=1, ensure_ascii=False))
    else:
        checking.show(reports)
    if any(r.problems for r in reports):
        raise typer.Exit(EXIT_PROBLEMS)


def _mutate(course: Course, names: list[str], jobs: int, questions: list[str], form: str) -> None:
    try:
        from gradetape import mutating
    except ImportError as error:
        typer.echo(f"gradetape: --mutate needs {error.name}. Run `pip install 'gradetape[mutation]'`.", err=True)
        raise typer.Exit(EXIT_USAGE) from None
    reports = mutating.mutate_all(course, names, jobs=jobs, only=questions)
    if form == "json":
        found = [{"id": name, **report.as_dict()} for name, report in reports.items()]
        typer.echo(json.dumps({"assignments": found}, indent=1, ensure_ascii=False))
    else:
        mutating.show(reports)
    if any(r.problems for r in reports.values()):
        raise typer.Exit(EXIT_PROBLEMS)


@app.command()
def autograde(
    assignments: Annotated[list[str], typer.Argument(metavar="ASSIGNMENT…", help="What to grade.")],
    course: Root = Path(),
    student: Annotated[list[str] | None, typer.Option(help="Only these students (may be given again).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again even what is unchanged.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="How many are graded at once; else one a core, as memory allows."),
    ] = None,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Grade on the workers of this Dask scheduler, as in tcp://host:8786.")
    ] = "",
    trust_learners: Annotated[
        bool,
        typer.Option(
            "--trust-learners",
            help="Grade even if this machine cannot isolate their code from your files and network (see doctor).",
        ),
    ] = False,
) -> None:
    """Grade submitted/ side by side and record it through nbgrader: same scores as `nbgrader autograde`.

    What is unchanged since it was recorded is left alone. A stopped run keeps what it has graded; run the command
    again to go on. A submission that cannot be graded is named at the end with the reason (exit code 1); the
    others are graded.
    """
    from gradetape import autograding
    from gradetape.configured import course_at

    where = course_at(course)
    names = where.select_any(assignments)
    outcome = autograding.autograde(
        where, names, students=student, force=force, trust_learners=trust_learners, jobs=jobs, scheduler=scheduler
    )
    autograding.show(outcome)
    if any(o.error for o in outcome):
        raise typer.Exit(EXIT_PROBLEMS)


@app.command()
def report(
    assignments: Names = None,
    course: Root = Path(),
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder for the page and the tables; else report/ of the course."),
    ] = None,
) -> None:
    """Write what a class did as one page and CSV tables: scores, questions, mistakes, limits, late and alike answers.

    It reads the gradebook, the stored results and the submissions, and changes none of them. Without names: all
    assignments that something was handed in for. Names of learners are in it: it is for the staff of the course.
    """
    from rich.console import Console

    from gradetape import report as class_report
    from gradetape.configured import course_at

    where = course_at(course)
    names = where.select_any(assignments) if assignments else where.select(None)
    handed_in = [name for name in names if any((where.root / "submitted").glob(f"*/{escape(name)}"))]
    names = names if assignments else handed_in or names
    with Console(stderr=True).status("reading the course") as status:
        written = class_report.write(where, names, output or where.root / "report", progress=status.update)
    for line in written.missing:
        typer.echo(f"nothing to report: {line}")
    typer.echo(f"{written.page}\n{len(written.tables)} tables beside it (CSV)")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context, course: Root = Path()) -> None:
    """Open JupyterLab on the course: formgrader, assignment list, warm kernels; options go on to `jupyter lab`."""
    import os
    import shutil
    import sys

    root = course.resolve()
    if not (root / "nbgrader_config.py").is_file():
        raise typer.BadParameter(
            f"{root} is no course directory: there is no nbgrader_config.py.", param_hint="--course"
        )
    beside = str(Path(sys.executable).parent)
    jupyter = shutil.which("jupyter", path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    if jupyter is None:
        raise typer.BadParameter("JupyterLab is not installed here: pip install 'gradetape[nbgrader]'.")
    paths = [str(root), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(paths)
    os.chdir(root)
    os.execv(jupyter, [jupyter, "lab", *context.args])  # noqa: S606 - a program of the environment, no shell


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The course directory to make.")],
    course_id: Annotated[str, typer.Option("--id", help="nbgrader's id of the course; else the folder's name.")] = "",
) -> None:
    """Make a course directory: nbgrader's configuration with everything plugged in, and an exchange of its own."""
    from gradetape import scaffold

    for path in scaffold.found(folder, course_id or folder.resolve().name):
        typer.echo(f"wrote {folder / path}")
    typer.echo(f"\nNow go on there: cd {folder}; gradetape new my_first")


@app.command()
def new(
    assignment: Annotated[str, typer.Argument(help="Id of the new assignment, as nbgrader takes it.")],
    course: Root = Path(),
) -> None:
    """Write a new assignment that passes `check`: notebook, hidden tests, known mistakes, release."""
    from gradetape import scaffold
    from gradetape.configured import course_at

    for path in scaffold.create(course_at(course), assignment):
        typer.echo(f"wrote {path}")
    typer.echo(f"\nNow prove it: gradetape check {shlex.quote(assignment)}")


@app.command()
def doctor(form: Annotated[str, typer.Option("--format", help="text or json.")] = "text") -> None:
    """Say what this machine has: packages, fork server, guests, the fence's layers, data, nbgrader."""
    from gradetape import doctor as examination

    findings = examination.examine()
    if form == "json":
        typer.echo(json.dumps([f.as_dict() for f in findings], indent=1))
    else:
        examination.show(findings)
    if not all(f.ok for f in findings if f.required):
        raise typer.Exit(EXIT_PROBLEMS)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put the demo course.")] = Path("demo-course"),
    course: Root = Path(),
    learners: Annotated[int, typer.Option(min=3, help="How many simulated learners.")] = 12,
) -> None:
    """Show the main job on this course: release, a class of simulated learners, autograde, feedback, scores."""
    from gradetape import demo as show
    from gradetape.configured import course_at

    show.run(course_at(course), folder, learners=learners)


@store_app.command("list")
def store_list(course: Root = Path()) -> None:
    """List how many results are stored for each assignment, and how many of them are somebody's recorded one."""
    from gradetape import shelf
    from gradetape.store import Store

    shelf.show(shelf.shelves(Store(course)))


@store_app.command("prune")
def store_prune(
    assignments: Names = None,
    course: Root = Path(),
    everything: Annotated[bool, typer.Option("--all", help="Also recorded results; scores stay in the gradebook.")] = (
        False
    ),
    days: Annotated[float, typer.Option("--older-than", min=0, metavar="DAYS", help="Only older ones.")] = 0,
) -> None:
    """Remove results that are nobody's any more: of earlier submissions, graders or versions.

    What this account cannot read stays, and so does all of an assignment whose records it cannot read (exit code 1).
    """
    from gradetape import shelf
    from gradetape.store import Store

    done = shelf.prune(Store(course), assignments or (), everything=everything, days=days)
    typer.echo(f"removed {len(done.removed)} results" if done.removed else "nothing to remove")
    for line in done.refused:
        typer.echo(line, err=True)
    if done.refused:
        raise typer.Exit(EXIT_PROBLEMS)


@data_app.command("list")
def data_list() -> None:
    """List the stand-ins, what they stand for, and whether they are prepared."""
    from rich.console import Console
    from rich.table import Table

    from gradetape.datasets.catalogue import CATALOGUE, data_dir, missing

    todo = set(missing(CATALOGUE))
    table = Table("stand-in", "for", "prepared", "holds", title=f"Stand-in data sets in {data_dir()}")
    for name, entry in sorted(CATALOGUE.items()):
        table.add_row(name, entry.real or "the real data", "no" if name in todo else "yes", entry.about)
    Console().print(table)


@data_app.command("prepare")
def data_prepare(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="Stand-ins; without any: all.")] = None,
) -> None:
    """Build stand-ins into the data folder (GRADETAPE_DATA_DIR, else the user's cache)."""
    from gradetape.datasets.catalogue import CATALOGUE, missing
    from gradetape.datasets.preparing import ensure

    wanted = names or list(CATALOGUE)
    done = missing(wanted)
    ensure(wanted)
    typer.echo(f"prepared: {', '.join(done)}" if done else "nothing to do: all are prepared")
