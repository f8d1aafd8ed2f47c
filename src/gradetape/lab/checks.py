"""Finds the visible checks of a cell in its syntax tree, and lets them keep the two sides they compare.

A check is an `assert` at the top level of a cell, or in a plain function that the same cell defines and calls there
(`_see_layer()`). Each expression is still evaluated once, in its own order.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["KEEP", "Check", "find", "instrument"]

KEEP = "__gradetape_keep__"
"""The name of the function that an instrumented check calls: keep(check's number, side 0 or 1, value) returns value."""
_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Check:
    """Where a check stands in its cell, and its statement."""

    first_line: int
    last_line: int
    node: ast.Assert

    def covers(self, line: int) -> bool:
        """Whether a line of the cell belongs to it."""
        return self.first_line <= line <= self.last_line


def find(tree: ast.Module) -> list[Check]:
    """List the checks of a cell in the order of the text."""
    called = {
        node.value.func.id
        for node in tree.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name)
    }
    found = []
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            if statement.name in called and not statement.decorator_list:
                found += list(_asserts(statement.body))
        else:
            found += list(_asserts([statement]))
    return [Check(node.lineno, node.end_lineno or node.lineno, node) for node in found]


def _asserts(nodes: Iterable[ast.AST]) -> Iterator[ast.Assert]:
    for node in nodes:
        if isinstance(node, ast.Assert):
            yield node
        elif not isinstance(node, _OWN_SCOPE):
            yield from _asserts(ast.iter_child_nodes(node))


def instrument(checks: Iterable[Check]) -> None:
    """Let checks that compare two sides hand both to `KEEP`."""
    for number, check in enumerate(checks):
        test = check.node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            test.left = _kept(number, 0, test.left)
            test.comparators = [_kept(number, 1, test.comparators[0])]


def _kept(number: int, side: int, value: ast.expr) -> ast.expr:
    name = ast.Name(KEEP, ast.Load())
    call = ast.Call(name, [ast.Constant(number), ast.Constant(side), value], [])
    return ast.fix_missing_locations(ast.copy_location(call, value))
