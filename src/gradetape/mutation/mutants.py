"""Make the mutants of an assignment: what stands between BEGIN and END SOLUTION, with one small change each."""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

from gradetape.mutation.operators import COSMETIC, OPERATORS
from gradetape.notebook import grade_ids
from gradetape.variants import Variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gradetape.course import Assignment

__all__ = ["Mutant", "mutants"]

_BEGIN, _END = re.compile(r"\s*###\s*BEGIN SOLUTION"), re.compile(r"\s*###\s*END SOLUTION")
_ID_LENGTH = 10
_QUIET = (cst.Raise, cst.Assert, cst.Annotation, cst.Import, cst.ImportFrom)
"""Where a change alters a message, a hint or an import, not what is computed."""


@dataclass(frozen=True, kw_only=True)
class Mutant(Variant):
    """A changed reference solution; `name` is its id, which stays while the question's solution does."""

    operator: str
    diff: str


def mutants(assignment: Assignment) -> list[Mutant]:
    """Return all mutants of an assignment's automatic questions, without doubles, in the order of the notebook."""
    sources = grade_ids(assignment.notebook)
    found: dict[str, Mutant] = {}
    for question in assignment.questions:
        for cell in () if question.manual else question.answers:
            for operator, changed in _changes(sources[cell]):
                name = _name(question.name, changed)
                mutant = Mutant(
                    question=question.name, name=name, cell=cell, source=changed, operator=operator,
                    diff=_diff(sources[cell], changed, context=operator == "statement"),
                )  # fmt: skip
                found.setdefault(name, mutant)
    return list(found.values())


def _changes(source: str) -> Iterator[tuple[str, str]]:
    """Yield (operator, changed source) for every change that alters what Python sees."""
    wrapper = MetadataWrapper(cst.parse_module(source))
    places = wrapper.resolve(PositionProvider)
    parents = wrapper.resolve(ParentNodeProvider)
    lines, seen = _solution_lines(source), {ast.dump(ast.parse(source))}
    for node in _nodes(wrapper.module):
        if not _within(node, places, lines) or _is_quiet(node, parents):
            continue
        for operator, kind, change in OPERATORS:
            for other in change(node) if isinstance(node, kind) else ():
                changed = _replaced(wrapper.module, node, other)
                parsed = _parsed(changed)
                if parsed is not None and parsed not in seen and _same_frame(source, changed):
                    seen.add(parsed)
                    yield operator, changed


def _replaced(module: cst.Module, node: cst.CSTNode, other: cst.CSTNode) -> str:
    if node is module:
        return other.code if isinstance(other, cst.Module) else ""
    replaced = module.deep_replace(node, other)
    return replaced.code if isinstance(replaced, cst.Module) else ""


def _nodes(module: cst.Module) -> Iterator[cst.CSTNode]:
    todo: list[cst.CSTNode] = [module]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(node.children))


def _solution_lines(source: str) -> set[int]:
    """Return the lines (from 1) between the marks; all lines when there are none."""
    inside, found, marked = False, set(), False
    for number, line in enumerate(source.splitlines(), start=1):
        if _BEGIN.match(line):
            inside = marked = True
        elif _END.match(line):
            inside = False
        elif inside:
            found.add(number)
    return found if marked else set(range(1, source.count("\n") + 2))


def _within(node: cst.CSTNode, places: Mapping[cst.CSTNode, object], lines: set[int]) -> bool:
    """Say whether a node begins in a solution; a block or module counts when any of it does."""
    place = places.get(node)
    start, end = getattr(place, "start", None), getattr(place, "end", None)
    if start is None or end is None:
        return True  # an operator token: its parent was asked already
    if isinstance(node, cst.IndentedBlock | cst.Module):
        return any(number in lines for number in range(start.line, end.line + 1))
    return start.line in lines


def _is_quiet(node: cst.CSTNode, parents: Mapping[cst.CSTNode, cst.CSTNode]) -> bool:
    while True:
        if isinstance(node, _QUIET) or (isinstance(node, cst.Arg) and node.keyword and node.keyword.value in COSMETIC):
            return True
        if node not in parents:
            return False
        node = parents[node]


def _parsed(source: str) -> str | None:
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return None


def _same_frame(source: str, changed: str) -> bool:
    """Say whether everything outside the solution's lines is as it was."""
    return _outside(source) == _outside(changed)


def _outside(source: str) -> list[str]:
    """Return the lines that learners are given; none when the whole cell is theirs."""
    lines = _solution_lines(source)
    return [t for n, t in enumerate(source.splitlines(), start=1) if n not in lines and t.strip()]


def _name(question: str, changed: str) -> str:
    """Name a mutant by its question and what stands in its solution, comments and blank lines aside."""
    lines = _solution_lines(changed)
    text = [t.rstrip() for n, t in enumerate(changed.splitlines(), start=1) if n in lines]
    kept = "\n".join(t for t in text if t.strip() and not t.lstrip().startswith("#"))
    return hashlib.sha256(f"{question}\n{kept}".encode()).hexdigest()[:_ID_LENGTH]


def _diff(before: str, after: str, *, context: bool) -> str:
    """Show the changed lines, and those around them where it matters what stands beside."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=int(context))
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))
