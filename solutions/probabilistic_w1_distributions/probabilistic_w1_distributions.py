# ---
# jupyter:
#   gradetape:
#     datasets:
#     - iris
#   jupytext:
#     notebook_metadata_filter: kernelspec,jupytext,gradetape
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] nbgrader={"grade": false, "grade_id": "title", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Distributions: from naive Bayes to logistic regression
#
# A classifier that only names a class hides how sure it is. A *probabilistic* classifier says how likely every
# class is, and the objects that let you compute with such statements are **distributions**: things you can
# sample from, ask for a mean, and ask how plausible a given value is (`log_prob`).
#
# In this notebook you build a complete probabilistic classifier from TensorFlow Probability's distributions:
#
# 1. a **prior** over the classes, counted from the labels,
# 2. a **Gaussian for every class**, all of them held in *one* distribution object with a batch shape,
# 3. **Bayes' rule**, which turns the two into a decision (this is *Gaussian naive Bayes*),
# 4. scales learned by **maximum likelihood with gradient descent** instead of a formula,
# 5. the discovery that a naive Bayes model with shared scales *is* **logistic regression**.
#
# The running example is the iris data: 150 flowers of 3 species. We use two of the four measurements, sepal
# length and sepal width (in cm), so that everything can be drawn.
#
# **Two shapes to keep apart.** Every distribution object has
#
# * an **event shape**: the shape of *one* draw. Numbers inside one event belong together and get *one* joint probability.
# * a **batch shape**: how many separate distributions the object holds side by side. Each has parameters of its own,
#   and `log_prob` returns one number for each of them.
#
# A point in the plane described by 3 different Gaussians: event shape `(2,)`, batch shape `(3,)`.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
import tf_keras

tfd = tfp.distributions

# %% [markdown] nbgrader={"grade": false, "grade_id": "conventions", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **What holds in every question**
#
# * $N$ is the number of rows, $d$ the number of features, $K$ the number of classes. Your functions are called with other sizes
#   than those of iris, so take every size from the arguments.
# * An argument that is called an *array* may be a NumPy array or a `tf.Tensor`. Do not change it.
# * Numbers that you return are `float32`, class labels are `int64`. NumPy computes in `float64` unless told otherwise:
#   cast to `float32` first, then build the distribution.
# * The questions are graded one by one. Let each function stand on its own instead of calling an earlier one; then a slip
#   in one question cannot cost you points in another.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "iris_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Look at the data first (this cell only shows something, it is not graded).
# import matplotlib.pyplot as plt
#
# from gradetape import datasets
#
# iris = datasets.load("iris", split="train", batch_size=-1)
# iris_features = np.asarray(iris["features"], dtype="float32")[:, :2]
# iris_labels = np.asarray(iris["label"], dtype="int64")
# species = ["setosa", "versicolor", "virginica"]
# colours = ["tab:blue", "tab:orange", "tab:green"]
# print("features:", iris_features.shape, iris_features.dtype, " labels:", iris_labels.shape, iris_labels.dtype)
#
#
# def scatter_iris(axes):
#     """Draw the flowers, one colour for each species."""
#     for k in range(3):
#         rows = iris_labels == k
#         axes.scatter(iris_features[rows, 0], iris_features[rows, 1], c=colours[k], s=14, label=species[k])
#     axes.set_xlabel("sepal length (cm)")
#     axes.set_ylabel("sepal width (cm)")
#
#
# figure, axes = plt.subplots(figsize=(5, 3.5))
# scatter_iris(axes)
# axes.legend()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "label_prior_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · The prior: how common is each class?
#
# Before you look at a flower at all, the best statement about its species comes from counting. Maximum likelihood gives
# the class frequencies
#
# $$\pi_k = P(Y = k) = \frac{\text{number of labels equal to } k}{N}, \qquad k = 0, \dots, K-1 .$$
#
# **Write** `label_prior(labels, num_classes)`.
#
# * `labels`: `int64` array of shape $(N,)$ with values in $0 \dots K-1$; `num_classes`: the number $K$.
# * Returns **one** `tfd.Categorical` over $K$ classes, so batch shape `()` and event shape `()`, whose *probabilities*
#   (`float32`, shape $(K,)$, sum 1) are the class frequencies.
# * A class that never occurs in `labels` keeps its place and has probability exactly 0. This can be any class, also the last one.
#
# *Example:* `label_prior([0, 2, 2, 0], 4)` has the probabilities `[0.5, 0, 0.5, 0]`.
#
# <details><summary>Hint</summary>
#
# `tf.one_hot(labels, num_classes)` turns the labels into a table of zeros and ones with a column for every class. What is the mean of a
# column? Also look up the *order* of the arguments of `tfd.Categorical`: its first one is not `probs`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "label_prior_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def label_prior(labels, num_classes):
    """Return the distribution of the classes as counted in `labels`.

    labels: int64 array (N,), values in 0 … num_classes - 1.
    Returns a tfd.Categorical, batch shape (), with float32 probabilities (num_classes,).
    """
    ### BEGIN SOLUTION
    one_hot = tf.one_hot(labels, num_classes, dtype=tf.float32)
    return tfd.Categorical(probs=tf.reduce_mean(one_hot, axis=0))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "label_prior", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_prior = label_prior(np.array([0, 2, 2, 0]), 4)
assert isinstance(example_prior, tfd.Categorical), "label_prior returns a tfd.Categorical."
assert example_prior.batch_shape == (), "The prior is one distribution: its batch shape is ()."
assert np.allclose(example_prior.probs_parameter(), [0.5, 0, 0.5, 0]), (
    "The labels 0, 2, 2, 0 of 4 classes have the frequencies 0.5, 0, 0.5, 0."
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "diagonal_gaussians_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · The likelihood: one Gaussian for every class
#
# *Naive* Bayes assumes that within a class the features are independent. With Gaussian features, class $k$ is described by a
# mean $\mu_{kj}$ and a standard deviation $\sigma_{kj}$ for every feature $j$:
#
# $$p(x \mid Y = k) = \prod_{j=1}^{d} \mathcal N\left(x_j;\, \mu_{kj}, \sigma_{kj}^2\right).$$
#
# With $n_k$ rows in class $k$, maximum likelihood gives
#
# $$\mu_{kj} = \frac{1}{n_k} \sum_{i:\, y_i = k} x_{ij}, \qquad
# \sigma_{kj} = \sqrt{\frac{1}{n_k} \sum_{i:\, y_i = k} (x_{ij} - \mu_{kj})^2 } .$$
#
# Note the $n_k$ below both sums: this is the *population* deviation. The $d$ features of one point form one event; the $K$
# classes lie side by side in the batch.
#
# **Write** `diagonal_gaussians(features, labels, num_classes)`.
#
# * `features`: array $(N, d)$ of `float32` or `float64`; `labels`: `int64` array $(N,)$. Every class has at least two different rows.
#   $d$ may be 1, then `features` still has two axes.
# * Returns **one** `tfd.MultivariateNormalDiag` in `float32` with batch shape $(K,)$ and event shape $(d,)$.
#
# *Example:* the rows $(1, 0), (3, 4)$ of class 0 and $(0, 0), (0, 2), (6, 4)$ of class 1 give the means $(2, 2)$ and $(2, 2)$, the deviations
# $(1, 2)$ and $(\sqrt 8, \sqrt{8/3})$.
#
# <details><summary>Hint</summary>
#
# `tf.boolean_mask(features, labels == k)` picks the rows of one class. Reduce over the rows, not over the features, then
# stack the results of the classes. `tf.math.reduce_std` divides by $n$. The parameter `scale_diag` is a deviation, not a variance.
# </details>

# %% nbgrader={"grade": false, "grade_id": "diagonal_gaussians_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def diagonal_gaussians(features, labels, num_classes):
    """Return the maximum-likelihood Gaussian with independent features of every class.

    features: float32 or float64 array (N, d). labels: int64 array (N,), values in 0 … num_classes - 1.
    Returns a float32 tfd.MultivariateNormalDiag, batch shape (num_classes,), event shape (d,).
    """
    ### BEGIN SOLUTION
    features = tf.cast(features, tf.float32)
    labels = tf.convert_to_tensor(labels)
    rows = [tf.boolean_mask(features, labels == k) for k in range(num_classes)]
    means = tf.stack([tf.reduce_mean(of_class, axis=0) for of_class in rows])
    deviations = tf.stack([tf.math.reduce_std(of_class, axis=0) for of_class in rows])
    return tfd.MultivariateNormalDiag(loc=means, scale_diag=deviations)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "diagonal_gaussians", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_gaussians = diagonal_gaussians(
    np.array([[1, 0], [0, 0], [0, 2], [3, 4], [6, 4]], "float32"), np.array([0, 1, 1, 0, 1]), 2
)
assert example_gaussians.batch_shape == (2,), "Two classes lie side by side: the batch shape is (2,)."
assert example_gaussians.event_shape == (2,), "One point has two features: the event shape is (2,)."
assert np.allclose(example_gaussians.mean(), [[2, 2], [2, 2]]), "Both classes of the example have the mean (2, 2)."
assert np.allclose(example_gaussians.stddev()[0], [1, 2]), "Class 0 of the example has the deviations (1, 2)."
assert np.allclose(example_gaussians.stddev()[1], [8**0.5, (8 / 3) ** 0.5]), (
    "Class 1 of the example has the deviations (√8, √(8/3)): divide by the number of rows."
)

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "contours_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # The three Gaussians that you fitted, as contours over the flowers.
# iris_prior = label_prior(iris_labels, 3)
# iris_likelihood = diagonal_gaussians(iris_features, iris_labels, 3)
# across, upwards = np.meshgrid(np.linspace(4, 8.2, 120), np.linspace(1.7, 4.7, 120))
# plane = np.stack([across, upwards], axis=-1).astype("float32")  # (120, 120, 2)
# densities = iris_likelihood.prob(plane[..., None, :]).numpy()  # (120, 120, 3): a value for each class
#
# figure, axes = plt.subplots(figsize=(5, 3.5))
# scatter_iris(axes)
# for k in range(3):
#     axes.contour(across, upwards, densities[..., k], levels=5, colors=colours[k], linewidths=1)
# axes.set_title("p(x | species) for the three species")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "most_probable_class_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Bayes' rule makes the decision
#
# Bayes' rule combines what you knew before with what you see:
#
# $$P(Y = k \mid x) = \frac{\pi_k\, p(x \mid Y = k)}{\sum_{l} \pi_l\, p(x \mid Y = l)} .$$
#
# The denominator is the same for all classes, and the logarithm does not change which value is largest. So the most probable class is
#
# $$\hat y(x) = \operatorname*{arg\,max}_k \left[ \log \pi_k + \log p(x \mid Y = k) \right].$$
#
# Logarithms are more than a convenience here: the density of a point far away from every class is too small for `float32`,
# its logarithm is not.
#
# **Write** `most_probable_class(prior, likelihood, features)`.
#
# * `prior`: a `tfd.Categorical` with batch shape `()` over $K$ classes. It may have been made from probabilities or from logits; a class may
#   have probability 0, and such a class is never the answer.
# * `likelihood`: a `tfd.MultivariateNormalDiag` with batch shape $(K,)$ and event shape $(d,)$.
# * `features`: `float32` array of shape $(\dots, d)$: a single point $(d,)$, rows $(N, d)$, or any number of leading axes.
# * Returns the most probable class of every point: `int64`, shape $(\dots)$, that is the shape of `features` without its last axis.
#
# *Example:* one feature, two classes around $-1$ and $+1$ with deviation 1. At $x = 0.2$ equal priors choose class 1, the prior $(0.9, 0.1)$ chooses class 0.
#
# <details><summary>Hint</summary>
#
# `likelihood.log_prob` compares the axes of its argument with batch shape + event shape, from the right. For every point to meet
# every class, the points need the shape $(\dots, 1, d)$; then the result has the shape $(\dots, K)$. `prior.probs_parameter()` gives
# the probabilities however the prior was made.
# </details>

# %% nbgrader={"grade": false, "grade_id": "most_probable_class_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def most_probable_class(prior, likelihood, features):
    """Return the class with the largest posterior probability for every point.

    prior: tfd.Categorical over K classes. likelihood: tfd.MultivariateNormalDiag, batch shape (K,), event shape (d,).
    features: float32 array (…, d).
    Returns an int64 array (…).
    """
    ### BEGIN SOLUTION
    points = tf.convert_to_tensor(features, tf.float32)[..., tf.newaxis, :]
    log_joint = tf.math.log(prior.probs_parameter()) + likelihood.log_prob(points)
    return tf.argmax(log_joint, axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "most_probable_class", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_classes = tfd.MultivariateNormalDiag(loc=[[-1.0], [1.0]], scale_diag=[[1.0], [1.0]])
example_points = np.array([[-2.0], [0.2], [2.0]], "float32")
example_decisions = most_probable_class(tfd.Categorical(probs=[0.5, 0.5]), example_classes, example_points)
assert np.asarray(example_decisions).dtype == np.int64, "Class labels are int64."
assert np.asarray(example_decisions).shape == (3,), "Three points give three class labels."
assert np.array_equal(example_decisions, [0, 1, 1]), "With equal priors the points -2, 0.2 and 2 belong to 0, 1, 1."
example_decisions = most_probable_class(tfd.Categorical(probs=[0.9, 0.1]), example_classes, example_points)
assert np.array_equal(example_decisions, [0, 0, 1]), "With the prior (0.9, 0.1) the point 0.2 belongs to class 0."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "regions_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Decision regions, and the share of flowers on the right side.
# regions = np.asarray(most_probable_class(iris_prior, iris_likelihood, plane))  # (120, 120): any leading axes
# figure, axes = plt.subplots(figsize=(5, 3.5))
# axes.contourf(across, upwards, regions, levels=[-0.5, 0.5, 1.5, 2.5], colors=colours, alpha=0.25)
# scatter_iris(axes)
# plt.show()
# hits = np.asarray(most_probable_class(iris_prior, iris_likelihood, iris_features)) == iris_labels
# print(f"{hits.mean():.3f} of the flowers are classified correctly from two measurements")

# %% [markdown] nbgrader={"grade": false, "grade_id": "fit_shared_scales_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Maximum likelihood by gradient descent
#
# For the Gaussians above, a formula gave the best parameters. For most models there is none, and you *descend*: write down the negative
# log-likelihood, let TensorFlow differentiate it, and take steps. Here you do so for a model whose answer you can check.
#
# The class means stay what they are in question 2: the mean of the rows of each class. But now **one** vector of deviations
# $\sigma = (\sigma_1, \dots, \sigma_d)$ is shared by all classes, and it is learned. The loss is the mean over the rows of the
# negative log-density of each row **under the Gaussian of its own class**:
#
# $$\ell(\sigma) = -\frac1N \sum_{i=1}^N \log p(x_i \mid y_i)
# = \sum_{j=1}^d \left[ \log \sigma_j + \tfrac12 \log 2\pi + \frac{1}{2\sigma_j^2} \cdot \frac1N \sum_{i=1}^N \left(x_{ij} - \mu_{y_i j}\right)^2 \right].$$
#
# Setting the derivative to zero gives $\sigma_j = \sqrt{\frac1N \sum_i (x_{ij} - \mu_{y_i j})^2}$, and that is where the descent should arrive.
#
# **Write** `fit_shared_scales(features, labels, scale_variable, optimizer, steps)`.
#
# * `features`: `float32` array $(N, d)$; `labels`: `int64` array $(N,)$ with the classes $0 \dots K-1$, each of which occurs, so $K$ is the largest label plus one.
# * `scale_variable`: a `tf.Variable` of shape $(d,)$ that holds the starting deviations (positive). **Train this very variable**: after the call
#   it holds the learned deviations. A second call with it goes on where the first one stopped.
# * `optimizer`: a `tf_keras` optimizer; `steps`: how many updates to make, at least 1. Every step uses all rows.
# * Returns `(losses, trace, distribution)`:
#   `losses` `float32` $(\text{steps},)$, the loss at each step **before** its update; `trace` `float32` $(\text{steps}, d)$, the deviations **after** each
#   update; `distribution`, a `tfd.MultivariateNormalDiag` with batch shape $(K,)$ and event shape $(d,)$: the class means with the learned deviations. It may hold the variable itself.
#
# *Example:* rows $-1, 1$ of class 0 and $4, 6$ of class 1. All rows are 1 away from their class mean, so with $\sigma = 1$ the derivative is already
# zero; the loss is $\tfrac12 + \tfrac12 \log 2\pi \approx 1.4189$ and a step changes nothing.
#
# <details><summary>Hint</summary>
#
# `tf.gather(means, labels)` puts the right mean beside every row, shape $(N, d)$. A distribution with this `loc` and
# `scale_diag=scale_variable` has batch shape $(N,)$, and its `log_prob(features)` is one number per row. Build it **inside** the
# `tf.GradientTape`. `optimizer.apply_gradients([(gradient, scale_variable)])` makes the update. A list that holds the variable
# itself many times shows its last value many times: append `scale_variable.numpy()`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "fit_shared_scales_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit_shared_scales(features, labels, scale_variable, optimizer, steps):
    """Learn one vector of deviations for all classes by descent on the mean negative log-likelihood.

    features: float32 array (N, d). labels: int64 array (N,), classes 0 … K - 1.
    scale_variable: tf.Variable (d,), updated in place. optimizer: a tf_keras optimizer. steps: number of updates.
    Returns (losses, trace, distribution): float32 (steps,) before each update, float32 (steps, d) after each update,
    and a tfd.MultivariateNormalDiag with batch shape (K,), event shape (d,).
    """
    ### BEGIN SOLUTION
    features = tf.cast(features, tf.float32)
    labels = tf.convert_to_tensor(labels)
    num_classes = int(tf.reduce_max(labels)) + 1
    means = tf.stack([tf.reduce_mean(tf.boolean_mask(features, labels == k), axis=0) for k in range(num_classes)])
    own_means = tf.gather(means, labels)

    losses, trace = [], []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            own_gaussians = tfd.MultivariateNormalDiag(loc=own_means, scale_diag=scale_variable)
            loss = -tf.reduce_mean(own_gaussians.log_prob(features))
        gradient = tape.gradient(loss, scale_variable)
        optimizer.apply_gradients([(gradient, scale_variable)])
        losses.append(loss.numpy())
        trace.append(scale_variable.numpy())

    distribution = tfd.MultivariateNormalDiag(loc=means, scale_diag=scale_variable)
    return np.array(losses, "float32"), np.array(trace, "float32"), distribution
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "fit_shared_scales", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
example_scale = tf.Variable([1.0])
example_losses, example_trace, example_fit = fit_shared_scales(
    np.array([[-1.0], [4.0], [1.0], [6.0]], "float32"),
    np.array([0, 1, 0, 1]),
    example_scale,
    tf_keras.optimizers.SGD(0.1),
    steps=2,
)
assert np.shape(example_losses) == (2,), "losses holds one number for each of the 2 steps."
assert np.shape(example_trace) == (2, 1), "trace holds one vector of deviations for each step: shape (2, 1)."
assert np.allclose(example_losses, 0.5 + 0.5 * np.log(2 * np.pi)), "In the example every loss is ½ + ½ log 2π."
assert np.allclose(example_scale.numpy(), [1.0]), "In the example the deviation 1 is already the best one."
assert example_fit.batch_shape == (2,) and example_fit.event_shape == (1,), (
    "The fitted Gaussians have batch (2,), event (1,)."
)
assert np.allclose(example_fit.mean(), [[0.0], [5.0]]), "The class means of the example are 0 and 5."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "trace_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Setosa (class 0) against the rest (class 1): 100 steps of Adam, and where they should arrive.
# setosa_or_rest = (iris_labels != 0).astype("int64")
# scales = tf.Variable([1.0, 1.0])
# losses, trace, fitted = fit_shared_scales(
#     iris_features, setosa_or_rest, scales, tf_keras.optimizers.Adam(0.05), steps=100
# )
# own_mean = np.stack([iris_features[setosa_or_rest == k].mean(axis=0) for k in (0, 1)])[setosa_or_rest]
# best = np.sqrt(np.mean((iris_features - own_mean) ** 2, axis=0))
# print(f"first loss {losses[0]:.4f}, last loss {losses[-1]:.4f}; arrived at {trace[-1]}, best {best}")
#
# figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3))
# left.plot(losses)
# left.set_xlabel("step")
# left.set_ylabel("mean negative log-likelihood")
# right.plot(trace, label=["sepal length", "sepal width"])
# right.hlines(best, 0, 100, colors="grey", linestyles="dotted", label="closed form")
# right.set_xlabel("step")
# right.set_ylabel("deviation")
# right.legend()
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "posterior_weights_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · The surprise: this is logistic regression
#
# Take two classes with the **same** deviations $\sigma$. Write Bayes' rule for class 0 and divide numerator and denominator by the numerator:
#
# $$P(Y = 0 \mid x) = \frac{1}{1 + \exp(-a(x))}, \qquad
# a(x) = \log \frac{\pi_0\, p(x \mid Y = 0)}{\pi_1\, p(x \mid Y = 1)} .$$
#
# In $\log p(x \mid Y = k)$, the term $-x_j^2 / (2\sigma_j^2)$ is the same for both classes and cancels. What remains is **linear** in $x$:
#
# $$a(x) = w \cdot x + b, \qquad
# w_j = \frac{\mu_{0j} - \mu_{1j}}{\sigma_j^2}, \qquad
# b = \log \frac{\pi_0}{\pi_1} - \sum_{j=1}^d \frac{\mu_{0j}^2 - \mu_{1j}^2}{2\sigma_j^2} .$$
#
# So the posterior is $\sigma(w \cdot x + b)$ with the logistic sigmoid: the model that logistic regression fits, reached from the other side. Naive Bayes models
# how the *features* arise and derives the weights; logistic regression fits the weights directly.
#
# **Write** `posterior_weights(prior, likelihood)`.
#
# * `prior`: a `tfd.Categorical` over 2 classes (batch shape `()`), both with a probability above 0, made from probabilities or from logits.
# * `likelihood`: a `tfd.MultivariateNormalDiag` with batch shape $(2,)$ and event shape $(d,)$ whose two Gaussians have the same deviations.
# * Returns `(w, b)`, `float32` arrays of the shapes $(d,)$ and $()$, such that $\sigma(w \cdot x + b)$ is the posterior probability of **class 0**.
#
# *Example:* one feature, means $-1$ and $+1$, deviation 1, prior $(\tfrac12, \tfrac12)$: $w = (-2)$ and $b = 0$. A larger $x$ makes class 0 less probable.
#
# <details><summary>Hint</summary>
#
# `likelihood.mean()` and `likelihood.stddev()` both have the shape $(2, d)$, whether the shared deviations were given once or for each class.
# Take one row of the deviations. `prior.probs_parameter()` gives the two probabilities.
# </details>

# %% nbgrader={"grade": false, "grade_id": "posterior_weights_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def posterior_weights(prior, likelihood):
    """Return the weights of the logistic regression that equals this naive Bayes model.

    prior: tfd.Categorical over 2 classes. likelihood: tfd.MultivariateNormalDiag, batch shape (2,), event shape (d,),
    both Gaussians with the same deviations.
    Returns (w, b), float32, shapes (d,) and (): sigmoid(w · x + b) is the posterior probability of class 0.
    """
    ### BEGIN SOLUTION
    mean_0, mean_1 = tf.unstack(likelihood.mean())
    variance = likelihood.variance()[0]
    probabilities = prior.probs_parameter()
    w = (mean_0 - mean_1) / variance
    b = tf.math.log(probabilities[0] / probabilities[1]) - tf.reduce_sum((mean_0**2 - mean_1**2) / (2 * variance))
    return w, b
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "posterior_weights", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_w, example_b = posterior_weights(
    tfd.Categorical(probs=[0.5, 0.5]), tfd.MultivariateNormalDiag(loc=[[-1.0], [1.0]], scale_diag=[1.0])
)
assert np.shape(example_w) == (1,), "w has one entry for each feature: shape (1,) in the example."
assert np.shape(example_b) == (), "b is a single number: shape ()."
assert np.allclose(example_w, [-2.0]), "In the example w is (-2): a larger x makes class 0 less probable."
assert np.allclose(example_b, 0.0), "In the example b is 0, by symmetry."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "logistic_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # The posterior of setosa by Bayes' rule: straight, parallel level lines, as of a logistic regression.
# setosa_prior = label_prior(setosa_or_rest, 2)
# w, b = posterior_weights(setosa_prior, fitted)
# posterior = tf.sigmoid(tf.tensordot(plane, w, axes=1) + b)
# log_joint = setosa_prior.logits_parameter() + fitted.log_prob(plane[..., None, :])
# by_bayes = tf.nn.softmax(log_joint)[..., 0]
# print("largest difference between the two ways:", float(tf.reduce_max(tf.abs(posterior - by_bayes))))
#
# figure, axes = plt.subplots(figsize=(5, 3.5))
# shades = axes.contourf(across, upwards, posterior, levels=np.linspace(0, 1, 11), cmap="RdBu", alpha=0.6)
# scatter_iris(axes)
# axes.contour(across, upwards, posterior, levels=[0.5], colors="black")
# figure.colorbar(shades, label="P(setosa | x)")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# * Use all four measurements instead of two. How many flowers are on the right side now? (Which of your functions had to change?)
# * Fit a logistic regression to setosa against the rest with a one-unit `tf_keras` network, and compare its weights with those of question 5.
#   They differ: each model is the best one by its own measure.
# * In question 4 nothing kept the deviations positive; a large learning rate can push one below zero. Look up
#   `tfp.util.TransformedVariable`, which learns a number that is free while the deviation stays positive.
#
# In the next assignment, `probabilistic_w2_bayesian_cnn`, distributions become the *output* of a network, and then its *weights*.
