# ---
# jupyter:
#   gradetape:
#     datasets:
#     - breast_cancer
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

# %% [markdown] nbgrader={"grade": false, "grade_id": "intro_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A training loop of your own
#
# `model.fit` is comfortable, and it is a closed box. As soon as training needs something unusual (two optimizers, a penalty on gradients,
# a generator that plays against a critic), you open the box and write the loop yourself. There is less in it than one might fear:
#
# ```
# for every epoch:
#     reset the metrics
#     for every batch (x, y):
#         predict, compute the loss        } under a gradient tape
#         let the optimizer take one step
#         note the loss, update the metrics
#     look at the validation data, without learning from it
# ```
#
# In this assignment you will build, piece by piece,
#
# 1. **`standardised_batches`**, the data pipeline,
# 2. **`BinaryF1`**, a metric that Keras can use as if it were its own,
# 3. **`gradient_step`**, one update,
# 4. **`train_epoch`**, one pass over the training data,
# 5. **`validate`**, one look at the validation data.
#
# The check below each answer shows only the example; the contract holds for everything it says.
#
# At the end the pieces train a small network that tells malignant from benign breast tumours, by 30 measurements of cell nuclei
# (Wisconsin Diagnostic Breast Cancer data: label 0 malignant, 1 benign).
#
# Write each answer so that it stands alone: `train_epoch` should not call your `gradient_step`. Then a slip in one question costs no points in the
# next. Use only what the functions are given; none of them may rely on a variable of this notebook.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradetape import datasets

# %% [markdown] nbgrader={"grade": false, "grade_id": "standardised_batches_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 1: batches on one scale (1 point)
#
# The 30 measurements live on very different scales (an area of 600 beside a smoothness of 0.1), which makes gradient descent slow. *Standardising* puts
# every column on one scale:
#
# $$ \tilde{x}_{ij} = \frac{x_{ij} - \mu_j}{\sigma_j}, \qquad
#    \mu_j = \frac{1}{N}\sum_{i=1}^{N} x_{ij}, \qquad
#    \sigma_j = \sqrt{\frac{1}{N} \sum_{i=1}^{N} (x_{ij} - \mu_j)^2} $$
#
# with the sums taken over the $N$ rows of the **training part only**. The validation rows are scaled with the same $\mu$ and $\sigma$: they stand for data that
# nobody has seen yet, so nothing may be learned from them, not even their mean.
#
# **Contract** for `standardised_batches(x_train, y_train, x_valid, y_valid, batch_size)`
#
# - `x_train` (N, d) and `x_valid` (M, d) are NumPy arrays, float32 or float64; no column of `x_train` is constant. `y_train` (N,) and `y_valid` (M,) hold
#   labels 0 and 1 as int64. The arguments are left unchanged.
# - The result is a pair `(train, valid)` of `tf.data.Dataset`s. Each element is a pair of a float32 tensor of shape (b, d), the standardised rows, and a
#   float32 tensor of shape (b, 1), the targets as a column.
# - Rows stay in the given order, nothing is shuffled. Every batch has b = `batch_size` rows, except that the last one holds what is left: 400 rows make 13 batches of up to 32, the last of 16.
#
# **Example.** Training columns $(1, 3)$ have $\mu = 2$, $\sigma = 1$, and become $(-1, 1)$. A validation value of 5 becomes $3$.
#
# <details><summary>Hint</summary>
#
# `x.mean(axis=0)` and `x.std(axis=0)` give one number per column. `tf.data.Dataset.from_tensor_slices((x, y)).batch(...)` keeps a smaller last batch
# unless you tell it to drop it. `y[:, None]` turns (N,) into (N, 1).
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "standardised_batches_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    """Standardise by the training part and cut both parts into batches, in order.

    Args:
        x_train, x_valid: arrays (N, d) and (M, d), float32 or float64.
        y_train, y_valid: labels 0 and 1, int64, (N,) and (M,).
        batch_size: rows per batch; the last batch holds what is left.

    Returns:
        (train, valid): two tf.data.Datasets of pairs: float32 (b, d) and float32 (b, 1).
    """
    ### BEGIN SOLUTION
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)

    def batches(x, y):
        rows = ((x - mean) / deviation).astype("float32")
        targets = y[:, None].astype("float32")
        return tf.data.Dataset.from_tensor_slices((rows, targets)).batch(batch_size)

    return batches(x_train, y_train), batches(x_valid, y_valid)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "standardised_batches", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_standardised_batches():
    x, y = np.array([[1.0, 10.0], [3.0, 50.0], [1.0, 10.0], [3.0, 50.0], [2.0, 30.0]]), np.array([0, 1, 0, 1, 1])
    train, valid = standardised_batches(x[:4], y[:4], np.array([[5.0, 30.0]]), np.array([1]), 3)
    sizes = [len(rows) for rows, _ in train]
    assert sizes == [3, 1], f"4 rows in batches of 3 have to give batches of 3 and 1 rows, yours have {sizes}"
    rows, targets = next(iter(train))
    assert rows.dtype == tf.float32 and targets.dtype == tf.float32, "rows and targets have to be float32"
    assert targets.shape == (3, 1), f"the targets of a batch of 3 have to be a column (3, 1), yours are {targets.shape}"
    assert np.allclose(rows, [[-1, -1], [1, 1], [-1, -1]]), f"the first batch has to hold -1 and 1, yours is {rows.numpy()}"
    rows, _ = next(iter(valid))
    assert np.allclose(rows, [[3, 0]]), f"by the training part's scale (5, 30) has to become (3, 0), yours is {rows.numpy()}"


_see_standardised_batches()

# %% [markdown] nbgrader={"grade": false, "grade_id": "binary_f1_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 2: a metric with a memory (3 points)
#
# When one class is rare, accuracy flatters: a screening that never raises the alarm is right 99 times out of 100 and useless. The $F_1$ score looks only
# at the positives. From the counts of true positives (TP), false positives (FP) and false negatives (FN) it is
#
# $$ F_1 = \frac{2\,\mathrm{TP}}{2\,\mathrm{TP} + \mathrm{FP} + \mathrm{FN}}, \qquad F_1 = 0 \text{ when all three counts are } 0. $$
#
# A Keras metric sees the data batch by batch. It keeps a **state** between batches: `update_state` adds a batch, `result` computes the
# value from the state, `reset_state` forgets everything. What may be added up over batches are the *counts*; the mean of the batches' $F_1$ scores is another number.
#
# **Contract** for the class `BinaryF1(threshold=0.5)`, a subclass of `tf.keras.metrics.Metric`
#
# - A prediction counts as positive when $p \ge$ `threshold`. A prediction exactly on the threshold is positive.
# - `update_state(y_true, y_pred, sample_weight=None)` adds the counts of one batch. `y_true` holds 0 and 1, as integers or floats; `y_pred` holds probabilities, float32. Either of them has
#   shape (n,) or (n, 1), *not necessarily the same*: both stand for n examples in the same order. `sample_weight` is accepted and
#   ignored: this score counts every example once.
# - `result()` returns $F_1$ of everything since the start or the last reset, as a scalar float32 tensor. Several updates give the same as one update with all the rows. Before the first update, and when there is
#   nothing positive anywhere, the result is 0, not NaN.
# - After `reset_state()` the metric is as good as new. (If all your counts are weights of the metric, the base class does this for you.)
# - It works inside `model.fit`, that is, also as a graph: no `.numpy()`, no Python `if` on tensors.
#
# **Example.** $y = (1, 1, 0, 1, 0)$, $p = (0.9, 0.2, 0.8, 0.5, 0.1)$: TP = 2 (the first and the fourth), FP = 1, FN = 1, so $F_1 = 4/6 = 0.667$.
#
# > **Two silent traps.** A plain `tf.Variable` as an attribute of a Keras 3 metric works, but `reset_state` does not know of it. And a comparison of
# > shape (n,) with shape (n, 1) raises no error: it broadcasts to (n, n) and counts every example against every other one.
#
# <details><summary>Hint</summary>
#
# In `__init__`: `self.tp = self.add_weight(name="tp", initializer="zeros")`, and so on. In `update_state`: flatten both with `tf.reshape(..., [-1])`, turn both into zeros and ones as float32; then
# TP is the sum of their product. `self.tp.assign_add(...)` adds to the state. `tf.math.divide_no_nan` divides and gives 0 for 0/0.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "binary_f1_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class BinaryF1(tf.keras.metrics.Metric):
    """F1 = 2 TP / (2 TP + FP + FN) over all rows since the last reset; 0 when there is nothing to count.

    Args:
        threshold: a prediction p counts as positive when p >= threshold.
    """

    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        ### BEGIN SOLUTION
        self.true_positives = self.add_weight(name="true_positives", initializer="zeros")
        self.false_positives = self.add_weight(name="false_positives", initializer="zeros")
        self.false_negatives = self.add_weight(name="false_negatives", initializer="zeros")
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch: y_true of 0 and 1, y_pred of probabilities, each (n,) or (n, 1)."""
        ### BEGIN SOLUTION
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) >= self.threshold, tf.float32)
        self.true_positives.assign_add(tf.reduce_sum(truth * guess))
        self.false_positives.assign_add(tf.reduce_sum((1.0 - truth) * guess))
        self.false_negatives.assign_add(tf.reduce_sum(truth * (1.0 - guess)))
        ### END SOLUTION

    def result(self):
        """Return F1 of everything since the last reset, a scalar float32 tensor."""
        ### BEGIN SOLUTION
        twice = 2.0 * self.true_positives
        return tf.math.divide_no_nan(twice, twice + self.false_positives + self.false_negatives)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "binary_f1", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def _see_binary_f1():
    metric = BinaryF1()
    assert float(metric.result()) == 0, "before the first update the result has to be 0"
    y, p = tf.constant([1, 1, 0, 1, 0]), tf.constant([0.9, 0.2, 0.8, 0.5, 0.1])
    metric.update_state(y, p)
    assert np.isclose(float(metric.result()), 2 / 3), f"the example has to give 2/3, yours gives {float(metric.result()):.4f}"
    metric.reset_state()
    assert float(metric.result()) == 0, "after a reset the result has to be 0"
    metric.update_state(y[:3], p[:3, None])
    metric.update_state(y[3:], p[3:, None])
    value = float(metric.result())
    assert np.isclose(value, 2 / 3), f"in two batches, with predictions as columns, it has to be 2/3 as well, yours gives {value:.4f}"


_see_binary_f1()

# %% [markdown] nbgrader={"grade": false, "grade_id": "gradient_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 3: one update (2 points)
#
# This is the heart of every training loop. With the weights $\theta$, a batch $(x, y)$ and a loss $L$:
#
# $$ \hat{y} = f_\theta(x), \qquad \ell = L(y, \hat{y}), \qquad \theta \leftarrow \text{optimizer}\left(\theta, \nabla_\theta\, \ell\right). $$
#
# **Contract** for `gradient_step(model, optimizer, loss_fn, x, y)`
#
# - `model` is a built Keras model (not compiled), `optimizer` a Keras optimizer that serves this model only, `loss_fn` a function or Keras loss called as `loss_fn(y, predictions)`, which gives a scalar.
#   `x` is a float32 tensor (b, d), `y` a float32 tensor (b, 1).
# - The model is called **once**, in training mode (`training=True`), so that dropout and batch normalisation do what they do in training.
# - The optimizer takes exactly **one** step, on the model's trainable variables; frozen ones stay as they are.
# - The result is the pair `(loss, predictions)`: the scalar loss and the predictions (b, 1) that the gradient was computed from, that is, both from **before** the update.
#
# **Example.** A single neuron $\hat{y} = wx$ with $w = 1$, the row $x = 2$, $y = 6$, the squared error and SGD with rate 0.1: the prediction is 2, the loss $(2 - 6)^2 = 16$, the
# gradient $2 \cdot (2 - 6) \cdot 2 = -16$, so afterwards $w = 1 + 1.6 = 2.6$. The function returns $(16, [[2]])$.
#
# <details><summary>Hint</summary>
#
# Inside `with tf.GradientTape() as tape:` call the model and the loss; outside it ask `tape.gradient(loss, model.trainable_variables)` and hand
# `zip(gradients, model.trainable_variables)` to `optimizer.apply_gradients`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "gradient_step_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_step(model, optimizer, loss_fn, x, y):
    """Take one training step on one batch.

    Args:
        model: a built Keras model; called once, in training mode.
        optimizer: a Keras optimizer; takes one step on the trainable variables.
        loss_fn: called as loss_fn(y, predictions), gives a scalar.
        x, y: the batch, float32 (b, d) and (b, 1).

    Returns:
        (loss, predictions), both from before the update.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, predictions
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "gradient_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_gradient_step():
    neuron = tf.keras.layers.Dense(1, use_bias=False)
    model = tf.keras.Sequential([tf.keras.Input((1,)), neuron])
    neuron.set_weights([np.array([[1.0]])])
    rate = tf.keras.optimizers.SGD(learning_rate=0.1)
    result = gradient_step(model, rate, tf.keras.losses.MeanSquaredError(), tf.constant([[2.0]]), tf.constant([[6.0]]))
    assert isinstance(result, (tuple, list)) and len(result) == 2, "the result has to be the pair (loss, predictions)"
    loss, predictions = result
    assert np.allclose(loss, 16), f"the loss before the update has to be 16, yours is {float(loss)}"
    assert np.allclose(predictions, [[2]]), f"the prediction before the update has to be [[2]], yours is {np.asarray(predictions)}"
    weight = float(neuron.get_weights()[0][0, 0])
    assert np.isclose(weight, 2.6), f"after one step the weight has to be 2.6, yours is {weight:.4f}"


_see_gradient_step()

# %% [markdown] nbgrader={"grade": false, "grade_id": "train_epoch_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 4: one epoch (3 points)
#
# An epoch is one pass over the training data. Two kinds of numbers come out of it: the **loss of every batch** (to plot how training goes), and the **metrics** over the whole epoch,
# which gather their state from batch to batch, as your `BinaryF1` does.
#
# **Contract** for `train_epoch(dataset, model, optimizer, loss_fn, metrics)`
#
# - `dataset` gives batches `(x, y)`, float32 (b, d) and (b, 1); the last one may be smaller and counts like every other. `model`, `optimizer`, `loss_fn` are as in question 3. `metrics`
#   holds Keras metrics: a **list** of them, or a **dict** from names to metrics. Your function takes either.
# - **First** every metric is reset, so that nothing of an earlier epoch is left.
# - Then, batch by batch and in order: one training step as in question 3 (model in training mode, one update), after which every metric is updated with
#   the truth $y$ and the predictions from *before* the update. Truth comes first: `metric.update_state(y, predictions)`.
# - The result is a Python **list** with one loss per batch, in order: Python floats or scalar tensors. The metrics are not returned; the caller holds them and asks for `metric.result()`.
#
# **Example.** 400 rows in batches of 32 give a list of 13 losses.
#
# <details><summary>Hint</summary>
#
# `list(metrics.values()) if isinstance(metrics, dict) else metrics` makes one kind of loop do for both. The metric is a stateful object: update it, never replace it.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "train_epoch_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    """Train for one pass over the dataset.

    Args:
        dataset: batches (x, y), float32 (b, d) and (b, 1).
        model, optimizer, loss_fn: as in gradient_step.
        metrics: a list of Keras metrics or a dict of them; reset first, then updated with (y, predictions).

    Returns:
        A list with the loss of every batch.
    """
    ### BEGIN SOLUTION
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    losses = []
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(loss)
        for metric in metrics:
            metric.update_state(y, predictions)
    return losses
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "train_epoch", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def _see_train_epoch():
    neuron = tf.keras.layers.Dense(1, use_bias=False)
    model = tf.keras.Sequential([tf.keras.Input((1,)), neuron])
    neuron.set_weights([np.array([[1.0]])])
    batches = tf.data.Dataset.from_tensor_slices((np.full((3, 1), 2.0, "float32"), np.full((3, 1), 6.0, "float32"))).batch(2)
    metric = tf.keras.metrics.MeanAbsoluteError()
    metric.update_state([[0.0]], [[100.0]])
    rate, loss_fn = tf.keras.optimizers.SGD(learning_rate=0.1), tf.keras.losses.MeanSquaredError()
    losses = train_epoch(batches, model, rate, loss_fn, [metric])
    assert isinstance(losses, list) and len(losses) == 2, "3 rows in batches of 2 have to give a list of two losses"
    assert np.allclose([float(loss) for loss in losses], [16, 0.64]), f"the losses have to be 16 and 0.64, yours are {[float(loss) for loss in losses]}"
    value = float(metric.result())
    assert np.isclose(value, (4 + 4 + 0.8) / 3), f"the mean absolute error of the epoch has to be 2.9333, yours is {value:.4f}"
    train_epoch(batches, model, rate, loss_fn, {"error": metric})


_see_train_epoch()

# %% [markdown] nbgrader={"grade": false, "grade_id": "validate_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 5: look, don't learn (1 point)
#
# Validation asks how the model does on data it does not learn from. So nothing about the model may change, and the model has to be called in the mode in which it will be used later.
#
# The loss of a whole data set is the mean **over its rows**. With batches of $b_k$ rows and mean losses $\ell_k$ that is
#
# $$ \ell = \frac{\sum_k b_k\, \ell_k}{\sum_k b_k}, $$
#
# which differs from the plain mean of the $\ell_k$ when the last batch is smaller.
#
# **Contract** for `validate(dataset, model, loss_fn, metrics)`
#
# - `dataset`, `model` and `metrics` (list or dict) are as in question 4; `loss_fn(y, predictions)` gives the mean loss of the rows it is given.
# - Every metric is reset first, and then updated with $y$ and the predictions, batch by batch.
# - The model is called with `training=False`. Its weights, and the moving averages of a batch normalisation, are the same afterwards as before.
# - The result is the mean loss over all rows: a Python float or a scalar tensor.
#
# **Example.** A batch of 2 rows with a mean loss of 3 and a batch of 1 row with a loss of 9 give $(2 \cdot 3 + 1 \cdot 9) / 3 = 5$ (the plain mean would be 6).
#
# <details><summary>Hint</summary>
#
# No tape and no optimizer here. Keep two numbers: the sum of `loss * rows` and the count of rows. `len(x)` or `x.shape[0]` is the size of a batch.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "validate_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def validate(dataset, model, loss_fn, metrics):
    """Compute the mean loss over all rows, and the metrics, without changing the model.

    Args:
        dataset: batches (x, y), float32 (b, d) and (b, 1).
        model: a built Keras model; called with training=False.
        loss_fn: called as loss_fn(y, predictions), gives the mean loss of a batch.
        metrics: a list of Keras metrics or a dict of them; reset first, then updated with (y, predictions).

    Returns:
        The mean loss over all rows, a float or a scalar tensor.
    """
    ### BEGIN SOLUTION
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    total, rows = 0.0, 0
    for x, y in dataset:
        predictions = model(x, training=False)
        total += float(loss_fn(y, predictions)) * len(x)
        rows += len(x)
        for metric in metrics:
            metric.update_state(y, predictions)
    return total / rows
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "validate", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_validate():
    neuron = tf.keras.layers.Dense(1, use_bias=False)
    model = tf.keras.Sequential([tf.keras.Input((1,)), neuron])
    neuron.set_weights([np.array([[1.0]])])
    x = np.array([[1.0], [1.0], [2.0]], "float32")
    y = x + np.array([[3**0.5], [-(3**0.5)], [3.0]], "float32")
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(2)
    metric = tf.keras.metrics.MeanAbsoluteError()
    value = float(validate(batches, model, tf.keras.losses.MeanSquaredError(), [metric]))
    assert np.isclose(value, 5), f"the example has to give 5, yours gives {value:.4f}"
    assert np.allclose(neuron.get_weights()[0], 1), "validation must not change the weights"
    assert float(metric.result()) > 0, "the metrics have to be updated"


_see_validate()

# %% [markdown] nbgrader={"grade": false, "grade_id": "loop_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## All together
#
# Three lines per epoch are left of the loop. The next cell trains a network with 257 parameters for three epochs. The left picture shows the loss of every batch, the middle one what is
# confused with what on the validation data, and the right one why a threshold is a choice: the $F_1$ score, by your metric, for every threshold.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "loop_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# tf.keras.utils.set_random_seed(3)
# train_part = datasets.load("breast_cancer", split="train", batch_size=-1)
# valid_part = datasets.load("breast_cancer", split="test", batch_size=-1)
# train, valid = standardised_batches(
#     np.asarray(train_part["features"]), np.asarray(train_part["label"]),
#     np.asarray(valid_part["features"]), np.asarray(valid_part["label"]), 32,
# )
# model = tf.keras.Sequential([
#     tf.keras.Input((30,)), tf.keras.layers.Dense(8, activation="relu"), tf.keras.layers.Dense(1, activation="sigmoid"),
# ])
# optimizer, loss_fn = tf.keras.optimizers.Adam(0.02), tf.keras.losses.BinaryCrossentropy()
# scores = {"F1": BinaryF1(), "accuracy": tf.keras.metrics.BinaryAccuracy()}
#
# batch_losses = []
# for epoch in range(3):
#     batch_losses += train_epoch(train, model, optimizer, loss_fn, scores)
#     loss = validate(valid, model, loss_fn, scores)
#     print(f"epoch {epoch + 1}: validation loss {loss:.3f}, " + ", ".join(f"{k} {float(m.result()):.3f}" for k, m in scores.items()))
#
# truth = np.concatenate([y for _, y in valid])[:, 0].astype(int)
# probability = np.concatenate([model(x) for x, _ in valid])[:, 0]
# confusion = np.zeros((2, 2), int)
# np.add.at(confusion, (truth, (probability >= 0.5).astype(int)), 1)
# thresholds = np.linspace(0.01, 0.99, 50)
# curve = []
# for threshold in thresholds:
#     metric = BinaryF1(threshold)
#     metric.update_state(truth, probability)
#     curve.append(float(metric.result()))
#
# fig, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 3.4))
# left.plot(batch_losses, ".-"); left.set_xlabel("batch"); left.set_ylabel("loss")
# middle.imshow(confusion, cmap="Blues")
# for i in range(2):
#     for j in range(2):
#         middle.text(j, i, confusion[i, j], ha="center", va="center", color="white" if confusion[i, j] > 50 else "black")
# names = ["malignant", "benign"]
# middle.set_xticks([0, 1], names); middle.set_yticks([0, 1], names); middle.set_xlabel("predicted"); middle.set_ylabel("true")
# right.plot(thresholds, curve); right.set_xlabel("threshold"); right.set_ylabel("F1")
# plt.tight_layout(); plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# Things to try: add a `Dropout` layer and watch the training metrics fall behind the validation metrics (why?); make *malignant* the positive class, the one you must not miss, and compare $F_1$; clip the
# gradients with `tf.clip_by_global_norm` before the optimizer sees them.
#
# In the next assignment, *Graph mode* (`custom_training_w3_graph_mode`), the same loop becomes a compiled graph and runs several times as fast.
