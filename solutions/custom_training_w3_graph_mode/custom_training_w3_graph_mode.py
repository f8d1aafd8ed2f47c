# ---
# jupyter:
#   gradetape:
#     datasets:
#     - horses_humans
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
# # Graph mode: compile the loop
#
# A training loop in plain Python pays a toll for every operation: Python looks up the function, TensorFlow checks the arguments, finds the kernel, starts it. For a large convolution the toll is nothing, for the hundreds of small
# operations of an optimizer step it can cost more than the work itself.
#
# `tf.function` removes the toll. At the first call it runs your Python code once, with placeholders instead of numbers; this is called **tracing**, and what it yields is a **graph**. From then on
# the graph runs, and your Python code does not. That explains nearly everything that surprises people:
#
# | what you write | what happens |
# |---|---|
# | `print`, `list.append`, a counter `n += 1` | once per *tracing*, not once per call |
# | `float(x)`, `x.numpy()` | an error: while tracing there is no number yet |
# | `if` and `while` on tensors, `for` over `tf.range` or a dataset | *AutoGraph* rewrites them: the graph decides and loops |
# | `for` over a Python `range` | the loop runs while tracing: the graph contains its body again and again |
# | a call with another shape or dtype, or with another Python number | traced anew |
#
# In this assignment you will write
#
# 1. **`resize_and_scale`**, a function for `Dataset.map`, where there are only placeholders,
# 2. **`input_pipelines`**, the pipelines for training, validation and test,
# 3. **`compiled_step`**, one training step as a graph,
# 4. **`train_in_graph`**, the loops over epochs and batches as *one* graph,
# 5. **`newton_root`**, an algorithm whose number of rounds depends on its data.
#
# At the end the pieces train a small network that tells drawn horses (label 0) from drawn humans (label 1).
#
# Each question is graded by itself: none of your functions should call another one, or rely on a variable of this notebook.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import time

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradetape import datasets

# %% [markdown] nbgrader={"grade": false, "grade_id": "resize_and_scale_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 1: a function for `map` (1 point)
#
# `Dataset.map(f)` traces `f` once and runs the graph for every example. While tracing, the size of an image is often unknown: photographs have all kinds of sizes, their shape is `(None, None, 3)`.
#
# Batches need images of one size, and networks like small numbers. So every image is resized to a square, bilinearly, and its pixels $p \in \{0, \dots, 255\}$ become
#
# $$ \frac{p}{255} \in [0, 1]. $$
#
# **Contract** for `resize_and_scale(image, label, size)`
#
# - `image` is a uint8 tensor (h, w, 3), of any height and width, which may be unknown while tracing. `label` is an integer tensor of any dtype. `size` is a Python integer.
# - The result is the pair `(image, label)`: the image as float32 of shape `(size, size, 3)`, resized bilinearly (the default of `tf.image.resize`; the picture may be stretched, nothing is cut off, mixed pixels are not rounded) and divided by 255; the label as it came, with its dtype.
# - It works eagerly and inside `Dataset.map`. There the shape of the resulting image must be known: the dataset's images have the shape `(size, size, 3)`.
#
# **Example.** An image of 30 by 20 white pixels (255) with label 1 and `size=8` gives an image (8, 8, 3) full of ones, and the label 1.
#
# <details><summary>Hint</summary>
#
# `tf.image.resize` takes a pair `(height, width)` and returns float32 values that still go up to 255.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "resize_and_scale_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def resize_and_scale(image, label, size):
    """Resize an image to a square and scale its pixels to [0, 1].

    Args:
        image: uint8 (h, w, 3); height and width may be unknown while tracing.
        label: an integer tensor.
        size: the height and width of the result.

    Returns:
        (image, label): float32 (size, size, 3), and the label as it came.
    """
    ### BEGIN SOLUTION
    return tf.image.resize(image, (size, size)) / 255, label
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "resize_and_scale", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_resize_and_scale():
    white = tf.fill((30, 20, 3), tf.constant(255, tf.uint8))
    result = resize_and_scale(white, tf.constant(1, tf.int64), 8)
    assert isinstance(result, (tuple, list)) and len(result) == 2, "the result has to be the pair (image, label)"
    image, label = result
    assert image.shape == (8, 8, 3), f"with size 8 the image has to be (8, 8, 3), yours is {tuple(image.shape)}"
    assert image.dtype == tf.float32, f"the image has to be float32, yours is {image.dtype.name}"
    assert np.allclose(image, 1), f"white pixels have to become 1, yours go up to {np.max(image)}"
    assert int(label) == 1 and label.dtype == tf.int64, "the label has to come back as it was, with its dtype"
    mapped = tf.data.Dataset.from_tensors((white, tf.constant(1, tf.int64))).map(lambda i, l: resize_and_scale(i, l, 8))
    shape = mapped.element_spec[0].shape
    assert shape == (8, 8, 3), f"in Dataset.map the images' shape has to be (8, 8, 3), yours is {shape}"


_see_resize_and_scale()

# %% [markdown] nbgrader={"grade": false, "grade_id": "input_pipelines_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 2: three pipelines (2 points)
#
# Gradient descent likes its examples mixed: a batch with nothing but horses pulls the weights towards "everything is a horse". `Dataset.shuffle(buffer_size)` mixes with a *buffer*: it fills the buffer with the first examples, then gives out a random one of
# them and refills the place with the next. With a buffer of $k$ the first example given out is always among the first $k$; the example at position $i$ can appear at position
#
# $$ j \ge i - k + 1 $$
#
# and no earlier. If the data are sorted by class, a small buffer hardly mixes at all. Only a buffer as large as the data set makes all orders possible.
#
# **Contract** for `input_pipelines(train, valid, test, train_size, prepare, batch_size)`
#
# - `train`, `valid`, `test` are finite, unbatched `tf.data.Dataset`s of pairs `(image, label)`; `train` has `train_size` examples (a Python integer). `prepare(image, label)` returns the prepared pair, as your `resize_and_scale` does for some size.
# - The result is the triple `(train, valid, test)` of Datasets. Each gives **every** example of its part once per pass, prepared by `prepare` exactly once, in batches of `batch_size`; the last batch holds what is left: 200 examples make 7 batches of up to 32, the last of 8.
# - Only the **training** examples are shuffled, one by one, *before* they are put into batches, with a buffer for the whole training set. Every pass gives them in a new order (the default of `shuffle`).
# - The validation and test examples keep their order.
#
# **Example.** 5 training examples and `batch_size=2` give batches of 2, 2 and 1 examples.
#
# > **Two silent traps.** After `batch`, `shuffle` mixes whole batches and leaves the same neighbours together for ever. And `cache()` *behind* `shuffle` keeps the first order for all later passes.
#
# <details><summary>Hint</summary>
#
# The order is: shuffle (training only), map, batch. `prefetch` at the end does no harm. Do not repeat: a pass has to end.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "input_pipelines_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    """Build the pipelines for training, validation and test.

    Args:
        train, valid, test: unbatched datasets of pairs (image, label).
        train_size: the number of training examples.
        prepare: called as prepare(image, label), returns the prepared pair.
        batch_size: examples per batch; the last batch holds what is left.

    Returns:
        (train, valid, test): batched datasets; only the training examples are shuffled.
    """
    ### BEGIN SOLUTION
    return tuple(part.map(prepare).batch(batch_size) for part in (train.shuffle(train_size), valid, test))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "input_pipelines", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_input_pipelines():
    def examples(first, last):
        return tf.data.Dataset.from_tensor_slices((tf.zeros((last - first, 4, 4, 3), tf.uint8), tf.range(first, last)))

    def prepare(image, label):
        return tf.cast(image, tf.float32) + 1.0, label

    result = input_pipelines(examples(0, 50), examples(50, 55), examples(55, 58), 50, prepare, 16)
    assert isinstance(result, (tuple, list)) and len(result) == 3, "the result has to be the triple (train, valid, test)"
    train, valid, test = result
    labels = [label.numpy() for _, label in train]
    sizes = [len(batch) for batch in labels]
    assert sizes == [16, 16, 16, 2], f"50 examples have to give batches of 16, 16, 16 and 2, yours have {sizes}"
    assert sorted(np.concatenate(labels)) == list(range(50)), "a pass has to give every training example exactly once"
    assert all(np.allclose(image, 1) for image, _ in train), "the images have to be prepared, once"
    labels = np.concatenate([label for _, label in valid])
    assert np.array_equal(labels, range(50, 55)), f"the validation examples have to keep their order, yours come as {labels}"


_see_input_pipelines()

# %% [markdown] nbgrader={"grade": false, "grade_id": "compiled_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 3: one step as a graph (3 points)
#
# The step is the one you know: predict, compare, differentiate, update,
#
# $$ \hat{y} = f_\theta(x), \qquad \ell = L(y, \hat{y}), \qquad \theta \leftarrow \text{optimizer}\left(\theta, \nabla_\theta\, \ell\right). $$
#
# What is new: `compiled_step` does not take the step, it **makes the function** that will take it, as a `tf.function`. What the step works with (a model, its optimizer, a loss, a metric) it finds in its closure. So every model gets a step of its own, with a graph of its own.
#
# **Contract** for `compiled_step(model, optimizer, loss_fn, metric)`
#
# - `model` is a built Keras model with one output per example: predictions of shape (b, 1), float32. `optimizer` is a Keras optimizer, built for the model's trainable variables; it serves this model only. `metric` is a Keras metric.
# - The result is a function `step(x, y)`, run as a **graph**. `x` is a float32 tensor of a batch, `y` holds the **int64 labels 0 and 1 in the shape (b,)**, as they come from a dataset.
# - A call first turns the labels into a float32 column (b, 1), like the predictions. Everything below means this column.
# - It calls the model once, in training mode; computes `loss_fn(y, predictions)`, a scalar, where `loss_fn` is a Keras loss or a plain function of tensors; lets the optimizer take **one** step on the trainable variables; and updates the metric with `metric.update_state(y, predictions)`, with the
#   predictions from before the update. It never resets the metric: that is up to the caller.
# - It returns the loss, a scalar tensor, from before the update.
# - The Python code behind it runs **at most twice** in all epochs: once for full batches, once for a smaller last batch. (One trace for both is fine, too.)
# - Steps of several models work side by side: each keeps to its own model, optimizer, loss and metric.
#
# **Example.** One weight, $\hat{y} = wx$ with $w = 1$, the row $x = 2$ with label $1$, the squared error and SGD with rate 0.1: the prediction is 2, the loss $(2 - 1)^2 = 1$, the gradient $2 \cdot (2 - 1) \cdot 2 = 4$, so afterwards $w = 0.6$. The step returns $1$.
#
# > **Silent traps.** A *plain function* as a loss broadcasts labels (b,) against predictions (b, 1) to a table (b, b), and its mean is a loss that trains to nonsense; Keras' own loss objects align the shapes by themselves, which hides the slip until somebody changes the loss.
# > A model called without `training=True` trains as well: dropout drops nothing, and batch normalisation never gathers its averages. And a `tf.function` made anew for every call is traced at every call: slower than no graph at all.
#
# <details><summary>Hint</summary>
#
# Define `step` inside `compiled_step`, under `@tf.function`, and return it. `tf.cast(y[:, None], tf.float32)` makes the column.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "compiled_step_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def compiled_step(model, optimizer, loss_fn, metric):
    """Make a training step that runs as a graph.

    Args:
        model: a built Keras model with predictions (b, 1); called once per step, in training mode.
        optimizer: a Keras optimizer built for the model; takes one step per call.
        loss_fn: called as loss_fn(y, predictions), gives a scalar.
        metric: a Keras metric, updated with (y, predictions), never reset.

    Returns:
        step(x, y) for x float32 (b, ...) and y int64 (b,); it returns the loss before the update.
    """
    ### BEGIN SOLUTION
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "compiled_step", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def _see_compiled_step():
    neuron = tf.keras.layers.Dense(1, use_bias=False)
    model = tf.keras.Sequential([tf.keras.Input((1,)), neuron])
    neuron.set_weights([np.array([[1.0]])])
    rate = tf.keras.optimizers.SGD(learning_rate=0.1)
    rate.build(model.trainable_variables)
    metric, traced = tf.keras.metrics.MeanAbsoluteError(), []

    def squared_error(y, predictions):
        traced.append((tuple(y.shape), y.dtype))
        return tf.reduce_mean((y - predictions) ** 2)

    step = compiled_step(model, rate, squared_error, metric)
    assert callable(step), "the result has to be a function step(x, y)"
    loss = step(tf.constant([[2.0]]), tf.constant([1], tf.int64))
    assert traced[0] == ((1, 1), tf.float32), f"the loss has to see the labels as a float32 column (1, 1), it sees {traced[0]}"
    assert np.isclose(float(loss), 1), f"the loss before the update has to be 1, yours is {float(loss)}"
    weight = float(neuron.get_weights()[0][0, 0])
    assert np.isclose(weight, 0.6), f"after one step the weight has to be 0.6, yours is {weight:.4f}"
    assert np.isclose(float(metric.result()), 1), f"the metric has to be updated: its result has to be 1, yours is {float(metric.result())}"
    for _ in range(5):
        step(tf.constant([[2.0]]), tf.constant([1], tf.int64))
    assert len(traced) <= 2, f"six equal calls have to run the Python code once, yours ran {len(traced)} times: build the graph once"


_see_compiled_step()

# %% [markdown] nbgrader={"grade": false, "grade_id": "speed_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Is it worth it? The next cell takes the same steps eagerly and as a graph. (The first call of the graph, which traces, is not counted. It takes about as long as a few dozen steps.)

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "speed_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# def eager_step(model, optimizer, loss_fn, metric):
#     def step(x, y):
#         y = tf.cast(y[:, None], tf.float32)
#         with tf.GradientTape() as tape:
#             predictions = model(x, training=True)
#             loss = loss_fn(y, predictions)
#         gradients = tape.gradient(loss, model.trainable_variables)
#         optimizer.apply_gradients(zip(gradients, model.trainable_variables))
#         metric.update_state(y, predictions)
#         return loss
#
#     return step
#
#
# milliseconds = {}
# for name, maker in (("eager", eager_step), ("graph", compiled_step)):
#     layers = [tf.keras.layers.Dense(16, activation="relu") for _ in range(4)]
#     model = tf.keras.Sequential([tf.keras.Input((8,)), *layers, tf.keras.layers.Dense(1, activation="sigmoid")])
#     optimizer = tf.keras.optimizers.Adam(0.01)
#     optimizer.build(model.trainable_variables)
#     step = maker(model, optimizer, tf.keras.losses.BinaryCrossentropy(), tf.keras.metrics.BinaryAccuracy())
#     x, y = tf.random.normal((32, 8)), tf.constant([0, 1] * 16, tf.int64)
#     step(x, y)
#     began = time.perf_counter()
#     for _ in range(30):
#         step(x, y)
#     milliseconds[name] = 1000 * (time.perf_counter() - began) / 30
#
# plt.figure(figsize=(6, 1.6))
# plt.barh(list(milliseconds), list(milliseconds.values()), color=["tab:grey", "tab:blue"])
# plt.xlabel("milliseconds per step")
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "train_in_graph_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 4: the whole loop in one graph (2 points)
#
# A graph can hold loops. Inside a `tf.function`, AutoGraph turns `for i in tf.range(n)` and `for x, y in dataset` into loops *of the graph*; then all of training is a single call. With $E$ epochs and $B$ batches,
# your Python code still runs about once, not $E \cdot B$ times.
#
# **Contract** for `train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric)`
#
# - `model`, `optimizer`, `loss_fn`, `metric` are as in question 3. `dataset` gives batches `(x, y)`: float32 rows, and int64 labels 0 and 1 of shape **(b,)**, which you turn into a float32 column (b, 1) as before; the last batch may be smaller. `epochs` is a Python integer **or** a scalar int32 tensor, at least 1.
# - It runs one `tf.function` that contains the loop over epochs and the loop over batches, both as loops of the graph. However many epochs and batches there are, the Python code (and with it `loss_fn`) runs **at most three times**.
# - In every epoch the metric is **reset first**. Then, batch by batch and in order, one training step is taken as in question 3: model in training mode, one update, `metric.update_state(y, predictions)` with the predictions from before the update.
# - The result is the pair `(loss, value)` of scalar float32 **tensors**: the loss of the very last batch, and `metric.result()` of the last epoch.
#
# **Example.** 2 epochs over 5 batches take 10 optimizer steps. The loss is that of step 10, the metric's value covers steps 6 to 10.
#
# > **Two silent traps.** A metric that is not reset reports the mean of all epochs so far, which lags behind more and more. And `for epoch in range(epochs)` with a Python integer does not loop in the graph: it writes the body into the graph `epochs` times; with 100 epochs, tracing takes minutes.
#
# <details><summary>Hint</summary>
#
# A variable that a loop of the graph assigns, and that is used after it, has to exist before it, with the same dtype: begin with `loss = tf.constant(0.0)`. `tf.range` accepts integers and tensors alike. `metric.reset_state()` works inside a graph.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "train_in_graph_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    """Train for several epochs, with all loops in one graph.

    Args:
        model, optimizer, loss_fn, metric: as in compiled_step.
        epochs: a Python integer or a scalar int32 tensor.
        dataset: batches (x, y), float32 rows and int64 labels (b,).

    Returns:
        (loss, value): the loss of the last batch and the metric's result of the last epoch, scalar tensors.
    """
    ### BEGIN SOLUTION
    @tf.function
    def loops():
        loss = 0.0
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "train_in_graph", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_train_in_graph():
    neuron = tf.keras.layers.Dense(1, use_bias=False)
    model = tf.keras.Sequential([tf.keras.Input((1,)), neuron])
    neuron.set_weights([np.array([[1.0]])])
    rate = tf.keras.optimizers.SGD(learning_rate=0.1)
    rate.build(model.trainable_variables)
    metric, traced = tf.keras.metrics.MeanAbsoluteError(), []

    def squared_error(y, predictions):
        traced.append(tf.executing_eagerly())
        return tf.reduce_mean((y - predictions) ** 2)

    batches = tf.data.Dataset.from_tensor_slices((np.full((5, 1), 2.0, "float32"), np.ones(5, "int64"))).batch(1)
    result = train_in_graph(model, rate, 2, batches, squared_error, metric)
    assert isinstance(result, (tuple, list)) and len(result) == 2, "the result has to be the pair (loss, value)"
    assert not any(traced), "the loops have to run as a graph, inside a tf.function"
    assert int(rate.iterations) == 10, f"2 epochs over 5 batches have to take 10 steps, yours took {int(rate.iterations)}"
    loss, value = result
    assert np.isclose(float(loss), 0.04**9, rtol=1e-3, atol=1e-10), f"the last loss has to be 0.04 to the 9th, yours is {float(loss)}"
    error = np.mean([0.2**step for step in range(5, 10)])
    assert np.isclose(float(value), error, rtol=1e-3), f"the metric of the second epoch has to be {error:.3g}, yours is {float(value):.3g}"
    assert len(traced) <= 3, f"the Python code may run three times at most, yours ran {len(traced)} times"


_see_train_in_graph()

# %% [markdown] nbgrader={"grade": false, "grade_id": "newton_root_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 5: as many rounds as it takes (2 points)
#
# To find the square root of $v$, Newton's method starts with a guess $x$ that is at least as large as the root, and replaces it by the mean of $x$ and $v/x$:
#
# $$ x_0 = \max(v, 1), \qquad x_{n+1} = \tfrac{1}{2} \left( x_n + \frac{v}{x_n} \right). $$
#
# It goes on **while** the square is more than a tolerance away from $v$, that is, while $|x^2 - v| > \text{tolerance}$, **and** fewer than `max_steps` steps have been taken. How many steps that are depends on the numbers, so a graph that should serve all of them
# needs a loop in it.
#
# **Contract** for `newton_root(value, tolerance, max_steps)`
#
# - `newton_root` itself is a `tf.function`: the given decorator makes it one (or you assign `newton_root = tf.function(...)` yourself).
# - All three arguments are scalar tensors: `value` $\ge 0$ and `tolerance` $\ge 0$ are float32, `max_steps` $\ge 0$ is int32.
# - The result is the pair `(root, steps)`: the last $x$ as a scalar float32 tensor, and the number of steps taken as a scalar int32 tensor.
# - When $|x^2 - v|$ is exactly the tolerance, it stops. After `max_steps` steps it stops, however far away it is. It may stop before the first step.
# - The graph contains a while loop, and all values are served by **one** trace.
#
# **Example.** With the tolerance $10^{-4}$: 2 gives 1.414216 in 3 steps, 9 gives 3 in 5 steps, 100 gives 10 in 7 steps. 100 with `max_steps` 2 gives 26.240 (after 50.5) in 2 steps.
#
# <details><summary>Hint</summary>
#
# Write a plain Python `while` with the two conditions joined by `and`: AutoGraph does the rest. Begin with a step count of 0, and count with `+ 1`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "newton_root_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
@tf.function
def newton_root(value, tolerance, max_steps):
    """Compute a square root by Newton's method.

    Args:
        value: the number whose root is wanted, a scalar float32 tensor.
        tolerance: stop when the root's square is no further than this from the value, scalar float32.
        max_steps: stop after this many steps, scalar int32.

    Returns:
        (root, steps): scalar float32 and scalar int32.
    """
    ### BEGIN SOLUTION
    root, steps = tf.maximum(value, 1), 0
    while tf.abs(root**2 - value) > tolerance and steps < max_steps:
        root = (root + value / root) / 2
        steps += 1
    return root, steps
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "newton_root", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_newton_root():
    for value, limit, expected, rounds in ((2.0, 50, 1.414216, 3), (9.0, 50, 3.0, 5), (100.0, 50, 10.0, 7), (100.0, 2, 26.240, 2)):
        result = newton_root(tf.constant(value), tf.constant(1e-4), tf.constant(limit))
        assert isinstance(result, (tuple, list)) and len(result) == 2, "the result has to be the pair (root, steps)"
        root, steps = result
        assert np.isclose(float(root), expected, atol=1e-3), f"{value} has to give {expected}, yours gives {float(root):.6f}"
        assert int(steps) == rounds, f"{value} has to take {rounds} steps, yours took {int(steps)}"
    assert hasattr(newton_root, "get_concrete_function"), "newton_root has to be a tf.function"
    count = newton_root.experimental_get_tracing_count()
    assert count == 1, f"one trace has to serve all values, yours was traced {count} times"


_see_newton_root()

# %% [markdown] nbgrader={"grade": false, "grade_id": "horses_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## All together
#
# The next cell loads the drawn horses and humans, prepares them with your pipelines, and trains a small convolutional network with two calls of `train_in_graph`: for one epoch, and for 24 more. The pictures are test images with the network's
# opinion; wrong ones have a red title.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "horses_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# tf.keras.utils.set_random_seed(5)
# parts = [datasets.load("horses_humans", split=split, as_supervised=True) for split in ("train", "test[:30]", "test[30:]")]
# train, valid, test = input_pipelines(*parts, 200, lambda image, label: resize_and_scale(image, label, 24), 32)
# model = tf.keras.Sequential([
#     tf.keras.Input((24, 24, 3)),
#     tf.keras.layers.Conv2D(8, 3, activation="relu"), tf.keras.layers.MaxPooling2D(2),
#     tf.keras.layers.Conv2D(16, 3, activation="relu"), tf.keras.layers.MaxPooling2D(2),
#     tf.keras.layers.Flatten(), tf.keras.layers.Dropout(0.2), tf.keras.layers.Dense(1, activation="sigmoid"),
# ])
# optimizer, metric = tf.keras.optimizers.Adam(0.005), tf.keras.metrics.BinaryAccuracy()
# optimizer.build(model.trainable_variables)
# for epochs in (1, 24):
#     loss, accuracy = train_in_graph(model, optimizer, epochs, train, tf.keras.losses.BinaryCrossentropy(), metric)
#     right = np.concatenate([(model(x)[:, 0] > 0.5) == (y == 1) for x, y in valid])
#     print(f"after {epochs} more: last loss {float(loss):.3f}, training accuracy {float(accuracy):.2f}, validation accuracy {right.mean():.2f}")
#
# images, labels = next(iter(test))
# probability = model(images)[:, 0].numpy()
# fig, axes = plt.subplots(2, 8, figsize=(11, 3.4))
# for ax, image, label, p in zip(axes.flat, images, labels, probability):
#     ax.imshow(image)
#     ax.axis("off")
#     ax.set_title(f"{'human' if p > 0.5 else 'horse'} {max(p, 1 - p):.2f}", color="black" if (p > 0.5) == (label == 1) else "red", fontsize=9)
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "newton_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# And Newton's method: the closer it comes, the faster it gets. The number of right digits doubles with each of the last steps.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "newton_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# plt.figure(figsize=(6, 3))
# for value in (2.0, 9.0, 100.0, 10000.0):
#     errors = []
#     for limit in range(14):
#         root, _ = newton_root(tf.constant(value), tf.constant(0.0), tf.constant(limit))
#         errors.append(max(abs(float(root) / value**0.5 - 1), 1e-8))
#     plt.semilogy(errors, ".-", label=f"root of {value:g}")
# plt.xlabel("step")
# plt.ylabel("relative error")
# plt.legend()
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# Things to try: put `print("tracing")` and `tf.print("running")` side by side into `compiled_step` and watch when which of them speaks; pass the learning rate as a Python number to a compiled function and count the traces; add `.cache()` *before* `shuffle` and time an epoch.
#
# In the next assignment, *Training on several devices* (`custom_training_w4_distribution`), the compiled step runs on two devices at once, each with its own half of the batch.
