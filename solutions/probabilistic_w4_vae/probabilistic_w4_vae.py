# ---
# jupyter:
#   gradetape:
#     datasets:
#     - faces
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
# # A variational autoencoder for faces
#
# An autoencoder squeezes a picture through a narrow code and learns to restore it. Nice, but its codes lie anywhere: pick one at random and the decoder
# paints noise. A **variational autoencoder** (VAE) makes the code *random* and keeps it near a **prior** $p(z)$ that you can draw from. Then
#
# * the **encoder** $q(z \mid x)$ answers a picture with a distribution over codes,
# * the **decoder** $p(x \mid z)$ answers a code with a distribution over pictures,
#
# and both are trained together on minus the *evidence lower bound*
#
# $$-\mathrm{ELBO}(x) = \underbrace{\mathbb E_{z \sim q(z \mid x)}\left[ -\log p(x \mid z) \right]}_{\text{reconstruction}} + \underbrace{\operatorname{KL}\left( q(z \mid x) \,\|\, p(z) \right)}_{\text{divergence}} .$$
#
# You write all of its parts:
#
# 1. a **prior** that is itself learned, a mixture of Gaussians,
# 2. the **divergence**, sampled because a mixture has no formula for it,
# 3. the **encoder**,
# 4. the **decoder**,
# 5. the **reconstruction loss**,
# 6. and 7. two things to do with a trained VAE: **restore** faces and **invent** new ones.
#
# The faces are small drawings, 16×16 pixels in colour. Half of them smile, and at the end you look for the smile in the code.

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
# * $B$ is the number of pictures in a batch, a picture has the shape $(H, W, C)$, a code has $d$ numbers. Take every size from the arguments:
#   your functions are called with other sizes, and $H \ne W$ is common.
# * An argument that is called an *array* may be a NumPy array or a `tf.Tensor`; everything is `float32`, pixels lie between 0 and 1.
# * The layers of TensorFlow Probability, `tfpl` here, work with **`tf_keras`** only: build models from `tf_keras.layers`, not from `tf.keras.layers`.
# * Layers keep their default settings where nothing else is said. Models have their weights on return.
# * The questions are graded one by one. Let each function stand on its own instead of calling an earlier one; then a slip
#   in one question cannot cost you points in another.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "faces_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # The faces (this cell only shows something, it is not graded).
# import matplotlib.pyplot as plt
#
# from gradetape import datasets
#
# data = datasets.load("faces", split="train", batch_size=-1)
# faces = np.asarray(data["image"]) / np.float32(255)
# smiling = np.asarray(data["attributes"]["Smiling"])
# print("faces:", faces.shape, faces.dtype, " smiling:", smiling.sum(), "of", len(smiling))
#
#
# def show(*rows, titles=()):
#     """Draw rows of pictures, ten in each."""
#     figure, axes = plt.subplots(len(rows), 10, figsize=(9, 0.95 * len(rows)), squeeze=False)
#     for row, images in enumerate(rows):
#         for axis, image in zip(axes[row], np.asarray(images)):
#             axis.imshow(np.clip(image, 0, 1))
#         axes[row, 0].set_title(titles[row] if row < len(titles) else "", fontsize=8, loc="left")
#     for axis in axes.flat:
#         axis.axis("off")
#     plt.show()
#
#
# show(faces[smiling], faces[~smiling], titles=["smiling", "not smiling"])

# %% [markdown] nbgrader={"grade": false, "grade_id": "gaussian_mixture_prior_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · A prior that is learned
#
# The usual prior is one standard normal. A mixture of $K$ Gaussians leaves room for groups: perhaps bright backgrounds here, dark hair there. Where the groups lie and
# how wide they are is learned along with the rest:
#
# $$p(z) = \frac1K \sum_{k=1}^{K} \mathcal N\left( z;\, \mu_k,\, \operatorname{diag}(\sigma_k^2) \right), \qquad \sigma_{kj} = \operatorname{softplus}(r_{kj}) = \ln\left(1 + e^{r_{kj}}\right).$$
#
# Deviations must stay positive, whatever a training step does. So not $\sigma$ is the variable, but a *raw* number $r$ that may be anything, and softplus makes it positive.
#
# **Write** `gaussian_mixture_prior(components, latent_dim)`.
#
# * `components`: the number $K$; `latent_dim`: the number $d$.
# * Returns a `tfd.MixtureSameFamily` with batch shape `()` and event shape $(d,)$. Its components distribution has batch shape $(K,)$ and event shape $(d,)$.
# * All components have the same weight $\frac1K$. The weights are **fixed**.
# * The distribution has exactly **two** trainable variables, both `float32` of shape $(K, d)$: the means $\mu$, which start as standard-normal draws, and the raw
#   numbers $r$, which all start such that $\sigma = 1$, that is at $\ln(e - 1) \approx 0.541325$.
# * A change of the variables changes the distribution, at once and without building it again.
#
# *Example:* `gaussian_mixture_prior(4, 3)` has $2 \cdot 4 \cdot 3 = 24$ trainable numbers.
#
# > **A silent trap.** `tf.nn.softplus(raw)` computes the deviations *once*, here and now. The variable is then no part of the distribution, and it never trains.
#
# <details><summary>Hint</summary>
#
# `tfp.util.TransformedVariable(initial_value, bijector)` behaves like an array, holds the raw variable and applies the bijector every time it is looked at. You give it the value *after* the
# bijector. For a categorical distribution, equal logits are equal probabilities.
# </details>

# %% nbgrader={"grade": false, "grade_id": "gaussian_mixture_prior_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gaussian_mixture_prior(components, latent_dim):
    """Return a mixture of Gaussians with equal fixed weights, learned means and learned positive deviations.

    components: K. latent_dim: d. Both variables, means and raw deviations, have the shape (K, d).
    Returns a tfd.MixtureSameFamily, batch shape (), event shape (d,).
    """
    ### BEGIN SOLUTION
    shape = (components, latent_dim)
    means = tf.Variable(tf.random.normal(shape))
    deviations = tfp.util.TransformedVariable(tf.ones(shape), tfb.Softplus())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "gaussian_mixture_prior", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_prior = gaussian_mixture_prior(4, 3)
assert example_prior.batch_shape == () and example_prior.event_shape == (3,), (
    "The prior is one distribution over codes of 3 numbers: batch shape (), event shape (3,)."
)
assert example_prior.components_distribution.batch_shape == (4,), "It has 4 components."
assert [tuple(v.shape) for v in example_prior.trainable_variables] == [(4, 3)] * 2, (
    "There are two trainable variables, means and raw deviations, both of shape (4, 3)."
)
assert np.allclose(example_prior.components_distribution.stddev(), 1), "All deviations start at 1."

# %% [markdown] nbgrader={"grade": false, "grade_id": "sampled_kl_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · The divergence, sampled
#
# Between a Gaussian and a mixture the divergence has no formula, but it is an expectation, and expectations can be estimated: draw $z^{(1)}, z^{(2)}, z^{(3)}$ from $q$ and average
#
# $$\operatorname{KL}(q \,\|\, p) = \mathbb E_{z \sim q}\left[ \log q(z) - \log p(z) \right] \approx \frac13 \sum_{s=1}^{3} \left[ \log q(z^{(s)}) - \log p(z^{(s)}) \right].$$
#
# `tfpl.KLDivergenceRegularizer` is an object that does so: called with a distribution $q$ it returns the estimate.
#
# **Write** `sampled_kl(prior)`.
#
# * `prior`: a distribution with batch shape `()` and event shape $(d,)$, such as that of question 1.
# * Returns a `tfpl.KLDivergenceRegularizer` towards `prior`. Called with the distribution $q$ of a batch, batch shape $(B,)$ and event shape $(d,)$, it returns a scalar:
#   the **mean** over the $B$ codes of the estimate with **3 samples** for each.
# * It is not exact, and its weight is 1. So the result does not grow with the batch, and in the mean it is the average divergence.
# * It gives access to the variables of the prior: they are in its `trainable_variables` (as they are for every `tfpl.KLDivergenceRegularizer`).
#
# *Example:* for $q = \mathcal N(1, 0.5^2)$ in each of 3 dimensions and a standard-normal prior, the results scatter around $3 \cdot \tfrac12 \left(0.25 + 1 - 1 - 2 \ln 0.5\right) = 2.454$, for 10 codes as for 1000.
#
# <details><summary>Hint</summary>
#
# `test_points_fn` is a function from $q$ to the points; three draws from a batch of $B$ have the shape $(3, B, d)$, and the log-ratios the shape $(3, B)$. What is left after the mean over
# `test_points_reduce_axis` is *added up*, and with the default `()` nothing is averaged. With `None` all axes are.
# </details>

# %% nbgrader={"grade": false, "grade_id": "sampled_kl_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sampled_kl(prior):
    """Return the divergence from prior, estimated with 3 samples and averaged over samples and batch.

    prior: distribution, batch shape (), event shape (d,).
    Returns a tfpl.KLDivergenceRegularizer: distribution, batch shape (B,), event shape (d,) -> scalar.
    """
    ### BEGIN SOLUTION
    return tfpl.KLDivergenceRegularizer(
        prior, test_points_fn=lambda q: q.sample(3), test_points_reduce_axis=None
    )
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "sampled_kl", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_kl = sampled_kl(tfd.MultivariateNormalDiag(tf.zeros(3), tf.ones(3)))
example_codes = tfd.MultivariateNormalDiag(tf.ones((1000, 3)), 0.5 * tf.ones((1000, 3)))
assert np.shape(example_kl(example_codes)) == (), "The divergence of a batch is one number."
assert abs(float(example_kl(example_codes)) - 2.454) < 0.3, (
    "For 1000 codes of the example the mean divergence is near 2.454."
)
assert float(example_kl(example_codes)) != float(example_kl(example_codes)), "Every call draws new samples."

# %% [markdown] nbgrader={"grade": false, "grade_id": "add_divergence_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Given: a layer that adds the divergence to the loss
#
# The divergence depends on the encoder's output only, so it belongs to the encoder. The layer below passes a distribution on, unchanged, and adds `kl(distribution)` to the losses of
# every model that it is part of. As it holds `kl`, the variables of the prior are trained as well.
#
# > **A silent trap.** You will find many examples with `activity_regularizer=kl` on the distribution layer instead. Then `tf_keras` divides the value by the size of the batch and, as the output of such a
# > layer has two parts, counts it twice. Everything runs and the pictures even look sharp, but there is hardly any divergence left in the loss: new codes from the prior then give poor faces.

# %% nbgrader={"grade": false, "grade_id": "add_divergence_given", "locked": true, "schema_version": 3, "solution": false, "task": false}
class AddDivergence(tf_keras.layers.Layer):
    """Pass a distribution on, and add kl(distribution) to the losses of the model."""

    def __init__(self, kl, **options):
        super().__init__(**options)
        self.kl = kl

    def call(self, distribution):
        self.add_loss(self.kl(distribution))
        return distribution

# %% [markdown] nbgrader={"grade": false, "grade_id": "face_encoder_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · The encoder
#
# The encoder turns a picture into a Gaussian over codes, with a **full** covariance: its numbers may depend on each other. Such a Gaussian has $d$ numbers for the mean and
# $\frac{d (d + 1)}2$ for the lower triangle of a matrix $L$ with $\Sigma = L L^\top$. The dense layer has to deliver all of them.
#
# **Write** `face_encoder(input_shape, latent_dim, kl)`.
#
# * `input_shape`: the tuple $(H, W, C)$, with $H$ and $W$ divisible by 4; `latent_dim`: the number $d$; `kl`: a function of a distribution that returns a scalar, such as that of question 2.
# * Returns a `tf_keras` model. Called on pictures $(B, H, W, C)$ it gives a multivariate normal distribution, batch shape $(B,)$, event shape $(d,)$. Its layers:
#
# | step | layer |
# |---|---|
# | 1 | convolution, 8 filters, 4×4, stride 2, `same`, relu |
# | 2 | batch normalisation |
# | 3 | convolution, 16 filters, 4×4, stride 2, `same`, relu |
# | 4 | batch normalisation |
# | 5 | flatten |
# | 6 | dense, as many units as the distribution has parameters, **linear** |
# | 7 | `tfpl.MultivariateNormalTriL` |
# | 8 | `AddDivergence(kl)`, given above |
#
# * After a call, `encoder.losses` holds **one** number: `kl(q)` of this batch, neither divided nor doubled.
#
# *Example:* `face_encoder((16, 16, 3), 3, kl)` has 4865 parameters; if `kl` holds a prior of 24 numbers, 4889. (Before the first call on data, `encoder.losses` is a symbolic placeholder.)
#
# <details><summary>Hint</summary>
#
# `tfpl.MultivariateNormalTriL.params_size(latent_dim)` counts the parameters for you.
# </details>

# %% nbgrader={"grade": false, "grade_id": "face_encoder_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def face_encoder(input_shape, latent_dim, kl):
    """Return the model from pictures to Gaussian codes, with the divergence kl(q) as its loss.

    input_shape: (H, W, C), H and W divisible by 4. latent_dim: d. kl: distribution -> scalar.
    Returns a tf_keras model: (B, H, W, C) -> multivariate normal, batch (B,), event (d,).
    """
    ### BEGIN SOLUTION
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, strides=2, padding="same", activation="relu", input_shape=input_shape),
            layers.BatchNormalization(),
            layers.Conv2D(16, 4, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(kl),
        ]
    )
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "face_encoder", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_encoder = face_encoder((16, 16, 3), 3, lambda q: tf.reduce_mean(q.mean() ** 2))
assert example_encoder.count_params() == 4865, "For (16, 16, 3) and codes of 3 numbers the encoder has 4865 parameters."
example_code = example_encoder(np.ones((5, 16, 16, 3), "float32"))
assert example_code.batch_shape == (5,) and example_code.event_shape == (3,), (
    "Five pictures give five distributions over codes of 3 numbers."
)
assert len(example_encoder.losses) == 1, "The encoder has one loss."
assert np.allclose(example_encoder.losses[0], np.mean(np.asarray(example_code.mean()) ** 2), atol=1e-5), (
    "The encoder's loss is kl(q)."
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "face_decoder_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · The decoder
#
# The decoder turns a code back into a distribution over pictures. Each of the $H \cdot W \cdot C$ numbers gets a Bernoulli distribution; its probability is the brightness. (For brightness between 0 and 1,
# $\log p(x) = x \log \pi + (1 - x) \log(1 - \pi)$ is still a sensible score: it is largest where $\pi = x$.)
#
# **Write** `face_decoder(latent_dim, output_shape)`.
#
# * `latent_dim`: the number $d$; `output_shape`: the tuple $(H, W, C)$, with $H$ and $W$ divisible by 4.
# * Returns a `tf_keras` model. Called on codes $(B, d)$ it gives a distribution with batch shape $(B,)$ and event shape $(H, W, C)$: **a whole picture is one event**. Its layers:
#
# | step | layer |
# |---|---|
# | 1 | dense, $\frac H4 \cdot \frac W4 \cdot 16$ units, relu |
# | 2 | reshape to $(\frac H4, \frac W4, 16)$ |
# | 3 | upsampling by 2 |
# | 4 | convolution, 16 filters, 3×3, `same`, relu |
# | 5 | upsampling by 2 |
# | 6 | convolution, 8 filters, 3×3, `same`, relu |
# | 7 | convolution, $C$ filters, 3×3, `same`, **linear**: the logits |
# | 8 | flatten |
# | 9 | `tfpl.IndependentBernoulli` |
#
# *Example:* `face_decoder(3, (16, 16, 3))` has 4723 parameters.
#
# <details><summary>Hint</summary>
#
# Whole numbers of units and shapes: divide with `//`. `tfpl.IndependentBernoulli(event_shape)` takes logits and reshapes them by itself. `UpSampling2D` doubles by default.
# </details>

# %% nbgrader={"grade": false, "grade_id": "face_decoder_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def face_decoder(latent_dim, output_shape):
    """Return the model from codes to distributions over pictures.

    latent_dim: d. output_shape: (H, W, C), H and W divisible by 4.
    Returns a tf_keras model: (B, d) -> independent Bernoulli, batch (B,), event (H, W, C).
    """
    ### BEGIN SOLUTION
    layers = tf_keras.layers
    height, width, channels = output_shape
    small = (height // 4, width // 4, 16)
    return tf_keras.Sequential(
        [
            layers.Dense(np.prod(small), activation="relu", input_shape=(latent_dim,)),
            layers.Reshape(small),
            layers.UpSampling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.UpSampling2D(),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.Conv2D(channels, 3, padding="same"),
            layers.Flatten(),
            tfpl.IndependentBernoulli(output_shape),
        ]
    )
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "face_decoder", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
example_decoder = face_decoder(3, (16, 16, 3))
assert example_decoder.count_params() == 4723, "For codes of 3 numbers and (16, 16, 3) the decoder has 4723 parameters."
example_faces = example_decoder(np.ones((5, 3), "float32"))
assert example_faces.batch_shape == (5,), "Five codes give five distributions: the batch shape is (5,)."
assert example_faces.event_shape == (16, 16, 3), "A whole picture is one event: the event shape is (16, 16, 3)."

# %% [markdown] nbgrader={"grade": false, "grade_id": "expected_nll_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · The reconstruction loss
#
# The expectation over $z \sim q$ in the ELBO is estimated with a single draw, the one that went through the decoder. What is left is the mean over the pictures of a batch:
#
# $$\ell = -\frac1B \sum_{i=1}^{B} \log p(x_i \mid z_i), \qquad \log p(x_i \mid z_i) = \sum_{\text{pixels, channels}} \log p(x_{ihwc} \mid z_i).$$
#
# Mind the two reductions: a **sum** inside a picture, because a picture is one event, and a **mean** over pictures. With a mean inside as well, the loss would shrink by the factor 768, and the
# divergence would drown it.
#
# **Write** `expected_nll(images, distribution)`.
#
# * `images`: `float32` array $(B, H, W, C)$ between 0 and 1; `distribution`: independent Bernoulli, batch shape $(B,)$, event shape $(H, W, C)$, as the decoder of question 4 gives it.
# * Returns $\ell$, a `float32` scalar. It is right even where a probability is too close to 0 or 1 for `float32`: the distribution holds logits, so do not take the detour over probabilities.
#
# *Example:* when all logits are 0, every probability is ½, and for pictures $(16, 16, 3)$ the loss is $768 \ln 2 = 532.3$, whatever the pictures are.
#
# <details><summary>Hint</summary>
#
# The distribution already sums over its event. What shape does its log-probability of a batch have?
# </details>

# %% nbgrader={"grade": false, "grade_id": "expected_nll_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expected_nll(images, distribution):
    """Return the mean over the batch of minus the log-probability of each picture.

    images: float32 (B, H, W, C). distribution: independent Bernoulli, batch shape (B,), event shape (H, W, C).
    Returns a float32 scalar.
    """
    ### BEGIN SOLUTION
    return -tf.reduce_mean(distribution.log_prob(images))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "expected_nll", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_loss = expected_nll(
    np.ones((2, 16, 16, 3), "float32"), tfd.Independent(tfd.Bernoulli(logits=tf.zeros((2, 16, 16, 3))), 3)
)
assert np.shape(example_loss) == (), "The loss of a batch is one number."
assert np.allclose(example_loss, 768 * np.log(2), rtol=1e-4), "With logits 0 the loss is 768 · ln 2 = 532.3."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "training_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Put the parts together and train (about ten seconds). Loss = reconstruction + divergence.
# tf_keras.utils.set_random_seed(3)
# prior = gaussian_mixture_prior(4, 6)
# encoder = face_encoder((16, 16, 3), 6, sampled_kl(prior))
# decoder = face_decoder(6, (16, 16, 3))
# vae = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
# vae.compile(loss=expected_nll, optimizer=tf_keras.optimizers.Adam(3e-3))
# history = vae.fit(faces, faces, epochs=60, batch_size=32, verbose=0)
# print("trainable variables:", len(vae.trainable_variables), "(the two of the prior included)")
#
# figure, axes = plt.subplots(figsize=(5, 2.5))
# axes.plot(history.history["loss"])
# axes.set_xlabel("epoch")
# axes.set_ylabel("loss")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "reconstruct_mean_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · Restoring faces
#
# A picture goes in, a picture comes out. Between them stand two distributions, and each has to be turned into numbers. For a clean restoration nothing is drawn at random: take the **mean** both times.
#
# $$x \;\longrightarrow\; q(z \mid x) \;\longrightarrow\; \bar z = \mathbb E_q[z] \;\longrightarrow\; p(x \mid \bar z) \;\longrightarrow\; \mathbb E_{p}[x].$$
#
# **Write** `reconstruct_mean(encoder, decoder, images)`.
#
# * `encoder`: a `tf_keras` model from pictures $(B, H, W, C)$ to distributions over codes; `decoder`: a `tf_keras` model from codes $(B, d)$ to distributions over pictures; `images`: `float32` array $(B, H, W, C)$.
# * Returns a `float32` array $(B, H, W, C)$: the mean of the decoder's distribution at the mean of the encoder's. Two calls give the same result.
#
# *Example:* a decoder whose logits are all 0 restores every picture as plain grey, 0.5 everywhere.
#
# > A distribution that is passed to the next model as it is turns into a **sample**. And the *mode* of a Bernoulli distribution is black or white, nothing between.
#
# <details><summary>Hint</summary>
#
# Call the models like functions; what they return has a method `mean()`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "reconstruct_mean_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reconstruct_mean(encoder, decoder, images):
    """Return the decoder's mean at the encoder's mean, float32 (B, H, W, C).

    encoder: (B, H, W, C) -> distribution over codes. decoder: (B, d) -> distribution over pictures.
    """
    ### BEGIN SOLUTION
    return decoder(encoder(images).mean()).mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "reconstruct_mean", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
grey_decoder = tf_keras.Sequential(
    [tf_keras.layers.Lambda(lambda z: 0 * z, input_shape=(4,)), tfpl.IndependentBernoulli((2, 2, 1))]
)
code_of_pixels = tf_keras.Sequential(
    [
        tf_keras.layers.Flatten(input_shape=(2, 2, 1)),
        tfpl.DistributionLambda(lambda t: tfd.MultivariateNormalDiag(t, tf.ones_like(t))),
    ]
)
example_restored = np.asarray(reconstruct_mean(code_of_pixels, grey_decoder, np.ones((3, 2, 2, 1), "float32")))
assert example_restored.shape == (3, 2, 2, 1), "Three pictures in, three pictures out."
assert np.allclose(example_restored, 0.5), "A decoder with logits 0 restores everything as grey, 0.5."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "restored_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Faces, and what is left of them after a code of 6 numbers.
# show(faces, reconstruct_mean(encoder, decoder, faces[:10]), titles=["faces", "restored"])

# %% [markdown] nbgrader={"grade": false, "grade_id": "generate_means_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · Inventing faces
#
# For a new face nobody hands you a picture to encode. Draw a code from the **prior** instead, and show the mean of what the decoder says:
#
# $$z \sim p(z), \qquad x = \mathbb E_{p(x \mid z)}[x].$$
#
# **Write** `generate_means(prior, decoder, count)`.
#
# * `prior`: a distribution over codes with batch shape `()` and event shape $(d,)$, of any kind; `decoder`: as in question 6; `count`: how many pictures.
# * Returns a `float32` array (`count`, $H$, $W$, $C$) with values between 0 and 1. Every picture comes from a **code of its own**, and another call gives other pictures.
# * Use no seed.
#
# *Example:* `generate_means(prior, grey_decoder, 7)` with the decoder of question 6 and a prior over 4 numbers has the shape `(7, 2, 2, 1)` and is 0.5 everywhere.
#
# <details><summary>Hint</summary>
#
# Which of the two distributions is drawn from, and which is asked for its mean?
# </details>

# %% nbgrader={"grade": false, "grade_id": "generate_means_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def generate_means(prior, decoder, count):
    """Return pictures of random codes, float32 (count, H, W, C): the decoder's means at draws from the prior.

    prior: distribution, batch shape (), event shape (d,). decoder: (B, d) -> distribution over pictures.
    """
    ### BEGIN SOLUTION
    return decoder(prior.sample(count)).mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "generate_means", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
example_new = np.asarray(
    generate_means(tfd.MultivariateNormalDiag(tf.zeros(4), tf.ones(4)), grey_decoder, 7)
)
assert example_new.shape == (7, 2, 2, 1), "Seven pictures are asked for."
assert np.allclose(example_new, 0.5), "A decoder with logits 0 shows every code as grey, 0.5."

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "generated_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # New faces. Below: the mean code of all smiling faces minus that of the others is a direction; walk along it.
# show(generate_means(prior, decoder, 10), generate_means(prior, decoder, 10), titles=["new faces"])
#
# codes = encoder(faces).mean().numpy()
# smile = codes[smiling].mean(axis=0) - codes[~smiling].mean(axis=0)
# steps = np.linspace(-2, 2, 10)[:, None].astype("float32")
# walks = [decoder(codes[index] + steps * smile).mean() for index in (1, 4)]
# show(*walks, titles=["from earnest to smiling"] * 2)

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# * Train again with the prior of a plain standard normal and compare the invented faces.
# * Look at the mean of each of the prior's four components through the decoder: `decoder(prior.components_distribution.mean()).mean()`. Did the groups find a meaning?
# * Multiply the divergence by 4, or by ¼. What happens to the restored faces, and what to the invented ones?
#
# In the last assignment of this course, `probabilistic_w5_capstone_flow_vae`, you make the pictures yourself, with a flow, and train a VAE on them.
