"""Right answers to probabilistic_w2_bayesian_cnn that look unlike the reference."""


# %% question="plain_convnet" name="ok-functional"
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    inputs = tf_keras.Input(shape=input_shape)
    x = tf_keras.layers.Conv2D(filters=4, kernel_size=(3, 3), padding="valid")(inputs)
    x = tf_keras.layers.ReLU()(x)
    x = tf_keras.layers.MaxPool2D(pool_size=(3, 3))(x)
    x = tf_keras.layers.Flatten()(x)
    x = tf_keras.layers.Dense(num_classes)(x)
    outputs = tf_keras.layers.Softmax()(x)
    model = tf_keras.Model(inputs, outputs)
    model.compile(optimizer, loss, metrics)
    return model


# %% question="plain_convnet" name="ok-add-and-build"
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    model = tf_keras.models.Sequential()
    model.add(tf_keras.layers.InputLayer(input_shape))
    model.add(tf_keras.layers.Conv2D(4, 3, activation=tf.nn.relu))
    model.add(tf_keras.layers.MaxPooling2D(3, strides=3))
    model.add(tf_keras.layers.Reshape((-1,)))
    model.add(tf_keras.layers.Dense(num_classes, activation=tf.nn.softmax))
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


# %% question="plain_convnet" name="ok-subclass"
class SmallConvnet(tf_keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.steps = [
            tf_keras.layers.Conv2D(4, 3, activation="relu"),
            tf_keras.layers.MaxPooling2D((3, 3)),
            tf_keras.layers.Flatten(),
            tf_keras.layers.Dense(num_classes, activation="softmax"),
        ]

    def call(self, x):
        for step in self.steps:
            x = step(x)
        return x


def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    model = SmallConvnet(num_classes)
    model.build((None, *input_shape))
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_nll" name="ok-negative"
def categorical_nll(targets, distribution):
    return tf.negative(distribution.log_prob(tf.convert_to_tensor(targets)))


# %% question="categorical_nll" name="ok-cross-entropy-of-logits"
def categorical_nll(targets, distribution):
    return tf.nn.softmax_cross_entropy_with_logits(labels=targets, logits=distribution.logits_parameter())


# %% question="categorical_nll" name="ok-by-hand"
def categorical_nll(targets, distribution):
    logits = distribution.logits_parameter()
    log_probabilities = logits - tf.reduce_logsumexp(logits, axis=-1, keepdims=True)
    return -tf.einsum("bk,bk->b", targets, log_probabilities)


# %% question="categorical_convnet" name="ok-lambda-layer"
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
            tfpl.DistributionLambda(
                lambda t: tfd.OneHotCategorical(logits=t, dtype=tf.float32), convert_to_tensor_fn=lambda d: d.mode()
            ),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_convnet" name="ok-functional"
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    inputs = tf_keras.layers.Input(input_shape)
    hidden = tf_keras.layers.Conv2D(4, (3, 3), activation=tf_keras.activations.relu)(inputs)
    hidden = tf_keras.layers.Flatten()(tf_keras.layers.MaxPooling2D((3, 3))(hidden))
    logits = tf_keras.layers.Dense(tfpl.OneHotCategorical.params_size(num_classes))(hidden)
    outputs = tfpl.OneHotCategorical(num_classes, convert_to_tensor_fn=lambda d: d.mode())(logits)
    model = tf_keras.Model(inputs=inputs, outputs=outputs)
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
    return model


# %% question="categorical_convnet" name="ok-probabilities-given"
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
            tfpl.DistributionLambda(
                lambda t: tfd.OneHotCategorical(probs=tf.nn.softmax(t), dtype=tf.float32),
                convert_to_tensor_fn=tfd.Distribution.mode,
            ),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="bayesian_convolution" name="ok-all-arguments"
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        input_shape=input_shape,
        filters=filters,
        kernel_size=(3, 3),
        strides=(1, 1),
        padding="VALID",
        activation=tf.nn.relu,
        kernel_prior_fn=tfpl.default_multivariate_normal_fn,
        kernel_posterior_fn=tfpl.default_mean_field_normal_fn(is_singular=False),
        kernel_divergence_fn=divergence,
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(is_singular=False),
        bias_divergence_fn=divergence,
    )


# %% question="bayesian_convolution" name="ok-from-a-dict"
def standard_normal(dtype, shape, name, trainable, add_variable_fn):
    weights = tfd.Normal(loc=tf.zeros(shape, dtype), scale=tf.ones(shape, dtype))
    return tfd.Independent(weights, reinterpreted_batch_ndims=len(shape))


def bayesian_convolution(input_shape, filters, divergence):
    options = {"activation": "relu", "batch_input_shape": (None, *input_shape)}
    for part in ("kernel", "bias"):
        options[part + "_prior_fn"] = standard_normal
        options[part + "_posterior_fn"] = tfpl.default_mean_field_normal_fn(
            untransformed_scale_initializer=tf_keras.initializers.RandomNormal(-4.0, 0.1)
        )
        options[part + "_divergence_fn"] = lambda q, p, ignored: divergence(q, p, ignored)
    return tfpl.Convolution2DReparameterization(filters, kernel_size=3, **options)


# %% question="spike_and_slab_prior" name="ok-model-around-lambda"
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    dtype = dtype if dtype is not None else tf.float32
    n = kernel_size + bias_size

    def make(inputs):
        zeros, ones = tf.zeros(n, dtype), tf.ones(n, dtype)
        half = tf.fill((n, 2), tf.constant(0.5, dtype))
        return tfd.Independent(
            tfd.Mixture(
                cat=tfd.Categorical(probs=half),
                components=[tfd.Normal(zeros, 0.1 * ones), tfd.Normal(zeros, 1.5 * ones)],
            ),
            reinterpreted_batch_ndims=1,
        )

    return tf_keras.Sequential([tfpl.DistributionLambda(make)])


# %% question="spike_and_slab_prior" name="ok-mixture-of-a-batch"
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    kind = np.dtype(np.float32) if dtype is None else tf.as_dtype(dtype).as_numpy_dtype
    scales = np.tile(np.array([0.1, 1.5], kind), (kernel_size + bias_size, 1))

    def prior(_):
        components = tfd.Normal(loc=np.zeros_like(scales), scale=scales)
        coins = tfd.Categorical(probs=np.full_like(scales, 0.5))
        return tfd.Independent(tfd.MixtureSameFamily(coins, components), 1)

    return prior


# %% question="bayesian_dense" name="ok-two-variables"
class OwnGaussian(tf_keras.layers.Layer):
    def __init__(self, n, dtype):
        super().__init__(dtype=dtype)
        self.means = self.add_weight(name="means", shape=(n,), initializer="random_normal")
        self.logarithms = self.add_weight(name="logarithms", shape=(n,), initializer=tf_keras.initializers.Constant(-2))

    def call(self, inputs):
        return tf.stack([self.means, self.logarithms])


def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    def to_distribution(t):
        return tfd.MultivariateNormalDiag(loc=t[0], scale_diag=tf.exp(t[1]))

    return tf_keras.Sequential(
        [OwnGaussian(kernel_size + bias_size, dtype), tfpl.DistributionLambda(to_distribution)]
    )


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(
        units=units,
        make_posterior_fn=posterior_fn,
        make_prior_fn=prior_fn,
        kl_weight=kl_weight,
        kl_use_exact=False,
        activation="linear",
    )


# %% question="bayesian_dense" name="ok-small-deviations"
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    raw = np.log(np.expm1(0.1))
    return tf_keras.Sequential(
        [
            tfpl.VariableLayer(
                tfpl.IndependentNormal.params_size(n),
                initializer=lambda shape, dtype=None: tf.concat([tf.zeros(n, dtype), tf.fill([n], tf.cast(raw, dtype))], 0),
                dtype=dtype or tf.float32,
            ),
            tfpl.DistributionLambda(
                lambda t: tfd.Independent(
                    tfd.Normal(loc=t[..., :n], scale=1e-5 + tf.nn.softplus(t[..., n:])), reinterpreted_batch_ndims=1
                )
            ),
        ]
    )


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight=kl_weight)


# %% question="bayesian_dense" name="ok-module"
class Gaussian(tf.Module):
    def __init__(self, n, dtype):
        super().__init__()
        dtype = dtype or tf.float32
        self.mean = tf.Variable(tf.random.normal([n], stddev=0.1, dtype=dtype))
        self.raw = tf.Variable(tf.fill([n], tf.constant(-1.0, dtype)))

        self.distribution = tfpl.DistributionLambda(
            lambda t: tfd.Independent(tfd.Normal(t[0], tf.math.softplus(t[1])), 1)
        )

    def __call__(self, inputs):
        return self.distribution(tf.stack([self.mean, self.raw]))


def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    return Gaussian(kernel_size + bias_size, dtype)


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight=kl_weight, use_bias=True)
