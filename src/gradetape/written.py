"""Hidden tests as they stand in the text of `graders/`: which there are, and why pytest would not come to one.

Nothing is run for it. A test that pytest passes by leaves its question, or a part of it, to nobody: so what is written
is counted here, and what was collected is compared with it (`gradetape.judge.session`).
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["ANY", "PATTERNS", "Written", "asked", "faults", "is_test_file", "is_unclear", "reason", "tests", "texts"]

PATTERNS = ("test_*.py", "*_test.py")
"""Names of test files, as pytest has them; the assignment's own name will do as well."""
ANY = ""
"""The question of a test whose text does not tell which."""

_OTHER_FILE = f"pytest does not look into a file of this name: call it {' or '.join(PATTERNS)}"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Written:
    """A test in the text of a file.

    `question` is the `grade_id` that it is marked with, `ANY` where the text does not say, None where it has no mark
    of its own; `line` that of its first decorator, as code objects count; `again` the line where its name is taken by
    another definition, 0 for none; `spoken_of` says that the file names it, or its class, elsewhere: it may be
    collected under another name; `others` are questions that it is marked with besides.
    """

    question: str | None
    name: str
    line: int
    doc: str | None = None
    weight: float = 1.0
    again: int = 0
    spoken_of: bool = False
    nested: bool = False
    derived: bool = False
    others: tuple[str, ...] = ()


def is_test_file(name: str) -> bool:
    """Whether pytest takes a file of this name for one of tests."""
    return any(fnmatchcase(PurePosixPath(name).name, pattern) for pattern in PATTERNS)


def asked(source: bytes) -> set[str]:
    """Collect the names that `@question("…")` or `pytest.mark.question("…")` is called with, decorator or not."""
    tree = _parsed(source)
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)] if tree else []
    names = _names(tree) if tree else _Names(set(), {}, {})
    return {found for call in calls if (found := _question(call, names))}


def is_unclear(source: bytes) -> bool:
    """Whether a mark's question cannot be told from the text: it is no text, but the value of an expression."""
    tree = _parsed(source)
    if tree is None:
        return True
    names = _names(tree)
    return any(_question(node, names) == ANY for node in ast.walk(tree) if isinstance(node, ast.Call))


def texts(source: bytes) -> set[str]:
    """Collect all texts in a Python file; of one that cannot be parsed, everything between quotes."""
    tree = _parsed(source)
    if tree is None:
        return set(re.findall(r"""["'](.*?)["']""", source.decode(errors="replace")))
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


@functools.lru_cache(maxsize=64)
def tests(source: bytes) -> tuple[Written, ...]:
    """List the functions that are marked with a question, or named as tests are; () for what cannot be parsed."""
    tree = _parsed(source)
    if tree is None:
        return ()
    names, spoken = _names(tree), _spoken(tree)
    places = list(_definitions(tree))
    found = []
    for place in places:
        if not isinstance(place.node, Function):
            continue
        own = [q for d in place.node.decorator_list if (q := _question(d, names)) is not None]
        of_class = [q for c in place.classes for d in c.decorator_list if (q := _question(d, names)) is not None]
        if not own and not place.node.name.startswith("test"):
            continue
        named = own[::-1] or of_class  # the mark that is nearest to the function counts
        lines = [p.line for p in places if p.scope == place.scope and p.name == place.name and p.line > place.line]
        found.append(
            Written(
                question=named[0] if named else None,
                name=".".join((*place.scope, place.name)),
                line=place.line,
                doc=ast.get_docstring(place.node),
                weight=_weight(place.node, names),
                again=min(lines, default=0) or _class_again(place, places),
                spoken_of=not spoken.isdisjoint((place.name, *(c.name for c in place.classes))),
                nested=place.nested,
                derived=any(c.bases for c in place.classes),
                others=tuple(dict.fromkeys(q for q in own if q not in (ANY, named[0]))),
            )
        )
    return tuple(found)


def faults(graders: Mapping[str, bytes], test_files: Iterable[str]) -> tuple[str, ...]:
    """Say of each test that pytest would not collect, as far as the text tells, which it is and why.

    Args:
        graders: the files of `graders/<id>/` by relative name.
        test_files: those of them that pytest is given.
    """
    modules = [(name, data) for name, data in graders.items() if name.endswith(".py")]
    imported = {word for _, data in modules for word in _imported(data)}
    given, found = set(test_files), []
    for file, data in modules:
        if file not in given and PurePosixPath(file).stem in imported:
            continue  # what is imported from it is seen when the tests are collected
        for test in tests(data):
            why = _fault(test, imported) if file in given else _OTHER_FILE if test.question is not None else ""
            if why:
                found.append(f"{file}:{test.line}, {test.name}{_of(test)}: {why}")
    return tuple(found)


def _fault(test: Written, imported: set[str]) -> str:
    """Say why a test of a test file is not collected; '' where it may come along under another name."""
    elsewhere = test.spoken_of or test.nested or not imported.isdisjoint(test.name.split("."))
    helper = test.question is None and not test.again
    return "" if not test.others and (elsewhere or helper) else _why(test)


def reason(test: Written) -> str:
    """Say why a test may not have been collected."""
    return (
        _why(test)
        or "pytest passed it by; is it deleted or replaced, does another name hide it, has its class __init__?"
    )


def _why(test: Written) -> str:
    *classes, name = test.name.split(".")
    if test.others:
        other = ", ".join(map(repr, test.others))
        return f"it is marked for {other} as well, and only the mark nearest to the function counts: write two tests"
    if test.again:
        return f"the name is used twice, and line {test.again} takes its place: give each test a name of its own"
    if not name.startswith("test"):
        return "the name does not begin with test_, so pytest passes it by"
    odd = next((c for c in classes if not c.startswith("Test")), "")
    if odd and not test.nested and not test.derived:
        return f"the name of its class {odd} does not begin with Test, so pytest passes it by"
    return ""


def _of(test: Written) -> str:
    return f" (question {test.question!r})" if test.question else ""


def _parsed(source: bytes) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


@dataclass(frozen=True)
class _Place:
    """A definition: of what, in which scope, in which classes (the innermost first), and whether in a function."""

    node: Function | ast.ClassDef
    scope: tuple[str, ...]
    classes: tuple[ast.ClassDef, ...]
    nested: bool

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def line(self) -> int:
        return min([self.node.lineno, *(d.lineno for d in self.node.decorator_list)])


def _definitions(
    node: ast.AST, scope: tuple[str, ...] = (), classes: tuple[ast.ClassDef, ...] = (), *, nested: bool = False
) -> Iterator[_Place]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            continue
        if isinstance(child, Function):
            yield _Place(child, scope, classes, nested)
            yield from _definitions(child, (*scope, child.name, "<locals>"), (), nested=True)
        elif isinstance(child, ast.ClassDef):
            yield _Place(child, scope, classes, nested)
            yield from _definitions(child, (*scope, child.name), (child, *classes), nested=nested)
        else:
            yield from _definitions(child, scope, classes, nested=nested)


def _class_again(place: _Place, places: list[_Place]) -> int:
    """Return the line where a class around a test is defined once more; 0 for none."""
    whole = {place.scope[: len(place.scope) - depth - 1]: c for depth, c in enumerate(place.classes)}
    lines = [
        p.line
        for p in places
        for scope, around in whole.items()
        if p.scope == scope and p.name == around.name and p.node.lineno > around.lineno
    ]
    return min(lines, default=0)


@dataclass
class _Names:
    """What names of a module stand for: `question` itself, a mark that it has made, a plain text."""

    makers: set[str]
    marks: dict[str, str]
    words: dict[str, str]


def _names(tree: ast.Module) -> _Names:
    names = _Names({"question"}, {}, {})
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names.makers |= {a.asname for a in node.names if a.name == "question" and a.asname}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            target, value = node.targets[0].id, node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                names.words[target] = value.value
            elif (found := _question(value, names)) is not None:
                names.marks[target] = found
    return names


def _question(node: ast.expr, names: _Names) -> str | None:
    """Return the question that an expression marks with, ANY when the text does not tell, None when it is no mark."""
    if isinstance(node, ast.Name):
        return names.marks.get(node.id)
    if not isinstance(node, ast.Call):
        return None
    if getattr(node.func, "id", getattr(node.func, "attr", "")) not in names.makers:
        return None
    first = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "name"), None)
    if isinstance(first, ast.Name):
        return names.words.get(first.id, ANY)
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ANY


def _weight(node: Function, names: _Names) -> float:
    marks = [d for d in node.decorator_list if isinstance(d, ast.Call) and _question(d, names) is not None]
    values = [
        k.value.value for d in marks for k in d.keywords if k.arg == "weight" and isinstance(k.value, ast.Constant)
    ]
    return next((float(v) for v in values if isinstance(v, int | float) and v > 0), 1.0)


def _spoken(tree: ast.Module) -> set[str]:
    """Collect the names that are read anywhere."""
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return names | {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}


def _imported(source: bytes) -> set[str]:
    """Collect the last names of imported modules, and what is imported from them."""
    tree = _parsed(source)
    found: set[str] = set()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.name.rpartition(".")[2] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.rpartition(".")[2])
    return found
