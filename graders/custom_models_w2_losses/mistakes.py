"""Known mistakes of custom_models_w2_losses."""


# %% question="rmse" name="broadcast" hint="Bring both to one shape first: a column minus a vector makes a table of all differences."
def root_mean_squared_error(y_true, y_pred):
    y_true = tf.cast(y_true, y_pred.dtype)
    return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred)))


# %% question="rmse" name="root-then-mean" hint="Take the root last, after the mean."
def root_mean_squared_error(y_true, y_pred):
    y_true = tf.cast(tf.reshape(y_true, tf.shape(y_pred)), y_pred.dtype)
    return tf.reduce_mean(tf.sqrt(tf.square(y_true - y_pred)))


# %% question="rmse" name="no-root" hint="The result is in the unit of the targets: the root is missing."
def root_mean_squared_error(y_true, y_pred):
    y_true = tf.cast(tf.reshape(y_true, tf.shape(y_pred)), y_pred.dtype)
    return tf.reduce_mean(tf.square(y_true - y_pred))


# %% question="rmse" name="last-axis" hint="Average over all entries, not along one axis: the result is a single number."
def root_mean_squared_error(y_true, y_pred):
    y_true = tf.cast(tf.reshape(y_true, tf.shape(y_pred)), y_pred.dtype)
    return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1))


# %% question="rmse" name="sum-for-mean" hint="Divide by the number of entries: the mean is asked for, not the sum."
def root_mean_squared_error(y_true, y_pred):
    y_true = tf.cast(tf.reshape(y_true, tf.shape(y_pred)), y_pred.dtype)
    return tf.sqrt(tf.reduce_sum(tf.square(y_true - y_pred)))


# %% question="rmse" name="float64" hint="Check the dtype of the result: float32 is asked for."
def root_mean_squared_error(y_true, y_pred):
    y_pred = tf.cast(y_pred, tf.float64)
    y_true = tf.cast(tf.reshape(y_true, tf.shape(y_pred)), tf.float64)
    return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred)))


# %% question="rmse" name="integer-predictions" hint="Convert the targets to floats, not the predictions to integers: their decimals would be cut off."
def root_mean_squared_error(y_true, y_pred):
    y_pred = tf.cast(tf.reshape(y_pred, tf.shape(y_true)), y_true.dtype)
    return tf.sqrt(tf.reduce_mean(tf.cast(tf.square(y_true - y_pred), tf.float32)))


# %% question="huber_factory" name="delta-ignored" hint="Honour the argument: the threshold is not always the same."
def make_huber(delta):
    def huber(y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        return tf.reduce_mean(tf.where(error <= 1.0, 0.5 * tf.square(error), error - 0.5), axis=-1)

    return huber


# %% question="huber_factory" name="boundary-gap" hint="Try the value exactly on the boundary: one of the two pieces has to take it."
def make_huber(delta):
    def huber(y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        small = tf.cast(error < delta, error.dtype) * 0.5 * tf.square(error)
        large = tf.cast(error > delta, error.dtype) * delta * (error - 0.5 * delta)
        return tf.reduce_mean(small + large, axis=-1)

    return huber


# %% question="huber_factory" name="wrong-slope" hint="Both pieces must meet at the threshold, with the same slope."
def make_huber(delta):
    def huber(y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        return tf.reduce_mean(tf.where(error <= delta, 0.5 * tf.square(error), error - 0.5 * delta), axis=-1)

    return huber


# %% question="huber_factory" name="sign" hint="Errors on both sides count: the absolute value is missing."
def make_huber(delta):
    def huber(y_true, y_pred):
        error = y_true - y_pred
        small = 0.5 * tf.square(error)
        return tf.reduce_mean(tf.where(error <= delta, small, delta * (error - 0.5 * delta)), axis=-1)

    return huber


# %% question="huber_factory" name="shared-delta" hint="Each loss has to remember the threshold it was made with, also after another one has been made."
def make_huber(delta):
    global huber_threshold
    huber_threshold = delta

    def huber(y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        large = huber_threshold * (error - 0.5 * huber_threshold)
        return tf.reduce_mean(tf.where(error <= huber_threshold, 0.5 * tf.square(error), large), axis=-1)

    return huber


# %% question="huber_factory" name="mean-of-all" hint="Look again at the axis you reduce over: one value per example is asked for."
def make_huber(delta):
    def huber(y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        return tf.reduce_mean(tf.where(error <= delta, 0.5 * tf.square(error), delta * (error - 0.5 * delta)))

    return huber


# %% question="huber_factory" name="no-half" hint="The parabola has a factor one half, otherwise the pieces do not meet."
def make_huber(delta):
    def huber(y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        large = delta * (error - 0.5 * delta)
        return tf.reduce_mean(tf.where(error <= delta, tf.square(error), large), axis=-1)

    return huber


# %% question="huber_factory" name="one-per-first-axis" hint="Average over the last axis only: the answer has one axis less than the predictions."
def make_huber(delta):
    def huber(y_true, y_pred):
        error = tf.abs(y_pred - y_true)
        loss = tf.where(error <= delta, 0.5 * error**2, delta * (error - 0.5 * delta))
        return tf.reduce_mean(loss, axis=list(range(1, len(loss.shape))))

    return huber


# %% question="huber_loss" name="delta-lost" hint="The configuration must rebuild the loss: the threshold belongs in it."
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = delta

    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        large = self.delta * (error - 0.5 * self.delta)
        return tf.reduce_mean(tf.where(error <= self.delta, 0.5 * tf.square(error), large), axis=-1)


# %% question="huber_loss" name="config-without-super" hint="Keep the base configuration: name and reduction belong to the loss as well."
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = delta

    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        large = self.delta * (error - 0.5 * self.delta)
        return tf.reduce_mean(tf.where(error <= self.delta, 0.5 * tf.square(error), large), axis=-1)

    def get_config(self):
        return {"delta": self.delta}


# %% question="huber_loss" name="tensor-in-config" hint="The configuration has to hold plain numbers, or it cannot be saved."
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = tf.constant(delta, tf.float32)

    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        large = self.delta * (error - 0.5 * self.delta)
        return tf.reduce_mean(tf.where(error <= self.delta, 0.5 * tf.square(error), large), axis=-1)

    def get_config(self):
        return {**super().get_config(), "delta": self.delta}


# %% question="huber_loss" name="reduces-itself" hint="Leave the reduction to the base class: call returns one value per example."
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = delta

    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        large = self.delta * (error - 0.5 * self.delta)
        return tf.reduce_mean(tf.where(error <= self.delta, 0.5 * tf.square(error), large))

    def get_config(self):
        return {**super().get_config(), "delta": self.delta}


# %% question="huber_loss" name="not-averaged" hint="Each example has one value: average over the last axis."
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = delta

    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        large = self.delta * (error - 0.5 * self.delta)
        return tf.where(error <= self.delta, 0.5 * tf.square(error), large)

    def get_config(self):
        return {**super().get_config(), "delta": self.delta}


# %% question="huber_loss" name="no-super" hint="Call the base constructor: it keeps the name and the reduction."
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        self.delta = delta

    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        large = self.delta * (error - 0.5 * self.delta)
        return tf.reduce_mean(tf.where(error <= self.delta, 0.5 * tf.square(error), large), axis=-1)

    def get_config(self):
        return {**super().get_config(), "delta": self.delta}


# %% question="huber_loss" name="kwargs-dropped" hint="Hand the other keyword arguments on to the base class, or the reduction that was asked for is lost."
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        super().__init__()
        self.delta = delta

    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        large = self.delta * (error - 0.5 * self.delta)
        return tf.reduce_mean(tf.where(error <= self.delta, 0.5 * tf.square(error), large), axis=-1)

    def get_config(self):
        return {**super().get_config(), "delta": self.delta}


# %% question="huber_loss" name="delta-ignored" hint="Honour the argument: use the threshold that the object was made with."
class HuberLoss(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = delta

    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        return tf.reduce_mean(tf.where(error <= 1.0, 0.5 * tf.square(error), error - 0.5), axis=-1)

    def get_config(self):
        return {**super().get_config(), "delta": self.delta}


# %% question="contrastive_loss" name="inverted" hint="Same pairs should come closer: label 1 means the same kind."
class ContrastiveLoss(keras.losses.Loss):
    def __init__(self, margin=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = margin

    def call(self, y_true, y_pred):
        distance = tf.reshape(y_pred, (-1,))
        same = tf.cast(tf.reshape(y_true, (-1,)), distance.dtype)
        missing = tf.maximum(self.margin - distance, 0.0)
        return (1.0 - same) * tf.square(distance) + same * tf.square(missing)


# %% question="contrastive_loss" name="margin-ignored" hint="Honour the argument: the margin is not always the same."
class ContrastiveLoss(keras.losses.Loss):
    def __init__(self, margin=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = margin

    def call(self, y_true, y_pred):
        distance = tf.reshape(y_pred, (-1,))
        same = tf.cast(tf.reshape(y_true, (-1,)), distance.dtype)
        return same * tf.square(distance) + (1.0 - same) * tf.square(tf.maximum(1.0 - distance, 0.0))


# %% question="contrastive_loss" name="no-square" hint="The margin term is squared as well."
class ContrastiveLoss(keras.losses.Loss):
    def __init__(self, margin=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = margin

    def call(self, y_true, y_pred):
        distance = tf.reshape(y_pred, (-1,))
        same = tf.cast(tf.reshape(y_true, (-1,)), distance.dtype)
        return same * tf.square(distance) + (1.0 - same) * tf.maximum(self.margin - distance, 0.0)


# %% question="contrastive_loss" name="no-clip" hint="Different pairs beyond the margin cost nothing."
class ContrastiveLoss(keras.losses.Loss):
    def __init__(self, margin=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = margin

    def call(self, y_true, y_pred):
        distance = tf.reshape(y_pred, (-1,))
        same = tf.cast(tf.reshape(y_true, (-1,)), distance.dtype)
        return same * tf.square(distance) + (1.0 - same) * tf.square(self.margin - distance)


# %% question="contrastive_loss" name="broadcast" hint="Bring labels and distances to one shape first: a column against a vector makes a table of all pairs."
class ContrastiveLoss(keras.losses.Loss):
    def __init__(self, margin=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = margin

    def call(self, y_true, y_pred):
        missing = tf.maximum(self.margin - y_pred, 0.0)
        return y_true * tf.square(y_pred) + (1.0 - y_true) * tf.square(missing)


# %% question="contrastive_loss" name="summed" hint="The mean over the pairs is asked for, not the sum."
class ContrastiveLoss(keras.losses.Loss):
    def __init__(self, margin=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = margin

    def call(self, y_true, y_pred):
        distance = tf.reshape(y_pred, (-1,))
        same = tf.cast(tf.reshape(y_true, (-1,)), distance.dtype)
        missing = tf.maximum(self.margin - distance, 0.0)
        return tf.reduce_sum(same * tf.square(distance) + (1.0 - same) * tf.square(missing))


# %% question="line_fit" name="mini-batches" hint="One step sees all points: the default batch size may be smaller than their number."
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=learning_rate), loss=loss)
    model.fit(x, y, epochs=steps, shuffle=False, verbose=0)
    return model


# %% question="line_fit" name="single-points" hint="One step sees all points, not one of them."
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=learning_rate), loss=loss)
    model.fit(x, y, epochs=steps, batch_size=1, shuffle=False, verbose=0)
    return model


# %% question="line_fit" name="built-in-loss" hint="Use the loss you are given."
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=learning_rate), loss="mse")
    model.fit(x, y, epochs=steps, batch_size=len(x), shuffle=False, verbose=0)
    return model


# %% question="line_fit" name="default-rate" hint="Honour the learning rate that is given."
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer="sgd", loss=loss)
    model.fit(x, y, epochs=steps, batch_size=len(x), shuffle=False, verbose=0)
    return model


# %% question="line_fit" name="steps-ignored" hint="Take exactly as many steps as are asked for."
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=learning_rate), loss=loss)
    model.fit(x, y, epochs=2, batch_size=len(x), shuffle=False, verbose=0)
    return model


# %% question="line_fit" name="random-start" hint="Start at zero: a Dense layer's weight starts at random unless told otherwise."
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=learning_rate), loss=loss)
    model.fit(x, y, epochs=steps, batch_size=len(x), shuffle=False, verbose=0)
    return model


# %% question="line_fit" name="adam" hint="Plain gradient descent is asked for, not another optimizer."
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=learning_rate), loss=loss)
    model.fit(x, y, epochs=steps, batch_size=len(x), shuffle=False, verbose=0)
    return model


# %% question="line_fit" name="shuffled-batches" hint="One step sees all points: `fit` cuts them into shuffled batches unless told otherwise."
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=learning_rate), loss=loss)
    model.fit(x, y, epochs=steps, verbose=0)
    return model


# %% question="line_fit" name="summed-by-the-tape" hint="A tape adds the values of a loss per example up; their mean is asked for."
def fit_line(loss, x, y, steps, learning_rate):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    optimizer = keras.optimizers.SGD(learning_rate)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            value = loss(y, model(x))
        optimizer.apply_gradients(zip(tape.gradient(value, model.trainable_variables), model.trainable_variables))
    return model
