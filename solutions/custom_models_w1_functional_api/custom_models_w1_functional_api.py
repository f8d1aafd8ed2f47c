# ---
# jupyter:
#   gradetape:
#     datasets:
#     - wine_table
#     - garments
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
# # Networks that are no chains
#
# A `Sequential` model is a chain: one input, one output, one layer after the other. Many networks are not. Some answer two questions about one input, some compare two inputs with each other, some do both.
# With the **functional API** of Keras you draw such a network as a graph: `tf.keras.Input` makes a node, calling a layer on a node makes the next one, and `tf.keras.Model(inputs, outputs)` cuts the part out that you need.
#
# ```
#              ┌─ Dense ─ Dense ─→ quality               left image ──┐
#  measures ─ trunk                                                  tower ─→ distance
#              └─ Dense ─────────→ red?                  right image ─┘
# ```
#
# Two ideas carry this assignment:
#
# - **Two heads on one trunk.** From eleven measures of a wine a network tells how good it is *and* whether it is red. Both heads train the layers they share.
# - **One tower for two inputs.** A *siamese* network sends two images through *the same* layers and returns how far apart the results are: a measure of likeness that is learned.
#
# You will build
#
# 1. **`merge_tables`** and 2. **`standardise`**, which prepare the wines,
# 3. **`two_headed_model`**, the network with one trunk and two heads,
# 4. **`compile_two_headed`**, which gives each head its loss and its metric,
# 5. **`siamese_model`**, the network with two inputs,
# 6. **`balanced_pairs`**, which draws pairs of images to train it with.
#
# Each question is graded by itself, and none of the functions should use another one, or any variable of this notebook.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradetape import datasets

# %% [markdown] nbgrader={"grade": false, "grade_id": "merge_tables_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 1: one table out of two (1 point)
#
# There is a table of white wines and a table of red ones, each with a quality that tasters gave, from 3 to 9. Very bad and very good wines are too rare to learn from, so we keep only those with
#
# $$ \text{low} < \text{quality} < \text{high} $$
#
# and put both tables below each other, with a column that tells where a row came from.
#
# **Contract** for `merge_tables(white, red, low, high)`
#
# - `white` and `red` are pairs `(features, quality)` of NumPy arrays: float32 (n, d) and int32 (n,), with the same number d of columns in both. `low` and `high` are numbers. Nothing is changed in place.
# - Rows are kept whose quality lies **strictly** between `low` and `high`: neither bound belongs to it.
# - The result is a tuple of three float32 arrays with one entry for each row that is kept: the features (m, d), the quality (m,), and (m,) the answer to "red?": 1 for rows of `red`, 0 for rows of `white`.
# - The rows of `white` come first, then those of `red`, each in their given order. In all three arrays entry $i$ belongs to the same wine.
#
# **Example.** White wines of quality 4, 5, 7 and red ones of quality 6, 8 with `low=4, high=8` leave the qualities $(5, 7, 6)$ and the flags $(0, 0, 1)$.
#
# <details><summary>Hint</summary>
#
# `keep = (low < quality) & (quality < high)` is an array of booleans, and `features[keep]` picks rows. `np.concatenate` puts arrays one after the other.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "merge_tables_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def merge_tables(white, red, low, high):
    """Keep the rows with low < quality < high of both tables, white ones first.

    Args:
        white, red: pairs (features float32 (n, d), quality int32 (n,)).
        low, high: the bounds, which do not belong to the range themselves.

    Returns:
        (features (m, d), quality (m,), red (m,)), all float32; red is 1 for red wines and 0 for white ones.
    """
    ### BEGIN SOLUTION
    features = np.concatenate([white[0], red[0]])
    quality = np.concatenate([white[1], red[1]])
    is_red = np.repeat([0, 1], [len(white[1]), len(red[1])])
    keep = (low < quality) & (quality < high)
    return features[keep], quality[keep].astype("float32"), is_red[keep].astype("float32")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "merge_tables", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_merge_tables():
    white = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]], "float32"), np.array([4, 5, 7], "int32")
    red = np.array([[4.0, 40.0], [5.0, 50.0]], "float32"), np.array([6, 8], "int32")
    features, quality, is_red = merge_tables(white, red, 4, 8)
    assert np.array_equal(quality, [5, 7, 6]), f"the example has to leave the qualities 5, 7, 6, yours are {quality}"
    assert np.array_equal(is_red, [0, 0, 1]), f"the example has to give the flags 0, 0, 1, yours are {is_red}"
    assert np.array_equal(features, [[2, 20], [3, 30], [4, 40]]), f"every row has to stay with its quality, yours are {features}"


_see_merge_tables()

# %% [markdown] nbgrader={"grade": false, "grade_id": "standardise_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 2: one scale for all columns (1 point)
#
# Alcohol lies near 10, density near 1, sulphur dioxide near 100. Put every column $j$ on one scale, with mean and deviation of the **training** table:
#
# $$ \tilde{x}_{ij} = \frac{x_{ij} - \mu_j}{\sigma_j}, \qquad \mu_j = \frac{1}{N}\sum_{i=1}^{N} x^{\text{train}}_{ij}, \qquad \sigma_j = \sqrt{\frac{1}{N}\sum_{i=1}^{N} \big(x^{\text{train}}_{ij} - \mu_j\big)^2} . $$
#
# The other tables stand for data that nobody has seen yet. They are put on the same scale, and nothing is learned from them.
#
# **Contract** for `standardise(train, *others)`
#
# - All arguments are NumPy arrays, float32 or float64, with the same number of columns. There may be any number of `others`, also none. Nothing is changed in place.
# - The result is a list of float32 arrays: the training table, then the others in their order, all scaled with $\mu$ and $\sigma$ of `train`. The deviation divides by $N$, as above.
# - A column that is constant in `train` has $\sigma_j = 0$. Divide by 1 there instead, in all tables: it is centred only, and nothing becomes infinite or NaN.
#
# **Example.** The training columns $(1, 3)$ and $(7, 7)$ have $\mu = (2, 7)$ and $\sigma = (1, 0)$. They become $(-1, 1)$ and $(0, 0)$. A row $(5, 9)$ of another table becomes $(3, 2)$.
#
# <details><summary>Hint</summary>
#
# `axis=0` computes one number per column. `np.where(condition, a, b)` chooses element by element. A function with `*others` finds its further arguments in the tuple `others`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "standardise_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def standardise(train, *others):
    """Scale tables by the columns' mean and deviation in the training table.

    Args:
        train: the training table (N, d).
        others: further tables with d columns.

    Returns:
        A list of float32 arrays: the scaled training table, then the others.
    """
    ### BEGIN SOLUTION
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return [((table - mean) / deviation).astype("float32") for table in (train, *others)]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "standardise", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_standardise():
    result = standardise(np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([[5.0, 9.0]]))
    assert isinstance(result, list) and len(result) == 2, "two tables have to give a list of two arrays"
    assert np.allclose(result[0], [[-1, 0], [1, 0]]), f"the training table of the example has to become [[-1, 0], [1, 0]], yours is {result[0]}"
    assert np.allclose(result[1], [[3, 2]]), f"the other table of the example has to become [[3, 2]], yours is {result[1]}"


_see_standardise()

# %% [markdown] nbgrader={"grade": false, "grade_id": "two_headed_model_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 3: one trunk, two heads (2 points)
#
# With the trunk $t(x) = \operatorname{relu}(W_2 \operatorname{relu}(W_1 x + b_1) + b_2)$ the network computes
#
# $$ \text{quality} = w^\top \operatorname{relu}(W_3\, t(x) + b_3) + b, \qquad \text{red} = \operatorname{sigmoid}(v^\top t(x) + c) . $$
#
# **Contract** for `two_headed_model(num_features, units)`
#
# - Input: `num_features` numbers, float32. Both arguments are ints; `units` is even.
# - The trunk: two `Dense` layers with `units` units and relu each. **Both heads share it.**
# - The head `quality`: `Dense` with `units // 2` units and relu, then `Dense` with one unit and **no** activation. A quality is any number.
# - The head `red`: directly on the trunk, one `Dense` layer with one unit and a sigmoid.
# - The result is a new `tf.keras.Model`, built and not compiled, with **two outputs of shape (B, 1), named `quality` and `red`, in this order**. Keras must know them by these names: give the two last layers these names, or return the outputs as a dict with these keys.
#
# **Example.** With 11 features and 16 units the trunk has $192 + 272$ parameters, the quality head $136 + 9$, the head for red $17$: 626 in all.
#
# <details><summary>Hint</summary>
#
# `inputs = tf.keras.Input((num_features,))`, then call layer after layer: `x = tf.keras.layers.Dense(...)(inputs)`. The node at the end of the trunk is used twice. Layers take `name="quality"`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "two_headed_model_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def two_headed_model(num_features, units):
    """Build a network with one trunk and the heads quality and red.

    Args:
        num_features: the number of inputs, an int.
        units: units of the trunk's layers, an even int.

    Returns:
        A built tf.keras.Model with the outputs quality (B, 1) and red (B, 1).
    """
    ### BEGIN SOLUTION
    inputs = tf.keras.Input((num_features,))
    trunk = tf.keras.layers.Dense(units, activation="relu")(inputs)
    trunk = tf.keras.layers.Dense(units, activation="relu")(trunk)
    hidden = tf.keras.layers.Dense(units // 2, activation="relu")(trunk)
    quality = tf.keras.layers.Dense(1, name="quality")(hidden)
    red = tf.keras.layers.Dense(1, activation="sigmoid", name="red")(trunk)
    return tf.keras.Model(inputs, [quality, red])
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "two_headed_model", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_two_headed_model():
    model = two_headed_model(11, 16)
    assert model.count_params() == 626, f"11 features and 16 units need 626 parameters, yours has {model.count_params()}"
    outputs = model(tf.zeros((3, 11)))
    outputs = [outputs["quality"], outputs["red"]] if isinstance(outputs, dict) else outputs
    assert [tuple(output.shape) for output in outputs] == [(3, 1), (3, 1)], "both outputs have to be of shape (B, 1)"


_see_two_headed_model()

# %% [markdown] nbgrader={"grade": false, "grade_id": "compile_two_headed_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 4: a loss for each head (2 points)
#
# With two outputs there are two losses. Keras minimises their sum,
#
# $$ L = \frac{1}{B}\sum_{i=1}^{B} (q_i - \hat{q}_i)^2 \;-\; \frac{1}{B}\sum_{i=1}^{B} \big( r_i \log \hat{r}_i + (1 - r_i) \log (1 - \hat{r}_i) \big), $$
#
# and the gradient of both flows into the trunk.
#
# **Contract** for `compile_two_headed(model, learning_rate)`
#
# - `model` is any Keras model with two outputs that are named `quality` and `red`, **in any order**: address them by name, not by position.
# - It is compiled in place with a **new** RMSprop optimizer of the given `learning_rate` (a float; everything else as Keras sets it), the mean squared error for `quality` and the binary cross-entropy (of probabilities) for `red`. The two count alike.
# - Metrics: the root mean squared error for `quality`, named `rmse`; the accuracy for `red`. So the history of a training holds `loss`, `quality_loss`, `quality_rmse`, `red_loss`, `red_accuracy`, and nothing else.
# - The same `model` object is returned. The function trains nothing. It may be called for several models one after the other.
#
# **Example.** After `compile_two_headed(model, 0.01)` the model is trained by `model.fit(x, {"quality": quality, "red": red})`.
#
# > **A silent trap.** An optimizer keeps its memory in variables that belong to one model's weights. An optimizer object that is made once, outside the function, serves the first model and fails for the second, or at best shares one learning rate among all.
#
# <details><summary>Hint</summary>
#
# `loss` and `metrics` of `compile` may be dicts whose keys are the names of the outputs. `tf.keras.metrics.RootMeanSquaredError` takes a `name`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "compile_two_headed_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def compile_two_headed(model, learning_rate):
    """Compile a model with the outputs quality and red.

    Args:
        model: a Keras model with outputs of these names.
        learning_rate: RMSprop's learning rate, a float.

    Returns:
        The same model, compiled.
    """
    ### BEGIN SOLUTION
    model.compile(
        optimizer=tf.keras.optimizers.RMSprop(learning_rate=learning_rate),
        loss={"quality": "mse", "red": "binary_crossentropy"},
        metrics={"quality": tf.keras.metrics.RootMeanSquaredError(name="rmse"), "red": "accuracy"},
    )
    return model
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "compile_two_headed", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_compile_two_headed():
    inputs = tf.keras.Input((2,))
    outputs = [tf.keras.layers.Dense(1, name="quality")(inputs), tf.keras.layers.Dense(1, activation="sigmoid", name="red")(inputs)]
    model = tf.keras.Model(inputs, outputs)
    assert compile_two_headed(model, 0.01) is model, "the model itself has to be returned"
    assert isinstance(model.optimizer, tf.keras.optimizers.RMSprop), f"RMSprop is asked, yours is {type(model.optimizer).__name__}"
    assert np.isclose(float(model.optimizer.learning_rate), 0.01), "the learning rate has to be the given one"
    x = np.array([[0.0, 1.0], [1.0, 0.0]], "float32")
    logs = model.evaluate(x, {"quality": x[:, 0], "red": x[:, 1]}, verbose=0, return_dict=True)
    expected = ["loss", "quality_loss", "quality_rmse", "red_accuracy", "red_loss"]
    assert sorted(logs) == expected, f"the results have to be {expected}, yours are {sorted(logs)}"


_see_compile_two_headed()

# %% [markdown] nbgrader={"grade": false, "grade_id": "wine_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# The next cell prepares 1000 wines, trains your network for 20 epochs, and shows both losses. Always guessing the mean quality would give an error of one standard deviation of the quality, the dotted line. Red and white are easy to tell apart.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "wine_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# def table(split):
#     rows = datasets.load("wine_table", split=split, batch_size=-1)
#     features = [np.asarray(rows["features"][name]) for name in sorted(rows["features"])]
#     return np.stack(features, axis=1).astype("float32"), np.asarray(rows["quality"])
#
# features, quality, is_red = merge_tables(table("white"), table("red"), 4, 8)
# order = np.random.default_rng(1).permutation(len(quality))
# features, quality, is_red = features[order], quality[order], is_red[order]
# x_train, x_test = standardise(features[:-200], features[-200:])
#
# tf.keras.utils.set_random_seed(1)
# model = compile_two_headed(two_headed_model(x_train.shape[1], 16), learning_rate=0.005)
# log = model.fit(x_train, {"quality": quality[:-200], "red": is_red[:-200]}, epochs=20, batch_size=32, verbose=0,
#                 validation_data=(x_test, {"quality": quality[-200:], "red": is_red[-200:]})).history
#
# figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2))
# for ax, name in ((left, "quality_rmse"), (right, "red_loss")):
#     ax.plot(log[name], label="training"); ax.plot(log["val_" + name], label="test"); ax.set_xlabel("epoch"); ax.set_title(name)
# left.axhline(quality[-200:].std(), color="gray", ls=":", label="always the mean"); left.set_ylim(0, 3); left.legend(); plt.show()
# print(f"test: rmse {log['val_quality_rmse'][-1]:.2f}, accuracy of red {log['val_red_accuracy'][-1]:.3f}")

# %% [markdown] nbgrader={"grade": false, "grade_id": "siamese_model_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 5: one tower, two inputs (2 points)
#
# Now two inputs. A *tower* $T$ turns an image into a short vector. A siamese network sends both images of a pair through the same tower and returns the distance of the results:
#
# $$ d(a, b) = \sqrt{ \max\Big( \sum_{k} \big( T(a)_k - T(b)_k \big)^2,\; 10^{-7} \Big) } . $$
#
# Why the maximum? The root has an infinite slope at 0, where equal images lie. One such pair in a batch, and the gradient is NaN, and after one step so are all the weights.
#
# **Contract** for `siamese_model(tower)`
#
# - `tower` is a built `tf.keras.Model` with one input of shape (B, …), of any rank and size, and one output (B, k).
# - The result is a new `tf.keras.Model` with **two** inputs, each like the tower's, given as a list `model([left, right])`, and one output (B, 1), float32: the distance above for each pair. It is built and not compiled.
# - Both inputs pass through **this very tower**: the model has the tower's weights and no others, training the model trains the tower, and new weights of the tower change the model.
# - The distance is symmetric, $d(a, b) = d(b, a)$; for equal inputs it is $\sqrt{10^{-7}} \approx 3.1623 \cdot 10^{-4}$, with finite gradients. (Adding $10^{-7}$ under the root, in place of the maximum, serves as well.)
#
# **Example.** With a tower of 4904 parameters, the model has 4904 parameters. If it turns two images into $(1, 2)$ and $(4, 6)$, their distance is 5.
#
# > **A silent trap.** Keep the column: with an output of shape (B,) instead of (B, 1), a loss of your own that subtracts it from targets (B, 1) gets a *table* of B × B differences, each pair against the labels of all others. Nothing fails; it just does not learn.
#
# <details><summary>Hint</summary>
#
# `tower.input_shape[1:]` is the shape of one image. A model can be called like a layer, as often as you like. Between Keras inputs and outputs write operators (`-`) and functions of `tf.keras.ops` (`square`, `sum` with `axis` and `keepdims`, `maximum`, `sqrt`); functions such as `tf.sqrt` are refused there.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "siamese_model_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def siamese_model(tower):
    """Build the network that measures the distance of two inputs behind a shared tower.

    Args:
        tower: a built tf.keras.Model with one input and one output (B, k).

    Returns:
        A tf.keras.Model of [left, right] with the output (B, 1), the distance.
    """
    ### BEGIN SOLUTION
    left, right = tf.keras.Input(tower.input_shape[1:]), tf.keras.Input(tower.input_shape[1:])
    squares = tf.keras.ops.square(tower(left) - tower(right))
    total = tf.keras.ops.sum(squares, axis=1, keepdims=True)
    distance = tf.keras.ops.sqrt(tf.keras.ops.maximum(total, 1e-7))
    return tf.keras.Model([left, right], distance)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "siamese_model", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_siamese_model():
    tower = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(2)])
    tower.set_weights([np.eye(2), np.zeros(2)])
    model = siamese_model(tower)
    assert len(model.inputs) == 2, f"the model needs two inputs, yours has {len(model.inputs)}"
    assert model.count_params() == tower.count_params(), "the model has the tower's parameters and no others"
    result = np.asarray(model([np.array([[1.0, 2.0]]), np.array([[4.0, 6.0]])]))
    assert result.shape == (1, 1), f"one pair has to give (1, 1), yours gives {result.shape}"
    assert np.allclose(result, 5), f"(1, 2) and (4, 6) have the distance 5, yours is {result}"
    result = float(np.asarray(model([np.ones((1, 2)), np.ones((1, 2))]))[0, 0])
    assert np.isclose(result, 3.1623e-4, rtol=1e-3), f"equal inputs have the distance 3.1623e-4, yours is {result}"


_see_siamese_model()

# %% [markdown] nbgrader={"grade": false, "grade_id": "balanced_pairs_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 6: pairs to learn from (2 points)
#
# A siamese network learns from pairs: two images of the same class, target 1, and two of different classes, target 0. Drawn blindly from $K$ classes, only about one pair in $K$ would be of the first kind, so we draw as many of each.
#
# **Contract** for `balanced_pairs(images, labels, num_pairs, seed)`
#
# - `images` is a NumPy array (N, …) of any dtype, `labels` an int64 array (N,). The classes are whatever numbers occur in `labels`, not necessarily 0, 1, 2, …; there are at least two, each with at least two images. `num_pairs` and `seed` are ints. Nothing is changed in place.
# - The result is a tuple `(left, right, same)` for $2 \cdot$ `num_pairs` pairs in any order: two arrays ($2 \cdot$ `num_pairs`, …) with the dtype of `images`, and a float32 array ($2 \cdot$ `num_pairs`,).
# - Exactly `num_pairs` pairs are **positive**, `same` is 1: two *different* images (different rows of `images`) of one class. The other `num_pairs` are **negative**, `same` is 0: images of two different classes.
# - The pairs are drawn at random and differ from each other: with many pairs, every class takes part in positive and in negative pairs on both sides, and most of the images occur. (An image may occur several times.)
# - The same `seed` gives the same pairs again, another one gives others. The result depends on the arguments alone.
#
# **Example.** Labels $(5, 5, 9, 9)$ and `num_pairs=1`: one pair of the two 5s or of the two 9s, and one of a 5 and a 9, in either order.
#
# <details><summary>Hint</summary>
#
# `rng = np.random.default_rng(seed)` draws without touching anybody else's random numbers. For every pair draw a left image. `np.flatnonzero(labels == labels[i])` lists the images of its class: take the image itself out, then draw one of the others. For a negative pair, draw among `labels != labels[i]`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "balanced_pairs_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def balanced_pairs(images, labels, num_pairs, seed):
    """Draw as many pairs of the same class as of different classes.

    Args:
        images: array (N, ...).
        labels: int64 array (N,).
        num_pairs: the number of positive pairs, and of negative ones.
        seed: an int that decides the draw.

    Returns:
        (left, right, same): two arrays (2 * num_pairs, ...) and float32 (2 * num_pairs,).
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    left = rng.integers(len(labels), size=2 * num_pairs)
    same = np.arange(2 * num_pairs) < num_pairs
    right = []
    for first, positive in zip(left, same):
        fitting = (labels == labels[first]) == positive
        fitting[first] = False
        right.append(rng.choice(np.flatnonzero(fitting)))
    return images[left], images[right], same.astype("float32")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "balanced_pairs", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_balanced_pairs():
    images, labels = np.arange(4.0).reshape(4, 1, 1), np.array([5, 5, 9, 9])
    left, right, same = balanced_pairs(images, labels, 1, seed=3)
    assert left.shape == right.shape == (2, 1, 1), f"one pair of each kind makes (2, 1, 1), yours are {left.shape} and {right.shape}"
    assert sorted(same) == [0, 1], f"one pair of each kind has the targets 1 and 0, yours are {same}"
    for a, b, target in zip(left.ravel(), right.ravel(), same):
        equal = labels[int(a)] == labels[int(b)]
        assert equal == bool(target), f"images {int(a)} and {int(b)} with labels {labels} cannot have the target {target}"
        assert a != b, "no image is paired with itself"


_see_balanced_pairs()

# %% [markdown] nbgrader={"grade": false, "grade_id": "siamese_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## A learned likeness
#
# All pieces for the second network: a small tower, pairs of garments, and a *contrastive* loss that pulls equal classes together and pushes others apart until their distance is 1. The picture shows distances of test pairs after eight epochs: hardly any overlap is left.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "siamese_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# garments = {}
# for split in ("train", "test"):
#     data = datasets.load("garments", split=split, batch_size=-1)
#     garments[split] = np.asarray(data["image"]).astype("float32") / 255, np.asarray(data["label"])
#
# tf.keras.utils.set_random_seed(1)
# tower = tf.keras.Sequential([
#     tf.keras.Input((12, 12, 1)), tf.keras.layers.Flatten(), tf.keras.layers.Dense(32, activation="relu"), tf.keras.layers.Dense(8),
# ])
# likeness = siamese_model(tower)
# likeness.compile(optimizer=tf.keras.optimizers.Adam(0.003),
#                  loss=lambda same, d: tf.reduce_mean(same * d**2 + (1 - same) * tf.maximum(1 - d, 0) ** 2))
# left, right, same = balanced_pairs(*garments["train"], 600, seed=1)
# likeness.fit([left, right], same[:, None], epochs=8, batch_size=32, verbose=0)
#
# left, right, same = balanced_pairs(*garments["test"], 200, seed=2)
# distance = likeness.predict([left, right], verbose=0)[:, 0]
# print(f"pairs told right with a threshold of 0.5: {np.mean((distance < 0.5) == same):.2f}")
# plt.figure(figsize=(7, 2.5))
# plt.hist([distance[same == 1], distance[same == 0]], bins=40, label=["same class", "different classes"], stacked=True)
# plt.xlabel("distance"); plt.legend(); plt.show()
#
# figure, axes = plt.subplots(2, 8, figsize=(9, 2.8))
# for column, index in enumerate([*range(4), *range(200, 204)]):
#     axes[0, column].imshow(left[index, ..., 0], cmap="gray"); axes[1, column].imshow(right[index, ..., 0], cmap="gray")
#     axes[0, column].set_title(f"{distance[index]:.2f}", fontsize=9)
# for ax in axes.ravel():
#     ax.axis("off")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# Things to try: give the loss of `red` a weight of 10 (`loss_weights` in `compile`) and watch what it does to the quality; let `siamese_model` return the two vectors as well; colour the images by their vector's first two coordinates.
#
# The loss in the last cell was a one-liner. In the next assignment, *Losses of your own* (`custom_models_w2_losses`), you write losses properly: as functions, as functions that make functions, and as classes.
