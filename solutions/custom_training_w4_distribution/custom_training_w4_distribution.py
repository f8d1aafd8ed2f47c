# ---
# jupyter:
#   gradetape:
#     datasets:
#     - flowers
#     limits:
#       logical_cpus: 2
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
# # Training on several devices
#
# When one device is too slow, use two. The simplest way is *data parallelism*: every device holds a copy of the model, a **replica**; every batch is cut into as many parts as there are replicas; each replica computes the gradients of its
# part; then the gradients are **added up over the replicas**, and every copy takes the same step. The copies never drift apart. `tf.distribute.MirroredStrategy` does the copying, the cutting and the adding. What it cannot do for you is the arithmetic of
# your own loop, and that is where two replicas silently become something else than one:
#
# | | on one device | on two replicas |
# |---|---|---|
# | batch | as given | the *global* batch; each replica gets a part |
# | loss | mean over the batch | each replica's sum, divided by the **global** batch size, then added |
# | variables | made anywhere | made inside `strategy.scope()` (model, optimizer, metric) |
# | a step | a function of a batch | the function runs on every replica, by `strategy.run` |
#
# The test of a right loop is simple: two replicas must learn *exactly* what one would have learned from the whole batch.
#
# In this assignment you will write
#
# 1. **`global_batch_size`**, how many examples all replicas take together,
# 2. **`distribute`**, which cuts the batches of datasets into parts,
# 3. **`scaled_loss`**, the loss of one replica's part,
# 4. **`replica_steps`**, a training step and an evaluation step for all replicas,
# 5. **`distributed_epoch`**, one pass over the data.
#
# No second computer is needed: TensorFlow can split one processor into two *logical devices*. (They share the same cores, so nothing gets faster here. On two GPUs the same lines do.)
#
# Each question is graded by itself: none of your functions should call another one, or rely on a variable of this notebook.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import time

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradetape import datasets

# %% [markdown] nbgrader={"grade": false, "grade_id": "devices_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# The next cell makes the two logical devices and a strategy over them. Devices can be made only before TensorFlow computes anything: if the cell complains, restart the kernel. (`ReductionToOneDevice` says how the gradients are added up: on one of the devices. On several GPUs you would leave it out.)

# %% nbgrader={"grade": false, "grade_id": "devices", "locked": true, "schema_version": 3, "solution": false, "task": false}
processor = tf.config.list_physical_devices("CPU")[0]
if len(tf.config.get_logical_device_configuration(processor) or []) < 2:
    tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)

two_replicas = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"], cross_device_ops=tf.distribute.ReductionToOneDevice())

# %% [markdown] nbgrader={"grade": false, "grade_id": "global_batch_size_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 1: how large is a batch? (1 point)
#
# A device works well with batches that fill it, say $b$ examples. All $R$ replicas of a strategy together then take
#
# $$ B = b \cdot R $$
#
# examples per step. $B$ is the **global batch size**; datasets are batched with it, and losses are divided by it.
#
# How many replicas there are is a property of the **strategy**, not of the machine: a strategy may use only some of the devices, and TensorFlow's default strategy, `tf.distribute.get_strategy()` outside of any scope, always has one replica.
#
# **Contract** for `global_batch_size(per_replica, strategy)`
#
# - `per_replica` is a positive Python integer, `strategy` any `tf.distribute.Strategy`.
# - The result is $B$, a Python integer.
#
# **Example.** 16 examples for each of two replicas give 32; 16 with the default strategy give 16.
#
# <details><summary>Hint</summary>
#
# A strategy knows how many replicas are kept in sync.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "global_batch_size_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def global_batch_size(per_replica, strategy):
    """Compute how many examples all replicas of a strategy take together.

    Args:
        per_replica: examples for one replica, a positive integer.
        strategy: a tf.distribute.Strategy.

    Returns:
        The global batch size, a Python integer.
    """
    ### BEGIN SOLUTION
    return per_replica * strategy.num_replicas_in_sync
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "global_batch_size", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_global_batch_size():
    result = global_batch_size(16, two_replicas)
    assert isinstance(result, int), f"the result has to be a Python integer, yours is a {type(result).__name__}"
    assert result == 32, f"16 for each of two replicas have to give 32, yours gives {result}"
    result = global_batch_size(16, tf.distribute.get_strategy())
    assert result == 16, f"the default strategy has one replica: 16 have to give 16, yours gives {result}"


_see_global_batch_size()

# %% [markdown] nbgrader={"grade": false, "grade_id": "distribute_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 2: cutting the batches (2 points)
#
# A dataset that is batched with the global batch size $B$ becomes a **distributed dataset**: its elements are `PerReplica` values, one part for each replica. With $R$ replicas, replica $r$ gets about $B/R$ of the rows, in order:
#
# $$ \underbrace{x_1, \dots, x_{B/R}}_{\text{replica } 0}, \; \underbrace{x_{B/R+1}, \dots, x_{2B/R}}_{\text{replica } 1}, \; \dots $$
#
# The parts, one behind the other, are the batch again. A smaller last batch is cut as evenly as possible.
#
# **Contract** for `distribute(strategy, *datasets)`
#
# - `strategy` is a `tf.distribute.Strategy`; any number of `tf.data.Dataset`s follow, already batched with the **global** batch size.
# - The result is a list with one distributed dataset for each, in the same order; with no dataset it is empty. (A strategy with a single replica may hand back plain batches; that is its business.) The strategy cuts the batches as they are: they are not batched, shuffled or repeated anew.
#
# **Example.** One dataset of 6 rows in batches of 4, over two replicas: the first element has parts of 2 and 2 rows, the second parts of 1 and 1.
#
# <details><summary>Hint</summary>
#
# Look for a method of the strategy with *distribute* and *dataset* in its name that takes a dataset (not one that takes a function: there every replica would get a whole batch).
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "distribute_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def distribute(strategy, *datasets):
    """Distribute datasets over the replicas of a strategy.

    Args:
        strategy: a tf.distribute.Strategy.
        datasets: any number of tf.data.Datasets, batched with the global batch size.

    Returns:
        A list with one distributed dataset for each.
    """
    ### BEGIN SOLUTION
    return [strategy.experimental_distribute_dataset(dataset) for dataset in datasets]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "distribute", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_distribute():
    result = distribute(two_replicas, tf.data.Dataset.range(6).batch(4))
    assert isinstance(result, (list, tuple)) and len(result) == 1, "one dataset has to give a list of one distributed dataset"
    assert isinstance(result[0], tf.distribute.DistributedDataset), f"the dataset has to be distributed, yours is a {type(result[0]).__name__}"
    parts = [[part.numpy().tolist() for part in two_replicas.experimental_local_results(batch)] for batch in result[0]]
    assert parts == [[[0, 1], [2, 3]], [[4], [5]]], f"the rows 0 to 5 have to be cut into [0, 1], [2, 3] and [4], [5], yours are {parts}"


_see_distribute()

# %% [markdown] nbgrader={"grade": false, "grade_id": "distribute_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# The next cell shows a global batch of eight drawn flowers, and who gets which.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "distribute_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# flowers = datasets.load("flowers", split="train", as_supervised=True)
# (parts,) = distribute(two_replicas, flowers.batch(8))
# images, labels = next(iter(parts))
# fig, axes = plt.subplots(2, 4, figsize=(7, 3.6))
# for replica, (row, part) in enumerate(zip(axes, two_replicas.experimental_local_results(images))):
#     for ax, image in zip(row, part):
#         ax.imshow(image)
#         ax.set_xticks([])
#         ax.set_yticks([])
#     row[0].set_ylabel(f"replica {replica}")
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "scaled_loss_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 3: the loss of a part (2 points)
#
# On one device the loss of a batch is the mean of its examples' losses, $\frac{1}{B} \sum_{i=1}^{B} \ell_i$. Two replicas hold a part of the sum each, and the strategy **adds** what they compute. So each replica has to divide by the size of the *whole* batch:
#
# $$ \frac{1}{B} \sum_{i=1}^{B} \ell_i \;=\; \underbrace{\frac{1}{B} \sum_{i \in \text{part } 0} \ell_i}_{\text{replica } 0} \;+\; \underbrace{\frac{1}{B} \sum_{i \in \text{part } 1} \ell_i}_{\text{replica } 1}. $$
#
# With the mean over its own part, each replica would count twice as much as it should, and the gradients would be twice as long.
#
# **Contract** for `scaled_loss(example_loss, labels, predictions, global_batch)`
#
# - `example_loss(labels, predictions)` gives **one loss per example**, a float32 tensor (b,): a function, or a Keras loss with `reduction="none"`. `labels` are integers (b,), `predictions` are float32 (b, K), and they are handed on as they are: whether they are logits or
#   probabilities is a matter between the model's head and the loss.
# - `global_batch` is $B$, a positive Python integer. It counts the rows of all parts of a *full* batch, so it may be larger than b. It stays the divisor for a smaller last batch, too.
# - The result is the sum of the example losses divided by $B$, a scalar float32 tensor, through which gradients can flow.
# - If `example_loss` has already reduced its losses and gives a **scalar**, the function raises a `ValueError`: it is too late to scale rightly.
# - It works eagerly and as a graph.
#
# **Example.** Example losses $(1, 2, 3)$ and $B = 8$ give $6/8 = 0.75$.
#
# > **A silent trap.** A Keras loss reduces by default, and a scalar can be "summed" and divided without complaint; the result is a loss, but $b$ times too small.
#
# <details><summary>Hint</summary>
#
# `losses.shape.rank` is known while tracing, too: 0 for a scalar.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "scaled_loss_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scaled_loss(example_loss, labels, predictions, global_batch):
    """Compute one replica's share of the loss of a global batch.

    Args:
        example_loss: called as example_loss(labels, predictions), gives one loss per example, (b,).
        labels: integers (b,).
        predictions: float32 (b, K).
        global_batch: the number of rows of all replicas together.

    Returns:
        The sum of the example losses divided by the global batch size, a scalar tensor.

    Raises:
        ValueError: example_loss gives a scalar.
    """
    ### BEGIN SOLUTION
    losses = example_loss(labels, predictions)
    if losses.shape.rank == 0:
        raise ValueError("example_loss has to give one loss per example, not a scalar.")
    return tf.reduce_sum(losses) / global_batch
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "scaled_loss", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_scaled_loss():
    labels, predictions = tf.constant([0, 1, 0]), tf.constant([[1.0, 0.0], [5.0, 2.0], [3.0, 0.0]])

    def chosen(labels, predictions):
        return tf.gather(predictions, labels, axis=1, batch_dims=1)

    result = scaled_loss(chosen, labels, predictions, 8)
    assert np.isclose(float(result), 0.75), f"the example has to give 0.75, yours gives {float(result)}"
    halves = [scaled_loss(chosen, labels[part], predictions[part], 3) for part in (slice(0, 2), slice(2, 3))]
    whole = scaled_loss(chosen, labels, predictions, 3)
    assert np.isclose(float(halves[0] + halves[1]), float(whole)), "the losses of two parts have to add up to that of the whole"
    try:
        scaled_loss(lambda labels, predictions: tf.reduce_mean(predictions), labels, predictions, 8)
    except ValueError:
        pass
    else:
        raise AssertionError("a loss that is already a scalar has to raise a ValueError")


_see_scaled_loss()

# %% [markdown] nbgrader={"grade": false, "grade_id": "replica_steps_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 4: steps for all replicas (3 points)
#
# `strategy.run(f, args=(...))` runs $f$ on every replica, each with its own part of the arguments. What $f$ returns comes back as a `PerReplica` value, one for each replica; `strategy.reduce` makes a single tensor of it. Inside $f$ everything looks as on one
# device: the model is the replica's copy, and when the optimizer applies gradients, the strategy adds them up over the replicas first. With the scaled losses $\ell^{(r)}$ of question 3,
#
# $$ \nabla_\theta \ell = \sum_{r=1}^{R} \nabla_\theta \ell^{(r)}, \qquad \ell = \sum_{r=1}^{R} \ell^{(r)}. $$
#
# **Contract** for `replica_steps(strategy, model, optimizer, example_loss, metric, global_batch)`
#
# - `model`, `optimizer` (already built) and `metric` were made inside `strategy.scope()`. The model is a classifier: rows (b, d) to predictions (b, K). `example_loss` gives one loss per example, as in question 3; `global_batch` is the divisor.
# - The result is the pair `(train, evaluate)` of functions of **one argument**, `batch`: an element of a distributed dataset, that is, a pair `(x, y)` of `PerReplica` values (of plain tensors, where the strategy has a single replica), labels of shape (b,). Both run as **graphs** (`tf.function`), and both work on every replica. The Python code of your step runs once per replica for each size of batch, not at every call.
# - `train(batch)`, on every replica: calls the model once with `training=True`, hands the predictions as they are to `example_loss(y, predictions)`, takes the sum of these losses divided by `global_batch` as its loss, lets the optimizer take **one** step on the trainable variables, and updates the metric with
#   `metric.update_state(y, predictions)`, predictions from before the update. It returns the **sum** of the replicas' losses, a scalar tensor.
# - `evaluate(batch)`, on every replica: calls the model with `training=False` and updates the metric with `(y, predictions)`. It changes nothing else: no weight, no moving average of a batch normalisation. What it returns does not matter.
# - Neither of them resets the metric.
#
# **Example.** Two replicas with parts of 3 rows, example losses $(1, 2, 3)$ and $(4, 5, 6)$, `global_batch=6`: the replicas' losses are $1$ and $2.5$, and `train` returns $3.5$, the mean of all six.
#
# > **Silent traps.** Reducing with *MEAN* instead of *SUM* reports half the loss; the weights are right, only the curve is wrong. The mean over each replica's own part reports and *applies* twice the loss. A batch normalisation that never sees `training=True` never learns its averages; one that sees it in evaluation
# > keeps learning them from the test data.
#
# <details><summary>Hint</summary>
#
# Under `@tf.function`, `train(batch)` holds an inner function of `(x, y)`, calls `strategy.run(inner, args=batch)`, and reduces the result with `strategy.reduce("SUM", losses, axis=None)`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "replica_steps_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    """Make a training step and an evaluation step for all replicas.

    Args:
        strategy: a tf.distribute.Strategy.
        model, optimizer, metric: made inside the strategy's scope.
        example_loss: called as example_loss(labels, predictions), gives one loss per example.
        global_batch: the number of rows of all replicas together.

    Returns:
        (train, evaluate): compiled functions of a distributed batch. train takes one step, updates the metric
        and returns the loss of the global batch; evaluate only updates the metric.
    """
    ### BEGIN SOLUTION
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        metric.update_state(y, model(x, training=False))

    @tf.function
    def train(batch):
        return strategy.reduce("SUM", strategy.run(learn, batch), axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, batch)

    return train, evaluate
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "replica_steps", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def _see_replica_steps():
    with two_replicas.scope():
        layer = tf.keras.layers.Dense(1, use_bias=False)
        model = tf.keras.Sequential([tf.keras.Input((1,)), layer])
        rate, metric = tf.keras.optimizers.SGD(learning_rate=0.1), tf.keras.metrics.MeanSquaredError()
        rate.build(model.trainable_variables)
    layer.set_weights([np.array([[1.0]])])
    rows = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], "float32")
    batches = tf.data.Dataset.from_tensor_slices((rows, np.zeros(6, "int64"))).batch(6)
    batch = next(iter(two_replicas.experimental_distribute_dataset(batches)))
    steps = replica_steps(two_replicas, model, rate, lambda y, predictions: predictions[:, 0], metric, 6)
    assert isinstance(steps, (tuple, list)) and len(steps) == 2, "the result has to be the pair (train, evaluate)"
    loss = steps[0](batch)
    assert np.ndim(loss) == 0, "train has to return a single number: the sum over the replicas"
    assert np.isclose(float(loss), 3.5), f"the loss of the example has to be 3.5, yours is {float(loss)}"
    weight = float(layer.get_weights()[0][0, 0])
    assert np.isclose(weight, 0.65), f"one step has to take the weight from 1 to 1 - 0.1 * 3.5 = 0.65, yours is {weight:.4f}"
    metric.reset_state()
    steps[1](batch)
    assert np.isclose(layer.get_weights()[0][0, 0], weight), "evaluate must not change the weights"
    value = float(metric.result())
    assert np.isclose(value, 0.65**2 * 91 / 6), f"after evaluate the metric has to be {0.65**2 * 91 / 6:.4f}, yours is {value:.4f}"


_see_replica_steps()

# %% [markdown] nbgrader={"grade": false, "grade_id": "distributed_epoch_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 5: one pass (2 points)
#
# The loop around the steps does not know how many replicas there are. It collects the batches' losses $\ell_1, \dots, \ell_n$ and reports their plain mean,
#
# $$ \bar{\ell} = \frac{1}{n} \sum_{k=1}^{n} \ell_k. $$
#
# (The losses were divided by the full batch size already, so a smaller last batch needs no further weight.)
#
# **Contract** for `distributed_epoch(train, dataset, metric)`
#
# - `train(batch)` takes one training step, updates `metric`, and returns a scalar tensor, like the one of question 4. `dataset` is anything that gives batches when it is iterated, at least one; its length may be unknown. `metric` is a Keras metric.
# - **First** the metric is reset. Then `train` is called once for every batch, in order.
# - The result is the pair `(loss, value)`: the mean of the batches' losses, and the metric's result at the end of the pass; Python floats or scalar tensors.
# - A second call is a fresh epoch: nothing of the first is left in its result.
#
# **Example.** Losses of $3$, $2$ and $1$ give the mean $2$, also when the last batch is smaller.
#
# <details><summary>Hint</summary>
#
# Three lines are enough. Read the metric's result before anybody resets it again.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "distributed_epoch_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def distributed_epoch(train, dataset, metric):
    """Train for one pass over a dataset.

    Args:
        train: called with a batch, takes one step, updates the metric and returns the batch's loss.
        dataset: gives batches when iterated.
        metric: a Keras metric; reset first.

    Returns:
        (loss, value): the mean of the batches' losses and the metric's result.
    """
    ### BEGIN SOLUTION
    metric.reset_state()
    loss = tf.reduce_mean([train(batch) for batch in dataset])
    return loss, metric.result()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "distributed_epoch", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_distributed_epoch():
    metric, seen = tf.keras.metrics.Sum(), []
    metric.update_state([100.0])

    def train(batch):
        seen.append(len(batch))
        metric.update_state(tf.cast(batch, tf.float32))
        return tf.constant(4.0 - len(seen))

    result = distributed_epoch(train, tf.data.Dataset.range(5).batch(2), metric)
    assert isinstance(result, (tuple, list)) and len(result) == 2, "the result has to be the pair (loss, value)"
    assert seen == [2, 2, 1], f"5 rows in batches of 2 have to be trained on as 2, 2 and 1 rows, yours were {seen}"
    loss, value = result
    assert np.isclose(float(loss), 2), f"losses of 3, 2 and 1 have to give the mean 2, yours is {float(loss)}"
    assert np.isclose(float(value), 10), f"the metric of the epoch has to be 0 + 1 + 2 + 3 + 4 = 10, yours is {float(value)}"


_see_distributed_epoch()

# %% [markdown] nbgrader={"grade": false, "grade_id": "flowers_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## All together
#
# The next cell trains a small network (1294 parameters) on the drawn flowers twice, from the same weights: on one replica with the whole batch, and on two replicas with half of it each. If your functions are right, the two curves lie on top of each other. The bars show the
# throughput, without the first epoch, in which the graphs are traced.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "flowers_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# def flower_network():
#     return tf.keras.Sequential([
#         tf.keras.Input((16, 16, 3)),
#         tf.keras.layers.Conv2D(4, 3, strides=2, activation="relu"),
#         tf.keras.layers.Flatten(),
#         tf.keras.layers.Dense(6),
#     ])
#
#
# flowers = datasets.load("flowers", split="train", as_supervised=True)
# flowers = flowers.map(lambda image, label: (tf.cast(image, tf.float32) / 255, label)).cache()
# tf.keras.utils.set_random_seed(2)
# start = flower_network().get_weights()
# example_loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
# curves, throughput = {}, {}
# for name, strategy in (("one replica", tf.distribute.get_strategy()), ("two replicas", two_replicas)):
#     batch_size = global_batch_size(24 // strategy.num_replicas_in_sync, strategy)
#     (batches,) = distribute(strategy, flowers.batch(batch_size))
#     with strategy.scope():
#         model, optimizer = flower_network(), tf.keras.optimizers.Adam(0.01)
#         optimizer.build(model.trainable_variables)
#         metric = tf.keras.metrics.SparseCategoricalAccuracy()
#     model.set_weights(start)
#     train, evaluate = replica_steps(strategy, model, optimizer, example_loss, metric, batch_size)
#     curves[name] = []
#     for epoch in range(30):
#         if epoch == 1:
#             began = time.perf_counter()
#         loss, accuracy = distributed_epoch(train, batches, metric)
#         curves[name].append(float(loss))
#     throughput[name] = 29 * 120 / (time.perf_counter() - began)
#     print(f"{name}: batches of {batch_size}, last epoch: loss {float(loss):.4f}, accuracy {float(accuracy):.2f}")
#
# fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3))
# for (name, losses), style in zip(curves.items(), ("-", "o")):
#     left.plot(losses, style, markersize=4, fillstyle="none", label=name)
# left.set_xlabel("epoch")
# left.set_ylabel("loss")
# left.legend()
# right.barh(list(throughput), list(throughput.values()), color=["tab:blue", "tab:orange"])
# right.set_xlabel("images per second")
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# Things to try: divide by the size of each replica's own part instead, and watch the two curves separate; add a `BatchNormalization` layer, and see that they separate again, this time rightly: each replica normalises with the statistics of its own part only. Keras
# has a switch for that, `synchronized=True`.
#
# The strategies for several machines or for TPUs take the very same functions: only the line that makes the strategy changes.
