"""Right answers of custom_training_w3_graph_mode that look different: all of them get full marks."""

# %% question="resize_and_scale" name="ok-convert-first"
def resize_and_scale(image, label, size):
    image = tf.image.convert_image_dtype(image, tf.float32)
    return tf.image.resize(image, [size, size], method="bilinear"), label


# %% question="resize_and_scale" name="ok-layers"
def resize_and_scale(image, label, size):
    scaled = tf.keras.layers.Rescaling(1 / 255)(tf.keras.layers.Resizing(size, size)(tf.cast(image, tf.float32)))
    return scaled, label


# %% question="resize_and_scale" name="ok-multiply"
def resize_and_scale(image, label, size):
    pixels = tf.cast(image, tf.float32) * (1.0 / 255.0)
    return [tf.image.resize(pixels[None], (size, size))[0], label]


# %% question="input_pipelines" name="ok-map-first-and-prefetch"
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    def batches(dataset, shuffled):
        dataset = dataset.map(prepare, num_parallel_calls=tf.data.AUTOTUNE)
        if shuffled:
            dataset = dataset.cache().shuffle(train_size, reshuffle_each_iteration=True)
        return dataset.batch(batch_size).prefetch(tf.data.AUTOTUNE)

    return batches(train, True), batches(valid, False), batches(test, False)


# %% question="input_pipelines" name="ok-larger-buffer"
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(buffer_size=2 * train_size, seed=7).batch(batch_size)
    rest = [part.batch(batch_size, drop_remainder=False) for part in (valid, test)]

    def prepared(part):
        return part.unbatch().map(lambda image, label: prepare(image, label)).batch(batch_size)

    return [prepared(part) for part in (train, *rest)]


# %% question="input_pipelines" name="ok-apply"
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    def finish(dataset):
        return dataset.map(prepare).batch(batch_size)

    return train.shuffle(train.cardinality()).apply(finish), valid.apply(finish), test.apply(finish)


# %% question="compiled_step" name="ok-explicit-wrapping"
def compiled_step(model, optimizer, loss_fn, metric):
    def step(x, y):
        y = tf.cast(tf.expand_dims(y, -1), tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        metric.update_state(y, predictions)
        return loss

    return tf.function(step, reduce_retracing=True)


# %% question="compiled_step" name="ok-module-level"
@tf.function
def _any_step(model, optimizer, loss_fn, metric, x, y):
    y = tf.cast(tf.reshape(y, (-1, 1)), tf.float32)
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_fn(y, predictions)
    variables = model.trainable_weights
    optimizer.apply_gradients(list(zip(tape.gradient(loss, variables), variables)))
    metric.update_state(y, predictions)
    return loss


def compiled_step(model, optimizer, loss_fn, metric):
    return lambda x, y: _any_step(model, optimizer, loss_fn, metric, x, y)


# %% question="compiled_step" name="ok-class"
class CompiledStep:
    def __init__(self, model, optimizer, loss_fn, metric):
        self.model, self.optimizer, self.loss_fn, self.metric = model, optimizer, loss_fn, metric
        self.run = tf.function(self.once)

    def once(self, x, y):
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            y = tf.reshape(tf.cast(y, predictions.dtype), tf.shape(predictions))
            loss = self.loss_fn(y, predictions)
        self.metric.update_state(y, predictions)
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def __call__(self, x, y):
        return self.run(x, y)


def compiled_step(model, optimizer, loss_fn, metric):
    return CompiledStep(model, optimizer, loss_fn, metric)


# %% question="compiled_step" name="ok-compiled-core"
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function(autograph=False)
    def core(x, column):
        with tf.GradientTape(persistent=True) as tape:
            predictions = model(x, training=True)
            loss = loss_fn(column, predictions)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        metric.update_state(column, predictions)
        return loss

    def step(x, y):
        return core(x, tf.cast(y, "float32")[:, tf.newaxis])

    return step


# %% question="train_in_graph" name="ok-epochs-as-argument"
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    variables = model.trainable_variables

    def train(number):
        loss = tf.zeros(())
        for epoch in tf.range(number):
            metric.reset_state()
            for x, y in dataset:
                column = tf.expand_dims(tf.cast(y, tf.float32), axis=1)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(column, predictions)
                optimizer.apply(tape.gradient(loss, variables), variables)
                metric.update_state(column, predictions)
        return loss, metric.result()

    return tf.function(train)(tf.convert_to_tensor(epochs))


# %% question="train_in_graph" name="ok-while"
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    def step(x, y):
        y = tf.reshape(tf.cast(y, tf.float32), (-1, 1))
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        metric.update_state(y, predictions)
        return loss

    @tf.function
    def everything():
        epoch, loss = tf.constant(0), tf.constant(0.0)
        while epoch < epochs:
            for variable in metric.variables:
                variable.assign(tf.zeros_like(variable))
            for x, y in dataset:
                loss = step(x, y)
            epoch += 1
        return [loss, metric.result()]

    return everything()


# %% question="train_in_graph" name="ok-nested-function"
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[..., tf.newaxis], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    @tf.function
    def loops(count):
        last = tf.constant(float("nan"))
        for _ in range(count):
            metric.reset_state()
            for batch in dataset:
                last = step(batch[0], batch[1])
        return last, metric.result()

    return loops(tf.cast(epochs, tf.int32))


# %% question="newton_root" name="ok-while-loop"
def _newton(value, tolerance, max_steps):
    def goes_on(root, steps):
        return tf.logical_and(tf.abs(tf.square(root) - value) > tolerance, tf.less(steps, max_steps))

    def improved(root, steps):
        return (root + value / root) / 2.0, steps + 1

    return tf.while_loop(goes_on, improved, (tf.maximum(value, 1.0), tf.constant(0)))


newton_root = tf.function(_newton)


# %% question="newton_root" name="ok-break"
@tf.function
def newton_root(value, tolerance, max_steps):
    root = tf.maximum(1.0, value)
    steps = tf.constant(0, tf.int32)
    for _ in tf.range(max_steps):
        if tf.abs(root**2 - value) <= tolerance:
            break
        root = root - (root**2 - value) / (2 * root)
        steps = steps + 1
    return root, steps


# %% question="newton_root" name="ok-signature"
@tf.function(input_signature=[tf.TensorSpec([], tf.float32), tf.TensorSpec([], tf.float32), tf.TensorSpec([], tf.int32)])
def newton_root(value, tolerance, max_steps):
    root, steps = value if value > 1.0 else tf.constant(1.0), tf.constant(0)
    while steps < max_steps and (root * root - value > tolerance or value - root * root > tolerance):
        root, steps = 0.5 * root + 0.5 * value / root, steps + 1
    return {0: root, 1: steps}[0], steps
