"""Tables as CSV files: cells that no spreadsheet takes for a formula, and lists of learners that a site gave out.

Knows nothing of nbgrader or grades.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from typing import TYPE_CHECKING

from gradetape.exports.scores import ExportError
from gradetape.spreadsheet import guarded
from gradetape.texts import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["number", "read_table", "text", "write_file", "write_table"]

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")


def text(value: str, *, lines: bool = False) -> str:
    """Return a text as a cell: no control characters, and an apostrophe before what would be a formula.

    Spreadsheets run a cell that begins with =, +, - or @, quoted or not. Numbers are left as they are.

    Args:
        value: a name, an identifier, a message.
        lines: keep the line ends of a longer text.
    """
    kept = "".join(c if c in "\n\t" or unicodedata.category(c) != "Cc" else " " for c in value.replace("\r\n", "\n"))
    plain = kept.strip() if lines else " ".join(kept.split())
    return _plain(plain)


def _plain(cell: str) -> str:
    return cell if _NUMBER.fullmatch(cell) else storable(guarded(cell))


def number(value: float) -> str:
    """Return points with at most four decimals and a decimal point."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def write_file(path: Path, content: str) -> None:
    """Write a file of UTF-8; folders are made.

    Raises:
        ExportError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise ExportError(f"{str(path)!r} cannot be written: {error.strerror}. Name another place with --to.") from None


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file: UTF-8, commas, quotes where they are needed. No cell is a formula, whoever made it.

    Raises:
        ExportError: it cannot be written.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in (header, *rows))
    write_file(path, buffer.getvalue())


def read_table(path: Path, required: Sequence[str], *, setting: str, source: str) -> tuple[list[str], list[list[str]]]:
    """Read a CSV file that a site gave out; commas or semicolons, with or without a byte order mark.

    Args:
        path: where it lies.
        required: columns that it has to have.
        setting: the setting that named it, for messages.
        source: how to get the right file, for messages.

    Returns:
        Its header, and its rows, filled up to the header's length.

    Raises:
        ExportError: there is no such file, or it is another kind of table.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ExportError(f"{setting} = {str(path)!r}: {error.strerror}. {source}") from None
    except UnicodeDecodeError:
        raise ExportError(f"{setting} = {str(path)!r}: this is no text in UTF-8. {source}") from None
    first = content.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
    header = [name.strip() for name in rows[0]] if rows else []
    missing = [name for name in required if name not in header]
    if missing:
        raise ExportError(f"{setting} = {str(path)!r} has no column {', '.join(map(repr, missing))}. {source}")
    return header, [row + [""] * (len(header) - len(row)) for row in rows[1:]]
