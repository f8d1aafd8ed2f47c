"""`nbgrader collect` that one odd folder in the exchange does not end for everybody: for `c.ExchangeFactory.collect`.

The folders are their learners': names without a time, links to files of the one who collects, pipes, paths without end.
nbgrader follows the links, and gives the whole class up at the first fault.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.exchange.default import collect, exchange

from gradetape import timestamps
from gradetape.recording import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Collect"]

_OLDEST = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - nbgrader's times are UTC without saying so


class Collect(collect.ExchangeCollect):  # type: ignore[misc]
    """nbgrader's own, which looks at what it copies."""

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

        with replaced(self.coursedir, "get_existing_timestamp", existing):
            super().copy_files()

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Called by nbgrader for each submission: links, pipes and devices stay behind, and a fault is this one's."""

        def careful(**options: Any) -> Callable[[str, Sequence[str]], set[str]]:
            usual = exchange_ignores(**options)

            def ignored(folder: str, names: Sequence[str]) -> set[str]:
                odd = {name for name in names if _is_odd(folder, name)}
                for name in sorted(odd):
                    self.log.warning("%r: %r is a link, a pipe or a device, and was not collected.", src, name)
                return odd | set(usual(folder, [name for name in names if name not in odd]))

            return ignored

        exchange_ignores = exchange.ignore_patterns
        try:
            _demand_folder(src)
            with replaced(exchange, "ignore_patterns", careful):
                super().do_copy(src, dest, log)
        except Exception as error:  # noqa: BLE001 - whatever one submission raises, the others are collected
            self.log.error("%r was not collected: %s: %s", src, type(error).__name__, str(error)[:500])  # noqa: TRY400
            shutil.rmtree(dest, ignore_errors=True)


def _demand_folder(path: str) -> None:
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        raise NotADirectoryError(f"{path!r} is a link or a file, not a folder.")


def _is_odd(folder: str, name: str) -> bool:
    try:
        mode = os.lstat(os.path.join(folder, name)).st_mode  # noqa: PTH118 - a learner's name, as it is
    except OSError:
        return True
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
