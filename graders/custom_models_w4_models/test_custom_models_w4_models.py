"""Hidden tests of custom_models_w4_models: a block, a network of blocks, configurations, training.

Questions 2 and 3 build on the classes of the questions before them. Their probes put stand-ins in the place of
those classes, so that a wrong block costs its own question only. The stand-ins compute something else than what
they stand for: a guest never holds an answer. Networks to train are made by the probes, from weights of the judge.
"""

import itertools

import numpy as np

from gradetape import probe, question


def _normal(rng, *shape, scale=1.0):
    return (scale * rng.normal(size=shape)).astype("float32")


def _filters(rng, *shape):
    """Kernel and bias of a size that keeps outputs near one."""
    fan = int(np.prod(shape[:-1]))
    return [_normal(rng, *shape, scale=1.5 / np.sqrt(fan)), _normal(rng, shape[-1], scale=0.3)]


# --- helpers that travel into the guest ------------------------------------------------------------------


def _shapes(variables):
    return [list(variable.shape) for variable in variables]


def _pour(variables, values):
    """Copy values into variables, each into the first one of its shape that is left; say whether all fit."""
    left = list(variables)
    if len(left) != len(values):
        return False
    for value in values:
        fitting = [variable for variable in left if tuple(variable.shape) == value.shape]
        if not fitting:
            return False
        fitting[0].assign(value)
        left = [variable for variable in left if variable is not fitting[0]]
    return True


def _plain_ones(layer, used):
    """How many of the variables in use are attributes themselves, or stand in lists that are."""
    held = [part for value in vars(layer).values() for part in (value if isinstance(value, (list, tuple)) else [value])]
    return sum(any(variable is part for part in held) for variable in used)


def _use(layer, x, values, step):
    """Trainable weights of a layer after its first call; output with given weights, twice; weights after a step."""
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape() as tape:
        output = layer(x)
    found = {"shape of the output": list(output.shape), "a second call agrees": bool(np.allclose(output, layer(x)))}
    variables = list(layer.trainable_variables)
    found["variables in use that are plain attributes"] = _plain_ones(layer, tape.watched_variables())
    found["shapes of the trainable weights"] = sorted(_shapes(variables))
    found["number of all weights"] = len(layer.weights)
    if not _pour(variables, values):
        return found
    with tf.GradientTape() as tape:
        output = layer(x)
        loss = tf.reduce_mean(tf.square(output + 0.5))
    gradients = tape.gradient(loss, variables)
    found["output"] = output
    for variable, gradient in zip(variables, gradients, strict=True):
        if gradient is not None:
            variable.assign_sub(step * gradient)
    found["output after the step"] = layer(x)
    return found


class _Instead:
    """While open, learner's functions find stand-ins under these names."""

    def __init__(self, function, **stand_ins):
        import inspect

        self.scope = getattr(inspect.unwrap(function), "__globals__", {})
        self.stand_ins, self.kept = stand_ins, {}

    def __enter__(self):
        for name, stand_in in self.stand_ins.items():
            if name in self.scope:
                self.kept[name] = self.scope[name]
                self.scope[name] = stand_in

    def __exit__(self, *_):
        self.scope.update(self.kept)


class _Rebased:
    """While open, a learner's subclass extends a stand-in instead of the learner's own class."""

    def __init__(self, *triples):
        self.triples, self.undo = triples, []

    def __enter__(self):
        for derived, base, stand_in in self.triples:
            for cls in derived.__mro__:
                if base in cls.__bases__ and cls is not base:
                    self.undo.append((cls, cls.__bases__))
                    cls.__bases__ = tuple(stand_in if b is base else b for b in cls.__bases__)
                    break

    def __exit__(self, *_):
        for cls, bases in reversed(self.undo):
            cls.__bases__ = bases


# --- question 1 ------------------------------------------------------------------------------------------


@probe
def stage(nb, arguments, options, x, values):
    """One stage with given weights: output, training step, output."""
    return _use(nb.ConvStage(*arguments, **options), x, values, 0.1)


@probe
def stage_training(nb, arguments, x, values):
    """Weights of a stage after one step, in their order."""
    import tensorflow as tf

    layer = nb.ConvStage(*arguments)
    layer(tf.constant(x))
    variables = list(layer.trainable_variables)
    if _shapes(variables) != _shapes(values):
        return {"shapes of the trainable weights": _shapes(variables)}
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(layer(tf.constant(x)) + 0.5))
    gradients = tape.gradient(loss, variables)
    moved = [v if g is None else v - 0.1 * g for v, g in zip(variables, gradients, strict=True)]
    return {"shapes of the trainable weights": _shapes(variables), "weights after a step": moved}


def _stage_weights(rng, channels, filters, kernel_size, repeats):
    sizes = [channels, *[filters] * repeats]
    return [w for a, b in itertools.pairwise(sizes) for w in _filters(rng, kernel_size, kernel_size, a, b)]


@question("conv_stage")
def test_stage(compare, rng):
    """A stage has the stated weights and output, for other sizes of everything."""
    for (filters, kernel, repeats), (h, w, c) in (
        ((4, 3, 2), (8, 9, 3)),
        ((3, 5, 1), (6, 6, 4)),
        ((5, 1, 3), (5, 4, 2)),
    ):
        x, values = _normal(rng, 2, h, w, c), _stage_weights(rng, c, filters, kernel, repeats)
        compare(stage, [filters, kernel, repeats], {}, x, values, label="the stage", rtol=1e-4, atol=1e-5)


@question("conv_stage")
def test_stage_pooling(compare, rng):
    """The pooling follows its two arguments."""
    for options in ({"pool_size": 3, "strides": 1}, {"pool_size": 3}, {"strides": 3}, {"pool_size": 1, "strides": 2}):
        x, values = _normal(rng, 1, 8, 9, 2), _stage_weights(rng, 2, 5, 2, 2)
        compare(stage, [5, 2, 2], options, x, values, label="the stage with another pooling", rtol=1e-4, atol=1e-5)


@question("conv_stage")
def test_stage_training(compare, rng):
    """All weights are tracked, in the stated order, and one training step moves all of them."""
    x, values = _normal(rng, 3, 6, 7, 2), _stage_weights(rng, 2, 3, 3, 3)
    compare(stage_training, [3, 3, 3], x, values, label="training the stage", rtol=1e-4, atol=1e-5)


# --- question 2 ------------------------------------------------------------------------------------------


def _stand_in_stage():
    """A block with the arguments and weights of ConvStage, and another formula that depends on all of them."""
    import tensorflow as tf

    class ConvStage(tf.keras.layers.Layer):
        def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
            super().__init__(**kwargs)
            kinds = {"padding": "same", "activation": "softsign"}
            self.filters, self.kernel_size, self.repeats = filters, kernel_size, repeats
            self.pool_size, self.strides = pool_size, strides
            self.parts = [tf.keras.layers.Conv2D(filters, kernel_size, **kinds) for _ in range(repeats)]
            self.last = tf.keras.layers.AveragePooling2D(pool_size, strides)

        def call(self, inputs):
            for part in self.parts:
                inputs = part(inputs)
            return self.last(inputs)

    return ConvStage


@probe
def network(nb, arguments, options, x, values):
    """A network with given weights: output, training step, output."""
    with _Instead(nb.StagedConvNet.__init__, ConvStage=_stand_in_stage()):
        return _use(nb.StagedConvNet(*arguments, **options), x, values, 0.1)


def _network_weights(rng, shape, num_classes, stages, hidden):
    height, width, channels = shape
    values = []
    for filters, repeats in stages:
        values += _stage_weights(rng, channels, filters, 3, repeats)
        height, width, channels = height // 2, width // 2, filters
    return values + _filters(rng, height * width * channels, hidden) + _filters(rng, hidden, num_classes)


@question("staged_conv_net")
def test_network(compare, rng):
    """Every stage is applied in order, and the head follows; for other sizes of everything."""
    cases = (
        ((16, 16, 1), 5, ((4, 2), (8, 1), (16, 1)), 12),
        ((6, 9, 2), 6, [[3, 2]], 7),
        ((9, 8, 3), 4, ((6, 1), (2, 3)), 5),
        ((8, 8, 3), 2, ((3, 1), (3, 1)), 4),
    )
    for shape, classes, stages, hidden in cases:
        x, values = _normal(rng, 3, *shape), _network_weights(rng, shape, classes, stages, hidden)
        options = {"stages": stages, "hidden": hidden}
        compare(
            network, [classes], options, x, values, label=f"the network of {len(stages)} stages", rtol=1e-4, atol=1e-5
        )


@question("staged_conv_net")
def test_network_defaults(compare, rng):
    """Without further arguments there are the two default stages and 16 hidden units."""
    x, values = _normal(rng, 2, 8, 8, 3), _network_weights(rng, (8, 8, 3), 2, ((4, 1), (8, 2)), 16)
    compare(network, [2], {}, x, values, label="the default network", rtol=1e-4, atol=1e-5)


# --- question 3 ------------------------------------------------------------------------------------------


def _stand_in_net(theirs):
    """A network with the arguments and attributes of StagedConvNet, and another formula; with a build if theirs has one."""
    import tensorflow as tf

    block = _stand_in_stage()

    class StagedConvNet(tf.keras.Model):
        def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
            super().__init__(**kwargs)
            self.num_classes, self.plan, self.hidden = num_classes, stages, hidden
            self.parts = [block(filters, 3, repeats) for filters, repeats in stages]
            dense = tf.keras.layers.Dense
            self.last = [tf.keras.layers.Flatten(), dense(hidden, activation="softsign"), dense(num_classes)]

        def call(self, inputs):
            for part in [*self.parts, *self.last]:
                inputs = part(inputs)
            return inputs

    class WithBuild(StagedConvNet):
        def build(self, input_shape):
            self.call(tf.zeros((1, *input_shape[1:])))

    own = theirs.__mro__[: theirs.__mro__.index(tf.keras.Model)]
    return WithBuild if any("build" in vars(cls) for cls in own) else StagedConvNet


def _rebased(nb):
    return _Rebased(
        (nb.SavedStage, nb.ConvStage, _stand_in_stage()),
        (nb.SavedNet, nb.StagedConvNet, _stand_in_net(nb.StagedConvNet)),
    )


def _is_plain(config):
    import json

    try:
        json.dumps(config)
    except TypeError:
        return False
    return isinstance(config, dict)


def _plain(value):
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


@probe
def round_trip(nb, name, arguments):
    """Arguments of the object that a frozen object's configuration makes."""
    with _rebased(nb):
        cls = getattr(nb, name)
        config = cls(**arguments, name="kept", trainable=False).get_config()
        plain = _is_plain(config)
        again = cls.from_config(dict(config))
        kept = {key: _plain(getattr(again, "plan" if key == "stages" else key)) for key in arguments}
        return {
            "configuration is plain data": plain,
            "arguments": kept,
            "name": again.name,
            "trainable": again.trainable,
        }


def _agree(again, model, x):
    """Whether two models have equal weights and outputs, in numbers."""
    if not hasattr(again, "get_weights") or not callable(again):
        return {"kind": f"not a model but {type(again).__name__}"}
    outputs = again(x) - model(x)
    return {"kind": "a model", "difference of the outputs": outputs, "weights": again.get_weights()}


@probe
def reload(nb, x, stages, hidden, seed):
    """A network, and a Sequential model with a stage, saved and reloaded."""
    import os
    import tempfile

    import tensorflow as tf

    with _rebased(nb), tempfile.TemporaryDirectory() as folder:
        net = nb.SavedNet(3, stages=stages, hidden=hidden)
        block = nb.SavedStage(stages[0][0], 2, 2, pool_size=3, strides=1)
        chain = tf.keras.Sequential([tf.keras.Input(x.shape[1:]), block, tf.keras.layers.Flatten()])
        found = {}
        for name, model in (("net", net), ("model with a stage", chain)):
            model(x)
            rng = np.random.default_rng(seed)
            model.set_weights([rng.normal(size=w.shape) / 2 for w in model.get_weights()])
            path = os.path.join(folder, "kept.keras")
            model.save(path)
            found[name] = _agree(nb.reload_model(path), model, x)
        return found


@probe
def from_weights(nb, x, stages, hidden, seed):
    """A network made from a configuration and a file of weights."""
    import os
    import tempfile

    with _rebased(nb), tempfile.TemporaryDirectory() as folder:
        net = nb.SavedNet(4, stages=stages, hidden=hidden)
        net(x)
        rng = np.random.default_rng(seed)
        net.set_weights([rng.normal(size=w.shape) / 2 for w in net.get_weights()])
        path = os.path.join(folder, "kept.weights.h5")
        net.save_weights(path)
        config = {"name": "kept", "trainable": True, "num_classes": 4, "stages": _plain(stages), "hidden": hidden}
        kept = dict(config)
        again = nb.net_from_weights(config, tuple(x.shape[1:]), path)
        found = {
            "is a SavedNet": isinstance(again, nb.SavedNet),
            "weights on return": len(getattr(again, "weights", [])),
        }
        found.update(_agree(again, net, x))
        found["configuration afterwards is the same"] = config == kept
        return found


@question("saved_net")
def test_round_trip(compare, rng):
    """A configuration is plain data and makes an object with the same arguments, name and state."""
    values = [int(value) for value in rng.permutation(np.arange(3, 8))]
    names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
    compare(round_trip, "SavedStage", dict(zip(names, values, strict=True)), label="SavedStage")
    net = {"num_classes": values[0], "stages": ((values[1], 2), (values[2], 1), (2, 1)), "hidden": values[3] + 20}
    compare(round_trip, "SavedNet", net, label="SavedNet")


@question("saved_net")
def test_reload(compare, rng):
    """reload_model returns the saved model: equal weights, equal predictions."""
    x, seed = _normal(rng, 2, 6, 6, 2), int(rng.integers(1000))
    compare(reload, x, ((3, 1), (2, 2)), 5, seed, label="the reloaded model", rtol=1e-4, atol=1e-5)


@question("saved_net")
def test_from_weights(compare, rng):
    """net_from_weights returns a new net with the weights of the file."""
    x, seed = _normal(rng, 2, 5, 7, 3), int(rng.integers(1000))
    compare(from_weights, x, ((2, 2), (4, 1)), 6, seed, label="the net", rtol=1e-4, atol=1e-5)


# --- question 4 ------------------------------------------------------------------------------------------


def _classifier(values):
    """A small classifier of images with given weights; its softmax is no softmax that Keras could look behind."""
    import tensorflow as tf

    class Shares(tf.keras.layers.Layer):
        def call(self, inputs):
            powers = tf.exp(inputs)
            return powers / tf.reduce_sum(powers, axis=-1, keepdims=True)

    kernel, dense = values[0], values[2]
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Conv2D(kernel.shape[-1], kernel.shape[0], activation="softsign"),
            tf.keras.layers.GlobalAveragePooling2D(),
            tf.keras.layers.Dense(dense.shape[-1]),
            Shares(),
        ]
    )
    model(tf.zeros((1, kernel.shape[0], kernel.shape[1], kernel.shape[2])))
    model.set_weights(values)
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
def trainings(nb, runs):
    """Histories, steps and weights of several trainings; a run without weights goes on with the model before."""
    import tensorflow as tf

    found, model = [], None
    with _Eagerly():
        for run in runs:
            model = _classifier(run["weights"]) if run["weights"] else model
            settings = (run["epochs"], run["batch size"], run["learning rate"])
            history = nb.train_staged(model, run["images"], run["labels"], *settings)
            if not isinstance(history, tf.keras.callbacks.History):
                found.append({"result": type(history).__name__})
                continue
            numbers = {name: [float(v) for v in values] for name, values in history.history.items()}
            after = {"result": "History", "history": numbers, "epochs": list(history.epoch)}
            after["optimizer's steps"] = int(np.asarray(model.optimizer.iterations))
            found.append({**after, "weights": model.get_weights()})
    return found


def _training(rng, rows, classes, *, epochs, batch_size, learning_rate, start=True):
    shape = (5, 4, 2)
    labels = rng.integers(0, classes, size=rows)
    labels[:classes] = np.arange(classes)
    return {
        "images": rng.uniform(size=(rows, *shape)).astype("float32")
        + labels[:, None, None, None].astype("float32") / 4,
        "labels": labels,
        "epochs": epochs,
        "batch size": batch_size,
        "learning rate": learning_rate,
        "weights": [*_filters(rng, 3, 3, 2, 4), _normal(rng, 4, classes), _normal(rng, classes)] if start else None,
    }


@question("train_staged")
def test_training(compare, rng):
    """Losses, accuracies and weights follow the stated training, rows in the given order."""
    run = _training(rng, 22, 3, epochs=2, batch_size=5, learning_rate=0.05)
    compare(trainings, [run], label="the training", rtol=1e-3, atol=1e-4)


@question("train_staged")
def test_trainings_in_a_row(compare, rng):
    """Another model, and then the same one again with other arguments, are trained as well."""
    runs = [
        _training(rng, 9, 2, epochs=1, batch_size=4, learning_rate=0.02),
        _training(rng, 8, 4, epochs=2, batch_size=4, learning_rate=0.01),
        _training(rng, 12, 4, epochs=1, batch_size=6, learning_rate=0.1, start=False),
    ]
    compare(trainings, runs, label="the trainings one after the other", rtol=1e-3, atol=1e-4)
