"""Cells of tables that no spreadsheet takes for a formula, quoted or not."""

from __future__ import annotations

__all__ = ["guarded"]

_FORMULA = frozenset("=+-@＝＋－＠\t\r")  # noqa: RUF001 - spreadsheets take the wide forms, too


def guarded(text: str) -> str:
    """Return a cell's text, with an apostrophe before what would be a formula."""
    return f"'{text}" if text[:1] in _FORMULA else text
