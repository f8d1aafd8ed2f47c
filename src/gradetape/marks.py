"""The two marks an author writes: `@probe` on code for guests, `@question` on hidden tests.

Must not import the judge, a guest, or TensorFlow: notebooks and graders both import it.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["MARKER", "ProbeError", "is_probe", "probe", "question"]

F = TypeVar("F", bound="Callable[..., Any]")
MARKER = (
    "question(name, weight=1, show='shape'): the question that this hidden test checks, and its share of the points"
)
"""How pytest is told of the mark that `question` sets."""
_PROBE_MARK = "__gradetape_probe__"
_SHOWN = ("shape", "errors", "curve", "samples")


class ProbeError(TypeError):
    """A function that cannot be a probe was marked as one."""


def probe(function: F) -> F:
    """Mark a function as a probe: it runs inside a guest and returns a tree.

    The first parameter is `nb`, the names of the notebook; the others are trees of NumPy arrays,
    numbers, strings, booleans and None. TensorFlow is imported inside the function.

    Raises:
        ProbeError: the function's first parameter is not `nb`, or it reads local variables of an
            enclosing function (those cannot travel into a guest).
    """
    parameters = list(inspect.signature(function).parameters)
    where = f"Probe {function.__qualname__!r} in {function.__module__}"
    if not parameters or parameters[0] != "nb":
        raise ProbeError(f"{where}: the first parameter has to be `nb`, the names of the notebook.")
    if function.__code__.co_freevars:
        names = ", ".join(function.__code__.co_freevars)
        raise ProbeError(
            f"{where}: it reads {names} of an enclosing function, which cannot travel into a guest. "
            "Define the probe at the top of the module and pass values as arguments."
        )
    setattr(function, _PROBE_MARK, True)
    return function


def is_probe(value: object) -> bool:
    """Say whether `value` is a function marked with `@probe`."""
    return callable(value) and getattr(value, _PROBE_MARK, False) is True


def question(name: str, *, weight: float = 1.0, show: str | Iterable[str] = "shape") -> Callable[[F], F]:
    """Mark a pytest test as a hidden check of the question `name` (an nbgrader `grade_id`).

    The test's docstring is the line the learner reads. A question's points are shared by its
    checks in proportion to `weight` (a positive number). `show` names the pictures that a learner may
    see when the check's `compare` fails: "errors" (a map of the errors without values), "curve" (the learner's
    curve beside the band of right ones), "samples" (draws beside the density of right ones), or several. Both
    shapes, which the message names too, are shown beside each other unless `show` is empty.

    Raises:
        ValueError: `weight` is not positive, or `show` names something else.
    """
    shown = (show,) if isinstance(show, str) else tuple(show)
    shown = tuple(dict.fromkeys(("shape", *shown))) if shown else ()
    unknown = [kind for kind in shown if kind not in _SHOWN]
    if unknown:
        raise ValueError(f"Question {name!r}: show={unknown[0]!r} is unknown. Use some of {', '.join(_SHOWN)}.")
    if not weight > 0:
        raise ValueError(f"Question {name!r}: weight has to be a positive number, not {weight!r}.")

    def mark(test: F) -> F:
        import pytest

        marked: F = pytest.mark.question(name, weight=float(weight), show=shown)(test)
        return marked

    return mark
