"""Known mistakes of probabilistic_w4_vae."""


# %% question="gaussian_mixture_prior" name="learned-weights" hint="The weights of the mixture are fixed."
def gaussian_mixture_prior(components, latent_dim):
    shape = (components, latent_dim)
    means = tf.Variable(tf.random.normal(shape))
    deviations = tfp.util.TransformedVariable(tf.ones(shape), tfb.Softplus())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.Variable(tf.zeros(components))), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="raw-scale" hint="A deviation must stay positive, whatever value its variable takes."
def gaussian_mixture_prior(components, latent_dim):
    shape = (components, latent_dim)
    means = tf.Variable(tf.random.normal(shape))
    deviations = tf.Variable(tf.ones(shape))
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="exponential" hint="Which map makes the raw numbers positive?"
def gaussian_mixture_prior(components, latent_dim):
    shape = (components, latent_dim)
    means = tf.Variable(tf.random.normal(shape))
    deviations = tfp.util.TransformedVariable(tf.ones(shape), tfb.Exp())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="not-tracked" hint="The raw numbers are learned: the distribution has to see their variable."
def gaussian_mixture_prior(components, latent_dim):
    shape = (components, latent_dim)
    means = tf.Variable(tf.random.normal(shape))
    deviations = tf.nn.softplus(tf.Variable(tf.fill(shape, 0.541325)))
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="fixed-means" hint="The means are learned."
def gaussian_mixture_prior(components, latent_dim):
    shape = (components, latent_dim)
    means = tf.random.normal(shape)
    deviations = tfp.util.TransformedVariable(tf.ones(shape), tfb.Softplus())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="swapped-sizes" hint="Which of the two numbers counts the components, and which the numbers of a code?"
def gaussian_mixture_prior(components, latent_dim):
    shape = (latent_dim, components)
    means = tf.Variable(tf.random.normal(shape))
    deviations = tfp.util.TransformedVariable(tf.ones(shape), tfb.Softplus())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(latent_dim)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="fixed-sizes" hint="Take both sizes from the arguments."
def gaussian_mixture_prior(components, latent_dim):
    shape = (4, 3)
    means = tf.Variable(tf.random.normal(shape))
    deviations = tfp.util.TransformedVariable(tf.ones(shape), tfb.Softplus())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(4)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="means-at-zero" hint="The means start as random draws; alike, they would stay alike."
def gaussian_mixture_prior(components, latent_dim):
    shape = (components, latent_dim)
    means = tf.Variable(tf.zeros(shape))
    deviations = tfp.util.TransformedVariable(tf.ones(shape), tfb.Softplus())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="raw-at-one" hint="It is the deviations that start at one, not the raw numbers."
def gaussian_mixture_prior(components, latent_dim):
    shape = (components, latent_dim)
    means = tf.Variable(tf.random.normal(shape))
    deviations = tfp.util.DeferredTensor(tf.Variable(tf.ones(shape)), tf.nn.softplus)
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="uniform-means" hint="From which distribution do the first means come?"
def gaussian_mixture_prior(components, latent_dim):
    shape = (components, latent_dim)
    means = tf.Variable(tf.random.uniform(shape, -1, 1))
    deviations = tfp.util.TransformedVariable(tf.ones(shape), tfb.Softplus())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="shared-scale" hint="Every number of every component has a deviation of its own."
def gaussian_mixture_prior(components, latent_dim):
    means = tf.Variable(tf.random.normal((components, latent_dim)))
    deviations = tfp.util.TransformedVariable(tf.ones(latent_dim), tfb.Softplus())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="gaussian_mixture_prior" name="seeded" hint="Every prior starts with means of its own."
def gaussian_mixture_prior(components, latent_dim):
    shape = (components, latent_dim)
    means = tf.Variable(tf.random.stateless_normal(shape, seed=(1, 2)))
    deviations = tfp.util.TransformedVariable(tf.ones(shape), tfb.Softplus())
    return tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(components)), tfd.MultivariateNormalDiag(means, deviations)
    )


# %% question="sampled_kl" name="batch-sum" hint="Average over the batch; do not add up."
def sampled_kl(prior):
    return tfpl.KLDivergenceRegularizer(
        prior, test_points_fn=lambda q: q.sample(3), test_points_reduce_axis=0
    )


# %% question="sampled_kl" name="not-averaged" hint="Average over the samples and over the batch; do not add up."
def sampled_kl(prior):
    return tfpl.KLDivergenceRegularizer(
        prior, test_points_fn=lambda q: q.sample(3)
    )


# %% question="sampled_kl" name="sample-sum" hint="Average over the samples as well."
def sampled_kl(prior):
    return tfpl.KLDivergenceRegularizer(
        prior, test_points_fn=lambda q: q.sample(3), test_points_reduce_axis=1
    )


# %% question="sampled_kl" name="exact" hint="A mixture has no closed divergence: this one is sampled."
def sampled_kl(prior):
    return tfpl.KLDivergenceRegularizer(prior, use_exact_kl=True, weight=1.0)


# %% question="sampled_kl" name="one-sample" hint="The number of samples is given."
def sampled_kl(prior):
    return tfpl.KLDivergenceRegularizer(prior, test_points_reduce_axis=None)


# %% question="sampled_kl" name="at-the-mean" hint="The points are samples, not the mean."
def sampled_kl(prior):
    return tfpl.KLDivergenceRegularizer(
        prior, test_points_fn=lambda q: tf.stack([q.mean()] * 3), test_points_reduce_axis=None
    )


# %% question="sampled_kl" name="halved" hint="The weight of the divergence is one."
def sampled_kl(prior):
    return tfpl.KLDivergenceRegularizer(
        prior, test_points_fn=lambda q: q.sample(3), test_points_reduce_axis=None, weight=0.5
    )


# %% question="sampled_kl" name="prior-points" hint="From which of the two distributions are the points drawn?"
def sampled_kl(prior):
    return tfpl.KLDivergenceRegularizer(
        prior, test_points_fn=lambda q: prior.sample((3, q.batch_shape[0])), test_points_reduce_axis=None
    )


# %% question="sampled_kl" name="plain-function" hint="Use the regulariser: it gives access to the variables of the prior."
class NoVariables:
    trainable_variables = ()

    def __init__(self, prior):
        self.prior = prior

    def __call__(self, q):
        z = q.sample(3)
        return tf.reduce_mean(q.log_prob(z) - self.prior.log_prob(z))


def sampled_kl(prior):
    return NoVariables(prior)


# %% question="face_encoder" name="fixed-sizes" hint="Take every size from the arguments; the function is also called with others."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, strides=2, padding="same", activation="relu", input_shape=(16, 16, 3)),
            layers.BatchNormalization(),
            layers.Conv2D(16, 4, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(3)),
            tfpl.MultivariateNormalTriL(3),
            AddDivergence(kl),
        ]
    )


# %% question="face_encoder" name="relu-on-parameters" hint="A mean may be negative: the layer before the distribution is linear."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, strides=2, padding="same", activation="relu", input_shape=input_shape),
            layers.BatchNormalization(),
            layers.Conv2D(16, 4, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim), activation="relu"),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(kl),
        ]
    )


# %% question="face_encoder" name="diagonal" hint="The covariance is full."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, strides=2, padding="same", activation="relu", input_shape=input_shape),
            layers.BatchNormalization(),
            layers.Conv2D(16, 4, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(tfpl.IndependentNormal.params_size(latent_dim)),
            tfpl.IndependentNormal(latent_dim),
            AddDivergence(kl),
        ]
    )


# %% question="face_encoder" name="no-kl" hint="The divergence belongs to the encoder."
def face_encoder(input_shape, latent_dim, kl):
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
        ]
    )


# %% question="face_encoder" name="activity-regulariser" hint="The divergence enters the loss once and undivided."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, strides=2, padding="same", activation="relu", input_shape=input_shape),
            layers.BatchNormalization(),
            layers.Conv2D(16, 4, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim, activity_regularizer=kl),
        ]
    )


# %% question="face_encoder" name="twice" hint="The divergence enters the loss once."
def face_encoder(input_shape, latent_dim, kl):
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
            AddDivergence(kl),
        ]
    )


# %% question="face_encoder" name="no-batch-normalisation" hint="Compare the layers with the table: there are two batch normalisations."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, strides=2, padding="same", activation="relu", input_shape=input_shape),
            layers.Conv2D(16, 4, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(kl),
        ]
    )


# %% question="face_encoder" name="no-relu" hint="Check the activation of both convolutions."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, strides=2, padding="same", input_shape=input_shape),
            layers.BatchNormalization(),
            layers.Conv2D(16, 4, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(kl),
        ]
    )


# %% question="face_encoder" name="three-by-three" hint="Check the size of the kernels."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", input_shape=input_shape),
            layers.BatchNormalization(),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(kl),
        ]
    )


# %% question="face_encoder" name="valid-padding" hint="Check the padding of the convolutions."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, strides=2, activation="relu", input_shape=input_shape),
            layers.BatchNormalization(),
            layers.Conv2D(16, 4, strides=2, activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(kl),
        ]
    )


# %% question="face_encoder" name="pooling" hint="The convolutions themselves halve the picture: check their stride."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, padding="same", activation="relu", input_shape=input_shape),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 4, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(kl),
        ]
    )


# %% question="face_encoder" name="normalised-first" hint="Check the order of activation and batch normalisation."
def face_encoder(input_shape, latent_dim, kl):
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [
            layers.Conv2D(8, 4, strides=2, padding="same", input_shape=input_shape),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(16, 4, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(kl),
        ]
    )


# %% question="face_decoder" name="fixed-sizes" hint="Take every size from the arguments; the function is also called with others."
def face_decoder(latent_dim, output_shape):
    layers = tf_keras.layers
    height, width, channels = 16, 16, 3
    small = (height // 4, width // 4, 16)
    return tf_keras.Sequential(
        [
            layers.Dense(np.prod(small), activation="relu", input_shape=(3,)),
            layers.Reshape(small),
            layers.UpSampling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.UpSampling2D(),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.Conv2D(channels, 3, padding="same"),
            layers.Flatten(),
            tfpl.IndependentBernoulli((16, 16, 3)),
        ]
    )


# %% question="face_decoder" name="fixed-channels" hint="Take the number of channels from the arguments."
def face_decoder(latent_dim, output_shape):
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
            layers.Conv2D(3, 3, padding="same"),
            layers.Flatten(),
            tfpl.IndependentBernoulli((height, width, 3)),
        ]
    )


# %% question="face_decoder" name="square" hint="Height and width may differ."
def face_decoder(latent_dim, output_shape):
    layers = tf_keras.layers
    height, width, channels = output_shape
    small = (height // 4, height // 4, 16)
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
            tfpl.IndependentBernoulli((height, height, channels)),
        ]
    )


# %% question="face_decoder" name="sigmoid-before" hint="Bernoulli takes logits: the last convolution is linear."
def face_decoder(latent_dim, output_shape):
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
            layers.Conv2D(channels, 3, padding="same", activation="sigmoid"),
            layers.Flatten(),
            tfpl.IndependentBernoulli(output_shape),
        ]
    )


# %% question="face_decoder" name="relu-logits" hint="A logit may be negative: the last convolution is linear."
def face_decoder(latent_dim, output_shape):
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
            layers.Conv2D(channels, 3, padding="same", activation="relu"),
            layers.Flatten(),
            tfpl.IndependentBernoulli(output_shape),
        ]
    )


# %% question="face_decoder" name="event-batch" hint="A whole picture is one event."
def face_decoder(latent_dim, output_shape):
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
            tfpl.DistributionLambda(lambda t: tfd.Bernoulli(logits=t, dtype=tf.float32)),
        ]
    )


# %% question="face_decoder" name="flat-event" hint="The event has the shape of a picture."
def face_decoder(latent_dim, output_shape):
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
            tfpl.IndependentBernoulli(np.prod(output_shape)),
        ]
    )


# %% question="face_decoder" name="no-relu" hint="Check the activation of the hidden layers."
def face_decoder(latent_dim, output_shape):
    layers = tf_keras.layers
    height, width, channels = output_shape
    small = (height // 4, width // 4, 16)
    return tf_keras.Sequential(
        [
            layers.Dense(np.prod(small), input_shape=(latent_dim,)),
            layers.Reshape(small),
            layers.UpSampling2D(),
            layers.Conv2D(16, 3, padding="same"),
            layers.UpSampling2D(),
            layers.Conv2D(8, 3, padding="same"),
            layers.Conv2D(channels, 3, padding="same"),
            layers.Flatten(),
            tfpl.IndependentBernoulli(output_shape),
        ]
    )


# %% question="face_decoder" name="linear-start" hint="Check the activation of the dense layer."
def face_decoder(latent_dim, output_shape):
    layers = tf_keras.layers
    height, width, channels = output_shape
    small = (height // 4, width // 4, 16)
    return tf_keras.Sequential(
        [
            layers.Dense(np.prod(small), input_shape=(latent_dim,)),
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


# %% question="face_decoder" name="transposed" hint="Check how the picture grows: upsampling, then a convolution."
def face_decoder(latent_dim, output_shape):
    layers = tf_keras.layers
    height, width, channels = output_shape
    small = (height // 4, width // 4, 16)
    return tf_keras.Sequential(
        [
            layers.Dense(np.prod(small), activation="relu", input_shape=(latent_dim,)),
            layers.Reshape(small),
            layers.Conv2DTranspose(16, 3, 2, padding="same", activation="relu"),
            layers.Conv2DTranspose(8, 3, 2, padding="same", activation="relu"),
            layers.Conv2D(channels, 3, padding="same"),
            layers.Flatten(),
            tfpl.IndependentBernoulli(output_shape),
        ]
    )


# %% question="face_decoder" name="filters-reversed" hint="Check the numbers of filters, from the code to the picture."
def face_decoder(latent_dim, output_shape):
    layers = tf_keras.layers
    height, width, channels = output_shape
    small = (height // 4, width // 4, 16)
    return tf_keras.Sequential(
        [
            layers.Dense(np.prod(small), activation="relu", input_shape=(latent_dim,)),
            layers.Reshape(small),
            layers.UpSampling2D(),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.UpSampling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(channels, 3, padding="same"),
            layers.Flatten(),
            tfpl.IndependentBernoulli(output_shape),
        ]
    )


# %% question="face_decoder" name="upsampled-late" hint="Check the order: every upsampling comes before its convolution."
def face_decoder(latent_dim, output_shape):
    layers = tf_keras.layers
    height, width, channels = output_shape
    small = (height // 4, width // 4, 16)
    return tf_keras.Sequential(
        [
            layers.Dense(np.prod(small), activation="relu", input_shape=(latent_dim,)),
            layers.Reshape(small),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.UpSampling2D(),
            layers.UpSampling2D(),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.Conv2D(channels, 3, padding="same"),
            layers.Flatten(),
            tfpl.IndependentBernoulli(output_shape),
        ]
    )


# %% question="expected_nll" name="pixel-mean" hint="Sum inside a picture, average over the pictures."
def expected_nll(images, distribution):
    return -tf.reduce_mean(distribution.log_prob(images)) / np.prod(np.shape(images)[1:])


# %% question="expected_nll" name="sign" hint="A loss falls as the likelihood grows."
def expected_nll(images, distribution):
    return tf.reduce_mean(distribution.log_prob(images))


# %% question="expected_nll" name="batch-sum" hint="Average over the pictures of the batch; do not add up."
def expected_nll(images, distribution):
    return -tf.reduce_sum(distribution.log_prob(images))


# %% question="expected_nll" name="per-picture" hint="The loss of a batch is one number."
def expected_nll(images, distribution):
    return -distribution.log_prob(images)


# %% question="expected_nll" name="squares" hint="The score is the logarithm of the likelihood, not a squared distance."
def expected_nll(images, distribution):
    return tf.reduce_mean(tf.reduce_sum((images - distribution.mean()) ** 2, axis=(1, 2, 3)))


# %% question="expected_nll" name="clipped" hint="Some ways to the cross-entropy clip probabilities; the loss must stay exact."
def expected_nll(images, distribution):
    return tf.reduce_mean(tf.reduce_sum(tf_keras.backend.binary_crossentropy(tf.convert_to_tensor(images), distribution.mean()), axis=(1, 2, 3)))


# %% question="expected_nll" name="of-a-sample" hint="The pictures are scored, not a draw from the decoder."
def expected_nll(images, distribution):
    return -tf.reduce_mean(distribution.log_prob(distribution.sample()))


# %% question="reconstruct_mean" name="sampled-code" hint="Nothing is drawn at random here: the code is a mean too."
def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images)).mean()


# %% question="reconstruct_mean" name="sampled-picture" hint="Nothing is drawn at random here: the picture is a mean too."
def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).sample()


# %% question="reconstruct_mean" name="mode" hint="Return probabilities, not black and white."
def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mode()


# %% question="reconstruct_mean" name="distribution" hint="Return pictures, not their distribution."
def reconstruct_mean(encoder, decoder, images):
    return tf.convert_to_tensor(decoder(encoder(images).mean()))


# %% question="reconstruct_mean" name="logits" hint="Return probabilities, not logits."
def reconstruct_mean(encoder, decoder, images):
    return tf.math.log(decoder(encoder(images).mean()).mean() / (1 - decoder(encoder(images).mean()).mean()))


# %% question="reconstruct_mean" name="deviation-code" hint="The code is the mean of the encoder's distribution."
def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).stddev()).mean()


# %% question="reconstruct_mean" name="target-first" hint="The encoder comes before the decoder."
def reconstruct_mean(encoder, decoder, images):
    return encoder(decoder(images).mean()).mean()


# %% question="generate_means" name="prior-mean" hint="New pictures start from random codes."
def generate_means(prior, decoder, count):
    return decoder(tf.stack([prior.mean()] * count)).mean()


# %% question="generate_means" name="one-code" hint="Every picture has a code of its own."
def generate_means(prior, decoder, count):
    return decoder(tf.stack([prior.sample()] * count)).mean()


# %% question="generate_means" name="sampled-pictures" hint="The picture is a mean: only the code is drawn."
def generate_means(prior, decoder, count):
    return decoder(prior.sample(count)).sample()


# %% question="generate_means" name="mode" hint="Return probabilities, not black and white."
def generate_means(prior, decoder, count):
    return decoder(prior.sample(count)).mode()


# %% question="generate_means" name="fixed-count" hint="Honour the argument: the number of pictures is given."
def generate_means(prior, decoder, count):
    return decoder(prior.sample(8)).mean()


# %% question="generate_means" name="standard-normal" hint="The codes come from the given prior."
def generate_means(prior, decoder, count):
    return decoder(tf.random.normal((count, prior.event_shape[0]))).mean()


# %% question="generate_means" name="seeded" hint="Another call gives other pictures."
def generate_means(prior, decoder, count):
    return decoder(prior.sample(count, seed=(1, 2))).mean()
