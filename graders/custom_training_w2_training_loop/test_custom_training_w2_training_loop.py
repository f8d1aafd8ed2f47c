"""Hidden tests of custom_training_w2_training_loop: own metric, one update, one epoch, validation.

The networks, losses and metrics that the learner's functions receive are made by the probes, from weights
drawn by the judge, so that trajectories can be compared exactly.
"""

import numpy as np

from gradetape import probe, question


def _normal(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def _labels(rng, n):
    labels = rng.integers(0, 2, size=n)
    labels[:2] = 0, 1
    return labels


# --- question 1 ------------------------------------------------------------------------------------------


@probe
def batches(nb, x_train, y_train, x_valid, y_valid, batch_size):
    """All batches of both datasets, read twice, and the arguments afterwards."""
    import tensorflow as tf

    train, valid = nb.standardised_batches(x_train, y_train, x_valid, y_valid, batch_size)
    found = {"arguments afterwards": [x_train, y_train, x_valid, y_valid]}
    for name, dataset in (("training part", train), ("validation part", valid)):
        found[f"kind of the {name}"] = "Dataset" if isinstance(dataset, tf.data.Dataset) else type(dataset).__name__
        found[name] = [list(batch) for batch in dataset]
        found[f"{name}, second reading"] = [list(batch) for batch in dataset]
    return found


@question("standardised_batches")
def test_batches(compare, rng):
    """Both parts are standardised by the training part, in order, in batches with targets (b, 1)."""
    cases = ((400, 169, 30, 32, "float32"), (13, 5, 2, 4, "float64"), (6, 9, 3, 20, "float64"))
    for n, m, d, batch_size, dtype in cases:
        centre, scale = rng.uniform(-3, 3, size=d), rng.uniform(0.5, 2.0, size=d)
        x_train = (centre + scale * rng.normal(size=(n, d))).astype(dtype)
        x_valid = (centre + 1.0 + 2.0 * scale * rng.normal(size=(m, d))).astype(dtype)
        inputs = (x_train, _labels(rng, n), x_valid, _labels(rng, m), batch_size)
        compare(batches, *inputs, label=f"the result for batches of {batch_size}", rtol=1e-4, atol=1e-4)


# --- question 2 ------------------------------------------------------------------------------------------


@probe
def scores(nb, updates, threshold):
    """F1 before any update, after each update, after a reset, and after one update more."""
    import tensorflow as tf

    metric = nb.BinaryF1() if threshold is None else nb.BinaryF1(threshold=threshold)
    found = {"at the start": metric.result(), "after each update": []}
    for y, p in updates:
        metric.update_state(tf.constant(y), tf.constant(p))
        found["after each update"].append(metric.result())
    metric.reset_state()
    found["after a reset"] = metric.result()
    metric.update_state(*updates[0])
    found["after a reset and one update"] = metric.result()
    return found


@probe
def weighted_score(nb, y, p, sample_weight):
    """F1 of one update with weights of the examples."""
    metric = nb.BinaryF1()
    metric.update_state(y, p, sample_weight=sample_weight)
    return metric.result()


@probe
def two_metrics(nb, y, p, thresholds):
    """Results of several metrics that live side by side."""
    metrics = [nb.BinaryF1(threshold) for threshold in thresholds]
    for metric in metrics:
        metric.update_state(y, p)
    return [metric.result() for metric in metrics]


@probe
def score_in_fit(nb, x, y, weights):
    """F1 of two epochs, as `fit` reports it."""
    import tensorflow as tf

    layer = tf.keras.layers.Dense(1, activation="sigmoid")
    model = tf.keras.Sequential([tf.keras.Input((x.shape[1],)), layer])
    model.set_weights(weights)
    model.compile(optimizer=tf.keras.optimizers.SGD(0.5), loss="binary_crossentropy", metrics=[nb.BinaryF1()])
    history = model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history
    return [[float(value) for value in values] for name, values in sorted(history.items()) if name != "loss"]


def _grid(rng, n):
    """Probabilities in steps of 1/16: thresholds such as 0.25 are met exactly."""
    return (rng.integers(0, 17, size=n) / 16).astype("float32")


@question("binary_f1")
def test_scores(compare, rng):
    """F1 comes from the counts of all updates; predictions on the threshold are positive; empty gives 0."""
    for threshold in (None, 0.25, 0.75):
        at = np.full(3, 0.5 if threshold is None else threshold, "float32")
        updates = [(_labels(rng, n + 3), np.concatenate([_grid(rng, n), at])) for n in (9, 4, 1)]
        compare(scores, updates, threshold, label="F1")
    nothing = [(np.zeros(4, "int64"), np.full(4, 0.1, "float32")), (np.array([1, 0]), np.array([0.1, 0.9], "float32"))]
    compare(scores, nothing, None, label="F1 without a true positive")
    y = _labels(rng, 20)
    compare(two_metrics, y, _grid(rng, 20), [0.5, 0.125, 0.9375], label="F1 of several metrics")
    weights = rng.uniform(0.2, 3, size=20).astype("float32")
    compare(weighted_score, y, _grid(rng, 20), weights, label="F1 when weights of the examples are given")


@question("binary_f1")
def test_score_shapes(compare, rng):
    """Truth and predictions may be (n,) or (n, 1) each, the truth of integers or floats."""
    for y_column, p_column, dtype in ((0, 1, "int64"), (1, 0, "float32"), (1, 1, "int32")):
        updates = []
        for n in (7, 4):
            y, p = _labels(rng, n).astype(dtype), _grid(rng, n)
            updates.append((y[:, None] if y_column else y, p[:, None] if p_column else p))
        compare(scores, updates, 0.375, label="F1 for columns and rows")


@question("binary_f1")
def test_score_in_fit(compare, rng):
    """The metric works inside fit, and starts afresh in every epoch."""
    weights = [_normal(rng, 3, 1), _normal(rng, 1)]
    x, y = _normal(rng, 29, 3), _labels(rng, 29)
    compare(score_in_fit, x, y, weights, label="F1 in the history of fit", rtol=1e-4, atol=1e-5)


# --- what questions 3 to 5 receive -----------------------------------------------------------------------


def _network(weights, *, normalised=False):
    """A small network with a frozen layer and a layer that tells training from use; (d, h), ..., (h, 1)."""
    import tensorflow as tf

    class Doubling(tf.keras.layers.Layer):
        """In training it gives twice its input: what dropout does, without chance."""

        def call(self, inputs, training=False):
            return 2.0 * inputs if training else inputs

    d, h = weights[0].shape
    middle = [tf.keras.layers.BatchNormalization(momentum=0.5)] if normalised else []
    layers = [
        tf.keras.Input((d,)),
        tf.keras.layers.Dense(h, activation="tanh"),
        *middle,
        Doubling(),
        tf.keras.layers.Dense(h, activation="tanh", trainable=False),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
    model = tf.keras.Sequential(layers)
    model.set_weights(weights)
    return model


def _network_weights(rng, d, h, *, normalised=False):
    middle = (
        [rng.uniform(0.5, 1.5, size=h), *rng.normal(size=(2, h)), rng.uniform(0.5, 1.5, size=h)] if normalised else []
    )
    middle = [part.astype("float32") for part in middle]
    return [
        _normal(rng, d, h),
        _normal(rng, h),
        *middle,
        _normal(rng, h, h),
        _normal(rng, h),
        _normal(rng, h, 1),
        _normal(rng, 1),
    ]


def _optimizer(name, model):
    """An optimizer whose variables exist: a compiled function must not create them at its second use."""
    import tensorflow as tf

    if name == "sgd":
        optimizer = tf.keras.optimizers.SGD(learning_rate=0.3, momentum=0.5)
    else:
        optimizer = tf.keras.optimizers.Adam(learning_rate=0.05)
    optimizer.build(model.trainable_variables)
    return optimizer


def _loss(name):
    """A loss as an object, or as a plain function in which truth and prediction do not commute."""
    import tensorflow as tf

    if name == "object":
        return tf.keras.losses.BinaryCrossentropy()
    return lambda y, p: tf.reduce_mean(tf.square(3.0 * y - p - 1.0))


def _metrics(as_dict):
    """Metrics that already hold something, and in which truth and prediction do not commute."""
    import tensorflow as tf

    class Leaning(tf.keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="leaning")
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            y, p = tf.cast(y_true, tf.float32), tf.cast(y_pred, tf.float32)
            self.total.assign_add(tf.reduce_sum(y * (1.0 + p) - 2.0 * p))

        def result(self):
            return self.total + 0.0

    metrics = [Leaning(), tf.keras.metrics.MeanSquaredError()]
    for metric in metrics:
        metric.update_state(tf.constant([[1.0], [0.0]]), tf.constant([[0.2], [0.9]]))
    return dict(zip(("first", "second"), metrics, strict=True)) if as_dict else metrics


def _results(metrics):
    return [metric.result() for metric in (metrics.values() if isinstance(metrics, dict) else metrics)]


def _dataset(x, y, batch_size):
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)


def _targets(rng, n):
    return _labels(rng, n)[:, None].astype("float32")


# --- question 3 ------------------------------------------------------------------------------------------


@probe
def steps(nb, batches_of_rows, weights, optimizer_name, loss_name):
    """Results, weights and update counts along a few steps."""
    import tensorflow as tf

    model = _network(weights)
    optimizer = _optimizer(optimizer_name, model)
    found = []
    for x, y in batches_of_rows:
        result = nb.gradient_step(model, optimizer, _loss(loss_name), tf.constant(x), tf.constant(y))
        updates = int(np.asarray(optimizer.iterations))
        found.append({"(loss, predictions)": result, "weights": model.get_weights(), "updates so far": updates})
    return found


@question("gradient_step")
def test_steps_sgd(compare, rng):
    """One call takes one step, in training mode, and returns loss and predictions from before it."""
    weights = _network_weights(rng, 3, 4)
    rows = [(_normal(rng, n, 3), _targets(rng, n)) for n in (6, 5)]
    compare(steps, rows, weights, "sgd", "object", label="two steps of SGD", rtol=1e-4, atol=1e-5)


@question("gradient_step")
def test_steps_other(compare, rng):
    """The step uses the optimizer and the loss that it is given."""
    weights = _network_weights(rng, 5, 3)
    rows = [(_normal(rng, n, 5), _targets(rng, n)) for n in (4, 7)]
    compare(steps, rows, weights, "adam", "function", label="two steps of Adam with another loss", rtol=1e-4, atol=1e-4)


# --- question 4 ------------------------------------------------------------------------------------------


@probe
def epochs(nb, x, y, batch_size, weights, optimizer_name, loss_name, as_dict):
    """Losses, metrics and weights along two epochs."""
    model, metrics = _network(weights), _metrics(as_dict)
    optimizer = _optimizer(optimizer_name, model)
    dataset, found = _dataset(x, y, batch_size), []
    for _ in range(2):
        losses = nb.train_epoch(dataset, model, optimizer, _loss(loss_name), metrics)
        updates = int(np.asarray(optimizer.iterations))
        found.append({"losses": losses, "metrics": _results(metrics), "updates so far": updates})
    return {"epochs": found, "weights": model.get_weights()}


@question("train_epoch")
def test_epochs(compare, rng):
    """Two epochs give one loss per batch, follow the stated updates, and reset the metrics in between."""
    weights = _network_weights(rng, 4, 3)
    inputs = (_normal(rng, 27, 4), _targets(rng, 27), 8, weights, "sgd", "object", False)
    compare(epochs, *inputs, label="two epochs", rtol=1e-4, atol=1e-4, dtype=False)


@question("train_epoch")
def test_epochs_other(compare, rng):
    """Another optimizer, another loss, and metrics in a dict work as well."""
    weights = _network_weights(rng, 2, 4)
    inputs = (_normal(rng, 13, 2), _targets(rng, 13), 4, weights, "adam", "function", True)
    compare(epochs, *inputs, label="two epochs with other arguments", rtol=1e-4, atol=1e-4, dtype=False)


# --- question 5 ------------------------------------------------------------------------------------------


@probe
def validation(nb, x, y, batch_size, weights, loss_name, as_dict):
    """Mean loss, metrics and weights after each of two validations."""
    model, metrics = _network(weights, normalised=True), _metrics(as_dict)
    dataset, found = _dataset(x, y, batch_size), []
    for _ in range(2):
        loss = nb.validate(dataset, model, _loss(loss_name), metrics)
        loss = loss if loss is None or np.ndim(loss) else float(loss)
        found.append({"loss": loss, "metrics": _results(metrics), "weights": model.get_weights()})
    return found


@question("validate")
def test_validation(compare, rng):
    """The loss is the mean over all rows, the metrics are those of one pass, and the model stays as it is."""
    for loss_name, as_dict, n, batch_size in (("object", False, 17, 8), ("function", True, 10, 3)):
        weights = _network_weights(rng, 3, 4, normalised=True)
        x, y = _normal(rng, n, 3), _targets(rng, n)
        x[-1] *= 3.0
        y[-1] = 1.0 - y[:-1].mean().round()
        inputs = (x, y, batch_size, weights, loss_name, as_dict)
        compare(validation, *inputs, label="two validations", rtol=1e-4, atol=1e-5, dtype=False)
