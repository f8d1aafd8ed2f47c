"""What is changed in a reference solution: mutmut's operators where they fit, and those of TensorFlow's own slips.

Each operator takes a node of a LibCST tree and yields other nodes to stand in its place. Knows nothing of
notebooks and guests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import libcst as cst
from libcst import matchers as m
from mutmut.mutation import mutators

__all__ = ["COSMETIC", "OPERATORS", "Operator"]

Operator = tuple[str, type[cst.CSTNode], Callable[[Any], Iterable[cst.CSTNode]]]
"""A name, the type of nodes it looks at, and what it makes of one."""

_NAMES = (
    ("reduce_sum", "reduce_mean"), ("reduce_max", "reduce_min"), ("sum", "mean"), ("max", "min"),
    ("argmax", "argmin"), ("maximum", "minimum"), ("amax", "amin"), ("cumsum", "cumprod"),
    ("ones", "zeros"), ("ones_like", "zeros_like"), ("floor", "ceil"), ("sin", "cos"),
    ("MaxPooling2D", "AveragePooling2D"), ("MaxPool2D", "AveragePooling2D"),
    ("GlobalMaxPooling2D", "GlobalAveragePooling2D"),
    ("float32", "float64"), ("int64", "int32"), ("uint8", "int32"),
    ("Adam", "SGD"), ("RMSprop", "SGD"), ("BinaryCrossentropy", "MeanSquaredError"),
    ("MeanSquaredError", "MeanAbsoluteError"), ("CategoricalCrossentropy", "CategoricalHinge"),
    ("SparseCategoricalAccuracy", "Accuracy"), ("mode", "mean"), ("sample", "mean"), ("stddev", "variance"),
    ("log_prob", "prob"), ("forward", "inverse"), ("shuffle", "take"), ("trainable_variables", "variables"),
    ("trainable_weights", "weights"),
    ("relu", "tanh"), ("sigmoid", "tanh"), ("softplus", "exp"), ("softmax", "sigmoid"),
    ("Normal", "Laplace"), ("val_loss", "loss"), ("local_experimental_results", "reduce"),
)  # fmt: skip
"""Names of the field that are easily taken for one another; each pair is tried in both directions."""

_STRINGS = (
    ("relu", "linear"), ("softmax", "linear"), ("sigmoid", "linear"), ("tanh", "linear"), ("softplus", "linear"),
    ("linear", "relu"), ("same", "valid"), ("valid", "same"), ("mse", "mae"), ("mae", "mse"),
    ("binary_crossentropy", "mse"), ("sparse_categorical_crossentropy", "mse"), ("categorical_crossentropy", "mse"),
    ("float32", "float64"), ("float64", "float32"), ("int64", "int32"), ("int32", "int64"), ("uint8", "int32"),
    ("adam", "sgd"), ("rmsprop", "sgd"), ("sgd", "adam"), ("val_loss", "loss"), ("loss", "val_loss"),
    ("min", "max"), ("max", "min"), ("sum", "sum_over_batch_size"), ("none", "sum"), ("zeros", "ones"),
    ("ones", "zeros"), ("random_normal", "zeros"), ("glorot_uniform", "zeros"), ("accuracy", "mse"),
)  # fmt: skip

_swaps: dict[str, list[str]] = {}
for _one, _other in _NAMES:
    _swaps.setdefault(_one, []).append(_other)
    _swaps.setdefault(_other, []).append(_one)

_SYMMETRIC = (
    "minimum", "maximum", "add", "multiply", "equal", "not_equal", "logical_and", "logical_or", "min", "max",
    "squared_difference", "allclose", "array_equal",
)  # fmt: skip
_either = m.OneOf(*(m.Name(name) for name in _SYMMETRIC))
_COMMUTATIVE = m.Attribute(attr=_either) | _either

COSMETIC = {"name", "verbose"}
"""Keywords that change what a model is called or what is printed, and nothing that a learner is asked for."""


def _number(node: cst.Integer | cst.Float) -> Iterator[cst.CSTNode]:
    """An off-by-one up and down; a factor of 1.5 for what is no whole number."""
    value = node.evaluated_value
    if isinstance(node, cst.Integer):
        yield cst.Integer(str(value + 1))
        if value > 0:
            yield cst.Integer(str(value - 1))
    else:
        yield cst.Float(repr(value * 1.5 if value else 1.0))


def _argument_dropped(node: cst.Call) -> Iterator[cst.CSTNode]:
    """Mutmut's `operator_arg_removal` without its None in place of a value, and without cosmetic keywords."""
    for index, arg in enumerate(node.args):
        cosmetic = arg.keyword is not None and arg.keyword.value in COSMETIC
        if not arg.star and not cosmetic and (len(node.args) > 1 or arg.keyword is not None):
            yield node.with_changes(args=_without(node.args, index))


def _without(args: Sequence[cst.Arg], index: int) -> list[cst.Arg]:
    kept = [a for i, a in enumerate(args) if i != index]
    if kept and index == len(args) - 1:
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return kept


def _arguments_swapped(node: cst.Call) -> Iterator[cst.CSTNode]:
    """Two neighbouring positional arguments change places, except where their order means nothing."""
    if m.matches(node.func, _COMMUTATIVE):
        return
    for i in range(len(node.args) - 1):
        one, other = node.args[i], node.args[i + 1]
        if one.keyword is None and other.keyword is None and not one.star and not other.star:
            args = list(node.args)
            args[i], args[i + 1] = one.with_changes(value=other.value), other.with_changes(value=one.value)
            yield node.with_changes(args=args)


def _call_removed(node: cst.Call) -> Iterator[cst.CSTNode]:
    """A call with one positional argument gives way to the argument: f(x) becomes x, x.f() becomes x."""
    positional = [a for a in node.args if a.keyword is None and not a.star]
    if positional and len(positional) <= 2 and isinstance(node.func, cst.Attribute | cst.Name):
        yield positional[0].value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    elif not positional and isinstance(node.func, cst.Attribute):
        yield node.func.value


def _name_confused(node: cst.Attribute) -> Iterator[cst.CSTNode]:
    for other in _swaps.get(node.attr.value, []):
        yield node.with_changes(attr=cst.Name(other))


def _string_confused(node: cst.SimpleString) -> Iterator[cst.CSTNode]:
    value = node.evaluated_value
    for one, other in _STRINGS:
        if value == one:
            yield cst.SimpleString(f'"{other}"')


def _decorator_dropped(node: cst.FunctionDef | cst.ClassDef) -> Iterator[cst.CSTNode]:
    for index in range(len(node.decorators)):
        yield node.with_changes(decorators=[d for i, d in enumerate(node.decorators) if i != index])


def _condition_turned(node: cst.If | cst.While) -> Iterator[cst.CSTNode]:
    """`if x` becomes `if not x`; comparisons have operators of their own."""
    if not isinstance(node.test, cst.Comparison):
        inner = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(operator=cst.Not(), expression=inner))


def _order_of_results(node: cst.Return) -> Iterator[cst.CSTNode]:
    """`return a, b` becomes `return b, a`, for every two neighbours."""
    if isinstance(node.value, cst.Tuple | cst.List):
        yield from (node.with_changes(value=changed) for changed in _neighbours_swapped(node.value))


def _neighbours_swapped(node: cst.Tuple | cst.List) -> Iterator[cst.Tuple | cst.List]:
    for i in range(len(node.elements) - 1):
        elements = list(node.elements)
        one, other = elements[i], elements[i + 1]
        elements[i], elements[i + 1] = one.with_changes(value=other.value), other.with_changes(value=one.value)
        yield node.with_changes(elements=elements)


def _statement_changed(node: cst.IndentedBlock | cst.Module) -> Iterator[cst.CSTNode]:
    """A statement whose result nobody keeps is left out, or changes places with its neighbour."""
    body = list(node.body)
    for i, statement in enumerate(body):
        if not _acts(statement, body[:i]):
            continue
        yield node.with_changes(body=[*body[:i], _led_by(_PASS, statement), *body[i + 1 :]])
        if i + 1 < len(body) and _acts(body[i + 1], body[:i]):
            swapped = [_led_by(body[i + 1], statement), _led_by(statement, body[i + 1])]
            yield node.with_changes(body=[*body[:i], *swapped, *body[i + 2 :]])


_PASS = cst.SimpleStatementLine([cst.Pass()])


def _led_by(statement: cst.CSTNode, other: cst.CSTNode) -> cst.CSTNode:
    """Return a statement below the comments of another one: marks of a solution stay where they are."""
    return statement.with_changes(leading_lines=getattr(other, "leading_lines", ()))


def _acts(statement: cst.CSTNode, before: Sequence[cst.CSTNode]) -> bool:
    """Say whether a statement can be missing without a NameError: a bare call, `x += 1`, or `x = f(x)` once more."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    small = statement.body[0]
    if isinstance(small, cst.Expr):
        return not isinstance(small.value, cst.SimpleString | cst.ConcatenatedString)
    if isinstance(small, cst.AugAssign):
        return True
    if not isinstance(small, cst.Assign):
        return False
    names = {n.value for target in small.targets for n in m.findall(target.target, m.Name()) if isinstance(n, cst.Name)}
    return any(_assigns(one, names) for one in before)


def _assigns(statement: cst.CSTNode, names: set[str]) -> bool:
    targets = [t.target for a in m.findall(statement, m.Assign()) if isinstance(a, cst.Assign) for t in a.targets]
    return any(isinstance(t, cst.Name) and t.value in names for t in targets)


def _slice_bound_dropped(node: cst.Slice) -> Iterator[cst.CSTNode]:
    if node.lower is not None:
        yield node.with_changes(lower=None)
    if node.upper is not None:
        yield node.with_changes(upper=None)


OPERATORS: tuple[Operator, ...] = (
    ("number", cst.Integer, _number),
    ("number", cst.Float, _number),
    ("true or false", cst.Name, mutators.operator_name),
    ("operator", cst.CSTNode, mutators.operator_swap_op),
    ("keyword", cst.CSTNode, mutators.operator_keywords),
    ("negation dropped", cst.UnaryOperation, mutators.operator_remove_unary_ops),
    ("augmented assignment", cst.AugAssign, mutators.operator_augmented_assignment),
    ("conditional expression", cst.IfExp, mutators.operator_if_exp),
    ("argument dropped", cst.Call, _argument_dropped),
    ("arguments swapped", cst.Call, _arguments_swapped),
    ("call removed", cst.Call, _call_removed),
    ("name confused", cst.Attribute, _name_confused),
    ("string confused", cst.SimpleString, _string_confused),
    ("decorator dropped", cst.FunctionDef, _decorator_dropped),
    ("decorator dropped", cst.ClassDef, _decorator_dropped),
    ("condition turned", cst.If, _condition_turned),
    ("condition turned", cst.While, _condition_turned),
    ("order of results", cst.Return, _order_of_results),
    ("statement", cst.IndentedBlock, _statement_changed),
    ("statement", cst.Module, _statement_changed),
    ("slice bound dropped", cst.Slice, _slice_bound_dropped),
)
"""All operators, in the order in which they are tried."""
