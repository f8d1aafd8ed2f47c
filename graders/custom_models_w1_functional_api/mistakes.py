"""Known mistakes of custom_models_w1_functional_api."""

# %% question="merge_tables" name="bounds-included" hint="Try a quality exactly on a bound: neither of them belongs to the range."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (low <= quality) & (quality <= high)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float32")


# %% question="merge_tables" name="low-included" hint="Try a quality exactly on the lower bound: it does not belong to the range."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (low <= quality) & (quality < high)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float32")


# %% question="merge_tables" name="high-included" hint="Try a quality exactly on the upper bound: it does not belong to the range."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (low < quality) & (quality <= high)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float32")


# %% question="merge_tables" name="swapped-flag" hint="Which table is the red one?"
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([1, 0], [len(white[1]), len(red[1])])
    keep = (low < quality) & (quality < high)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float32")


# %% question="merge_tables" name="red-first" hint="The white wines come first."
def merge_tables(white, red, low, high):
    features = np.concatenate([red[0], white[0]])
    quality = np.concatenate([red[1], white[1]])
    is_red = np.repeat([1, 0], [len(red[1]), len(white[1])])
    keep = (low < quality) & (quality < high)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float32")


# %% question="merge_tables" name="integers-kept" hint="Check the dtypes of the results: all three are float32."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (low < quality) & (quality < high)
    return features[keep], quality[keep], is_red[keep].astype("float32")


# %% question="merge_tables" name="float64" hint="Check the dtypes of the results: all three are float32."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (low < quality) & (quality < high)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float64")


# %% question="merge_tables" name="features-not-filtered" hint="Every row has to stay with its quality: filter all three arrays alike."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (low < quality) & (quality < high)
    return features[: keep.sum()], quality[keep].astype("float32"), is_red[keep].astype("float32")


# %% question="merge_tables" name="sorted" hint="The rows keep their order."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    order = np.argsort(quality, kind='stable')
    features, quality, is_red = features[order], quality[order], is_red[order]
    keep = (low < quality) & (quality < high)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float32")


# %% question="merge_tables" name="fixed-bounds" hint="Use the bounds that are given."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (4 < quality) & (quality < 8)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float32")


# %% question="merge_tables" name="other-order" hint="Return the parts in the stated order: features, quality, red."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (low < quality) & (quality < high)
    return features[keep], is_red[keep].astype("float32"), quality[keep].astype("float32")


# %% question="merge_tables" name="either-bound" hint="Both bounds have to hold at once."
def merge_tables(white, red, low, high):
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (low < quality) | (quality < high)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float32")


# %% question="standardise" name="own-statistics" hint="Learn mean and deviation from the training table only, and use them for all tables."
def standardise(train, *others):
    result = []
    for table in (train, *others):
        deviation = table.std(axis=0)
        deviation = np.where(deviation == 0, 1, deviation)
        result.append(((table - table.mean(axis=0)) / deviation).astype("float32"))
    return result


# %% question="standardise" name="all-tables-together" hint="The other tables stand for unseen data: their rows take no part in mean and deviation."
def standardise(train, *others):
    everything = np.concatenate([train, *others])
    mean, deviation = everything.mean(axis=0), everything.std(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return [((table - mean) / deviation).astype("float32") for table in (train, *others)]


# %% question="standardise" name="ddof-one" hint="Look at the formula again: which number does the deviation divide by?"
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0, ddof=min(1, len(train) - 1))
    deviation = np.where(deviation == 0, 1, deviation)
    return [((table - mean) / deviation).astype("float32") for table in (train, *others)]


# %% question="standardise" name="variance" hint="Divide by the deviation: the root of the variance."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.var(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return [((table - mean) / deviation).astype("float32") for table in (train, *others)]


# %% question="standardise" name="one-number" hint="Each column has its own mean and deviation: look again at the axis."
def standardise(train, *others):
    mean, deviation = train.mean(), train.std()
    deviation = np.where(deviation == 0, 1, deviation)
    return [((table - mean) / deviation).astype("float32") for table in (train, *others)]


# %% question="standardise" name="row-wise" hint="Mean and deviation belong to the columns: look again at the axis you reduce over."
def standardise(train, *others):
    def scale(table):
        deviation = table.std(axis=1, keepdims=True)
        deviation = np.where(deviation == 0, 1, deviation)
        return ((table - table.mean(axis=1, keepdims=True)) / deviation).astype("float32")

    return [scale(table) for table in (train, *others)]


# %% question="standardise" name="nan-for-constant" hint="A constant column has no deviation to divide by."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return [((table - mean) / deviation).astype("float32") for table in (train, *others)]


# %% question="standardise" name="tiny-deviation" hint="A constant column is divided by 1 in all tables: dividing by a tiny number blows the other tables up."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = deviation + 1e-7
    return [((table - mean) / deviation).astype("float32") for table in (train, *others)]


# %% question="standardise" name="constant-to-zero" hint="A constant column is centred only: the other tables keep their differences from the mean."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation == 0, np.inf, deviation)
    return [((table - mean) / deviation).astype("float32") for table in (train, *others)]


# %% question="standardise" name="in-place" hint="Work on new arrays; the caller still needs the old ones."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return [table.__isub__(mean.astype(table.dtype)).__itruediv__(deviation.astype(table.dtype)).astype("float32") for table in (train, *others)]


# %% question="standardise" name="identity" hint="The columns should end on one scale."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return [table.astype("float32") for table in (train, *others)]


# %% question="standardise" name="centred-only" hint="Divide by the deviation as well."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return [(table - mean).astype("float32") for table in (train, *others)]


# %% question="standardise" name="unit-interval" hint="Mean and deviation are asked, not smallest and largest values."
def standardise(train, *others):
    mean, deviation = train.min(axis=0), np.ptp(train, axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return [((table - mean) / deviation).astype("float32") for table in (train, *others)]


# %% question="standardise" name="training-only" hint="All tables belong in the list."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return [((table - mean) / deviation).astype("float32") for table in (train,)]


# %% question="standardise" name="float64" hint="Check the dtype of the results."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return [((table - mean) / deviation).astype("float64") for table in (train, *others)]


# %% question="standardise" name="tuple" hint="Return exactly what the task names: a list."
def standardise(train, *others):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return tuple(((table - mean) / deviation).astype("float32") for table in (train, *others))


# %% question="two_headed_model" name="fixed-features" hint="Take the number of features from the argument."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((11,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="fixed-units" hint="Take the number of units from the argument; the function is also called with others."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(16, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(16, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(8, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="outputs-swapped" hint="Return the outputs in the stated order."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [red, quality])


# %% question="two_headed_model" name="unnamed" hint="Keras must know the outputs by their names."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1)(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="quality-squashed" hint="A regression head is linear: a quality is any number."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, activation="sigmoid", name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="quality-positive" hint="A regression head is linear: relu cuts off one half of the numbers."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, activation="relu", name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="red-as-logit" hint="The head for red gives a probability: check its activation."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="two-trunks" hint="Both heads share the trunk: the same layers, not layers alike."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    other = tf.keras.layers.Dense(units, activation="relu")(inputs)
    other = tf.keras.layers.Dense(units, activation="relu")(other)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(other)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="red-on-quality" hint="The head for red sits on the trunk, not on the head for quality."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(hidden)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="red-too-early" hint="The trunk has two layers, and the head for red sits on the second one."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    early = trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(early)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="one-trunk-layer" hint="The trunk has two layers."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="one-layer-twice" hint="The trunk has two layers: the second one is not the first one again."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    shared = tf.keras.layers.Dense(units, activation="relu")
    trunk = shared(shared(trunk))
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="trunk-without-relu" hint="Check the activation of every layer: both layers of the trunk have one."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units)(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="head-without-relu" hint="Check the activation of every layer: the head's hidden layer has one."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2)(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="wide-head" hint="The hidden layer of the head is half as wide as the trunk."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="two_headed_model" name="no-head-layer" hint="The head for quality has a hidden layer of its own."
def two_headed_model(num_features, units):
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(trunk)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])


# %% question="compile_two_headed" name="default-rate" hint="Honour the learning rate: a name alone brings the default."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer="rmsprop",
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="fixed-rate" hint="Honour the learning rate."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=0.01),
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="adam" hint="Compare the optimizer with the task."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="crossed-losses" hint="Which loss belongs to which head?"
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "binary_crossentropy", "red": "mse"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="mse-for-both" hint="Each head has its own loss: red is a yes-or-no question."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "mse"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="absolute-error" hint="Compare the loss of the quality with the task."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mae", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="from-logits" hint="The head for red gives probabilities already: decide once where the sigmoid is applied."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": lambda y, p: tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(y, tf.float32), p), axis=-1)},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="both-metrics-everywhere" hint="One metric per head."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={name: [tf.keras.metrics.RootMeanSquaredError(name="rmse"), "accuracy"] for name in ("quality", "red")},
    )
    return model


# %% question="compile_two_headed" name="metric-unnamed" hint="The metric of the quality has a name of its own in the history."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="mse-metric" hint="The metric of the quality is the root of the mean square, in the unit of the quality."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.MeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="no-metrics" hint="The history holds a metric for each head as well."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "binary_crossentropy"},
    )
    return model


# %% question="compile_two_headed" name="by-position" hint="Address the outputs by their names: they may come in another order."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss=["mse", "binary_crossentropy"],
        metrics=[[tf.keras.metrics.RootMeanSquaredError(name="rmse")], ["accuracy"]],
    )
    return model


# %% question="compile_two_headed" name="shared-optimizer" hint="One optimizer serves one model: make a new one in every call."
_OPTIMIZER = tf.keras.optimizers.RMSprop()


def compile_two_headed(model, learning_rate):
    _OPTIMIZER.learning_rate = learning_rate
    model.compile(
        optimizer=_OPTIMIZER,
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="weighted" hint="The two losses count alike."
def compile_two_headed(model, learning_rate):
    model.compile(
        loss_weights={"quality": 0.5, "red": 1.0},
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="compile_two_headed" name="returns-nothing" hint="Return the model."
def compile_two_headed(model, learning_rate):
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )


# %% question="compile_two_headed" name="not-compiled" hint="Compile the model that is given, not a copy of it."
def compile_two_headed(model, learning_rate):
    model = tf.keras.models.clone_model(model)
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model


# %% question="siamese_model" name="two-towers" hint="Both inputs pass through the same weights: one tower, called twice."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    other = tf.keras.models.clone_model(tower)
    squares = tf.keras.ops.square(tower(left) - other(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="cloned" hint="Use this very tower: a clone has weights of its own."
def siamese_model(tower):
    tower = tf.keras.models.clone_model(tower)
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="squared" hint="Take the root."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.maximum(total, 1e-7)
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="nan-at-zero" hint="The root has no slope at 0: keep away from it."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(total)
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="other-constant" hint="Look again at the constant under the root."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-3))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="flat" hint="Keep one column: an output (B,) against targets (B, 1) makes a table."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="all-pairs" hint="Each image meets its own partner only, not those of all the other rows."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left)[:, None] - tower(right)[None])
    total = tf.keras.ops.sum(squares, axis=-1)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="mean-of-squares" hint="Sum the squares, do not average them."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.mean(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="city-block" hint="The Euclidean distance is asked: square the differences and take the root of their sum."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.absolute(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.maximum(total, 1e-7**0.5)
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="over-the-batch" hint="Sum over the numbers of one vector, not over the batch: look again at the axis."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=0, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="fixed-shape" hint="Take the shape of the inputs from the tower."
def siamese_model(tower):
    left, right = tf.keras.Input((12, 12, 1)), tf.keras.Input((12, 12, 1))
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="one-input" hint="The model has two inputs, and both count."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(left))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="frozen-tower" hint="Training the model trains the tower."
def siamese_model(tower):
    tower.trainable = False
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)


# %% question="siamese_model" name="sigmoid-on-top" hint="The output is the distance itself, not a likeness between 0 and 1."
def siamese_model(tower):
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], tf.keras.ops.sigmoid(distance))


# %% question="balanced_pairs" name="self-pairs" hint="A positive pair has two different images: take the left one out before you draw."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="random-negatives" hint="A negative pair must differ in class: a blind draw often hits the same one."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) if positive else np.ones(len(labels), bool)
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="inverted" hint="Same class is 1."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], (~same).astype("float32")


# %% question="balanced_pairs" name="seed-ignored" hint="The seed decides the draw: another seed draws other pairs."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(0)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="unseeded" hint="The same seed must repeat the pairs."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng()
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="targets-shuffled" hint="Every target must stay with its pair: shuffle all three arrays alike, or none."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    order = rng.permutation(2 * num_pairs)
    same = same[order]
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="half-as-many" hint="Draw num_pairs of each kind, not of both together."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=num_pairs)
    same = np.arange(num_pairs) < num_pairs // 2
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="coin-flips" hint="Exactly as many positive as negative pairs: do not leave that to chance."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = rng.random(2 * num_pairs) < 0.5
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="column" hint="The targets are one number per pair, of shape (2 * num_pairs,)."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")[:, None]


# %% question="balanced_pairs" name="booleans" hint="Check the dtype of the targets."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same


# %% question="balanced_pairs" name="classes-in-a-row" hint="The classes are whatever numbers occur in the labels, not necessarily 0, 1, 2 and so on."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    rows = [np.flatnonzero(labels == k) for k in range(len(np.unique(labels)))]
    left, right = [], []
    for number in range(2 * num_pairs):
        if number < num_pairs:
            a, b = rng.choice(rows[rng.integers(len(rows))], size=2, replace=False)
        else:
            k, l = rng.choice(len(rows), size=2, replace=False)
            a, b = rng.choice(rows[k]), rng.choice(rows[l])
        left.append(a)
        right.append(b)
    return images[left], images[right], (np.arange(2 * num_pairs) < num_pairs).astype("float32")


# %% question="balanced_pairs" name="one-class-only" hint="Every class takes part in the pairs."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.choice(np.flatnonzero(labels == labels[0]), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="first-of-class" hint="Draw among all images of the class: always the first one leaves most of them out."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.choice([np.flatnonzero(labels == k)[0] for k in np.unique(labels)], size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(np.flatnonzero(fitting)[0])
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="images-sorted" hint="Every image has to stay with its label."
def balanced_pairs(images, labels, num_pairs, seed):
    labels = np.sort(labels)
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="rescaled" hint="The images are passed on as they are, with their dtype."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left] / 255, images[right] / 255, same.astype("float32")


# %% question="balanced_pairs" name="adjacent-negatives" hint="A negative pair must differ in class: the next row is of the same class often enough."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)) if positive else (first + 1) % len(labels))
    return images[left], images[right], same.astype("float32")


# %% question="balanced_pairs" name="labels-returned" hint="The third part is the target of each pair, not a label."
def balanced_pairs(images, labels, num_pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], labels[left].astype("float32")
