"""Hidden tests of probabilistic_w5_capstone_flow_vae: bijectors, a flow, its pictures, a VAE on them."""

import numpy as np
from scipy import stats

from gradetape import probe, question
from gradetape.datasets.contours import draw_contours
from gradetape.samples import covariance_test, distribution_test

# ---------------------------------------------------------------------------------------------- probes


@probe
def map_facts(nb, name, amount, x, y):
    """Return forward, inverse and log-determinants of one of the two maps."""
    import numpy as np
    import tensorflow as tf

    bijector = getattr(nb, name)(amount)
    log_det = np.asarray(bijector.forward_log_det_jacobian(tf.constant(x), event_ndims=1))
    inverse_log_det = np.asarray(bijector.inverse_log_det_jacobian(tf.constant(y), event_ndims=1))
    if log_det.shape == inverse_log_det.shape == ():  # a scalar may stand for all points
        log_det, inverse_log_det = log_det + np.zeros_like(x[..., 0]), inverse_log_det + np.zeros_like(x[..., 0])
    return {
        "forward_min_event_ndims": int(bijector.forward_min_event_ndims),
        "forward": bijector.forward(tf.constant(x)),
        "inverse": bijector.inverse(tf.constant(y)),
        "inverse of forward": bijector.inverse(tf.constant(bijector.forward(x).numpy())),
        "log-determinant": log_det,
        "log-determinant of the inverse": inverse_log_det,
    }


class StandIns:
    """While open, a function finds correct maps of the plane under the names of the learner's classes."""

    def __init__(self, function):
        import inspect

        self.scope = getattr(inspect.unwrap(function), "__globals__", {})
        self.kept = {}

    def __enter__(self):
        import tensorflow as tf
        import tensorflow_probability as tfp

        tfb = tfp.bijectors

        def parabola(a, name=None):
            return tfb.RealNVP(1, shift_and_log_scale_fn=lambda x, _, **__: (a * x**2, None), is_constant_jacobian=True)

        def rotation(theta, name=None):
            matrix = [[tf.cos(theta), -tf.sin(theta)], [tf.sin(theta), tf.cos(theta)]]
            return tfb.ScaleMatvecLinearOperator(tf.linalg.LinearOperatorFullMatrix(matrix))

        for name, stand_in in (("ParabolaShift", parabola), ("PlaneRotation", rotation)):
            if name in self.scope:
                self.kept[name] = self.scope[name]
                self.scope[name] = stand_in

    def __exit__(self, *_):
        self.scope.update(self.kept)


@probe
def density_facts(nb, a, theta, points):
    """Return shapes of the density and its logarithm at points."""
    with StandIns(nb.curved_density):
        distribution = nb.curved_density(a, theta)
        return {
            "batch shape": tuple(distribution.batch_shape),
            "event shape": tuple(distribution.event_shape),
            "log-probabilities": distribution.log_prob(points),
        }


@probe
def density_values(nb, a, theta, points):
    """Return the density at points."""
    with StandIns(nb.curved_density):
        return nb.curved_density(a, theta).prob(points)


@probe
def density_draws(nb, a, theta, count):
    """Return draws."""
    with StandIns(nb.curved_density):
        return nb.curved_density(a, theta).sample(count)


@probe
def picture(nb, mean, factor, squeezed, size):
    """Return the picture of a Gaussian, or of one that is squeezed into the square."""
    import tensorflow_probability as tfp

    distribution = tfp.distributions.MultivariateNormalTriL(mean, factor)
    if squeezed:
        distribution = tfp.distributions.TransformedDistribution(distribution, tfp.bijectors.Tanh())
    return nb.density_picture(distribution, size)


@probe
def batch_facts(nb, image_shape, counts, batch_size, as_tensor):
    """Return what two passes over the training batches and one over the validation batches hold.

    The pictures are numbered: picture i holds the value i everywhere. counts: (N, valid_count).
    """
    import numpy as np
    import tensorflow as tf

    total, valid_count = counts
    images = np.ones((total, *image_shape), "float32") * np.arange(total, dtype="float32").reshape(-1, 1, 1, 1)
    before = images.copy()
    train, valid = nb.autoencoder_batches(tf.constant(images) if as_tensor else images, valid_count, batch_size)
    passes = [list(part.as_numpy_iterator()) for part in (train, train, valid)]
    numbers = [[x[:, 0, 0, 0].astype(int).tolist() for x, _ in batches] for batches in passes]
    first, second = ([number for batch in part for number in batch] for part in numbers[:2])
    start = numbers[0][0] if numbers[0] else []
    early = first[:200]
    return {
        "shapes of the batches": [[list(x.shape) for x, _ in batches] for batches in passes],
        "dtypes": sorted({part.dtype.name for batches in passes for pair in batches for part in pair}),
        "pairs are equal": all(np.array_equal(x, y) for batches in passes for x, y in batches),
        "different pictures in second parts": len({int(number) for _, y in passes[0] for number in y[:, 0, 0, 0]}),
        "validation pictures": numbers[2],
        "a validation picture is trained with": bool(set(first) & set(range(total - valid_count, total))),
        "a picture occurs twice in a pass": len(set(first)) < len(first),
        "two passes have the same order": first == second,
        "two passes have the same pictures": set(first) == set(second),
        "the first batch is a row of neighbours": sorted(start) == list(range(min(start), max(start) + 1)),
        "the first 200 pictures reach into the last tenth": max(early) >= 0.9 * (total - valid_count),
        "the pictures after the call": bool(np.array_equal(images, before)),
    }


@probe
def vae_facts(nb, latent_dim, hidden, image_shape, x, codes):
    """Return shapes of the three models' outputs, whether they share weights, and what is random."""
    import numpy as np

    encoder, decoder, model = nb.dense_vae(latent_dim, hidden, image_shape)
    q, p, outputs = encoder(x), decoder(codes), [model(x) for _ in range(2)]
    parts = [*encoder.trainable_variables, *decoder.trainable_variables]
    return {
        "code": [list(q.batch_shape), list(q.event_shape)],
        "decoder's output": [list(p.batch_shape), list(p.event_shape)],
        "model's output": [list(outputs[0].batch_shape), list(outputs[0].event_shape)],
        "means between 0 and 1": bool(np.all((p.mean() > 0) & (p.mean() < 1))),
        "whole numbers are possible, others are not drawn": sorted({*np.unique(p.sample()).tolist()} - {0.0, 1.0}),
        "encoder has hidden units": any(v.shape[-1] == hidden for v in encoder.trainable_variables),
        "decoder has hidden units": any(v.shape[-1] == hidden for v in decoder.trainable_variables),
        "model trains both": {id(v) for v in parts} <= {id(v) for v in model.trainable_variables},
        "compiled": getattr(model, "optimizer", None) is not None,
        "two calls of the model are equal": bool(np.allclose(outputs[0].mean(), outputs[1].mean(), atol=1e-7)),
    }


@probe
def divergences(nb, latent_dim, hidden, images):
    """Return the losses of a fresh encoder beside the divergences that they should be.

    They are looked at where the divergence is large, for very bright pictures, and for black ones, whose codes lie
    near the origin.
    """
    import numpy as np
    import tensorflow as tf
    import tensorflow_probability as tfp

    tfd = tfp.distributions
    encoder, _, model = nb.dense_vae(latent_dim, hidden, images.shape[1:])
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    found = {}
    for name, x in (("bright", 10 * images), ("black", 0 * images)):
        losses = []
        for _ in range(2):
            q = encoder(x)
            losses.append(float(sum(encoder.losses)))
        z = q.sample(40)
        found[name] = {
            "divergence": float(tf.reduce_mean(q.log_prob(z) - prior.log_prob(z))),
            "loss of the encoder": float(np.mean(losses)),
        }
    model(10 * images)
    found["bright"]["loss of the encoder in the model"] = float(sum(model.losses))
    return found


@probe
def training(nb, train, valid):
    """Return the loss of a fresh model beside its parts, the size of its first step, and what 15 epochs teach it.

    "error" is the mean squared error of the restored pictures of valid.
    """
    import numpy as np
    import tensorflow as tf

    encoder, decoder, model = nb.dense_vae(2, 64, train.shape[1:])
    if getattr(model, "optimizer", None) is None:
        return {}
    first = train[:20]
    likelihood = np.mean([float(tf.reduce_mean(model(first).log_prob(first))) for _ in range(2)])
    encoder(first)
    before = model.get_weights()
    divergence = float(sum(encoder.losses))
    options = {"batch_size": 20, "verbose": 0}
    loss = model.fit(first, first, **options).history["loss"][0]
    changes = [np.max(np.abs(new - old)) for new, old in zip(model.get_weights(), before, strict=True)]
    model.fit(train, train, epochs=15, **options)
    restored = decoder(encoder(valid).mean()).mean()
    return {
        "loss": float(loss),
        "sum of its parts": divergence - float(likelihood),
        "first step": float(max(changes)),
        "error": float(tf.reduce_mean((restored - valid) ** 2)),
    }


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
def codes_and_restored(nb, images, mixing, as_tensor):
    """Return codes and restored pictures of two calls each."""
    import tensorflow as tf

    encoder, decoder = stand_in_encoder(images.shape[1:], mixing), stand_in_decoder(images.shape[1:], mixing)
    given = tf.constant(images) if as_tensor else images
    return {
        "latent_means": [nb.latent_means(encoder, given) for _ in range(2)],
        "reconstruct_mean": [nb.reconstruct_mean(encoder, decoder, given) for _ in range(2)],
    }


@probe
def new_pictures(nb, image_shape, mixing, count):
    """Return the new pictures of one call."""
    return nb.prior_images(stand_in_decoder(image_shape, mixing), count)


@probe
def new_picture_facts(nb, image_shape, mixing, counts):
    """Return shapes and ranges of new pictures, and how pictures and calls compare."""
    import numpy as np

    decoder = stand_in_decoder(image_shape, mixing)
    found = []
    for count in counts:
        first, second = (np.asarray(nb.prior_images(decoder, count)) for _ in range(2))
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


def bend_and_angle(rng):
    """Draw a bend and an angle that make an asymmetric density."""
    return float(rng.uniform(1.5, 3.5)), float(rng.uniform(0.4, 1.2) + rng.integers(4) * np.pi / 2)


# ---------------------------------------------------------------------------------------------- plane_bijectors


@question("plane_bijectors")
def test_parabola_shift(compare, rng):
    """The parabolic shift moves the second coordinate, for any bend and leading axes, can be undone and keeps areas."""
    for leading, a in (((5,), float(rng.uniform(1, 3))), ((3, 4), float(rng.uniform(-2, -0.5))), ((), 0.7)):
        compare(
            map_facts, "ParabolaShift", a, normal(rng, *leading, 2), normal(rng, *leading, 2),
            rtol=1e-4, atol=1e-4, label=f"ParabolaShift (number of leading axes: {len(leading)})",
        )  # fmt: skip


@question("plane_bijectors")
def test_plane_rotation(compare, rng):
    """The rotation turns counter-clockwise, for any angle and leading axes, can be undone and keeps areas."""
    for leading, theta in (((5,), float(rng.uniform(0.3, 1.2))), ((3, 4), float(rng.uniform(-3, -2))), ((), np.pi / 2)):
        compare(
            map_facts, "PlaneRotation", theta, normal(rng, *leading, 2), normal(rng, *leading, 2),
            rtol=1e-4, atol=1e-4, label=f"PlaneRotation (number of leading axes: {len(leading)})",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- curved_density


@question("curved_density", weight=2)
def test_density_at_points(compare, rng):
    """The density follows from the five maps in their order, for any bend and angle."""
    for leading in ((30,), (4, 5)):
        points = rng.uniform(-0.9, 0.9, size=(*leading, 2)).astype("float32")
        compare(density_facts, *bend_and_angle(rng), points, rtol=1e-3, atol=1e-2, label="the logarithm of the density")


@question("curved_density")
def test_density_integrates_to_one(learner, check, rng):
    """The density integrates to one over the square."""
    centres = (2 * np.arange(200) + 1) / 200 - 1
    grid = np.stack(np.meshgrid(centres, centres), axis=-1).astype("float32")
    density = np.asarray(learner(density_values, *bend_and_angle(rng), grid))
    check(density.shape == (200, 200), "The density of a grid of points has to have the shape of the grid.")
    check(abs(density.mean(dtype="float64") * 4 - 1) < 3e-3, "The density does not integrate to one over the square.")


@question("curved_density", show="samples")
def test_draws(compare, check, rng):
    """Draws follow the density and lie inside the square. False alarm: 1e-6."""
    draws = compare.samples(density_draws, *bend_and_angle(rng), 3000, label="the draws")
    check(np.max(np.abs(draws)) <= 1, "Draws lie outside the square.")


# ---------------------------------------------------------------------------------------------- density_picture


@question("density_picture", show="errors")
def test_picture_of_a_density(compare, rng):
    """The picture shows p / (1 + p) at the centres of the cells, with the first coordinate to the right, the second upwards."""
    for size, squeezed in ((6, False), (17, True), (1, False)):
        mean = (rng.choice([-0.4, 0.4], size=2) + 0.1 * rng.normal(size=2)).astype("float32")
        factor = np.array([[rng.uniform(0.3, 0.5), 0], [rng.uniform(0.1, 0.2), rng.uniform(0.15, 0.25)]], "float32")
        compare(picture, mean, factor, squeezed, size, rtol=1e-4, atol=1e-5, label=f"a picture of size {size}")


# ---------------------------------------------------------------------------------------------- autoencoder_batches


@question("autoencoder_batches")
def test_batches(compare):
    """Pairs of equal pictures in whole batches; the last pictures are for validation, the others shuffled in every pass.

    Of 200 shuffled pictures none is from the last tenth with a probability below 1e-9.
    """
    for image_shape, counts, batch_size, as_tensor in (
        ((2, 3, 1), (1950, 450), 20, False),
        ((1, 2, 2), (900, 150), 35, True),
    ):
        compare(
            batch_facts, image_shape, counts, batch_size, as_tensor,
            label=f"batches of {batch_size} pictures out of {counts[0]}",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- dense_vae


@question("dense_vae")
def test_parts_of_the_vae(compare, rng):
    """Encoder, decoder and model give distributions of the stated shapes, share their weights, and the code is random."""
    for latent_dim, hidden, image_shape in ((2, 37, (6, 5, 1)), (3, 23, (4, 7, 2))):
        x = rng.uniform(size=(9, *image_shape)).astype("float32")
        compare(
            vae_facts, latent_dim, hidden, image_shape, x, normal(rng, 4, latent_dim),
            label=f"the models for pictures {image_shape}",
        )  # fmt: skip


@question("dense_vae")
def test_divergence_of_the_vae(learner, check, rng):
    """The encoder's loss is the divergence from a standard normal, averaged over the batch, and belongs to the model too.

    Estimates by sampling deviate by less than what is allowed with five deviations and more.
    """
    images, _, _ = draw_contours(400, int(rng.integers(1 << 30)))
    for found in learner(divergences, 2, 64, images).values():
        divergence = found.pop("divergence")
        for name, loss in found.items():
            check(
                abs(loss - divergence) < 0.2 + 0.15 * divergence,
                f"The {name} is not the divergence from a standard normal, averaged over the batch.",
            )


@question("dense_vae")
def test_vae_learns(learner, check, rng):
    """The loss adds the likelihood of whole pictures, Adam has rate 0.01, and after 15 epochs pictures are restored well."""
    images, _, _ = draw_contours(400, int(rng.integers(1 << 30)))
    train, valid = images[:320], images[320:]
    found = learner(training, train, valid)
    check(found != {}, "The model is not compiled.")
    check(
        abs(found["loss"] - found["sum of its parts"]) < 0.05 * abs(found["sum of its parts"]),
        "The loss of the model is not the sum of divergence and negative log-likelihood of a picture.",
    )
    check(
        abs(found["first step"] - 0.01) < 4e-4,
        "The first training step does not have the size that Adam with the stated learning rate makes.",
    )
    baseline = float(np.mean((valid - train.mean(axis=0)) ** 2))
    check(
        found["error"] < 0.8 * baseline,
        "After a short training, restored pictures are hardly better than always showing the mean picture.",
    )


# ---------------------------------------------------------------------------------------------- latent_use


@question("latent_use")
def test_codes_and_restored_pictures(compare, rng):
    """Codes and restored pictures are means, the same at every call."""
    for count, shape, latent_dim, as_tensor in ((6, (3, 2, 2), 2, False), (1, (2, 4, 1), 3, True)):
        images = rng.uniform(size=(count, *shape)).astype("float32")
        compare(
            codes_and_restored, images, normal(rng, int(np.prod(shape)), latent_dim), as_tensor,
            rtol=1e-4, atol=1e-5, label=f"for pictures {shape}",
        )  # fmt: skip


@question("latent_use")
def test_new_pictures_differ(compare, rng):
    """As many new pictures as asked, each from a code of its own, others at every call, none of them black and white."""
    for shape, latent_dim in (((3, 2, 2), 2), ((2, 4, 1), 3)):
        mixing = normal(rng, int(np.prod(shape)), latent_dim)
        compare(new_picture_facts, shape, mixing, [7, 1], label=f"new pictures {shape}")


@question("latent_use")
def test_new_pictures_follow_the_prior(learner, check, rng):
    """The codes are standard-normal draws, independent of each other. False alarm: 2e-6."""
    mixing = normal(rng, 4, 2) / 2 + np.array([[1, 0], [0, 1], [0, 0], [0, 0]], "float32")
    pictures = np.asarray(learner(new_pictures, (2, 2, 1), mixing, 400), "float64")
    check(pictures.shape == (400, 2, 2, 1), "As many new pictures are asked as `count` says, with the decoder's shape.")
    check(np.all((pictures > 0) & (pictures < 1)), "The new pictures are not the decoder's means.")
    logits = np.log(pictures / (1 - pictures)).reshape(400, 4) - 0.3
    codes = np.linalg.lstsq(mixing.astype("float64"), logits.T, rcond=None)[0].T
    check(distribution_test(codes, stats.norm.cdf, label="the codes"))
    check(covariance_test(codes, np.eye(2), mean=np.zeros(2), label="the codes"))
