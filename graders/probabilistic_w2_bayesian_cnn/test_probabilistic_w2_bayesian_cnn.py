"""Hidden tests of probabilistic_w2_bayesian_cnn: distributions as outputs of a network and as its weights."""

import numpy as np

from gradetape import probe, question

# ---------------------------------------------------------------------------------------------- probes


def plan_of(name):
    """Return fresh arguments for compiling (a helper of the probes): loss, optimizer, metrics."""
    import tf_keras

    return {
        "smoothed cross-entropy, SGD, accuracy": (
            tf_keras.losses.CategoricalCrossentropy(label_smoothing=0.2), tf_keras.optimizers.SGD(0.4), ["accuracy"],
        ),
        "squares, Adam, two metrics": ("mse", tf_keras.optimizers.Adam(0.03), ["mae", "accuracy"]),
        "likelihood, SGD, accuracy": (lambda y, p: -p.log_prob(y), tf_keras.optimizers.SGD(0.2), ["accuracy"]),
        "likelihood and entropy, Adam, error": (
            lambda y, p: p.entropy() - 2 * p.log_prob(y), tf_keras.optimizers.Adam(0.02), ["mae"],
        ),
    }[name]  # fmt: skip


def model_facts(model, weights):
    """Return counts and weight shapes of a model, after copying the weights if they fit (a helper of the probes)."""
    facts = {"number of parameters": None, "shapes of the weights": []}
    if model.built:
        facts["number of parameters"] = int(model.count_params())
        facts["shapes of the weights"] = [list(w.shape) for w in model.get_weights()]
    fits = facts["shapes of the weights"] == [list(w.shape) for w in weights]
    if fits:
        model.set_weights(weights)
    return facts, fits


def steps_of(model, x, y):
    """Return results by size and the weights along three steps on one batch (a helper of the probes)."""
    if getattr(model, "optimizer", None) is None:
        return {"state": "not compiled", "results": [], "weights": []}
    model.run_eagerly = True
    results = []
    for _ in range(3):
        logs = model.train_on_batch(x, y, return_dict=True)
        loss = float(logs.pop("loss"))
        results.append({"loss": loss, "metrics": sorted(float(value) for value in logs.values())})
    return {"state": "compiled", "results": results, "weights": model.get_weights()}


@probe
def plain_outputs(nb, input_shape, num_classes, weights, x):
    """Return the sizes of the plain network, and its output with the given weights."""
    model = nb.plain_convnet(input_shape, num_classes, *plan_of("squares, Adam, two metrics"))
    facts, fits = model_facts(model, weights)
    return {**facts, "output": model(x) if fits else None}


@probe
def plain_training(nb, input_shape, num_classes, weights, x, y, plan):
    """Return what three training steps of the plain network do."""
    model = nb.plain_convnet(input_shape, num_classes, *plan_of(plan))
    facts, fits = model_facts(model, weights)
    return {**facts, "steps": steps_of(model, x, y) if fits else None}


@probe
def losses(nb, targets, logits, by_probabilities):
    """Return the negative log-likelihood of the targets."""
    import tensorflow as tf
    import tensorflow_probability as tfp

    if by_probabilities:
        distribution = tfp.distributions.OneHotCategorical(probs=tf.nn.softmax(logits))
    else:
        distribution = tfp.distributions.OneHotCategorical(logits=logits)
    return nb.categorical_nll(tf.constant(targets), distribution)


@probe
def output_distribution(nb, input_shape, num_classes, weights, x, y):
    """Return the sizes of the network, and what its output says with the given weights."""
    import tensorflow as tf
    import tensorflow_probability as tfp

    model = nb.categorical_convnet(input_shape, num_classes, *plan_of("likelihood, SGD, accuracy"))
    facts, fits = model_facts(model, weights)
    if not fits:
        return facts
    output = model(x)
    facts["a distribution"] = isinstance(output, tfp.distributions.Distribution)
    if facts["a distribution"]:
        facts |= {
            "batch shape": tuple(output.batch_shape),
            "event shape": tuple(output.event_shape),
            "log-probabilities": output.log_prob(y),
            "probabilities": output.mean(),
        }
    return {**facts, "as tensors": [tf.convert_to_tensor(model(x)) for _ in range(2)]}


@probe
def output_training(nb, input_shape, num_classes, weights, x, y, plan):
    """Return what three training steps of the network with a distribution do."""
    model = nb.categorical_convnet(input_shape, num_classes, *plan_of(plan))
    facts, fits = model_facts(model, weights)
    return {**facts, "steps": steps_of(model, x, y) if fits else None}


def convolution_in_model(nb, input_shape, filters, weights, amount):
    """Return a model that begins with the layer, its facts, and whether the weights fitted (a helper of the probes)."""
    import tensorflow_probability as tfp
    import tf_keras

    def divergence(q, p, _):
        return amount * tfp.distributions.kl_divergence(q, p)

    model = tf_keras.Sequential([nb.bayesian_convolution(input_shape, filters, divergence)])
    facts, fits = model_facts(model, weights)
    facts["input shape"] = list(model.input_shape) if model.built else None
    return model, facts, fits


@probe
def certain_convolution(nb, input_shape, filters, weights, x):
    """Return the sizes of the layer, and its output when its weights are all but certain."""
    model, facts, fits = convolution_in_model(nb, input_shape, filters, weights, 1.0)
    return {**facts, "output": model(x) if fits else None}


@probe
def uncertain_convolution(nb, input_shape, filters, weights, x, amount):
    """Return the divergences of the layer, and how two passes and two equal pictures compare."""
    import numpy as np

    model, facts, fits = convolution_in_model(nb, input_shape, filters, weights, amount)
    if not fits:
        return facts
    first, second = (np.asarray(model(np.stack([x, x]))) for _ in range(2))
    return {
        **facts,
        "divergences": list(model.losses),
        "two passes are equal": bool(np.allclose(first, second)),
        "equal pictures in one pass have equal outputs": bool(np.allclose(first[0], first[1], atol=1e-4)),
    }


@probe
def prior_facts(nb, sizes, dtype, points):
    """Return what can be read off the prior of kernel_size + bias_size weights."""
    import tensorflow as tf

    arguments = [*sizes, getattr(tf, dtype)] if dtype else sizes
    prior = nb.spike_and_slab_prior(*arguments)
    distribution, again = prior(tf.zeros((3, 2))), prior(tf.ones((5, 4, 1)))
    facts = {
        "batch shape": tuple(distribution.batch_shape),
        "event shape": tuple(distribution.event_shape),
        "dtype": distribution.dtype.name,
        "number of trainable variables": len(getattr(prior, "trainable_variables", ()))
        + len(distribution.trainable_variables),
    }
    if facts["event shape"] == points.shape[1:] or not facts["event shape"]:
        facts["log-probabilities"] = distribution.log_prob(points.astype(facts["dtype"]))
        facts["log-probabilities, other inputs"] = again.log_prob(points.astype(facts["dtype"]))
    return facts


@probe
def posterior_facts(nb, sizes, dtype, values, noise):
    """Return what can be read off the posterior before and after its trainable numbers are set to `values`."""
    import numpy as np
    import tensorflow as tf
    import tensorflow_probability as tfp

    arguments = [*sizes, getattr(tf, dtype)] if dtype else sizes
    posterior = nb.mean_field_gaussian(*arguments)
    inputs = tf.zeros((3, 2))
    start = posterior(inputs)
    variables = list(posterior.trainable_variables)
    count = int(sum(np.prod(tuple(v.shape)) for v in variables))
    facts = {
        "batch shape": tuple(start.batch_shape),
        "event shape": tuple(start.event_shape),
        "number of trainable numbers": count,
        "dtypes of the trainable numbers": sorted({v.dtype.name for v in variables}),
        "starts at finite values": bool(np.all(np.isfinite(start.mean())) and np.all(np.isfinite(start.stddev()))),
    }
    if count != len(values) or facts["event shape"] != noise.shape:
        return facts
    rest = values
    for variable in variables:
        size = int(np.prod(tuple(variable.shape)))
        variable.assign(tf.reshape(tf.cast(rest[:size], variable.dtype), variable.shape))
        rest = rest[size:]
    with tf.GradientTape() as tape:
        now = posterior(inputs)
        mean, deviation = now.mean(), now.stddev()
        points = tf.stop_gradient(mean + deviation * tf.cast(noise, now.dtype))
        log_prob = now.log_prob(points)
    gradients = tape.gradient(log_prob, variables)
    normals = tfp.distributions.Normal(mean, deviation).log_prob(points)
    return {
        **facts,
        "deviations are positive": bool(np.all(np.asarray(deviation) > 0)),
        "distance from independent normals": float(tf.abs(log_prob - tf.reduce_sum(normals))),
        "numbers that matter": int(sum(np.count_nonzero(g) for g in gradients if g is not None)),
        "means and deviations differ": len({*np.asarray(mean).tolist(), *np.asarray(deviation).tolist()}),
        "two draws are equal": bool(np.allclose(*(tf.convert_to_tensor(posterior(inputs)) for _ in range(2)))),
    }


def three_passes(nb, units, kl_weight, means, x):
    """Return what the layer asks for, the weights of three passes and what their losses say (a helper of the probes).

    means: (n,), the posterior's means; its deviations are small. x: rows of a unit matrix, then a row of zeros.
    """
    import numpy as np
    import tensorflow as tf
    import tensorflow_probability as tfp
    import tf_keras

    tfd = tfp.distributions
    asked, made = [], {}

    def normals(loc, scale):
        return tfd.Independent(tfd.Normal(loc, scale), 1)

    def posterior_fn(kernel_size, bias_size, dtype=None):
        asked.append(["posterior", int(kernel_size), int(bias_size), tf.as_dtype(dtype).name])
        start = np.resize(means, kernel_size + bias_size)
        made["posterior"] = tf_keras.Sequential(
            [
                tfp.layers.VariableLayer(start.shape, initializer=tf_keras.initializers.Constant(start)),
                tfp.layers.DistributionLambda(lambda t: normals(t, 0.05)),
            ]
        )
        return made["posterior"]

    def prior_fn(kernel_size, bias_size, dtype=None):
        asked.append(["prior", int(kernel_size), int(bias_size), tf.as_dtype(dtype).name])
        made["prior"] = lambda inputs: normals(tf.fill([kernel_size + bias_size], 9.0), 1.0)
        return made["prior"]

    layer = nb.bayesian_dense(units, prior_fn, posterior_fn, kl_weight)
    weights, ratios, numbers_of_losses = [], [], []
    for _ in range(3):
        output = np.asarray(layer(x))
        bias = output[-1]
        drawn = np.concatenate([np.ravel(output[:-1] - bias), bias])
        weights.append(drawn)
        numbers_of_losses.append(len(layer.losses))
        if len(layer.losses) == 1 and made["posterior"](x).event_shape == drawn.shape:
            log_ratio = made["posterior"](x).log_prob(drawn) - made["prior"](x).log_prob(drawn)
            ratios.append(float(layer.losses[0] / log_ratio))
    trainable = int(sum(np.prod(tuple(v.shape)) for v in layer.trainable_variables))
    return asked, weights, trainable, numbers_of_losses, ratios


@probe
def dense_draws(nb, units, kl_weight, means, x):
    """Return what the layer asks its two functions for, and the weights that it draws."""
    import numpy as np

    asked, weights, trainable, _, _ = three_passes(nb, units, kl_weight, means, x)
    return {
        "what the functions are asked for": sorted(asked),
        "drawn weights": weights,
        "two passes are equal": bool(np.allclose(*weights[:2])),
        "number of trainable numbers": trainable,
    }


@probe
def dense_losses(nb, units, kl_weight, means, x):
    """Return the losses of three passes, measured by the log-ratio at the weights that were drawn."""
    _, _, _, numbers_of_losses, ratios = three_passes(nb, units, kl_weight, means, x)
    return {"numbers of losses": numbers_of_losses, "loss over log q(w) - log p(w)": ratios}


# ---------------------------------------------------------------------------------------------- inputs


def normal(rng, *shape):
    """Draw float32 standard normals."""
    return rng.normal(size=shape).astype("float32")


def convnet_weights(rng, input_shape, num_classes):
    """Draw weights of size 1 of the network: convolution, dense."""
    height, width, channels = input_shape
    flat = ((height - 2) // 3) * ((width - 2) // 3) * 4
    kernel = normal(rng, 3, 3, channels, 4) / np.float32(np.sqrt(channels))
    return [kernel, normal(rng, 4), normal(rng, flat, num_classes) / 2, normal(rng, num_classes)]


def one_hot(rng, rows, num_classes):
    """Draw one-hot rows."""
    return np.eye(num_classes, dtype="float32")[rng.integers(0, num_classes, size=rows)]


NETWORKS = (((8, 8, 1), 10), ((10, 7, 3), 5))
"""Picture shapes with numbers of classes; the pooled maps have 2×2 and 2×1 pixels."""

# ---------------------------------------------------------------------------------------------- plain_convnet


@question("plain_convnet")
def test_plain_layers(compare, rng):
    """The network has the stated layers, for any picture shape and number of classes."""
    for input_shape, num_classes in NETWORKS:
        weights = convnet_weights(rng, input_shape, num_classes)
        compare(
            plain_outputs, input_shape, num_classes, weights, normal(rng, 6, *input_shape),
            rtol=1e-4, atol=1e-5, label=f"the network for {num_classes} classes",
        )  # fmt: skip


@question("plain_convnet")
def test_plain_is_compiled_as_asked(compare, rng):
    """The model is compiled with the loss, optimizer and metrics that it is given."""
    input_shape, num_classes = NETWORKS[1]
    for plan in ("smoothed cross-entropy, SGD, accuracy", "squares, Adam, two metrics"):
        weights = convnet_weights(rng, input_shape, num_classes)
        x, y = normal(rng, 12, *input_shape) / 4, one_hot(rng, 12, num_classes)  # far from clipped probabilities
        compare(
            plain_training, input_shape, num_classes, weights, x, y, plan,
            rtol=1e-4, atol=1e-4, label=f"training ({plan})",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- categorical_nll


@question("categorical_nll")
def test_one_loss_per_example(compare, rng):
    """Every example has a loss of its own: minus the log-probability of its target."""
    for rows, num_classes, by_probabilities in ((7, 4, False), (3, 10, True), (1, 2, False)):
        compare(
            losses, one_hot(rng, rows, num_classes), 2 * normal(rng, rows, num_classes), by_probabilities,
            rtol=1e-4, atol=1e-5, label=f"the losses of a batch with {num_classes} classes",
        )  # fmt: skip


@question("categorical_nll")
def test_losses_of_improbable_targets(compare, rng):
    """The loss is right even where the probability of the target is too small for float32."""
    logits = np.array([0, 30, 150, 300], "float32") + normal(rng, 6, 4)
    compare(
        losses, one_hot(rng, 6, 4), rng.permuted(logits, axis=1), False,
        rtol=1e-4, atol=1e-5, label="the losses of a batch with improbable targets",
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- categorical_convnet


@question("categorical_convnet", weight=2)
def test_output_is_a_distribution(compare, rng):
    """The output is a one-hot categorical distribution with the stated logits, and as a tensor it is its mode."""
    for input_shape, num_classes in NETWORKS:
        weights = convnet_weights(rng, input_shape, num_classes)
        x, y = normal(rng, 12, *input_shape), one_hot(rng, 12, num_classes)
        compare(
            output_distribution, input_shape, num_classes, weights, x, y,
            rtol=1e-4, atol=1e-4, label=f"the network for {num_classes} classes",
        )  # fmt: skip


@question("categorical_convnet")
def test_distribution_network_is_compiled_as_asked(compare, rng):
    """The model is compiled with the loss, optimizer and metrics that it is given."""
    input_shape, num_classes = NETWORKS[1]
    for plan in ("likelihood, SGD, accuracy", "likelihood and entropy, Adam, error"):
        weights = convnet_weights(rng, input_shape, num_classes)
        x, y = normal(rng, 12, *input_shape), one_hot(rng, 12, num_classes)
        compare(
            output_training, input_shape, num_classes, weights, x, y, plan,
            rtol=1e-4, atol=1e-4, label=f"training ({plan})",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- bayesian_convolution

CONVOLUTIONS = (((8, 8, 1), 4), ((6, 5, 2), 3))


def posterior_weights(rng, input_shape, filters, raw_low, raw_high):
    """Draw means of size 1 and raw deviations between two bounds: kernel means, raw, bias means, raw."""
    kernel = (3, 3, input_shape[-1], filters)
    drawn = []
    for shape in (kernel, (filters,)):
        drawn += [rng.normal(size=shape), rng.uniform(raw_low, raw_high, size=shape)]
    return [part.astype("float32") for part in drawn]


@question("bayesian_convolution")
def test_convolution_with_certain_weights(compare, rng):
    """Kernel and bias have a mean and a deviation each; when these are tiny, the layer is a 3×3 relu convolution."""
    for input_shape, filters in CONVOLUTIONS:
        compare(
            certain_convolution, input_shape, filters, posterior_weights(rng, input_shape, filters, -31, -30),
            normal(rng, 4, *input_shape), rtol=1e-3, atol=1e-3, label=f"the layer with {filters} filters",
        )  # fmt: skip


@question("bayesian_convolution")
def test_convolution_with_uncertain_weights(compare, rng):
    """Every pass draws new weights, and the two losses are the given divergence of kernel and bias."""
    for (input_shape, filters), amount in zip(CONVOLUTIONS, (float(rng.uniform(0.2, 0.6)), 1.7), strict=True):
        compare(
            uncertain_convolution, input_shape, filters, posterior_weights(rng, input_shape, filters, -1, 1.5),
            normal(rng, *input_shape), amount, rtol=1e-4, atol=1e-4, label=f"the uncertain layer with {filters} filters",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- spike_and_slab_prior


@question("spike_and_slab_prior")
def test_prior_of_the_weights(compare, rng):
    """One event holds all weights of kernel and bias, and each of them has a mixture of its own."""
    for sizes in ([4, 3], [2, 5], [1, 0]):
        n = sum(sizes)
        points = np.concatenate([rng.choice([0.02, 0.3, -1.2, 2.5], size=(12, n)), np.zeros((1, n)), np.ones((1, n))])
        compare(
            prior_facts, sizes, None, points.astype("float32"),
            rtol=1e-4, atol=1e-4, label=f"the prior of {sizes[0]} + {sizes[1]} weights",
        )  # fmt: skip


@question("spike_and_slab_prior")
def test_prior_in_double_precision(compare, rng):
    """The distribution has the dtype that is asked for."""
    compare(
        prior_facts, [3, 2], "float64", rng.normal(size=(8, 5)),
        rtol=1e-6, atol=1e-6, label="the prior in float64",
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- bayesian_dense


def dense_inputs(rng, units, features):
    """Draw the posterior's means, and give the inputs that show the layer's weights."""
    x = np.concatenate([np.eye(features), np.zeros((1, features))])
    return normal(rng, (features + 1) * units), x.astype("float32")


@question("bayesian_dense")
def test_posterior_is_learned(compare, rng):
    """The posterior is one event of independent normals, and all of its means and deviations are learned."""
    for sizes, dtype in (([6, 2], None), ([3, 4], "float64"), ([5, 0], "float32")):
        n = sum(sizes)
        values = rng.uniform(-6, 3, size=2 * n)
        compare(
            posterior_facts, sizes, dtype, values, rng.normal(size=n),
            rtol=1e-4, atol=1e-2, label=f"the posterior of {sizes[0]} + {sizes[1]} weights",
        )  # fmt: skip


@question("bayesian_dense")
def test_dense_layer(compare, rng):
    """The layer is linear, and draws its weights from the posterior that it is given.

    Drawn weights may be ten deviations apart: the false alarm is far below 1e-6.
    """
    for units, features, kl_weight in ((3, 4, 0.02), (2, 5, 1.0)):
        compare(
            dense_draws, units, kl_weight, *dense_inputs(rng, units, features),
            rtol=0, atol=0.5, label=f"the layer with {units} units",
        )  # fmt: skip


@question("bayesian_dense")
def test_divergence_is_sampled_and_weighted(compare, rng):
    """The layer's loss is the log-ratio of posterior and prior at the drawn weights, times the given weight."""
    for units, features, kl_weight in ((3, 4, 0.02), (2, 5, float(rng.uniform(0.2, 0.6)))):
        compare(
            dense_losses, units, kl_weight, *dense_inputs(rng, units, features),
            rtol=2e-4, atol=0, label=f"the losses with {units} units",
        )  # fmt: skip
