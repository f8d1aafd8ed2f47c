"""Reviewed equivalents: changes of the reference that no test could notice, each with the reason.

They live in `graders/<assignment>/equivalent.toml`, as data that a second person can review.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


__all__ = ["Equivalent", "draft", "parse"]

_KEYS = ("question", "mutant", "change", "reason")


@dataclass(frozen=True)
class Equivalent:
    """A mutant that counts as right: its question and id, what it changes (for people), and why nothing can tell."""

    question: str
    mutant: str
    change: str
    reason: str


def parse(text: str, *, where: str) -> tuple[tuple[Equivalent, ...], tuple[str, ...]]:
    """Read an equivalent.toml.

    Args:
        text: the file's content.
        where: the file's name, for messages.

    Returns:
        The usable entries, and a problem in words for each that cannot be used.
    """
    try:
        entries = tomllib.loads(text).get("equivalent", [])
    except tomllib.TOMLDecodeError as error:
        return (), (f"{where} is no TOML: {error}.",)
    if not isinstance(entries, list):
        return (), (f"{where}: write [[equivalent]] above each entry.",)
    found: dict[str, Equivalent] = {}
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        said = _problem(entry, found)
        if said:
            problems.append(f"{where}, entry {number}: {said}")
        else:
            found[entry["mutant"]] = Equivalent(*(entry[key].strip() for key in _KEYS))
    return tuple(found.values()), tuple(problems)


def _problem(entry: Any, found: dict[str, Equivalent]) -> str:
    if not isinstance(entry, dict):
        return "write [[equivalent]] above each entry."
    unknown = sorted(set(entry) - set(_KEYS))
    if unknown:
        return f"unknown {', '.join(unknown)}. Known are {', '.join(_KEYS)}."
    missing = [key for key in _KEYS if not isinstance(entry.get(key), str) or not entry[key].strip()]
    if missing:
        return f"{', '.join(missing)} is missing. Say of every mutant what it changes and why no test can notice."
    if entry["mutant"] in found:
        return f"mutant {entry['mutant']!r} stands here twice. Remove one."
    return ""


def draft(mutants: Iterable[tuple[str, str, str]]) -> str:
    """Write entries for mutants (question, id, diff), without their reasons: those are a person's."""
    return "\n".join(
        f"[[equivalent]]\nquestion = {_quoted(question)}\nmutant = {_quoted(mutant)}\n"
        f"change = '''\n{diff}\n'''\nreason = \"\"\n"
        for question, mutant, diff in mutants
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
