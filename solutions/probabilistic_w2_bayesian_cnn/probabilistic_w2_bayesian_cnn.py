# ---
# jupyter:
#   gradetape:
#     datasets:
#     - digits
#     - digits_spatter
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
# # A network that knows what it does not know
#
# An ordinary classifier answers every question with the same self-assurance: show it a digit with ink all over it, and it will
# still say "8, and I am sure". A *probabilistic* network can tell two kinds of doubt apart:
#
# * **aleatoric** uncertainty: the picture itself is ambiguous. More training data would not help; the honest answer is a
#   *distribution* over the classes.
# * **epistemic** uncertainty: the network has not seen enough. Many settings of the weights fit the training data, and they
#   disagree about this picture. The honest answer keeps a *distribution over the weights*.
#
# You start from a plain convolutional network for handwritten digits and turn it, piece by piece, into a Bayesian one:
#
# 1. the **plain network**, for comparison,
# 2. the **negative log-likelihood**, the loss of everything that follows,
# 3. a network whose *output* is a distribution,
# 4. a convolution whose *weights* are distributions,
# 5. a **prior** for weights that likes many small ones and few big ones,
# 6. a dense layer with such a prior and a **learned posterior**.
#
# The pictures are 8×8 digits, clean and spattered with ink.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
import tf_keras

tfd = tfp.distributions
tfpl = tfp.layers

# %% [markdown] nbgrader={"grade": false, "grade_id": "conventions", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **What holds in every question**
#
# * $B$ is the number of examples in a batch, $K$ the number of classes, a picture has the shape $(H, W, C)$. Take every size from the arguments:
#   your functions are called with other sizes, and $H \ne W$ is common.
# * Targets are one-hot: `float32` rows of $K$ numbers, a single 1 and otherwise 0. Everything is `float32` unless a question says otherwise.
# * The layers of TensorFlow Probability, `tfpl` here, work with **`tf_keras`** only: build models from `tf_keras.layers`, not from `tf.keras.layers`.
# * The questions are graded one by one. Let each function stand on its own instead of calling an earlier one; then a slip
#   in one question cannot cost you points in another.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "digits_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # The data (this cell only shows something, it is not graded).
# import matplotlib.pyplot as plt
#
# from gradetape import datasets
#
#
# def digits_of(name, split):
#     """Return pictures between 0 and 1, and one-hot targets."""
#     part = datasets.load(name, split=split, batch_size=-1)
#     return np.asarray(part["image"]) / np.float32(16), np.asarray(tf.one_hot(part["label"], 10))
#
#
# train_x, train_y = digits_of("digits", "train")
# clean_x, clean_y = digits_of("digits", "test")
# spatter_x, _ = digits_of("digits_spatter", "test")  # the same digits, with ink
# print("pictures:", train_x.shape, train_x.dtype, " targets:", train_y.shape, train_y.dtype)
#
# figure, axes = plt.subplots(2, 10, figsize=(9, 2))
# for column in range(10):
#     for row, images in enumerate((clean_x, spatter_x)):
#         axes[row, column].imshow(images[column, ..., 0], cmap="gray_r", vmin=0, vmax=1)
#         axes[row, column].axis("off")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "plain_convnet_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · The plain network
#
# **Write** `plain_convnet(input_shape, num_classes, loss, optimizer, metrics)`.
#
# * `input_shape`: the tuple $(H, W, C)$; `num_classes`: the number $K$.
# * `loss`, `optimizer`, `metrics`: what a `tf_keras` model is compiled with; hand them on as they are.
# * Returns a **compiled** `tf_keras` model with its weights, from pictures $(B, H, W, C)$ to probabilities $(B, K)$. Its layers:
#
# | step | layer |
# |---|---|
# | 1 | convolution, 4 filters, 3×3, `valid` padding, relu |
# | 2 | max-pooling over squares of 3×3, side by side, `valid` (what does not fill a square is left out) |
# | 3 | flatten |
# | 4 | dense, $K$ units, softmax |
#
# *Example:* `plain_convnet((8, 8, 1), 10, …)` has $40 + 170 = 210$ parameters: the convolution turns 8×8 into 6×6, the pooling 6×6 into 2×2, and
# the dense layer meets $2 \cdot 2 \cdot 4 = 16$ numbers.
#
# <details><summary>Hint</summary>
#
# Give the first layer `input_shape=input_shape`; then a `tf_keras.Sequential` has its weights at once. Which paddings are the defaults?
# </details>

# %% nbgrader={"grade": false, "grade_id": "plain_convnet_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    """Return a compiled convolutional classifier.

    input_shape: (H, W, C). num_classes: K. loss, optimizer, metrics: for compiling.
    Returns a tf_keras model (B, H, W, C) -> probabilities (B, K).
    """
    ### BEGIN SOLUTION
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "plain_convnet", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_plain = plain_convnet((8, 8, 1), 10, "categorical_crossentropy", tf_keras.optimizers.Adam(), ["accuracy"])
assert example_plain.built and example_plain.count_params() == 210, (
    "For (8, 8, 1) and 10 classes the network has 210 parameters."
)
example_probabilities = np.asarray(example_plain(np.ones((3, 8, 8, 1), "float32")))
assert example_probabilities.shape == (3, 10), "Three pictures give three rows of 10 probabilities."
assert np.allclose(example_probabilities.sum(axis=1), 1, atol=1e-5), "The probabilities of a picture add up to 1."
assert example_plain.optimizer is not None, "The model has to be compiled."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "plain_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # How sure is the plain network of itself? Train it, then look at the largest probability of every picture.
# tf_keras.utils.set_random_seed(1)
# plain = plain_convnet((8, 8, 1), 10, "categorical_crossentropy", tf_keras.optimizers.Adam(0.01), ["accuracy"])
# plain.fit(train_x, train_y, epochs=15, batch_size=50, verbose=0)
# figure, axes = plt.subplots(figsize=(5, 3))
# for images, name in ((clean_x, "clean"), (spatter_x, "spattered")):
#     accuracy = plain.evaluate(images, clean_y, verbose=0, return_dict=True)["accuracy"]
#     surest = plain.predict(images, verbose=0).max(axis=1)
#     axes.hist(surest, bins=np.linspace(0, 1, 21), alpha=0.6, label=f"{name}: {accuracy:.0%} right")
# axes.set_xlabel("largest probability")
# axes.set_ylabel("pictures")
# axes.legend()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "categorical_nll_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · The loss: negative log-likelihood
#
# Soon the network will not return an array of probabilities but a **distribution object** $p(\cdot \mid x)$ that can be asked how
# plausible a target is. The natural loss of a pair $(x_i, y_i)$ is
#
# $$\ell_i = -\log p(y_i \mid x_i).$$
#
# If $p(\cdot \mid x_i)$ is categorical with probabilities $\pi_{ik}$ and the target is one-hot, this is an old friend: $\ell_i = -\sum_k y_{ik} \log \pi_{ik}$, the cross-entropy.
#
# **Write** `categorical_nll(targets, distribution)`.
#
# * `targets`: `float32` one-hot array $(B, K)$.
# * `distribution`: a `tfd.OneHotCategorical` with batch shape $(B,)$ and event shape $(K,)$, made from logits or from probabilities.
# * Returns the loss of **every example**: `float32`, shape $(B,)$. Nothing is averaged: `tf_keras` takes the mean over the batch itself.
# * The result is right even where a probability is too small for `float32`: the distribution works with logarithms, so do not
#   take the detour over probabilities.
#
# *Example:* for the probabilities $(\tfrac12, \tfrac14, \tfrac14)$ the target $(1, 0, 0)$ costs $\log 2 \approx 0.6931$ and the target $(0, 0, 1)$ costs $\log 4 \approx 1.3863$. For the
# logits $(0, 200)$ the target $(1, 0)$ costs 200.
#
# <details><summary>Hint</summary>
#
# A distribution has a method that gives the logarithm of the density at a value. Which sign makes a likely target cheap?
# </details>

# %% nbgrader={"grade": false, "grade_id": "categorical_nll_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def categorical_nll(targets, distribution):
    """Return the negative log-likelihood of every target.

    targets: float32 one-hot (B, K). distribution: tfd.OneHotCategorical, batch shape (B,), event shape (K,).
    Returns float32 (B,).
    """
    ### BEGIN SOLUTION
    return -distribution.log_prob(targets)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "categorical_nll", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_losses = np.asarray(
    categorical_nll(np.eye(3, dtype="float32")[[0, 2]], tfd.OneHotCategorical(probs=[[0.5, 0.25, 0.25]] * 2))
)
assert example_losses.shape == (2,), "Two examples have two losses: nothing is averaged."
assert np.allclose(example_losses, [np.log(2), np.log(4)]), "The losses of the example are log 2 and log 4."

# %% [markdown] nbgrader={"grade": false, "grade_id": "categorical_convnet_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · A network that returns a distribution
#
# A layer of `tfpl` such as `tfpl.OneHotCategorical` takes the numbers of the layer before as the parameters of a distribution, and passes the *distribution* on.
# Calling the model then gives an object with `log_prob`, `mean`, `sample`, and the loss of question 2 can be applied to it directly.
#
# This object is a chameleon: where TensorFlow wants a plain array, for instance in `model.predict` or in the metric `"accuracy"`, it turns itself into
# one. By default it does so by **drawing a sample**, so that predictions would change from call to call. We want the most probable class instead, the *mode*.
#
# **Write** `categorical_convnet(input_shape, num_classes, loss, optimizer, metrics)`.
#
# * Arguments as in question 1. Returns a **compiled** `tf_keras` model with its weights: the layers of question 1, except that
#   the dense layer is **linear**, followed by a one-hot categorical distribution over $K$ classes.
# * Calling the model on pictures $(B, H, W, C)$ gives a distribution with batch shape $(B,)$ and event shape $(K,)$, whose **logits** are the
#   outputs of the dense layer.
# * Converted to a tensor, the distribution gives its mode: `float32` rows $(B, K)$ with a single 1 at the most probable class, the same at every call.
#
# *Example:* `categorical_convnet((8, 8, 1), 10, …)` has 210 parameters, like the plain network. Give both the same weights, and the loss of question 2 equals the cross-entropy of the
# plain network's probabilities.
#
# > **A silent trap.** The layer takes *logits*, any real numbers, and applies the softmax itself. With a softmax before it, everything runs and even
# > learns a little, but no probability can ever exceed $e / (e + K - 1)$, which is 0.23 for ten classes.
#
# <details><summary>Hint</summary>
#
# `tfpl.OneHotCategorical(event_size, convert_to_tensor_fn=…)` takes a function of the distribution. `tfd.Distribution.mode` is one.
# </details>

# %% nbgrader={"grade": false, "grade_id": "categorical_convnet_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    """Return a compiled convolutional network whose output is a one-hot categorical distribution.

    input_shape: (H, W, C). num_classes: K. loss, optimizer, metrics: for compiling.
    Returns a tf_keras model (B, H, W, C) -> distribution, batch (B,), event (K,); as a tensor it is its mode.
    """
    ### BEGIN SOLUTION
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
            tfpl.OneHotCategorical(num_classes, convert_to_tensor_fn=tfd.Distribution.mode),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "categorical_convnet", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_net = categorical_convnet(
    (8, 8, 1), 10, lambda y, p: -p.log_prob(y), tf_keras.optimizers.Adam(), ["accuracy"]
)
assert example_net.count_params() == 210, "The network has as many parameters as the plain one: 210."
example_output = example_net(np.ones((3, 8, 8, 1), "float32"))
assert isinstance(example_output, tfd.Distribution), "Calling the model gives a distribution."
assert example_output.batch_shape == (3,), "Three pictures give three distributions: the batch shape is (3,)."
assert example_output.event_shape == (10,), "One event is a one-hot row of 10 numbers."
example_row = np.asarray(tf.convert_to_tensor(example_output))
assert np.array_equal(np.sort(example_row, axis=1), [[0] * 9 + [1]] * 3), "As a tensor, each row holds a single 1."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "aleatoric_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Train it with your loss. Left: what it says about some spattered digits. Right: the entropy of its answers.
# tf_keras.utils.set_random_seed(1)
# net = categorical_convnet((8, 8, 1), 10, categorical_nll, tf_keras.optimizers.Adam(0.01), ["accuracy"])
# net.fit(train_x, train_y, epochs=15, batch_size=50, verbose=0)
#
# figure, axes = plt.subplots(2, 6, figsize=(9, 2.6), gridspec_kw={"height_ratios": [1, 1]})
# for column, index in enumerate(range(20, 26)):
#     axes[0, column].imshow(spatter_x[index, ..., 0], cmap="gray_r", vmin=0, vmax=1)
#     axes[0, column].axis("off")
#     axes[1, column].bar(range(10), net(spatter_x[index : index + 1]).mean().numpy()[0])
#     axes[1, column].set_ylim(0, 1)
#     axes[1, column].set_title(f"truth: {clean_y[index].argmax()}", fontsize=8)
# plt.tight_layout()
# plt.show()
#
# figure, axes = plt.subplots(figsize=(5, 3))
# for images, name in ((clean_x, "clean"), (spatter_x, "spattered")):
#     axes.hist(net(images).entropy().numpy(), bins=np.linspace(0, 2.3, 24), alpha=0.6, label=name)
# axes.set_xlabel("entropy of the answer (nats); certain = 0, clueless = 2.3")
# axes.legend()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "bayesian_convolution_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · A convolution with uncertain weights
#
# Now to the doubt about the weights. *Variational inference* keeps for every weight $w_j$ a normal distribution instead of a number,
# the **posterior** $q(w_j) = \mathcal N(\mu_j, \sigma_j^2)$, and trains $\mu_j$ and $\sigma_j$. A second distribution $p(w)$, the **prior**, says what weights one expects before seeing data. The
# loss gets a term that keeps the posterior near the prior; for a standard-normal prior it is
#
# $$\operatorname{KL}(q \,\|\, p) = \tfrac12 \sum_j \left( \sigma_j^2 + \mu_j^2 - 1 - 2 \ln \sigma_j \right).$$
#
# The negative log-likelihood is a *mean* over the $N$ training examples, so this term has to be divided by $N$ as well. That is why the divergence is an argument: whoever
# calls your function knows $N$.
#
# **Write** `bayesian_convolution(input_shape, filters, divergence)`.
#
# * `input_shape`: the tuple $(H, W, C)$; `filters`: the number of filters.
# * `divergence`: a function of three arguments $(q, p, \_)$: posterior, prior, and a third one that it ignores; it returns a scalar. It serves the kernel **and** the bias.
# * Returns a `tfpl.Convolution2DReparameterization` layer, 3×3, `valid` padding, relu. It knows its input shape: a `tf_keras.Sequential` that begins with it has its weights at once.
# * Kernel and bias each have a posterior of **independent normals with learned means and learned deviations** (mean-field; not *singular*, which would mean that all probability sits on one value) and a **standard-normal prior**.
# * The layer contributes **two** losses to its model: `divergence` of the kernel, then `divergence` of the bias.
#
# *Example:* 4 filters on 1 channel need $9 \cdot 4 + 4 = 40$ weights, so the layer has 80 parameters. (If you count 76, the bias is still a plain number.)
#
# > **A silent trap.** By default this layer treats kernel and bias differently: the kernel is uncertain, the bias is not and has no prior at all. Nothing complains.
#
# In a Keras model, `model.losses` is a list of symbolic placeholders until the model has been called on data.
#
# <details><summary>Hint</summary>
#
# Look at the signature with `help(tfpl.Convolution2DReparameterization)`: the arguments that begin with `kernel_` have twins that begin with `bias_`.
# `tfpl.default_mean_field_normal_fn(is_singular=False)` and `tfpl.default_multivariate_normal_fn` are the two distributions you need. (The first is called to make a function, the second *is* one.)
# </details>

# %% nbgrader={"grade": false, "grade_id": "bayesian_convolution_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bayesian_convolution(input_shape, filters, divergence):
    """Return a 3×3 relu convolution whose kernel and bias are normal distributions.

    input_shape: (H, W, C). filters: number of filters. divergence: function (q, p, _) -> scalar.
    Returns a tfpl.Convolution2DReparameterization layer that knows its input shape.
    """
    ### BEGIN SOLUTION
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        activation="relu",
        input_shape=input_shape,
        kernel_divergence_fn=divergence,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
        bias_divergence_fn=divergence,
    )
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "bayesian_convolution", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_model = tf_keras.Sequential(
    [bayesian_convolution((8, 8, 1), 4, lambda q, p, _: tfd.kl_divergence(q, p) / 1400)]
)
assert example_model.built, "The layer knows its input shape, so the model has its weights at once."
assert example_model.count_params() == 80, "4 filters on 1 channel have 80 parameters: 2 for each of 36 + 4 weights."
example_passes = [np.asarray(example_model(np.ones((2, 8, 8, 1), "float32"))) for _ in range(2)]
assert example_passes[0].shape == (2, 6, 6, 4), "8×8 pictures give 6×6 outputs with 4 channels."
assert not np.allclose(*example_passes), "Two passes draw different weights."
assert len(example_model.losses) == 2, "Kernel and bias contribute one divergence each."

# %% [markdown] nbgrader={"grade": false, "grade_id": "spike_and_slab_prior_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · A prior that likes zeros
#
# A standard normal says: weights are of size 1, more or less. Often a better guess is: *most weights hardly matter, a few matter a lot.*
# The **spike-and-slab** prior says so with a mixture. For every weight a fair coin chooses between a narrow normal, the spike, and a wide one, the slab:
#
# $$p(w_j) = \tfrac12\, \mathcal N(w_j;\, 0,\, 0.1^2) + \tfrac12\, \mathcal N(w_j;\, 0,\, 1.5^2), \qquad p(w) = \prod_{j=1}^{n} p(w_j).$$
#
# Note the product: **every weight has its own coin**. A dense layer in the next question will ask for the prior of all its weights at once, kernel and bias in one vector.
#
# **Write** `spike_and_slab_prior(kernel_size, bias_size, dtype=None)`.
#
# * `kernel_size`, `bias_size`: how many numbers the kernel and the bias have; $n$ is their sum. `bias_size` may be 0.
# * `dtype`: a TensorFlow dtype such as `tf.float64`; `None` means `float32`.
# * Returns a **callable** of one argument, which it ignores (the layer passes its inputs), that returns the distribution $p$: batch shape `()`, event shape $(n,)$, of this dtype. A
#   `tf_keras` model is as good as a function.
# * Nothing in it is trainable.
#
# *Example:* $n = 1$: the log-probability is $0.755038$ at $0$ and $-2.239773$ at $1$. For $n = 5$ the log-probability of five zeros is $5 \cdot 0.755038$. The variance of every weight is $\tfrac12 (0.1^2 + 1.5^2) = 1.13$.
#
# <details><summary>Hint</summary>
#
# Build the mixture for a *single* weight first, with `tfd.MixtureSameFamily`. `tfd.Sample(distribution, n)` makes one event of $n$ independent draws from it; so does `tfd.Independent` around a
# batch of $n$ mixtures.
# </details>

# %% nbgrader={"grade": false, "grade_id": "spike_and_slab_prior_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    """Return a callable that gives the spike-and-slab distribution of kernel_size + bias_size weights.

    Per weight: ½ N(0, 0.1²) + ½ N(0, 1.5²). dtype: None means float32.
    The callable takes one argument, which it ignores, and returns a distribution, batch (), event (n,).
    """
    ### BEGIN SOLUTION
    zeros = tf.zeros(2, dtype or tf.float32)
    one_weight = tfd.MixtureSameFamily(
        tfd.Categorical(logits=zeros), tfd.Normal(zeros, tf.constant([0.1, 1.5], zeros.dtype))
    )
    distribution = tfd.Sample(one_weight, kernel_size + bias_size)
    return lambda inputs: distribution
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "spike_and_slab_prior", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_prior = spike_and_slab_prior(3, 2)(None)
assert example_prior.event_shape == (5,), "3 numbers in the kernel and 2 in the bias are one event of 5 weights."
assert example_prior.batch_shape == (), "The prior is one distribution: its batch shape is ()."
assert np.allclose(example_prior.log_prob(np.zeros(5, "float32")), 5 * 0.755038, atol=1e-4), (
    "Five zeros have the log-probability 5 · 0.755."
)
assert np.allclose(example_prior.log_prob(np.ones(5, "float32")), 5 * -2.239773, atol=1e-4), (
    "Five ones have the log-probability 5 · (-2.240)."
)

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "prior_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # The density of one weight, beside the standard normal of question 4.
# weight = np.linspace(-3, 3, 601).astype("float32")
# spike_and_slab = spike_and_slab_prior(1, 0)(None).prob(weight[:, None])
# figure, axes = plt.subplots(figsize=(5, 3))
# axes.plot(weight, spike_and_slab, label="spike and slab")
# axes.plot(weight, tfd.Normal(0.0, 1.0).prob(weight), label="standard normal")
# axes.set_xlabel("weight")
# axes.set_ylabel("density")
# axes.legend()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "bayesian_dense_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · A dense layer with this prior
#
# `tfpl.DenseVariational` leaves both distributions to you. It asks two functions for them, each called as `fn(kernel_size, bias_size, dtype)` when the layer is built, and each returning a callable
# from the layer's inputs to a distribution over all the weights: the prior of question 5 is one of them. The other one is the posterior, and that has to be **learned**.
#
# Between normals and a mixture the divergence has no closed form. But it is an expectation, and the layer has a draw $w \sim q$ in its hands anyway:
#
# $$\operatorname{KL}(q \,\|\, p) = \mathbb E_{w \sim q}\left[ \log q(w) - \log p(w) \right] \approx \log q(w) - \log p(w).$$
#
# **Write** two functions in one cell.
#
# `mean_field_gaussian(kernel_size, bias_size, dtype=None)`
#
# * $n$ = `kernel_size + bias_size`. Returns a `tf_keras` model (or another callable with `trainable_variables`) of one argument, which it ignores, that returns a distribution with batch shape `()` and event shape $(n,)$: $n$ **independent normals**.
# * The distribution comes from a layer of `tfpl`. Only such a distribution turns itself into a tensor, a draw, and that is how the dense layer gets its weights.
# * It has exactly $2n$ trainable numbers: $n$ for the means and $n$ from which the $n$ deviations are made. The deviations are made from their numbers by a function such as softplus, so that training cannot make one negative.
#   All of them start at finite values of your choice.
# * `dtype`: the dtype of the trainable numbers, such as `tf.float64`; `None` means `float32`. Only the numbers are looked at, the distribution may have another dtype.
#
# `bayesian_dense(units, prior_fn, posterior_fn, kl_weight)`
#
# * Returns a `tfpl.DenseVariational` layer with `units` linear units and a bias, which gets its prior and posterior from the two functions.
# * It contributes one loss to its model: the **sampled** divergence above times `kl_weight`.
#
# *Example:* `mean_field_gaussian(16 * 10, 10)` has $2 \cdot 170 = 340$ trainable numbers. With the 80 of question 4 that makes a network with 420: twice as many as the plain one, a mean and a deviation for every weight.
#
# <details><summary>Hint</summary>
#
# `tfpl.VariableLayer(size, dtype=…)` gives `size` trainable numbers whatever comes in, and `tfpl.IndependentNormal(n)` makes a distribution from `tfpl.IndependentNormal.params_size(n)` numbers, softplus included.
# Check which function `DenseVariational` wants first, or name the arguments.
# </details>

# %% nbgrader={"grade": false, "grade_id": "bayesian_dense_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    """Return a model that gives a learned distribution of kernel_size + bias_size independent normals.

    dtype: of the 2 n trainable numbers; None means float32.
    The model takes one argument, which it ignores, and returns a distribution, batch (), event (n,).
    """
    ### BEGIN SOLUTION
    n = kernel_size + bias_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n, dtype=dtype), tfpl.IndependentNormal(n)])
    ### END SOLUTION


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    """Return a linear tfpl.DenseVariational layer with sampled divergence, weighted by kl_weight."""
    ### BEGIN SOLUTION
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "bayesian_dense", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_posterior = mean_field_gaussian(4, 2)
example_weights = example_posterior(tf.zeros((1, 2)))
assert example_weights.event_shape == (6,), "4 numbers in the kernel and 2 in the bias are one event of 6 weights."
assert sum(int(tf.size(v)) for v in example_posterior.trainable_variables) == 12, (
    "6 weights need 12 trainable numbers: a mean and a deviation each."
)


def example_prior_fn(kernel_size, bias_size, dtype=None):
    """Give a standard-normal prior."""
    return lambda inputs: tfd.Sample(tfd.Normal(0.0, 1.0), kernel_size + bias_size)


example_layer = bayesian_dense(2, example_prior_fn, mean_field_gaussian, 0.01)
example_passes = [np.asarray(example_layer(np.ones((3, 2), "float32"))) for _ in range(2)]
assert example_passes[0].shape == (3, 2), "Three examples and 2 units give an output of shape (3, 2)."
assert not np.allclose(*example_passes), "Two passes draw different weights."
assert len(example_layer.losses) == 1, "The layer contributes one loss, the weighted divergence."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "bayesian_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # The Bayesian network. Every pass draws new weights: where 50 passes disagree, the network has not seen enough.
# tf_keras.utils.set_random_seed(1)
# bayesian = tf_keras.Sequential(
#     [
#         bayesian_convolution((8, 8, 1), 4, lambda q, p, _: tfd.kl_divergence(q, p) / len(train_x)),
#         tf_keras.layers.MaxPooling2D(3),
#         tf_keras.layers.Flatten(),
#         bayesian_dense(10, spike_and_slab_prior, mean_field_gaussian, 1 / len(train_x)),
#         tfpl.OneHotCategorical(10, convert_to_tensor_fn=tfd.Distribution.mode),
#     ]
# )
# print(bayesian.count_params(), "parameters")
# bayesian.compile(loss=categorical_nll, optimizer=tf_keras.optimizers.Adam(0.01))
# bayesian.fit(train_x, train_y, epochs=60, batch_size=50, verbose=0)  # some seconds: doubt takes longer to learn
#
# answers = {
#     name: np.stack([bayesian(images).mean().numpy() for _ in range(50)])  # (passes, pictures, classes)
#     for name, images in (("clean", clean_x), ("spattered", spatter_x))
# }
# figure, axes = plt.subplots(2, 6, figsize=(9, 3))
# for column, index in enumerate(range(20, 26)):
#     axes[0, column].imshow(spatter_x[index, ..., 0], cmap="gray_r", vmin=0, vmax=1)
#     axes[0, column].axis("off")
#     low, middle, high = np.percentile(answers["spattered"][:, index], [5, 50, 95], axis=0)
#     axes[1, column].bar(range(10), high - low, bottom=low, alpha=0.5)  # where 90 % of the passes lie
#     axes[1, column].plot(range(10), middle, "k_")
#     axes[1, column].set_ylim(0, 1)
#     axes[1, column].set_title(f"truth: {clean_y[index].argmax()}", fontsize=8)
# plt.tight_layout()
# plt.show()
#
# figure, axes = plt.subplots(figsize=(5, 3))
# for name, passes in answers.items():
#     right = np.mean(passes.mean(axis=0).argmax(axis=1) == clean_y.argmax(axis=1))
#     axes.hist(passes.std(axis=0).max(axis=1), bins=30, alpha=0.6, label=f"{name}: {right:.0%} right")
# axes.set_xlabel("largest spread of a class probability over 50 passes")
# axes.legend()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# * Sort the spattered digits by the spread over the passes and refuse to answer for the worst tenth. How much does the accuracy of the others rise?
# * Train all three networks on 100 pictures only. Which of them still knows that it does not know?
# * Replace the spike-and-slab prior by a standard normal and draw histograms of the posterior means. Which prior leaves more of them near 0?
#
# In the next assignment, `probabilistic_w3_realnvp`, you learn the distribution of the *pictures*.
