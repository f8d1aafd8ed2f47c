"""What is changed in a reference, and what is not."""

import ast
import json

import pytest

from gradetape.course import Assignment
from gradetape.mutation.mutants import mutants

CELL = '''def f(x, rate=0.1):
    """Two 2."""
    scale = 3  # given
    ### BEGIN SOLUTION
{body}
    ### END SOLUTION
'''


def assignment(source, *, points=10):
    """One question whose solution cell is `source`."""

    def cell(name, text, **mark):
        return {
            "cell_type": "code", "source": text, "outputs": [], "execution_count": None,
            "metadata": {"nbgrader": {"grade_id": name, "schema_version": 3, "task": False, **mark}},
        }  # fmt: skip

    cells = [
        cell("f_answer", source, grade=False, solution=True, locked=False),
        cell("f", "assert f", grade=True, solution=False, locked=True, points=points),
    ]
    nb = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    return Assignment(id="a", source=json.dumps(nb).encode(), release=None)


def changed(*body):
    """Return the changed body lines of every mutant."""
    source = CELL.format(body="\n".join(f"    {line}" for line in body))
    found = mutants(assignment(source))
    for mutant in found:
        ast.parse(mutant.source)
        assert mutant.source.startswith(source[: source.index("    ### BEGIN")])
    return {"\n".join(line[5:] for line in m.diff.splitlines() if line.startswith("+")) for m in found}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return x + y", {"return x - y"}),
        ("return x ** 2", {"return x * 2", "return x ** 3", "return x ** 1"}),
        ("return x[:3]", {"return x[:4]", "return x[:2]", "return x[:]"}),
        ("return x < 0.5", {"return x <= 0.5", "return x < 0.75"}),
        ("return tf.reduce_sum(x, axis=1)", {"return tf.reduce_mean(x, axis=1)", "return tf.reduce_sum(x)"}),
        ("return tf.reduce_sum(x, axis=1)", {"return tf.reduce_sum(x, axis=2)", "return tf.reduce_sum(x, axis=0)"}),
        ("return tf.cast(x, tf.float32)", {"return tf.cast(x, tf.float64)", "return (x)"}),
        ("return model(x, training=True)", {"return model(x, training=False)", "return model(x)"}),
        ("return layer(3, activation='relu')", {'return layer(3, activation="linear")', "return layer(3)"}),
        ("return f(a, b)", {"return f(b, a)", "return f(b)", "return f(a)"}),
        ("return a, b", {"return b, a"}),
        ("return not a", {"return a"}),
        ("return x if a else y", {"return x if (a) and False else y", "return x if (a) or True else y"}),
    ],
)
def test_changes_of_one_line(line, expected):
    """Operators, constants, axes, arguments, reductions, dtypes, training, activations, results."""
    assert expected <= changed(line)


def test_statements():
    """Calls for their effect are left out or change places; so is a name that is assigned once more."""
    assert "pass" in changed("x = g(x)", "x = h(x)", "return x")
    text = CELL.format(body="    a.f()\n    b.g()")
    bodies = [m.source for m in mutants(assignment(text)) if m.operator == "statement"]
    assert any("a.f()" not in b and "b.g()" in b for b in bodies)
    assert any(b.index("b.g()") < b.index("a.f()") for b in bodies if "a.f()" in b and "b.g()" in b)


def test_decorators_and_branches():
    """`@tf.function` dropped, `if a` turned."""
    body = "    @tf.function\n    def step(x):\n        if a:\n            return x\n    return step"
    sources = [m.source for m in mutants(assignment(CELL.format(body=body)))]
    assert any("@tf.function" not in s for s in sources)
    assert any("if not (a):" in s for s in sources)


@pytest.mark.parametrize(
    "line",
    [
        "return tf.maximum(a, b)",
        "raise ValueError('at least 3')",
        "assert x, 'relu'",
        "return layer(x, name='relu')",
    ],
)
def test_what_is_left_alone(line):
    """The order of a commutative call's arguments, messages, names of layers."""
    found = changed(line)
    assert not {"return tf.maximum(b, a)"} & found
    assert not any("linear" in f or "4" in f or f == "return layer(x)" for f in found)


def test_only_the_solution_is_changed():
    """Given lines, docstring and defaults of the signature stay; without marks the whole cell is the solution."""
    assert changed("return x") == set()
    found = mutants(assignment("y = 1\n"))
    assert {m.source for m in found} == {"y = 2\n", "y = 0\n"}


def test_names_are_stable_and_unique():
    """The id follows from question and solution: comments and text outside do not change it."""
    one = mutants(assignment(CELL.format(body="    return x + 1")))
    other = mutants(assignment(CELL.format(body="    # why\n\n    return x + 1").replace("Two 2.", "Else.")))
    assert [m.name for m in one] == [m.name for m in other]
    assert len({m.name for m in one}) == len(one) == 3
    assert all(m.question == "f" and m.cell == "f_answer" for m in one)


def test_a_manual_question_has_none():
    """What people grade is not mutated."""
    data = json.loads(assignment("y = 1").source)
    mark = data["cells"][0]["metadata"]["nbgrader"]
    mark |= {"grade": True, "points": 1}
    assert mutants(Assignment(id="a", source=json.dumps(data).encode(), release=None)) == []
