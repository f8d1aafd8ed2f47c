"""Hidden checks of the warm-up."""

import numpy as np

from gradetape import probe, question


@probe
def means(nb, x):
    return nb.row_means(x)


@probe
def flips(nb, n, seed):
    return nb.coin(n, seed)


@probe
def three_flips(nb, n, seed):
    """Flip within one call: random state is seeded anew before every call."""
    return [nb.coin(n, seed), nb.coin(n, seed), nb.coin(n, seed + 1)]


@question("row_means", weight=3)
def test_means(compare, rng):
    """The mean of every row is returned, for any number of rows and columns."""
    for shape in ((4, 3), (1, 5)):
        compare(means, rng.normal(size=shape), label=f"the means of an array of shape {shape}")


@question("row_means")
def test_integers(compare, rng):
    """Integer input gives float32 means."""
    compare(means, rng.integers(0, 9, size=(3, 4)), label="the means of integers")


@question("coin")
def test_repeats(learner, check, rng):
    """The same seed repeats the flips, another seed changes them."""
    one, two, other = (np.asarray(draws) for draws in learner(three_flips, 200, int(rng.integers(1000))))
    check(one.shape == (200,), "The flips have to be one axis of length n.")
    check(np.array_equal(one, two), "The same seed gave different flips.")
    check(not np.array_equal(one, other), "Another seed gave the same flips.")


@question("coin")
def test_fair(compare, rng):
    """Heads and tails are equally likely."""
    compare.samples(flips, 4000, int(rng.integers(1000)), label="the flips")
