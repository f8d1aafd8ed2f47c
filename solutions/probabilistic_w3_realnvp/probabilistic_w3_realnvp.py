# ---
# jupyter:
#   gradetape:
#     datasets:
#     - rooms
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
# # RealNVP: a normalising flow for pictures
#
# Most generative models either draw good samples or tell you how probable a picture is. A **normalising flow** does both,
# exactly. It is an invertible map $f$ between pictures and plain Gaussian noise:
#
# * picture → noise tells you the density of the picture, by the change of variables,
#
# $$\log p(x) = \log p_{\text{noise}}(f(x)) + \log \left| \det \frac{\partial f(x)}{\partial x} \right| ,$$
#
# * noise → picture draws a new picture.
#
# The art is to find maps that are flexible, easy to invert **and** have a cheap determinant. RealNVP ("real-valued non-volume-preserving")
# does so with *affine coupling*: one part of the picture stays as it is and decides how the other part is stretched and shifted.
#
# You build it from the ground up:
#
# 1. the **network** inside a coupling,
# 2. the **masks** that divide a picture in two parts,
# 3. the **coupling and its inverse** as plain functions,
# 4. their **log-determinant**,
# 5. all of it as a TFP **bijector**,
# 6. a **block** of four couplings,
# 7. the **logit** map that takes pixels from $[0, 1]$ to the whole real line.
#
# At the end you train the flow and look at pictures that it draws.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
import tf_keras

tfb = tfp.bijectors
tfd = tfp.distributions

# %% [markdown] nbgrader={"grade": false, "grade_id": "conventions", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **What holds in every question**
#
# * A picture has the shape $(H, W, C)$: height, width, channels. Take every size from the arguments: your code is called with other sizes than
#   those of the examples, and $H \ne W$ is common.
# * $(\dots, H, W, C)$ means any number of leading axes: none, one batch axis, or several. Where a function gets a network, the network copes with the same axes: hand the pictures on
#   as they are, without reshaping. (A `tf_keras` model, as in question 1, takes exactly one batch axis.)
# * An argument that is called an *array* may be a NumPy array or a `tf.Tensor`; everything is `float32`.
# * TensorFlow Probability works with `tf_keras`, so networks are built with `tf_keras` here, not with `tf.keras`.
# * The questions are graded one by one. Where two questions need the same few lines, write them again instead of calling the earlier
#   function; then a slip in one question cannot cost you points in another. (Only question 6 needs the class of question 5.)

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "rooms_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # The pictures to learn (this cell only shows something, it is not graded).
# import matplotlib.pyplot as plt
#
# from gradetape import datasets
#
# rooms = np.asarray(datasets.load("rooms", split="train", batch_size=-1)["image"])
# print("pictures:", rooms.shape, rooms.dtype)
# # Each uint8 value stands for an interval of brightness: spread it out, so that the density has no spikes.
# pictures = ((rooms + np.random.default_rng(0).uniform(size=rooms.shape)) / 256).astype("float32")
#
#
# def show(images, title):
#     """Draw up to 12 pictures in a row."""
#     figure, axes = plt.subplots(1, 12, figsize=(9, 1.1))
#     for axis, image in zip(axes, np.asarray(images)):
#         axis.imshow(np.clip(image, 0, 1))
#     for axis in axes:
#         axis.axis("off")
#     figure.suptitle(title)
#     plt.show()
#
#
# show(pictures, "rooms")

# %% [markdown] nbgrader={"grade": false, "grade_id": "coupling_network_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · The network inside a coupling
#
# A coupling asks a network two questions about the part of the picture that it may see: by how much should every other number
# be **shifted**, $t$, and what is the logarithm of the factor that **stretches** it, $s$? The network never has to be inverted, so it
# may be any network that keeps the picture's shape.
#
# **Write** `coupling_network(input_shape, filters)`.
#
# * `input_shape`: the tuple $(H, W, C)$; `filters`: the number of filters of the first convolution.
# * Returns a `tf_keras` model, with its weights, from one input $(B, H, W, C)$ to the two outputs `(shift, log_scale)`, in this order, each
#   of shape $(B, H, W, C)$. Its layers:
#
# | step | layer |
# |---|---|
# | 1 | convolution, `filters` filters, 3×3, `same`, relu |
# | 2 | batch normalisation |
# | 3 | convolution, $C$ filters, 3×3, `same`, no activation |
# | 4 | batch normalisation |
# | 5 | add the model's **input** (a skip connection) |
# | 6 | **one** convolution, $2C$ filters, 3×3, `same`, no activation |
# | 7 | split the channels: the first $C$ are `shift`, as they are; the last $C$ go through tanh and become `log_scale` |
#
# The tanh keeps $s$ between $-1$ and $1$, so no number is stretched by more than the factor $e$: that keeps the training
# calm. The shift is not limited. Layers keep their default settings otherwise.
#
# *Example:* `coupling_network((8, 8, 3), 8)` has 655 parameters, 633 of them trainable.
#
# <details><summary>Hint</summary>
#
# This is a functional model: `tf_keras.Model(inputs, [shift, log_scale])`. `tf.split(x, 2, axis=-1)` halves the channels, and
# `tf.tanh` may be applied to the symbolic tensors of `tf_keras`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "coupling_network_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def coupling_network(input_shape, filters):
    """Return the network that gives shift and log-scale of a coupling.

    input_shape: (H, W, C). filters: filters of the first convolution.
    Returns a tf_keras.Model: (B, H, W, C) -> (shift, log_scale), both (B, H, W, C), log_scale within -1 … 1.
    """
    ### BEGIN SOLUTION
    layers = tf_keras.layers
    channels = input_shape[-1]
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(channels, 3, padding="same")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Add()([hidden, inputs])
    hidden = layers.Conv2D(2 * channels, 3, padding="same")(hidden)
    shift, log_scale = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [shift, tf.tanh(log_scale)])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "coupling_network", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_network = coupling_network((8, 8, 3), 8)
assert example_network.count_params() == 655, "For (8, 8, 3) and 8 filters the network has 655 parameters."
example_shift, example_log_scale = example_network(np.ones((2, 8, 8, 3), "float32"))
assert example_shift.shape == (2, 8, 8, 3), "The shift has the shape of the input."
assert example_log_scale.shape == (2, 8, 8, 3), "The log-scale has the shape of the input."
assert np.max(np.abs(example_network(np.full((1, 8, 8, 3), 1e4, "float32"))[1])) <= 1, (
    "tanh keeps the log-scale within ±1."
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "masks_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · Masks: which part stays?
#
# A mask says for every number of a picture whether it **stays** (1) or is **transformed** (0). RealNVP uses two kinds, each in two
# orientations that are each other's complement, so that what stays in one coupling is transformed in the next:
#
# * a **checkerboard** over the pixels: the mask is 1 at row $i$, column $j$ if $i + j + \text{orientation}$ is odd, else 0;
# * **half of the channels**: with orientation 0 the first half of the channels is 0 and the second half is 1; orientation 1 is the complement.
#
# **Write** two functions in one cell. `orientation` is 0 or 1; both return a `float32` array of zeros and ones.
#
# * `checker_mask(height, width, orientation)` has the shape $(H, W, 1)$: all channels of a pixel are treated alike.
# * `half_mask(channels, orientation)` has the shape $(1, 1, C)$: all pixels are treated alike. $C$ is even.
#
# The axes of length 1 let a mask broadcast against pictures $(\dots, H, W, C)$.
#
# *Example:* `checker_mask(2, 3, 0)[:, :, 0]` is `[[0, 1, 0], [1, 0, 1]]`, and `half_mask(4, 0)[0, 0]` is `[0, 0, 1, 1]`.
#
# <details><summary>Hint</summary>
#
# A column of row numbers plus a row of column numbers broadcasts to a table of sums $i + j$. What is the remainder modulo 2 of an odd number?
# </details>

# %% nbgrader={"grade": false, "grade_id": "masks_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def checker_mask(height, width, orientation):
    """Return a float32 checkerboard (height, width, 1): 1 where row + column + orientation is odd, else 0."""
    ### BEGIN SOLUTION
    rows = tf.range(height)[:, tf.newaxis, tf.newaxis]
    columns = tf.range(width)[tf.newaxis, :, tf.newaxis]
    return tf.cast((rows + columns + orientation) % 2, tf.float32)
    ### END SOLUTION


def half_mask(channels, orientation):
    """Return a float32 mask (1, 1, channels): with orientation 0 zeros, then ones; with orientation 1 ones, then zeros."""
    ### BEGIN SOLUTION
    in_second_half = tf.range(channels) // (channels // 2)
    return tf.cast((in_second_half + orientation) % 2, tf.float32)[tf.newaxis, tf.newaxis, :]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "masks", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_checker = np.asarray(checker_mask(2, 3, 0))
assert example_checker.shape == (2, 3, 1), "checker_mask(2, 3, …) has the shape (2, 3, 1)."
assert example_checker.dtype == np.float32, "Masks are float32."
assert np.array_equal(example_checker[:, :, 0], [[0, 1, 0], [1, 0, 1]]), (
    "Orientation 0 starts with 0 in the upper left corner."
)
example_half = np.asarray(half_mask(4, 0))
assert example_half.shape == (1, 1, 4), "half_mask(4, …) has the shape (1, 1, 4)."
assert np.array_equal(example_half[0, 0], [0, 0, 1, 1]), "With orientation 0 the first half is 0, the second half 1."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "masks_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # What the network gets to see of a room through each mask: black pixels are the ones that it has to shift and stretch.
# seen = [pictures[0]]
# seen += [pictures[0] * np.asarray(checker_mask(8, 8, orientation)) for orientation in (0, 1)]
# figure, axes = plt.subplots(1, 3, figsize=(6, 2.2))
# for axis, image, title in zip(axes, seen, ["picture", "checker, orientation 0", "checker, orientation 1"]):
#     axis.imshow(image)
#     axis.set_title(title, fontsize=9)
#     axis.axis("off")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "coupling_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Affine coupling, there and back
#
# Let $m$ be a mask. The network sees the masked picture only, $(t, s) = \text{net}(m \odot x)$, and the coupling is
#
# $$y = \begin{cases} x & \text{where } m = 1, \\ x \cdot e^{s} + t & \text{where } m = 0. \end{cases}$$
#
# Why can this be undone, whatever the network computes? The part with $m = 1$ did not change, so $m \odot y = m \odot x$. From $y$ alone you can
# therefore give the network **exactly the same input** again, get the same $t$ and $s$, and solve for $x$.
#
# **Write** two functions in one cell.
#
# * `couple(x, mask, net)` returns $y$; `uncouple(y, mask, net)` returns the $x$ with `couple(x, mask, net)` equal to $y$.
# * `x`, `y`: arrays $(\dots, H, W, C)$; the result has the same shape.
# * `mask`: array of zeros and ones that broadcasts against $(H, W, C)$, such as $(H, W, 1)$ or $(1, 1, C)$.
# * `net`: a callable that takes one array $(\dots, H, W, C)$, its only argument, and returns the pair `(shift, log_scale)`, both of this shape. Here it need not be the
#   network of question 1.
# * `net` receives zeros wherever the mask is 0. Where the mask is 1, the result equals the input **exactly**.
#
# *Example:* with $x = (3, 2)$, $m = (1, 0)$ and a net that always answers $t = 1$, $s = \log 2$: $y = (3, 2 \cdot 2 + 1) = (3, 5)$.
#
# <details><summary>Hint</summary>
#
# $m \odot x + (1 - m) \odot (\text{something})$ picks by arithmetic; `tf.where` does it as well. To invert $y = x e^s + t$, undo the last
# operation first.
# </details>

# %% nbgrader={"grade": false, "grade_id": "coupling_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def couple(x, mask, net):
    """Transform x (…, H, W, C) where the mask is 0, to x · exp(log_scale) + shift; keep it where the mask is 1."""
    ### BEGIN SOLUTION
    shift, log_scale = net(x * mask)
    return mask * x + (1 - mask) * (x * tf.exp(log_scale) + shift)
    ### END SOLUTION


def uncouple(y, mask, net):
    """Return the x (…, H, W, C) that `couple` takes to y."""
    ### BEGIN SOLUTION
    shift, log_scale = net(y * mask)
    return mask * y + (1 - mask) * (y - shift) * tf.exp(-log_scale)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "coupling", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def example_net(x):
    """Answer with the shift 1 and the factor 2, whatever x is."""
    return tf.ones_like(x), tf.math.log(2.0) * tf.ones_like(x)


example_x = np.array([3, 2], "float32").reshape(1, 1, 1, 2)
example_mask = np.array([1, 0], "float32").reshape(1, 1, 2)
example_y = np.asarray(couple(example_x, example_mask, example_net))
assert example_y.shape == (1, 1, 1, 2), "The result has the shape of x."
assert np.allclose(example_y.ravel(), [3, 5]), "The example takes (3, 2) to (3, 5)."
example_back = np.asarray(uncouple(example_y, example_mask, example_net))
assert np.allclose(example_back.ravel(), [3, 2]), "The inverse takes (3, 5) back to (3, 2)."

# %% [markdown] nbgrader={"grade": false, "grade_id": "coupling_log_det_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · The log-determinant
#
# Order the numbers of a picture so that the ones that stay come first. The Jacobian of the coupling is then block triangular:
#
# $$\frac{\partial y}{\partial x} = \begin{pmatrix} I & 0 \\ * & \operatorname{diag}(e^{s}) \end{pmatrix}.$$
#
# The block $*$ holds the derivatives of the network, but the determinant of a triangular matrix is the product of its diagonal. All those
# derivatives drop out! What remains is
#
# $$\log \left| \det \frac{\partial y}{\partial x} \right| = \sum_{\text{positions with } m = 0} s .$$
#
# **Write** `coupling_log_det(x, mask, net)` with the arguments of `couple`.
#
# * `x`: array $(\dots, H, W, C)$; the result has the shape $(\dots)$: **one number for every picture**, so shape `()` for a single picture.
# * The mask may have axes of length 1; the positions with $m = 0$ are counted after it has been broadcast to $(H, W, C)$.
#
# *Example:* in the example of question 3, only the second number is stretched, by the factor 2. The result is $(\log 2)$, of shape `(1,)`.
#
# <details><summary>Hint</summary>
#
# Count the axes from the end: the last three belong to the picture, however many stand before them.
# </details>

# %% nbgrader={"grade": false, "grade_id": "coupling_log_det_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def coupling_log_det(x, mask, net):
    """Return the log-determinant of the Jacobian of `couple` at x (…, H, W, C): one float32 number per picture, shape (…)."""
    ### BEGIN SOLUTION
    _, log_scale = net(x * mask)
    return tf.reduce_sum((1 - mask) * log_scale, axis=(-3, -2, -1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "coupling_log_det", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_log_det = coupling_log_det(
    np.array([3, 2], "float32").reshape(1, 1, 1, 2),
    np.array([1, 0], "float32").reshape(1, 1, 2),
    lambda x: (tf.ones_like(x), tf.math.log(2.0) * tf.ones_like(x)),
)
assert np.shape(example_log_det) == (1,), "One picture in the batch gives one number: shape (1,)."
assert np.allclose(example_log_det, np.log(2)), "Only one number is stretched, by the factor 2: the result is log 2."

# %% [markdown] nbgrader={"grade": false, "grade_id": "masked_coupling_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · The coupling as a bijector
#
# TFP's `tfb.Bijector` gathers a map, its inverse and its log-determinant in one object. Bijectors can be chained, inverted, and put
# under a distribution. You write the maths in methods with a leading underscore; the public methods `forward`, `inverse`,
# `forward_log_det_jacobian`, `inverse_log_det_jacobian` call yours and take care of caching and of summing over further axes.
#
# A bijector must tell how many axes *one event* has: `forward_min_event_ndims`. A coupling mixes all numbers of a picture, so the smallest thing
# that it can transform is a whole picture $(H, W, C)$, and its log-determinant is one number for this picture.
#
# **Complete** `MaskedCoupling(kind, orientation, net)`.
#
# * `kind` is `"checker"` or `"half"`, `orientation` is 0 or 1: the masks of question 2, with the sizes taken from the array that comes in.
# * `net` as in question 3, called as plain `net(x)`. Keep it in an attribute: then TFP finds its weights, and they are in the bijector's `trainable_variables`.
# * `forward` is the coupling of question 3, `inverse` its inverse, on arrays $(\dots, H, W, C)$.
# * `forward_log_det_jacobian(x, event_ndims=3)` has the shape $(\dots)$; with `event_ndims=4` TFP adds up the last of these axes by itself.
#   `inverse_log_det_jacobian(y, event_ndims=3)` is minus the forward one at $x = f^{-1}(y)$; TFP derives it, unless you write it.
# * The constructor begins with `super().__init__(forward_min_event_ndims=…, name=name)`.
# * Two instances have nothing in common: each has a mask and a net of its own. One instance may meet pictures of different sizes in turn.
#
# The method `_shift_and_log_scale` is a suggestion. If it returns zeros wherever the mask is 1, then the other methods become one-liners, because
# $x \cdot e^0 + 0 = x$. You may do without it.
#
# *Example:* `MaskedCoupling("half", 1, net)` with the net of question 3 takes $(3, 2)$ to $(3, 5)$, and its log-determinant is $\log 2$.
#
# <details><summary>Hint</summary>
#
# In the methods, `x.shape[-3:]` holds the three sizes of the
# picture. TFP's cache remembers what `forward` returned: to test your inverse honestly, give it a fresh array, for example `bijector.inverse(tf.identity(y))`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "masked_coupling_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class MaskedCoupling(tfb.Bijector):
    """Affine coupling of pictures (…, H, W, C) under a mask.

    kind: "checker" or "half". orientation: 0 or 1.
    net: callable (…, H, W, C) -> (shift, log_scale), both (…, H, W, C).
    """

    def __init__(self, kind, orientation, net, name="masked_coupling"):
        ### BEGIN SOLUTION
        super().__init__(forward_min_event_ndims=3, name=name)
        self.kind = kind
        self.orientation = orientation
        self.net = net
        ### END SOLUTION

    def _shift_and_log_scale(self, x):
        """Return what the net answers to the masked x, with zeros wherever the mask is 1."""
        ### BEGIN SOLUTION
        height, width, channels = x.shape[-3:]
        if self.kind == "checker":
            parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
        else:
            parity = np.arange(channels) // (channels // 2)
        mask = ((parity + self.orientation) % 2).astype("float32")
        shift, log_scale = self.net(x * mask)
        return (1 - mask) * shift, (1 - mask) * log_scale
        ### END SOLUTION

    def _forward(self, x):
        ### BEGIN SOLUTION
        shift, log_scale = self._shift_and_log_scale(x)
        return x * tf.exp(log_scale) + shift
        ### END SOLUTION

    def _inverse(self, y):
        ### BEGIN SOLUTION
        shift, log_scale = self._shift_and_log_scale(y)
        return (y - shift) * tf.exp(-log_scale)
        ### END SOLUTION

    def _forward_log_det_jacobian(self, x):
        ### BEGIN SOLUTION
        _, log_scale = self._shift_and_log_scale(x)
        return tf.reduce_sum(log_scale, axis=(-3, -2, -1))
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "masked_coupling", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_coupling = MaskedCoupling("half", 1, lambda x: (tf.ones_like(x), tf.math.log(2.0) * tf.ones_like(x)))
example_forward = example_coupling.forward(np.array([3, 2], "float32").reshape(1, 1, 1, 2))
assert np.allclose(np.ravel(example_forward), [3, 5]), "The example takes (3, 2) to (3, 5)."
example_inverse = example_coupling.inverse(np.array([3, 5], "float32").reshape(1, 1, 1, 2))
assert np.allclose(np.ravel(example_inverse), [3, 2]), "The inverse takes (3, 5) back to (3, 2)."
example_log_det = example_coupling.forward_log_det_jacobian(np.ones((4, 1, 1, 2), "float32"), event_ndims=3)
assert np.shape(example_log_det) == (4,), "Four pictures give four log-determinants."
assert np.allclose(example_log_det, np.log(2)), "In the example every log-determinant is log 2."

# %% [markdown] nbgrader={"grade": false, "grade_id": "squeeze_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Given: the squeeze
#
# Between checkerboard and channel couplings, RealNVP *squeezes* a picture: every 2×2 square of pixels becomes one pixel with four times as many channels,
# $(H, W, C) \to (\tfrac H2, \tfrac W2, 4C)$. No number changes, they only move, so the log-determinant is 0. $H$ and $W$ must be even. The next cell builds
# this bijector from three parts of TFP. Read its list from the end: **a chain applies its last element first**, just as $(f \circ g)(x) = f(g(x))$
# applies $g$ first.

# %% nbgrader={"grade": false, "grade_id": "squeeze_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
def squeeze(image_shape):
    """Return the bijector (…, H, W, C) -> (…, H/2, W/2, 4C) that makes channels of every 2×2 square of pixels."""
    height, width, channels = image_shape
    rows, columns = height // 2, width // 2
    return tfb.Chain(
        [
            tfb.Reshape(event_shape_in=(rows, columns, 2, 2, channels), event_shape_out=(rows, columns, 4 * channels)),
            tfb.Transpose(perm=(0, 2, 1, 3, 4)),
            tfb.Reshape(event_shape_in=(height, width, channels), event_shape_out=(rows, 2, columns, 2, channels)),
        ]
    )


# %% [markdown] nbgrader={"grade": false, "grade_id": "flow_block_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · A block of the flow
#
# One coupling leaves half of the picture untouched, so couplings come in pairs with opposite orientations. A block does, **in this order**:
#
# 1. checker coupling, orientation 0,
# 2. checker coupling, orientation 1,
# 3. squeeze,
# 4. half coupling, orientation 0,
# 5. half coupling, orientation 1.
#
# **Write** `flow_block(networks, image_shape)`.
#
# * `networks`: a list of four nets, in the order of the couplings that they serve (the first two see pictures $(\dots, H, W, C)$, the other two squeezed
#   ones); `image_shape`: the tuple $(H, W, C)$, $H$ and $W$ even.
# * Returns a `tfb.Chain` whose `forward` applies the five steps in the order above: $(\dots, H, W, C) \to (\dots, \tfrac H2, \tfrac W2, 4C)$.
#   Its `forward_event_shape`, `inverse` and log-determinants come with the chain.
# * Use your `MaskedCoupling` for the couplings and `squeeze(image_shape)` for the squeeze. This is the one question that stands on an earlier
#   one: if `forward` of question 5 is wrong, this block is wrong as well.
#
# *Example:* for `image_shape` $(8, 8, 3)$, pictures $(5, 8, 8, 3)$ go to $(5, 4, 4, 12)$, and `forward_log_det_jacobian(x, event_ndims=3)` has the shape $(5,)$.
#
# <details><summary>Hint</summary>
#
# Write the five bijectors in the order in which they shall act, then look again at how the squeeze above is chained.
# </details>

# %% nbgrader={"grade": false, "grade_id": "flow_block_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def flow_block(networks, image_shape):
    """Chain two checker couplings, the squeeze and two half couplings, applied in this order by `forward`.

    networks: four nets, in the order of the couplings. image_shape: (H, W, C) with even H and W.
    Returns a tfb.Chain (…, H, W, C) -> (…, H/2, W/2, 4C).
    """
    ### BEGIN SOLUTION
    steps = [
        MaskedCoupling("checker", 0, networks[0]),
        MaskedCoupling("checker", 1, networks[1]),
        squeeze(image_shape),
        MaskedCoupling("half", 0, networks[2]),
        MaskedCoupling("half", 1, networks[3]),
    ]
    return tfb.Chain(steps[::-1])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "flow_block", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_block = flow_block([lambda x: (tf.zeros_like(x), tf.zeros_like(x))] * 4, (8, 6, 3))
assert example_block.forward_event_shape((8, 6, 3)) == (4, 3, 12), "The block takes pictures (8, 6, 3) to (4, 3, 12)."
assert example_block.inverse_event_shape((4, 3, 12)) == (8, 6, 3), "Its inverse takes (4, 3, 12) back to (8, 6, 3)."

# %% [markdown] nbgrader={"grade": false, "grade_id": "logit_bijector_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · From pixels to the real line
#
# Gaussian noise reaches every real number, pixels live in $[0, 1]$. The flow would waste its effort on learning these walls, so a fixed map removes them
# first: the logit, $\operatorname{logit}(p) = \log \frac{p}{1 - p}$. As it is infinite at 0 and 1, the pixels are first shrunk a little,
# into $[\alpha, 1 - \alpha]$:
#
# $$x \mapsto \operatorname{logit}\left(\alpha + (1 - 2\alpha)\, x\right), \qquad 0 < \alpha < \tfrac12 .$$
#
# **Write** `logit_bijector(alpha)`.
#
# * `alpha`: a Python float.
# * Returns a bijector whose `forward` applies the map to every number of a `float32` array of any shape, with its `inverse`, for every real number, and `forward_log_det_jacobian`. With `event_ndims=0`
#   the latter is the logarithm of the derivative at every number; with `event_ndims=3` TFP sums over pictures.
#
# *Example:* for $\alpha = 0.05$: $0 \mapsto -2.944$, $\tfrac12 \mapsto 0$, $1 \mapsto 2.944$. The logarithm of the derivative is $2.942$ at 0 and $1.281$ at $\tfrac12$.
#
# <details><summary>Hint</summary>
#
# TFP has `tfb.Scale`, `tfb.Shift`, `tfb.Sigmoid` and `tfb.Invert`. The logit is the inverse of the sigmoid. Mind the order of a chain.
# </details>

# %% nbgrader={"grade": false, "grade_id": "logit_bijector_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def logit_bijector(alpha):
    """Return the bijector x -> logit(alpha + (1 - 2 alpha) x), applied to every number."""
    ### BEGIN SOLUTION
    return tfb.Chain([tfb.Invert(tfb.Sigmoid()), tfb.Shift(alpha), tfb.Scale(1 - 2 * alpha)])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "logit_bijector", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_pixels = np.array([0.0, 0.5, 1.0], "float32")
example_logit = logit_bijector(0.05)
assert np.allclose(example_logit.forward(example_pixels), [-2.944439, 0, 2.944439], atol=1e-4), (
    "For alpha = 0.05 the pixels 0, ½, 1 go to -2.944, 0, 2.944."
)
assert np.allclose(
    example_logit.forward_log_det_jacobian(example_pixels, event_ndims=0), [2.941665, 1.280934, 2.941665], atol=1e-4
), "For alpha = 0.05 the logarithms of the derivative at 0, ½, 1 are 2.942, 1.281, 2.942."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "training_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # All parts together: train the flow on the rooms for a few seconds.
# tf_keras.utils.set_random_seed(1)
# networks = [coupling_network(shape, 16) for shape in [(8, 8, 3), (8, 8, 3), (4, 4, 12), (4, 4, 12)]]
# to_noise = tfb.Chain([flow_block(networks, (8, 8, 3)), logit_bijector(0.05)])
# noise = tfd.Sample(tfd.Normal(0.0, 1.0), sample_shape=(4, 4, 12))
# flow = tfd.TransformedDistribution(noise, tfb.Invert(to_noise))
#
# variables = [variable for network in networks for variable in network.trainable_variables]
# optimizer = tf_keras.optimizers.Adam(0.01)
#
#
# @tf.function
# def train_step(images):
#     """Make one step on the mean negative log-likelihood and return it."""
#     with tf.GradientTape() as tape:
#         loss = -tf.reduce_mean(flow.log_prob(images))
#     optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
#     return loss
#
#
# history = [float(train_step(pictures)) for _ in range(200)]
# print(f"mean negative log-likelihood: {history[0]:.0f} at the start, {history[30]:.0f} after 30 steps, {history[-1]:.0f} at the end")
# plt.figure(figsize=(5, 2.5))
# plt.plot(history)
# plt.xlabel("step")
# plt.ylabel("negative log-likelihood")
# plt.show()
# show(pictures, "real")
# show(flow.sample(12, seed=3), "drawn by the flow")

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# * Take a real picture and a picture of random pixels. What does `flow.log_prob` say about each? That is a detector of unusual pictures, for free.
# * Walk on a straight line between the noise of two rooms, `to_noise.forward(...)`, and map the points back. How much like rooms are the pictures in between?
# * Put a second block on top: after the first one the pictures have the shape (4, 4, 12). What happens to the negative log-likelihood?
#
# A flow keeps every number of a picture. The next assignment, `probabilistic_w4_vae`, does the opposite: it squeezes a picture through a few latent numbers,
# and gives up the exact likelihood for it.
