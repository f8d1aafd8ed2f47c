"""Hidden checks of the vault; the attack suite tries to read this file and to pass without an answer."""

import numpy as np

from gradetape import probe, question

# CANARY_GRADER
SECRET = "CANARY_GRADER"


@probe
def doubled(nb, x):
    return nb.double(x)


@probe
def squared(nb, x):
    return nb.square(x)


@question("double", weight=2)
def test_double(compare, rng):
    """Every value is doubled, for arrays of any shape."""
    for shape in ((3,), (2, 4), (1, 2, 5)):
        compare(doubled, rng.normal(size=shape), label=f"the double of an array of shape {shape}")


@question("double")
def test_double_integers(compare, rng):
    """Integers stay integers."""
    compare(doubled, rng.integers(3, 90, size=7), label="the double of integers")


@question("double")
def test_double_by_hand(learner, check, rng):
    """Half of the double is the array itself."""
    x = rng.uniform(1, 2, size=6)
    found = learner(doubled, x)
    check(isinstance(found, np.ndarray) and found.shape == x.shape, "The double has to have the shape of x.")
    check(found.dtype == x.dtype and np.allclose(found / 2, x), "Half of the double is not x.")


@question("square", weight=2)
def test_square(compare, rng):
    """Every value is squared, for arrays of any shape."""
    for shape in ((3,), (2, 4), (1, 2, 5)):
        compare(squared, rng.normal(size=shape), label=f"the square of an array of shape {shape}")


@question("square")
def test_square_integers(compare, rng):
    """Integers stay integers."""
    compare(squared, rng.integers(3, 90, size=7), label="the square of integers")


@question("square")
def test_square_by_hand(learner, check, rng):
    """The root of the square is the array itself."""
    x = rng.uniform(2, 3, size=6)
    found = learner(squared, x)
    check(isinstance(found, np.ndarray) and found.shape == x.shape, "The square has to have the shape of x.")
    check(found.dtype == x.dtype and np.allclose(np.sqrt(np.abs(found)), x), "The root of the square is not x.")
