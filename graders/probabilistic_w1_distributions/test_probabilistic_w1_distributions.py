"""Hidden tests of probabilistic_w1_distributions: distributions, naive Bayes, maximum likelihood by descent."""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from gradetape import probe, question

# ---------------------------------------------------------------------------------------------- probes


@probe
def prior_facts(nb, labels, num_classes, as_tensor):
    """Return what can be read off the prior that was counted from `labels`."""
    import tensorflow as tf
    import tensorflow_probability as tfp

    prior = nb.label_prior(tf.constant(labels) if as_tensor else labels, num_classes)
    return {
        "a Categorical": isinstance(prior, tfp.distributions.Categorical),
        "batch shape": tuple(prior.batch_shape),
        "event shape": tuple(prior.event_shape),
        "probabilities": prior.probs_parameter(),
        "classes with probability 0": [k for k, p in enumerate(prior.probs_parameter().numpy()) if p == 0],
    }


@probe
def gaussian_facts(nb, features, labels, num_classes, points):
    """Return parameters, shapes and log-probabilities of the class Gaussians, and the features after the call."""
    gaussians = nb.diagonal_gaussians(features, labels, num_classes)
    return {
        "batch shape": tuple(gaussians.batch_shape),
        "event shape": tuple(gaussians.event_shape),
        "means": gaussians.mean(),
        "deviations": gaussians.stddev(),
        "log-probabilities": gaussians.log_prob(points[:, None, :]),
        "features after the call": features,
    }


@probe
def gaussian_facts_of_tensors(nb, features, labels, num_classes, points):
    """Return the same for arguments that are tensors."""
    import tensorflow as tf

    return gaussian_facts(nb, tf.constant(features), tf.constant(labels), num_classes, points)


def model_of(classes, by_logits):
    """Return prior (from probabilities or from shifted logits) and likelihood (a helper of the probes)."""
    import numpy as np
    import tensorflow_probability as tfp

    tfd = tfp.distributions
    probabilities, means, deviations = classes
    if by_logits:
        prior = tfd.Categorical(logits=np.log(probabilities) + np.float32(1.5))
    else:
        prior = tfd.Categorical(probs=probabilities)
    return prior, tfd.MultivariateNormalDiag(loc=means, scale_diag=deviations)


@probe
def decisions(nb, classes, points, by_logits):
    """Return the classes chosen for `points`."""
    return nb.most_probable_class(*model_of(classes, by_logits), points)


def optimizer_of(plan):
    """Return a fresh tf_keras optimizer as planned (a helper of the probes)."""
    import tf_keras

    return {"sgd": tf_keras.optimizers.SGD, "adam": tf_keras.optimizers.Adam}[plan["optimizer"]](plan["rate"])


@probe
def descent(nb, features, labels, start, plan):
    """Return the losses and the trace of one descent, from arrays."""
    import numpy as np
    import tensorflow as tf

    scale = tf.Variable(start)
    losses, trace, _ = nb.fit_shared_scales(features, labels, scale, optimizer_of(plan), plan["steps"])
    return {"losses": np.asarray(losses), "trace": np.asarray(trace)}


@probe
def fitted(nb, features, labels, start, plan):
    """Return what two descents in a row, given tensors, leave behind in the variable and the distribution."""
    import numpy as np
    import tensorflow as tf

    scale = tf.Variable(start)
    results = []
    for _ in range(2):
        losses, _, distribution = nb.fit_shared_scales(
            tf.constant(features), tf.constant(labels), scale, optimizer_of(plan), plan["steps"]
        )
        results.append(
            {
                "the passed variable": scale.numpy(),
                "batch shape": tuple(distribution.batch_shape),
                "event shape": tuple(distribution.event_shape),
                "means": distribution.mean().numpy(),
                "deviations": distribution.stddev().numpy(),
                "log-probabilities": distribution.log_prob(features[:4, None, :]).numpy(),
                "first loss": np.asarray(losses)[0],
            }
        )
    return {"first call": results[0], "second call with the same variable": results[1]}


@probe
def long_descent(nb, features, labels, start, plan):
    """Return the deviations that a descent leaves in the variable."""
    import tensorflow as tf

    scale = tf.Variable(start)
    nb.fit_shared_scales(features, labels, scale, optimizer_of(plan), plan["steps"])
    return scale.numpy()


@probe
def weights(nb, classes, by_logits):
    """Return the pair (w, b)."""
    w, b = nb.posterior_weights(*model_of(classes, by_logits))
    return {"w": w, "b": b}


# ---------------------------------------------------------------------------------------------- inputs


def labelled_rows(rng, num_classes, width, rows_per_class, dtype="float32"):
    """Draw rows around a centre of each class, with unequal class sizes, spreads and a shuffled order."""
    labels = np.repeat(np.arange(num_classes), rows_per_class + 2 * np.arange(num_classes))
    centres = rng.normal(size=(num_classes, width)) * 2 + 1
    spreads = rng.uniform(0.4, 1.6, size=(num_classes, width))
    features = centres[labels] + spreads[labels] * rng.normal(size=(len(labels), width))
    order = rng.permutation(len(labels))
    return features[order].astype(dtype), labels[order].astype("int64")


def log_joint(points, classes):
    """Return log(prior × density) up to a constant in float64: the leading axes of `points`, then the classes."""
    probabilities, means, deviations = classes
    distance = (points[..., None, :] - means) / deviations
    with np.errstate(divide="ignore"):
        return np.log(probabilities) - np.sum(0.5 * distance.astype("float64") ** 2 + np.log(deviations), axis=-1)


def overlapping_classes(rng, probabilities, width):
    """Draw close means and clearly different spreads, so that prior, mean and spread all matter.

    Returns the three arrays that describe the classes: probabilities, means, deviations.
    """
    num_classes = len(probabilities)
    means = rng.normal(size=(num_classes, width))
    deviations = rng.uniform(0.8, 1.2, size=(num_classes, width)) * np.linspace(0.4, 2, num_classes)[:, None]
    return tuple(part.astype("float32") for part in (rng.permutation(probabilities), means, deviations))


def clear_points(rng, count, classes):
    """Draw points whose best class leads clearly, so that rounding cannot change the decision."""
    points = rng.normal(size=(6 * count, classes[1].shape[-1])).astype("float32") * 1.5
    ranked = np.sort(log_joint(points, classes), axis=-1)
    return points[ranked[:, -1] - ranked[:, -2] > 1e-2][:count]


def shared_rows(rng, num_classes, width):
    """Draw rows for the shared deviations and a start away from the best value."""
    features, labels = labelled_rows(rng, num_classes, width, 6)
    return features, labels, rng.uniform(1.6, 2.2, size=width).astype("float32")


# ---------------------------------------------------------------------------------------------- label_prior


@question("label_prior")
def test_prior_is_counted(compare, rng):
    """The prior is one Categorical whose probabilities are the class frequencies, for any number of classes."""
    for num_classes, rows, as_tensor in ((5, 37, False), (2, 9, True), (3, 50, False)):
        frequencies = rng.permutation(np.arange(1, num_classes + 1) / (num_classes * (num_classes + 1) / 2))
        drawn = rng.choice(num_classes, size=rows, p=frequencies)
        labels = rng.permutation(np.concatenate([np.arange(num_classes), drawn])).astype("int64")
        compare(prior_facts, labels, num_classes, as_tensor, label=f"the prior over {num_classes} classes")


@question("label_prior")
def test_absent_classes_keep_their_place(compare, rng):
    """A class that never occurs has probability 0, wherever it stands."""
    for absent in ((1, 3), (5,), (0, 4, 5)):
        present = [k for k in range(6) if k not in absent]
        labels = np.concatenate([present, rng.choice(present, size=21)]).astype("int64")
        compare(prior_facts, labels, 6, False, label="the prior over 6 classes of which some never occur")


# ---------------------------------------------------------------------------------------------- diagonal_gaussians


@question("diagonal_gaussians")
def test_gaussians_of_the_classes(compare, rng):
    """Every class has the mean and the population deviation of its own rows."""
    for num_classes, width, facts in ((3, 2, gaussian_facts), (4, 4, gaussian_facts_of_tensors)):
        features, labels = labelled_rows(rng, num_classes, width, 4)
        points = rng.normal(size=(6, width)).astype("float32") * 2
        compare(
            facts, features, labels, num_classes, points,
            rtol=1e-4, atol=1e-5, label=f"the Gaussians of {num_classes} classes with {width} features",
        )  # fmt: skip


@question("diagonal_gaussians")
def test_gaussians_of_one_feature_and_of_doubles(compare, rng):
    """A single feature keeps its axis, and float64 features give a float32 distribution."""
    for width, dtype in ((1, "float32"), (3, "float64")):
        features, labels = labelled_rows(rng, 2, width, 5, dtype)
        points = rng.normal(size=(6, width)).astype("float32") * 2
        compare(
            gaussian_facts, features, labels, 2, points,
            rtol=1e-4, atol=1e-5, label=f"the Gaussians of 2 classes from {dtype} (number of features: {width})",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- most_probable_class


@question("most_probable_class")
def test_decides_by_the_joint_probability(compare, rng):
    """The chosen class has the largest product of prior and density, for any number of classes."""
    for probabilities, width, by_logits in (((0.08, 0.92), 3, False), ((0.1, 0.55, 0.05, 0.3), 2, True)):
        classes = overlapping_classes(rng, probabilities, width)
        points = clear_points(rng, 120, classes)
        compare(decisions, classes, points, by_logits, label=f"the decisions between {len(probabilities)} classes")


@question("most_probable_class")
def test_decides_with_any_leading_axes(compare, rng):
    """Points may carry any leading axes or none, and a class with prior probability 0 is never chosen."""
    classes = overlapping_classes(rng, [0.25, 0.0, 0.75], 2)
    points = clear_points(rng, 150, classes)
    grid = points.reshape(10, 5, 3, 2)
    compare(decisions, classes, grid, False, label="the decisions for points with several leading axes")
    compare(decisions, classes, points[0], False, label="the decision for a single point")


@question("most_probable_class")
def test_decides_far_away(compare, rng):
    """Far from every class, where all densities are too small for float32, the decisions are still right."""
    classes = overlapping_classes(rng, [0.3, 0.2, 0.4, 0.1], 2)
    points = 60 * clear_points(rng, 80, classes)
    ranked = np.sort(log_joint(points, classes), axis=-1)
    far = points[(ranked[:, -1] < -200) & (ranked[:, -1] - ranked[:, -2] > 1)]
    compare(decisions, classes, far, False, label="the decisions for points far from every class")


@question("most_probable_class")
def test_agrees_with_gaussian_naive_bayes(compare, check):
    """On all flowers the decisions are those of a Gaussian naive Bayes classifier."""
    features, labels = load_iris(return_X_y=True)
    features = features[:, :2].astype("float32")
    model = GaussianNB(var_smoothing=0).fit(features.astype("float64"), labels)
    classes = tuple(part.astype("float32") for part in (model.class_prior_, model.theta_, np.sqrt(model.var_)))
    chosen = compare(decisions, classes, features, False, label="the decisions on iris")
    check(
        np.array_equal(chosen, model.predict(features)),
        "The decisions on iris differ from those of a Gaussian naive Bayes classifier.",
    )


# ---------------------------------------------------------------------------------------------- fit_shared_scales


@question("fit_shared_scales", show="curve")
def test_losses_and_trace_follow_the_descent(compare, rng):
    """Losses are taken before each update and deviations after it, on the mean negative log-likelihood."""
    for num_classes, width, optimizer, rate, steps in ((3, 4, "sgd", 0.1, 5), (2, 1, "adam", 0.03, 1)):
        features, labels, start = shared_rows(rng, num_classes, width)
        compare(
            descent, features, labels, start, {"optimizer": optimizer, "rate": rate, "steps": steps},
            rtol=1e-4, atol=1e-4, label=f"the descent for {num_classes} classes (number of steps: {steps})",
        )  # fmt: skip


@question("fit_shared_scales")
def test_variable_and_distribution_hold_the_result(compare, rng):
    """The passed variable is trained, the distribution has class means and shared deviations, a second call goes on."""
    features, labels, start = shared_rows(rng, 3, 2)
    plan = {"optimizer": "adam", "rate": 0.1, "steps": 3}
    compare(fitted, features, labels, start, plan, rtol=1e-4, atol=1e-4, label="what the training leaves behind")


@question("fit_shared_scales")
def test_descent_arrives_at_the_closed_form(learner, check):
    """A hundred steps of Adam on iris arrive at the closed form of the shared deviations."""
    features, labels = load_iris(return_X_y=True)
    features, labels = features[:, :2].astype("float32"), (labels != 0).astype("int64")
    own_means = np.stack([features[labels == k].mean(axis=0) for k in (0, 1)])[labels]
    best = np.sqrt(np.mean((features - own_means) ** 2, axis=0))
    plan = {"optimizer": "adam", "rate": 0.05, "steps": 100}
    arrived = learner(long_descent, features, labels, np.ones(2, "float32"), plan)
    check(
        np.allclose(arrived, best, rtol=0, atol=5e-3),
        "After 100 steps on iris the passed variable is not close to the deviations that maximise the likelihood.",
    )


# ---------------------------------------------------------------------------------------------- posterior_weights


@question("posterior_weights")
def test_weights_for_any_width_and_prior(compare, rng):
    """The weights and the intercept follow from means, deviations and prior, for any number of features."""
    for width, by_logits, once in ((4, False, False), (2, True, True), (1, False, True)):
        first = rng.choice([rng.uniform(0.08, 0.3), rng.uniform(0.7, 0.92)])
        probabilities = np.array([first, 1 - first], "float32")
        means = rng.normal(size=(2, width)).astype("float32")
        deviations = rng.uniform(1.3, 2.0, size=width).astype("float32")
        classes = (probabilities, means, deviations if once else np.stack([deviations] * 2))
        compare(weights, classes, by_logits, rtol=1e-4, atol=1e-5, label=f"the weights (number of features: {width})")


@question("posterior_weights")
def test_sigmoid_gives_the_posterior(compare, check, rng):
    """The sigmoid of w · x + b is the posterior probability of class 0."""
    first = rng.uniform(0.15, 0.35)
    probabilities = np.array([first, 1 - first], "float32")
    means = rng.normal(size=(2, 3)).astype("float32")
    deviations = rng.uniform(0.5, 0.8, size=3).astype("float32")
    classes = (probabilities, means, np.stack([deviations] * 2))
    found = compare(weights, classes, False, rtol=1e-4, atol=1e-5, label="the weights")
    points = rng.normal(size=(50, 3))
    joint = log_joint(points, classes)
    posterior = 1 / (1 + np.exp(joint[:, 1] - joint[:, 0]))
    by_weights = 1 / (1 + np.exp(-(points @ found["w"] + found["b"])))
    check(
        np.allclose(by_weights, posterior, rtol=0, atol=1e-5),
        "The sigmoid of w · x + b is not the posterior probability of class 0.",
    )
