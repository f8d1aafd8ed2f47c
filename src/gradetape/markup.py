"""Makes a learner's texts and outputs such that no page made of them acts: what is made of them is looked at.

nbgrader's formgrader and JupyterLab render a notebook in staff's browser, with their own converters and without
a filter. So every text is rendered here as the formgrader renders it, and stays only if the result is allowed to
stand on a page (`allowed`); else the cleaned result takes its place, written so that no converter changes it.

All of it happens in a process with limits of time and memory, and all together may have so much room: what
is beyond is left out with a sentence. Errors, what was written to stderr, and values stay, since nbgrader's scores
are made of them.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import nbformat

from gradetape import bounded, formulas, harmless, pictures
from gradetape.harmless import LEFT_OUT, LONGEST, SHOWN, Room
from gradetape.texts import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container

__all__ = ["clean", "show_as_typed", "texts"]

_DATA_PICTURE = re.compile(
    r"!\[([^\[\]\n]{0,500})\]\(data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/=]{1,8000000})\)"
)
_SIZES = ("width", "height")
_METADATA = frozenset({"kernelspec", "language_info"})
_CELL = frozenset({"cell_type", "id", "metadata", "source", "outputs", "execution_count", "attachments"})
_LANGUAGE = ("name", "version", "mimetype", "file_extension", "pygments_lexer")
_NAME = re.compile(r"[\w./+-]{1,60}\Z")
_LEXERS = frozenset({"ipython3", "ipython", "python3", "python", "r", "R", "julia", "octave", "scala", "bash", "text"})
"""Of the hundreds that Pygments has some take minutes for a line."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def texts(nb: Any) -> frozenset[tuple[str, str]]:
    """Return the cells of a release, which are the instructor's wherever they stand: for `clean`."""
    return frozenset((cell["cell_type"], cell["source"]) for cell in nb["cells"])


def clean(nb: Any, *, given: Container[tuple[str, str]] = frozenset(), drawn: bool = False) -> None:
    """Make a notebook harmless to look at, in place.

    Args:
        nb: a notebook with a learner's cells and outputs.
        given: cells that are not the learner's (`texts` of the release): their text stays as it is. Marks in a
            cell's metadata are not believed.
        drawn: whether texts are drawn by ourselves, and what is made of them is cleaned there: only limits hold here.
    """
    for key in set(nb["metadata"]) - _METADATA:
        del nb["metadata"][key]
    lexer = _language(nb["metadata"])
    for index, cell in enumerate(nb["cells"]):
        _shape(cell, index)
    taken = _ids(nb)
    parts, fault = bounded.run(lambda send: _clean_all(nb["cells"], given, taken, Room(drawn=drawn, lexer=lexer), send))
    left = dict(enumerate(nb["cells"]))
    for part in parts:
        made = json.loads(part)
        if made.pop("fault", None) is None:
            cell = left.pop(made.pop("index"))
            cell.pop("attachments", None)
            cell.update(_nodes(made))
    room = Room(signs=40 * SHOWN)
    for cell in left.values():
        _plain(cell, fault or "it could not be cleaned", room, given)


def _language(metadata: Any) -> str:
    """Leave of what a notebook says of its language what pages need, and return the name of what colours its code."""
    about = metadata.get("language_info")
    about = about if isinstance(about, dict) else {}
    plain = {
        key: value for key, value in about.items() if key in _LANGUAGE and isinstance(value, str) and _NAME.match(value)
    }
    if plain.get("pygments_lexer", "ipython3") not in _LEXERS or plain.get("name", "python") not in _LEXERS:
        plain = {"name": "python", "pygments_lexer": "ipython3"}
    if about:
        metadata["language_info"] = nbformat.from_dict({"name": "python", **plain})
    return str(plain.get("pygments_lexer", plain.get("name", "ipython3")))


def _shape(cell: Any, index: int) -> None:
    """Give a cell the form that converters expect: they put kinds, ids and counts onto the page as they are."""
    for key in set(cell) - _CELL:
        del cell[key]
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        cell["cell_type"] = "raw"
    if "id" in cell and not (isinstance(cell["id"], str) and _ID.match(cell["id"])):
        cell["id"] = f"cell-{index}"
    if not isinstance(cell.get("metadata"), dict):
        cell["metadata"] = nbformat.from_dict({})
    if cell["cell_type"] == "code":
        cell["execution_count"] = _count(cell.get("execution_count"))
    else:
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 10**9 else None


def _clean_all(
    cells: Any, given: Container[tuple[str, str]], taken: Collection[str], room: Room, send: Callable[[bytes], None]
) -> None:
    for index, cell in enumerate(cells):
        made: dict[str, Any]
        try:
            made = _cleaned(cell, given, taken, room)
        except Exception as error:  # noqa: BLE001 - an odd cell is shown as it was typed, and the others go on
            made = {"fault": type(error).__name__}
        send(json.dumps({"index": index, **made}).encode())


def _nodes(made: dict[str, Any]) -> dict[str, Any]:
    return {key: nbformat.from_dict(value) for key, value in made.items()}


def _cleaned(cell: Any, given: Container[tuple[str, str]], taken: Collection[str], room: Room) -> dict[str, Any]:
    """Return what is to stand in a cell: source, metadata, outputs or attachments."""
    metadata = {
        key: value
        for key, value in cell["metadata"].items()
        if key in ("nbgrader", "collapsed", "deletable", "editable")
    }
    made: dict[str, Any] = {"metadata": metadata}
    source = storable("".join(cell["source"]))
    if cell["cell_type"] == "code":
        made["source"] = harmless.code(source, room, given=("code", source) in given)
        made["outputs"] = _outputs(cell.get("outputs", ()), taken, room)
        return made
    if (cell["cell_type"], source) in given:
        attached = _attachments(cell.get("attachments"), room)
        return {"metadata": metadata, "source": source} | ({"attachments": attached} if attached else {})
    if cell["cell_type"] == "raw":
        made["source"] = harmless.raw(source, room)
        return made
    attached = _attachments(cell.get("attachments"), room)
    source = _DATA_PICTURE.sub(lambda found: _attach(found, attached, room), source)
    made["source"] = harmless.markdown(source, attachments=attached, taken=taken, room=room)
    if attached and "attachment:" in made["source"]:
        made["attachments"] = attached
    return made


def _attachments(given: Any, room: Room) -> dict[str, dict[str, str]]:
    """Return those attachments that are pictures, under names that are nothing else."""
    found = {}
    for name, bundle in given.items() if isinstance(given, dict) else ():
        kinds = bundle.items() if isinstance(bundle, dict) else ()
        kept = {kind: data for kind, data in kinds if not room.refuses(kind, data)}
        if kept and re.fullmatch(r"[\w.-]{1,200}", name):
            found[name] = kept
    return found


def _attach(found: re.Match[str], attached: dict[str, dict[str, str]], room: Room) -> str:
    """Make an attachment of a picture that stands in the text, as Colab writes it."""
    words, kind, data = found.groups()
    why = room.refuses(kind, data)
    if why:
        return f"{words} ({LEFT_OUT.format(why=why).strip('[]')})"
    name = f"picture-{len(attached) + 1}.{kind.partition('/')[2]}"
    while name in attached:
        name = f"x-{name}"
    attached[name] = {kind: data}
    return f"![{words}](attachment:{name})"


def _outputs(outputs: Any, taken: Collection[str], room: Room) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    dropped: dict[str, int] = {}
    for output in filter(lambda one: isinstance(one, dict), outputs):
        kind = output.get("output_type")
        room.outputs -= 1
        if kind == "error":
            lines = "\n".join(map(str, output.get("traceback", ())))
            made.append({
                "output_type": "error", "ename": _short(output.get("ename"), 200),
                "evalue": _short(output.get("evalue"), 2_000),
                "traceback": harmless.fitting(lines, room).split("\n"),
            })  # fmt: skip
        elif kind == "stream" and (output.get("name") == "stderr" or room.outputs > 0):
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            made.append(
                {"output_type": "stream", "name": name, "text": harmless.fitting("".join(output.get("text", "")), room)}
            )
        elif kind in ("display_data", "execute_result") and (kind == "execute_result" or room.outputs > 0):
            made.append(_shown(output, kind, taken, room))
        else:
            dropped["an output, because there are too many"] = (
                dropped.get("an output, because there are too many", 0) + 1
            )
    if dropped:
        made.append(_said([f"{count} times {why}" for why, count in dropped.items()]))
    return made


def _shown(output: Any, kind: str, taken: Collection[str], room: Room) -> dict[str, Any]:
    """Return one output with those of its forms that may be shown; of its metadata only pictures' sizes."""
    data = output.get("data", {})
    forms: dict[str, str] = {}
    why: list[str] = []
    for form, value in data.items():
        if form in pictures.KINDS:
            data_ = "".join(value) if isinstance(value, list) else value
            refused = room.refuses(form, data_)
            why += [refused] if refused else []
            forms |= {} if refused else {form: data_}
        elif form in ("text/plain", "text/html", "text/markdown", "text/latex"):
            made = _form(form, storable("".join(value)), taken, room) if isinstance(value, str | list) else None
            forms |= {form: made} if made is not None else {}
    if "text/latex" in data and not forms:
        forms["text/plain"] = harmless.fitting(storable("".join(data["text/latex"])), room)
    if why:
        forms["text/plain"] = "\n".join(
            [forms.get("text/plain", ""), *(LEFT_OUT.format(why=one) for one in why)]
        ).strip()
    if not forms:
        forms["text/plain"] = LEFT_OUT.format(why="an output of a kind that is not shown")
    sizes = {
        form: {
            side: value for side, value in about.items() if side in _SIZES and type(value) is int and 0 < value < 10_000
        }
        for form, about in output.get("metadata", {}).items()
        if form in forms and isinstance(about, dict)
    }
    shown = {"output_type": kind, "data": forms, "metadata": {form: about for form, about in sizes.items() if about}}
    return shown | ({"execution_count": _count(output.get("execution_count"))} if kind == "execute_result" else {})


def _form(form: str, value: str, taken: Collection[str], room: Room) -> str | None:
    """Return one form of an output; None when nothing of it may be shown."""
    if form == "text/plain":
        return harmless.fitting(value, room, least=200)
    if form == "text/markdown":
        return harmless.markdown(value, taken=taken, room=room)
    if len(value) > LONGEST * 5 or not room.takes(value):
        return None
    if form == "text/html":
        return harmless.html(value)
    typeset = len(value) <= formulas.LONGEST and all(map(formulas.is_typeset, (value, unescape(value))))
    return value if typeset and "<" not in value else None


def _short(text: Any, most: int) -> str:
    return storable(str(text))[:most]


def _said(lines: list[str]) -> dict[str, Any]:
    said = "\n".join(LEFT_OUT.format(why=line) for line in lines)
    return {"output_type": "display_data", "data": {"text/plain": said}, "metadata": {}}


def _plain(cell: Any, why: str, room: Room, given: Container[tuple[str, str]] = frozenset(), **most: int) -> None:
    """Show what could not be cleaned in time as it was typed, and of its outputs what scores are made of."""
    cell["metadata"] = nbformat.from_dict({k: v for k, v in cell["metadata"].items() if k == "nbgrader"})
    cell.pop("attachments", None)
    source = storable("".join(cell["source"]))
    if cell["cell_type"] != "code":
        cell["source"] = harmless.as_typed(source, room, why)
        return
    cell["source"] = source if ("code", source) in given else harmless.beginning(source, **most)
    outputs = []
    for output in filter(lambda one: isinstance(one, dict), cell.get("outputs", ())):
        plain = output.get("data", {}).get("text/plain", LEFT_OUT.format(why=why))
        outputs.append({**output, "data": {"text/plain": "".join(plain)}} if output.get("data") else output)
    cell["outputs"] = nbformat.from_dict(_outputs(outputs, (), room))


def show_as_typed(nb: Any, why: str) -> None:
    """Make of a notebook what needs no converter, in place: for one that could not be drawn in time."""
    room = Room(signs=40 * SHOWN)
    for cell in nb["cells"]:
        _plain(cell, why, room, most=SHOWN)


def _ids(nb: Any) -> frozenset[str]:
    """Return the ids that nbgrader's page gives to what it puts around cells."""
    names = [str(cell["metadata"].get("nbgrader", {}).get("grade_id", "")) for cell in nb["cells"]]
    ends = ("", "-comment", "_extra_credit")
    return frozenset(
        {"MathJax", "notebook", "notebook-container", "statusmessage", *(n + end for n in names for end in ends)}
    )
