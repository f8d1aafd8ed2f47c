"""What nbgrader would release of an assignment, made in a scratch course: an edge, it needs nbgrader."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradetape import gradebook, recovery
from gradetape.course import CourseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradetape.course import Course

__all__ = ["course_config", "generate", "nbgrader_api", "reason", "warnings_of"]

_LONGEST_REASON = 400
_ERROR = re.compile(r"[A-Za-z_][\w.]*(Error|Exception)(: |$)")


def course_config(root: Path) -> Any:
    """Read the configuration that nbgrader would have in this course: the account's files, then the course's own.

    Raises:
        CourseError: one of the files cannot be read whole. (nbgrader would log it and go on without that file.)
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config
    from traitlets.config.loader import ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

    config: Any = Config()
    for folder in [*reversed(jupyter_config_path()), str(root)]:
        for loader in (PyFileConfigLoader, JSONFileConfigLoader):
            name = f"nbgrader_config.{'py' if loader is PyFileConfigLoader else 'json'}"
            try:
                config.merge(loader(name, path=folder).load_config())
            except ConfigFileNotFound:
                continue
            except Exception as error:
                raise CourseError(f"{Path(folder, name)} cannot be read: {type(error).__name__}: {error}") from error
    config.CourseDirectory.root = str(root)
    return config


def nbgrader_api(root: Path) -> Any:
    """Return nbgrader's API for the course directory `root`, with its own settings and a quiet log.

    Several commands may do so at once in a course that has no gradebook yet.

    Raises:
        CourseError: nbgrader is not installed.
    """
    gradebook.one_at_a_time(root)
    return _api(root)


def _api(root: Path, *, usual_names: bool = False) -> Any:
    _scripts_on_path()
    try:
        from nbgrader.apps import NbGraderAPI
        from nbgrader.coursedir import CourseDirectory
    except ImportError:
        raise CourseError("nbgrader is not installed. Run `pip install 'gradetape[nbgrader]'`.") from None
    from gradetape.nbgrader import converter

    _quiet_database()
    config = course_config(root)
    if usual_names:
        for name in ("source_directory", "release_directory", "directory_structure"):
            config.CourseDirectory.pop(name, None)
    recovery.wait_for_locks()
    converter.install()
    api = NbGraderAPI(config=config, coursedir=CourseDirectory(config=config))
    api.log = logging.getLogger("gradetape.nbgrader")
    api.log.propagate = False
    return api


def _quiet_database() -> None:
    """Nbgrader's gradebook makes SQLAlchemy warn a dozen times a submission; none concerns the instructor."""
    from sqlalchemy.exc import SAWarning

    warnings.filterwarnings("ignore", category=SAWarning)


def _scripts_on_path() -> None:
    """Nbgrader starts `alembic` by name: let it find the one of this environment, activated or not."""
    scripts = str(Path(sys.executable).parent)
    known = os.environ.get("PATH", "")
    if scripts not in known.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join(filter(None, (scripts, known)))


def generate(course: Course, assignment: str) -> bytes:
    """Return the notebook that `nbgrader generate_assignment` would release now.

    Raises:
        CourseError: nbgrader refuses; the text carries its reason.
    """
    with tempfile.TemporaryDirectory(prefix="gradetape-release-") as name:
        scratch = Path(name)
        source = course.folder("source", assignment)
        shutil.copytree(source, scratch / "source" / assignment)
        config = course.root / "nbgrader_config.py"
        if config.is_file():
            shutil.copy(config, scratch)
        for header in _extra_files(source.parent):
            shutil.copy(header, scratch / "source")
        api = _api(scratch, usual_names=True)
        api.config.SaveCells.enabled = False  # as `nbgrader generate_assignment --no-db`: a gradebook takes seconds
        api.config.GenerateAssignment.no_database = True
        done = api.generate_assignment(assignment)
        made = scratch / "release" / assignment / f"{assignment}.ipynb"
        if not done["success"] or not made.is_file():
            raise CourseError(f"nbgrader cannot release {assignment!r}: {reason(done)}")
        return made.read_bytes()


def _extra_files(source: Path) -> Iterator[Path]:
    """Header and footer notebooks lie directly in source/."""
    return (path for path in source.glob("*") if path.is_file())


def warnings_of(done: dict[str, Any], whose: str) -> tuple[str, ...]:
    """Return what nbgrader's API has warned of one submission, in lines that begin with `whose`."""
    start = f"[WARNING] {whose}"
    lines = (line.strip() for line in (done.get("log") or "").splitlines())
    return tuple(line.removeprefix(start) for line in lines if line.startswith(start))


def reason(done: dict[str, Any]) -> str:
    """Find the telling line in what nbgrader's API says of a failure."""
    lines = [line.strip() for line in (done.get("log") or "").splitlines()]
    errors = [line for line in lines if _ERROR.match(line)]
    found = errors[0] if errors else next((line for line in lines if line.startswith("[ERROR]")), "no reason was given")
    found = found.removeprefix("nbgrader.converters.base.NbGraderException: ")
    return found if len(found) <= _LONGEST_REASON else f"{found[:_LONGEST_REASON]} …"
