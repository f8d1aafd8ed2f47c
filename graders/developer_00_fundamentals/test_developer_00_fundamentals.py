"""Hidden tests of developer_00_fundamentals."""

import numpy as np
from scipy import stats

from gradetape import probe, question
from gradetape.samples import distribution_test, mean_test


def given(array, as_tensor):
    """Hand an input to the notebook as a tensor or as the NumPy array that it is."""
    import tensorflow as tf

    return tf.constant(array) if as_tensor else np.array(array)


# --- tensor_facts -----------------------------------------------------------------------------------


@probe
def facts(nb, array, as_tensor):
    """The four facts about an array, given as a tensor or as it is."""
    return nb.tensor_facts(given(array, as_tensor))


@probe
def fact_types(nb, array, as_tensor):
    """The names of the Python types of the four facts."""
    found = nb.tensor_facts(given(array, as_tensor))
    if not isinstance(found, dict):
        return type(found).__name__
    return {str(key): type(value).__name__ for key, value in found.items()}


@question("tensor_facts")
def test_facts_of_tensors(compare, rng):
    """Rank, shape, size and dtype are right for tensors of every rank, scalars and empty ones included."""
    n, m = (int(k) for k in rng.integers(2, 7, 2))
    for array in (
        rng.normal(size=(n, m, 3)).astype("float32"),
        rng.integers(0, 9, (m + 1,)).astype("int64"),
        rng.random((1, n)) < 0.5,
        np.zeros((n, 0), "uint8"),
        np.float64(rng.normal()),
    ):
        compare(facts, array, True, label="the description of a tensor")


@question("tensor_facts")
def test_facts_of_arrays(compare, rng):
    """NumPy arrays are described like tensors."""
    n = int(rng.integers(2, 7))
    for array in (
        rng.normal(size=(n, 2)),
        rng.integers(0, 9, (3, 1, n, 2)).astype("int32"),
        np.zeros((0, n), "float32"),
        np.array(rng.normal(), "float32"),
    ):
        compare(facts, array, False, label="the description of a NumPy array")


@question("tensor_facts")
def test_facts_are_plain_python(learner, check, rng):
    """The description is a dict of plain Python values: two ints, a tuple and a string."""
    array = rng.normal(size=(3, int(rng.integers(2, 7)))).astype("float32")
    for as_tensor, what in ((True, "a tensor"), (False, "a NumPy array")):
        found = learner(fact_types, array, as_tensor)
        check(isinstance(found, dict), "The description has to be a dict.")
        for key, kind in (("rank", "int"), ("shape", "tuple"), ("size", "int"), ("dtype", "str")):
            check(found.get(key) == kind, f"For {what}, the entry {key!r} has to be a plain Python {kind}.")


# --- seeded_uniform ---------------------------------------------------------------------------------


@probe
def draw(nb, shape, seed):
    """One draw."""
    return nb.seeded_uniform(shape, seed)


@probe
def draws_under(nb, shape, seeds, states):
    """A draw per seed under each global seed, every time after a different number of other draws."""
    import tensorflow as tf

    drawn = []
    for round_, state in enumerate(states):
        tf.random.set_seed(state)
        for _ in range(round_):
            tf.random.uniform((2,))
            nb.seeded_uniform((3,), seeds[-1] + 1)
        drawn.append([nb.seeded_uniform(shape, seed) for seed in seeds])
    return drawn


@probe
def streams(nb, shape, seed, state, call):
    """What the global random streams give next, with or without a call in between."""
    import random

    import tensorflow as tf

    random.seed(state)
    np.random.seed(state)  # noqa: NPY002 - the legacy stream is the one that must stay untouched
    tf.random.set_seed(state)
    if call:
        nb.seeded_uniform(shape, seed)
    return {
        "Python": random.random(),  # noqa: S311
        "NumPy": np.random.random(3),  # noqa: NPY002
        "TensorFlow": tf.random.uniform((3,)),
    }


@question("seeded_uniform")
def test_shape_and_dtype(learner, check, rng):
    """The result is a float32 array of the shape that was asked for, scalars included."""
    n = int(rng.integers(2, 7))
    for shape in ((n, 3), [n], (2, n, 1, 4), (0, n), ()):
        drawn = learner(draw, shape, int(rng.integers(2**31)))
        check(isinstance(drawn, np.ndarray), "The result has to be an array or tensor.")
        check(drawn.shape == tuple(shape), "The result does not have the shape that was asked for.")
        check(drawn.dtype == np.float32, "The dtype of the result has to be float32.")


@question("seeded_uniform")
def test_uniform(learner, check, rng):
    """The numbers are spread evenly over [0, 1)."""
    for shape in ((100, 100), (10_000,)):
        drawn = learner(draw, shape, int(rng.integers(2**31)))
        check(isinstance(drawn, np.ndarray) and drawn.shape == shape, "The result has to have the shape asked for.")
        check(drawn.dtype.kind == "f", "The result has to hold floats.")
        check(bool(np.all((drawn >= 0) & (drawn < 1))), "Every number has to lie in [0, 1).")
        check(mean_test(drawn.ravel(), 0.5, 12**-0.5, label="the mean of many numbers"))
        check(distribution_test(drawn.ravel(), stats.uniform().cdf, label="the distribution of many numbers"))


@question("seeded_uniform", weight=2)
def test_depends_on_seed_alone(learner, check, rng):
    """The seed alone decides: no global seed, no earlier call, and no trace left behind."""
    shape = (int(rng.integers(3, 6)), 4)
    first, second, *states = (int(n) for n in rng.choice(2**20, 5, replace=False))
    rounds = learner(draws_under, shape, [first, second, 0], states)
    for one, two, zero in rounds:
        check(
            all(np.array_equal(a, b) for a, b in zip((one, two, zero), rounds[0], strict=True)),
            "The same seed has to give the same numbers, whatever the global seed is and whatever was drawn before.",
        )
        check(
            not (np.array_equal(one, two) or np.array_equal(one, zero) or np.array_equal(two, zero)),
            "Another seed has to give other numbers.",
        )
    for seed in (first, second):
        without = learner(streams, shape, seed, states[0], False)
        after = learner(streams, shape, seed, states[0], True)
        for library in ("Python", "NumPy", "TensorFlow"):
            check(
                np.array_equal(without[library], after[library]),
                f"The call disturbs the global random stream of {library}.",
            )


# --- pairwise_products ------------------------------------------------------------------------------


@probe
def row_products(nb, a, b, as_tensor):
    """All products of rows."""
    return nb.pairwise_products(given(a, as_tensor), given(b, as_tensor))


@question("pairwise_products", show="errors")
def test_all_pairs_of_rows(compare, rng):
    """Every row of a meets every row of b, for any numbers of rows and columns."""
    n, k = int(rng.integers(3, 6)), int(rng.integers(6, 9))
    for rows, columns, others in ((n, k, n), (n, 2, n + 2), (n + 3, k, 2), (1, n, 1), (n, 1, k)):
        a, b = (rng.normal(size=(r, columns)).astype("float32") for r in (rows, others))
        compare(row_products, a, b, True, label="the table of products", rtol=1e-4, atol=1e-5)


@question("pairwise_products")
def test_keeps_the_dtype(compare, rng):
    """Integers stay integers, float64 stays float64, and NumPy arrays are welcome."""
    n, k = int(rng.integers(3, 6)), int(rng.integers(6, 9))
    for dtype in ("int32", "int64", "float64"):
        for as_tensor in (True, False):
            a, b = (rng.integers(-9, 10, (rows, k)).astype(dtype) for rows in (n, n + 1))
            compare(row_products, a, b, as_tensor, label=f"the table of products of {dtype} rows")


# --- row_dots ---------------------------------------------------------------------------------------


@probe
def dots(nb, a, b, as_tensor):
    """Products of rows at the same place."""
    return nb.row_dots(given(a, as_tensor), given(b, as_tensor))


@question("row_dots")
def test_any_leading_axes(compare, rng):
    """The last axis is summed and all leading axes stay."""
    n, k = int(rng.integers(3, 6)), int(rng.integers(6, 9))
    for shape in ((n, k), (2, n, k), (n, 1, 2, 3), (n, 1), (k, k)):
        a, b = (rng.normal(size=shape).astype("float32") for _ in range(2))
        for as_tensor in (True, False):
            compare(dots, a, b, as_tensor, label="the products of rows", rtol=1e-4, atol=1e-5)


@question("row_dots")
def test_two_vectors_and_one_row(compare, rng):
    """Two vectors give a scalar; a single row stays one row."""
    k = int(rng.integers(4, 9))
    for shape, what in (((1, k), "a single pair of rows"), ((k,), "two vectors")):
        a, b = (rng.normal(size=shape).astype("float32") for _ in range(2))
        compare(dots, a, b, True, label=f"the product of {what}", rtol=1e-4, atol=1e-5)


# --- column_extremes --------------------------------------------------------------------------------


@probe
def extremes(nb, t, as_tensor):
    """Minimum, maximum and row of the maximum."""
    return nb.column_extremes(given(t, as_tensor))


@question("column_extremes")
def test_extremes_per_column(compare, rng):
    """Each column has its own minimum, maximum and row, in this order."""
    n, d = int(rng.integers(5, 9)), int(rng.integers(2, 5))
    for shape in ((n, d), (n, n), (1, d), (n, 1)):
        for shift in (0, -10):
            t = (rng.normal(size=shape) + shift).astype("float32")
            compare(extremes, t, shift == 0, label="the triple of extremes")


@question("column_extremes")
def test_first_of_equals(compare, rng):
    """Of several equal maxima the first row counts; row numbers are int64."""
    d = int(rng.integers(5, 9))
    for _ in range(2):
        t = rng.integers(-2, 2, (12, d)).astype("float32")
        compare(extremes, t, True, label="the triple of extremes of a table with equal entries")


# --- one_hot_labels ---------------------------------------------------------------------------------


@probe
def one_hot(nb, labels, depth, as_tensor):
    """One-hot rows; a depth of None is left out of the call."""
    labels = given(labels, as_tensor)
    return nb.one_hot_labels(labels) if depth is None else nb.one_hot_labels(labels, depth)


def some_labels(rng, n, largest):
    """Labels with gaps in which the largest occurs, so that the default depth is largest + 1."""
    labels = rng.integers(0, largest, n)
    labels[rng.integers(n)] = largest
    return labels.astype("int64")


@question("one_hot_labels", weight=2, show="errors")
def test_default_depth(compare, rng):
    """Without a depth there is a column for every class from zero to the largest label."""
    for largest in (4, 56, int(rng.integers(10, 40))):
        labels = some_labels(rng, int(rng.integers(5, 9)), largest)
        for form in (labels, labels[:, None]):
            for as_tensor in (True, False):
                compare(one_hot, form, None, as_tensor, label="the one-hot rows without a depth")


@question("one_hot_labels", show="errors")
def test_given_depth(compare, rng):
    """A given depth decides the number of columns."""
    for extra in (1, 2, int(rng.integers(5, 20))):
        labels = some_labels(rng, 6, 5)
        for form in (labels, labels[:, None]):
            compare(one_hot, form, 5 + extra, True, label="the one-hot rows with a given depth")


@question("one_hot_labels")
def test_single_label(compare, rng):
    """A single label gives a single row, from both forms, and class 0 alone has depth 1."""
    label = np.array([rng.integers(1, 9)], "int64")
    for depth in (None, 12):
        compare(one_hot, label[:, None], depth, True, label="the one-hot row of a single label in a column")
        compare(one_hot, label, depth, True, label="the one-hot row of a single label")
    compare(one_hot, np.zeros((1, 1), "int64"), None, True, label="the one-hot row of class 0 alone")


# --- standardise_tensor -----------------------------------------------------------------------------


@probe
def standardised(nb, x, as_tensor):
    """The standardised tensor."""
    return nb.standardise_tensor(given(x, as_tensor))


@probe
def standardised_each(nb, arrays, as_tensor):
    """The standardised tensors of several inputs."""
    return [nb.standardise_tensor(given(x, as_tensor)) for x in arrays]


@probe
def graph_facts(nb, arrays):
    """Whether the function is a `tf.function`, and how many traces calling it on the arrays (twice each) adds."""
    function = nb.standardise_tensor
    count = getattr(function, "experimental_get_tracing_count", None)
    if count is None or not hasattr(function, "get_concrete_function"):
        return {"kind": "plain function", "traces": 0}
    before = count()
    for array in arrays * 2:
        function(given(array, True))
    return {"kind": "graph function", "traces": count() - before}


@question("standardise_tensor")
def test_standardises_all_entries(compare, rng):
    """All entries together get mean 0 and standard deviation 1, whatever the rank."""
    for shape, scale in (((5, 3), 2.0), ((11,), 0.5), ((2, 3, 4), 7.0)):
        x = (scale * rng.normal(size=shape) + rng.normal()).astype("float32")
        compare(standardised, x, True, label="the standardised tensor", rtol=1e-4, atol=1e-5)


@question("standardise_tensor")
def test_dtypes_and_constants(compare, rng):
    """Integers and float64 give float32 as well, and equal entries give zeros."""
    tables = []
    for dtype in ("int32", "uint8", "float64"):
        x = rng.integers(0, 90, (3, 4)).astype(dtype)
        x[0, :2] = 0, 77
        tables.append(x)
    for as_tensor in (True, False):
        label = "the list of results for int32, uint8 and float64"
        compare(standardised_each, tables, as_tensor, label=label, rtol=1e-4, atol=1e-5)
    value = float(rng.integers(1, 9))
    for dtype in ("float32", "int32"):
        compare(standardised, np.full((2, 4), value, dtype), True, label="the result for equal entries")
    for value in (0.1, 0.7):  # whose mean is off by a last digit in float32
        compare(standardised, np.full(7, value, "float32"), True, label="the result for equal entries")


@question("standardise_tensor")
def test_is_a_graph(learner, check, rng):
    """The function is a tf.function that is traced once for a shape and dtype."""
    arrays = [rng.integers(0, 9, (7, 3)).astype(dtype) for dtype in ("float32", "int64")]
    found = learner(graph_facts, arrays)
    check(found["kind"] == "graph function", "`standardise_tensor` has to stay a `tf.function`: keep the decorator.")
    check(found["traces"] <= len(arrays), "The function is traced again although shape and dtype were seen before.")
