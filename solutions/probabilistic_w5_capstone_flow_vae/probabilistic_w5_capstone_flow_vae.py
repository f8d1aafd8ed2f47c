# ---
# jupyter:
#   gradetape:
#     datasets:
#     - contours
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
# # Capstone: a flow makes the pictures, a VAE learns them
#
# In this last assignment everything comes together, and you make your own data. A chain of simple invertible maps bends a round Gaussian into a banana, turns it by an angle and squeezes it into a
# square. As every map is invertible you know the density at every point, exactly, and can take a **picture of the density**. Bananas of many bends and angles make a collection of pictures;
# a **variational autoencoder** then finds out, from the pictures alone, that they differ in two numbers only.
#
# 1. two **bijectors** of your own, a parabolic shift and a rotation,
# 2. the **flow**: five maps in a row, and the density at their end,
# 3. a **picture** of a density,
# 4. batches for training and validation, as **datasets**,
# 5. the **variational autoencoder**, built by yourself from encoder to compiled model,
# 6. three ways to **use** it.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
import tf_keras

tfb = tfp.bijectors
tfd = tfp.distributions
tfpl = tfp.layers

# %% [markdown] nbgrader={"grade": false, "grade_id": "conventions", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **What holds in every question**
#
# * A picture has the shape $(H, W, C)$. Take every size from the arguments: your functions are called with other sizes, and $H \ne W$ is possible where nothing else is said.
# * An argument that is called an *array* may be a NumPy array or a `tf.Tensor`; everything is `float32`. Arguments called *number* are Python floats.
# * The layers of TensorFlow Probability, `tfpl` here, work with **`tf_keras`** only.
# * The questions are graded one by one: where question 2 uses the bijectors of question 1, the grader puts correct ones in their place. Let all other functions stand on their own.

# %% [markdown] nbgrader={"grade": false, "grade_id": "plane_bijectors_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · Two maps of the plane
#
# A bijector is a map with an inverse and a log-determinant. Two are needed here that TFP does not have, both for points $(z_1, z_2)$ of the plane.
#
# The **parabolic shift** with bend $a$ moves every point up or down, by an amount that depends on its first coordinate only:
#
# $$(z_1, z_2) \mapsto (z_1,\; z_2 + a z_1^2).$$
#
# The **rotation** by the angle $\theta$ turns the plane counter-clockwise around the origin:
#
# $$(z_1, z_2) \mapsto (z_1 \cos\theta - z_2 \sin\theta,\; z_1 \sin\theta + z_2 \cos\theta).$$
#
# Both change the shape of things but no area: the matrix of derivatives has the determinant 1, whatever $a$ and $\theta$ are.
#
# **Write** two subclasses of `tfb.Bijector` in one cell, `ParabolaShift(a)` and `PlaneRotation(theta)`.
#
# * `a`, `theta`: numbers; the angle is measured in radians.
# * A point is one event, so `forward_min_event_ndims` is 1. Points may carry any leading axes, $(\dots, 2)$, or none; the result of `forward` and `inverse` has the same shape.
# * `inverse` undoes `forward`, also for points that `forward` has never seen.
# * `forward_log_det_jacobian(x, event_ndims=1)` is 0 for every **point**: a `float32` array of shape $(\dots)$, or a scalar zero that stands for all of them.
#
# *Example:* `ParabolaShift(2.0)` takes $(3, 1)$ to $(3, 19)$. `PlaneRotation(π/2)` takes $(1, 0)$ to $(0, 1)$.
#
# <details><summary>Hint</summary>
#
# `x[..., 0]` is the first coordinate whatever axes stand before it, and `tf.stack([…, …], axis=-1)` puts two coordinates together again. The methods to write are `_forward`, `_inverse` and
# `_forward_log_det_jacobian`; TFP derives the inverse log-determinant. How do you undo a rotation?
# </details>

# %% nbgrader={"grade": false, "grade_id": "plane_bijectors_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class ParabolaShift(tfb.Bijector):
    """(z1, z2) -> (z1, z2 + a z1²) for points (…, 2)."""

    def __init__(self, a, name="parabola_shift"):
        ### BEGIN SOLUTION
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a
        ### END SOLUTION

    def _forward(self, x):
        ### BEGIN SOLUTION
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0] ** 2], axis=-1)
        ### END SOLUTION

    def _inverse(self, y):
        ### BEGIN SOLUTION
        return tf.stack([y[..., 0], y[..., 1] - self.a * y[..., 0] ** 2], axis=-1)
        ### END SOLUTION

    def _forward_log_det_jacobian(self, x):
        ### BEGIN SOLUTION
        return tf.zeros_like(x[..., 0])
        ### END SOLUTION


class PlaneRotation(tfb.Bijector):
    """Rotation of points (…, 2) around the origin by theta radians, counter-clockwise."""

    def __init__(self, theta, name="plane_rotation"):
        ### BEGIN SOLUTION
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = theta
        ### END SOLUTION

    def _forward(self, x):
        ### BEGIN SOLUTION
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] - sine * x[..., 1], sine * x[..., 0] + cosine * x[..., 1]], axis=-1)
        ### END SOLUTION

    def _inverse(self, y):
        ### BEGIN SOLUTION
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] + sine * y[..., 1], cosine * y[..., 1] - sine * y[..., 0]], axis=-1)
        ### END SOLUTION

    def _forward_log_det_jacobian(self, x):
        ### BEGIN SOLUTION
        return tf.zeros_like(x[..., 0])
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "plane_bijectors", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_shift, example_rotation = ParabolaShift(2.0), PlaneRotation(np.pi / 2)
assert np.allclose(example_shift.forward([3.0, 1.0]), [3, 19]), "ParabolaShift(2) takes (3, 1) to (3, 19)."
assert np.allclose(example_shift.inverse([3.0, 19.0]), [3, 1]), "Its inverse takes (3, 19) back to (3, 1)."
assert np.allclose(example_rotation.forward([1.0, 0.0]), [0, 1], atol=1e-6), "A quarter turn takes (1, 0) to (0, 1)."
assert np.allclose(example_rotation.inverse([0.0, 1.0]), [1, 0], atol=1e-6), "Its inverse takes (0, 1) back to (1, 0)."
for example_map in (example_shift, example_rotation):
    assert np.shape(example_map.forward_log_det_jacobian(tf.ones((5, 2)), event_ndims=1)) in [(), (5,)], (
        "Five points have five log-determinants (or one scalar for all)."
    )

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "plane_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # What the two maps do to a square grid (this cell only shows something, it is not graded).
# import matplotlib.pyplot as plt
#
# line = np.linspace(-1, 1, 41).astype("float32")
# grid = [np.stack([line, np.full_like(line, level)], axis=-1) for level in line[::5]]
# grid += [points[:, ::-1] for points in grid]
# figure, axes = plt.subplots(1, 3, figsize=(9, 3), sharex=True, sharey=True)
# titles = ["grid", "ParabolaShift(1.0)", "PlaneRotation(0.5)"]
# for axis, title, bijector in zip(axes, titles, (tfb.Identity(), ParabolaShift(1.0), PlaneRotation(0.5))):
#     for points in grid:
#         axis.plot(*np.asarray(bijector.forward(points)).T, color="tab:blue", linewidth=0.8)
#     axis.set_title(title)
#     axis.set_aspect("equal")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "curved_density_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · The flow
#
# Start with $z \sim \mathcal N(0, 0.3^2 I)$ in the plane and apply, **in this order**,
#
# | step | map |
# |---|---|
# | 1 | $z_2 \mapsto z_2 - 2$ |
# | 2 | $z_2 \mapsto z_2 / 2$ |
# | 3 | the parabolic shift with bend $a$ |
# | 4 | the rotation by $\theta$ |
# | 5 | $\tanh$ of both coordinates |
#
# The last step squeezes the plane into the open square $(-1, 1)^2$. The density at the end follows from the change of variables; `tfd.TransformedDistribution` works it out.
#
# **Write** `curved_density(a, theta)`.
#
# * `a`, `theta`: numbers.
# * Returns a distribution, such as a `tfd.TransformedDistribution`, with batch shape `()` and event shape `(2,)`: `log_prob`, `prob` and `sample` work for any leading axes of points inside the square.
# * Use the classes of question 1 for the steps 3 and 4. Note that 0.3 is a deviation, and that steps 1 and 2 leave $z_1$ alone.
#
# *Example:* `curved_density(0.0, 0.0)` is centred at $(\tanh 0, \tanh(-1)) = (0, -0.7616)$, and its density there is $\frac{2}{2\pi \cdot 0.3^2 \cdot (1 - 0.7616^2)} = 8.42$. (Where does the 2 in the numerator come from?)
#
# <details><summary>Hint</summary>
#
# `tfb.Shift` and `tfb.Scale` take a list with one number for each coordinate. A `tfb.Chain` applies its **last** element first.
# </details>

# %% nbgrader={"grade": false, "grade_id": "curved_density_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def curved_density(a, theta):
    """Return the distribution of tanh(R(B(z1, (z2 - 2) / 2))), z ~ N(0, 0.3² I), B the parabolic shift, R the rotation.

    a, theta: bend and angle. Returns a distribution, batch shape (), event shape (2,).
    """
    ### BEGIN SOLUTION
    steps = [tfb.Shift([0.0, -2.0]), tfb.Scale([1.0, 0.5]), ParabolaShift(a), PlaneRotation(theta), tfb.Tanh()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps[::-1]))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "curved_density", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_density = curved_density(0.0, 0.0)
assert example_density.event_shape == (2,), "One draw is a point of the plane: the event shape is (2,)."
assert example_density.batch_shape == (), "It is one distribution: the batch shape is ()."
assert np.allclose(example_density.prob([0.0, -0.761594]), 8.4217, rtol=1e-3), (
    "Without bend and angle the density at (0, -0.7616) is 8.42."
)
example_draws = np.asarray(example_density.sample(100))
assert example_draws.shape == (100, 2) and np.max(np.abs(example_draws)) < 1, "All draws lie inside the square."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "density_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Step by step from the round Gaussian to the final density; each panel shows draws.
# def panel(axis, points, title):
#     """Draw points of the plane."""
#     axis.scatter(*np.asarray(points).T, s=2, alpha=0.4)
#     axis.set_title(title, fontsize=9)
#     axis.set_xlim(-2, 2)
#     axis.set_ylim(-2, 2)
#     axis.set_aspect("equal")
#
#
# round_points = tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]).sample(2000, seed=1)
# flat_points = (round_points - [0.0, 2.0]) * [1.0, 0.5]
# bent_points = ParabolaShift(3.0).forward(flat_points)
# turned_points = PlaneRotation(1.0).forward(bent_points)
# figure, axes = plt.subplots(1, 5, figsize=(13, 2.8))
# panel(axes[0], round_points, "z")
# panel(axes[1], flat_points, "shifted and halved")
# panel(axes[2], bent_points, "bent")
# panel(axes[3], turned_points, "turned")
# panel(axes[4], np.tanh(turned_points), "squeezed")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "density_picture_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · A picture of a density
#
# Divide the square $[-1, 1]^2$ into $S \times S$ cells and evaluate the density $p$ at the **centre** of each. Densities can be large, pixels shall be at most 1, so show
#
# $$v = \frac{p}{1 + p} \in [0, 1).$$
#
# The centres along one axis are $\frac{2i + 1}{S} - 1$ for $i = 0, \dots, S - 1$; for $S = 4$: $-0.75, -0.25, 0.25, 0.75$. They never touch the edge, where $\tanh$ never arrives.
#
# **Write** `density_picture(distribution, size)`.
#
# * `distribution`: any `float32` distribution with batch shape `()` and event shape `(2,)`; `size`: the number $S$.
# * Returns a `float32` array $(S, S, 1)$ of the values $v$, oriented as on a map: $z_1$ grows with the **column**, to the right, and $z_2$ grows **upwards**, so the top row, row 0, shows the largest $z_2$.
#
# *Example:* with $S = 2$, row 0 shows the points $(-0.5, 0.5)$ and $(0.5, 0.5)$, row 1 the points $(-0.5, -0.5)$ and $(0.5, -0.5)$.
#
# <details><summary>Hint</summary>
#
# `np.meshgrid` or broadcasting gives all pairs of coordinates; bring them into the shape $(S, S, 2)$ and ask for the density once. Cast to `float32` first: NumPy computes in `float64`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "density_picture_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def density_picture(distribution, size):
    """Return p / (1 + p) at the centres of size × size cells of the square from -1 to 1, float32 (size, size, 1).

    Columns follow the first coordinate; the top row shows the largest second coordinate.
    """
    ### BEGIN SOLUTION
    centres = ((2 * np.arange(size) + 1) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1))
    return (density / (1 + density))[..., tf.newaxis]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "density_picture", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_gaussian = tfd.MultivariateNormalDiag([0.5, 0.5], [0.3, 0.3])
example_picture = np.asarray(density_picture(example_gaussian, 2))
assert example_picture.shape == (2, 2, 1), "A picture of size 2 has the shape (2, 2, 1)."
assert example_picture.dtype == np.float32, "Pictures are float32."
assert example_picture.argmax() == 1, "A density around (0.5, 0.5) is brightest at the upper right."
assert np.isclose(example_picture[0, 1, 0], 0.63878, atol=1e-4), (
    "At its centre the density is p = 1.7684, so the picture shows p / (1 + p) = 0.6388."
)

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "picture_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Four densities in fine pictures, and below as the autoencoder will see them.
# figure, axes = plt.subplots(2, 4, figsize=(8, 4))
# for column, (a, theta) in enumerate([(0.0, 0.0), (2.0, 0.0), (3.0, 1.0), (4.0, 4.0)]):
#     for row, size in enumerate((200, 16)):
#         picture = density_picture(curved_density(a, theta), size)
#         axes[row, column].imshow(np.asarray(picture)[..., 0], extent=(-1, 1, -1, 1), cmap="magma")
#     axes[0, column].set_title(f"a = {a}, θ = {theta}", fontsize=9)
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "autoencoder_batches_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Batches
#
# An autoencoder has to return what it is given: every example is a pair $(x, x)$.
#
# **Write** `autoencoder_batches(images, valid_count, batch_size)`.
#
# * `images`: `float32` array $(N, H, W, C)$; `valid_count`: how many pictures are for validation; `batch_size`: the number $B$.
# * Returns two `tf.data.Dataset`s `(train, valid)` of pairs $(x, x)$, each $x$ of shape $(B, H, W, C)$.
# * The **last** `valid_count` pictures are for validation, in their order. All others are for training.
# * The training pictures are shuffled one by one, over the **whole** training part, and anew in every pass.
# * Both datasets consist of **whole batches only**: a smaller rest at the end of a pass is left out. (With the new order of every pass it is another rest each time.)
#
# *Example:* 400 pictures, 80 for validation, batches of 30: 10 batches for training, 2 for validation.
#
# <details><summary>Hint</summary>
#
# `Dataset.from_tensor_slices((x, x))` keeps pairs together. Shuffle before you batch. Which argument of `batch` drops the rest?
# </details>

# %% nbgrader={"grade": false, "grade_id": "autoencoder_batches_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def autoencoder_batches(images, valid_count, batch_size):
    """Return datasets (train, valid) of whole batches of pairs (x, x).

    images: float32 (N, H, W, C). The last valid_count pictures are for validation, in their order; the others are shuffled.
    """
    ### BEGIN SOLUTION
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.take(train_count).shuffle(train_count)), batches(dataset.skip(train_count))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "autoencoder_batches", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_train, example_valid = autoencoder_batches(np.random.uniform(size=(40, 4, 4, 1)).astype("float32"), 13, 6)
assert len(list(example_train)) == 4 and len(list(example_valid)) == 2, (
    "40 pictures, 13 for validation, batches of 6: 4 whole batches for training, 2 for validation."
)
for example_x, example_y in example_train:
    assert example_x.shape == (6, 4, 4, 1), "Every batch holds 6 pictures."
    assert np.array_equal(example_x, example_y), "Every pair holds the same picture twice."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "contours_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # The collection: 400 pictures with bends a ~ N(3, 1) and angles θ ~ U[0, 2π), as your functions would draw them.
# from gradetape import datasets
#
# contours = datasets.load("contours", split="train+validation", batch_size=-1)
# pictures, bends, angles = (np.asarray(contours[name]) for name in ("image", "a", "theta"))
# mine = density_picture(curved_density(float(bends[0]), float(angles[0])), 16)
# print("pictures:", pictures.shape, " largest difference from your own picture 0:", np.abs(pictures[0] - mine).max())
# train, valid = autoencoder_batches(pictures, 80, 20)
#
#
# def show(*rows, titles=()):
#     """Draw rows of pictures, ten in each."""
#     figure, axes = plt.subplots(len(rows), 10, figsize=(9, 0.95 * len(rows)), squeeze=False)
#     for row, images in enumerate(rows):
#         for axis, image in zip(axes[row], np.asarray(images)):
#             axis.imshow(image[..., 0], cmap="magma", vmin=0, vmax=1)
#         axes[row, 0].set_title(titles[row] if row < len(titles) else "", fontsize=8, loc="left")
#     for axis in axes.flat:
#         axis.axis("off")
#     plt.show()
#
#
# show(pictures, pictures[10:], titles=["contours"])

# %% [markdown] nbgrader={"grade": false, "grade_id": "dense_vae_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · A variational autoencoder of dense layers
#
# Now without a table of layers. What the model has to minimise is, per picture, the negative evidence lower bound
#
# $$-\mathrm{ELBO}(x) = \mathbb E_{z \sim q(z \mid x)}\left[ -\log p(x \mid z) \right] + \operatorname{KL}\left( q(z \mid x) \,\|\, \mathcal N(0, I) \right).$$
#
# **Write** `dense_vae(latent_dim, hidden, image_shape)`.
#
# * `latent_dim`: the length $d$ of a code; `hidden`: the number of units of the hidden layers; `image_shape`: the tuple $(H, W, C)$.
# * Returns `(encoder, decoder, model)`, three `tf_keras` models that share their layers: training `model` trains the other two.
# * `encoder`: pictures $(B, H, W, C)$ → a normal distribution over codes, batch shape $(B,)$, event shape $(d,)$, with a full covariance or independent components; any distribution of TFP that is one will do.
# * After a call of the encoder, the sum of `encoder.losses` is the divergence from a **standard normal** prior, the **mean** over the batch, exact or estimated by sampling.
#   This loss is part of `model` too.
# * `decoder`: codes $(B, d)$ → independent Bernoulli, batch shape $(B,)$, event shape $(H, W, C)$.
# * `model`: pictures → the decoder's distribution at a **random draw** of the encoder's code. It is compiled with Adam, learning rate 0.01, and a loss that is the mean over the batch of
#   minus the log-probability of a whole picture.
# * Encoder and decoder each have at least one hidden layer with `hidden` units. What they look like otherwise is up to you, and they need not be large: with $d = 2$ and 64 hidden units, 15 epochs on 320
#   contours in batches of 20 have to bring the squared error of restored validation pictures (mean code, mean picture) below 0.8 times that of always showing the mean picture. One
#   hidden relu layer on either side gets to about 0.4.
#
# For the divergence use the layer below, given as in the previous assignment: it passes a distribution on and adds `kl(distribution)` to the losses, once and undivided. (With `activity_regularizer=kl` on a distribution
# layer, `tf_keras` would divide the value by the size of the batch and count it twice.)
#
# *Example:* for a code $q = \mathcal N\left((3, 0), I\right)$ the divergence is $\tfrac12 \cdot 3^2 = 4.5$.
#
# <details><summary>Hint</summary>
#
# `tf.reduce_mean(tfd.kl_divergence(q, prior))` is exact for two Gaussians. Distributions between models: `encoder.outputs[0]` is what the decoder should be applied to; there a draw takes the place of the
# distribution. Bernoulli wants logits: the decoder's last dense layer is linear and has $H \cdot W \cdot C$ units.
# </details>

# %% nbgrader={"grade": false, "grade_id": "add_divergence_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
class AddDivergence(tf_keras.layers.Layer):
    """Pass a distribution on, and add kl(distribution) to the losses of the model."""

    def __init__(self, kl, **options):
        super().__init__(**options)
        self.kl = kl

    def call(self, distribution):
        self.add_loss(self.kl(distribution))
        return distribution

# %% nbgrader={"grade": false, "grade_id": "dense_vae_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dense_vae(latent_dim, hidden, image_shape):
    """Return (encoder, decoder, model) of a variational autoencoder with standard-normal prior.

    encoder: (B, H, W, C) -> normal, event (latent_dim,). decoder: (B, latent_dim) -> independent Bernoulli.
    model: (B, H, W, C) -> the decoder's distribution at a random code; compiled.
    """
    ### BEGIN SOLUTION
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "dense_vae", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_encoder, example_decoder, example_model = dense_vae(2, 64, (16, 16, 1))
example_code = example_encoder(np.ones((5, 16, 16, 1), "float32"))
assert example_code.batch_shape == (5,) and example_code.event_shape == (2,), (
    "Five pictures give five distributions over codes of 2 numbers."
)
assert len(example_encoder.losses) > 0, "The divergence belongs to the encoder: it has a loss."
example_output = example_decoder(np.ones((5, 2), "float32"))
assert example_output.batch_shape == (5,) and example_output.event_shape == (16, 16, 1), (
    "Five codes give five distributions over pictures (16, 16, 1)."
)
assert example_model(np.ones((5, 16, 16, 1), "float32")).event_shape == (16, 16, 1), (
    "The model gives distributions over pictures."
)
assert example_model.optimizer is not None, "The model has to be compiled."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "training_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Train for longer than the grader does (about five seconds).
# tf_keras.utils.set_random_seed(2)
# encoder, decoder, model = dense_vae(2, 64, (16, 16, 1))
# history = model.fit(train, validation_data=valid, epochs=80, verbose=0)
# figure, axes = plt.subplots(figsize=(5, 2.5))
# axes.plot(history.history["loss"], label="training")
# axes.plot(history.history["val_loss"], label="validation")
# axes.set_xlabel("epoch")
# axes.set_ylabel("-ELBO")
# axes.legend()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "latent_use_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · Three uses
#
# **Write** three functions in one cell. `encoder` and `decoder` are `tf_keras` models as in question 5; `images` is a `float32` array $(N, H, W, C)$.
#
# * `latent_means(encoder, images)` returns the **mean** code of every picture, `float32` $(N, d)$.
# * `reconstruct_mean(encoder, decoder, images)` returns the decoder's mean at the mean code, `float32` $(N, H, W, C)$. Both functions give the same result at every call.
# * `prior_images(decoder, count)` returns `count` new pictures, `float32` (`count`, $H$, $W$, $C$): the decoder's means at **random** codes, one for each picture, drawn from the standard-normal prior without a seed.
#   The length $d$ of a code is the decoder's to tell: `decoder.input_shape` is `(None, d)`.
#
# *Example:* for a decoder whose logits are all 0, `reconstruct_mean` and `prior_images` give 0.5 everywhere.
#
# <details><summary>Hint</summary>
#
# Models are called like functions, distributions have `mean()`. In which of the three functions is anything drawn?
# </details>

# %% nbgrader={"grade": false, "grade_id": "latent_use_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def latent_means(encoder, images):
    """Return the mean codes of images (N, H, W, C), float32 (N, d)."""
    ### BEGIN SOLUTION
    return encoder(images).mean()
    ### END SOLUTION


def reconstruct_mean(encoder, decoder, images):
    """Return the decoder's means at the mean codes of images, float32 (N, H, W, C)."""
    ### BEGIN SOLUTION
    return decoder(encoder(images).mean()).mean()
    ### END SOLUTION


def prior_images(decoder, count):
    """Return the decoder's means at count standard-normal codes, float32 (count, H, W, C)."""
    ### BEGIN SOLUTION
    return decoder(tf.random.normal((count, decoder.input_shape[-1]))).mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "latent_use", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
code_of_pixels = tf_keras.Sequential(
    [
        tf_keras.layers.Flatten(input_shape=(2, 2, 1)),
        tfpl.DistributionLambda(lambda t: tfd.MultivariateNormalDiag(t, tf.ones_like(t))),
    ]
)
grey_decoder = tf_keras.Sequential(
    [tf_keras.layers.Lambda(lambda z: 0 * z, input_shape=(4,)), tfpl.IndependentBernoulli((2, 2, 1))]
)
example_images = np.random.uniform(size=(3, 2, 2, 1)).astype("float32")
assert np.allclose(latent_means(code_of_pixels, example_images), example_images.reshape(3, 4)), (
    "An encoder whose mean is the picture itself gives its pixels as code."
)
assert np.allclose(reconstruct_mean(code_of_pixels, grey_decoder, example_images), np.full((3, 2, 2, 1), 0.5)), (
    "A decoder with logits 0 restores every picture as 0.5 everywhere."
)
assert np.shape(prior_images(grey_decoder, 7)) == (7, 2, 2, 1), "Seven new pictures are asked for."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "latent_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Restored and new pictures, and the codes: nobody told the network about angles, yet they lie in their order.
# show(pictures[320:], reconstruct_mean(encoder, decoder, pictures[320:330]), titles=["validation", "restored"])
# show(prior_images(decoder, 10), prior_images(decoder, 10), titles=["new"])
#
# codes = np.asarray(latent_means(encoder, pictures))
# figure, axes = plt.subplots(1, 2, figsize=(9, 3.6))
# for axis, values, name, colours in ((axes[0], angles, "angle θ", "hsv"), (axes[1], bends, "bend a", "viridis")):
#     points = axis.scatter(*codes.T, c=values, cmap=colours, s=14)
#     figure.colorbar(points, label=name)
#     axis.set_xlabel("first number of the code")
#     axis.set_ylabel("second number")
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# You have come to the end of this course. Some ways to go on:
#
# * Walk on a circle through the plane of codes and show what the decoder makes of it. Does the banana turn all the way round?
# * Give the code three numbers. Where does the bend go?
# * The angle lives on a circle, the prior on a plane. Which pictures does the VAE confuse, and where in the plane is the seam?
# * Replace the standard-normal prior by the flow of `probabilistic_w3_realnvp` or by the mixture of `probabilistic_w4_vae`, and look at the new pictures again.
