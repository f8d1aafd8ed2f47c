"""Right answers of custom_models_w2_losses that look different from the reference."""

# %% question="rmse" name="ok-keras-ops"
def root_mean_squared_error(y_true, y_pred):
    ops = keras.ops
    truth = ops.cast(ops.reshape(y_true, ops.shape(y_pred)), "float32")
    return ops.sqrt(ops.maximum(ops.mean((truth - y_pred) ** 2), 1e-14))


# %% question="rmse" name="ok-flat-guarded"
def root_mean_squared_error(y_true, y_pred):
    truth = tf.cast(tf.reshape(y_true, [-1]), tf.float32)
    error = truth - tf.reshape(y_pred, [-1])
    mean_square = tf.reduce_sum(error * error) / tf.cast(tf.size(error), tf.float32)
    positive = mean_square > 0
    return tf.where(positive, tf.sqrt(tf.where(positive, mean_square, 1.0)), 0.0)


# %% question="huber_factory" name="ok-clipped-parts"
def make_huber(delta):
    def huber(y_true, y_pred):
        error = tf.abs(y_pred - y_true)
        quadratic = tf.minimum(error, delta)
        linear = error - quadratic
        return tf.math.reduce_mean(0.5 * quadratic**2 + delta * linear, axis=-1)

    return huber


# %% question="huber_factory" name="ok-keras-ops-lambda"
def make_huber(delta):
    ops = keras.ops

    def pointwise(error):
        return ops.where(error < delta, error * error / 2, delta * error - delta * delta / 2)

    return lambda y_true, y_pred: ops.mean(pointwise(ops.abs(y_true - y_pred)), axis=-1)


# %% question="huber_loss" name="ok-super-with-name"
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, name="huber_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = delta

    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        inside = tf.cast(error <= self.threshold, error.dtype)
        values = inside * 0.5 * error**2 + (1 - inside) * self.threshold * (error - 0.5 * self.threshold)
        return tf.reduce_mean(values, axis=-1)

    def get_config(self):
        config = super().get_config()
        config["delta"] = self.threshold
        return config


# %% question="huber_loss" name="ok-of-an-inner-function"
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = delta

    def call(self, y_true, y_pred):
        return keras.losses.huber(y_true, y_pred, delta=self.delta)

    def get_config(self):
        return dict(super().get_config(), delta=self.delta)


# %% question="contrastive_loss" name="ok-squeezed"
class ContrastiveLoss(keras.losses.Loss):
    def __init__(self, margin=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = margin

    def call(self, y_true, y_pred):
        y = keras.ops.cast(keras.ops.ravel(y_true), "float32")
        d = keras.ops.ravel(y_pred)
        apart = keras.ops.relu(self.margin - d)
        return y * d * d + (1 - y) * apart * apart


# %% question="contrastive_loss" name="ok-where"
class ContrastiveLoss(keras.losses.Loss):
    def __init__(self, margin=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = float(margin)

    def call(self, y_true, y_pred):
        distance = tf.reshape(y_pred, [tf.shape(y_pred)[0]])
        alike = tf.reshape(y_true, [tf.shape(y_pred)[0]]) > 0.5
        return tf.where(alike, distance**2, tf.maximum(0.0, self.margin - distance) ** 2)


# %% question="line_fit" name="ok-eager-tape"
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    x, y = tf.constant(x), tf.constant(y)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(loss(y, model(x)))
        for weight, slope in zip(model.trainable_variables, tape.gradient(value, model.trainable_variables)):
            weight.assign_sub(learning_rate * slope)
    return model


# %% question="line_fit" name="ok-functional-train-on-batch"
def fit_line(loss, x, y, steps, learning_rate):
    inputs = keras.Input(shape=(1,))
    dense = keras.layers.Dense(1)
    model = keras.Model(inputs, dense(inputs))
    dense.set_weights([np.zeros((1, 1)), np.zeros(1)])
    model.compile(keras.optimizers.SGD(learning_rate), loss)
    for _ in range(steps):
        model.train_on_batch(x, y)
    return model
