"""Hidden tests of custom_models_w1_functional_api: tables, one trunk with two heads, one tower for two inputs.

Networks get their weights from the judge, poured by the shapes of the kernels, so that outputs and gradients can be
compared whatever the order in which a learner made the layers. Random pairs are judged by their properties.
"""

import numpy as np

from gradetape import probe, question


def _normal(rng, *shape, scale=1.0):
    return (scale * rng.normal(size=shape)).astype("float32")


def _dense(rng, n, units):
    """Kernel and bias of a size that keeps outputs near one."""
    return [_normal(rng, n, units, scale=1.5 / np.sqrt(n)), _normal(rng, units, scale=0.5)]


# --- question 1 ------------------------------------------------------------------------------------------


@probe
def merged(nb, white, red, low, high):
    """The merged table, and the arguments afterwards."""
    result = nb.merge_tables(tuple(white), tuple(red), low, high)
    return {"(features, quality, red)": result, "arguments afterwards": [list(white), list(red)]}


@question("merge_tables")
def test_merged(compare, rng):
    """The rows strictly between the bounds are kept, white ones first, each with its quality and its flag."""
    for n, m, d, low, high in ((40, 25, 11, 4, 8), (9, 20, 3, 3, 7), (12, 6, 1, 5.5, 9)):
        white = _normal(rng, n, d), rng.integers(3, 10, size=n).astype("int32")
        red = _normal(rng, m, d), rng.integers(3, 10, size=m).astype("int32")
        for quality in (white[1], red[1]):
            quality[:3] = int(np.ceil(low)), high, 6
            rng.shuffle(quality)
        compare(merged, white, red, low, high, label="the merged table")


# --- question 2 ------------------------------------------------------------------------------------------


@probe
def scaled(nb, tables):
    """The scaled tables, and the arguments afterwards."""
    result = nb.standardise(*tables)
    kind = "list" if isinstance(result, list) else type(result).__name__
    return {"kind of the result": kind, "tables": list(result), "arguments afterwards": tables}


@question("standardise")
def test_scaled(compare, rng):
    """All tables are scaled by the training table's columns, and a constant column is centred only."""
    for sizes, d, dtype in (
        ((30, 12, 5), 4, "float32"),
        ((7, 9), 3, "float64"),
        ((5,), 2, "float32"),
        ((6, 1, 2, 3), 5, "float64"),
    ):
        centre, scale = rng.uniform(-3, 3, size=d), rng.uniform(0.5, 3.0, size=d)
        tables = [(centre + number + scale * rng.normal(size=(n, d))).astype(dtype) for number, n in enumerate(sizes)]
        tables[0][:, -1] = 2.5
        compare(scaled, tables, label="the scaled tables", rtol=1e-4, atol=1e-4)


# --- question 3 ------------------------------------------------------------------------------------------


def _filled(gradients, variables):
    """The gradients as arrays, zeros for what is not connected."""
    return [
        np.zeros(v.shape, "float32") if g is None else np.asarray(g) for g, v in zip(gradients, variables, strict=True)
    ]


def _pairs(model):
    """The weights of a model as pairs of kernel and bias, or None when they are no such pairs."""
    weights = list(model.weights)
    pairs = list(zip(weights[::2], weights[1::2], strict=False))
    if len(weights) % 2 or any(len(k.shape) != 2 or len(b.shape) != 1 for k, b in pairs):
        return None
    return pairs


def _pour(model, values):
    """Copy kernels and biases in by the shapes of the kernels; return the variables in the order of the values."""
    left, found = _pairs(model) or [], []
    for kernel, bias in zip(values[::2], values[1::2], strict=True):
        fitting = [pair for pair in left if tuple(pair[0].shape) == kernel.shape]
        if not fitting:
            return None
        fitting[0][0].assign(kernel)
        fitting[0][1].assign(bias)
        left = [pair for pair in left if pair is not fitting[0]]
        found += fitting[0]
    return found if not left else None


def _two(outputs):
    """Both outputs, quality first."""
    return [outputs["quality"], outputs["red"]] if isinstance(outputs, dict) else list(outputs)


@probe
def two_heads(nb, num_features, units, x, values):
    """Outputs of the network with given weights, and the gradient of each head for all weights."""
    import tensorflow as tf

    model = nb.two_headed_model(num_features, units)
    if not isinstance(model, tf.keras.Model):
        return {"kind of the result": type(model).__name__}
    found = {
        "kind of the result": "tf.keras.Model",
        "shapes of the weights": sorted(list(w.shape) for w in model.weights),
    }
    variables = _pour(model, values)
    if variables is None:
        return found
    with tf.GradientTape(persistent=True) as tape:
        outputs = _two(model(tf.constant(x)))
        sums = [tf.reduce_mean(output) for output in outputs]
    found["(quality, red)"] = outputs
    for name, total in zip(("quality", "red"), sums, strict=False):
        found[f"gradients of {name}"] = _filled(tape.gradient(total, variables), variables)
    return found


@probe
def named_losses(nb, num_features, units, x, quality, red, values):
    """Losses of the two outputs, addressed by name."""
    import tensorflow as tf

    model = nb.two_headed_model(num_features, units)
    if _pour(model, values) is None:
        return {"shapes of the weights": sorted(list(w.shape) for w in model.weights)}
    model.compile(loss={"quality": "mae", "red": "mse"}, run_eagerly=True)
    logs = model.test_on_batch(
        tf.constant(x), {"quality": tf.constant(quality), "red": tf.constant(red)}, return_dict=True
    )
    return {name: float(value) for name, value in logs.items()}


def _heads_weights(rng, n, units):
    sizes = ((n, units), (units, units), (units, units // 2), (units // 2, 1), (units, 1))
    return [value for size in sizes for value in _dense(rng, *size)]


@question("two_headed_model", weight=2)
def test_two_heads(compare, rng):
    """Both heads have the stated layers and share the trunk, for other sizes as well."""
    for n, units in ((11, 16), (7, 10), (3, 4)):
        x, values = _normal(rng, 9, n, scale=3.0), _heads_weights(rng, n, units)
        compare(two_heads, n, units, x, values, label="the network", rtol=1e-4, atol=1e-5)


@question("two_headed_model")
def test_named_losses(compare, rng):
    """Keras knows the outputs by the names quality and red."""
    x, values = _normal(rng, 8, 5), _heads_weights(rng, 5, 6)
    quality, red = _normal(rng, 8, 1), rng.integers(0, 2, size=(8, 1)).astype("float32")
    compare(named_losses, 5, 6, x, quality, red, values, label="a loss by name", rtol=1e-4, atol=1e-5)


# --- question 4 ------------------------------------------------------------------------------------------


def _two_outputs(values, order):
    """A small network with outputs named quality and red, in this or the other order."""
    import tensorflow as tf

    inputs = tf.keras.Input((values[0].shape[0],))
    outputs = {
        "quality": tf.keras.layers.Dense(1, name="quality")(inputs),
        "red": tf.keras.layers.Dense(1, activation="sigmoid", name="red")(inputs),
    }
    model = tf.keras.Model(inputs, [outputs[name] for name in order])
    for name, layer_values in zip(("quality", "red"), (values[:2], values[2:]), strict=True):
        model.get_layer(name).set_weights(layer_values)
    return model


class _Eagerly:
    """While open, `fit` runs without graphs: a few steps cost less than a trace."""

    def __enter__(self):
        import tensorflow as tf

        tf.config.run_functions_eagerly(True)

    def __exit__(self, *_):
        import tensorflow as tf

        tf.config.run_functions_eagerly(False)


@probe
def compiled_and_trained(nb, runs):
    """Histories and weights of several networks, compiled before any of them is trained."""
    found, models = [], []
    for run in runs:
        model = _two_outputs(run["weights"], run["order"])
        result = nb.compile_two_headed(model, run["learning rate"])
        models.append(model)
        found.append({"result": "the same model" if result is model else type(result).__name__})
    with _Eagerly():
        for run, model, after in zip(runs, models, found, strict=True):
            targets = {"quality": run["quality"], "red": run["red"]}
            history = model.fit(run["x"], targets, epochs=run["epochs"], batch_size=4, shuffle=False, verbose=0).history
            after["history"] = {name: [float(value) for value in history[name]] for name in sorted(history)}
            after["weights"] = [w for name in ("quality", "red") for w in model.get_layer(name).get_weights()]
    return found


def _heads_run(rng, n, rate, order):
    return {
        "weights": [*_dense(rng, n, 1), *_dense(rng, n, 1)],
        "order": order,
        "learning rate": rate,
        "epochs": 2,
        "x": _normal(rng, 12, n),
        "quality": rng.integers(3, 10, size=12).astype("float32"),
        "red": rng.integers(0, 2, size=12).astype("float32"),
    }


@question("compile_two_headed")
def test_compiled(compare, rng):
    """Losses, metrics and weights of a training follow the stated optimizer, losses and metrics."""
    run = _heads_run(rng, 5, 0.03, ["quality", "red"])
    compare(compiled_and_trained, [run], label="the training", rtol=1e-4, atol=1e-4)


@question("compile_two_headed")
def test_compiled_in_a_row(compare, rng):
    """Two models with other rates and other orders of the outputs are compiled and trained side by side."""
    runs = [_heads_run(rng, 3, 0.002, ["red", "quality"]), _heads_run(rng, 4, 0.1, ["quality", "red"])]
    compare(compiled_and_trained, runs, label="each of two trainings", rtol=1e-4, atol=1e-4)


# --- question 5 ------------------------------------------------------------------------------------------


def _tower(shape, values):
    import tensorflow as tf

    layers = [tf.keras.layers.Dense(kernel.shape[1], activation="tanh") for kernel in values[::2]]
    tower = tf.keras.Sequential([tf.keras.Input(shape), tf.keras.layers.Flatten(), *layers])
    tower.set_weights(values)
    return tower


@probe
def distances(nb, left, right, values, other_values):
    """Sizes of the siamese network; its distances, both ways, and after the tower got new weights."""
    import tensorflow as tf

    tower = _tower(left.shape[1:], values)
    model = nb.siamese_model(tower)
    if not isinstance(model, tf.keras.Model):
        return {"kind of the result": type(model).__name__}
    found = {"kind of the result": "tf.keras.Model", "number of trainable weights": len(model.trainable_weights)}
    left, right = tf.constant(left), tf.constant(right)
    found["distances"] = model([left, right])
    found["distances the other way round"] = model([right, left])
    found["parameters"] = model.count_params()
    tower.set_weights(other_values)
    found["distances after the tower got new weights"] = model([left, right])
    return found


@probe
def distance_gradients(nb, left, right, values):
    """Gradients of the summed distances for the tower's weights; some pairs may be equal."""
    import tensorflow as tf

    tower = _tower(left.shape[1:], values)
    model = nb.siamese_model(tower)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(model([tf.constant(left), tf.constant(right)]))
    variables = tower.variables
    return _filled(tape.gradient(total, variables), variables)


def _towers(rng, n, hidden, k):
    return [*_dense(rng, n, hidden), *_dense(rng, hidden, k)]


@question("siamese_model", weight=2)
def test_distances(compare, rng):
    """The distances are those of the tower's outputs, one column, and the model is made of this very tower."""
    for shape, hidden, k in (((6, 5, 2), 6, 4), ((7,), 3, 2), ((4, 3), 5, 8)):
        left, right = _normal(rng, 5, *shape), _normal(rng, 5, *shape)
        right[0] = left[0]
        n = int(np.prod(shape))
        values, others = _towers(rng, n, hidden, k), _towers(rng, n, hidden, k)
        compare(distances, left, right, values, others, label="the siamese network", rtol=1e-4, atol=1e-5)


@question("siamese_model")
def test_distance_gradients(compare, rng):
    """Gradients reach the tower through both inputs, and stay finite where both inputs are equal."""
    left, right = _normal(rng, 6, 5), _normal(rng, 6, 5)
    values = _towers(rng, 5, 4, 3)
    compare(distance_gradients, left, right, values, label="the gradients", rtol=1e-3, atol=1e-4)
    right[::2] = left[::2]
    compare(distance_gradients, left, right, values, label="the gradients with equal pairs", rtol=1e-3, atol=1e-4)


# --- question 6 ------------------------------------------------------------------------------------------


def _look(images, labels, left, right, same):
    """Properties of pairs: which images they hold, and what these say of the targets."""
    shapes = {
        "shape": [list(part.shape) for part in (left, right, same)],
        "dtype": [part.dtype.name for part in (left, right, same)],
    }
    if left.shape != right.shape or left.shape[1:] != images.shape[1:] or same.shape != left.shape[:1]:
        return shapes, None
    rows = {images[index].tobytes(): index for index in range(len(images))}
    found = [
        [rows.get(part[index].astype(images.dtype).tobytes(), -1) for index in range(len(part))]
        for part in (left, right)
    ]
    a, b = (np.array(part) for part in found)
    known = bool(np.all(a >= 0) and np.all(b >= 0))
    return {**shapes, "all are rows of the images": known}, (a, b, labels[a], labels[b], same) if known else None


@probe
def properties(nb, images, labels, num_pairs, seed, many):
    """What holds of the drawn pairs; with many pairs also how they vary."""
    kept = images.copy(), labels.copy()
    results = [nb.balanced_pairs(images, labels, num_pairs, s) for s in (seed, seed, seed + 1)]
    first, again, other = ([np.asarray(part) for part in result] for result in results)
    found, pairs = _look(images, labels, *first)
    found["number of parts"] = len(results[0])
    found["arguments are unchanged"] = bool(np.array_equal(kept[0], images) and np.array_equal(kept[1], labels))
    found["the same seed repeats the pairs"] = all(np.array_equal(p, q) for p, q in zip(first, again, strict=True))
    if pairs is None:
        return found
    a, b, la, lb, same = pairs
    found["number of positive pairs"], found["number of negative pairs"] = (
        int(np.sum(same == 1)),
        int(np.sum(same == 0)),
    )
    found["positive pairs are of one class"] = bool(np.all(la[same == 1] == lb[same == 1]))
    found["negative pairs are of two classes"] = bool(np.all(la[same == 0] != lb[same == 0]))
    found["every target is wrong"] = bool(np.all((la == lb) != (same == 1)))
    found["no image is paired with itself"] = bool(np.all(a != b))
    if many:
        changed = not all(np.array_equal(p, q) for p, q in zip(first, other, strict=True))
        found["another seed draws other pairs"] = changed
        classes = len(np.unique(labels))
        for name, target in (("positive", 1), ("negative", 0)):
            sides = [len(np.unique(side[same == target])) for side in (la, lb)]
            found[f"all classes take part in {name} pairs"] = sides == [classes, classes]
            different = len({*zip(a[same == target].tolist(), b[same == target].tolist(), strict=True)})
            found[f"the {name} pairs vary"] = 2 * different > len(images)
            found[f"most images occur in {name} pairs"] = 2 * len({*a[same == target], *b[same == target]}) > len(
                images
            )
    return found


def _numbered(rng, n, shape, dtype):
    """Images of which no two are equal."""
    images = (rng.uniform(size=(n, *shape)) * 250).astype(dtype)
    images.reshape(n, -1)[:, 0] = np.arange(n)
    return images


@question("balanced_pairs", weight=2)
def test_many_pairs(compare, rng):
    """Among many pairs half are positive, the targets are right, no image meets itself, all classes take part."""
    for classes, shape, dtype in (([0, 1, 2, 3, 4], (4, 3, 1), "float32"), ([2, 7, 30], (5,), "uint8")):
        labels = rng.permutation(np.repeat(np.array(classes), 12))
        images = _numbered(rng, len(labels), shape, dtype)
        compare(properties, images, labels, 300, int(rng.integers(1000)), True, label="the pairs")


@question("balanced_pairs")
def test_few_pairs(compare, rng):
    """Few pairs, of few images or unequal classes, are right as well."""
    images = _numbered(rng, 4, (2, 2), "float64")
    for seed in range(6):
        compare(properties, images, np.array([5, 5, 9, 9]), 1 + seed % 3, seed, False, label="the pairs of four images")
    labels = rng.permutation(np.repeat([1, 3, 4], [2, 20, 5]))
    inputs = (_numbered(rng, 27, (3,), "float32"), labels, 17, int(rng.integers(1000)), False)
    compare(properties, *inputs, label="the pairs of unequal classes")
