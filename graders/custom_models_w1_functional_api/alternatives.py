"""Right answers to custom_models_w1_functional_api that look different from the reference."""

# %% question="merge_tables" name="ok-table-by-table"
def merge_tables(white, red, low, high):
    parts = []
    for flag, (features, quality) in enumerate((white, red)):
        rows = np.where(np.logical_and(quality > low, quality < high))[0]
        parts.append((features[rows], quality[rows].astype(np.float32), np.full(len(rows), flag, np.float32)))
    return tuple(np.concatenate(column) for column in zip(*parts))


# %% question="merge_tables" name="ok-tensors"
def merge_tables(white, red, low, high):
    x = tf.concat([white[0], red[0]], axis=0)
    y = tf.cast(tf.concat([white[1], red[1]], axis=0), tf.float32)
    flag = tf.concat([tf.zeros(len(white[1])), tf.ones(len(red[1]))], axis=0)
    inside = (y > low) & (y < high)
    return tf.boolean_mask(x, inside), tf.boolean_mask(y, inside), tf.boolean_mask(flag, inside)


# %% question="merge_tables" name="ok-one-array"
def merge_tables(white, red, low, high):
    table = [np.column_stack([x, y, flag * np.ones(len(y))]) for flag, (x, y) in ((0, white), (1, red))]
    table = np.vstack(table)
    table = np.array([row for row in table if low < row[-2] < high], dtype="float32").reshape(-1, table.shape[1])
    return table[:, :-2], table[:, -2], table[:, -1]


# %% question="standardise" name="ok-sklearn"
def standardise(train, *others):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    return [scaler.transform(table).astype("float32") for table in (train, *others)]


# %% question="standardise" name="ok-by-hand"
def standardise(train, *others):
    train = np.array(train, dtype="float64")
    mu = sum(train) / len(train)
    sigma = np.sqrt(np.sum((train - mu) ** 2, axis=0) / len(train))
    sigma[sigma < 1e-12] = 1.0
    result = []
    for table in [train] + list(others):
        result.append(np.float32((table - mu) / sigma))
    return result


# %% question="standardise" name="ok-tensorflow"
def standardise(train, *others):
    mean, variance = tf.nn.moments(tf.constant(train, tf.float64), axes=0)
    scale = tf.where(variance > 0, tf.math.rsqrt(tf.where(variance > 0, variance, 1.0)), tf.ones_like(variance))
    return [tf.cast((tf.cast(table, tf.float64) - mean) * scale, tf.float32).numpy() for table in (train, *others)]


# %% question="two_headed_model" name="ok-dict"
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1)(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid")(trunk)
    return tf.keras.Model(inputs=inputs, outputs={"quality": quality, "red": red})


# %% question="two_headed_model" name="ok-subclass"
class _TwoHeads(tf.keras.Model):
    def __init__(self, units):
        super().__init__()
        self.red = tf.keras.layers.Dense(1, activation="sigmoid")
        self.quality = tf.keras.Sequential([tf.keras.layers.Dense(units // 2, activation="relu"), tf.keras.layers.Dense(1)])
        self.trunk = [tf.keras.layers.Dense(units, activation="relu") for _ in range(2)]

    def call(self, inputs):
        for layer in self.trunk:
            inputs = layer(inputs)
        return {"quality": self.quality(inputs), "red": self.red(inputs)}


def two_headed_model(num_features, units):
    model = _TwoHeads(units)
    model(tf.zeros((1, num_features)))
    return model


# %% question="two_headed_model" name="ok-nested"
def two_headed_model(num_features, units):
    dense, act = tf.keras.layers.Dense, tf.keras.layers.Activation
    trunk = tf.keras.Sequential([tf.keras.Input(shape=(num_features,)), dense(units), act("relu"), dense(units), tf.keras.layers.ReLU()])
    x = tf.keras.Input(shape=[num_features])
    features = trunk(x)
    red = act("sigmoid", name="red")(dense(1)(features))
    quality = dense(units=1, activation=None, name="quality")(tf.keras.ops.relu(dense(units // 2)(features)))
    return tf.keras.Model(inputs=x, outputs=(quality, red), name="wines")


# %% question="compile_two_headed" name="ok-objects"
def compile_two_headed(model, learning_rate):
    optimizer = tf.keras.optimizers.RMSprop()
    optimizer.learning_rate.assign(learning_rate)
    losses = {"red": tf.keras.losses.BinaryCrossentropy(), "quality": tf.keras.losses.MeanSquaredError()}
    metrics = {"red": [tf.keras.metrics.BinaryAccuracy("accuracy")], "quality": [tf.keras.metrics.RootMeanSquaredError("rmse")]}
    model.compile(optimizer, losses, loss_weights={"quality": 1.0, "red": 1.0}, metrics=metrics)
    return model


# %% question="compile_two_headed" name="ok-in-their-order"
def compile_two_headed(model, learning_rate):
    losses = {"quality": tf.keras.losses.MeanSquaredError(), "red": tf.keras.losses.get("binary_crossentropy")}
    metrics = {"quality": lambda: tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": lambda: "accuracy"}
    model.compile(
        loss=[losses[name] for name in model.output_names],
        metrics=[[metrics[name]()] for name in model.output_names],
        optimizer=tf.keras.optimizers.RMSprop(learning_rate),
    )
    return model


# %% question="siamese_model" name="ok-layer"
class _Distance(tf.keras.layers.Layer):
    def call(self, a, b):
        return tf.sqrt(tf.maximum(tf.reduce_sum((a - b) ** 2, axis=-1, keepdims=True), 1e-7))


def siamese_model(tower):
    inputs = [tf.keras.Input(shape=tower.inputs[0].shape[1:], name=name) for name in ("left", "right")]
    return tf.keras.Model(inputs=inputs, outputs=_Distance()(*[tower(node) for node in inputs]))


# %% question="siamese_model" name="ok-maximum-after-root"
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.maximum(tf.keras.ops.sqrt(total), 1e-7**0.5)
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="ok-subclass"
class _Siamese(tf.keras.Model):
    def __init__(self, tower):
        super().__init__()
        self.tower = tower

    def call(self, inputs):
        left, right = inputs
        difference = self.tower(left) - self.tower(right)
        return tf.sqrt(tf.reduce_sum(tf.square(difference), axis=1, keepdims=True) + 1e-7)


def siamese_model(tower):
    left, right = (tf.keras.Input(tower.input_shape[1:]) for _ in range(2))
    siamese = _Siamese(tower)
    return tf.keras.Model([left, right], siamese([left, right]))


# %% question="siamese_model" name="ok-lambda-einsum"
def siamese_model(tower):
    a = tf.keras.layers.Input(tuple(tower.input_shape[1:]))
    b = tf.keras.layers.Input(tuple(tower.input_shape[1:]))
    difference = tf.keras.layers.Subtract()([tower(b), tower(a)])
    total = tf.keras.layers.Dot(axes=-1)([difference, difference])
    return tf.keras.Model([a, b], tf.keras.layers.Lambda(lambda t: tf.sqrt(tf.clip_by_value(t, 1e-7, 1e30)), output_shape=(1,))(total))


# %% question="balanced_pairs" name="ok-class-lists"
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.RandomState(seed)
    classes = np.unique(labels)
    rows = {k: np.where(labels == k)[0] for k in classes}
    pairs = []
    for _ in range(num_pairs):
        k = rng.choice(classes)
        pairs.append((*rng.permutation(rows[k])[:2], 1))
        k, other = rng.permutation(classes)[:2]
        pairs.append((rng.choice(rows[k]), rng.choice(rows[other]), 0))
    rng.shuffle(pairs)
    left, right, same = zip(*pairs)
    return images[list(left)], images[list(right)], np.array(same, "float32")


# %% question="balanced_pairs" name="ok-adjacent"
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    positive = []
    for k in np.unique(labels):
        rows = order[labels[order] == k]
        positive += list(zip(rows, np.roll(rows, 1)))
    negative = [(a, rng.choice(order[labels[order] != labels[a]])) for a in order]

    def pick(pairs):
        index = np.concatenate([rng.permutation(len(pairs)) for _ in range(num_pairs // len(pairs) + 1)])[:num_pairs]
        return [pairs[i] for i in index]

    chosen = np.array(pick(positive) + pick(negative))
    return images[chosen[:, 0]], images[chosen[:, 1]], np.repeat(np.float32([1, 0]), num_pairs)


# %% question="balanced_pairs" name="ok-rejection"
def balanced_pairs(images, labels, num_pairs, seed):
    import random

    chance = random.Random(seed)
    left, right, same = [], [], []
    while len(same) < 2 * num_pairs:
        a, b = chance.sample(range(len(labels)), 2)
        target = float(labels[a] == labels[b])
        if same.count(target) < num_pairs:
            left.append(images[a])
            right.append(images[b])
            same.append(target)
    return np.stack(left), np.stack(right), np.array(same, dtype=np.float32)
