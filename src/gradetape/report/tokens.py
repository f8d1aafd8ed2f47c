"""An answer's own code as a sequence of tokens, in which renaming, rewording and reformatting leave no trace. Pure."""

from __future__ import annotations

import ast
import functools
import io
import keyword
import re
import tokenize
import warnings
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["normalised"]

MOST = 40_000
"""Characters of an answer that are looked at; no person writes that much in a cell."""

_NAME, _NUMBER, _TEXT, _END = "<name>", "<number>", "<text>", "\n"
_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
_WORD = re.compile(r"\w+|[^\w\s]")
_ASSIGNED = re.compile(r"^\s*([A-Za-z_]\w*)\s*=(?!=)", re.MULTILINE)

Token = tuple[int, str]
Line = tuple[Token, ...]


def normalised(source: str, stub: str = "") -> tuple[str, ...]:
    """Return the tokens of what the learner added to the stub.

    Names that the answer itself binds (variables, parameters, functions, attributes it assigns), numbers and texts
    each become one token; comments, docstrings, blank space and lines of the stub are left out. Code that does not
    parse is taken token by token as far as it goes.
    """
    source = source[:MOST]
    given = Counter(_given(stub[:MOST]))
    bound, attributes = _bound(source)
    found: list[str] = []
    for line in _lines(source):
        if given[line]:
            given[line] -= 1
            continue
        found += _plain(line, bound, attributes)
    return tuple(found)


@functools.lru_cache(maxsize=16)
def _given(stub: str) -> tuple[Line, ...]:
    """Return the lines of a stub: the same one for a whole class."""
    return tuple(_lines(stub))


def _plain(line: Line, bound: set[str], attributes: set[str]) -> Iterator[str]:
    before = ""
    for kind, text in line:
        if kind == tokenize.NUMBER:
            yield _NUMBER
        elif kind == tokenize.NAME and text in (attributes if before == "." else bound):
            yield _NAME
        elif text[-1:] in "\"'" and kind != tokenize.OP:
            yield _TEXT
        else:
            yield text
        before = text
    yield _END


def _lines(source: str) -> list[Line]:
    """Split into logical lines; those that are only a text (docstrings) are left out."""
    lines: list[Line] = []
    line: list[Token] = []
    for kind, text in _tokens(source):
        if kind != tokenize.NEWLINE:
            line.append((kind, text))
            continue
        if [k for k, _ in line] not in ([], [tokenize.STRING]):
            lines.append(tuple(line))
        line = []
    return lines


def _tokens(source: str) -> list[Token]:
    """Return tokens without layout; after an error the rest is split into words and signs."""
    found: list[Token] = []
    reached = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in _LAYOUT:
                found.append((token.type, token.string))
            reached = token.end[0]
    except (tokenize.TokenError, SyntaxError):
        for line in source.splitlines()[reached:]:
            words = _WORD.findall(line.partition("#")[0])
            found += [(tokenize.NAME if word.isidentifier() else tokenize.OP, word) for word in words]
            found.append((tokenize.NEWLINE, ""))
    return [*found, (tokenize.NEWLINE, "")]


def _bound(source: str) -> tuple[set[str], set[str]]:
    """Return the names and the attributes that the code binds."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(_ASSIGNED.findall(source)), set()
    names: set[str] = set()
    attributes: set[str] = set()
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.Attribute(attr=name, ctx=ast.Store()):
                attributes.add(name)
    return {name for name in names if not keyword.iskeyword(name)}, attributes
