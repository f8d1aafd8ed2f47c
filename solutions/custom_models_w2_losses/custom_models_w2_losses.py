# ---
# jupyter:
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

# %% [markdown] nbgrader={"grade": false, "grade_id": "title_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Custom models, week 2 · Your own losses
#
# The loss is the only thing a network ever hears from you. Whatever it does not mention, the network does not
# learn; whatever it exaggerates, the network chases. One outlier under a squared loss can pull a whole line towards
# itself, and "these two pictures show the same person" cannot be said with a ready-made loss at all. So it pays to
# be able to write the sentence yourself.
#
# **You will build**
#
# 1. a loss as a plain **function**: the root of the mean squared error;
# 2. a loss with a parameter, as a **closure**: the Huber loss with a threshold of your choice;
# 3. the same as a **class** that Keras can configure, reduce and save;
# 4. a loss that compares **pairs**: the contrastive loss;
# 5. a fit of a straight line with **any** loss that is handed in.
#
# Use TensorFlow operations (`tf.…`) or `keras.ops` for all computation, so that Keras can differentiate your losses
# and run them inside a graph. The functions use nothing but their arguments, and no question needs your answer to
# another one. The checks below each question show only the example of the text; grading tries other sizes,
# parameters and edge cases.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import keras
import numpy as np
import tensorflow as tf

# %% [markdown] nbgrader={"grade": false, "grade_id": "rmse_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · A loss is a function
#
# The simplest loss is a function `loss(y_true, y_pred)`, always in this order: targets first, predictions second.
# The mean squared error of house prices comes in squared dollars, which nobody can picture. Its root is in dollars
# again:
#
# $$
# \operatorname{RMSE}(y, \hat y) = \sqrt{\frac1N \sum_{i=1}^{N} (y_i - \hat y_i)^2}
# $$
#
# First average over **all** $N$ entries, then take the root, once.
#
# A trap waits in the shapes. A network with one output predicts $(n, 1)$; targets often come as $(n,)$. Subtract
# one from the other and broadcasting makes an $(n, n)$ table of all differences, silently, and the loss is wrong.
# So bring both to one shape first. Another trap are integer targets: TensorFlow refuses to mix them with floats,
# and converting the *predictions* to integers would cut off their decimals.
#
# **Write** `root_mean_squared_error(y_true, y_pred)`.
#
# * `y_pred`: float32 tensor of any shape, with $N \ge 1$ entries.
# * `y_true`: tensor of floats or integers with as many entries in the same order; its shape may differ by an axis
#   of length 1, on either side.
# * Returns the RMSE as a float32 scalar (shape `()`), differentiable with respect to `y_pred`.
# * Without any error the result is 0, or at most 0.0004: you may add a tiny constant under the root (up to
#   $10^{-7}$), because the slope of $\sqrt{\cdot}$ is infinite at zero and would give NaN gradients.
#
# *Example.* Targets $(1, 2, 4, 0)$ and predictions $(2, 4, 4, 3)$ have squared errors $1, 4, 0, 9$ with mean $3.5$,
# so the answer is $\sqrt{3.5} \approx 1.870829$. The same targets as a column of shape $(4, 1)$ give the same.
#
# <details><summary>Hint</summary>
#
# `tf.reshape(y_true, tf.shape(y_pred))` gives the targets the shape of the predictions, and `tf.cast(…,
# y_pred.dtype)` their dtype.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "rmse_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def root_mean_squared_error(y_true, y_pred):
    """Compute the root of the mean squared error over all entries.

    Args:
        y_true: tensor with as many entries as `y_pred`, floats or integers.
        y_pred: float32 tensor of any shape.

    Returns:
        float32 scalar tensor.
    """
    ### BEGIN SOLUTION
    y_true = tf.cast(tf.reshape(y_true, tf.shape(y_pred)), y_pred.dtype)
    return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred)) + 1e-12)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "rmse", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(
    root_mean_squared_error(tf.constant([1.0, 2.0, 4.0, 0.0]), tf.constant([2.0, 4.0, 4.0, 3.0])), 1.870829
), "The example of the text gives the root of 3.5, about 1.870829."
assert np.isclose(
    root_mean_squared_error(tf.constant([[1.0], [2.0], [4.0], [0.0]]), tf.constant([2.0, 4.0, 4.0, 3.0])), 1.870829
), "Targets as a column have to give the same value, 1.870829. (2.263846 is what broadcasting makes of it.)"

# %% [markdown] nbgrader={"grade": false, "grade_id": "huber_factory_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · A loss with a parameter: the closure
#
# Squared errors make one wild outlier outweigh a hundred good points. Absolute errors do not, but they have a kink
# where the error is zero. The **Huber loss** takes the best of both: a parabola for small errors, straight lines
# beyond a threshold $\delta$. With $e = y - \hat y$:
#
# $$
# h_\delta(e) = \begin{cases} \tfrac12 e^2 & \text{if } |e| \le \delta \\[2pt] \delta\left(|e| - \tfrac12 \delta\right) & \text{if } |e| > \delta \end{cases}
# $$
#
# At $|e| = \delta$ both formulas give $\tfrac12\delta^2$ and both have slope $\delta$: the pieces join smoothly.
#
# Keras calls a loss with two arguments, so where does $\delta$ go? Into a function that *makes* the loss. The inner
# function remembers the $\delta$ it was born with; such a function is called a **closure**.
#
# **Write** `make_huber(delta)`.
#
# * `delta`: positive Python float.
# * Returns a function `loss(y_true, y_pred)` for two float32 tensors of one shape $(\dots, d)$. It gives the mean
#   of $h_\delta$ over the **last** axis: a float32 tensor of shape $(\dots)$, one value per example. (Keras
#   averages over the examples itself.)
# * Several losses with different $\delta$ can be in use side by side, each with its own.
#
# *Example.* For errors $(0.2, -0.5, 1, -3)$ in one row and $\delta = 1$ the values are $0.02, 0.125, 0.5, 2.5$ with
# mean $0.78625$. For $\delta = \tfrac12$ they are $0.02, 0.125, 0.375, 1.375$ with mean $0.47375$.
#
# <details><summary>Hint</summary>
#
# Compute both pieces for every entry and let `tf.where(condition, one, other)` choose. A Python `if` cannot: each
# entry decides for itself.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "huber_factory_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_huber(delta):
    """Make a Huber loss with threshold `delta`.

    Args:
        delta: positive float, where the parabola turns into straight lines.

    Returns:
        A function (y_true, y_pred) -> mean Huber loss over the last axis,
        for float32 tensors (..., d); the result has shape (...).
    """
    ### BEGIN SOLUTION
    def huber(y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        small = 0.5 * tf.square(error)
        large = delta * (error - 0.5 * delta)
        return tf.reduce_mean(tf.where(error <= delta, small, large), axis=-1)

    return huber
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "huber_factory", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.allclose(make_huber(1.0)(tf.zeros((1, 4)), tf.constant([[0.2, -0.5, 1.0, -3.0]])), [0.78625]), (
    "One row with errors (0.2, -0.5, 1, -3) and delta 1 gives the mean 0.78625, in an array of shape (1,)."
)
assert np.shape(make_huber(1.0)(tf.zeros((3, 4)), tf.ones((3, 4)))) == (3,), (
    "Three rows give three values, one per example: the mean runs over the last axis only."
)
assert np.allclose(make_huber(0.5)(tf.zeros((1, 4)), tf.constant([[0.2, -0.5, 1.0, -3.0]])), [0.47375]), (
    "The same errors with delta 0.5 give the mean 0.47375."
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "shapes_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# What does a loss look like? Plot it over a single error. How steep the curve is says how hard the point with this
# error pulls at the weights.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "shapes_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# import matplotlib.pyplot as plt
#
# errors = tf.linspace(-4.0, 4.0, 401)[:, None]
# plt.figure(figsize=(6, 3.5))
# plt.plot(errors, 0.5 * errors**2, "k:", label="half the square")
# for delta in (0.5, 1.0, 2.0):
#     plt.plot(errors, make_huber(delta)(tf.zeros_like(errors), errors), label=f"Huber, delta = {delta}")
# plt.ylim(0, 6)
# plt.xlabel("error")
# plt.ylabel("loss")
# plt.legend()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "huber_loss_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · A loss as a class
#
# A closure cannot be saved with a model: nobody can look up which $\delta$ it holds. A subclass of
# `keras.losses.Loss` can. It divides the work between you and the base class:
#
# | you write | the base class does |
# |---|---|
# | `__init__`: keep your parameters, hand the rest on to `super().__init__` | keeps `name` and `reduction` |
# | `call(y_true, y_pred)`: one value **per example** | when the object is *called*, converts the inputs to float32, runs `call` and applies the reduction |
# | `get_config()`: everything that `__init__` needs, as a dict | rebuilds the loss with `from_config(config)` |
#
# The reduction says what becomes of the $B$ values: `"sum_over_batch_size"` (the default) is their mean, `"sum"`
# their sum, and `"none"` leaves them alone.
#
# **Write** the class `HuberLoss`.
#
# * `HuberLoss(delta=1.0, **kwargs)`: `delta` is a positive float; `kwargs` are the keyword arguments of the base
#   class (`name`, `reduction`) and have to take effect.
# * `call(y_true, y_pred)`: float32 tensors $(B, d)$ to float32 $(B,)$, the mean of $h_\delta$ of question 2 over
#   the last axis. No reduction over the batch in here.
# * `get_config()`: the dict of the base class with the entry `"delta"` added, a plain number.
#   `HuberLoss.from_config(loss.get_config())` has to be an equal loss: same threshold, same reduction.
# * It has to work in `model.compile(loss=HuberLoss(…))`.
#
# *Example.* For two rows with errors $(0.2, -0.5)$ and $(1, -3)$ and $\delta = 1$, `call` gives $(0.0725, 1.5)$. So
# the loss is $0.78625$ by default, $1.5725$ with `reduction="sum"` and $(0.0725, 1.5)$ with `reduction="none"`.
#
# <details><summary>Hint</summary>
#
# In `get_config`, start from `super().get_config()` and add your own entry to it. And write the Huber formula once
# more here: your class should work even where `make_huber` is not at hand.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "huber_loss_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class HuberLoss(keras.losses.Loss):
    """Huber loss with threshold `delta`, as a configurable Keras loss.

    Args:
        delta: positive float, where the parabola turns into straight lines.
        **kwargs: keyword arguments of `keras.losses.Loss` (`name`, `reduction`).
    """

    def __init__(self, delta=1.0, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.delta = delta
        ### END SOLUTION

    def call(self, y_true, y_pred):
        """Return the mean Huber loss of each example: (B, d) to (B,)."""
        ### BEGIN SOLUTION
        error = tf.abs(y_true - y_pred)
        small = 0.5 * tf.square(error)
        large = self.delta * (error - 0.5 * self.delta)
        return tf.reduce_mean(tf.where(error <= self.delta, small, large), axis=-1)
        ### END SOLUTION

    def get_config(self):
        """Return a dict from which `from_config` can rebuild this loss."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "delta": self.delta}
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "huber_loss", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(HuberLoss(1.0)(tf.zeros((2, 2)), tf.constant([[0.2, -0.5], [1.0, -3.0]])), 0.78625), (
    "The example of the text gives the mean 0.78625 with the default reduction."
)
assert np.allclose(
    HuberLoss(1.0, reduction="none")(tf.zeros((2, 2)), tf.constant([[0.2, -0.5], [1.0, -3.0]])), [0.0725, 1.5]
), "With reduction='none' there is one value per example: 0.0725 and 1.5."
assert HuberLoss(delta=0.3).get_config()["delta"] == 0.3, "The configuration has to hold the threshold, here 0.3."

# %% [markdown] nbgrader={"grade": false, "grade_id": "contrastive_loss_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · A loss for pairs
#
# A *siamese* network looks at two pictures and returns a distance $d \ge 0$ between them. It should be small if
# both show the same thing and large if not. The **contrastive loss** says it like this, with $y = 1$ for a pair of
# the **same** kind and $y = 0$ for a pair of different kinds:
#
# $$
# c(y, d) = y\, d^2 + (1 - y)\, \max(m - d,\, 0)^2
# $$
#
# Same pairs are pulled together, whatever their distance. Different pairs are pushed apart, but only until they are
# the **margin** $m$ away from each other; beyond it they cost nothing, for it is far enough.
#
# **Write** the class `ContrastiveLoss`, a subclass of `keras.losses.Loss`.
#
# * `ContrastiveLoss(margin=1.0, **kwargs)`: `margin` is a positive float, `kwargs` go to the base class. (A
#   `get_config` as in question 3 would be good style; it is not asked for here.)
# * The object is called with `y_true`, the labels 0 or 1 as integers or floats, and `y_pred`, the distances
#   (float32). Each comes as $(B,)$ or as $(B, 1)$, and the two need not have the same form: every label belongs to
#   the distance at its place.
# * With the default reduction the result is the mean of $c$ over all $B$ pairs, a float32 scalar.
#
# *Example.* For $y = (1, 0, 0)$, $d = (0.5, 0.4, 2)$ and margin 1 the values are $0.25, 0.36, 0$ with mean
# $0.203333$. With margin 2 they are $0.25, 2.56, 0$ with mean $0.936667$.
#
# <details><summary>Hint</summary>
#
# The base class converts the labels to float32 before `call`, but it does not bring labels and distances to one
# shape. Let `call` return one value per pair; the mean over the pairs is the reduction's job.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "contrastive_loss_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class ContrastiveLoss(keras.losses.Loss):
    """Contrastive loss for pairs: label 1 for the same kind, 0 for different kinds.

    Args:
        margin: positive float, the distance from which different pairs cost nothing.
        **kwargs: keyword arguments of `keras.losses.Loss` (`name`, `reduction`).
    """

    def __init__(self, margin=1.0, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.margin = margin
        ### END SOLUTION

    def call(self, y_true, y_pred):
        """Return the loss of every pair from labels and distances, each (B,) or (B, 1)."""
        ### BEGIN SOLUTION
        distance = tf.reshape(y_pred, (-1,))
        same = tf.cast(tf.reshape(y_true, (-1,)), distance.dtype)
        missing = tf.maximum(self.margin - distance, 0.0)
        return same * tf.square(distance) + (1.0 - same) * tf.square(missing)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "contrastive_loss", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(
    ContrastiveLoss(margin=1.0)(tf.constant([1.0, 0.0, 0.0]), tf.constant([0.5, 0.4, 2.0])), 0.203333, atol=1e-5
), "The example of the text gives the mean 0.203333 with margin 1."
assert np.isclose(
    ContrastiveLoss(margin=2.0)(tf.constant([1, 0, 0]), tf.constant([0.5, 0.4, 2.0])), 0.936667, atol=1e-5
), "Integer labels and margin 2 give the mean 0.936667."

# %% [markdown] nbgrader={"grade": false, "grade_id": "line_fit_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Any loss, one line
#
# Now put losses to work. A single neuron is a straight line $\hat y = w x + b$. Gradient descent moves it downhill
# on the loss $L$:
#
# $$
# w \leftarrow w - \eta\, \frac{\partial L}{\partial w}, \qquad b \leftarrow b - \eta\, \frac{\partial L}{\partial b}
# $$
#
# where $L$ is the loss over **all** points (*full batch*), so that every step sees all of them and the
# way downhill is the same on every run.
#
# **Write** `fit_line(loss, x, y, steps, learning_rate)`.
#
# * `loss`: a function `loss(y_true, y_pred)` that returns a scalar or one value per example, or a
#   `keras.losses.Loss` object. A scalar is minimised as it is; if the loss gives one value per example, their mean is minimised.
# * `x`, `y`: float32 NumPy arrays $(n, 1)$, with any $n \ge 1$.
# * `steps`: the number of descent steps, an int from 1; `learning_rate`: the float $\eta$.
# * Returns a Keras model with one `Dense` layer of one unit (weight and bias, no activation) that maps $(n, 1)$ to
#   $(n, 1)$. It starts at $w = b = 0$ and is trained by plain SGD (no momentum) with exactly `steps` steps, each on
#   all $n$ points. Whether it is compiled does not matter. Print nothing.
#
# *Example.* Take the line $y = 3x + 2$ at $x = -2, -1, \dots, 5$, the mean squared error and $\eta = 0.05$. At the
# start all predictions are 0 and the gradient is $\bigl(-2\,\overline{xy},\; -2\,\overline{y}\bigr) = (-51, -13)$,
# so after one step $w = 2.55$ and $b = 0.65$. After two steps $w = 3.09$ and $b = 0.8525$.
#
# <details><summary>Hint</summary>
#
# With `fit`, one epoch makes one step if the batch holds all points; the default `batch_size` is 32, and there may
# be more points than that. A loop with `tf.GradientTape` does as well. `kernel_initializer="zeros"` starts the
# weight at zero.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "line_fit_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit_line(loss, x, y, steps, learning_rate):
    """Fit a straight line by full-batch gradient descent, starting at zero.

    Args:
        loss: function (y_true, y_pred) or `keras.losses.Loss` object.
        x: float32 array (n, 1).
        y: float32 array (n, 1).
        steps: number of descent steps.
        learning_rate: size of the steps.

    Returns:
        The fitted Keras model with one Dense unit.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=learning_rate), loss=loss)
    model.fit(x, y, epochs=steps, batch_size=len(x), shuffle=False, verbose=0)
    return model
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "line_fit", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.allclose(
    np.ravel(
        fit_line(
            keras.losses.MeanSquaredError(),
            np.arange(-2, 6, dtype="float32")[:, None],
            3 * np.arange(-2, 6, dtype="float32")[:, None] + 2,
            steps=2,
            learning_rate=0.05,
        )(tf.constant([[0.0], [1.0]]))
    ),
    [0.8525, 3.9425],
    atol=1e-4,
), "After two steps weight and bias are 3.09 and 0.8525, so the line is at 0.8525 for x = 0 and at 3.9425 for x = 1."

# %% [markdown] nbgrader={"grade": false, "grade_id": "outlier_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## What the choice changes
#
# On clean points all three losses want the same line, $y = 3x + 2$, which is at 32 for $x = 10$. The mean squared error
# is there after 100 steps (32.00), the other two nearly. Now spoil a single point. Before you run the cell: which
# lines give way to it, and which one hardly notices?

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "outlier_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# import matplotlib.pyplot as plt
#
# x = np.arange(-2, 6, dtype="float32")[:, None]
# clean = 3 * x + 2
# spoilt = clean.copy()
# spoilt[6] -= 15
# losses = {
#     "mean squared error": keras.losses.MeanSquaredError(),
#     "RMSE": root_mean_squared_error,
#     "Huber, delta = 1": HuberLoss(1.0),
# }
# figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True)
# ends = np.array([[-2.0], [10.0]], "float32")
# for axis, y, title in zip(axes, (clean, spoilt), ("clean points", "one spoilt point")):
#     axis.plot(x, y, "ko")
#     for name, loss in losses.items():
#         line = np.asarray(fit_line(loss, x, y, steps=100, learning_rate=0.05)(ends))
#         axis.plot(ends, line, label=f"{name}: {line[-1, 0]:.2f} at x = 10")
#     axis.set(title=title, xlabel="x")
#     axis.legend()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# * Let all three fits of the clean points run for 300 steps instead of 100. The Huber line arrives; why did it need
#   longer than the squared error? The RMSE line does not come any closer; what does its slope do near the goal, and
#   what would a smaller learning rate change?
# * Save a model compiled with `HuberLoss(0.5)` as a `.keras` file and load it again with
#   `custom_objects={"HuberLoss": HuberLoss}`. Which line of your class makes the 0.5 survive?
# * Write the asymmetric "pinball" loss $\max(\tau e, (\tau - 1) e)$ as a class. With $\tau = 0.9$, where does the
#   line end up on noisy points?
#
# You now own the losses. Next comes `custom_models_w3_layers`, where you own the layers as well.
