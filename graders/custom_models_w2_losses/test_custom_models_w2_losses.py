"""Hidden tests of custom_models_w2_losses."""

import numpy as np

from gradetape import probe, question

# --- rmse -------------------------------------------------------------------------------------------


@probe
def rmse(nb, y_true, y_pred):
    """The loss and its gradient with respect to the predictions."""
    import tensorflow as tf

    y_true, y_pred = tf.constant(y_true), tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        loss = nb.root_mean_squared_error(y_true, y_pred)
    return {"loss": loss, "gradient": tape.gradient(loss, y_pred) if tf.is_tensor(loss) else None}


@probe
def rmse_value(nb, y_true, y_pred):
    """The loss alone."""
    import tensorflow as tf

    return nb.root_mean_squared_error(tf.constant(y_true), tf.constant(y_pred))


@question("rmse")
def test_rmse_of_equal_shapes(compare, learner, check, rng):
    """The loss is one float32 number for targets and predictions of any equal shape, and has a gradient."""
    n = int(rng.integers(4, 9))
    for shape in ((n,), (n, 3), (2, n, 2), (1, 1)):
        y_true, y_pred = (rng.normal(size=shape).astype("float32") for _ in range(2))
        compare(rmse, y_true, y_pred, label="the answer for equal shapes", rtol=1e-4, atol=1e-5)
    exact = rng.normal(size=(n, 2)).astype("float32")
    perfect = learner(rmse_value, exact, exact)
    check(np.shape(perfect) == (), "Without any error, too, the loss has to be a scalar.")
    check(0 <= float(perfect) <= 4e-4, "Without any error the loss has to be zero, or nearly so.")


@question("rmse")
def test_rmse_of_other_forms(compare, rng):
    """Columns and vectors of the same values, and integer targets, do not change the loss."""
    n = int(rng.integers(4, 9))
    y_true, y_pred = (rng.normal(size=n).astype("float32") for _ in range(2))
    for one, two in ((y_true[:, None], y_pred), (y_true, y_pred[:, None])):
        compare(rmse, one, two, label="the answer for a column and a vector", rtol=1e-4, atol=1e-5)
    for dtype in ("int32", "int64"):
        whole = rng.integers(-5, 6, n).astype(dtype)
        compare(rmse, whole, y_pred, label="the answer for integer targets", rtol=1e-4, atol=1e-5)


# --- huber_factory ----------------------------------------------------------------------------------


@probe
def huber(nb, delta, y_true, y_pred):
    """The loss per example, and the gradient of its sum."""
    import tensorflow as tf

    y_true, y_pred = tf.constant(y_true), tf.constant(y_pred)
    loss_function = nb.make_huber(delta)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        loss = loss_function(y_true, y_pred)
        total = tf.reduce_sum(loss)
    return {"loss": loss, "gradient": tape.gradient(total, y_pred)}


@probe
def hubers_side_by_side(nb, deltas, y_true, y_pred):
    """Make all losses first, then call each of them twice."""
    import tensorflow as tf

    y_true, y_pred = tf.constant(y_true), tf.constant(y_pred)
    losses = [nb.make_huber(delta) for delta in deltas]
    return [loss(y_true, y_pred) for loss in losses * 2]


@question("huber_factory", weight=2)
def test_huber_values(compare, rng):
    """Small errors count quadratically, large ones linearly, and the mean runs over the last axis."""
    n = int(rng.integers(3, 7))
    for delta, shape in ((0.75, (n, 4)), (2.0, (n, 4)), (0.3, (2, n, 3)), (1.5, (6,)), (1.0, (n, 1))):
        y_true, y_pred = (1.5 * rng.normal(size=shape).astype("float32") for _ in range(2))
        compare(huber, delta, y_true, y_pred, label="the loss per example", rtol=1e-4, atol=1e-5)


@question("huber_factory")
def test_huber_at_the_threshold(compare, rng):
    """An error of exactly the threshold counts, on both sides of zero."""
    for delta in (0.5, float(rng.integers(5, 13)) / 4):
        zeros = np.zeros((4, 2), "float32")
        errors = np.array([[delta, -delta], [delta, 0], [-delta, 0], [2 * delta, -delta]], "float32")
        compare(huber, delta, zeros, errors, label="the loss at the threshold", rtol=1e-4, atol=1e-5)


@question("huber_factory")
def test_hubers_side_by_side(compare, rng):
    """Two losses with different thresholds live side by side."""
    deltas = [0.25, 1.25, 3.0]
    y_true, y_pred = (3 * rng.normal(size=(4, 3)).astype("float32") for _ in range(2))
    compare(hubers_side_by_side, deltas, y_true, y_pred, label="the list of losses", rtol=1e-4, atol=1e-5)


# --- huber_loss -------------------------------------------------------------------------------------


@probe
def huber_object(nb, arguments, y_true, y_pred):
    """Make the loss object from keyword arguments; its value, and the values per example."""
    import tensorflow as tf

    loss, y_true, y_pred = nb.HuberLoss(**arguments), tf.constant(y_true), tf.constant(y_pred)
    return {"loss": loss(y_true, y_pred), "per example": loss.call(y_true, y_pred)}


@probe
def huber_rebuilt(nb, arguments, y_true, y_pred):
    """Send the configuration through JSON, rebuild the loss from it, and call it."""
    import json

    import tensorflow as tf

    config = json.loads(json.dumps(nb.HuberLoss(**arguments).get_config()))
    rebuilt, y_true, y_pred = nb.HuberLoss.from_config(config), tf.constant(y_true), tf.constant(y_pred)
    return {
        "entry delta": config.get("delta"),
        "loss": rebuilt(y_true, y_pred),
        "per example": rebuilt.call(y_true, y_pred),
    }


@probe
def huber_in_compile(nb, delta, weights, x, y):
    """What `model.evaluate` reports for a linear model with given weights."""
    import keras

    dense = keras.layers.Dense(y.shape[1])
    model = keras.Sequential([keras.Input((x.shape[1],)), dense])
    dense.set_weights(weights)
    model.compile(loss=nb.HuberLoss(delta))
    return float(model.evaluate(x, y, batch_size=len(x), verbose=0))


def some_errors(rng, shape):
    """Targets and predictions whose errors lie on both sides of every threshold used."""
    return tuple(1.5 * rng.normal(size=shape).astype("float32") for _ in range(2))


@question("huber_loss", weight=2)
def test_huber_reductions(compare, rng):
    """There is one value per example, and the base class reduces them as asked."""
    n = int(rng.integers(4, 9))
    for arguments, what in (
        ({"delta": 0.75, "reduction": "none"}, "without reduction"),
        ({"delta": 2.0, "reduction": "sum"}, "with the sum as reduction"),
        ({"delta": 0.5}, "with the default reduction"),
        ({}, "with the default threshold"),
    ):
        for shape in ((n, 3), (n + 1, 1)):
            compare(huber_object, arguments, *some_errors(rng, shape), label=f"the loss {what}", rtol=1e-4, atol=1e-5)


@question("huber_loss")
def test_huber_configuration(compare, rng):
    """The configuration rebuilds the loss with its threshold and its reduction."""
    for arguments in ({"delta": 0.4}, {"delta": 2.5, "reduction": "none"}, {"delta": 0.6, "reduction": "sum"}):
        inputs = some_errors(rng, (int(rng.integers(4, 9)), 3))
        compare(huber_rebuilt, arguments, *inputs, label="the rebuilt object", rtol=1e-4, atol=1e-5)


@question("huber_loss")
def test_huber_in_compile(compare, rng):
    """A model compiled with the loss reports it."""
    weights = [rng.normal(size=shape).astype("float32") for shape in ((3, 2), (2,))]
    x, y = rng.normal(size=(9, 3)).astype("float32"), 2 * rng.normal(size=(9, 2)).astype("float32")
    compare(huber_in_compile, 0.6, weights, x, y, label="the loss that the model reports", rtol=1e-4, atol=1e-5)


# --- contrastive_loss -------------------------------------------------------------------------------


@probe
def contrastive(nb, arguments, labels, distances):
    """Make the loss object from keyword arguments and call it."""
    import tensorflow as tf

    return nb.ContrastiveLoss(**arguments)(tf.constant(labels), tf.constant(distances))


@probe
def contrastive_gradient(nb, arguments, labels, distances):
    """The gradient of the loss with respect to the distances."""
    import tensorflow as tf

    distances = tf.constant(distances)
    with tf.GradientTape() as tape:
        tape.watch(distances)
        loss = nb.ContrastiveLoss(**arguments)(tf.constant(labels), distances)
    return tape.gradient(loss, distances)


def some_pairs(rng, n):
    """Labels of both kinds, and distances on both sides of every margin used."""
    labels = rng.integers(0, 2, n)
    labels[:4] = 0, 0, 1, 1
    distances = rng.uniform(0, 3, n)
    distances[:4] = 0.3, 2.9, 0.4, 2.8
    return labels.astype("float32"), distances.astype("float32")


@question("contrastive_loss")
def test_contrastive_values(compare, rng):
    """Same pairs are pulled together, different ones pushed apart up to the margin."""
    for margin in (1.75, 0.8, None):
        labels, distances = some_pairs(rng, int(rng.integers(8, 14)))
        arguments = {} if margin is None else {"margin": margin}
        compare(contrastive, arguments, labels, distances, label="the mean loss of the pairs", rtol=1e-4, atol=1e-5)
        compare(contrastive_gradient, arguments, labels, distances, label="its gradient", rtol=1e-4, atol=1e-5)


@question("contrastive_loss")
def test_contrastive_forms(compare, rng):
    """Labels may be integers, and labels and distances may be vectors or columns."""
    for margin in (1.25, 2.0):
        labels, distances = some_pairs(rng, int(rng.integers(8, 14)))
        distances[4:6] = margin, 0
        for one, two, what in (
            (labels.astype("int64"), distances, "integer labels"),
            (labels[:, None], distances[:, None], "columns"),
            (labels.astype("int32"), distances[:, None], "labels as a vector and distances as a column"),
            (labels[:, None], distances, "labels as a column and distances as a vector"),
        ):
            compare(contrastive, {"margin": margin}, one, two, label=f"the loss for {what}", rtol=1e-4, atol=1e-5)


# --- line_fit ---------------------------------------------------------------------------------------


def loss_of_kind(kind):
    """Losses of the three forms that the task names, none of them from the notebook."""
    import keras
    import tensorflow as tf

    def huber_per_example(y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        return tf.reduce_mean(tf.where(error <= 1.0, 0.5 * error**2, error - 0.5), axis=-1)

    def scalar_root(y_true, y_pred):
        return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred)) + 1e-12)

    return {"function": huber_per_example, "scalar": scalar_root, "object": keras.losses.LogCosh()}[kind]


@probe
def fitted(nb, kind, points, steps, learning_rate):
    """Weights of the fitted model, and its predictions for new points."""
    import tensorflow as tf

    model = nb.fit_line(loss_of_kind(kind), *points, steps, learning_rate)
    return {"weights": model.get_weights(), "predictions": model(tf.constant([[-1.0], [0.5], [10.0]]))}


def noisy_line(rng, n):
    """Points about a line of random slope and offset."""
    x = rng.uniform(-2, 3, (n, 1))
    y = rng.uniform(2, 4) * x + rng.uniform(1, 3) + 0.3 * rng.normal(size=(n, 1))
    return x.astype("float32"), y.astype("float32")


@question("line_fit")
def test_follows_the_loss(compare, rng):
    """Weight and bias follow gradient descent on the given loss, with the given rate and number of steps."""
    for kind, steps, rate in (("function", 6, 0.05), ("scalar", 9, 0.2)):
        points = noisy_line(rng, int(rng.integers(7, 12)))
        compare(fitted, kind, points, steps, rate, label="the fitted line", rtol=1e-4, atol=1e-4)


@question("line_fit")
def test_full_batch(compare, rng):
    """One step sees all points, however many there are."""
    points = noisy_line(rng, int(rng.integers(70, 90)))
    compare(fitted, "object", points, 4, 0.15, label="the line fitted to many points", rtol=1e-4, atol=1e-4)
