"""Known mistakes of the warm-up."""


# %% question="row_means" name="column-means" hint="Look again at the axis you reduce over."
def row_means(x):
    return tf.reduce_mean(tf.cast(x, tf.float32), axis=0)


# %% question="row_means" name="keeps-dtype" hint="Integers cannot hold a mean: convert first."
def row_means(x):
    return tf.reduce_mean(x, axis=1)


# %% question="coin" name="unseeded" hint="The flips have to follow from the seed that you are given."
def coin(n, seed):
    return np.random.randint(0, 2, n)


# %% question="coin" name="biased" hint="Both sides have the same probability."
def coin(n, seed):
    return (np.random.default_rng(seed).uniform(size=n) < 0.3).astype("int64")
