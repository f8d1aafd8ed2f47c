"""Known mistakes of developer_00_fundamentals."""


# %% question="tensor_facts" name="length-as-size" hint="Size counts all entries, not only the rows."
def tensor_facts(tensor):
    shape = tuple(int(length) for length in tensor.shape)
    return {
        "rank": len(shape),
        "shape": shape,
        "size": shape[0] if shape else 1,
        "dtype": tensor.dtype.name,
    }


# %% question="tensor_facts" name="tensors-returned" hint="Return plain Python values: tf.rank and tf.size give tensors, not ints."
def tensor_facts(tensor):
    return {
        "rank": tf.rank(tensor),
        "shape": tuple(tensor.shape),
        "size": tf.size(tensor),
        "dtype": tensor.dtype.name,
    }


# %% question="tensor_facts" name="rank-from-numpy-only" hint="Arrays and tensors alike: use only what both of them have."
def tensor_facts(tensor):
    return {
        "rank": tensor.ndim,
        "shape": tuple(tensor.shape),
        "size": tensor.size,
        "dtype": tensor.dtype.name,
    }


# %% question="tensor_facts" name="rank-from-tensors-only" hint="NumPy arrays and tensors alike: the shape of a NumPy array is a bare tuple."
def tensor_facts(tensor):
    return {
        "rank": tensor.shape.rank,
        "shape": tuple(tensor.shape.as_list()),
        "size": tensor.shape.num_elements(),
        "dtype": tensor.dtype.name,
    }


# %% question="tensor_facts" name="tensor-shape-returned" hint="TensorFlow's TensorShape is a type of its own; a plain tuple is asked for."
def tensor_facts(tensor):
    return {
        "rank": len(tensor.shape),
        "shape": tensor.shape,
        "size": int(np.prod(tensor.shape)),
        "dtype": tensor.dtype.name,
    }


# %% question="tensor_facts" name="dtype-object" hint="The dtype is asked for by its name, a string."
def tensor_facts(tensor):
    return {
        "rank": len(tensor.shape),
        "shape": tuple(tensor.shape),
        "size": int(np.prod(tensor.shape)),
        "dtype": tensor.dtype,
    }


# %% question="seeded_uniform" name="global-state" hint="The same seed must repeat the result: tf.random.uniform also depends on the global seed and on earlier calls."
def seeded_uniform(shape, seed):
    return tf.random.uniform(shape, seed=seed)


# %% question="seeded_uniform" name="seed-ignored" hint="Use the seed: the same one must repeat the result, another one must change it."
def seeded_uniform(shape, seed):
    return tf.random.uniform(shape)


# %% question="seeded_uniform" name="resets-global-seed" hint="Leave the global seed alone: everything drawn after your call would change with it."
def seeded_uniform(shape, seed):
    tf.random.set_seed(seed)
    return tf.random.uniform(shape)


# %% question="seeded_uniform" name="constant-seed" hint="Another seed must give other numbers."
def seeded_uniform(shape, seed):
    return tf.random.stateless_uniform(shape, seed=[42, 0])


# %% question="seeded_uniform" name="normal" hint="The numbers have to be uniform on [0, 1), not normally distributed."
def seeded_uniform(shape, seed):
    return tf.random.stateless_normal(shape, seed=[seed, 0])


# %% question="seeded_uniform" name="fixed-size" hint="Take the shape from the argument; the function is also called with others."
def seeded_uniform(shape, seed):
    return tf.random.stateless_uniform((2, 3), seed=[seed, 0])


# %% question="seeded_uniform" name="float64" hint="Check the dtype of the result: NumPy draws float64."
def seeded_uniform(shape, seed):
    return np.random.default_rng(seed).random(shape)


# %% question="pairwise_products" name="reshaped" hint="Transpose the second array; reshaping scrambles its rows."
def pairwise_products(a, b):
    m, k = b.shape
    return tf.matmul(a, tf.reshape(b, (k, m)))


# %% question="pairwise_products" name="element-wise" hint="All pairs of rows are asked for, not products entry by entry."
def pairwise_products(a, b):
    return tf.convert_to_tensor(a) * tf.convert_to_tensor(b)


# %% question="pairwise_products" name="other-side" hint="Rows meet rows, not columns: the result is (n, m), not (k, k)."
def pairwise_products(a, b):
    return tf.matmul(a, b, transpose_a=True)


# %% question="pairwise_products" name="swapped" hint="Rows of the result belong to the first array, columns to the second."
def pairwise_products(a, b):
    return tf.matmul(b, a, transpose_b=True)


# %% question="pairwise_products" name="cast-to-float" hint="Check the dtype of the result: integers have to stay integers."
def pairwise_products(a, b):
    return tf.matmul(tf.cast(a, tf.float32), tf.cast(b, tf.float32), transpose_b=True)


# %% question="row_dots" name="first-axis" hint="Look again at the axis you sum over: the last one goes away."
def row_dots(a, b):
    return tf.reduce_sum(tf.multiply(a, b), axis=0)


# %% question="row_dots" name="second-axis" hint="Count the axis from the end: axis 1 is the last one only for matrices."
def row_dots(a, b):
    return tf.reduce_sum(tf.multiply(a, b), axis=1)


# %% question="row_dots" name="all-summed" hint="One number per row is asked for, not one for everything."
def row_dots(a, b):
    return tf.reduce_sum(tf.multiply(a, b))


# %% question="row_dots" name="cosine" hint="Do not normalise: the plain scalar product is asked for."
def row_dots(a, b):
    return tf.reduce_sum(tf.math.l2_normalize(a, axis=-1) * tf.math.l2_normalize(b, axis=-1), axis=-1)


# %% question="row_dots" name="not-summed" hint="Add the products up along each row; the last axis has to disappear."
def row_dots(a, b):
    return tf.multiply(a, b)


# %% question="row_dots" name="squeezed" hint="Name the axis that goes away: tf.squeeze without one drops every axis of length 1, also one of the rows."
def row_dots(a, b):
    a, b = tf.convert_to_tensor(a), tf.convert_to_tensor(b)
    return tf.squeeze(tf.matmul(a[..., tf.newaxis, :], b[..., :, tf.newaxis]))


# %% question="column_extremes" name="per-row" hint="Look again at the axis: the axis you name is the one that goes away."
def column_extremes(t):
    return tf.reduce_min(t, axis=1), tf.reduce_max(t, axis=1), tf.argmax(t, axis=1)


# %% question="column_extremes" name="maximum-first" hint="Return the parts in the stated order: minimum, maximum, row."
def column_extremes(t):
    return tf.reduce_max(t, axis=0), tf.reduce_min(t, axis=0), tf.argmax(t, axis=0)


# %% question="column_extremes" name="global" hint="One value per column is asked for, not one for the whole table."
def column_extremes(t):
    return tf.reduce_min(t), tf.reduce_max(t), tf.argmax(tf.reshape(t, (-1,)))


# %% question="column_extremes" name="row-of-minimum" hint="The row number asked for is that of the maximum."
def column_extremes(t):
    return tf.reduce_min(t, axis=0), tf.reduce_max(t, axis=0), tf.argmin(t, axis=0)


# %% question="column_extremes" name="last-of-equals" hint="Of several equal maxima the first row counts."
def column_extremes(t):
    t = tf.convert_to_tensor(t)
    last = tf.shape(t, out_type=tf.int64)[0] - 1
    return tf.reduce_min(t, axis=0), tf.reduce_max(t, axis=0), last - tf.argmax(t[::-1], axis=0)


# %% question="column_extremes" name="int32-rows" hint="Check the dtype of the row numbers."
def column_extremes(t):
    return tf.reduce_min(t, axis=0), tf.reduce_max(t, axis=0), tf.argmax(t, axis=0, output_type=tf.int32)


# %% question="one_hot_labels" name="depth-is-largest" hint="Counting starts at zero, so the largest label needs one more column."
def one_hot_labels(labels, depth=None):
    labels = tf.reshape(labels, (-1,))
    if depth is None:
        depth = int(tf.reduce_max(labels))
    return tf.one_hot(labels, depth)


# %% question="one_hot_labels" name="depth-from-distinct" hint="Not every class occurs in the labels: the largest label decides, not how many different ones there are."
def one_hot_labels(labels, depth=None):
    labels = np.asarray(labels).reshape(-1)
    if depth is None:
        depth = len(np.unique(labels))
    return tf.one_hot(labels, depth)


# %% question="one_hot_labels" name="depth-ignored" hint="Honour the depth when it is given."
def one_hot_labels(labels, depth=None):
    labels = tf.reshape(labels, (-1,))
    return tf.one_hot(labels, int(tf.reduce_max(labels)) + 1)


# %% question="one_hot_labels" name="squeezes-all" hint="A single row must stay a row: drop the last axis only."
def one_hot_labels(labels, depth=None):
    labels = tf.squeeze(labels)
    if depth is None:
        depth = int(tf.reduce_max(labels)) + 1
    return tf.one_hot(labels, depth)


# %% question="one_hot_labels" name="column-kept" hint="A column of labels describes the same examples as a vector: the result has two axes."
def one_hot_labels(labels, depth=None):
    if depth is None:
        depth = int(tf.reduce_max(labels)) + 1
    return tf.one_hot(labels, depth)


# %% question="one_hot_labels" name="float64" hint="Check the dtype of the result: float32 is asked for."
def one_hot_labels(labels, depth=None):
    labels = np.asarray(labels).reshape(-1)
    if depth is None:
        depth = labels.max() + 1
    return np.eye(depth)[labels]


# %% question="standardise_tensor" name="numpy-inside" hint="The code must also run as a graph: a symbolic tensor has no .numpy()."
@tf.function
def standardise_tensor(x):
    x = tf.cast(x, tf.float32)
    mean = tf.reduce_mean(x).numpy()
    spread = tf.math.reduce_std(x).numpy()
    if spread == 0:
        return tf.zeros_like(x)
    return (x - mean) / spread


# %% question="standardise_tensor" name="not-a-graph" hint="Keep the decorator: the function has to stay a tf.function."
def standardise_tensor(x):
    x = tf.cast(x, tf.float32)
    return tf.math.divide_no_nan(x - tf.reduce_mean(x), tf.math.reduce_std(x))


# %% question="standardise_tensor" name="integer-mean" hint="Convert before you average: the mean of an integer tensor is rounded."
@tf.function
def standardise_tensor(x):
    centred = tf.cast(x, tf.float32) - tf.cast(tf.reduce_mean(x), tf.float32)
    return tf.math.divide_no_nan(centred, tf.sqrt(tf.reduce_mean(centred**2)))


# %% question="standardise_tensor" name="no-cast" hint="Convert to float32 first: integers have no standard deviation in TensorFlow."
@tf.function
def standardise_tensor(x):
    return tf.math.divide_no_nan(x - tf.reduce_mean(x), tf.math.reduce_std(x))


# %% question="standardise_tensor" name="keeps-float64" hint="Check the dtype of the result: float32 for every input."
@tf.function
def standardise_tensor(x):
    if not x.dtype.is_floating:
        x = tf.cast(x, tf.float32)
    return tf.math.divide_no_nan(x - tf.reduce_mean(x), tf.math.reduce_std(x))


# %% question="standardise_tensor" name="nan" hint="A constant has no spread: its result is zeros, not NaN."
@tf.function
def standardise_tensor(x):
    x = tf.cast(x, tf.float32)
    return (x - tf.reduce_mean(x)) / tf.math.reduce_std(x)


# %% question="standardise_tensor" name="per-column" hint="Mean and spread are taken over all entries together."
@tf.function
def standardise_tensor(x):
    x = tf.cast(x, tf.float32)
    return tf.math.divide_no_nan(x - tf.reduce_mean(x, axis=0), tf.math.reduce_std(x, axis=0))


# %% question="standardise_tensor" name="variance" hint="Divide by the standard deviation, not by the variance."
@tf.function
def standardise_tensor(x):
    x = tf.cast(x, tf.float32)
    return tf.math.divide_no_nan(x - tf.reduce_mean(x), tf.math.reduce_variance(x))


# %% question="standardise_tensor" name="zero-only" hint="Rounding can leave a tiny spread where all entries are equal: a test for exactly zero does not see it."
@tf.function
def standardise_tensor(x):
    x = tf.cast(x, tf.float32)
    centred = x - tf.reduce_mean(x)
    return tf.math.divide_no_nan(centred, tf.sqrt(tf.reduce_mean(tf.square(centred))))
