"""Hidden tests of custom_models_w3_layers: layers with weights, without weights, with configuration.

Questions 4 and 5 build on the classes of questions 1 to 3. Their probes put stand-in layers in the place of
those classes, so that a wrong layer costs its own question only. The stand-ins compute something else than
the layers they stand for: a guest never holds an answer.
"""

import numpy as np

from gradetape import probe, question


def _normal(rng, *shape):
    return rng.normal(size=shape).astype("float32")


# --- helpers that travel into the guest ------------------------------------------------------------------


def _shapes(layer):
    return [list(weight.shape) for weight in layer.weights]


def _load(layer, weights):
    """Copy weights in when there are as many, of the same shapes; say whether it was possible."""
    if _shapes(layer) != [list(w.shape) for w in weights]:
        return False
    layer.set_weights(weights)
    return True


def _kind_of_start(weight):
    """Tell a constant start, a uniform one and a normal one (also a truncated one) apart.

    By the fourth moment: 1.8 for uniform draws, 2.4 for normal draws cut at two deviations, 3 for normal ones.
    """
    values = np.asarray(weight, dtype="float64").ravel()
    spread = values.std()
    if not np.isfinite(spread) or spread == 0:
        return "constant"
    standard = (values - values.mean()) / spread
    if abs(values.mean()) > 0.2 * spread:
        return "off centre"
    return "normal" if np.mean(standard**4) > 2.1 else "uniform"


def _run_from_weights(layer, x, weights):
    """Call the layer once to build it, load `weights`, call it twice."""
    import tensorflow as tf

    x = tf.constant(x)
    layer(x)
    if not _load(layer, weights):
        return {"shapes of the weights": _shapes(layer), "output": None, "second call": None}
    return {"shapes of the weights": _shapes(layer), "output": layer(x), "second call": layer(x)}


def _one_step(layer, x, weights):
    """One step of gradient descent on the layer's trainable variables, from `weights`."""
    import tensorflow as tf

    x = tf.constant(x)
    layer(x)
    loaded = _load(layer, weights)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(layer(x) - 1.0))
    variables = layer.trainable_variables
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        if gradient is not None:
            variable.assign_sub(0.5 * gradient)
    return {
        "number of trainable weights": len(variables),
        "weights after the step": list(variables) if loaded else None,
    }


def _beginning(layer, x):
    """How many weights there are before and after the first call, and how they start."""
    import tensorflow as tf

    before = len(layer.weights)
    output = layer(tf.constant(x))
    return {
        "weights before the first call": before,
        "shapes of the weights": _shapes(layer),
        "kinds of start": [_kind_of_start(w) for w in layer.weights],
        "last weight all zeros": bool(layer.weights) and not np.any(np.asarray(layer.weights[-1])),
        "output's shape": list(output.shape),
    }


# --- question 1 ------------------------------------------------------------------------------------------


@probe
def linear_output(nb, x, weights):
    """Output of LinearUnits with given weights, twice."""
    return _run_from_weights(nb.LinearUnits(weights[-1].shape[-1]), x, weights)


@probe
def linear_beginning(nb, x, units):
    """State of a fresh LinearUnits around its first call."""
    return _beginning(nb.LinearUnits(units), x)


@probe
def linear_step(nb, x, weights):
    """Weights of LinearUnits after one training step."""
    return _one_step(nb.LinearUnits(weights[-1].shape[-1]), x, weights)


def _check_beginning(found, count):
    """Checks by hand of what `_beginning` returned."""
    check_started = found["kinds of start"][: count - 1]
    return len(check_started) == count - 1 and all(kind == "normal" for kind in check_started)


@question("linear_units")
def test_linear_output(compare, rng):
    """LinearUnits computes xW + b over the last axis, for any number of inputs and units."""
    for shape, units in (((4, 3), 2), ((1, 6), 5), ((2, 5, 4), 3)):
        weights = [_normal(rng, shape[-1], units), _normal(rng, units)]
        label = f"the output for an input of rank {len(shape)}"
        compare(linear_output, _normal(rng, *shape), weights, label=label)


@question("linear_units")
def test_linear_weights(compare, learner, check, rng):
    """LinearUnits creates its two weights at the first call, and a training step moves both."""
    x, weights = _normal(rng, 6, 3), [_normal(rng, 3, 4), _normal(rng, 4)]
    compare(linear_step, x, weights, label="training")
    found = learner(linear_beginning, _normal(rng, 2, 70), 90)
    check(found["weights before the first call"] == 0, "Before the first call the layer must not have any weights.")
    check(found["shapes of the weights"] == [[70, 90], [90]], "W has to be (n, units) and b (units,), in this order.")
    check(_check_beginning(found, 2), "W has to start at random values from a normal distribution around zero.")
    check(found["last weight all zeros"], "b has to start at zero.")


# --- question 2 ------------------------------------------------------------------------------------------


@probe
def quadratic_output(nb, x, weights, activation, as_function):
    """Output of QuadraticUnits with given weights; the activation by name, as a function, or None."""
    import tensorflow as tf

    if as_function:
        activation = getattr(tf.nn, activation)
    return _run_from_weights(nb.QuadraticUnits(weights[-1].shape[-1], activation=activation), x, weights)


@probe
def quadratic_beginning(nb, x, units):
    """State of a fresh QuadraticUnits around its first call."""
    return _beginning(nb.QuadraticUnits(units), x)


@probe
def quadratic_step(nb, x, weights):
    """Weights of QuadraticUnits after one training step."""
    return _one_step(nb.QuadraticUnits(weights[-1].shape[-1]), x, weights)


def _quadratic_weights(rng, n, units):
    return [_normal(rng, n, units), _normal(rng, n, units), _normal(rng, units)]


@question("quadratic_units", show="errors")
def test_quadratic_terms(compare, rng):
    """QuadraticUnits computes x²A + xB + c over the last axis, for any number of inputs and units."""
    for shape, units in (((4, 3), 2), ((1, 6), 5), ((2, 5, 4), 3)):
        label = f"the output for an input of rank {len(shape)}"
        compare(
            quadratic_output, _normal(rng, *shape), _quadratic_weights(rng, shape[-1], units), None, False, label=label
        )


@question("quadratic_units")
def test_quadratic_activation(compare, rng):
    """QuadraticUnits applies the activation, given by its name or as a function."""
    x, weights = _normal(rng, 5, 3), _quadratic_weights(rng, 3, 4)
    compare(quadratic_output, x, weights, "relu", False, label="the output with an activation given by name")
    label = "the output with an activation given as a function"
    compare(quadratic_output, x, weights, "tanh", True, label=label, rtol=1e-4, atol=1e-5)


@question("quadratic_units")
def test_quadratic_weights(compare, learner, check, rng):
    """QuadraticUnits creates A, B and c at the first call, and a training step moves all three."""
    compare(quadratic_step, _normal(rng, 6, 3), _quadratic_weights(rng, 3, 4), label="training", rtol=1e-4, atol=1e-5)
    found = learner(quadratic_beginning, _normal(rng, 2, 70), 90)
    check(found["weights before the first call"] == 0, "Before the first call the layer must not have any weights.")
    check(
        found["shapes of the weights"] == [[70, 90], [70, 90], [90]],
        "A and B have to be (n, units) and c (units,), in this order.",
    )
    check(_check_beginning(found, 3), "A and B have to start at random values from a normal distribution around zero.")
    check(found["last weight all zeros"], "c has to start at zero.")


# --- question 3 ------------------------------------------------------------------------------------------


@probe
def clipped(nb, x, limits):
    """Outputs of one ClippedRelu per limit, made before any of them is called, in the dtype of x."""
    layers = [nb.ClippedRelu(limit, dtype=x.dtype.name) for limit in limits]
    return {"outputs": [layer(x) for layer in layers], "weights": [len(layer.weights) for layer in layers]}


@probe
def clipped_gradient(nb, x, limit):
    """Gradient of the sum of ClippedRelu's output."""
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(nb.ClippedRelu(limit)(x))
    gradient = tape.gradient(total, x)
    return tf.zeros_like(x) if gradient is None else gradient


@question("clipped_relu", weight=2, show="errors")
def test_clipped_values(compare, rng):
    """ClippedRelu gives min(max(x, 0), limit) for every limit, and keeps the dtype."""
    x = 3 * _normal(rng, 6, 5)
    first, second = float(rng.uniform(0.5, 1.5)), float(rng.uniform(2.0, 4.0))
    x[0, :3] = 0.0, first, second
    compare(clipped, x, [first, second], label="the output")
    wide = x.reshape(2, 3, 5).astype("float64")  # a limit kept in float32 on the way is fine
    compare(clipped, wide, [1, second], label="the output in float64", rtol=1e-5, atol=1e-6)
    compare(clipped, x.ravel().astype("float16"), [2.5], label="the output in float16", rtol=1e-3, atol=1e-3)


@question("clipped_relu")
def test_clipped_gradient(compare, rng):
    """ClippedRelu's gradient is 1 inside and 0 outside."""
    limit = float(rng.uniform(1.0, 2.0))
    x = rng.uniform(0.1, 0.9, size=(3, 5)).astype("float32") * limit + np.array([[-limit], [0], [limit]], "float32")
    compare(clipped_gradient, x, limit, label="the gradient")


# --- question 4 ------------------------------------------------------------------------------------------


def _stand_ins():
    """Layers with the arguments, attributes and weights of questions 1 to 3, and other formulas."""
    import tensorflow as tf

    class Linear(tf.keras.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape):
            self.first = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal")
            self.last = self.add_weight(shape=(self.units,), initializer="zeros")

        def call(self, inputs):
            return tf.tensordot(inputs, self.first, 1) - self.last

    class Quadratic(tf.keras.layers.Layer):
        def __init__(self, units, activation=None, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.activation = tf.keras.activations.get(activation)

        def build(self, input_shape):
            shape = (input_shape[-1], self.units)
            self.first = self.add_weight(shape=shape, initializer="random_normal")
            self.second = self.add_weight(shape=shape, initializer="random_normal")
            self.last = self.add_weight(shape=(self.units,), initializer="zeros")

        def call(self, inputs):
            return self.activation(tf.tensordot(inputs, self.first - 2.0 * self.second, 1) + self.last)

    class Clip(tf.keras.layers.Layer):
        def __init__(self, limit, **kwargs):
            super().__init__(**kwargs)
            self.limit = limit

        def call(self, inputs):
            return inputs / self.limit

    return {"LinearUnits": Linear, "QuadraticUnits": Quadratic, "ClippedRelu": Clip}


class _Rebased:
    """While open, the learner's three subclasses extend the stand-ins instead of the learner's layers."""

    pairs = (("SavedLinear", "LinearUnits"), ("SavedQuadratic", "QuadraticUnits"), ("SavedClip", "ClippedRelu"))

    def __init__(self, nb):
        self.nb = nb
        self.undo = []

    def __enter__(self):
        stand_ins = _stand_ins()
        for saved, base in self.pairs:
            self.rebase(getattr(self.nb, saved), getattr(self.nb, base), stand_ins[base])

    def rebase(self, saved, base, stand_in):
        for cls in saved.__mro__:
            if base in cls.__bases__ and cls is not base:
                self.undo.append((cls, cls.__bases__))
                cls.__bases__ = tuple(stand_in if b is base else b for b in cls.__bases__)
                return

    def __exit__(self, *_):
        for cls, bases in reversed(self.undo):
            cls.__bases__ = bases


def _activation(nb_value, as_function):
    import tensorflow as tf

    return getattr(tf.nn, nb_value) if as_function else nb_value


def _is_plain(config):
    import json

    try:
        json.dumps(config)
    except TypeError:
        return False
    return isinstance(config, dict)


@probe
def round_trip(nb, name, arguments, as_function):
    """A frozen layer's configuration, and the layer made from it."""
    import tensorflow as tf

    if "activation" in arguments:
        arguments = {**arguments, "activation": _activation(arguments["activation"], as_function)}
    with _Rebased(nb):
        cls = getattr(nb, name)
        config = cls(**arguments, trainable=False).get_config()
        plain = _is_plain(config)
        layer = cls.from_config(config)
        kept = {key: getattr(layer, key) for key in ("units", "limit") if key in arguments}
        if "activation" in arguments:
            kept["activation"] = tf.keras.activations.get(layer.activation).__name__
    return {"configuration is plain data": plain, "arguments": kept, "trainable": layer.trainable}


@probe
def reload(nb, x, weights, units, activation, as_function, limit):
    """Save a model with the three layers, reload it, and compare the two."""
    import os
    import tempfile

    import tensorflow as tf

    with _Rebased(nb), tempfile.TemporaryDirectory() as folder:
        layers = [
            nb.SavedQuadratic(units, activation=_activation(activation, as_function)),
            nb.SavedClip(limit),
            nb.SavedLinear(weights[-1].shape[0], trainable=False),
        ]
        model = tf.keras.Sequential([tf.keras.Input((x.shape[-1],)), *layers])
        model.set_weights(weights)
        path = os.path.join(folder, "kept.keras")
        model.save(path)
        again = nb.reload_model(path)
        if not isinstance(again, tf.keras.Model):
            return {
                "is a model": False,
                "difference of the predictions": None,
                "weights": [],
                "number of trainable weights": 0,
            }
        return {
            "is a model": True,
            "difference of the predictions": again(x) - model(x),
            "weights": list(again.get_weights()),
            "number of trainable weights": len(again.trainable_weights),
        }


@question("saved_layers")
def test_round_trip(compare, rng):
    """A layer made from the configuration has the same arguments, and the configuration is plain data."""
    units, limit = int(rng.integers(3, 9)), float(rng.uniform(0.5, 4.0))
    compare(round_trip, "SavedLinear", {"units": units}, False, label="SavedLinear")
    compare(round_trip, "SavedClip", {"limit": limit}, False, label="SavedClip")
    for activation, as_function in (("tanh", False), ("softplus", True), (None, False)):
        arguments = {"units": units + 1, "activation": activation}
        compare(round_trip, "SavedQuadratic", arguments, as_function, label="SavedQuadratic")


@question("saved_layers")
def test_reload(compare, rng):
    """reload_model returns the saved model: equal weights, equal predictions."""
    for activation, as_function in (("tanh", False), ("relu", True)):
        n, units, outputs = (int(size) for size in rng.integers(2, 7, size=3))
        weights = [*_quadratic_weights(rng, n, units), _normal(rng, units, outputs), _normal(rng, outputs)]
        limit = float(rng.uniform(0.5, 2.0))
        x = _normal(rng, 4, n)
        compare(reload, x, weights, units, activation, as_function, limit, label="the reloaded model")


# --- question 5 ------------------------------------------------------------------------------------------


class _StandIn:
    """While open, the learner's function finds the stand-in under the name of its own layer."""

    names = ("QuadraticUnits", "SavedQuadratic")

    def __init__(self, function):
        import inspect

        self.scope = getattr(inspect.unwrap(function), "__globals__", {})
        self.kept = {}

    def __enter__(self):
        layer = _stand_ins()["QuadraticUnits"]
        for name in self.names:
            if name in self.scope:
                self.kept[name] = self.scope[name]
                self.scope[name] = layer
        return layer

    def __exit__(self, *_):
        self.scope.update(self.kept)


def _leaves(model):
    """All layers of a model that are no models themselves, in their order."""
    found = []
    for layer in getattr(model, "layers", []):
        found.extend(_leaves(layer) if getattr(layer, "layers", None) else [layer])
    return found


def _kinds(model, own):
    """Name the layers that have weights or drop values; activations and inputs are left out."""
    import tensorflow as tf

    kinds = []
    for layer in _leaves(model):
        if isinstance(layer, own):
            kinds.append("QuadraticUnits")
        elif isinstance(layer, tf.keras.layers.Dropout):
            kinds.append(f"Dropout({layer.rate:.3g})")
        elif layer.weights:
            kinds.append(type(layer).__name__)
    return kinds


@probe
def architecture(nb, num_features, num_classes, x, weights):
    """Layers, parameters and output of the classifier with given weights."""
    import tensorflow as tf

    with _StandIn(nb.quadratic_classifier) as own:
        model = nb.quadratic_classifier(num_features, num_classes)
        found = {"kind of result": type(model).__name__, "layers": [], "shapes of the weights": [], "output": None}
        if isinstance(model, tf.keras.Model):
            found["kind of result"] = "tf.keras.Model"
            found["layers"] = _kinds(model, own)
            found["shapes of the weights"] = _shapes(model)
            if _load(model, weights):
                found["output"] = model(tf.constant(x), training=False)
        return found


@probe
def training(nb, num_features, num_classes, x, labels, weights, probabilities):
    """Loss of given probabilities; loss, metrics and weights along a few steps without dropout."""
    import tensorflow as tf

    with _StandIn(nb.quadratic_classifier):
        model = nb.quadratic_classifier(num_features, num_classes)
        found = {"state of the model": "not compiled", "shapes of the weights": [], "steps": [], "weights": []}
        if not getattr(model, "compiled", False):
            return found
        found.update({"state of the model": "compiled", "shapes of the weights": _shapes(model)})
        if not _load(model, weights):
            return found
        for layer in _leaves(model):
            if isinstance(layer, tf.keras.layers.Dropout):
                layer.rate = 0.0
        model.run_eagerly = True
        found["loss of given probabilities"] = model.compute_loss(y=labels, y_pred=tf.constant(probabilities))
        for _ in range(3):
            logs = model.train_on_batch(x, labels, return_dict=True)
            step = {"loss": float(logs.pop("loss")), "metrics": sorted(float(value) for value in logs.values())}
            found["steps"].append(step)
        found["weights"] = model.get_weights()
        return found


def _classifier_weights(rng, n, classes):
    return [*_quadratic_weights(rng, n, 16), _normal(rng, 16, classes), _normal(rng, classes)]


@question("quadratic_classifier")
def test_architecture(compare, rng):
    """The classifier is built from the stated layers, for any number of features and classes."""
    for n, classes in ((64, 10), (5, 3)):
        weights = _classifier_weights(rng, n, classes)
        x = _normal(rng, 6, n)
        compare(architecture, n, classes, x, weights, label="the model", rtol=1e-4, atol=1e-5)


@question("quadratic_classifier")
def test_training(compare, rng):
    """The classifier is compiled with the stated optimizer, loss and metric."""
    n, classes = 7, 4
    weights = [weight / 2 for weight in _classifier_weights(rng, n, classes)]
    x, labels = _normal(rng, 24, n), rng.integers(0, classes, size=24)
    probabilities = rng.dirichlet(np.ones(classes), size=24).astype("float32") * 0.9 + np.float32(0.1 / classes)
    compare(training, n, classes, x, labels, weights, probabilities, label="training", rtol=1e-4, atol=1e-4)
