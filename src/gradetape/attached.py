"""Files handed in: which of them come along into the guest, and why others do not.

Links are the danger: nbgrader copies what they point to, and so would hand a learner any file of the grader's.
"""

from __future__ import annotations

import itertools
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gradetape import inert
from gradetape.folders import MOST_ENTRIES, MOST_LEVELS, OverfullError, TooDeepError, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = [
    "MOST_BYTES", "MOST_FILES", "MOST_NAMED", "MOST_TOGETHER", "TIMESTAMP", "Sifted", "demand_open", "everything",
    "fault", "left_out", "move", "plain_files", "printable", "read", "read_plain", "set_aside", "sift",
]  # fmt: skip

MOST_BYTES = 32 * 2**20
MOST_TOGETHER = 128 * 2**20
MOST_FILES = 2000
MOST_NAMED = 20
_LONGEST = 4000  # bytes of a path: the system takes 4,095, and nbgrader's other folders have longer names
_TOO_MANY = f"a submission may hold {MOST_ENTRIES:,} files and folders, and this one holds more"
TIMESTAMP = "timestamp.txt"
"""nbgrader's note of when something was handed in: no file of the learner's, and no part of what is graded."""


def read(
    folder: Path, *, handed_in: Path | None = None, among: Iterable[Path] | None = None
) -> tuple[dict[str, bytes], list[str]]:
    """Read the files beside a notebook.

    Args:
        folder: where nbgrader put them; it copies the *content* of links.
        handed_in: the folder of the submission itself. What is a link there is no file of the learner's: its
            content could be anybody's, and is left out.
        among: the files to read, where they are known (`sift`).

    Returns:
        Contents by relative name, and a line for staff about each file that was left out.
    """
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    room = MOST_TOGETHER
    for path in plain_files(folder, among=among):
        name = path.relative_to(folder).as_posix()
        if name == TIMESTAMP:
            continue
        fault = _fault(path, handed_in / inert.original(name) if handed_in else None, room, len(files))
        if fault:
            left_out.append(f"Attached file {printable(name)} was left out: {fault}.")
            continue
        data = read_plain(path)
        if data is None:
            left_out.append(f"Attached file {name!r} was left out: it cannot be read.")
            continue
        files[name] = data
        room -= len(data)
    return files, left_out


@dataclass
class Sifted:
    """The files of a submission, notebooks aside: which of them come along, and why others do not."""

    kept: list[Path] = field(default_factory=list)
    out: dict[Path, str] = field(default_factory=dict)
    """Files, and whole folders, with the reason."""
    overfull: bool = False
    """The submission's own folder holds more than is looked at: nothing but its notebooks comes along."""


def sift(folder: Path) -> Sifted:
    """Say which files of a submission come along, without touching anything; no more than `MOST_ENTRIES` are looked at.

    Raises:
        OSError: the folder cannot be listed.
    """
    demand_open(folder)
    found = Sifted()

    def shut(error: OSError) -> None:
        path = Path(os.fsdecode(error.filename))
        if path != folder:
            found.out[path] = _why_shut(error)
        found.overfull |= path == folder and isinstance(error, OverfullError)

    room = MOST_TOGETHER
    for path in _visible_first(folder, shut, found.out):
        why = _too_long(path) or fault(path)
        if not why and path != folder / TIMESTAMP:  # that one comes along whatever lies beside it
            why = _beyond(path, room, len(found.kept)) or _unnameable(path)
        if why:
            found.out[path] = why
        else:
            found.kept.append(path)
            room -= path.lstat().st_size
    return found


def _visible_first(folder: Path, shut: Callable[[OSError], None], out: dict[Path, str]) -> Iterator[Path]:
    """Yield the files of a submission, notebooks aside; what no guest is given (`.git`, caches) takes nobody's room."""
    left = MOST_ENTRIES
    hidden: list[Path] = []
    for start in itertools.chain([folder], hidden):  # it grows while the first is walked
        files: list[Path] = []
        for where, folders, names in walk(start, onerror=shut, most=left):
            left -= len(folders) + len(names)
            links = _closed_or_links(Path(where), folders, out)
            if start == folder:
                hidden += [Path(where, name) for name in folders if _is_hidden(name)]
                folders[:] = [name for name in folders if not _is_hidden(name)]
            files += [Path(where, name) for name in sorted([*names, *links]) if not name.endswith(".ipynb")]
        yield from sorted(files, key=lambda path: _is_hidden(path.name))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


def demand_open(folder: Path) -> None:
    """Refuse a submission's folder that is none, or is closed to this account; none at all is no fault.

    Raises:
        OSError: says which, and what to do.
    """
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        what = "a link that leads nowhere" if folder.is_symlink() else "a file"
        raise NotADirectoryError(
            f"{str(folder)!r} is {what}, and should be a folder with the notebook in it. Put what was handed in there."
        )
    if not os.access(folder, os.R_OK | os.X_OK):
        raise PermissionError(
            f"{str(folder)!r} cannot be read by this account. Give it the right to (`chmod -R u+rwX`, as its owner), "
            "and grade again."
        )


def left_out(sifted: Sifted, folder: Path) -> list[str]:
    """Say in lines for staff what does not come along, of the first ones by name."""
    lines = [
        f"Attached file {printable(path.relative_to(folder).as_posix())} was left out: {why}."
        for path, why in itertools.islice(sifted.out.items(), MOST_NAMED)
    ]
    more = len(sifted.out) - MOST_NAMED
    return [*lines, *([f"Attached files were left out: {_TOO_MANY}."] if sifted.overfull else []),
            *([f"And {more:,} more attached files were left out."] if more > 0 else [])]  # fmt: skip


def _why_shut(error: OSError) -> str:
    if isinstance(error, TooDeepError):
        return f"it lies below more than {MOST_LEVELS} folders"
    if isinstance(error, OverfullError):
        return f"a submission may hold {MOST_ENTRIES:,} files and folders, and with this folder it holds more"
    return "it cannot be read"


def _closed_or_links(where: Path, folders: list[str], out: dict[Path, str]) -> list[str]:
    """Take from a folder's list of folders those that nobody may enter, noting them, and links, which are returned."""
    links = [name for name in folders if _is_link(where / name)]
    closed = [name for name in folders if name not in links and not os.access(where / name, os.R_OK | os.X_OK)]
    out.update((where / name, "it cannot be read") for name in closed)
    folders[:] = [name for name in folders if name not in {*links, *closed}]
    return links


def set_aside(folder: Path, aside: Path) -> list[str]:
    """Move what could not come along from a submission's folder to `aside`, before nbgrader copies it.

    Nothing is deleted. Notebooks stay: what is wrong with one is its learner's result.

    Returns:
        A line for staff about each file.

    Raises:
        OSError: something cannot be moved, or the folder not be listed: nothing of it may then be copied.
    """
    found = sift(folder)
    if found.overfull:
        number = _move_all(folder, aside)
        return [f"{number:,} attached files and folders were set aside: {_TOO_MANY}"] if number else []
    moved: list[str] = []
    gone: set[Path] = set()
    for path, why in found.out.items():
        if gone.isdisjoint((path, *path.parents)):
            name = _move(path, folder, aside, why)
            gone.add(folder / name)
            moved.append(f"{printable(name)} was set aside: {why}")
    return moved


def _move_all(folder: Path, aside: Path) -> int:
    """Move all but notebooks and the time of handing in out of a folder; return how many there were."""
    with os.scandir(folder) as entries:
        names = [e.name for e in entries if not e.name.endswith(".ipynb") and e.name != TIMESTAMP]
    if names:
        aside.mkdir(parents=True, exist_ok=True)
    for name in names:
        try:
            os.rename(f"{folder}/{name}", f"{aside}/{name}")  # noqa: PTH104 - a hundred thousand of them
        except OSError as error:
            raise _stuck(name, _TOO_MANY, error) from None
    return len(names)


def _unnameable(path: Path) -> str:
    try:
        inert.renamed(path.name)
    except inert.TooLongError as error:
        return str(error)
    return ""


def _too_long(path: Path) -> str:
    return f"its path has more than {_LONGEST:,} bytes" if len(os.fsencode(path)) > _LONGEST else ""


def _move(path: Path, folder: Path, aside: Path, why: str) -> str:
    """Move something out of a submission's folder, together with its topmost folder where its own name is too long."""
    name = path.relative_to(folder)
    if _too_long(path) or _too_long(aside / name):
        name = Path(name.parts[0])
    move(folder / name, aside / name, printable(name.as_posix()), why)
    return name.as_posix()


def move(path: Path, target: Path, what: str, why: str) -> None:
    """Move something of a learner's out of the way.

    Raises:
        OSError: it cannot be moved; the text says what to do.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink() and not os.access(path, os.W_OK):
            path.chmod(0o700)  # a folder that may not be written cannot be moved
        path.rename(target)
    except OSError as error:
        raise _stuck(what, why, error) from None


def _stuck(what: str, why: str, error: OSError) -> OSError:
    return type(error)(
        f"{what} in the submission's folder has to be set aside ({why}) and cannot be moved: {error.strerror}. Is it "
        "immutable (`lsattr`), or the folder not this account's? Move it away yourself, and grade again."
    )


def printable(name: str, most: int = 200) -> str:
    """Return a learner's name of a file in quotes, as it can stand in a log: one line, no control characters."""
    return repr(name if len(name) <= most else name[:most] + " …")


def plain_files(folder: Path, *, whole: bool = False, among: Iterable[Path] | None = None) -> Iterator[Path]:
    """Find all but notebooks, hidden files and caches below a folder, in order; links to folders are not followed.

    Args:
        folder: where to look.
        whole: whether a folder that cannot be listed is an error.
        among: the files to choose from, where they are known (`sift`).

    Raises:
        OSError: with `whole`, a folder in it cannot be listed.
    """
    for path in everything(folder, whole=whole) if among is None else among:
        parts = path.relative_to(folder).parts
        if path.suffix != ".ipynb" and not any(map(_is_hidden, parts)):
            yield path


def fault(path: Path, *, most: int = MOST_BYTES) -> str:
    """Say why a file cannot be taken for one of the learner's own; '' when it can. It is not opened."""
    try:
        seen = path.lstat()
    except OSError:
        return "it cannot be read"
    if not stat.S_ISREG(seen.st_mode):
        return "it is a link, a pipe, a folder or a device, not a file"
    if seen.st_nlink > 1:
        return "it is a hard link to another file"
    if seen.st_size > most:
        return f"it has {seen.st_size:,} bytes, and {most:,} are allowed"
    if not os.access(path, os.R_OK):
        return "it cannot be read"
    try:
        path.as_posix().encode()
    except UnicodeEncodeError:
        return "its name is no UTF-8 text"
    return ""


def read_plain(path: Path, *, most: int = MOST_BYTES) -> bytes | None:
    """Read a file in a place where somebody else can write; None for what is no plain file of at most `most` bytes.

    Links are not followed, pipes and devices not waited for, also when they take the file's place at this moment.
    """
    if fault(path, most=most):
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        seen = os.fstat(descriptor)
        if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1:
            return None
        data = file.read(most + 1)
    return data if len(data) <= most else None


def _fault(path: Path, original: Path | None, room: int, count: int) -> str:
    """Say why a file cannot come along; '' when it can."""
    found = fault(path)
    if not found and original is not None and os.path.lexists(original):
        found = fault(original)
    return found or _beyond(path, room, count)


def _beyond(path: Path, room: int, count: int) -> str:
    if path.lstat().st_size > room or count >= MOST_FILES:
        return f"together there may be {MOST_FILES:,} files of {MOST_TOGETHER:,} bytes"
    return ""


def _raised(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError | NotADirectoryError):  # there is no such folder, so nothing is in it
        raise error


def everything(folder: Path, *, whole: bool = False) -> Iterator[Path]:
    """Find everything below a folder that is no folder, links to folders included, in order.

    Raises:
        OSError: with `whole`, a folder in it cannot be listed, or lies too deep.
    """
    for where, folders, names in walk(folder, onerror=_raised if whole else None):
        links = [name for name in folders if _is_link(Path(where, name))]
        for name in sorted([*names, *links]):
            yield Path(where, name)


def _is_link(path: Path) -> bool:
    """As `Path.is_symlink`, which raises where a path is too long for the system."""
    return os.path.islink(path)  # noqa: PTH114
