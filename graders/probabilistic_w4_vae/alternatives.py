"""Right answers to probabilistic_w4_vae that look unlike the reference."""


# %% question="gaussian_mixture_prior" name="ok-deferred"
def gaussian_mixture_prior(components, latent_dim):
    raw = tf.Variable(tf.fill((components, latent_dim), np.log(np.expm1(1.0)).astype("float32")))
    mu = tf.Variable(tf_keras.initializers.RandomNormal(stddev=1.0)((components, latent_dim)))
    return tfd.MixtureSameFamily(
        mixture_distribution=tfd.Categorical(probs=tf.fill([components], 1 / components)),
        components_distribution=tfd.MultivariateNormalDiag(
            loc=mu, scale_diag=tfp.util.DeferredTensor(raw, tf.math.softplus)
        ),
    )


# %% question="gaussian_mixture_prior" name="ok-independent-normals"
def gaussian_mixture_prior(components, latent_dim):
    deviations = tfp.util.TransformedVariable(
        np.ones((components, latent_dim), "float32"), bijector=tfp.bijectors.Softplus(), name="deviations"
    )
    means = tf.Variable(np.random.normal(size=(components, latent_dim)), dtype=tf.float32, name="means")
    normals = tfd.Independent(tfd.Normal(loc=means, scale=deviations), reinterpreted_batch_ndims=1)
    return tfd.MixtureSameFamily(tfd.Categorical(probs=np.full(components, 1 / components, "float32")), normals)


# %% question="sampled_kl" name="ok-axes-named"
def three_draws(q):
    return q.sample(3)


def sampled_kl(prior):
    return tfpl.KLDivergenceRegularizer(
        distribution_b=prior,
        use_exact_kl=False,
        test_points_reduce_axis=(0, 1),
        test_points_fn=three_draws,
        weight=1.0,
    )


# %% question="sampled_kl" name="ok-subclass"
class SampledDivergence(tfpl.KLDivergenceRegularizer):
    def __call__(self, q):
        z = tf.stack([q.sample() for _ in range(3)])
        return tf.reduce_mean(tf.reduce_mean(q.log_prob(z) - self.distribution_b.log_prob(z), axis=0))


def sampled_kl(prior):
    return SampledDivergence(prior)


# %% question="face_encoder" name="ok-functional"
def face_encoder(input_shape, latent_dim, kl):
    pictures = tf_keras.Input(input_shape)
    hidden = pictures
    for filters in (8, 16):
        hidden = tf_keras.layers.Conv2D(filters, (4, 4), (2, 2), "same")(hidden)
        hidden = tf_keras.layers.Activation("relu")(hidden)
        hidden = tf_keras.layers.BatchNormalization()(hidden)
    hidden = tf_keras.layers.Flatten()(hidden)
    parameters = tf_keras.layers.Dense(latent_dim + latent_dim * (latent_dim + 1) // 2)(hidden)
    codes = tfpl.MultivariateNormalTriL(latent_dim)(parameters)
    return tf_keras.Model(pictures, AddDivergence(kl)(codes))


# %% question="face_encoder" name="ok-own-distribution-layer"
class CountDivergence(tf_keras.layers.Layer):
    def __init__(self, divergence):
        super().__init__()
        self.divergence = divergence

    def call(self, q):
        value = self.divergence(q)
        self.add_loss(value)
        return q


def face_encoder(input_shape, latent_dim, kl):
    model = tf_keras.Sequential()
    model.add(tf_keras.layers.InputLayer(input_shape))
    model.add(tf_keras.layers.Conv2D(filters=8, kernel_size=4, strides=(2, 2), padding="SAME", activation=tf.nn.relu))
    model.add(tf_keras.layers.BatchNormalization())
    model.add(tf_keras.layers.Conv2D(filters=16, kernel_size=4, strides=(2, 2), padding="SAME", activation=tf.nn.relu))
    model.add(tf_keras.layers.BatchNormalization())
    model.add(tf_keras.layers.Reshape((-1,)))
    model.add(tf_keras.layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)))
    model.add(
        tfpl.DistributionLambda(
            lambda t: tfd.MultivariateNormalTriL(
                loc=t[..., :latent_dim],
                scale_tril=tfb.FillScaleTriL(diag_shift=1e-5)(t[..., latent_dim:]),
            )
        )
    )
    model.add(CountDivergence(kl))
    return model


# %% question="face_decoder" name="ok-functional"
def face_decoder(latent_dim, output_shape):
    rows, columns = output_shape[0] // 4, output_shape[1] // 4
    code = tf_keras.layers.Input(shape=(latent_dim,))
    hidden = tf_keras.layers.Dense(rows * columns * 16, activation=tf.nn.relu)(code)
    hidden = tf_keras.layers.Reshape(target_shape=(rows, columns, 16))(hidden)
    for filters in (16, 8):
        hidden = tf_keras.layers.UpSampling2D(size=(2, 2))(hidden)
        hidden = tf_keras.layers.Conv2D(filters, (3, 3), padding="same", activation="relu")(hidden)
    logits = tf_keras.layers.Conv2D(output_shape[-1], (3, 3), padding="same", activation=None)(hidden)
    pictures = tfpl.IndependentBernoulli(event_shape=output_shape)(tf_keras.layers.Flatten()(logits))
    return tf_keras.Model(inputs=code, outputs=pictures)


# %% question="face_decoder" name="ok-own-distribution"
def face_decoder(latent_dim, output_shape):
    height, width, channels = output_shape
    model = tf_keras.Sequential([tf_keras.layers.InputLayer((latent_dim,))])
    model.add(tf_keras.layers.Dense(height * width, activation="relu"))
    model.add(tf_keras.layers.Reshape((height // 4, width // 4, 16)))
    for filters in (16, 8):
        model.add(tf_keras.layers.Lambda(lambda x: tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2)))
        model.add(tf_keras.layers.Conv2D(filters, 3, padding="same"))
        model.add(tf_keras.layers.ReLU())
    model.add(tf_keras.layers.Conv2D(channels, 3, padding="same"))
    model.add(
        tfpl.DistributionLambda(
            lambda t: tfd.Independent(tfd.Bernoulli(logits=t, dtype=tf.float32), reinterpreted_batch_ndims=3),
            convert_to_tensor_fn=tfd.Distribution.mean,
        )
    )
    return model


# %% question="expected_nll" name="ok-sum-over-size"
def expected_nll(images, distribution):
    return tf.reduce_sum(-distribution.log_prob(tf.convert_to_tensor(images))) / len(images)


# %% question="expected_nll" name="ok-cross-entropy"
def expected_nll(images, distribution):
    logits = distribution.distribution.logits_parameter()
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.cast(images, tf.float32), logits=logits)
    return tf.reduce_mean(tf.reduce_sum(losses, axis=[1, 2, 3]))


# %% question="reconstruct_mean" name="ok-two-steps"
def reconstruct_mean(encoder, decoder, images):
    codes = encoder(tf.convert_to_tensor(images), training=False).mean()
    pictures = decoder(codes, training=False)
    return pictures.mean().numpy()


# %% question="reconstruct_mean" name="ok-mode-of-the-code"
def reconstruct_mean(encoder, decoder, images):
    q = encoder(images)
    p = decoder(q.mode())
    return tf.sigmoid(p.distribution.logits_parameter())


# %% question="generate_means" name="ok-one-by-one"
def generate_means(prior, decoder, count):
    codes = tf.stack([prior.sample() for _ in range(count)])
    return decoder(codes).mean().numpy()


# %% question="generate_means" name="ok-loop-over-pictures"
def generate_means(prior, decoder, count):
    codes = prior.sample((count,))
    return tf.concat([decoder(code[tf.newaxis], training=False).mean() for code in codes], axis=0)
