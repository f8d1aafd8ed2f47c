"""Known mistakes of probabilistic_w2_bayesian_cnn."""


# %% question="plain_convnet" name="fixed-sizes" hint="Take every size from the arguments; the function is also called with others."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1)),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="plain_convnet" name="fixed-classes" hint="Take the number of classes from the arguments."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="plain_convnet" name="own-compile" hint="Compile with the loss, optimizer and metrics that the function is given."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


# %% question="plain_convnet" name="no-metrics" hint="Compare what the model is compiled with with the arguments: there are three of them."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer)
    return model


# %% question="plain_convnet" name="not-compiled" hint="The model has to be compiled on return."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    return model


# %% question="plain_convnet" name="no-softmax" hint="Check the activation of every layer: the outputs are probabilities."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="plain_convnet" name="sigmoid" hint="Check the activation of the last layer: the probabilities of a picture add up to one."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="sigmoid"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="plain_convnet" name="no-relu" hint="Check the activation of every layer: the convolution has one."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="plain_convnet" name="same-padding" hint="Check the padding of convolution and pooling."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", padding="same", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="plain_convnet" name="average-pooling" hint="Which kind of pooling is asked?"
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.AveragePooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="plain_convnet" name="pool-of-two" hint="Check the size of the pooling."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="plain_convnet" name="not-built" hint="Give the model its input shape, so that it has its weights on return."
def plain_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_nll" name="mean" hint="One value per example: the mean over the batch is taken elsewhere."
def categorical_nll(targets, distribution):
    return -tf.reduce_mean(distribution.log_prob(targets))


# %% question="categorical_nll" name="sign" hint="A loss falls as the likelihood grows."
def categorical_nll(targets, distribution):
    return distribution.log_prob(targets)


# %% question="categorical_nll" name="wrong-axis" hint="Look again at the axis you sum over: the classes, not the examples."
def categorical_nll(targets, distribution):
    return -tf.reduce_sum(targets * tf.math.log_softmax(distribution.logits_parameter()), axis=0)


# %% question="categorical_nll" name="not-summed" hint="An example has one target and one loss, not one for every class."
def categorical_nll(targets, distribution):
    return -targets * tf.math.log_softmax(distribution.logits_parameter())


# %% question="categorical_nll" name="log-of-probability" hint="A probability may be too small for float32; its logarithm is not."
def categorical_nll(targets, distribution):
    return -tf.math.log(distribution.prob(targets))


# %% question="categorical_nll" name="clipped" hint="Some ways to the cross-entropy clip small probabilities; the loss must stay exact."
def categorical_nll(targets, distribution):
    return tf_keras.losses.categorical_crossentropy(targets, distribution.mean())


# %% question="categorical_nll" name="no-logarithm" hint="It is the logarithm of the likelihood that is asked."
def categorical_nll(targets, distribution):
    return -distribution.prob(targets)


# %% question="categorical_convnet" name="softmax-before" hint="The distribution layer takes logits, not probabilities."
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
            tfpl.OneHotCategorical(num_classes, convert_to_tensor_fn=tfd.Distribution.mode),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_convnet" name="sample" hint="Is a random draw wanted when the distribution becomes a tensor, or a summary of it?"
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
            tfpl.OneHotCategorical(num_classes),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_convnet" name="mean-as-tensor" hint="As a tensor the distribution is its most probable class, not the list of probabilities."
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
            tfpl.OneHotCategorical(num_classes, convert_to_tensor_fn=tfd.Distribution.mean),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_convnet" name="no-distribution" hint="The model returns a distribution, not an array."
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_convnet" name="class-number" hint="One event is a one-hot row, not the number of a class."
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
            tfpl.DistributionLambda(lambda t: tfd.Categorical(logits=t), convert_to_tensor_fn=tfd.Distribution.mode),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_convnet" name="own-compile" hint="Compile with the loss, optimizer and metrics that the function is given."
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
            tfpl.OneHotCategorical(num_classes, convert_to_tensor_fn=tfd.Distribution.mode),
        ]
    )
    model.compile(loss=lambda y, p: -p.log_prob(y), optimizer="rmsprop", metrics=["accuracy"])
    return model


# %% question="categorical_convnet" name="fixed-classes" hint="Take the number of classes from the arguments."
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(10),
            tfpl.OneHotCategorical(10, convert_to_tensor_fn=tfd.Distribution.mode),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_convnet" name="no-relu" hint="Check the activation of every layer: the convolution has one."
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes),
            tfpl.OneHotCategorical(num_classes, convert_to_tensor_fn=tfd.Distribution.mode),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="categorical_convnet" name="relu-logits" hint="Logits may be any real numbers: the dense layer is linear."
def categorical_convnet(input_shape, num_classes, loss, optimizer, metrics):
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=input_shape),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(num_classes, activation="relu"),
            tfpl.OneHotCategorical(num_classes, convert_to_tensor_fn=tfd.Distribution.mode),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    return model


# %% question="bayesian_convolution" name="default-bias" hint="The bias is uncertain too, with a prior of its own."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        activation="relu",
        input_shape=input_shape,
        kernel_divergence_fn=divergence,
    )


# %% question="bayesian_convolution" name="bias-without-prior" hint="Without a prior the bias contributes no divergence."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        activation="relu",
        input_shape=input_shape,
        kernel_divergence_fn=divergence,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_divergence_fn=divergence,
    )


# %% question="bayesian_convolution" name="divergence-dropped" hint="Use the divergence that you are given."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        activation="relu",
        input_shape=input_shape,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
    )


# %% question="bayesian_convolution" name="bias-divergence-dropped" hint="The given divergence serves the kernel and the bias."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        activation="relu",
        input_shape=input_shape,
        kernel_divergence_fn=divergence,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
    )


# %% question="bayesian_convolution" name="fixed-filters" hint="Honour the argument: the number of filters is given."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        4,
        3,
        activation="relu",
        input_shape=input_shape,
        kernel_divergence_fn=divergence,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
        bias_divergence_fn=divergence,
    )


# %% question="bayesian_convolution" name="no-input-shape" hint="The layer has to know its input shape."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        activation="relu",
        kernel_divergence_fn=divergence,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
        bias_divergence_fn=divergence,
    )


# %% question="bayesian_convolution" name="fixed-input-shape" hint="Take the input shape from the argument."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        activation="relu",
        input_shape=(8, 8, 1),
        kernel_divergence_fn=divergence,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
        bias_divergence_fn=divergence,
    )


# %% question="bayesian_convolution" name="no-relu" hint="Check the activation of the layer."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        input_shape=input_shape,
        kernel_divergence_fn=divergence,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
        bias_divergence_fn=divergence,
    )


# %% question="bayesian_convolution" name="singular-kernel" hint="The posterior of the kernel is not singular: every weight has a deviation."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        activation="relu",
        input_shape=input_shape,
        kernel_posterior_fn=tfpl.default_mean_field_normal_fn(is_singular=True),
        kernel_divergence_fn=lambda q, p, _: -tf.reduce_sum(p.log_prob(q.mean())),
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
        bias_divergence_fn=divergence,
    )


# %% question="bayesian_convolution" name="same-padding" hint="Check the padding of the convolution."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DReparameterization(
        filters,
        3,
        activation="relu",
        padding="same",
        input_shape=input_shape,
        kernel_divergence_fn=divergence,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
        bias_divergence_fn=divergence,
    )


# %% question="bayesian_convolution" name="flipout" hint="One draw of the weights serves all pictures of a pass: check which layer is asked."
def bayesian_convolution(input_shape, filters, divergence):
    return tfpl.Convolution2DFlipout(
        filters,
        3,
        activation="relu",
        input_shape=input_shape,
        kernel_divergence_fn=divergence,
        bias_posterior_fn=tfpl.default_mean_field_normal_fn(),
        bias_prior_fn=tfpl.default_multivariate_normal_fn,
        bias_divergence_fn=divergence,
    )


# %% question="spike_and_slab_prior" name="joint-mixture" hint="Every weight has a mixture of its own, not one coin for all of them."
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    dtype = dtype or tf.float32
    n = kernel_size + bias_size
    ones = tf.ones((2, n), dtype)
    distribution = tfd.MixtureSameFamily(
        tfd.Categorical(logits=tf.zeros(2, dtype)),
        tfd.MultivariateNormalDiag(0 * ones, tf.constant([[0.1], [1.5]], dtype) * ones),
    )
    return lambda inputs: distribution


# %% question="spike_and_slab_prior" name="kernel-only" hint="Count the weights of the bias as well."
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    zeros = tf.zeros(2, dtype or tf.float32)
    one_weight = tfd.MixtureSameFamily(
        tfd.Categorical(logits=zeros), tfd.Normal(zeros, tf.constant([0.1, 1.5], zeros.dtype))
    )
    distribution = tfd.Sample(one_weight, kernel_size)
    return lambda inputs: distribution


# %% question="spike_and_slab_prior" name="batch-not-event" hint="All weights together are one event."
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    zeros = tf.zeros(2, dtype or tf.float32)
    one_weight = tfd.MixtureSameFamily(
        tfd.Categorical(logits=zeros), tfd.Normal(zeros, tf.constant([0.1, 1.5], zeros.dtype))
    )
    distribution = tfd.BatchBroadcast(one_weight, [kernel_size + bias_size])
    return lambda inputs: distribution


# %% question="spike_and_slab_prior" name="variance-as-scale" hint="A normal distribution takes a deviation, not a variance."
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    zeros = tf.zeros(2, dtype or tf.float32)
    one_weight = tfd.MixtureSameFamily(
        tfd.Categorical(logits=zeros), tfd.Normal(zeros, tf.constant([0.1**2, 1.5**2], zeros.dtype))
    )
    distribution = tfd.Sample(one_weight, kernel_size + bias_size)
    return lambda inputs: distribution


# %% question="spike_and_slab_prior" name="unequal-coin" hint="The coin is fair."
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    zeros = tf.zeros(2, dtype or tf.float32)
    one_weight = tfd.MixtureSameFamily(
        tfd.Categorical(probs=tf.constant([0.9, 0.1], zeros.dtype)), tfd.Normal(zeros, tf.constant([0.1, 1.5], zeros.dtype))
    )
    distribution = tfd.Sample(one_weight, kernel_size + bias_size)
    return lambda inputs: distribution


# %% question="spike_and_slab_prior" name="float32-only" hint="Honour the dtype that is asked for."
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    zeros = tf.zeros(2, tf.float32)
    one_weight = tfd.MixtureSameFamily(
        tfd.Categorical(logits=zeros), tfd.Normal(zeros, tf.constant([0.1, 1.5], zeros.dtype))
    )
    distribution = tfd.Sample(one_weight, kernel_size + bias_size)
    return lambda inputs: distribution


# %% question="spike_and_slab_prior" name="trainable" hint="A prior is fixed: nothing in it is trainable."
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    dtype = dtype or tf.float32
    n = kernel_size + bias_size

    def mixture(t):
        means = tf.stack([t, t], axis=-1)
        scales = tf.constant([0.1, 1.5], dtype)
        coin = tfd.Categorical(logits=tf.zeros_like(means))
        weights = tfd.MixtureSameFamily(coin, tfd.Normal(tf.cast(means, dtype), scales))
        return tfd.Independent(weights, 1)

    return tf_keras.Sequential([tfpl.VariableLayer(n, dtype=dtype), tfpl.DistributionLambda(mixture)])


# %% question="spike_and_slab_prior" name="distribution-itself" hint="The layer calls what it gets back: return a callable, not the distribution."
def spike_and_slab_prior(kernel_size, bias_size, dtype=None):
    zeros = tf.zeros(2, dtype or tf.float32)
    one_weight = tfd.MixtureSameFamily(
        tfd.Categorical(logits=zeros), tfd.Normal(zeros, tf.constant([0.1, 1.5], zeros.dtype))
    )
    distribution = tfd.Sample(one_weight, kernel_size + bias_size)
    return distribution


# %% question="bayesian_dense" name="exact-kl" hint="Between a normal and a mixture the divergence has no closed form: it is sampled."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n, dtype=dtype), tfpl.IndependentNormal(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight, kl_use_exact=True)


# %% question="bayesian_dense" name="weight-one" hint="Scale the divergence by the given weight."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n, dtype=dtype), tfpl.IndependentNormal(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn)


# %% question="bayesian_dense" name="swapped-functions" hint="Which of the two functions gives the prior, and which the posterior?"
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n, dtype=dtype), tfpl.IndependentNormal(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, prior_fn, posterior_fn, kl_weight)


# %% question="bayesian_dense" name="fixed-units" hint="Honour the argument: the number of units is given."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n, dtype=dtype), tfpl.IndependentNormal(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(10, posterior_fn, prior_fn, kl_weight)


# %% question="bayesian_dense" name="relu" hint="The layer is linear."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n, dtype=dtype), tfpl.IndependentNormal(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight, activation="relu")


# %% question="bayesian_dense" name="no-bias" hint="The layer has a bias."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n, dtype=dtype), tfpl.IndependentNormal(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight, use_bias=False)


# %% question="bayesian_dense" name="fixed-posterior" hint="The posterior is learned: its numbers have to be trainable."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n, dtype=dtype, trainable=False), tfpl.IndependentNormal(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight)


# %% question="bayesian_dense" name="one-deviation" hint="Every weight has a deviation of its own."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential(
        [
            tfpl.VariableLayer(n + 1, dtype=dtype),
            tfpl.DistributionLambda(lambda t: tfd.Independent(tfd.Normal(t[..., :n], tf.nn.softplus(t[..., n:])), 1)),
        ]
    )


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight)


# %% question="bayesian_dense" name="raw-scale" hint="A deviation must stay positive whatever training does to its number."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential(
        [
            tfpl.VariableLayer(2 * n, dtype=dtype, initializer="ones"),
            tfpl.DistributionLambda(lambda t: tfd.Independent(tfd.Normal(t[..., :n], t[..., n:]), 1)),
        ]
    )


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight)


# %% question="bayesian_dense" name="batch-not-event" hint="All weights together are one event."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential(
        [
            tfpl.VariableLayer(2 * n, dtype=dtype),
            tfpl.DistributionLambda(lambda t: tfd.Normal(t[..., :n], tf.nn.softplus(t[..., n:]))),
        ]
    )


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight)


# %% question="bayesian_dense" name="kernel-only" hint="Count the weights of the bias as well."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n, dtype=dtype), tfpl.IndependentNormal(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight)


# %% question="bayesian_dense" name="float32-only" hint="Honour the dtype that is asked for."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    return tf_keras.Sequential([tfpl.VariableLayer(2 * n), tfpl.IndependentNormal(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight)


# %% question="bayesian_dense" name="full-covariance" hint="The weights are independent: a mean and a deviation each is all there is to learn."
def mean_field_gaussian(kernel_size, bias_size, dtype=None):
    n = kernel_size + bias_size
    size = tfpl.MultivariateNormalTriL.params_size(n)
    return tf_keras.Sequential([tfpl.VariableLayer(size, dtype=dtype), tfpl.MultivariateNormalTriL(n)])


def bayesian_dense(units, prior_fn, posterior_fn, kl_weight):
    return tfpl.DenseVariational(units, posterior_fn, prior_fn, kl_weight)
