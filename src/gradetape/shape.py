"""Bring a notebook to the shape that nbformat describes, whatever JSON came in; what decides its marks stays.

nbconvert looks at every notebook with nbformat's schema and gives up at the first thing that it does not know. Cells,
sources, nbgrader's marks and tags stay; of the rest what is well formed stays, and the other is left out or set right.

Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["mend", "mend_ids"]

_MINORS = range(nbformat.current_nbformat_minor + 1)
_WITH_IDS = 5
"""Minor version from which on cells have ids."""
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_NAME = re.compile(r".+\Z")
_TAG = re.compile(r"[^,]+\Z")
_JSON = re.compile(r"application/(.*\+)?json\Z")
_KINDS = {
    "code": {"id", "cell_type", "metadata", "source", "outputs", "execution_count"},
    "markdown": {"id", "cell_type", "metadata", "source", "attachments"},
    "raw": {"id", "cell_type", "metadata", "source", "attachments"},
}

Cell = dict[str, Any]


def mend(nb: dict[str, Any]) -> None:
    """Mend a notebook of version 4 in place; its cells are a list of dicts."""
    for key in nb.keys() - {"cells", "metadata", "nbformat", "nbformat_minor"}:
        del nb[key]
    nb["nbformat"] = 4
    if type(nb.get("nbformat_minor")) is not int or nb["nbformat_minor"] not in _MINORS:
        nb["nbformat_minor"] = nbformat.current_nbformat_minor
    _mend_metadata(nb)
    for cell in nb["cells"]:
        _mend_cell(cell)
    mend_ids(nb)


def _mend_metadata(nb: dict[str, Any]) -> None:
    """Bring the notebook's own metadata into shape; who releases the notebook decides about its kernel."""
    if not isinstance(nb.get("metadata"), dict):
        nb["metadata"] = nbformat.from_dict({})
    metadata = nb["metadata"]
    spec = metadata.get("kernelspec")
    if isinstance(spec, dict) and isinstance(spec.get("name"), str):
        _keep(spec, {"display_name": _is_text, "language": _is_text})
        spec.setdefault("display_name", spec["name"])
    else:
        metadata.pop("kernelspec", None)
    info = metadata.get("language_info")
    if isinstance(info, dict) and isinstance(info.get("name"), str):
        _keep(info, dict.fromkeys(("file_extension", "mimetype", "pygments_lexer", "version"), _is_text))
        _keep(info, {"codemirror_mode": lambda mode: isinstance(mode, str | dict)})
    else:
        metadata.pop("language_info", None)
    _keep(metadata, {"orig_nbformat": _is_count_of(1), "title": _is_text, "authors": _is_list, "widgets": _is_dict})


def _mend_cell(cell: Cell) -> None:
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        cell["cell_type"] = "raw"
    for key in cell.keys() - _KINDS[cell["cell_type"]]:
        del cell[key]
    source = cell.get("source", "")
    cell["source"] = "".join(map(str, source)) if isinstance(source, list) else str(source)
    _mend_cell_metadata(cell)
    if "attachments" in cell:
        _mend_attachments(cell)
    if cell["cell_type"] == "code":
        outputs = cell.get("outputs")
        cell["outputs"] = [o for o in outputs if _usable_output(o)] if isinstance(outputs, list) else []
        if not _is_count(cell.get("execution_count", "")):
            cell["execution_count"] = None


def _mend_cell_metadata(cell: Cell) -> None:
    if not isinstance(cell.get("metadata"), dict):
        cell["metadata"] = nbformat.from_dict({})
    metadata = cell["metadata"]
    mark = metadata.get("nbgrader", {})
    if not isinstance(mark, dict) or not isinstance(mark.get("grade_id", ""), str):
        del metadata["nbgrader"]
    for name in ("jupyter", "execution", "slideshow"):
        if not isinstance(metadata.get(name, {}), dict):
            del metadata[name]
    _keep(metadata, {"name": _matches(_NAME), "format": _is_text, "collapsed": _is_flag, "tags": _is_list})
    _keep(metadata, {"scrolled": lambda value: isinstance(value, bool) or value == "auto"})
    _keep(metadata.get("jupyter", {}), {"source_hidden": _is_flag, "outputs_hidden": _is_flag})
    _keep(metadata.get("execution", {}), dict.fromkeys(metadata.get("execution", {}), _is_text))
    if "tags" in metadata:
        metadata["tags"] = list(dict.fromkeys(tag for tag in metadata["tags"] if _matches(_TAG)(tag)))


def _mend_attachments(cell: Cell) -> None:
    bundles = cell["attachments"]
    if not isinstance(bundles, dict):
        del cell["attachments"]
        return
    _keep(bundles, dict.fromkeys(bundles, _is_dict))
    for bundle in bundles.values():
        _mend_bundle(bundle)


def _mend_bundle(bundle: dict[str, Any]) -> None:
    _keep(bundle, {kind: _is_multiline for kind in bundle if not _JSON.match(kind)})


def _usable_output(output: Any) -> bool:
    """Mend an output in place; say whether it is one that nbformat knows."""
    kind = output.get("output_type") if isinstance(output, dict) else None
    if not isinstance(kind, str):
        return False
    if kind in ("display_data", "execute_result"):
        return _mend_display(output, counted=kind == "execute_result")
    kinds: dict[str, dict[str, Callable[[Any], bool]]] = {
        "stream": {"name": _is_text, "text": _is_multiline},
        "error": {"ename": _is_text, "evalue": _is_text, "traceback": _is_lines},
    }
    wanted = kinds.get(kind, {})
    for key in output.keys() - {"output_type", *wanted}:
        del output[key]
    return bool(wanted) and all(key in output and fits(output[key]) for key, fits in wanted.items())


def _mend_display(output: dict[str, Any], *, counted: bool) -> bool:
    if not isinstance(output.get("data"), dict):
        return False
    _mend_bundle(output["data"])
    if not isinstance(output.get("metadata"), dict):
        output["metadata"] = nbformat.from_dict({})
    if counted and not _is_count(output.get("execution_count", "")):
        output["execution_count"] = None
    for key in output.keys() - {"output_type", "data", "metadata", *(("execution_count",) if counted else ())}:
        del output[key]
    return True


def mend_ids(nb: dict[str, Any]) -> None:
    """Give each cell an id of its own, the same one each time it is read; older versions have none."""
    cells, wanted = nb["cells"], nb["nbformat_minor"] >= _WITH_IDS
    taken: set[str] = set()
    for cell in cells:
        name = cell.pop("id", None)
        if wanted and isinstance(name, str) and _CELL_ID.match(name) and name not in taken:
            taken.add(name)
            cell["id"] = name
    for number, cell in enumerate(cells if wanted else ()):
        if "id" not in cell:
            name = f"gradetape-{number}"
            while name in taken:
                name += "x"
            taken.add(name)
            cell["id"] = name


def _keep(holder: dict[str, Any], rules: dict[str, Callable[[Any], bool]]) -> None:
    """Leave out entries that do not fit the rule for them."""
    for key, fits in rules.items():
        if key in holder and not fits(holder[key]):
            del holder[key]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(line, str) for line in value)


def _is_multiline(value: Any) -> bool:
    return isinstance(value, str) or _is_lines(value)


def _is_count_of(least: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and value >= least


def _is_count(value: Any) -> bool:
    return value is None or _is_count_of(0)(value)


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.match(value) is not None
