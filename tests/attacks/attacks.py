"""The attack suite as data: every file in `cells/` read into an `Attack`, which makes the hostile notebook."""

import ast
import importlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from helpers import write_answer

CELLS = Path(__file__).parent / "cells"
AIMS = ("read", "forge", "harm", "flood", "linger", "inject")
SECTIONS = ("first", "double_answer", "square_answer", "last", "markdown")
PLACES = ("OUTSIDE", "PARENT", "PORT", "UDP", "UNIX", "ABSTRACT")
DEFAULTS = {"double_answer": "def double(x):\n    return x", "square_answer": "def square(x):\n    return x ** 2"}
DESERVED = {"double": 0.0, "square": 2.0}

_SECTION = re.compile(r"# %% ([a-z_]+)\s*")
_PLACE = re.compile(f"@({'|'.join(PLACES)})@")
_EXPECTED = re.compile(r"(double|square)=(\d+(?:\.\d+)?)")


class AttackError(ValueError):
    """A file that is no attack; the text names it and says what is wrong."""


@dataclass(frozen=True)
class Attack:
    """One hostile notebook.

    `about` says in a sentence what it tries, `aim` is one of `AIMS`, `cells` maps sections of its file to
    their text, and `expects` maps both questions to the points that it deserves.
    """

    name: str
    about: str
    aim: str
    cells: dict[str, str]
    expects: dict[str, float]

    def notebook(self, base: bytes, places: dict[str, str]) -> bytes:
        """Make the learner's notebook from the released one.

        Args:
            base: bytes of the release notebook of the course `vault`.
            places: what stands for @OUTSIDE@, @PARENT@ and so on, by the names without the signs.
        """
        cells = {section: self._placed(text, places) for section, text in self.cells.items()}
        answers = {name: cells.get(name, text) for name, text in DEFAULTS.items()}
        extra = [cells["last"]] if "last" in cells else []
        nb = json.loads(write_answer(base, answers, extra=extra))
        if "first" in cells:
            code = {"cell_type": "code", "outputs": [], "execution_count": None}
            nb["cells"].insert(0, {**code, "id": "first", "metadata": {}, "source": cells["first"]})
        if "markdown" in cells:
            nb["cells"].append({"cell_type": "markdown", "id": "said", "metadata": {}, "source": cells["markdown"]})
        return json.dumps(nb).encode()

    def _placed(self, text: str, places: dict[str, str]) -> str:
        missing = sorted(set(_PLACE.findall(text)) - set(places))
        if missing:
            raise AttackError(f"{self.name}: nothing was given for {', '.join(missing)}.")
        return _PLACE.sub(lambda found: str(places[found[1]]), text)


def dangling(cells: dict[str, str]) -> list[str]:
    """List what an attack names of Gradetape that is not there, in whatever part of a cell it stands.

    Such an attack fails by itself, and proves nothing.
    """
    found, bound = [], {}
    trees = [ast.parse(text) for section, text in cells.items() if _is_python(section, text)]
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == "gradetape":
                    bound[alias.asname or "gradetape"] = alias.name if alias.asname else "gradetape"
                    found.append(alias.name)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "gradetape":
            names = {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            bound |= names
            found += names.values()
    for node in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)):
        first, *rest = ast.unparse(node).split(".")
        if first in bound and all(part.isidentifier() for part in rest):
            found.append(".".join([bound[first], *rest]))
    return sorted({name for name in found if not _is_there(name)})


def _is_python(section: str, text: str) -> bool:
    return section != "markdown" and not text.startswith(("%%", "!"))


def _is_there(name: str) -> bool:
    """Say whether a dotted name leads to something."""
    found: object = None
    done: list[str] = []
    for part in name.split("."):
        done.append(part)
        try:
            found = getattr(found, part) if hasattr(found, part) else importlib.import_module(".".join(done))
        except ImportError:
            return False
    return True


def load(folder: Path = CELLS) -> list[Attack]:
    """Read all attacks, sorted by name.

    Raises:
        AttackError: a file does not have the form; the text says which one and why.
    """
    return [parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py"))]


def parse(name: str, text: str) -> Attack:
    """Read one attack from the text of its file.

    Raises:
        AttackError: the text does not have the form.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise AttackError(f"{name}: a file's name has to be in snake_case.")
    lines = text.splitlines()
    begin = next((number for number, line in enumerate(lines) if _SECTION.fullmatch(line)), len(lines))
    about, aim, expects = _head(name, lines[:begin])
    cells = _sections(name, lines[begin:])
    if not cells:
        raise AttackError(f"{name}: no section. Begin one with `# %% first`.")
    return Attack(name, about, aim, cells, expects)


def _head(name: str, lines: list[str]) -> tuple[str, str, dict[str, float]]:
    """Read the sentence, the aim, and notes for the harness."""
    head = [line for line in lines if line.strip()]
    if len(head) < 2 or not head[0].startswith("# ") or not head[0].endswith("."):
        raise AttackError(f"{name}: line 1 has to be a comment with one sentence, line 2 `# aim: ...`.")
    aim = head[1].removeprefix("# aim: ")
    if aim not in AIMS:
        raise AttackError(f"{name}: line 2 has to be `# aim: ` and one of {', '.join(AIMS)}, not {head[1]!r}.")
    expects = dict(DESERVED)
    for line in head[2:]:
        key, _, value = line.removeprefix("# ").partition(": ")
        found = _EXPECTED.fullmatch(value.strip())
        if key == "expects" and found:
            expects[found[1]] = float(found[2])
        elif key != "after":
            raise AttackError(f"{name}: {line!r} is no note. Known are `# expects: square=0` and `# after: ...`.")
    return head[0].removeprefix("# "), aim, expects


def _sections(name: str, lines: list[str]) -> dict[str, str]:
    cells: dict[str, list[str]] = {}
    for line in lines:
        found = _SECTION.fullmatch(line)
        if found is None:
            cells[list(cells)[-1]].append(line)
        elif found[1] not in SECTIONS:
            raise AttackError(f"{name}: there is no section {found[1]!r}. Known are {', '.join(SECTIONS)}.")
        elif found[1] in cells:
            raise AttackError(f"{name}: section {found[1]!r} stands there twice.")
        else:
            cells[found[1]] = []
    made = {section: _plain(section, "\n".join(part).strip("\n")) for section, part in cells.items()}
    empty = [section for section, source in made.items() if not source.strip()]
    if empty:
        raise AttackError(f"{name}: section {empty[0]!r} is empty.")
    return made


def _plain(section: str, text: str) -> str:
    """Take the comment signs from Markdown and from cells of magics, which jupytext writes as comments too."""
    lines = text.split("\n")
    commented = all(line == "#" or line.startswith("# ") for line in lines)
    if commented and (section == "markdown" or re.match(r"# (%%\w|!)", lines[0])):
        return "\n".join(line[2:] for line in lines)
    return text
