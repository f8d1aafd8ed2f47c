"""Hidden tests of custom_training_w4_distribution: batches, losses and steps for several replicas.

The guest has two logical CPU devices. Strategies, networks, losses and metrics are made by the probes, from
weights drawn by the judge; how often Python code runs is counted by the loss, which is a plain function.
"""

import numpy as np

from gradetape import probe, question


def _normal(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def _strategy(name):
    """A strategy without collective operations: those of two strategies get into each other's way in one process."""
    import tensorflow as tf

    if name == "default":
        return tf.distribute.get_strategy()
    devices = {"one": ["CPU:0"], "other one": ["CPU:1"], "two": ["CPU:0", "CPU:1"]}[name]
    return tf.distribute.MirroredStrategy(devices, cross_device_ops=tf.distribute.ReductionToOneDevice())


# --- question 1 ------------------------------------------------------------------------------------------


@probe
def batch_sizes(nb, per_replica, strategies):
    """Global batch sizes for some strategies."""
    return [nb.global_batch_size(per_replica, _strategy(name)) for name in strategies]


@question("global_batch_size")
def test_batch_sizes(compare, rng):
    """The global batch is that of one replica, times the strategy's replicas; a Python integer."""
    for per_replica in (int(rng.integers(3, 20)), int(rng.integers(20, 70)), 1):
        compare(batch_sizes, per_replica, ["two", "default", "other one"], label="the global batch size")


# --- question 2 ------------------------------------------------------------------------------------------


def _parts(strategy, batch):
    """The parts of a batch, by replica; a batch is a tensor or a pair of them."""
    columns = batch if isinstance(batch, tuple) else (batch,)
    return [list(strategy.experimental_local_results(column)) for column in columns]


def _kind(dataset):
    import tensorflow as tf

    if isinstance(dataset, tf.distribute.DistributedDataset):
        return "distributed dataset"
    return "dataset" if isinstance(dataset, tf.data.Dataset) else type(dataset).__name__


@probe
def distributed(nb, strategy_name, columns, batch_sizes):
    """Kinds and parts of distributed datasets; none is read for ever."""
    import itertools

    import tensorflow as tf

    strategy = _strategy(strategy_name)
    pairs = zip(columns, batch_sizes, strict=True)
    given = [tf.data.Dataset.from_tensor_slices(column).batch(size) for column, size in pairs]
    result = nb.distribute(strategy, *given)
    if not isinstance(result, list | tuple):
        return {"kind of result": type(result).__name__, "datasets": []}
    found = []
    for dataset in result:
        batches = [_parts(strategy, batch) for batch in itertools.islice(dataset, 20)]
        found.append({"kind": _kind(dataset), "parts": batches})
    return {"kind of result": "list", "datasets": found}


@question("distribute")
def test_distributed(compare, rng):
    """Every dataset is distributed, in order; the parts of its batches make up the given batches."""
    pair = (_normal(rng, 11, 2), rng.integers(0, 5, size=11))
    rows = [_normal(rng, 13), rng.integers(0, 99, size=(9, 2)), pair]
    compare(distributed, "two", rows, [6, 4, 8], label="three datasets")
    compare(distributed, "two", rows[2:], [4], label="one dataset")
    compare(distributed, "two", [], [], label="no dataset")


@question("distribute")
def test_distributed_by_strategy(compare, rng):
    """The strategy that is given cuts the batches, also when it has a single replica."""
    rows = [_normal(rng, 7), _normal(rng, 10, 3)]
    compare(distributed, "one", rows, [4, 5], label="a mirrored strategy with one replica")
    compare(distributed, "default", rows[::-1], [3, 4], label="the default strategy")


# --- question 3 ------------------------------------------------------------------------------------------


def _example_loss(name):
    """Example losses by name; in none of them do labels and predictions commute."""
    import tensorflow as tf

    def distance(labels, predictions):
        scale = tf.range(1.0, tf.cast(tf.shape(predictions)[1], tf.float32) + 1.0)
        return tf.reduce_sum(scale * (tf.one_hot(labels, tf.shape(predictions)[1]) - predictions) ** 2, axis=1)

    crossentropy = tf.keras.losses.SparseCategoricalCrossentropy
    return {
        "distance": distance,
        "logits": crossentropy(from_logits=True, reduction="none"),
        "probabilities": crossentropy(reduction="none"),
        "mean": crossentropy(from_logits=True),
        "sum": lambda labels, predictions: tf.reduce_sum(distance(labels, predictions)),
    }[name]


def _error(function, *arguments):
    """What kind of error a call raises."""
    try:
        function(*arguments)
    except ValueError:
        return "ValueError"
    except Exception as error:  # noqa: BLE001 - the kind is the answer
        return type(error).__name__
    return "none"


@probe
def shares(nb, loss_name, parts, global_batch):
    """The losses of parts, eagerly and in a graph, with their gradients."""
    import tensorflow as tf

    example_loss, found = _example_loss(loss_name), []
    in_graph = tf.function(lambda labels, p: nb.scaled_loss(example_loss, labels, p, global_batch))
    for labels, predictions in parts:
        p = tf.constant(predictions)
        with tf.GradientTape() as tape:
            tape.watch(p)
            loss = nb.scaled_loss(example_loss, tf.constant(labels), p, global_batch)
        both = {"loss": loss, "gradient": tape.gradient(loss, p), "in a graph": in_graph(tf.constant(labels), p)}
        found.append(both)
    return found


@probe
def refusals(nb, loss_names, labels, predictions, global_batch):
    """What kinds of errors losses raise that are scalars already, eagerly and in a graph."""
    import tensorflow as tf

    found = []
    for name in loss_names:
        example_loss = _example_loss(name)

        def loss(labels, predictions, example_loss=example_loss):
            return nb.scaled_loss(example_loss, labels, predictions, global_batch)

        arguments = (tf.constant(labels), tf.constant(predictions))
        found.append({"eagerly": _error(loss, *arguments), "in a graph": _error(tf.function(loss), *arguments)})
    return found


def _classified(rng, n, classes):
    labels = rng.integers(0, classes, size=n)
    return labels, 2 * _normal(rng, n, classes)


@question("scaled_loss", weight=2)
def test_shares(compare, rng):
    """Parts of full and of smaller batches are scaled by the global batch, so that they add up to the whole."""
    for name, sizes, global_batch, classes in (("distance", (4, 4, 2, 1), 8, 3), ("logits", (3, 1), 6, 5)):
        parts = [_classified(rng, size, classes) for size in sizes]
        compare(shares, name, parts, global_batch, label="the scaled losses", rtol=1e-4, atol=1e-5)
    labels, logits = _classified(rng, 5, 4)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    parts = [(labels, probabilities.astype("float32"))]
    compare(shares, "probabilities", parts, 5, label="the scaled loss of probabilities", rtol=1e-4, atol=1e-5)


@question("scaled_loss")
def test_refusals(compare, rng):
    """A loss that is a scalar already raises a ValueError; one example alone does not."""
    labels, predictions = _classified(rng, 4, 3)
    compare(refusals, ["mean", "sum", "logits"], labels, predictions, 8, label="a loss that is already reduced")
    compare(refusals, ["mean", "distance"], labels[:1], predictions[:1], 2, label="a single example")


# --- question 4 ------------------------------------------------------------------------------------------


def _network(weights):
    """A small classifier with a frozen layer and batch normalisation; (d, h), ..., (h, K)."""
    import tensorflow as tf

    d, h = weights[0].shape
    frozen = tf.keras.layers.Dense(h, activation="tanh")
    frozen.trainable = False
    layers = [tf.keras.Input((d,)), frozen, tf.keras.layers.BatchNormalization(momentum=0.6)]
    model = tf.keras.Sequential([*layers, tf.keras.layers.Dense(weights[-1].shape[0])])
    model.set_weights(weights)
    return model


def _network_weights(rng, d, h, classes):
    """In the order of the model's weights: kernel, bias, gamma, beta, mean, variance, kernel, bias."""
    norm = [rng.uniform(0.5, 1.5, size=h), rng.normal(size=h), rng.normal(size=h), rng.uniform(0.5, 1.5, size=h)]
    norm = [part.astype("float32") for part in norm]
    return [_normal(rng, d, h), _normal(rng, h), *norm, _normal(rng, h, classes), _normal(rng, classes)]


def _metric():
    """A metric in which truth and prediction do not commute."""
    import tensorflow as tf

    class Leaning(tf.keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="leaning")
            self.total = self.add_weight(name="total", initializer="zeros")
            self.eager = False

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.eager = self.eager or tf.executing_eagerly()
            columns = [tf.reshape(tf.cast(v, tf.float32), (tf.shape(v)[0], -1))[:, 0] for v in (y_true, y_pred)]
            self.total.assign_add(tf.reduce_sum(columns[0] * (1.0 + columns[1]) - 2.0 * columns[1]))

        def result(self):
            return self.total + 0.0

    return Leaning()


class _Work:
    """What replica_steps receives, made inside a strategy's scope, and the two functions it returns."""

    def __init__(self, nb, strategy_name, weights, optimizer_name, loss_name, global_batch):
        import tensorflow as tf

        self.runs, self.eager = 0, False
        self.strategy = _strategy(strategy_name)
        with self.strategy.scope():
            self.model, self.metric = _network(weights), _metric()
            make = {"sgd": tf.keras.optimizers.SGD, "adam": tf.keras.optimizers.Adam}[optimizer_name]
            self.optimizer = make(learning_rate=0.1)
            self.optimizer.build(self.model.trainable_variables)
        counted = self.counted(_example_loss(loss_name))
        given = (self.strategy, self.model, self.optimizer, counted, self.metric, global_batch)
        self.train, self.evaluate = nb.replica_steps(*given)

    def counted(self, example_loss):
        import tensorflow as tf

        def loss(labels, predictions):
            self.runs += 1
            self.eager = self.eager or tf.executing_eagerly()
            return example_loss(labels, predictions)

        return tf.autograph.experimental.do_not_convert(loss)

    def batches(self, x, y, batch_size):
        import tensorflow as tf

        dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
        return self.strategy.experimental_distribute_dataset(dataset)

    def state(self):
        return {
            "replicas": self.strategy.num_replicas_in_sync,
            "metric": self.metric.result(),
            "weights": self.model.get_weights(),
            "updates": int(np.asarray(self.optimizer.iterations)),
        }


@probe
def training(nb, strategy_name, x, y, batch_size, epochs, weights, optimizer_name, loss_name, global_batch):
    """Losses, metric and weights along some training steps."""
    work = _Work(nb, strategy_name, weights, optimizer_name, loss_name, global_batch)
    batches = list(work.batches(x, y, batch_size))
    devices = {part.device for part in work.strategy.experimental_local_results(batches[0][0])}
    losses = [work.train(batch) for _ in range(epochs) for batch in batches]
    return {"devices at work": len(devices), "losses": losses, **work.state()}


@probe
def evaluation(nb, strategy_name, x, y, batch_size, weights):
    """Metric and weights after each of two evaluations."""
    work = _Work(nb, strategy_name, weights, "sgd", "logits", batch_size)
    found = []
    for _ in range(2):
        for batch in work.batches(x, y, batch_size):
            work.evaluate(batch)
        found.append(work.state())
    return found


@probe
def runs_of_steps(nb, x, y, batch_size, epochs, weights):
    """How often the Python code of train runs for batches of one size, and whether both functions run as graphs."""
    work = _Work(nb, "default", weights, "sgd", "distance", batch_size)
    calls = 0
    for _ in range(epochs):
        for batch in work.batches(x, y, batch_size):
            work.train(batch)
            calls += 1
    found = {"calls": calls, "runs": work.runs, "train as a graph": not work.eager}
    work.evaluate(batch)
    return {**found, "both as graphs": not work.eager and not work.metric.eager}


@question("replica_steps", weight=2)
def test_training(compare, check, rng):
    """Two replicas learn from their parts what the formulas say: losses, metric, weights; and so does one replica."""
    inputs = (*_rows(rng, 14, 2, 3), 7, 2, _network_weights(rng, 2, 3, 3), "sgd", "logits", 8)  # parts of 4 and 3 rows
    found = compare(training, "two", *inputs, label="training on two replicas", rtol=1e-4, atol=1e-4)
    check(found["replicas"] == found["devices at work"] == 2, "This check needs two replicas on two devices.")
    inputs = (*_rows(rng, 8, 3, 2), 5, 2, _network_weights(rng, 3, 2, 2), "sgd", "distance", 5)
    compare(training, "default", *inputs, label="training on one replica", rtol=1e-4, atol=1e-4)


@question("replica_steps")
def test_evaluation(compare, rng):
    """Evaluation only updates the metric, on every replica: no weight and no moving average changes."""
    inputs = (*_rows(rng, 6, 3, 2), 6, _network_weights(rng, 3, 2, 2))
    compare(evaluation, "two", *inputs, label="two evaluations", rtol=1e-4, atol=1e-4)


@question("replica_steps")
def test_steps_are_graphs(learner, check, rng):
    """Both steps run as graphs; the Python code of the training step runs once per replica for a size of batch."""
    found = learner(runs_of_steps, *_rows(rng, 8, 2, 2), 4, 2, _network_weights(rng, 2, 2, 2))
    check(found["train as a graph"], "train has to run as a graph, inside a tf.function; yours runs eagerly.")
    check(found["both as graphs"], "evaluate has to run as a graph, inside a tf.function; yours runs eagerly.")
    message = f"The step's Python code ran {found['runs']} times in {found['calls']} equal calls on one replica; once is enough."
    check(found["runs"] <= 1, message)


def _rows(rng, n, d, classes):
    labels = rng.integers(0, classes, size=n)
    return _normal(rng, n, d), labels


# --- question 5 ------------------------------------------------------------------------------------------


class _Batches:
    """Batches that can be iterated again and again, and have no length."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return iter(self.batches)


@probe
def epochs(nb, batches, as_dataset, count):
    """Results of some epochs with a stand-in for train, and what train saw."""
    import tensorflow as tf

    metric, seen = tf.keras.metrics.Mean(), []
    metric.update_state([50.0, 70.0])

    def train(batch):
        seen.append(np.array(batch))
        metric.update_state(batch)
        return tf.reduce_sum(batch) / 4.0 + float(len(seen))

    if as_dataset:
        rows = tf.data.Dataset.from_tensor_slices(np.concatenate(batches)).filter(lambda row: row < 1e6)
        dataset = rows.batch(len(batches[0]))
    else:
        dataset = _Batches([tf.constant(batch) for batch in batches])
    results = [nb.distributed_epoch(train, dataset, metric) for _ in range(count)]
    return {"(loss, value)": results, "batches that train saw": seen}


@question("distributed_epoch")
def test_epochs(compare, rng):
    """Every epoch trains on each batch once, in order, and gives the mean loss and the metric of this epoch alone."""
    batches = [_normal(rng, 4), _normal(rng, 4), _normal(rng, 3)]
    compare(epochs, batches, True, 2, label="two epochs", rtol=1e-4, atol=1e-5)
    batches = [_normal(rng, size) for size in (5, 2, 1, 4)]
    compare(epochs, batches, False, 3, label="three epochs over batches of several sizes", rtol=1e-4, atol=1e-5)
    compare(epochs, [_normal(rng, 6)], False, 1, label="an epoch of one batch", rtol=1e-4, atol=1e-5)
