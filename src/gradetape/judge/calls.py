"""One probe call: what was sent, what came back, and how failure is told to the learner."""

from __future__ import annotations

import contextlib
import hashlib
import io
import pickle
import sys
import types
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import cloudpickle

from gradetape import tree
from gradetape.judge import helpers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradetape.compare import Difference, Rule
    from gradetape.guest.host import Answer

__all__ = ["Call", "CheckFailedError", "GraderError", "MachineError", "Shipment", "decoded", "explain", "ship"]


_CLASS_MAKERS = (cloudpickle.cloudpickle._make_skeleton_class, cloudpickle.cloudpickle._make_skeleton_enum)  # noqa: SLF001
_pickled: WeakKeyDictionary[Any, bytes] = WeakKeyDictionary()


class CheckFailedError(Exception):
    """A hidden check failed; the text is for the learner."""


class GraderError(Exception):
    """The grader itself is at fault; the text is for staff."""


class MachineError(GraderError):
    """The machine is: no process could be had to ask. Another try may well succeed."""


@dataclass(frozen=True)
class Shipment:
    """A probe with its inputs, ready to travel; `key` is the digest of all of it."""

    name: str
    code: bytes
    inputs: bytes
    seed: int
    sizes: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Digest of probe, inputs and seed: equal keys get equal answers from one notebook."""
        total = hashlib.sha256()
        for part in (self.code, self.inputs, str(self.seed).encode()):
            total.update(len(part).to_bytes(8, "big") + part)
        return total.hexdigest()

    def reseeded(self, salt: int) -> Shipment:
        """Return the same call under another seed."""
        return replace(self, seed=zlib.crc32(f"{self.seed}/{salt}".encode()))


@dataclass
class Call:
    """A probe call of one test on the learner's notebook, kept for the diagnosis.

    `judge` says how two answers are compared: it takes the trees of one notebook and another and
    returns their first difference. `failed` is whether this call made its check fail.
    """

    shipment: Shipment
    answer: Answer
    judge: Callable[[Any, Any], Difference | None]
    difference: Difference | None = None
    failed: bool = False
    rule: Rule | None = None
    _tree: tuple[Any, str] | None = None

    def decoded(self) -> tuple[Any, str]:
        """Decode the answer as `decoded` does, once; for the diagnosis alone, as checks change what they are given."""
        if self._tree is None:
            self._tree = decoded(self.answer)
        return self._tree

    @property
    def size(self) -> int:
        """Bytes of the answer."""
        return len(self.answer.tree or b"")


def ship(probe: Any, inputs: tuple[Any, ...], salt: str) -> Shipment:
    """Pack a probe by value and its inputs as a tree; the call's seed follows from `salt`, name and inputs.

    Raises:
        GraderError: it is no probe, or an input is no tree.
    """
    from gradetape.marks import is_probe

    if not is_probe(probe):
        raise GraderError(f"{probe!r} is no probe. Mark the function with @probe and pass it uncalled.")
    try:
        encoded = tree.encode(list(inputs))
    except tree.TreeError as error:
        text = str(error).replace("tree[", "input [", 1)
        raise GraderError(f"Probe {probe.__name__!r} cannot be given its inputs: {text}") from None
    seed = zlib.crc32(f"{salt}/{probe.__name__}/".encode() + encoded)
    return Shipment(probe.__name__, _pickle(probe), encoded, seed, _sizes(inputs))


def _sizes(inputs: tuple[Any, ...]) -> tuple[int, ...]:
    """Collect the axis lengths of array inputs, the first axes first."""
    shapes: list[tuple[int, ...]] = [tuple(getattr(i, "shape", ())) for i in inputs]
    first = [int(s[0]) for s in shapes if len(s)]
    return tuple(dict.fromkeys(first + [int(n) for s in shapes for n in s[1:]]))


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles code without the path of its file, and classes without the number of their definition.

    The path would tell a learner's process where the graders lie. Both differ from run to run, so that no
    answer of the reference could be remembered.
    """

    def __init__(self, buffer: io.BytesIO, function: Any) -> None:
        super().__init__(buffer)
        for names in (function.__globals__, *map(vars, helpers.beside())):
            self.globals_ref[id(names)] = {"__name__": "<probe>"}

    def reducer_override(self, obj: Any) -> Any:
        """Called by pickle for every object before its own way of reducing."""
        if isinstance(obj, types.ModuleType) and obj in helpers.beside():
            name = obj.__name__
            raise pickle.PicklingError(f"the module {name!r} lies in graders/; import names: `from {name} import …`")
        if isinstance(obj, types.CodeType):
            return cloudpickle.Pickler.dispatch_table[types.CodeType](obj.replace(co_filename="<probe>"))
        reduced = super().reducer_override(obj)
        if isinstance(obj, type) and isinstance(reduced, tuple) and reduced[0] in _CLASS_MAKERS:
            maker, (*arguments, _number, extra), *state = reduced
            return (maker, (*arguments, None, extra), *state)
        return reduced


def _pickle(function: Any) -> bytes:
    found = _pickled.get(function)
    if found is not None:
        return found
    with contextlib.ExitStack() as modules:
        for name in {function.__module__, *(m.__name__ for m in helpers.beside())}:
            modules.enter_context(_by_value(name))
        buffer = io.BytesIO()
        try:
            _Pickler(buffer, function).dump(function)
        except Exception as error:  # noqa: BLE001 - pickling raises whatever an object's reduction raises
            raise GraderError(
                f"Probe {function.__name__!r} cannot travel into a guest: {error}. "
                "It may use modules, other functions and plain constants of its file and of helpers, nothing else."
            ) from None
    _pickled[function] = buffer.getvalue()
    return buffer.getvalue()


@contextlib.contextmanager
def _by_value(module_name: str) -> Iterator[None]:
    """Pickle what is defined in this module by value: a guest cannot import a grader."""
    module = sys.modules.get(module_name)
    if module is None:
        yield
        return
    cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def decoded(answer: Answer) -> tuple[Any, str]:
    """Decode an answer's tree: the tree and '', or None and what is wrong with the bytes."""
    if answer.tree is None:
        return None, "there is no tree"
    try:
        return tree.decode(answer.tree), ""
    except tree.TreeError as error:
        return None, str(error)


def explain(answer: Answer, cell_error: str = "") -> str:
    """Say in the learner's words why there is no tree.

    Args:
        answer: an answer without a tree.
        cell_error: the name of the error with which the question's own cell ended, if it did.
    """
    where = f" (in the line `{answer.line}`)" if answer.line else ""
    said = f": {answer.evalue}" if answer.evalue else ""
    texts = {
        "raised": f"Your code raised {answer.ename}{said}{where}.",
        "missing": f"Your notebook does not define `{answer.name}`. Was it renamed, deleted, or its cell removed?",
        "not callable": f"A later cell overwrote one of your functions: `{answer.name}` cannot be called.",
        "no tree": f"Your code returned something that is no result: {answer.evalue}",
        "interrupted": f"Your code took longer than {answer.evalue or 'allowed'} s and was stopped{where}.",
        "died": answer.evalue or "The notebook's process ended while your code ran (exit, crash, or out of memory).",
        "no time": f"The time for the whole notebook ({answer.evalue} s) was used up before this check.",
    }
    if answer.kind == "raised" and answer.ename == "NotImplementedError":
        return f"A part is not written yet: `raise NotImplementedError()` is still there{where}."
    text = texts.get(answer.kind, texts["raised"])
    if answer.kind == "missing" and cell_error:
        text = f"Your notebook does not define `{answer.name}`: the cell of this question ended with {cell_error}."
    return text.replace("..", ".") if text.endswith("..") else text
