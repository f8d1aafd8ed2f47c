"""Hidden tests as they stand in the text of `graders/`: which there are, and why pytest would not come to one.

Nothing is run for it. A test that pytest passes by leaves its question, or a part of it, to nobody: so what is written
is counted here, and what was collected is compared with it (`gradetape.judge.session`).
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "ANY", "PATTERNS", "Written", "asked", "faults", "heirs", "is_test_file", "is_unclear", "reason", "tests", "texts",
]  # fmt: skip

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
    collected under another name; `others` are questions that it is marked with besides, `maybe` those that decorators
    of another kind name; `barred` says why pytest cannot make its class, `abstract` that its class is there for heirs.
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
    maybe: tuple[str, ...] = ()
    barred: str = ""
    abstract: bool = False


def is_test_file(name: str) -> bool:
    """Whether pytest takes a file of this name for one of tests."""
    return any(fnmatchcase(PurePosixPath(name).name, pattern) for pattern in PATTERNS)


@functools.lru_cache(maxsize=64)
def asked(source: bytes) -> frozenset[str]:
    """Collect the names that `@question("…")` or `pytest.mark.question("…")` is called with, decorator or not."""
    tree = _parsed(source)
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)] if tree else []
    names = _names(tree) if tree else _Names(set(), {}, {})
    return frozenset(found for call in calls if (found := _question(call, names)))


def is_unclear(source: bytes) -> bool:
    """Whether a mark's question cannot be told from the text: it is no text, but the value of an expression."""
    tree = _parsed(source)
    if tree is None:
        return True
    names = _names(tree)
    return any(_question(node, names) == ANY for node in ast.walk(tree) if isinstance(node, ast.Call))


@functools.lru_cache(maxsize=64)
def texts(source: bytes) -> frozenset[str]:
    """Collect all texts in a Python file; of one that cannot be parsed, everything between quotes."""
    tree = _parsed(source)
    if tree is None:
        return frozenset(re.findall(r"""["'](.*?)["']""", source.decode(errors="replace")))
    return frozenset(n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))


@functools.lru_cache(maxsize=64)
def tests(source: bytes, questions: frozenset[str]) -> tuple[Written, ...]:
    """List the functions that are marked with a question, or named as tests are; () for what cannot be parsed.

    Of `questions`, those that decorators of other kinds name are listed as `maybe`.
    """
    tree = _parsed(source)
    if tree is None:
        return ()
    names, spoken = _names(tree), _spoken(tree)
    places, of_module = list(_definitions(tree)), _pytestmark(tree, names)
    found = []
    for place in places:
        if not isinstance(place.node, Function):
            continue
        own = _decorated(place.node, names)
        maybe = () if own or place.nested else _maybe(place, tree, names, questions)
        if not own and (_is_given(place, places, names) or not (place.name.startswith("test") or maybe)):
            continue
        levels = [own, *(_of_class(c, names) for c in place.classes), [] if place.nested else of_module]
        marks = next(filter(None, levels), []) if own or place.name.startswith("test") else []
        lines = [p.line for p in places if p.scope == place.scope and p.name == place.name and p.line > place.line]
        found.append(
            Written(
                question=marks[0] if marks else None,
                name=".".join((*place.scope, place.name)),
                line=place.line,
                doc=ast.get_docstring(place.node),
                weight=_weight(place.node, names),
                again=min(lines, default=0) or _class_again(place, places),
                spoken_of=not spoken.isdisjoint((place.name, *(c.name for c in place.classes))),
                nested=place.nested,
                derived=any(c.bases for c in place.classes),
                others=tuple(dict.fromkeys(q for q in marks if q not in (ANY, marks[0]))),
                maybe=maybe,
                barred=next(filter(None, map(_barred, place.classes)), ""),
                abstract=any(not c.name.startswith("Test") or _untested(c) for c in place.classes),
            )
        )
    return tuple(found)


def heirs(graders: Mapping[str, bytes]) -> dict[str, set[tuple[str, str]]]:
    """Map each class that is derived from, by its bare name, to the classes that are, however far: file and name."""
    children: dict[str, set[tuple[str, str]]] = {}
    for file, source in graders.items():
        for base, name in _bases(source) if file.endswith(".py") else ():
            children.setdefault(base, set()).add((file, name))
    for found in children.values():
        queue = list(found)
        while queue:
            more = children.get(queue.pop()[1].rpartition(".")[2], set()) - found
            found.update(more)
            queue += more
    return children


@functools.lru_cache(maxsize=64)
def _bases(source: bytes) -> tuple[tuple[str, str], ...]:
    """List the classes that others are made of, each with the name of what is made of it."""
    tree = _parsed(source)
    classes = [(p, p.node) for p in (_definitions(tree) if tree else ()) if isinstance(p.node, ast.ClassDef)]
    return tuple((_last(base), ".".join((*p.scope, p.name))) for p, node in classes for base in node.bases)


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
        for test in tests(data, frozenset()):
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
    return test.barred


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
    def decorators(self) -> list[ast.expr]:
        return self.node.decorator_list

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


def _pytestmark(scope: ast.AST, names: _Names) -> list[str]:
    """List the questions that `pytestmark` of a module or a class marks with."""
    return [q for name, value in _assigned(scope) if name == "pytestmark" for q in _marks(value, names)]


def _assigned(scope: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield what the names of one scope are set to, or are lengthened by; in branches, too."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            of = node.value.func.value if isinstance(node.value.func, ast.Attribute) else None
            yield from ((of.id, value) for value in node.value.args if isinstance(of, ast.Name))
        elif not isinstance(node, Function | ast.ClassDef | ast.expr):
            yield from _assigned(node)


def _marks(node: ast.expr, names: _Names, seen: frozenset[str] = frozenset()) -> list[str]:
    """List the questions that a mark, or a list of marks, names; ANY for one that the text does not tell."""
    found = _question(node, names)
    if found is not None:
        return [found]
    if isinstance(node, ast.Name):
        value = None if node.id in seen else names.values.get(node.id)
        return _marks(value, names, seen | {node.id}) if value else []
    parts = {ast.List: "elts", ast.Tuple: "elts", ast.Set: "elts", ast.Starred: "value", ast.BinOp: "left right"}
    fields = parts.get(type(node), "").split()
    if fields:
        values = [getattr(node, field) for field in fields]
        flat = [v for value in values for v in (value if isinstance(value, list) else [value])]
        return [q for value in flat for q in _marks(value, names, seen)]
    inside = [n for n in ast.walk(node) if isinstance(n, ast.Call | ast.Name)]
    return [ANY] if any(_question(n, names) is not None for n in inside) else []


def _decorated(node: Function | ast.ClassDef, names: _Names) -> list[str]:
    """List the questions of the decorators, the nearest first: that one counts."""
    return [q for d in reversed(node.decorator_list) if (q := _question(d, names)) is not None]


def _of_class(node: ast.ClassDef, names: _Names) -> list[str]:
    return [*_pytestmark(node, names), *_decorated(node, names)]


def _maybe(place: _Place, tree: ast.Module, names: _Names, questions: frozenset[str]) -> tuple[str, ...]:
    """List the questions whose names stand in decorators; around a function named as a test, in those of all scopes."""
    asked = list(place.node.decorator_list)
    if place.name.startswith("test"):
        asked += [d for c in place.classes for d in c.decorator_list]
        asked += [v for scope in (*place.classes, tree) for n, v in _assigned(scope) if n == "pytestmark"]
    asked += [names.values[d.id] for d in asked if isinstance(d, ast.Name) and d.id in names.values]
    parts = [part for d in asked if not _marks(d, names) for part in ast.walk(d)]
    words = [names.words.get(n.id) if isinstance(n, ast.Name) else getattr(n, "value", None) for n in parts]
    return tuple(dict.fromkeys(w for w in words if isinstance(w, str) and w in questions))


def _is_given(place: _Place, places: list[_Place], names: _Names) -> bool:
    """Whether a function is a fixture or a property: no test, whatever its name."""
    if any(
        _last(d).endswith(("fixture", "property", "setter")) or _last(d) in names.fixtures for d in place.decorators
    ):
        return True
    return place.name in names.given and sum(p.name == place.name for p in places) == 1


def _barred(node: ast.ClassDef) -> str:
    """Say why pytest cannot make a class; '' for one that is derived: its base may make it another kind."""
    own = {child.name for child in node.body if isinstance(child, Function)}
    odd = next((name for name in ("__init__", "__new__") if name in own and not node.bases), "")
    if odd:
        return f"its class {node.name} has {odd}, so pytest passes it by"
    return f"its class {node.name} says that it is no test (__test__)" if _untested(node) else ""


def _untested(node: ast.ClassDef) -> bool:
    return any(n == "__test__" and getattr(v, "value", True) is False for n, v in _assigned(node))


def _last(node: ast.expr) -> str:
    """Return the last name of what is called, or named."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return str(getattr(node, "id", getattr(node, "attr", "")))


@dataclass
class _Names:
    """What names of a module stand for: `question` itself, a mark that it has made, a plain text, anything else.

    `fixtures` are other names of pytest's `fixture`, `given` what it is called with.
    """

    makers: set[str]
    marks: dict[str, str]
    words: dict[str, str]
    values: dict[str, ast.expr] = field(default_factory=dict)
    fixtures: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)


def _names(tree: ast.Module) -> _Names:
    names = _Names({"question"}, {}, {})
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names.makers |= {a.asname for a in node.names if a.name == "question" and a.asname}
            names.fixtures |= {a.asname for a in node.names if a.name.endswith("fixture") and a.asname}
        elif isinstance(node, ast.Call) and _last(node).endswith("fixture"):
            names.given |= {a.id for a in node.args if isinstance(a, ast.Name)}
    names.values = dict(_assigned(tree))
    names.fixtures |= {n for n, v in names.values.items() if isinstance(v, ast.Call) and _last(v).endswith("fixture")}
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
