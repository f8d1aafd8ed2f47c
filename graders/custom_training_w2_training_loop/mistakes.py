"""Known mistakes of custom_training_w2_training_loop."""

# %% question="standardised_batches" name="own-statistics" hint="Fit the scaling on the training part only, and use it for both parts."
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    def batches(x, y):
        rows = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
        return tf.data.Dataset.from_tensor_slices((rows, y[:, None].astype("float32"))).batch(batch_size)

    return batches(x_train, y_train), batches(x_valid, y_valid)


# %% question="standardised_batches" name="pooled-statistics" hint="The validation rows must stay unseen: they may not enter the mean and the deviation."
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    everything = np.concatenate([x_train, x_valid])
    mean, deviation = everything.mean(axis=0), everything.std(axis=0)

    def batches(x, y):
        rows = ((x - mean) / deviation).astype("float32")
        return tf.data.Dataset.from_tensor_slices((rows, y[:, None].astype("float32"))).batch(batch_size)

    return batches(x_train, y_train), batches(x_valid, y_valid)


# %% question="standardised_batches" name="one-scale-for-all" hint="Look again at the axis you reduce over: every column has its own mean and deviation."
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    mean, deviation = x_train.mean(), x_train.std()

    def batches(x, y):
        rows = ((x - mean) / deviation).astype("float32")
        return tf.data.Dataset.from_tensor_slices((rows, y[:, None].astype("float32"))).batch(batch_size)

    return batches(x_train, y_train), batches(x_valid, y_valid)


# %% question="standardised_batches" name="shuffled" hint="Keep the rows in the given order: nothing is shuffled here."
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)

    def pairs(x, y):
        rows = ((x - mean) / deviation).astype("float32")
        return tf.data.Dataset.from_tensor_slices((rows, y[:, None].astype("float32")))

    train = pairs(x_train, y_train).shuffle(len(x_train)).batch(batch_size)
    return train, pairs(x_valid, y_valid).batch(batch_size)


# %% question="standardised_batches" name="last-batch-dropped" hint="The last batch may be smaller than the others; its rows count, too."
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)

    def batches(x, y):
        rows = ((x - mean) / deviation).astype("float32")
        targets = y[:, None].astype("float32")
        return tf.data.Dataset.from_tensor_slices((rows, targets)).batch(batch_size, drop_remainder=True)

    return batches(x_train, y_train), batches(x_valid, y_valid)


# %% question="standardised_batches" name="flat-targets" hint="The targets of a batch form a column of shape (b, 1)."
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)

    def batches(x, y):
        rows = ((x - mean) / deviation).astype("float32")
        return tf.data.Dataset.from_tensor_slices((rows, y.astype("float32"))).batch(batch_size)

    return batches(x_train, y_train), batches(x_valid, y_valid)


# %% question="standardised_batches" name="integer-targets" hint="Check the dtype of the targets."
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)

    def batches(x, y):
        rows = ((x - mean) / deviation).astype("float32")
        return tf.data.Dataset.from_tensor_slices((rows, y[:, None])).batch(batch_size)

    return batches(x_train, y_train), batches(x_valid, y_valid)


# %% question="standardised_batches" name="float64-rows" hint="Check the dtype of the rows: the arrays may come in as float64."
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)

    def batches(x, y):
        return tf.data.Dataset.from_tensor_slices(((x - mean) / deviation, y[:, None].astype("float32"))).batch(batch_size)

    return batches(x_train, y_train), batches(x_valid, y_valid)


# %% question="standardised_batches" name="fixed-batch-size" hint="Honour the argument: the batch size is not always the same."
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)

    def batches(x, y):
        rows = ((x - mean) / deviation).astype("float32")
        return tf.data.Dataset.from_tensor_slices((rows, y[:, None].astype("float32"))).batch(32)

    return batches(x_train, y_train), batches(x_valid, y_valid)


# %% question="binary_f1" name="incomplete-reset" hint="A reset forgets all counts: afterwards the metric is as good as new."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) >= self.threshold, tf.float32)
        self.tp.assign_add(tf.reduce_sum(truth * guess))
        self.fp.assign_add(tf.reduce_sum((1.0 - truth) * guess))
        self.fn.assign_add(tf.reduce_sum(truth * (1.0 - guess)))

    def result(self):
        return tf.math.divide_no_nan(2.0 * self.tp, 2.0 * self.tp + self.fp + self.fn)

    def reset_state(self):
        self.tp.assign(0.0)


# %% question="binary_f1" name="untracked" hint="Keras does not see your state: create it with add_weight, so that a reset clears it."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = tf.Variable(0.0)
        self.fp = tf.Variable(0.0)
        self.fn = tf.Variable(0.0)

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) >= self.threshold, tf.float32)
        self.tp.assign_add(tf.reduce_sum(truth * guess))
        self.fp.assign_add(tf.reduce_sum((1.0 - truth) * guess))
        self.fn.assign_add(tf.reduce_sum(truth * (1.0 - guess)))

    def result(self):
        return tf.math.divide_no_nan(2.0 * self.tp, 2.0 * self.tp + self.fp + self.fn)


# %% question="binary_f1" name="strict-threshold" hint="Try a prediction exactly on the threshold: it counts as positive."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) > self.threshold, tf.float32)
        self.tp.assign_add(tf.reduce_sum(truth * guess))
        self.fp.assign_add(tf.reduce_sum((1.0 - truth) * guess))
        self.fn.assign_add(tf.reduce_sum(truth * (1.0 - guess)))

    def result(self):
        return tf.math.divide_no_nan(2.0 * self.tp, 2.0 * self.tp + self.fp + self.fn)


# %% question="binary_f1" name="fixed-threshold" hint="Honour the argument: the threshold is not always one half."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) >= 0.5, tf.float32)
        self.tp.assign_add(tf.reduce_sum(truth * guess))
        self.fp.assign_add(tf.reduce_sum((1.0 - truth) * guess))
        self.fn.assign_add(tf.reduce_sum(truth * (1.0 - guess)))

    def result(self):
        return tf.math.divide_no_nan(2.0 * self.tp, 2.0 * self.tp + self.fp + self.fn)


# %% question="binary_f1" name="mean-of-batches" hint="Add up counts over the batches, not scores."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) >= self.threshold, tf.float32)
        hits = 2.0 * tf.reduce_sum(truth * guess)
        self.total.assign_add(tf.math.divide_no_nan(hits, tf.reduce_sum(truth) + tf.reduce_sum(guess)))
        self.count.assign_add(1.0)

    def result(self):
        return tf.math.divide_no_nan(self.total, self.count)


# %% question="binary_f1" name="last-batch-only" hint="An update adds to the counts; it does not replace them."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) >= self.threshold, tf.float32)
        self.tp.assign(tf.reduce_sum(truth * guess))
        self.fp.assign(tf.reduce_sum((1.0 - truth) * guess))
        self.fn.assign(tf.reduce_sum(truth * (1.0 - guess)))

    def result(self):
        return tf.math.divide_no_nan(2.0 * self.tp, 2.0 * self.tp + self.fp + self.fn)


# %% question="binary_f1" name="nan-when-empty" hint="Define the empty case: without anything to count the score is 0."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) >= self.threshold, tf.float32)
        self.tp.assign_add(tf.reduce_sum(truth * guess))
        self.fp.assign_add(tf.reduce_sum((1.0 - truth) * guess))
        self.fn.assign_add(tf.reduce_sum(truth * (1.0 - guess)))

    def result(self):
        return 2.0 * self.tp / (2.0 * self.tp + self.fp + self.fn)


# %% question="binary_f1" name="broadcast" hint="Bring truth and predictions to one shape first: (n,) beside (n, 1) broadcasts."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.cast(y_true, tf.float32)
        guess = tf.cast(y_pred >= self.threshold, tf.float32)
        self.tp.assign_add(tf.reduce_sum(truth * guess))
        self.fp.assign_add(tf.reduce_sum((1.0 - truth) * guess))
        self.fn.assign_add(tf.reduce_sum(truth * (1.0 - guess)))

    def result(self):
        return tf.math.divide_no_nan(2.0 * self.tp, 2.0 * self.tp + self.fp + self.fn)


# %% question="binary_f1" name="single-hits" hint="In the formula true positives count twice, above and below."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) >= self.threshold, tf.float32)
        self.tp.assign_add(tf.reduce_sum(truth * guess))
        self.fp.assign_add(tf.reduce_sum((1.0 - truth) * guess))
        self.fn.assign_add(tf.reduce_sum(truth * (1.0 - guess)))

    def result(self):
        return tf.math.divide_no_nan(self.tp, self.tp + self.fp + self.fn)


# %% question="binary_f1" name="eager-only" hint="The code must also run as a graph: fit compiles the metric, and a tensor has no .numpy() there."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.convert_to_tensor(y_true).numpy().ravel() > 0
        guess = tf.convert_to_tensor(y_pred).numpy().ravel() >= self.threshold
        self.tp.assign_add(float(np.sum(truth & guess)))
        self.fp.assign_add(float(np.sum(~truth & guess)))
        self.fn.assign_add(float(np.sum(truth & ~guess)))

    def result(self):
        return tf.math.divide_no_nan(2.0 * self.tp, 2.0 * self.tp + self.fp + self.fn)


# %% question="binary_f1" name="weighted" hint="Every example counts once: sample_weight is accepted and ignored."
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.ones = self.add_weight(name="ones", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(tf.cast(y_true, tf.float32), [-1])
        guess = tf.cast(tf.reshape(y_pred, [-1]) >= self.threshold, tf.float32)
        weight = 1.0 if sample_weight is None else tf.cast(tf.reshape(sample_weight, [-1]), tf.float32)
        self.tp.assign_add(tf.reduce_sum(weight * truth * guess))
        self.ones.assign_add(tf.reduce_sum(weight * (truth + guess)))

    def result(self):
        return tf.math.divide_no_nan(2.0 * self.tp, self.ones + 0.0)


# %% question="gradient_step" name="swapped-result" hint="Return the parts in the stated order: the loss first."
def gradient_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return predictions, loss


# %% question="gradient_step" name="not-in-training-mode" hint="Dropout and batch normalisation must be told that this is training."
def gradient_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x)
        loss = loss_fn(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, predictions


# %% question="gradient_step" name="own-loss" hint="Use only what the function is given: the loss is an argument."
def gradient_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = tf.keras.losses.BinaryCrossentropy()(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, predictions


# %% question="gradient_step" name="own-optimizer" hint="Use only what the function is given: the optimizer is an argument, and it remembers earlier steps."
def gradient_step(model, optimizer, loss_fn, x, y):
    optimizer = tf.keras.optimizers.Adam()
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, predictions


# %% question="gradient_step" name="after-update" hint="Report what the gradient was computed from: loss and predictions from before the update."
def gradient_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    predictions = model(x, training=True)
    return loss_fn(y, predictions), predictions


# %% question="gradient_step" name="two-updates" hint="One step per call: the gradients are applied once."
def gradient_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, predictions


# %% question="gradient_step" name="no-update" hint="Computing the gradients changes nothing yet: the optimizer has to apply them."
def gradient_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(y, predictions)
    tape.gradient(loss, model.trainable_variables)
    return loss, predictions


# %% question="gradient_step" name="swapped-loss-arguments" hint="Truth comes first in a loss, the predictions second."
def gradient_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(predictions, y)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, predictions


# %% question="train_epoch" name="stale-metrics" hint="Start every epoch from fresh metrics: reset them first."
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    losses = []
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
        for metric in metrics:
            metric.update_state(y, predictions)
    return losses


# %% question="train_epoch" name="reset-every-batch" hint="The metrics gather a whole epoch: reset them once, before the first batch."
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    losses = []
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
        for metric in metrics:
            metric.reset_state()
            metric.update_state(y, predictions)
    return losses


# %% question="train_epoch" name="own-optimizer" hint="Use only what the function is given: the optimizer is an argument, and it remembers earlier epochs."
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    optimizer = tf.keras.optimizers.Adam()
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    losses = []
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
        for metric in metrics:
            metric.update_state(y, predictions)
    return losses


# %% question="train_epoch" name="swapped-arguments" hint="Truth comes first: a metric takes the targets, then the predictions."
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    losses = []
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
        for metric in metrics:
            metric.update_state(predictions, y)
    return losses


# %% question="train_epoch" name="total" hint="One loss per batch is asked, not their sum or mean."
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    losses = []
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
        for metric in metrics:
            metric.update_state(y, predictions)
    return sum(losses) / len(losses)


# %% question="train_epoch" name="last-batch-dropped" hint="The last batch may be smaller than the others; it is a batch like every other."
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    losses, size = [], None
    for x, y in dataset:
        size = size or len(x)
        if len(x) < size:
            break
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
        for metric in metrics:
            metric.update_state(y, predictions)
    return losses


# %% question="train_epoch" name="metrics-after-update" hint="The metrics get the predictions from before the update, the ones the gradient was computed from."
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    losses = []
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
        for metric in metrics:
            metric.update_state(y, model(x))
    return losses


# %% question="train_epoch" name="not-in-training-mode" hint="Dropout and batch normalisation must be told that this is training."
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    losses = []
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
        for metric in metrics:
            metric.update_state(y, predictions)
    return losses


# %% question="train_epoch" name="list-only" hint="The metrics may come as a dict, too: then its values are the metrics."
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    for metric in metrics:
        metric.reset_state()
    losses = []
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
        for metric in metrics:
            metric.update_state(y, predictions)
    return losses


# %% question="validate" name="training-mode" hint="Validation calls the model as it will be used: not in training mode."
def validate(dataset, model, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    total, rows = 0.0, 0
    for x, y in dataset:
        predictions = model(x, training=True)
        total += float(loss_fn(y, predictions)) * len(x)
        rows += len(x)
        for metric in metrics:
            metric.update_state(y, predictions)
    return total / rows


# %% question="validate" name="mean-of-batches" hint="The last batch may be smaller: every row weighs the same, not every batch."
def validate(dataset, model, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    losses = []
    for x, y in dataset:
        predictions = model(x, training=False)
        losses.append(float(loss_fn(y, predictions)))
        for metric in metrics:
            metric.update_state(y, predictions)
    return sum(losses) / len(losses)


# %% question="validate" name="updates" hint="Validation must not learn: no gradients, no optimizer."
def validate(dataset, model, loss_fn, metrics):
    optimizer = tf.keras.optimizers.SGD()
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    total, rows = 0.0, 0
    for x, y in dataset:
        with tf.GradientTape() as tape:
            predictions = model(x, training=False)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        total += float(loss) * len(x)
        rows += len(x)
        for metric in metrics:
            metric.update_state(y, predictions)
    return total / rows


# %% question="validate" name="stale-metrics" hint="Start from fresh metrics: what training left in them does not belong to the validation."
def validate(dataset, model, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    total, rows = 0.0, 0
    for x, y in dataset:
        predictions = model(x, training=False)
        total += float(loss_fn(y, predictions)) * len(x)
        rows += len(x)
        for metric in metrics:
            metric.update_state(y, predictions)
    return total / rows


# %% question="validate" name="swapped-arguments" hint="Truth comes first, in the loss as in the metrics; the predictions come second."
def validate(dataset, model, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    total, rows = 0.0, 0
    for x, y in dataset:
        predictions = model(x, training=False)
        total += float(loss_fn(predictions, y)) * len(x)
        rows += len(x)
        for metric in metrics:
            metric.update_state(predictions, y)
    return total / rows


# %% question="validate" name="sum-of-rows" hint="The mean over the rows is asked, not their sum: divide by the number of rows at the end."
def validate(dataset, model, loss_fn, metrics):
    metrics = list(metrics.values()) if isinstance(metrics, dict) else metrics
    for metric in metrics:
        metric.reset_state()
    total = 0.0
    for x, y in dataset:
        predictions = model(x, training=False)
        total += float(loss_fn(y, predictions)) * len(x)
        for metric in metrics:
            metric.update_state(y, predictions)
    return total
