"""Right answers of developer_00_fundamentals that look different from the reference."""

# %% question="tensor_facts" name="ok-tensorflow"
def tensor_facts(tensor):
    t = tf.convert_to_tensor(tensor)
    return dict(rank=t.shape.rank, shape=tuple(t.shape.as_list()), size=int(tf.size(t)), dtype=t.dtype.name)


# %% question="tensor_facts" name="ok-numpy"
def tensor_facts(tensor):
    a = np.asarray(tensor)
    return {"dtype": str(a.dtype), "size": a.size, "shape": a.shape, "rank": a.ndim}


# %% question="seeded_uniform" name="ok-generator"
def seeded_uniform(shape, seed):
    return tf.random.Generator.from_seed(seed).uniform(shape)


# %% question="seeded_uniform" name="ok-numpy-generator"
def seeded_uniform(shape, seed):
    return np.random.default_rng(seed).random(tuple(shape), dtype=np.float32)


# %% question="pairwise_products" name="ok-operator"
def pairwise_products(a, b):
    return tf.convert_to_tensor(a) @ tf.transpose(b)


# %% question="pairwise_products" name="ok-einsum"
def pairwise_products(a, b):
    return np.einsum("nk,mk->nm", np.asarray(a), np.asarray(b))


# %% question="pairwise_products" name="ok-tensordot"
def pairwise_products(a, b):
    return tf.tensordot(a, b, axes=[[1], [1]])


# %% question="row_dots" name="ok-einsum"
def row_dots(a, b):
    return tf.einsum("...k,...k->...", a, b)


# %% question="row_dots" name="ok-numpy"
def row_dots(a, b):
    return np.multiply(a, b).sum(axis=-1)


# %% question="column_extremes" name="ok-numpy"
def column_extremes(t):
    t = np.asarray(t)
    row = t.argmax(axis=0)
    return t.min(axis=0), t[row, np.arange(t.shape[1])], row


# %% question="column_extremes" name="ok-negated"
def column_extremes(t):
    t = tf.convert_to_tensor(t)
    return (-tf.reduce_max(-t, axis=0), tf.reduce_max(t, 0), tf.math.argmax(t, axis=0, output_type=tf.int64))


# %% question="one_hot_labels" name="ok-identity-rows"
def one_hot_labels(labels, depth=None):
    labels = np.asarray(labels).ravel()
    return np.eye(labels.max() + 1 if depth is None else depth, dtype="float32")[labels]


# %% question="one_hot_labels" name="ok-comparison"
def one_hot_labels(labels, depth=None):
    flat = tf.reshape(labels, [-1, 1])
    if depth is None:
        depth = tf.reduce_max(flat) + 1
    return tf.cast(flat == tf.range(tf.cast(depth, tf.int64)), tf.float32)


# %% question="standardise_tensor" name="ok-moments"
@tf.function
def standardise_tensor(x):
    x = tf.cast(x, tf.float32)
    centred = x - tf.reduce_mean(x)
    deviation = tf.sqrt(tf.reduce_mean(tf.square(centred)))
    same = tf.reduce_all(x == tf.reshape(x, [-1])[0])
    return tf.where(same, tf.zeros_like(x), centred / deviation)


# %% question="standardise_tensor" name="ok-autograph-branch"
@tf.function
def standardise_tensor(x):
    x = tf.cast(x, tf.float32)
    if tf.reduce_max(x) > tf.reduce_min(x):
        result = (x - tf.reduce_mean(x)) / tf.math.reduce_std(x)
    else:
        result = tf.zeros_like(x)
    return result
