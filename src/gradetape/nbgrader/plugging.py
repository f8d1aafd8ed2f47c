"""What `plug_in` sets in nbgrader's configuration, and whether a configuration in force still has it.

Light: it is imported whenever nbgrader reads a course's configuration, and imports nothing of nbgrader itself. It never
raises: traitlets logs what a configuration file raises and goes on without that file, so nbgrader would grade
unfenced. What contradicts is kept, and refused when grading begins (`gradetape.nbgrader.converter`).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "ADVICE", "NEEDED", "Protection", "contradictions", "is_plugged", "misconfigured", "missteps", "named", "note",
    "plug_in", "unprotected", "watch",
]  # fmt: skip

ADVICE = (
    "Write `from pathlib import Path`, `from gradetape.nbgrader import plug_in` and, as the last line, "
    "`plug_in(c, Path(__file__).parent)` into nbgrader_config.py."
)
EXPORTER = "gradetape.nbgrader.SubmissionExporter"
PAGE = "gradetape.feedback_page.FeedbackExporter"
COLLECT = "gradetape.collecting.Collect"
LIST = "gradetape.collecting.List"
_SANITIZE = ("ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata")
_AUTOGRADE = (
    "Execute", "IgnorePattern", "ClearMetadataPreprocessor", "LimitOutput", "SaveAutoGrades", "AssignLatePenalties",
    "CheckCellMetadata",
)  # fmt: skip
_BETWEEN = ("IgnorePattern", "ClearMetadataPreprocessor", "LimitOutput")
"""Of nbgrader's and nbconvert's own, those that leave what SaveAutoGrades reads of the outputs that Execute wrote."""
NEEDED = {
    "ClearOutput": "outputs that a learner has typed would count",
    "DeduplicateIds": "a cell that is there twice would count twice",
    "OverwriteCells": "a learner's own tests and points would count",
    "CheckCellMetadata": "cells of an older format would count",
    "RestoreCells": "changed and missing cells would count",
    "Execute": "nothing would be graded",
    "SaveAutoGrades": "no score would be recorded",
}
"""Steps without which nbgrader grades wrongly, and what then happens."""
_PROVISIONER = "gradetape-warm"
_EVERYWHERE = Path("/")
_OF_LEARNERS = frozenset({"submitted", "autograded", "feedback"})
_plugged: dict[Path, list[str]] = {}


@dataclass(frozen=True)
class Protection:
    """A protection that a configuration lacks: the setting, what it guards, and whether grading needs it."""

    setting: str
    guards: str
    needed: bool = True

    def __str__(self) -> str:
        return f"{self.setting}: {self.guards}"


def plug_in(
    c: Any,
    root: Path | str,
    *,
    exchange: Path | str | None = None,
    feedback_page: bool = True,
    skip_demos: bool = True,
    warm_kernels: bool = True,
) -> None:
    """Plug Gradetape into a course; called in its `nbgrader_config.py`, or in the account's, below the other settings.

    What is set already is kept: other preprocessors in nbgrader's lists, and every setting that contradicts nothing.
    Two settings that contradict each other are named in the log now, and grading is refused until one of them is gone.

    Args:
        c: what `get_config()` gave.
        root: the folder of the configuration file, `Path(__file__).parent`. The course itself is taken from nbgrader's
            `CourseDirectory` when something is graded.
        exchange: a folder for an exchange of the course's own, made where it is not there; None leaves nbgrader's.
        feedback_page: whether `nbgrader generate_feedback` writes Gradetape's page.
        skip_demos: whether `nbgrader validate` leaves demo cells out.
        warm_kernels: whether `nbgrader validate` takes the warm kernels of a JupyterLab that runs.
    """
    problems = [
        *(
            _take_lists(c.Autograde)
            or missteps(c.Autograde.sanitize_preprocessors, c.Autograde.autograde_preprocessors)
        ),
        *_take_class(
            c.Autograde, "Autograde", EXPORTER, "Remove that line: hidden tests are asked through this exporter."
        ),
        *_enabled(c),
    ]
    warnings = _switch_off(c)
    if feedback_page:
        advice = "It stays; say plug_in(…, feedback_page=False) if that is meant, or remove that line."
        warnings += _take_class(c.GenerateFeedback, "GenerateFeedback", PAGE, advice)
    c.ExchangeFactory.update({"collect": COLLECT, "list": LIST} | dict(c.ExchangeFactory))
    if "force" not in c.GenerateAssignment:
        c.GenerateAssignment.force = True  # release/ is kept with the course: what is there is made anew and recorded
    if skip_demos and "skip_cells_with_tag" not in c.Execute:
        c.Execute.skip_cells_with_tag = "demo"
    if warm_kernels:
        os.environ.setdefault("JUPYTER_DEFAULT_PROVISIONER_NAME", _PROVISIONER)
        if "start" not in c.WarmProvisioner:
            c.WarmProvisioner.start = False
    if exchange is not None:
        warnings += _take_exchange(c, Path(root).resolve() / exchange, problems)
    note(Path(root), problems)
    if "root" in c.CourseDirectory:
        note(Path(c.CourseDirectory.root), problems)
    for line in (*problems, *warnings):
        _log().error("Gradetape: %s", line)


def _take_lists(section: Any) -> list[str]:
    """Put Gradetape's preprocessors into nbgrader's two lists; the others stay where they are."""
    problems = []
    steps = _value(section, "sanitize_preprocessors", [f"nbgrader.preprocessors.{name}" for name in _SANITIZE])
    section.sanitize_preprocessors = [_ours("RestoreCells"), *(s for s in steps if not is_ours(s, "RestoreCells"))]
    stock = [
        f"{'nbconvert' if name.endswith('Preprocessor') else 'nbgrader'}.preprocessors.{name}" for name in _AUTOGRADE
    ]
    steps = _value(section, "autograde_preprocessors", stock)
    for name in ("Execute", "SaveAutoGrades"):
        ours, theirs = (any(test(s, name) for s in steps) for test in (is_ours, is_stock))
        if ours and theirs:
            problems.append(
                f"c.Autograde.autograde_preprocessors holds both nbgrader's {name} and Gradetape's. Remove nbgrader's."
            )
        elif theirs:
            steps = [_ours(name) if is_stock(s, name) else s for s in steps]
        elif not ours and name == "Execute":
            steps = [_ours(name), *steps]
        elif not ours:
            problems.append(
                "c.Autograde.autograde_preprocessors has no SaveAutoGrades, so no score would be recorded. Put "
                "'nbgrader.preprocessors.SaveAutoGrades' into it, or leave the list to plug_in."
            )
    section.autograde_preprocessors = steps
    return problems or missteps(section.sanitize_preprocessors, steps)


def _value(section: Any, name: str, default: list[Any]) -> list[Any]:
    """Return a list as the course has set it, or has added to it."""
    if name not in section:
        return default
    value = section[name]
    return list(value.get_value(default) if hasattr(value, "get_value") else value)


def _take_class(section: Any, name: str, ours: str, advice: str) -> list[str]:
    before = section.exporter_class if "exporter_class" in section else ours
    if named(before) == ours or is_ours(before, ours.rpartition(".")[2]):
        section.exporter_class = ours
        return []
    return [f"c.{name}.exporter_class is {named(before)!r}, and plug_in sets {ours!r}. {advice}"]


def _enabled(c: Any) -> list[str]:
    """Switch what grading needs on, whatever is set for classes that it is made of; name what switches it off."""
    for name in NEEDED:
        if "enabled" not in c[name]:
            c[name].enabled = True
    return _disabled(c)


def _disabled(c: Any) -> list[str]:
    return [
        f"c.{name}.enabled = {c[name].enabled!r} switches off what grading needs: {guards}. Remove that line."
        for name, guards in NEEDED.items()
        if "enabled" in c[name] and c[name].enabled is not True
    ]


def missteps(sanitize: Iterable[Any], steps: Iterable[Any]) -> list[str]:
    """Say where the two lists of preprocessors lack a step that grading needs, or have it in a wrong place.

    Args:
        sanitize: `c.Autograde.sanitize_preprocessors`, names or classes.
        steps: `c.Autograde.autograde_preprocessors`.
    """
    first, second = ([named(step).rpartition(".")[2] for step in those] for those in (sanitize, steps))
    wanted = ["RestoreCells", *(name for name in _SANITIZE if name in NEEDED)]
    problems = _order("sanitize_preprocessors", first, wanted)
    problems += _order("autograde_preprocessors", second, ["Execute", "SaveAutoGrades"])
    if not problems:
        stock = {named(s).rpartition(".")[2] for s in steps if named(s).startswith(("nbgrader.", "nbconvert."))}
        between = second[second.index("Execute") + 1 : second.index("SaveAutoGrades")]
        problems += [
            f"c.Autograde.autograde_preprocessors has {name} between Execute and SaveAutoGrades, which would then not "
            "find what the cells gave. Put it behind them."
            for name in between
            if name in stock and name not in _BETWEEN
        ]
    return problems


def misconfigured(c: Any) -> list[str]:
    """Say what of a configuration in force would have nbgrader's steps give other points than the learners deserve."""
    lists = (_value(c.Autograde, f"{name}_preprocessors", []) for name in ("sanitize", "autograde"))
    return [*missteps(*lists), *_disabled(c)]


def _order(setting: str, names: list[str], wanted: list[str]) -> list[str]:
    missing = [name for name in wanted if name not in names]
    if missing:
        return [
            f"c.Autograde.{setting} lacks {name}: {NEEDED[name]}. Put it in, or remove the list." for name in missing
        ]
    if [name for name in dict.fromkeys(names) if name in wanted] != wanted:
        return [f"c.Autograde.{setting} has its steps in a wrong order. Put them so: {', '.join(wanted)}."]
    return []


def _switch_off(c: Any) -> list[str]:
    """Keep nbconvert from running the cells of whatever is opened in the formgrader."""
    if not _is_on(c, "ExecutePreprocessor"):
        return []
    c.ExecutePreprocessor.enabled = False
    return [
        (
            "c.ExecutePreprocessor.enabled = True would run a submission's cells when somebody opens it in the "
            "formgrader. It "
            "is switched off; remove that line."
        )
    ]


def _is_on(c: Any, name: str) -> bool:
    return "enabled" in c[name] and bool(c[name].enabled)


def _take_exchange(c: Any, folder: Path, problems: list[str]) -> list[str]:
    from gradetape import exchange

    before = str(c.Exchange.root) if "root" in c.Exchange else str(folder)
    c.Exchange.root = str(folder)
    try:
        exchange.make(folder, str(c.CourseDirectory.course_id) if "course_id" in c.CourseDirectory else "")
    except OSError as error:
        problems.append(f"The exchange {str(folder)!r} cannot be made: {error}.")
    if Path(before).resolve() == folder:
        return []
    sets = f"plug_in(…, exchange=…) sets {str(folder)!r}, which counts"
    return [f"c.Exchange.root is {before!r}, and {sets}. Remove one of the two."]


def _log() -> Any:
    from traitlets.log import get_logger

    return get_logger()


def note(root: Path, problems: Sequence[str] = ()) -> None:
    """Remember that this process grades a plugged-in course, even if the rest of its configuration file fails."""
    from gradetape import logged, recovery
    from gradetape.nbgrader import formgrader

    logged.guard(_log())
    root = root.resolve()
    _plugged[_EVERYWHERE if _is_of_the_account(root) else root] = list(problems)
    recovery.wait_for_locks()
    formgrader.install()
    if "nbgrader.converters.autograde" in sys.modules:  # else nobody here can grade yet
        from gradetape.nbgrader import converter

        converter.install()


def _is_of_the_account(folder: Path) -> bool:
    from jupyter_core.paths import jupyter_config_path

    return folder in [Path(p).resolve() for p in jupyter_config_path()]


def is_plugged(root: Path | str) -> bool:
    """Whether this course is to be graded by Gradetape or not at all.

    So it is once any configuration of this process has plugged in (the course may lie elsewhere than the file that
    names it); and where it has graders/, or a configuration that speaks of Gradetape, though that could not be read.
    """
    if _plugged:
        return True
    root = Path(root).resolve()
    if os.path.lexists(root / "graders"):
        return True
    return any(_speaks_of_us(Path(folder) / "nbgrader_config.py") for folder in (str(root), *_account()))


def _speaks_of_us(file: Path) -> bool:
    try:
        return b"gradetape" in file.read_bytes()
    except OSError:
        return False


def _account() -> list[str]:
    from jupyter_core.paths import jupyter_config_path

    own = Path(sys.prefix, "etc", "jupyter")  # there lies what calls `watch`
    return [str(folder) for folder in jupyter_config_path() if Path(folder) != own]


def watch() -> None:
    """Called from the environment's own nbgrader_config.py, which nbgrader reads before all others.

    A course's configuration may break off before it has plugged in; traitlets then goes on without it. And nbgrader
    runs the configuration of the folder in which it is started, whoever has put it there.
    """
    from gradetape import logged

    logged.guard(_log())
    _refuse_learners_folder(Path.cwd())
    if "nbgrader.converters.autograde" in sys.modules:
        from gradetape.nbgrader import converter

        converter.install()


def _refuse_learners_folder(folder: Path) -> None:
    """End the program where the configuration that nbgrader would run next was handed in by a learner.

    Not by an exception: traitlets would log it and go on.
    """
    theirs = [p for p in (folder, *folder.parents) if p.name in _OF_LEARNERS and (p.parent / "source").is_dir()]
    found = [name for name in ("nbgrader_config.py", "nbgrader_config.json") if os.path.lexists(folder / name)]
    if theirs and found:
        raise SystemExit(
            f"Gradetape: {folder / found[0]} lies among what learners handed in, and nbgrader would run it as you. "
            f"Start nbgrader in the course directory, {theirs[-1].parent}."
        )


def contradictions(root: Path | str) -> list[str]:
    """Return what `plug_in` found to contradict its settings, in words."""
    return [line for place in (_EVERYWHERE, Path(root).resolve()) for line in _plugged.get(place, [])]


def named(step: Any) -> str:
    """Return the dotted name of a class that a configuration names or holds."""
    return step if isinstance(step, str) else f"{getattr(step, '__module__', '')}.{getattr(step, '__qualname__', step)}"


def is_ours(step: Any, name: str) -> bool:
    """Whether a configuration's class is Gradetape's of this name."""
    return named(step).startswith("gradetape.") and named(step).endswith(f".{name}")


def is_stock(step: Any, name: str) -> bool:
    """Whether a configuration's class is nbgrader's of this name."""
    return named(step).startswith("nbgrader.") and named(step).endswith(f".{name}")


def _ours(name: str) -> str:
    return f"gradetape.nbgrader.{name}"


def unprotected(c: Any) -> list[Protection]:
    """Compare a configuration in force with what `plug_in` sets; name each protection that it lacks."""
    sanitize: Sequence[Any] = _value(c.Autograde, "sanitize_preprocessors", [])
    steps: Iterable[Any] = _value(c.Autograde, "autograde_preprocessors", [])
    exporter = c.Autograde.exporter_class if "exporter_class" in c.Autograde else ""
    page = c.GenerateFeedback.exporter_class if "exporter_class" in c.GenerateFeedback else ""
    fenced = any(is_ours(s, "Execute") for s in steps) and not any(is_stock(s, "Execute") for s in steps)
    held = {
        Protection(
            "c.Autograde.exporter_class",
            "submissions are looked at before a file of theirs is copied, and hidden tests are asked",
        ): is_ours(exporter, "SubmissionExporter"),
        Protection("c.Autograde.sanitize_preprocessors", "missing and changed cells come back from the release"): bool(
            sanitize
        )
        and is_ours(sanitize[0], "RestoreCells"),
        Protection(
            "c.Autograde.autograde_preprocessors, Execute", "learners' cells run isolated, not as the grader"
        ): fenced and not ("enabled" in c.Execute and not c.Execute.enabled),
        Protection(
            "c.Autograde.autograde_preprocessors, SaveAutoGrades", "scores come from the result, not from outputs"
        ): any(is_ours(s, "SaveAutoGrades") for s in steps)
        and not any(is_stock(s, "SaveAutoGrades") for s in steps)
        and not ("enabled" in c.SaveAutoGrades and not c.SaveAutoGrades.enabled),
        Protection(
            "c.ExecutePreprocessor.enabled", "opening a submission in the formgrader runs none of its cells"
        ): not _is_on(c, "ExecutePreprocessor"),
        Protection(
            "c.GenerateFeedback.exporter_class", "no script of a learner's runs on a feedback page", needed=False
        ): is_ours(page, "FeedbackExporter"),
        Protection("c.ExchangeFactory.collect", "collecting follows no link of a learner's", needed=False): "collect"
        in c.ExchangeFactory,
    }
    return [protection for protection, holds in held.items() if not holds]
