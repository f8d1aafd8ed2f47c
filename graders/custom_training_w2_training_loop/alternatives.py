"""Right answers of custom_training_w2_training_loop that look different from the reference."""

# %% question="standardised_batches" name="ok-zipped"
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    mean = np.mean(x_train, axis=0, keepdims=True)
    deviation = np.sqrt(np.mean((x_train - mean) ** 2, axis=0, keepdims=True))
    found = []
    for x, y in ((x_train, y_train), (x_valid, y_valid)):
        rows = tf.data.Dataset.from_tensor_slices(np.asarray((x - mean) / deviation, dtype="float32"))
        targets = tf.data.Dataset.from_tensor_slices(np.asarray(y, dtype="float32").reshape(-1, 1))
        found.append(tf.data.Dataset.zip((rows, targets)).batch(batch_size, drop_remainder=False))
    return found[0], found[1]


# %% question="standardised_batches" name="ok-mapped-after-batching"
def standardised_batches(x_train, y_train, x_valid, y_valid, batch_size):
    mean = tf.constant(x_train.mean(0))
    deviation = tf.constant(x_train.std(0))

    def standardise(x, y):
        return tf.cast((x - mean) / deviation, tf.float32), tf.cast(y, tf.float32)[:, tf.newaxis]

    train = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(batch_size).map(standardise)
    valid = tf.data.Dataset.from_tensor_slices((x_valid, y_valid)).batch(batch_size).map(standardise)
    return train.prefetch(tf.data.AUTOTUNE), valid


# %% question="binary_f1" name="ok-one-vector"
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.counts = self.add_weight(name="counts", shape=(3,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = tf.reshape(y_true, [-1]) > 0
        guess = tf.reshape(y_pred, [-1]) >= self.threshold
        pairs = [truth & guess, ~truth & guess, truth & ~guess]
        self.counts.assign_add(tf.stack([tf.reduce_sum(tf.cast(p, tf.float32)) for p in pairs]))

    def result(self):
        both, extra, missed = tf.unstack(self.counts)
        return tf.math.divide_no_nan(2 * both, 2 * both + extra + missed)


# %% question="binary_f1" name="ok-precision-and-recall"
class BinaryF1(tf.keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="binary_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.right = self.add_variable(shape=(), initializer="zeros", name="right")
        self.guessed = self.add_variable(shape=(), initializer="zeros", name="guessed")
        self.true = self.add_variable(shape=(), initializer="zeros", name="true")

    def update_state(self, y_true, y_pred, sample_weight=None):
        ops = tf.keras.ops
        truth = ops.ravel(ops.cast(y_true, "float32"))
        guess = ops.cast(ops.ravel(y_pred) >= self.threshold, "float32")
        self.right.assign_add(ops.sum(truth * guess))
        self.guessed.assign_add(ops.sum(guess))
        self.true.assign_add(ops.sum(truth))

    def result(self):
        precision = tf.math.divide_no_nan(tf.convert_to_tensor(self.right), tf.convert_to_tensor(self.guessed))
        recall = tf.math.divide_no_nan(tf.convert_to_tensor(self.right), tf.convert_to_tensor(self.true))
        return tf.math.divide_no_nan(2 * precision * recall, precision + recall)


# %% question="gradient_step" name="ok-apply"
def gradient_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(y, predictions)
    weights = model.trainable_weights
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss, predictions


# %% question="gradient_step" name="ok-persistent-tape"
def gradient_step(model, optimizer, loss_fn, x, y):
    variables = list(model.trainable_variables)
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        for variable in variables:
            tape.watch(variable.value)
        predictions = model(x, training=True)
        loss = tf.convert_to_tensor(loss_fn(y, predictions))
    slopes = [tape.gradient(loss, variable.value) for variable in variables]
    optimizer.apply_gradients(list(zip(slopes, variables)))
    return (loss, predictions)


# %% question="train_epoch" name="ok-graph-step"
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    tracked = [*metrics.values()] if isinstance(metrics, dict) else [*metrics]
    for metric in tracked:
        metric.reset_state()

    def step(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        weights = model.trainable_weights
        optimizer.apply(tape.gradient(loss, weights), weights)
        return loss, predictions

    losses = []
    for batch in dataset:
        loss, predictions = step(*batch)
        losses += [float(loss)]
        for metric in tracked:
            metric(batch[1], predictions)
    return losses


# %% question="train_epoch" name="ok-question-3-reused"
def train_epoch(dataset, model, optimizer, loss_fn, metrics):
    metrics = metrics.values() if hasattr(metrics, "values") else metrics
    for metric in metrics:
        metric.reset_state()
    losses = []
    for x, y in dataset:
        loss, predictions = gradient_step(model, optimizer, loss_fn, x, y)
        for metric in metrics:
            metric.update_state(y, predictions)
        losses.append(loss)
    return losses


# %% question="validate" name="ok-weighted-average"
def validate(dataset, model, loss_fn, metrics):
    tracked = list(metrics.values()) if isinstance(metrics, dict) else list(metrics)
    for metric in tracked:
        metric.reset_state()
    losses, sizes = [], []
    for x, y in dataset:
        predictions = model(x, training=False)
        losses.append(float(loss_fn(y, predictions)))
        sizes.append(int(x.shape[0]))
        for metric in tracked:
            metric.update_state(y, predictions)
    return float(np.average(losses, weights=sizes))


# %% question="validate" name="ok-keras-mean"
def validate(dataset, model, loss_fn, metrics):
    tracked = list(metrics.values()) if isinstance(metrics, dict) else list(metrics)
    for metric in tracked:
        metric.reset_state()
    mean = tf.keras.metrics.Mean()
    for x, y in dataset:
        predictions = model(x, training=False)
        mean.update_state(loss_fn(y, predictions), sample_weight=tf.cast(tf.shape(x)[0], tf.float32))
        for metric in tracked:
            metric.update_state(y, predictions)
    return mean.result()
