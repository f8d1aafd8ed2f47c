"""Right answers to probabilistic_w5_capstone_flow_vae that look unlike the reference."""


# %% question="plane_bijectors" name="ok-constant-jacobian"
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, validate_args=False, name="parabola"):
        parameters = dict(locals())
        self.a = tf.constant(a, tf.float32)
        super().__init__(
            forward_min_event_ndims=1,
            is_constant_jacobian=True,
            validate_args=validate_args,
            parameters=parameters,
            name=name,
        )

    def _move(self, points, sign):
        first, second = tf.split(points, 2, axis=-1)
        return tf.concat([first, second + sign * self.a * tf.square(first)], axis=-1)

    def _forward(self, x):
        return self._move(x, 1.0)

    def _inverse(self, y):
        return self._move(y, -1.0)

    def _forward_log_det_jacobian(self, x):
        return tf.constant(0.0, x.dtype)


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="rotation"):
        super().__init__(forward_min_event_ndims=1, is_constant_jacobian=True, name=name)
        self.matrix = tf.constant(
            [[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]], dtype=tf.float32
        )

    def _forward(self, x):
        return tf.linalg.matvec(self.matrix, x)

    def _inverse(self, y):
        return tf.linalg.matvec(self.matrix, y, transpose_a=True)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros((), x.dtype)


# %% question="plane_bijectors" name="ok-inverse-log-det"
class ParabolaShift(tfb.Bijector):
    def __init__(self, a):
        super().__init__(forward_min_event_ndims=1, inverse_min_event_ndims=1)
        self.bend = a

    def _forward(self, x):
        z1, z2 = tf.unstack(x, axis=-1)
        return tf.stack((z1, z2 + self.bend * z1 * z1), axis=-1)

    def _inverse(self, y):
        z1, z2 = tf.unstack(y, axis=-1)
        return tf.stack((z1, z2 - self.bend * z1 * z1), axis=-1)

    def _inverse_log_det_jacobian(self, y):
        return tf.zeros(tf.shape(y)[:-1])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta):
        super().__init__(forward_min_event_ndims=1)
        self.theta = theta

    def _turn(self, points, theta):
        as_complex = tf.complex(points[..., 0], points[..., 1]) * tf.exp(tf.complex(0.0, theta))
        return tf.stack([tf.math.real(as_complex), tf.math.imag(as_complex)], axis=-1)

    def _forward(self, x):
        return self._turn(x, self.theta)

    def _inverse(self, y):
        return self._turn(y, -self.theta)

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(tf.zeros_like(x), axis=-1)


# %% question="plane_bijectors" name="ok-numpy-angles"
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0] ** 2], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0], y[..., 1] - self.a * y[..., 0] ** 2], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.cosine, self.sine = np.cos(theta), np.sin(theta)

    def _forward(self, x):
        return tf.stack([self.cosine * x[..., 0] - self.sine * x[..., 1], self.sine * x[..., 0] + self.cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        return tf.stack([self.cosine * y[..., 0] + self.sine * y[..., 1], self.cosine * y[..., 1] - self.sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


# %% question="curved_density" name="ok-nested"
def curved_density(a, theta):
    density = tfd.MultivariateNormalDiag(loc=[0.0, 0.0], scale_diag=[0.3, 0.3])
    for bijector in (
        tfb.Shift(shift=[0.0, -2.0]),
        tfb.ScaleMatvecDiag([1.0, 0.5]),
        ParabolaShift(a),
        PlaneRotation(theta),
        tfb.Tanh(),
    ):
        density = tfd.TransformedDistribution(distribution=density, bijector=bijector)
    return density


# %% question="curved_density" name="ok-moved-gaussian"
def curved_density(a, theta):
    flat = tfd.MultivariateNormalTriL(loc=[0.0, -1.0], scale_tril=[[0.3, 0.0], [0.0, 0.15]])
    return tfb.Tanh()(PlaneRotation(theta)(ParabolaShift(a)(flat)))


# %% question="curved_density" name="ok-independent"
def curved_density(a, theta):
    base = tfd.Independent(tfd.Normal(loc=[0.0, 0.0], scale=0.3), reinterpreted_batch_ndims=1)
    move = tfb.Scale(tf.constant([1.0, 0.5]))(tfb.Shift(tf.constant([0.0, -2.0])))
    return tfd.TransformedDistribution(base, tfb.Tanh()(PlaneRotation(theta)(ParabolaShift(a)(move))))


# %% question="density_picture" name="ok-loops"
def density_picture(distribution, size):
    picture = np.zeros((size, size, 1), dtype=np.float32)
    for row in range(size):
        second = 1 - (2 * row + 1) / size
        points = [[(2 * column + 1) / size - 1, second] for column in range(size)]
        p = distribution.prob(tf.constant(points, tf.float32)).numpy()
        picture[row, :, 0] = p / (1 + p)
    return picture


# %% question="density_picture" name="ok-sigmoid-of-log"
def density_picture(distribution, size):
    half = 1 / size
    z1 = tf.linspace(-1 + half, 1 - half, size)
    points = tf.stack(tf.meshgrid(z1, z1), axis=-1)
    log_p = distribution.log_prob(tf.reshape(tf.cast(points, tf.float32), (-1, 2)))
    return tf.reshape(tf.sigmoid(log_p), (size, size, 1))[::-1]


# %% question="autoencoder_batches" name="ok-numpy-slices"
def autoencoder_batches(images, valid_count, batch_size):
    images = np.asarray(images)
    train, valid = images[:-valid_count], images[-valid_count:]
    train_batches = tf.data.Dataset.from_tensor_slices((train, train)).shuffle(len(train), reshuffle_each_iteration=True)
    valid_batches = tf.data.Dataset.from_tensor_slices((valid, valid))
    train_batches = train_batches.batch(batch_size, drop_remainder=True).prefetch(tf.data.AUTOTUNE)
    return train_batches, valid_batches.batch(batch_size, drop_remainder=True).prefetch(tf.data.AUTOTUNE)


# %% question="autoencoder_batches" name="ok-batch-then-pair"
def autoencoder_batches(images, valid_count, batch_size):
    images = tf.convert_to_tensor(images)
    train, valid = tf.split(images, [images.shape[0] - valid_count, valid_count])
    train = tf.data.Dataset.from_tensor_slices(train).shuffle(4 * len(images))
    valid = tf.data.Dataset.from_tensor_slices(valid)
    pair = lambda batch: (batch, tf.identity(batch))
    return [part.batch(batch_size, drop_remainder=True).map(pair) for part in (train, valid)]


# %% question="dense_vae" name="ok-functional-diagonal"
def dense_vae(latent_dim, hidden, image_shape):
    prior = tfd.Independent(tfd.Normal(tf.zeros(latent_dim), 1.0), 1)

    def divergence(q):
        z = q.sample(2)
        return tf.reduce_mean(q.log_prob(z) - prior.log_prob(z))

    pictures = tf_keras.Input(shape=image_shape)
    x = tf_keras.layers.Flatten()(pictures)
    x = tf_keras.layers.Dense(hidden, activation="relu")(x)
    x = tf_keras.layers.Dense(hidden, activation="relu")(x)
    x = tf_keras.layers.Dense(tfpl.IndependentNormal.params_size(latent_dim))(x)
    encoder = tf_keras.Model(pictures, AddDivergence(divergence)(tfpl.IndependentNormal(latent_dim)(x)))

    codes = tf_keras.Input(shape=(latent_dim,))
    x = tf_keras.layers.Dense(hidden, activation="relu")(codes)
    x = tf_keras.layers.Dense(hidden, activation="relu")(x)
    x = tf_keras.layers.Dense(int(np.prod(image_shape)))(x)
    decoder = tf_keras.Model(codes, tfpl.IndependentBernoulli(image_shape)(x))

    model = tf_keras.Model(pictures, decoder(encoder(pictures)))
    model.compile(
        tf_keras.optimizers.Adam(learning_rate=1e-2), loss=lambda x, p: -tf.reduce_mean(p.log_prob(x))
    )
    return encoder, decoder, model


# %% question="dense_vae" name="ok-regulariser-in-the-layer"
def negative_log_likelihood(images, distribution):
    return tf.reduce_mean(-distribution.log_prob(images))


def dense_vae(latent_dim, hidden, image_shape):
    prior = tfd.MultivariateNormalDiag(loc=tf.zeros(latent_dim), scale_diag=tf.ones(latent_dim))
    kl = tfpl.KLDivergenceRegularizer(prior, test_points_fn=lambda q: q.sample(5), test_points_reduce_axis=(0, 1))
    encoder = tf_keras.Sequential(name="encoder")
    encoder.add(tf_keras.layers.InputLayer(image_shape))
    encoder.add(tf_keras.layers.Reshape((-1,)))
    encoder.add(tf_keras.layers.Dense(hidden, activation="relu"))
    encoder.add(tf_keras.layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)))
    encoder.add(tfpl.MultivariateNormalTriL(latent_dim))
    encoder.add(AddDivergence(kl))
    decoder = tf_keras.Sequential(name="decoder")
    decoder.add(tf_keras.layers.InputLayer((latent_dim,)))
    decoder.add(tf_keras.layers.Dense(hidden, activation="elu"))
    decoder.add(tf_keras.layers.Dense(np.prod(image_shape)))
    decoder.add(tf_keras.layers.Reshape(image_shape))
    decoder.add(tfpl.DistributionLambda(lambda t: tfd.Independent(tfd.Bernoulli(logits=t, dtype=tf.float32), 3)))
    model = tf_keras.Sequential([encoder, decoder])
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=negative_log_likelihood)
    return encoder, decoder, model


# %% question="dense_vae" name="ok-add-loss-layer"
class DistanceFromPrior(tfpl.KLDivergenceAddLoss):
    pass


def dense_vae(latent_dim, hidden, image_shape):
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim), tf.ones(latent_dim))
    size = tfpl.IndependentNormal.params_size(latent_dim)
    encoder = tf_keras.Sequential(
        [
            tf_keras.layers.Flatten(input_shape=image_shape),
            tf_keras.layers.Dense(hidden, activation=tf.nn.relu),
            tf_keras.layers.Dense(size),
            tfpl.DistributionLambda(
                lambda t: tfd.MultivariateNormalDiag(t[:, :latent_dim], 1e-4 + tf.nn.softplus(t[:, latent_dim:]))
            ),
            DistanceFromPrior(prior, test_points_fn=lambda q: q.sample(), test_points_reduce_axis=None, weight=1.0),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            tf_keras.layers.Dense(hidden, activation=tf.nn.relu, input_shape=(latent_dim,)),
            tf_keras.layers.Dense(np.prod(image_shape), activation="linear"),
            tfpl.IndependentBernoulli(image_shape, convert_to_tensor_fn=tfd.Distribution.mean),
        ]
    )
    model = tf_keras.Model(inputs=encoder.inputs, outputs=decoder(encoder.outputs))
    optimizer = tf_keras.optimizers.Adam()
    optimizer.learning_rate.assign(0.01)
    model.compile(optimizer=optimizer, loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="latent_use" name="ok-numpy"
def latent_means(encoder, images):
    return encoder(tf.convert_to_tensor(images), training=False).mean().numpy()


def reconstruct_mean(encoder, decoder, images):
    codes = latent_means(encoder, images)
    return decoder(tf.constant(codes)).mean().numpy()


def prior_images(decoder, count):
    _, latent_dim = decoder.input_shape
    codes = np.random.normal(size=(count, latent_dim)).astype("float32")
    return decoder(codes).mean().numpy()


# %% question="latent_use" name="ok-distribution-prior"
def latent_means(encoder, images):
    return encoder(images).mode()


def reconstruct_mean(encoder, decoder, images):
    return tf.sigmoid(decoder(latent_means(encoder, images)).distribution.logits_parameter())


def prior_images(decoder, count):
    latent_dim = decoder.input_shape[1]
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim), tf.ones(latent_dim))
    return decoder(prior.sample(count)).mean()
