"""Hidden tests of custom_training_w3_graph_mode: mapped functions, pipelines, compiled steps and loops.

The networks, losses, metrics and datasets that the learner's functions receive are made by the probes, from
weights drawn by the judge. How often Python code runs is counted by the loss, which is a plain function.
"""

import numpy as np

from gradetape import probe, question


def _normal(rng, *shape):
    return rng.normal(size=shape).astype("float32")


# --- question 1 ------------------------------------------------------------------------------------------


@probe
def resized(nb, images, labels, sizes):
    """Images of several sizes, one by one, eagerly."""
    import tensorflow as tf

    pairs = zip(images, labels, sizes, strict=True)
    return [nb.resize_and_scale(tf.constant(image), tf.constant(label), size) for image, label, size in pairs]


@probe
def resized_in_map(nb, images, labels, size):
    """Images of one dataset, where height and width are unknown while tracing."""
    import tensorflow as tf

    flat = tf.ragged.constant([image.ravel().tolist() for image in images], dtype=tf.uint8)
    shapes = tf.constant([image.shape for image in images])

    def image_and_label(pixels, shape, label):
        return nb.resize_and_scale(tf.ensure_shape(tf.reshape(pixels, shape), (None, None, 3)), label, size)

    dataset = tf.data.Dataset.from_tensor_slices((flat, shapes, labels)).map(image_and_label)
    spec = tf.nest.map_structure(
        lambda part: {"shape": str(part.shape), "dtype": part.dtype.name}, dataset.element_spec
    )
    return {"pairs": list(dataset), "elements": list(spec)}


def _images(rng, *shapes):
    return [rng.integers(0, 256, size=(*shape, 3)).astype("uint8") for shape in shapes]


@question("resize_and_scale", show="errors")
def test_resized(compare, rng):
    """Images of any size become float32 squares in [0, 1]; the label stays as it is, dtype and all."""
    images = _images(rng, (5, 8), (9, 4), (6, 6), (2, 3))
    labels = [np.int64(rng.integers(2)), np.int32(7), np.uint8(200), rng.integers(0, 9, size=3)]
    compare(resized, images, labels, [4, 6, 6, 5], label="(image, label)", rtol=1e-4, atol=1e-5)


@question("resize_and_scale")
def test_resized_in_map(compare, rng):
    """It works inside Dataset.map, where the size of an image is unknown."""
    for dtype, size in (("int64", 5), ("int32", 8)):
        images = _images(rng, (3, 7), (10, 4), (5, 5))
        labels = rng.integers(0, 9, size=3).astype(dtype)
        compare(resized_in_map, images, labels, size, label="the mapped dataset", rtol=1e-4, atol=1e-5)


# --- question 2 ------------------------------------------------------------------------------------------


def _pictures(labels):
    """A dataset of tiny images with the given labels, the image telling the label again."""
    import tensorflow as tf

    images = np.broadcast_to(labels[:, None, None, None], (len(labels), 2, 3, 1)).astype("int32")
    return tf.data.Dataset.from_tensor_slices((images, labels))


def _prepare(image, label):
    """Not its own inverse, and not the same when done twice."""
    import tensorflow as tf

    return tf.cast(image, tf.float32) / 4.0 + 1.0, 2 * label + 1


def _pipelines(nb, labels, batch_size):
    sizes = [len(part) for part in labels]
    return nb.input_pipelines(*(_pictures(part) for part in labels), sizes[0], _prepare, batch_size)


def _passes(dataset, count, size):
    """Read a dataset several times, but never for ever: batches of a pass, and whether it came to an end."""
    import itertools

    return [[(image.numpy(), label.numpy()) for image, label in itertools.islice(dataset, size)] for _ in range(count)]


def _kind(dataset):
    import tensorflow as tf

    return "Dataset" if isinstance(dataset, tf.data.Dataset) else type(dataset).__name__


@probe
def unshuffled_parts(nb, labels, batch_size):
    """The batches of validation and test, twice."""
    train, valid, test = _pipelines(nb, labels, batch_size)
    kinds = [_kind(part) for part in (train, valid, test)]
    parts = [_passes(part, 2, 2 * len(label) + 2) for part, label in zip((valid, test), labels[1:], strict=True)]
    return {"kinds of results": kinds, "validation": parts[0], "test": parts[1]}


@probe
def shuffled_part(nb, labels, batch_size, late, early):
    """What the order of the training part looks like over eight passes."""
    batches = _passes(_pipelines(nb, labels, batch_size)[0], 8, 2 * len(labels[0]) + 2)
    orders = [np.concatenate([label for _, label in one]) for one in batches]
    places = {2 * label + 1: place for place, label in enumerate(labels[0].tolist())}
    firsts = [[places.get(int(label), 0) for label in order[:early]] for order in orders]
    neighbours = [np.abs(np.diff(np.sort([places.get(int(v), 0) for v in one[0][1]]))) for one in batches]
    return {
        "sizes of the batches": [[len(label) for _, label in one] for one in batches[:2]],
        "labels of a pass, sorted": [np.sort(order) for order in orders[:2]],
        "images, sorted": np.sort(np.concatenate([image for image, _ in batches[0]]).ravel()),
        "images match their labels": bool(
            all(np.allclose(image, ((label - 1) / 8 + 1)[:, None, None, None]) for image, label in batches[0])
        ),
        "a late example comes early": bool(any(max(first) >= len(labels[0]) - late for first in firsts)),
        "neighbours stay together": bool(all((gaps == 1).all() for gaps in neighbours)),
        "passes differ": bool(any(not np.array_equal(order, orders[0]) for order in orders[1:])),
    }


def _three_parts(rng, *sizes):
    return [rng.permutation(1000)[:size] for size in sizes]


@question("input_pipelines")
def test_unshuffled_parts(compare, rng):
    """Validation and test give every example, prepared, in order, in batches of the given size."""
    for sizes, batch_size in (((20, 30, 26), 8), ((7, 5, 9), 3)):
        compare(unshuffled_parts, _three_parts(rng, *sizes), batch_size, label="validation and test")


@question("input_pipelines")
def test_shuffled_part(compare, rng):
    """The training part gives every example once per pass, mixed over the whole set, each pass anew."""
    # The chance that a right pipeline shows none of the last 20 early in 8 passes is below 2e-13.
    compare(shuffled_part, _three_parts(rng, 200, 3, 4), 32, 20, 32, label="the training part")
    compare(shuffled_part, _three_parts(rng, 90, 5, 2), 7, 12, 22, label="the training part")


# --- what questions 3 and 4 receive ----------------------------------------------------------------------


def _network(weights):
    """A small network with a frozen layer and batch normalisation; (d, h), ..., (h, 1)."""
    import tensorflow as tf

    d, h = weights[0].shape
    frozen = tf.keras.layers.Dense(h, activation="tanh")
    frozen.trainable = False
    layers = [tf.keras.Input((d,)), frozen, tf.keras.layers.BatchNormalization(momentum=0.7)]
    model = tf.keras.Sequential([*layers, tf.keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights(weights)
    return model


def _network_weights(rng, d, h):
    """In the order of the model's weights: kernel, bias, gamma, beta, mean, variance, kernel, bias."""
    norm = [rng.uniform(0.5, 1.5, size=h), rng.normal(size=h), rng.normal(size=h), rng.uniform(0.5, 1.5, size=h)]
    norm = [part.astype("float32") for part in norm]
    return [_normal(rng, d, h), _normal(rng, h), *norm, _normal(rng, h, 1), _normal(rng, 1)]


def _optimizer(name, model):
    import tensorflow as tf

    optimizer = tf.keras.optimizers.SGD(learning_rate=0.2, momentum=0.5 if name == "momentum" else 0.0)
    optimizer.build(model.trainable_variables)
    return optimizer


class _Counted:
    """A loss as a plain function, in which truth and prediction do not commute; it counts its runs in Python."""

    def __init__(self, object_inside):
        self.runs = 0
        self.eager = False
        self.object_inside = object_inside

    def function(self):
        import tensorflow as tf

        inside = tf.keras.losses.BinaryCrossentropy() if self.object_inside else None

        def loss(y, p):
            self.runs += 1
            self.eager = self.eager or tf.executing_eagerly()
            return inside(y, p) if inside else tf.reduce_mean(tf.square(3.0 * y - p - 1.0))

        return tf.autograph.experimental.do_not_convert(loss)


def _metric():
    """A metric that already holds something, and in which truth and prediction do not commute."""
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

    metric = Leaning()
    metric.update_state(np.array([[1.0], [0.0]], "float32"), np.array([[0.2], [0.9]], "float32"))
    return metric


def _rows(rng, n, d):
    labels = rng.integers(0, 2, size=n)
    labels[:2] = 0, 1
    return _normal(rng, n, d), labels


def _batches(x, y, batch_size):
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)


# --- question 3 ------------------------------------------------------------------------------------------


@probe
def one_model(nb, x, y, batch_size, weights, optimizer_name):
    """Losses, metric and weights along two epochs of one model."""
    model, metric = _network(weights), _metric()
    optimizer = _optimizer(optimizer_name, model)
    step = nb.compiled_step(model, optimizer, _Counted(False).function(), metric)
    losses, values = [], []
    for _ in range(2):
        for rows, labels in _batches(x, y, batch_size):
            losses.append(step(rows, labels))
            values.append(metric.result())
    updates = int(np.asarray(optimizer.iterations))
    return {"losses": losses, "metric": values, "weights": model.get_weights(), "updates": updates}


@probe
def runs_of_steps(nb, x, y, batch_size, epochs):
    """How often the step's Python code runs over a few epochs, and whether as a graph."""
    import tensorflow as tf

    model = tf.keras.Sequential([tf.keras.Input((x.shape[1],)), tf.keras.layers.Dense(1)])
    counted = _Counted(False)
    step = nb.compiled_step(model, _optimizer("sgd", model), counted.function(), _metric())
    calls = 0
    for _ in range(epochs):
        for rows, labels in _batches(x, y, batch_size):
            step(rows, labels)
            calls += 1
    return {"calls": calls, "runs": counted.runs, "as a graph": not counted.eager}


@probe
def two_models(nb, x, y, weights, optimizer_names):
    """Losses, metrics and weights of two models whose steps alternate."""
    models = [_network(one) for one in weights]
    optimizers = [_optimizer(name, model) for name, model in zip(optimizer_names, models, strict=True)]
    metrics = [_metric() for _ in models]
    losses = [_Counted(False).function(), _Counted(True).function()]
    parts = zip(models, optimizers, losses, metrics, strict=True)
    steps = [nb.compiled_step(*part) for part in parts]
    found = [[step(x, y) for step in steps] for _ in range(2)]
    values = [metric.result() for metric in metrics]
    updates = [int(np.asarray(optimizer.iterations)) for optimizer in optimizers]
    return {"losses": found, "metrics": values, "weights": [m.get_weights() for m in models], "updates": updates}


@question("compiled_step")
def test_step(compare, rng):
    """Loss, metric and weights follow plain training; a plain function as the loss sees the labels as a column."""
    x, y = _rows(rng, 11, 3)
    inputs = (x, y, 4, _network_weights(rng, 3, 2), "sgd")
    compare(one_model, *inputs, label="two epochs", rtol=1e-4, atol=1e-4)


@question("compiled_step")
def test_step_is_a_graph(learner, check, rng):
    """The step runs as a graph, and its Python code runs at most twice: full batches, and a smaller last one."""
    found = learner(runs_of_steps, *_rows(rng, 14, 2), 4, 2)
    check(found["as a graph"], "The step has to run as a graph, inside a tf.function; yours runs eagerly.")
    message = f"The step's Python code ran {found['runs']} times in {found['calls']} calls; twice is the most."
    check(found["runs"] <= 2, message)


@question("compiled_step")
def test_two_models(compare, rng):
    """The steps of two models work side by side, each with its own optimizer, loss and metric."""
    weights = [_network_weights(rng, 3, 2), _network_weights(rng, 3, 3)]
    x, y = _rows(rng, 6, 3)
    compare(two_models, x, y, weights, ["momentum", "sgd"], label="two models", rtol=1e-4, atol=1e-4)


# --- question 4 ------------------------------------------------------------------------------------------


@probe
def trained(nb, x, y, batch_size, weights, optimizer_name, epochs, epochs_as_tensor):
    """Result, kinds, weights and updates after training, and the metric as the caller sees it."""
    import tensorflow as tf

    model, metric = _network(weights), _metric()
    optimizer = _optimizer(optimizer_name, model)
    given = tf.constant(epochs) if epochs_as_tensor else epochs
    loss = _Counted(not epochs_as_tensor).function()
    result = nb.train_in_graph(model, optimizer, given, _batches(x, y, batch_size), loss, metric)
    parts = result if isinstance(result, tuple | list) else [result]
    return {
        "(loss, value)": result,
        "kinds of results": ["tensor" if isinstance(part, tf.Tensor) else type(part).__name__ for part in parts],
        "weights": model.get_weights(),
        "updates": int(np.asarray(optimizer.iterations)),
    }


@probe
def runs_of_loops(nb, x, y, batch_size, epochs):
    """How often the Python code runs, and whether as a graph."""
    import tensorflow as tf

    model = tf.keras.Sequential([tf.keras.Input((x.shape[1],)), tf.keras.layers.Dense(1)])
    counted, optimizer = _Counted(False), _optimizer("sgd", model)
    nb.train_in_graph(model, optimizer, epochs, _batches(x, y, batch_size), counted.function(), _metric())
    updates = int(np.asarray(optimizer.iterations))
    return {"updates": updates, "runs": counted.runs, "as a graph": not counted.eager}


@question("train_in_graph", weight=2, show="curve")
def test_trained(compare, rng):
    """Last loss, last epoch's metric and weights equal those of plain loops; epochs may be a tensor."""
    for n, d, batch_size, name, epochs, as_tensor in ((7, 2, 3, "momentum", 2, False), (8, 3, 5, "sgd", 3, True)):
        inputs = (*_rows(rng, n, d), batch_size, _network_weights(rng, d, 2), name, epochs, as_tensor)
        compare(trained, *inputs, label=f"{epochs} epochs", rtol=1e-4, atol=1e-4)


@question("train_in_graph")
def test_loops_are_a_graph(learner, check, rng):
    """All loops are in the graph: the Python code runs at most three times, however many epochs and batches."""
    found = learner(runs_of_loops, *_rows(rng, 14, 2), 4, 5)
    check(found["as a graph"], "The loops have to run as a graph, inside a tf.function; yours run eagerly.")
    message = f"The Python code ran {found['runs']} times for {found['updates']} steps; three times is the most."
    check(found["runs"] <= 3, message)


# --- question 5 ------------------------------------------------------------------------------------------


@probe
def roots(nb, values, tolerance, max_steps):
    """Roots and step counts."""
    import tensorflow as tf

    tolerance, max_steps = tf.constant(tolerance, tf.float32), tf.constant(max_steps, tf.int32)
    return [nb.newton_root(tf.constant(value), tolerance, max_steps) for value in values]


@probe
def root_graph(nb, values, tolerance, max_steps):
    """Whether the function is a tf.function, what its graph holds, and how often it was traced."""
    import tensorflow as tf

    if not hasattr(nb.newton_root, "get_concrete_function"):
        return {"is a tf.function": False, "has a while loop": False, "traces": 0, "steps": []}
    before = nb.newton_root.experimental_get_tracing_count()
    tolerance, max_steps = tf.constant(tolerance, tf.float32), tf.constant(max_steps, tf.int32)
    steps = [nb.newton_root(tf.constant(value), tolerance, max_steps)[1] for value in values]
    graph = nb.newton_root.get_concrete_function(tf.constant(values[0]), tolerance, max_steps).graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return {
        "is a tf.function": True,
        "has a while loop": any(node.op in ("While", "StatelessWhile", "LoopCond") for node in nodes),
        "traces": nb.newton_root.experimental_get_tracing_count() - before,
        "steps": steps,
    }


def _clear_values(rng, count, *tolerances):
    """Values where no square along the way comes close to a tolerance: rounding cannot change the number of steps."""
    found = []
    while len(found) < count:
        value = np.float32(rng.uniform(2, 500))
        root, distances = max(float(value), 1.0), []
        for _ in range(12):
            distances.append(abs(root * root - value))
            root = (root + value / root) / 2
        if all(abs(distance / tolerance - 1) > 0.1 for tolerance in tolerances for distance in distances):
            found.append(value)
    return found


@question("newton_root", weight=2)
def test_roots(compare, rng):
    """Roots and step counts follow the formula, and stop at the tolerance or at the limit of steps."""
    values = [*(np.float32(value) for value in (2, 9, 100, 0, 1, 0.3)), *_clear_values(rng, 4, 1e-2, 0.5)]
    compare(roots, values, 1e-2, 40, label="(root, steps)", rtol=1e-4, atol=1e-5)
    compare(roots, values, 0.5, 3, label="(root, steps) with few steps", rtol=1e-4, atol=1e-5)
    on_the_edge = [np.float32(value) for value in (2.0, 4.0, 0.25)]  # squares 2, 12 and 0.75 away at the start
    for tolerance in (2.0, 12.0, 0.75):
        compare(roots, on_the_edge, tolerance, 5, label="(root, steps) on the tolerance", rtol=1e-4, atol=1e-5)
    compare(roots, values, 1e-2, 0, label="(root, steps) without a step", rtol=1e-4, atol=1e-5)


@question("newton_root")
def test_root_graph(learner, check, rng):
    """It is a tf.function with a while loop in its graph, traced once for all values."""
    values = _clear_values(rng, 5, 1e-2)
    found = learner(root_graph, values, 1e-2, 40)
    check(found["is a tf.function"], "newton_root has to be a tf.function.")
    check(found["has a while loop"], "The graph has to contain a while loop; yours has none.")
    check(found["traces"] <= 1, f"One trace has to serve all values; yours was traced {found['traces']} times.")
