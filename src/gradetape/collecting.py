"""`nbgrader collect` that one odd folder in the exchange does not end for everybody: for `c.ExchangeFactory.collect`.

The folders are their learners': names without a time, links to files of the one who collects, pipes, paths without end.
nbgrader follows the links, and gives the whole class up at the first fault.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import glob
import os
import pwd
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from nbgrader.exchange.default import collect, exchange
from nbgrader.exchange.default import list as listing

from gradetape import attached, notebook, timestamps
from gradetape.folders import MOST_ENTRIES, MOST_LEVELS, remove, walk
from gradetape.ids import student_problem
from gradetape.recording import replaced
from gradetape.texts import shown

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Collect", "List"]

_SECRET = "submission_secret.txt"  # noqa: S105 - a file's name
_OLDEST = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - nbgrader's times are UTC without saying so


class Collect(collect.ExchangeCollect):  # type: ignore[misc]
    """nbgrader's own, which looks at what it copies."""

    def init_src(self) -> None:
        """Called by nbgrader to choose a folder for each learner: among those that can be that learner's own."""
        with replaced(collect, "glob", SimpleNamespace(glob=self._candidates)):
            super().init_src()

    def _candidates(self, pattern: str) -> list[str]:
        """List what is in the exchange by nbgrader's pattern; what nobody may have handed in by that name is told."""
        folder, wanted = os.path.split(pattern)
        usable = []
        for path in sorted(glob.glob(os.path.join(glob.escape(folder), wanted))):  # noqa: PTH118, PTH207
            fault = self._fault(path)
            if fault:
                self.log.error("%r was passed over: %s", path, fault)
            else:
                usable.append(path)
        return usable

    def _fault(self, path: str) -> str:
        name = _learner(path)
        return student_problem(name) or (_other_owner(path, name) if self.check_owner else "")

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Called by nbgrader for each folder of the assignment; one whose name holds no time counts as the oldest."""
        name = Path(path).name
        parts = name.rsplit("+", 3)
        if len(parts) > 2 and timestamps.is_time(parts[2]):
            return super()._path_to_record(path)  # type: ignore[no-any-return]
        self.log.warning("%r in the exchange holds no time that can be read: it counts as the oldest.", name)
        return {"username": parts[0], "filename": name, "timestamp": _OLDEST}

    def copy_files(self) -> None:
        """Called by nbgrader to copy what it has found; a timestamp that cannot be read is as good as none."""
        stock = self.coursedir.get_existing_timestamp

        def existing(folder: str) -> dt.datetime | None:
            odd = timestamps.fault(Path(folder) / timestamps.TIMESTAMP)
            return None if odd else stock(folder)

        stock_remove = SimpleNamespace(rmtree=self._remove)
        with replaced(self.coursedir, "get_existing_timestamp", existing), replaced(collect, "shutil", stock_remove):
            super().copy_files()

    def start(self) -> Any:
        """Called by nbgrader for the command: a learner's name is one line of its log."""
        with _one_line(self.log):
            return super().start()

    def get_size(self, root: str) -> int:
        """Called by nbgrader before it copies: the size of the files that are looked at."""
        paths = (Path(where, name) for where, _, names in walk(root, most=MOST_ENTRIES) for name in names)
        return sum(path.lstat().st_size for path in paths if not path.is_symlink())

    def _remove(self, folder: str) -> None:
        """Called by nbgrader to remove what was collected before; where it cannot, `do_copy` says so of this one."""
        try:
            remove(Path(folder))
        except OSError as error:
            self.log.warning("%r cannot be removed: %s", folder, error)

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Called by nbgrader for each submission: links, pipes and devices stay behind, and a fault is this one's.

        So do folders deeper, and files more, than grading looks at; the notebook comes along.
        """
        left = MOST_ENTRIES

        def careful(**options: Any) -> Callable[[str, Sequence[str]], set[str]]:
            usual = exchange_ignores(**options)

            def ignored(folder: str, names: Sequence[str]) -> set[str]:
                nonlocal left
                behind = _beyond(src, folder, names, left)
                for why, those in behind.items():
                    self.log.warning("%r: %d files and folders were not collected: %s", src, len(those), why)
                names = [name for name in names if not any(name in those for those in behind.values())]
                left -= len(names)
                odd = {name for name in names if _is_odd(folder, name)}
                for name in sorted(odd):
                    self.log.warning("%r: %r is a link, a pipe or a device, and was not collected.", src, name)
                return odd.union(usual(folder, [name for name in names if name not in odd]), *behind.values())

            return ignored

        exchange_ignores, there = exchange.ignore_patterns, os.path.lexists(dest)
        try:
            _demand_folder(src)
            _demand_room(dest)
            with replaced(exchange, "ignore_patterns", careful):
                super().do_copy(src, dest, log)
        except Exception as error:  # noqa: BLE001 - whatever one submission raises, the others are collected
            self.log.error("%r was not collected: %s: %s", src, type(error).__name__, str(error)[:500])  # noqa: TRY400
            if not there:
                shutil.rmtree(dest, ignore_errors=True)


class List(listing.ExchangeList):  # type: ignore[misc]
    """`nbgrader list` in which a learner's name or file ends nobody else's line: for `c.ExchangeFactory.list`."""

    def start(self) -> Any:
        """Called by nbgrader for the command: a learner's name is one line of its log."""
        with _one_line(self.log):
            return super().start()

    def parse_assignments(self) -> Any:
        """Called by nbgrader to read what there is; what cannot be read is named, and left out."""
        usable = [path for path in self.assignments if self._is_usable(path)]
        with replaced(self, "assignments", usable):
            return super().parse_assignments()

    def _is_usable(self, path: str) -> bool:
        if not self.inbound:
            return True
        try:
            _demand_folder(path)
            _demand_name(path)
            self.parse_assignment(path)
            for name in sorted(os.listdir(path)):  # noqa: PTH208 - a learner's names, as they are
                if name.endswith(".ipynb") or name == _SECRET:
                    _demand_plain(Path(path, name))
        except Exception as error:  # noqa: BLE001 - whatever one raises, the others are listed
            self.log.error("%s was not listed: %s", path, str(error)[:500])  # noqa: TRY400
            return False
        return True


@contextlib.contextmanager
def _one_line(log: Any) -> Iterator[None]:
    """While open, what is logged is one line each: line breaks, and what a terminal would act on, are written out."""

    def written_out(record: logging.LogRecord) -> bool:
        record.msg, record.args = shown(record.getMessage().strip()), ()
        return True

    log.addFilter(written_out)
    try:
        yield
    finally:
        log.removeFilter(written_out)


def _beyond(src: str, folder: str, names: Sequence[str], left: int) -> dict[str, set[str]]:
    """Name what of a folder is more than grading looks at, by the reason; notebooks beside it come along."""
    if len(names) > left:
        kept = (".ipynb", timestamps.TIMESTAMP) if folder == src else ("\0",)
        return {
            f"a submission may hold {MOST_ENTRIES:,} files and folders.": {n for n in names if not n.endswith(kept)}
        }
    depth = len(Path(folder).relative_to(src).parts)
    below = {n for n in names if os.path.isdir(os.path.join(folder, n))} if depth >= MOST_LEVELS else set()  # noqa: PTH112, PTH118
    return {f"they lie below more than {MOST_LEVELS} folders.": below} if below else {}


def _demand_plain(path: Path) -> None:
    fault = attached.fault(path, most=notebook.MAX_BYTES)
    if fault:
        raise OSError(f"{attached.printable(path.name)}: {fault}")
    if path.name == _SECRET:
        path.read_text(encoding="utf-8")


def _learner(path: str) -> str:
    """Return whose a folder in the exchange says to be, as nbgrader reads it."""
    return os.path.basename(path).rsplit("+", 3)[0]  # noqa: PTH119 - a learner's name, as it is


def _other_owner(path: str, name: str) -> str:
    """Say that a folder is not its learner's, where that can be known; '' else.

    Where the name is no account of this machine (a hub's containers) all folders may have one owner. What root, or the
    account that collects, has put there for a learner is no forgery.
    """
    try:
        account = pwd.getpwnam(name)
        owner = os.lstat(path).st_uid
    except (KeyError, ValueError, OSError):
        return ""
    if owner in (account.pw_uid, 0, os.geteuid()):
        return ""
    try:
        who = pwd.getpwuid(owner).pw_name
    except KeyError:
        who = f"uid {owner}"
    return (
        f"{name} is an account of this machine, and the folder belongs to {who}, so {name} did not hand it in. If "
        "somebody else may hand in for learners here: c.ExchangeCollect.check_owner = False in nbgrader_config.py."
    )


def _demand_name(path: str) -> None:
    problem = student_problem(_learner(path))
    if problem:
        raise ValueError(problem)


def _demand_folder(path: str) -> None:
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        raise NotADirectoryError(f"{path!r} is a link or a file, not a folder.")


def _demand_room(path: str) -> None:
    if os.path.lexists(path):
        raise FileExistsError(f"{path!r} is there, and cannot be removed. Move it away, and collect again.")


def _is_odd(folder: str, name: str) -> bool:
    try:
        mode = os.lstat(os.path.join(folder, name)).st_mode  # noqa: PTH118 - a learner's name, as it is
    except OSError:
        return True
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
