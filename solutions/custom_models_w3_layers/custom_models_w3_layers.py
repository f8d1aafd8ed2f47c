# ---
# jupyter:
#   gradetape:
#     datasets:
#     - digits
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
# # Layers of your own
#
# `Dense`, `Conv2D` and the other built-in layers cover a lot of ground, but sooner or later a paper or an idea needs a
# layer that nobody has written yet. In Keras that takes a small class with three methods:
#
# | method | when it runs | what belongs in it |
# |---|---|---|
# | `__init__` | when you write `MyLayer(...)` | keep the arguments; **no** sizes of the data are known yet |
# | `build(input_shape)` | once, at the first call | create the weights: now the size of the input is known |
# | `call(inputs)` | at every call | compute the output from the inputs and the weights |
#
# In this assignment you will build
#
# 1. **`LinearUnits`**, a layer with weights: your own `Dense`,
# 2. **`QuadraticUnits`**, a layer that no library ships: its units are parabolas instead of lines,
# 3. **`ClippedRelu`**, a layer without weights,
# 4. **configurations**, so that models with your layers can be saved and loaded again,
# 5. **a classifier** of handwritten digits whose first layer is your own.
#
# Write the answers one after the other. Each question is graded by itself: a slip in one of them does not cost you
# points in the next.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradetape import datasets

# %% [markdown] nbgrader={"grade": false, "grade_id": "linear_units_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 1: a layer with weights (2 points)
#
# A linear layer with $u$ units turns an input vector $x$ of $n$ numbers into
#
# $$ y = x W + b, \qquad W \in \mathbb{R}^{n \times u}, \quad b \in \mathbb{R}^{u}. $$
#
# Write it as the class `LinearUnits(units)`.
#
# **Contract**
#
# - `LinearUnits(units)` takes the number of units $u$ (an `int`), and keeps it as `self.units`. Other keywords (`name`, `dtype`, …) go on to
#   the base class; the given first lines do that. The number of inputs $n$ is *not* an argument: before the first call the layer has no weights at all.
# - At the first call it creates two trainable float32 weights, **in this order**: $W$ of shape `(n, units)`, drawn from a
#   normal distribution with mean 0 (any spread you like), and $b$ of shape `(units,)`, all zeros. Keras must be able to see both: they appear in
#   `layer.trainable_variables` and a training step moves both.
# - Calling it mixes the **last axis** only: an input of shape `(batch, n)` gives `(batch, units)`, an input of shape
#   `(batch, time, n)` gives `(batch, time, units)`. The output is float32.
# - Later calls use the same weights.
#
# **Example.** With $W = \begin{pmatrix} 1 & 0 \\ 2 & -1 \end{pmatrix}$ and $b = (10, 20)$, the input $(3, 4)$ gives $(3 + 8 + 10,\; 0 - 4 + 20) = (21, 16)$.
#
# > **A silent trap.** A plain `tf.Variable` that is stored as an attribute of a Keras 3 layer is *not* registered. Nothing
# > fails: the outputs are right, the loss even falls a little because of the other layers, but your weights never train.
# > Create weights with `self.add_weight(...)`.
#
# <details><summary>Hint</summary>
#
# In `build`, `input_shape[-1]` is $n$. `self.add_weight(shape=..., initializer="random_normal", trainable=True)` returns a weight; keep it
# as an attribute. The operator `@` multiplies over the last axis of its left operand, however many axes stand before it.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "linear_units_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LinearUnits(tf.keras.layers.Layer):
    """A linear layer: y = x W + b over the last axis.

    Args:
        units: the number of outputs, an int; kept as `self.units`.

    Weights, created at the first call: W (n, units), normal random; b (units,), zeros.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        """Create W and b; `input_shape` is the shape of the input, its last entry is n."""
        ### BEGIN SOLUTION
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", name="w")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")
        ### END SOLUTION

    def call(self, inputs):
        """Return x W + b, of shape (..., units) for inputs of shape (..., n)."""
        ### BEGIN SOLUTION
        return inputs @ self.w + self.b
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "linear_units", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_linear_units():
    layer = LinearUnits(2)
    assert len(layer.weights) == 0, "before the first call there must be no weights: the number of inputs is not known yet"
    layer(tf.zeros((1, 2)))
    assert [tuple(w.shape) for w in layer.trainable_variables] == [(2, 2), (2,)], (
        "two inputs and two units need the trainable weights W of shape (2, 2) and b of shape (2,), in this order"
    )
    layer.set_weights([np.array([[1, 0], [2, -1]]), np.array([10, 20])])
    result = np.asarray(layer(tf.constant([[3.0, 4.0]])))
    assert np.allclose(result, [[21, 16]]), f"the example has to give [[21, 16]], yours gives {result}"
    sequence = LinearUnits(3)(tf.ones((5, 7, 2)))
    assert sequence.shape == (5, 7, 3), f"(5, 7, 2) with 3 units has to give (5, 7, 3), yours gives {sequence.shape}"


_see_linear_units()

# %% [markdown] nbgrader={"grade": false, "grade_id": "quadratic_units_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 2: units that are parabolas (3 points)
#
# A linear unit sees every input feature through a straight line. Give each unit a parabola instead: square the input
# *element by element* and mix the squares with a second matrix. With an activation function $g$ the layer is
#
# $$ y = g\left( x^2 A + x B + c \right), \qquad A, B \in \mathbb{R}^{n \times u}, \quad c \in \mathbb{R}^{u}, $$
#
# where $x^2$ means $(x_1^2, \dots, x_n^2)$. Note where the square stands: $x^2 A$ mixes squares, $(xA)^2$ would square mixtures.
#
# **Contract** for the class `QuadraticUnits(units, activation=None)`
#
# - `units` (an `int`) is kept as `self.units`. `activation` is the name of an activation such as `"relu"`, a function such as
#   `tf.nn.tanh`, or `None` for none. The given `__init__` turns all three into a function, `self.activation`.
# - At the first call it creates three trainable float32 weights, **in this order**: $A$ `(n, units)` and $B$ `(n, units)`, each drawn from a normal
#   distribution with mean 0 (any spread), and $c$ `(units,)`, all zeros. $A$ and $B$ are two separate weights. A training step moves all three.
# - As before it works on the last axis: `(..., n)` becomes `(..., units)`, float32, and later calls use the same weights.
#
# **Example.** One input, one unit, $A = 1$, $B = -3$, $c = 2$: the input $x = 5$ gives $25 - 15 + 2 = 12$, and
# $x = 1.5$ gives $-0.25$, which `activation="relu"` turns into $0$.
#
# <details><summary>Hint</summary>
#
# `build` is that of question 1 with one more matrix. In `call`, compute $x^2 A + xB + c$ first and hand the sum to `self.activation`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "quadratic_units_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class QuadraticUnits(tf.keras.layers.Layer):
    """A quadratic layer: y = g(x² A + x B + c) over the last axis, x² element by element.

    Args:
        units: the number of outputs, an int; kept as `self.units`.
        activation: g as a name, a function or None; kept, as a function, as `self.activation`.

    Weights, created at the first call: A and B (n, units), normal random; c (units,), zeros.
    """

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        """Create A, B and c."""
        ### BEGIN SOLUTION
        shape = (input_shape[-1], self.units)
        self.a = self.add_weight(shape=shape, initializer="random_normal", name="a")
        self.b = self.add_weight(shape=shape, initializer="random_normal", name="b")
        self.c = self.add_weight(shape=(self.units,), initializer="zeros", name="c")
        ### END SOLUTION

    def call(self, inputs):
        """Return g(x² A + x B + c), of shape (..., units) for inputs of shape (..., n)."""
        ### BEGIN SOLUTION
        return self.activation(tf.square(inputs) @ self.a + inputs @ self.b + self.c)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quadratic_units", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def _see_quadratic_units():
    layer = QuadraticUnits(1)
    layer(tf.zeros((1, 1)))
    assert [tuple(w.shape) for w in layer.trainable_variables] == [(1, 1), (1, 1), (1,)], (
        "one input and one unit need the trainable weights A (1, 1), B (1, 1) and c (1,), in this order"
    )
    layer.set_weights([np.array([[1.0]]), np.array([[-3.0]]), np.array([2.0])])
    result = np.asarray(layer(tf.constant([[5.0], [1.5]])))
    assert np.allclose(result, [[12], [-0.25]]), f"x = 5 has to give 12 and x = 1.5 has to give -0.25, yours gives {result}"
    layer = QuadraticUnits(1, activation="relu")
    layer(tf.zeros((1, 1)))
    layer.set_weights([np.array([[1.0]]), np.array([[-3.0]]), np.array([2.0])])
    result = np.asarray(layer(tf.constant([[1.5]])))
    assert np.allclose(result, 0), f"with activation='relu' x = 1.5 has to give 0, yours gives {result}"


_see_quadratic_units()

# %% [markdown] nbgrader={"grade": false, "grade_id": "quadratic_units_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# What does a parabola buy? A **single** linear unit with a sigmoid can only cut the plane along a straight line. A single quadratic unit can
# enclose a region with an ellipse. Run the next cell to see both learn to tell the inside of a ring from its outside.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "quadratic_units_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# tf.keras.utils.set_random_seed(1)
# points = np.random.uniform(-2, 2, size=(800, 2)).astype("float32")
# inside = (np.sum(points**2, axis=1) < 1.7).astype("float32")[:, None]
# grid = np.stack(np.meshgrid(np.linspace(-2, 2, 80), np.linspace(-2, 2, 80)), axis=-1).astype("float32")
#
# fig, axes = plt.subplots(1, 2, figsize=(8, 3.6), sharey=True)
# for ax, unit in zip(axes, (LinearUnits(1), QuadraticUnits(1))):
#     model = tf.keras.Sequential([tf.keras.Input((2,)), unit, tf.keras.layers.Activation("sigmoid")])
#     model.compile(optimizer=tf.keras.optimizers.Adam(0.1), loss="binary_crossentropy", metrics=["accuracy"])
#     model.fit(points, inside, epochs=15, batch_size=50, verbose=0)
#     accuracy = model.evaluate(points, inside, verbose=0, return_dict=True)["accuracy"]
#     surface = model.predict(grid.reshape(-1, 2), verbose=0).reshape(80, 80)
#     ax.contourf(grid[..., 0], grid[..., 1], surface, levels=np.linspace(0, 1, 11), cmap="RdBu_r", alpha=0.6)
#     ax.scatter(*points[:250].T, c=inside[:250, 0], s=8, cmap="coolwarm")
#     ax.set_title(f"{type(unit).__name__}(1): accuracy {accuracy:.2f}")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "clipped_relu_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 3: a layer without weights (1 point)
#
# Not every layer learns. A *clipped* ReLU lets small positive values through and stops runaway activations at a limit $\ell$:
#
# $$ f(x) = \min\left( \max(x, 0),\, \ell \right) $$
#
# **Contract** for the class `ClippedRelu(limit)`
#
# - `limit` is a positive number, kept as `self.limit`. Several layers with different limits can live side by side.
# - The layer works element by element on an input of any shape. Negative values become 0, values above the limit become the limit, everything
#   between passes unchanged.
# - The output has the dtype that the layer computes in: float32 as a rule, and float16 or float64 when the layer is made with `dtype="float16"` or `dtype="float64"`.
# - It has no weights. Its gradient is 1 for values inside and 0 outside.
#
# **Example.** `ClippedRelu(2.0)` turns $(-3, 0, 1.5, 2, 7)$ into $(0, 0, 1.5, 2, 2)$.
#
# <details><summary>Hint</summary>
#
# `tf.minimum` and `tf.maximum` compare element by element, and a plain Python number takes on the dtype of the tensor beside it.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "clipped_relu_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class ClippedRelu(tf.keras.layers.Layer):
    """Element-wise min(max(x, 0), limit); no weights.

    Args:
        limit: the largest output, a positive number; kept as `self.limit`.
    """

    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        """Return the clipped input: same shape, same dtype."""
        ### BEGIN SOLUTION
        return tf.minimum(tf.maximum(inputs, 0), self.limit)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "clipped_relu", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_clipped_relu():
    x = tf.constant([-3.0, 0.0, 1.5, 2.0, 7.0])
    result = np.asarray(ClippedRelu(2.0)(x))
    assert np.allclose(result, [0, 0, 1.5, 2, 2]), f"limit 2 has to give [0, 0, 1.5, 2, 2], yours gives {result}"
    result = np.asarray(ClippedRelu(5.0)(x))
    assert np.allclose(result, [0, 0, 1.5, 2, 5]), f"limit 5 has to give [0, 0, 1.5, 2, 5], yours gives {result}"


_see_clipped_relu()

# %% [markdown] nbgrader={"grade": false, "grade_id": "saved_layers_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 4: layers that survive a save (2 points)
#
# `model.save("model.keras")` writes two things: the **weights** (arrays) and the **configuration** (a dict of plain data from which each
# layer can be made again). For a layer $L$ the second half rests on one round trip:
#
# $$ L \;\xrightarrow{\;\texttt{get\_config()}\;}\; \text{dict} \;\xrightarrow{\;\texttt{from\_config(dict)}\;}\; L' \quad\text{with the same arguments as } L. $$
#
# `from_config` simply calls the constructor with the dict's entries. So `get_config` has to return everything the constructor needs:
#
# - what the **base class** keeps (`name`, `trainable`, `dtype`): ask it with `super().get_config()`;
# - **every argument of your own** constructor, under the name it has there, as plain data. A function is no plain data; its *name* is:
#   `tf.keras.activations.serialize(function)` gives it.
#
# And Keras must be able to **find the class** when it loads the file. It knows its own classes, and yours only if you either register them
# (`@tf.keras.utils.register_keras_serializable(package="my_layers")` above the `class` line) or hand them over when loading
# (`custom_objects={"SavedClip": SavedClip, ...}`).
#
# In daily work you would write `get_config` right into the three classes. Here it stands in three small subclasses, so that this question can be
# graded by itself. (While the grader looks at this question, correct layers stand in the places of those of questions 1 to 3: rely on nothing of them but the arguments
# and the attributes named below.)
#
# **Contract**
#
# - `SavedLinear(LinearUnits)`, `SavedQuadratic(QuadraticUnits)` and `SavedClip(ClippedRelu)` behave like the layers they extend. Their `get_config()` returns a dict of plain
#   data (`json.dumps` can write it), from which `from_config` makes an equal layer: same `units`, same `activation` (whether it was given as a
#   name, as a function of `tf.keras.activations`, or as `None`), same `limit`, and still frozen if the layer was made with `trainable=False`.
#   Read the arguments from `self.units`, `self.activation` and `self.limit`.
# - `reload_model(path)` takes the path of a `.keras` file (a `str`) that holds a model with any of these three layers and returns the `tf.keras.Model`: same
#   architecture, same weights, equal predictions.
#
# **Example.** `SavedQuadratic(4, activation="relu").get_config()` holds `"units": 4` and `"activation": "relu"` beside the entries of the base class.
#
# <details><summary>Hint</summary>
#
# `config = super().get_config()`, then `config.update({...})`, then return it. Keras 3 can record plain constructor arguments (numbers, strings) by itself, as long as you
# write no `get_config` at all. That would be enough for two of the three classes (you may delete the method there); a function as an argument is beyond it. Once you write your own `get_config`, nothing is recorded for you any more.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "saved_layers_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class SavedLinear(LinearUnits):
    """LinearUnits with a configuration."""

    def get_config(self):
        """Return the base configuration and `units`."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "units": self.units}
        ### END SOLUTION


class SavedQuadratic(QuadraticUnits):
    """QuadraticUnits with a configuration."""

    def get_config(self):
        """Return the base configuration, `units`, and `activation` by its name."""
        ### BEGIN SOLUTION
        config = super().get_config()
        config.update({"units": self.units, "activation": tf.keras.activations.serialize(self.activation)})
        return config
        ### END SOLUTION


class SavedClip(ClippedRelu):
    """ClippedRelu with a configuration."""

    def get_config(self):
        """Return the base configuration and `limit`."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "limit": self.limit}
        ### END SOLUTION


def reload_model(path):
    """Load the model with these layers that was saved at `path` (a str ending in .keras).

    Returns:
        The tf.keras.Model with its weights.
    """
    ### BEGIN SOLUTION
    known = {"SavedLinear": SavedLinear, "SavedQuadratic": SavedQuadratic, "SavedClip": SavedClip}
    return tf.keras.models.load_model(path, custom_objects=known)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "saved_layers", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_saved_layers():
    config = SavedQuadratic(4, activation="relu", name="parabolas").get_config()
    assert config.get("units") == 4, "the configuration has to hold the number of units under 'units'"
    assert config.get("activation") == "relu", "the configuration has to hold the name of the activation under 'activation'"
    assert SavedClip.from_config(SavedClip(2.5).get_config()).limit == 2.5, "the limit has to survive the round trip"
    model = tf.keras.Sequential([tf.keras.Input((3,)), SavedQuadratic(4, "tanh"), SavedClip(0.5), SavedLinear(2)])
    x = np.array([[1.0, -2.0, 0.5]], "float32")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        again = reload_model(path)
    assert isinstance(again, tf.keras.Model), "reload_model has to return the model"
    assert np.allclose(model(x), again(x)), "the reloaded model has to predict what the saved one predicts"


_see_saved_layers()

# %% [markdown] nbgrader={"grade": false, "grade_id": "quadratic_classifier_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 5: a classifier with your layer (2 points)
#
# A layer of your own takes its place in a model like any other. Build a classifier of this form:
#
# | layer | size |
# |---|---|
# | input | `num_features` numbers |
# | `QuadraticUnits`, relu | 16 units |
# | `Dropout` | rate 0.2 |
# | `Dense`, softmax | `num_classes` units |
#
# **Contract** for `quadratic_classifier(num_features, num_classes)`
#
# - Both arguments are ints; the function is called with several sizes. It returns a new model each time, **built** (its weights exist on return)
#   and **compiled** with a fresh Adam optimizer of learning rate 0.01, the sparse categorical cross-entropy (labels are integers, the model gives probabilities) and the metric accuracy.
# - An input of shape `(batch, num_features)` gives probabilities of shape `(batch, num_classes)`, float32, each row summing to 1.
# - The first layer is your `QuadraticUnits` (the class of question 2 or its subclass of question 4); the softmax may be part of the `Dense` layer or a layer of its own.
#
# **Example.** Digits of 8 × 8 pixels have 64 features and 10 classes. The quadratic layer has $2 \cdot 64 \cdot 16 + 16 = 2064$ parameters, the dense layer
# $16 \cdot 10 + 10 = 170$: 2234 in all.
#
# <details><summary>Hint</summary>
#
# Begin a `tf.keras.Sequential` with `tf.keras.Input((num_features,))`: then it is built at once. Write `learning_rate=0.01`, not `lr=`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "quadratic_classifier_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def quadratic_classifier(num_features, num_classes):
    """Build and compile a classifier: QuadraticUnits 16 relu, Dropout 0.2, Dense softmax.

    Args:
        num_features: the number of input features, an int.
        num_classes: the number of classes, an int.

    Returns:
        A built tf.keras.Model, compiled with Adam (rate 0.01), sparse categorical cross-entropy, accuracy.
    """
    ### BEGIN SOLUTION
    model = tf.keras.Sequential(
        [
            tf.keras.Input((num_features,)),
            QuadraticUnits(16, activation="relu"),
            tf.keras.layers.Dropout(0.2),
            tf.keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quadratic_classifier", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_quadratic_classifier():
    model = quadratic_classifier(64, 10)
    assert model.count_params() == 2234, f"64 features and 10 classes need 2234 parameters, yours has {model.count_params()}"
    assert any(isinstance(layer, QuadraticUnits) for layer in model.layers), "the first layer has to be your QuadraticUnits"
    result = np.asarray(model(tf.zeros((3, 64))))
    assert result.shape == (3, 10), f"three images have to give (3, 10), yours gives {result.shape}"
    assert np.allclose(result.sum(axis=1), 1), "the outputs have to be probabilities: every row sums to 1"


_see_quadratic_classifier()

# %% [markdown] nbgrader={"grade": false, "grade_id": "learning_curves_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## See it learn
#
# The next cell trains your classifier on 1400 handwritten digits, and beside it the same network with linear units. Eight epochs
# take a few seconds. Expect a training accuracy of about 0.9 with dropout switched on, and a little less or more on digits by *other* writers.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "learning_curves_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# train = datasets.load("digits", split="train", batch_size=-1)
# test = datasets.load("digits", split="test", batch_size=-1)
# x_train = np.asarray(train["image"]).reshape(-1, 64).astype("float32") / 16
# x_test = np.asarray(test["image"]).reshape(-1, 64).astype("float32") / 16
# y_train, y_test = np.asarray(train["label"]), np.asarray(test["label"])
#
# quadratic = quadratic_classifier(64, 10)
# linear = tf.keras.Sequential([
#     tf.keras.Input((64,)), LinearUnits(16), tf.keras.layers.ReLU(),
#     tf.keras.layers.Dropout(0.2), tf.keras.layers.Dense(10, activation="softmax"),
# ])
# linear.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
#
# for title, model in (("quadratic units", quadratic), ("linear units", linear)):
#     log = model.fit(x_train, y_train, epochs=8, validation_data=(x_test, y_test), verbose=0).history
#     line, = plt.plot(range(1, 9), log["accuracy"], label=f"{title}, training")
#     plt.plot(range(1, 9), log["val_accuracy"], "--", color=line.get_color(), label=f"{title}, other writers")
#     print(f"{title:16} training {log['accuracy'][-1]:.3f}   other writers {log['val_accuracy'][-1]:.3f}")
# plt.xlabel("epoch"); plt.ylabel("accuracy"); plt.legend(); plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# Things to try: put a `ClippedRelu` behind the quadratic layer; start `A` at zero, so that the layer begins as a linear one; look at the learned
# `A` of one unit as an 8 × 8 picture (the first weight of your `QuadraticUnits` layer, column 0).
#
# In the next assignment, *Models of your own* (`custom_models_w4_models`), you stack layers into reusable blocks and blocks into a whole network by subclassing `Model`.
