"""Hidden tests of probabilistic_w4_vae: a learned prior, a sampled divergence, encoder, decoder, and their use."""

import numpy as np
from scipy import stats

from gradetape import probe, question
from gradetape.samples import covariance_test, distribution_test, mean_test

# ---------------------------------------------------------------------------------------------- probes


@probe
def prior_at_start(nb, components, latent_dim):
    """Return shapes, variables, weights and deviations of a fresh prior."""
    import numpy as np

    prior = nb.gaussian_mixture_prior(components, latent_dim)
    variables = [variable.numpy() for variable in prior.trainable_variables]
    variables.sort(key=np.ptp)  # the raw numbers start alike
    return {
        "batch shape": tuple(prior.batch_shape),
        "event shape": tuple(prior.event_shape),
        "batch shape of the components": tuple(prior.components_distribution.batch_shape),
        "event shape of the components": tuple(prior.components_distribution.event_shape),
        "shapes of the trainable variables": [list(variable.shape) for variable in variables],
        "dtypes of the trainable variables": [variable.dtype.name for variable in variables],
        "trainable variables that start with equal numbers": sum(bool(np.ptp(variable) == 0) for variable in variables),
        "raw numbers": variables[0] if len(variables) == 2 else None,
        "weights": prior.mixture_distribution.probs_parameter(),
        "deviations": prior.components_distribution.stddev(),
    }


@probe
def trained_prior(nb, means, raw, points):
    """Return what a prior says after its variables got new values."""
    import numpy as np

    prior = nb.gaussian_mixture_prior(*means.shape)
    variables = sorted(prior.trainable_variables, key=lambda variable: np.ptp(variable.numpy()))
    if [tuple(variable.shape) for variable in variables] == [means.shape] * 2:
        variables[0].assign(raw)
        variables[1].assign(means)
    return {
        "means": prior.components_distribution.mean(),
        "deviations": prior.components_distribution.stddev(),
        "log-probabilities": prior.log_prob(points),
    }


@probe
def first_means(nb, components, latent_dim):
    """Return the means of two fresh priors."""
    priors = [nb.gaussian_mixture_prior(components, latent_dim) for _ in range(2)]
    return [prior.components_distribution.mean() for prior in priors]


def recording_prior(mean, deviation, seen):
    """Return a normal prior with a variable that keeps the points it is asked about (a helper of the probes)."""
    import tensorflow as tf
    import tensorflow_probability as tfp

    class Recording(tfp.bijectors.Bijector):
        def __init__(self):
            super().__init__(forward_min_event_ndims=1, is_constant_jacobian=True)

        def _forward(self, x):
            return tf.identity(x)

        def _inverse(self, y):
            seen.append(y)
            return tf.identity(y)

        def _forward_log_det_jacobian(self, x):
            return tf.zeros((), x.dtype)

    normals = tfp.distributions.MultivariateNormalDiag(tf.Variable(mean), deviation)
    return tfp.distributions.TransformedDistribution(normals, Recording())


def codes_of(means, factors):
    """Return the distribution of a batch of codes as a layer gives it (a helper of the probes)."""
    import tensorflow_probability as tfp

    layer = tfp.layers.DistributionLambda(lambda t: tfp.distributions.MultivariateNormalTriL(t, factors))
    return layer(means)


@probe
def divergence_facts(nb, means, factors, prior_mean, prior_deviation):
    """Return how a divergence compares with the log-ratio at the points that it was taken at."""
    import numpy as np
    import tensorflow as tf

    seen = []
    prior = recording_prior(prior_mean, prior_deviation, seen)
    regulariser = nb.sampled_kl(prior)
    q = codes_of(means, factors)
    value = regulariser(q)
    facts = {
        "shape": tuple(np.shape(value)),
        "number of trainable variables": len(regulariser.trainable_variables),
        "points per code": sum(float(np.size(points)) for points in seen) / means.size,
    }
    if seen:
        z = tf.reshape(seen[0], (-1, *means.shape))
        ratio = q.log_prob(z) - prior.log_prob(z)
        facts["divergence over the mean log-ratio"] = value / tf.reduce_mean(ratio)
    again = regulariser(q)
    return facts | {"two calls are equal": bool(np.allclose(value, again))}


@probe
def divergence_points(nb, mean, factor, count):
    """Return the points at which the divergence of `count` equal codes is taken."""
    import numpy as np

    seen = []
    regulariser = nb.sampled_kl(recording_prior(np.zeros_like(mean), np.ones_like(mean), seen))
    regulariser(codes_of(np.stack([mean] * count), factor))
    return np.concatenate([np.reshape(points, (-1, len(mean))) for points in seen] or [np.zeros((0, len(mean)))])


def model_facts(model, weights):
    """Return counts and weight shapes of a model, after copying the weights if they fit (a helper of the probes)."""
    facts = {"number of parameters": None, "shapes of the weights": []}
    if model.built:
        facts["number of parameters"] = int(model.count_params())
        facts["shapes of the weights"] = [list(w.shape) for w in model.get_weights()]
    fits = facts["shapes of the weights"] == [list(w.shape) for w in weights]
    if fits:
        model.set_weights(weights)
    return facts, fits


@probe
def encoder_facts(nb, input_shape, latent_dim, weights, x, amount):
    """Return sizes, output and losses of an encoder with the given weights."""
    import tensorflow as tf

    def kl(q):
        return amount * tf.reduce_mean(q.mean() ** 2) + tf.reduce_mean(tf.math.log(q.stddev()))

    model = nb.face_encoder(input_shape, latent_dim, kl)
    facts, fits = model_facts(model, weights)
    if not fits:
        return facts
    codes = model(x, training=False)
    return {
        **facts,
        "batch shape": tuple(codes.batch_shape),
        "event shape": tuple(codes.event_shape),
        "means": codes.mean(),
        "covariances": codes.covariance(),
        "losses": list(model.losses),
    }


@probe
def trained_encoder(nb, input_shape, latent_dim, weights, x):
    """Return what trains in an encoder whose divergence has a variable of its own, and the gradients of its loss."""
    import tensorflow as tf

    class Divergence(tf.Module):
        def __init__(self):
            super().__init__()
            self.centre = tf.Variable(tf.fill([latent_dim], 0.5))

        def __call__(self, q):
            return tf.reduce_mean((q.mean() - self.centre) ** 2)

    divergence = Divergence()
    model = nb.face_encoder(input_shape, latent_dim, divergence)
    trainable = [v for v in model.trainable_variables if v is not divergence.centre]
    found = {"the divergence's variable trains": len(model.trainable_variables) - len(trainable)}
    own = [w for w in weights if w.shape != (latent_dim,)]
    shapes = [list(w.shape) for w in model.get_weights() if w.shape != (latent_dim,)]
    if shapes != [list(w.shape) for w in own]:
        return {**found, "shapes of the weights": shapes}
    fresh = iter(own)
    for variable in model.weights:
        if variable is not divergence.centre:
            variable.assign(next(fresh))
    with tf.GradientTape() as tape:
        model(x, training=True)
        loss = tf.add_n(model.losses) if model.losses else tf.constant(0.0)
    gradients = tape.gradient(loss, [*trainable, divergence.centre], unconnected_gradients="zero")
    return {**found, "gradients": gradients, "loss": loss}


@probe
def decoder_facts(nb, latent_dim, output_shape, weights, codes, images):
    """Return sizes and output of a decoder with the given weights."""
    model = nb.face_decoder(latent_dim, output_shape)
    facts, fits = model_facts(model, weights)
    if not fits:
        return facts
    distribution = model(codes)
    return {
        **facts,
        "batch shape": tuple(distribution.batch_shape),
        "event shape": tuple(distribution.event_shape),
        "means": distribution.mean(),
        "log-probabilities": distribution.log_prob(images),
    }


def bernoulli_of(logits):
    """Return the distribution over pictures as a layer gives it (a helper of the probes)."""
    import tensorflow as tf
    import tensorflow_probability as tfp

    tfd = tfp.distributions
    layer = tfp.layers.DistributionLambda(lambda t: tfd.Independent(tfd.Bernoulli(logits=t, dtype=tf.float32), 3))
    return layer(logits)


@probe
def loss_of(nb, images, logits, as_tensor):
    """Return the reconstruction loss."""
    import tensorflow as tf

    return nb.expected_nll(tf.constant(images) if as_tensor else images, bernoulli_of(logits))


def stand_in_encoder(image_shape, mixing):
    """Return an encoder of another formula (a helper of the probes). mixing: (pixels, d)."""
    import tensorflow as tf
    import tensorflow_probability as tfp
    import tf_keras

    def codes(t):
        return tfp.distributions.MultivariateNormalDiag(t @ mixing, 0.7 * tf.ones(mixing.shape[1]))

    return tf_keras.Sequential([tf_keras.layers.Flatten(input_shape=image_shape), tfp.layers.DistributionLambda(codes)])


def stand_in_decoder(image_shape, mixing):
    """Return a decoder of another formula (a helper of the probes). mixing: (pixels, d), transposed from code to logits."""
    import tensorflow as tf
    import tensorflow_probability as tfp
    import tf_keras

    def pictures(z):
        logits = tf.reshape(z @ tf.transpose(mixing) + 0.3, (-1, *image_shape))
        return tfp.distributions.Independent(tfp.distributions.Bernoulli(logits=logits, dtype=tf.float32), 3)

    codes = tf_keras.Input(shape=(mixing.shape[1],))
    return tf_keras.Model(codes, tfp.layers.DistributionLambda(pictures)(codes))


@probe
def restored(nb, images, mixing, as_tensor):
    """Return two restorations of the same pictures."""
    import tensorflow as tf

    encoder, decoder = stand_in_encoder(images.shape[1:], mixing), stand_in_decoder(images.shape[1:], mixing)
    return [nb.reconstruct_mean(encoder, decoder, tf.constant(images) if as_tensor else images) for _ in range(2)]


def stand_in_prior(latent_dim):
    """Return a prior with two groups (a helper of the probes)."""
    import tensorflow_probability as tfp

    tfd = tfp.distributions
    means = [[-3.0] * latent_dim, [2.0] * latent_dim]
    return tfd.MixtureSameFamily(
        tfd.Categorical(probs=[0.3, 0.7]), tfd.MultivariateNormalDiag(means, [[0.5] * latent_dim])
    )


@probe
def invented(nb, image_shape, mixing, count):
    """Return the invented pictures of one call."""
    return nb.generate_means(stand_in_prior(mixing.shape[1]), stand_in_decoder(image_shape, mixing), count)


@probe
def invented_facts(nb, image_shape, mixing, counts):
    """Return shapes and ranges of invented pictures, and how pictures and calls compare."""
    import numpy as np

    prior, decoder = stand_in_prior(mixing.shape[1]), stand_in_decoder(image_shape, mixing)
    found = []
    for count in counts:
        first, second = (np.asarray(nb.generate_means(prior, decoder, count)) for _ in range(2))
        found.append(
            {
                "shape": list(first.shape),
                "dtype": first.dtype.name,
                "values strictly between 0 and 1": bool(np.all((first > 0) & (first < 1))),
                "two calls are equal": bool(first.shape == second.shape and np.allclose(first, second)),
                "different pictures": len(np.unique(np.round(first.reshape(len(first), -1), 4), axis=0)),
            }
        )
    return found


# ---------------------------------------------------------------------------------------------- inputs


def normal(rng, *shape):
    """Draw float32 standard normals."""
    return rng.normal(size=shape).astype("float32")


def dense(rng, before, after):
    """Draw kernel and bias of a dense layer, so that outputs are of size 1."""
    return [normal(rng, before, after) / np.float32(np.sqrt(before)), normal(rng, after) / 2]


def convolution(rng, side, before, after):
    """Draw kernel and bias of a convolution, so that outputs are of size 1."""
    kernel = normal(rng, side, side, before, after) / np.float32(side * np.sqrt(before))
    return [kernel, normal(rng, after) / 2]


def normalisation(rng, size):
    """Draw scale, shift, mean and variance of a batch normalisation."""
    parts = [rng.uniform(0.5, 1.5, size), rng.normal(size=size), rng.normal(size=size), rng.uniform(0.5, 2, size)]
    return [part.astype("float32") for part in parts]


def encoder_weights(rng, input_shape, latent_dim):
    """Draw the weights of the encoder in the order of its layers."""
    height, width, channels = input_shape
    drawn = convolution(rng, 4, channels, 8) + normalisation(rng, 8) + convolution(rng, 4, 8, 16)
    drawn += normalisation(rng, 16)
    return drawn + dense(rng, height // 4 * (width // 4) * 16, latent_dim + latent_dim * (latent_dim + 1) // 2)


def decoder_weights(rng, latent_dim, output_shape):
    """Draw the weights of the decoder in the order of its layers."""
    height, width, channels = output_shape
    drawn = dense(rng, latent_dim, height // 4 * (width // 4) * 16) + convolution(rng, 3, 16, 16)
    return drawn + convolution(rng, 3, 16, 8) + convolution(rng, 3, 8, channels)


def gaussian_codes(rng, count, latent_dim):
    """Draw means and lower triangular factors of a batch of codes."""
    factors = np.tril(rng.normal(size=(count, latent_dim, latent_dim)) / 2)
    factors[:, range(latent_dim), range(latent_dim)] = rng.uniform(0.1, 0.3, size=(count, latent_dim))
    return normal(rng, count, latent_dim), factors.astype("float32")


# ---------------------------------------------------------------------------------------------- gaussian_mixture_prior


@question("gaussian_mixture_prior")
def test_prior_at_the_start(compare, rng):
    """The prior has the stated shapes, two trainable variables, equal weights, and deviations 1."""
    for components, latent_dim in ((4, 3), (2, int(rng.integers(5, 8)))):
        compare(prior_at_start, components, latent_dim, label=f"the prior with {components} components")


@question("gaussian_mixture_prior")
def test_prior_follows_its_variables(compare, rng):
    """New values of the variables change the distribution, and no value makes a deviation negative."""
    means, raw = 2 * normal(rng, 3, 4), rng.uniform(-3, 3, size=(3, 4)).astype("float32")
    compare(
        trained_prior, means, raw, 2 * normal(rng, 10, 4),
        rtol=1e-4, atol=1e-4, label="the prior after its variables have changed",
    )  # fmt: skip


@question("gaussian_mixture_prior")
def test_means_start_at_random(learner, check):
    """The means start as standard-normal draws, others for every prior. False alarm: 1e-6."""
    first, second = (np.asarray(means) for means in learner(first_means, 700, 2))
    check(first.shape == (700, 2) and not np.allclose(first, second), "Two priors start with the same means.")
    check(distribution_test(first.reshape(-1, 1), stats.norm.cdf, label="the first means of the components"))


# ---------------------------------------------------------------------------------------------- sampled_kl


@question("sampled_kl", weight=2)
def test_divergence_is_the_mean_log_ratio(compare, rng):
    """The divergence is one number: the log-ratio, averaged over three samples and over the batch."""
    for count, latent_dim in ((6, 2), (40, 3), (1, 4)):
        means, factors = gaussian_codes(rng, count, latent_dim)
        prior_mean, deviation = 6 + normal(rng, latent_dim), rng.uniform(0.5, 1.0, latent_dim).astype("float32")
        compare(
            divergence_facts, means, factors, prior_mean, deviation,
            rtol=1e-4, atol=1e-4, label=f"the divergence of a batch with codes of {latent_dim} numbers",
        )  # fmt: skip


@question("sampled_kl")
def test_points_are_samples(learner, check, rng):
    """The points at which the divergence is taken are draws from the code's distribution. False alarm: 2e-6."""
    mean, factor = normal(rng, 3), gaussian_codes(rng, 1, 3)[1][0]
    points = np.asarray(learner(divergence_points, mean, factor, 1000))
    check(len(points) == 3000, "For each code there have to be three points.")
    covariance = factor.astype("float64") @ factor.T
    check(mean_test(points, mean, np.sqrt(np.diag(covariance)), label="the points"))
    check(covariance_test(points, covariance, mean=mean, label="the points"))


# ---------------------------------------------------------------------------------------------- face_encoder


@question("face_encoder", weight=2)
def test_encoder(compare, rng):
    """The encoder has the stated layers, gives Gaussians with full covariance, and its loss is the divergence."""
    for input_shape, latent_dim, count in (((16, 16, 3), 3, 4), ((8, 12, 1), 2, 7)):
        weights = encoder_weights(rng, input_shape, latent_dim)
        images = rng.uniform(size=(count, *input_shape)).astype("float32")
        compare(
            encoder_facts, input_shape, latent_dim, weights, images, float(rng.uniform(0.5, 2)),
            rtol=1e-3, atol=1e-4, label=f"the encoder to codes of {latent_dim} numbers",
        )  # fmt: skip


@question("face_encoder")
def test_encoder_trains(compare, rng):
    """The divergence trains the encoder, and the encoder trains the variables of the divergence."""
    input_shape = (8, 4, 2)
    compare(
        trained_encoder, input_shape, 3, encoder_weights(rng, input_shape, 3), normal(rng, 6, *input_shape),
        rtol=1e-3, atol=1e-4, label="the training of an encoder",
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- face_decoder


@question("face_decoder")
def test_decoder(compare, rng):
    """The decoder has the stated layers, and a whole picture is one event."""
    for latent_dim, output_shape, count in ((3, (16, 16, 3), 4), (2, (8, 12, 1), 7), (5, (4, 8, 2), 3)):
        weights = decoder_weights(rng, latent_dim, output_shape)
        images = rng.uniform(size=(count, *output_shape)).astype("float32")
        compare(
            decoder_facts, latent_dim, output_shape, weights, normal(rng, count, latent_dim), images,
            rtol=1e-4, atol=1e-4, label=f"the decoder of codes with {latent_dim} numbers",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- expected_nll


@question("expected_nll")
def test_loss_sums_pixels_and_averages_pictures(compare, rng):
    """The loss is one number: the sum over a picture, the mean over the batch, exact for extreme logits too."""
    for count, shape, size, as_tensor in ((5, (4, 6, 3), 2, False), (1, (3, 2, 1), 1, True), (4, (2, 5, 2), 60, False)):
        images = rng.uniform(size=(count, *shape)).astype("float32")
        label = "the loss of pictures with extreme logits" if size > 9 else f"the loss of pictures {shape}"
        compare(loss_of, images, size * normal(rng, count, *shape), as_tensor, rtol=1e-4, atol=1e-4, label=label)


# ---------------------------------------------------------------------------------------------- reconstruct_mean


@question("reconstruct_mean")
def test_restored_pictures(compare, rng):
    """Restored pictures are the decoder's mean at the encoder's mean, the same at every call."""
    for count, shape, latent_dim, as_tensor in ((6, (3, 2, 2), 2, False), (1, (2, 4, 1), 3, True)):
        images = rng.uniform(size=(count, *shape)).astype("float32")
        compare(
            restored, images, normal(rng, int(np.prod(shape)), latent_dim), as_tensor,
            rtol=1e-4, atol=1e-5, label=f"two restorations of pictures {shape}",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- generate_means


@question("generate_means")
def test_invented_pictures_differ(compare, rng):
    """As many pictures as asked, each from a code of its own, others at every call, none of them black and white."""
    for shape, latent_dim in (((3, 2, 2), 2), ((2, 4, 1), 3)):
        mixing = normal(rng, int(np.prod(shape)), latent_dim)
        compare(invented_facts, shape, mixing, [7, 1], label=f"invented pictures {shape}")


@question("generate_means", show="samples")
def test_invented_pictures_follow_the_prior(compare, rng):
    """The codes are draws from the given prior. False alarm: 1e-6."""
    mixing = normal(rng, 4, 2) / 2
    compare.samples(invented, (2, 2, 1), mixing, 300, label="invented pictures")
