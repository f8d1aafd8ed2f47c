"""Hidden tests of custom_training_w1_gradients: tensors, casts, tapes and descent by hand.

What the learner's functions differentiate is made by the probes, from coefficients drawn by the judge.
"""

import numpy as np

from gradetape import probe, question


def _normal(rng, *shape, dtype="float32"):
    return rng.normal(size=shape).astype(dtype)


def _kind(result):
    import tensorflow as tf

    return "tf.Tensor" if isinstance(result, tf.Tensor) else type(result).__name__


# --- question 1 ------------------------------------------------------------------------------------------


@probe
def made_tensor(nb, values, dtype, as_name):
    """The tensor, what kind of object it is, and the argument afterwards."""
    import tensorflow as tf

    named = [] if dtype is None else [dtype if as_name else tf.as_dtype(dtype)]
    result = nb.as_tensor(values, *named)
    return {"kind of result": _kind(result), "result": result, "argument afterwards": values}


@question("as_tensor")
def test_own_dtype(compare, rng):
    """Without a dtype arrays keep theirs, and Python floats become float32."""
    for dtype in ("float64", "float32", "int64", "bool"):
        values = (3 * rng.normal(size=(2, 3))).astype(dtype)
        compare(made_tensor, values, None, False, label=f"an array of {dtype}")
    numbers = [float(value) for value in rng.integers(-40, 40, size=4) / 8]
    compare(made_tensor, [numbers[:2], numbers[2:]], None, False, label="a nested list of floats")
    compare(made_tensor, numbers[0], None, False, label="a single float")
    compare(made_tensor, [int(value) for value in rng.integers(-9, 9, size=5)], None, False, label="a list of integers")


@question("as_tensor")
def test_named_dtype(compare, rng):
    """A dtype that is given, itself or by its name, is honoured."""
    whole = [int(value) for value in rng.integers(-9, 9, size=3)]
    cases = (
        (whole, "float64", False), (whole, "int64", True), (_normal(rng, 2, 2, dtype="float64"), "float32", True),
        (_normal(rng, 3), "float64", False), (np.array([whole, whole]), "float16", False), ([0.5, -2.25], "float16", True),
    )  # fmt: skip
    for values, dtype, as_name in cases:
        compare(made_tensor, values, dtype, as_name, label=f"the dtype {dtype}", rtol=1e-6)


# --- question 2 ------------------------------------------------------------------------------------------


@probe
def squares(nb, values, as_array, shapes):
    """The squares in every one of the shapes, and the argument afterwards."""
    import tensorflow as tf

    given = values if as_array else tf.constant(values)
    return {"results": [nb.squares_in_shape(given, shape) for shape in shapes], "argument afterwards": given}


@question("squares_in_shape")
def test_squares(compare, rng):
    """Every value is squared by itself, keeps its dtype, and lands in row-major order in the shape."""
    cases = (
        ((3, 3), [(9,), (-1, 3), [1, 9, 1]], True),
        ((2, 6), [(3, 4), [4, -1], (2, 3, -1), (-1,)], False),
        ((2, 3, 4), [(4, 3, 2), (2, -1)], True),
        ((1, 1), [(), (-1, 1)], False),
    )
    for shape, shapes, as_array in cases:
        for dtype in ("int64", "float64", "int32", "float32"):
            values = (4 * rng.normal(size=shape)).astype(dtype)
            compare(squares, values, as_array, shapes, label=f"the squares of {dtype} values of rank {len(shape)}")


# --- question 3 ------------------------------------------------------------------------------------------


@probe
def converted(nb, values, dtypes, as_name):
    """The tensor in other dtypes, and what kind of objects these are."""
    import tensorflow as tf

    results = [nb.to_dtype(tf.constant(values), name if as_name else tf.as_dtype(name)) for name in dtypes]
    return {"kinds of results": [_kind(result) for result in results], "results": results}


@question("to_dtype")
def test_converted(compare, rng):
    """Numbers and truth values are cast to the given dtype; fractions are dropped."""
    values = np.concatenate([rng.uniform(-4, 4, size=8), [1.9, -1.9, 2.5, -0.5, 0.0, 0.25]])
    compare(converted, values.reshape(2, 7), ["int32", "float32"], False, label="float64 as other dtypes")
    values = values.astype("float32")
    compare(converted, values, ["float64", "bool", "int64"], True, label="float32 as other dtypes")
    compare(converted, rng.integers(-3, 4, size=9), ["float32", "bool"], False, label="integers as other dtypes")
    compare(converted, rng.normal(size=(3, 2)) > 0, ["float32", "int32"], True, label="truth values as numbers")
    compare(converted, values[9], ["int32", "float64"], False, label="a scalar")


# --- question 4 ------------------------------------------------------------------------------------------


@probe
def product_and_sum(nb, a, b, c, upstream):
    """The result, its kind, and the gradient of its weighted sum by all tensors."""
    import tensorflow as tf

    given = [tf.constant(a), tf.constant(b), c if isinstance(c, float) else tf.constant(c)]
    tensors = [part for part in given if not isinstance(part, float)]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = nb.scaled_sum(*given)
        total = tf.reduce_sum(result * upstream) if isinstance(result, tf.Tensor) else None
    gradients = [None] * len(tensors) if total is None else tape.gradient(total, tensors)
    return {"kind of result": _kind(result), "result": result, "gradients": gradients}


@question("scaled_sum")
def test_product_and_sum(compare, rng):
    """The result is a · b + c element by element, with broadcasting, for every dtype."""
    cases = (((3, 3), (3, 3), (3, 3)), ((3, 1), (4,), ()), ((2, 1, 3), (5, 1), (2, 1, 1)), ((2,), (), (4, 2)))
    for shapes in cases:
        for dtype in ("float32", "float64"):
            a, b, c = (_normal(rng, *shape, dtype=dtype) for shape in shapes)
            compare(product_and_sum, a, b, c, np.ones((), dtype), label=f"shapes {shapes}", rtol=1e-4, atol=1e-5)


@question("scaled_sum")
def test_gradients(compare, rng):
    """Gradients flow to all three arguments, and c may be a Python number."""
    for shapes, whole in (
        (((3, 1), (4,), ()), (3, 4)),
        (((2, 2), (2, 2), (2, 2)), (2, 2)),
        (((), (3,), (2, 1)), (2, 3)),
    ):
        a, b, c = (_normal(rng, *shape) for shape in shapes)
        compare(product_and_sum, a, b, c, _normal(rng, *whole), label="the gradients", rtol=1e-4, atol=1e-5)
    a, b = _normal(rng, 4, 1), _normal(rng, 2)
    number = float(rng.uniform(1, 2))
    compare(product_and_sum, a, b, number, _normal(rng, 4, 2), label="a Python number as c", rtol=1e-4, atol=1e-5)


# --- question 5 ------------------------------------------------------------------------------------------


@probe
def slopes(nb, values, as_variable):
    """The gradient at a constant or a variable, and the variable afterwards."""
    import tensorflow as tf

    x = tf.Variable(values) if as_variable else tf.constant(values)
    return {"gradient": nb.polynomial_slope(x), "argument afterwards": x}


@question("polynomial_slope")
def test_slopes_of_variables(compare, rng):
    """The gradient at a variable is the cubic's slope at every entry, in the shape and dtype of x."""
    for shape, dtype in (((), "float32"), ((5,), "float32"), ((2, 3), "float64"), ((1, 2, 2), "float32")):
        x = rng.uniform(-2, 3, size=shape).astype(dtype)
        compare(slopes, x, True, label=f"a variable of shape {shape}", rtol=1e-4, atol=1e-4)


@question("polynomial_slope")
def test_slopes_of_constants(compare, rng):
    """The gradient at a constant is found, too."""
    for shape, dtype in (((), "float32"), ((4,), "float64"), ((3, 2), "float32"), ((2, 1, 3), "float64")):
        x = rng.uniform(-2, 3, size=shape).astype(dtype)
        compare(slopes, x, False, label=f"a constant of shape {shape}", rtol=1e-4, atol=1e-4)


# --- question 6 ------------------------------------------------------------------------------------------


def _function(name, first, second):
    """An element-wise function by its name, with two coefficients."""
    import tensorflow as tf

    return {
        "sine": lambda x: first * tf.sin(second * x),
        "cubic": lambda x: first * x**3 - 5 * x**2 + second * x,
        "exponential": lambda x: tf.exp(first * x) - second * x,
        "line": lambda x: first * x + second,
        "constant": lambda x: tf.zeros_like(x) + second,
    }[name]


@probe
def curvature(nb, name, first, second, x):
    """The second derivative of a named function at x."""
    import tensorflow as tf

    return nb.second_derivative(_function(name, first, second), tf.constant(x))


@question("second_derivative", weight=3)
def test_curved(compare, rng):
    """The second derivative of curved functions is exact, at every entry, in the shape and dtype of x."""
    for name in ("sine", "cubic", "exponential"):
        for shape, dtype in (((), "float32"), ((4,), "float64"), ((2, 3), "float32")):
            x = rng.uniform(0.2, 1.5, size=shape).astype(dtype)
            inputs = (name, float(rng.uniform(1, 2)), float(rng.uniform(0.5, 1.5)), x)
            tolerance = {"rtol": 1e-4, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-7}
            compare(curvature, *inputs, label=f"the second derivative at x of shape {shape}", **tolerance)


@question("second_derivative")
def test_straight(compare, rng):
    """For a straight line and for a constant function the second derivative is zero."""
    for name in ("line", "constant"):
        for shape, dtype in (((3,), "float32"), ((), "float32"), ((2, 2), "float64")):
            x = _normal(rng, *shape, dtype=dtype)
            compare(curvature, name, float(rng.uniform(1, 2)), 3.0, x, label=f"a {name}")


# --- question 7 ------------------------------------------------------------------------------------------


def _hill(name, target, matrix):
    """A function to descend, by its name: from a tensor to a scalar."""
    import tensorflow as tf

    return {
        "bowl": lambda v: tf.reduce_sum((v - target) ** 2),
        "tilted bowl": lambda v: tf.reduce_sum(tf.linalg.matvec(matrix, v - target) ** 2),
        "waves": lambda v: tf.reduce_sum(tf.sin(v) + 0.3 * (v - target) ** 2),
    }[name]


@probe
def descent(nb, name, target, matrix, start, kind, learning_rate, steps):
    """The value, the values along the way, and the start afterwards."""
    import tensorflow as tf

    start = {"tensor": tf.constant, "variable": tf.Variable, "array": np.asarray}[kind](start)
    result = nb.gradient_descent(_hill(name, target, matrix), start, learning_rate, steps)
    return {"(value, values)": result, "start afterwards": start}


def _compare_descent(compare, rng, name, shape, kind, steps, dtype="float32"):
    size = shape[-1] if shape else 1
    matrix = (np.eye(size) + 0.3 * rng.normal(size=(size, size))).astype(dtype)
    rate = float(rng.uniform(0.03, 0.12))
    inputs = (name, _normal(rng, *shape, dtype=dtype), matrix, 2 * _normal(rng, *shape, dtype=dtype), kind, rate, steps)
    compare(descent, *inputs, label=f"{steps} steps from a {kind} of shape {shape}", rtol=1e-4, atol=1e-4)


@question("gradient_descent")
def test_descent(compare, rng):
    """The value follows the gradient downhill, with one entry per step, from tensors and arrays."""
    _compare_descent(compare, rng, "bowl", (), "tensor", 10)
    _compare_descent(compare, rng, "waves", (), "array", 1)
    _compare_descent(compare, rng, "tilted bowl", (3,), "tensor", 12)
    _compare_descent(compare, rng, "waves", (2, 3), "array", 7, "float64")
    _compare_descent(compare, rng, "bowl", (2,), "tensor", 0)


@question("gradient_descent")
def test_start_untouched(compare, rng):
    """A variable that is given as the start holds the same value afterwards."""
    _compare_descent(compare, rng, "waves", (4,), "variable", 6)
    _compare_descent(compare, rng, "bowl", (), "variable", 9, "float64")
    _compare_descent(compare, rng, "tilted bowl", (2,), "variable", 0)
