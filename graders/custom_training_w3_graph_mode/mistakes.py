"""Known mistakes of custom_training_w3_graph_mode."""

# %% question="resize_and_scale" name="scale-twice" hint="Check the largest value: white has to become 1, and it is scaled once."
def resize_and_scale(image, label, size):
    image = tf.image.resize(tf.image.convert_image_dtype(image, tf.float32), (size, size)) / 255.0
    return image, label


# %% question="resize_and_scale" name="unscaled" hint="The pixels have to lie between 0 and 1."
def resize_and_scale(image, label, size):
    image = tf.image.resize(image, (size, size))
    return image, label


# %% question="resize_and_scale" name="fixed-size" hint="Honour the argument: the size is not always the same."
def resize_and_scale(image, label, size):
    image = tf.image.resize(image, (24, 24)) / 255.0
    return image, label


# %% question="resize_and_scale" name="integer-label" hint="The label passes untouched, and keeps its dtype."
def resize_and_scale(image, label, size):
    image = tf.image.resize(image, (size, size)) / 255.0
    return image, tf.cast(label, tf.int32)


# %% question="resize_and_scale" name="float-label" hint="The label passes untouched: it does not become a float."
def resize_and_scale(image, label, size):
    image = tf.image.resize(image, (size, size)) / 255.0
    return image, tf.cast(label, tf.float32)


# %% question="resize_and_scale" name="nearest" hint="The image is resized bilinearly, not by taking the nearest pixel."
def resize_and_scale(image, label, size):
    image = tf.image.resize(image, (size, size), method="nearest")
    return tf.cast(image, tf.float32) / 255.0, label


# %% question="resize_and_scale" name="cropped" hint="Nothing is cut off or padded: the whole picture is resized."
def resize_and_scale(image, label, size):
    image = tf.image.resize_with_crop_or_pad(image, size, size)
    return tf.cast(image, tf.float32) / 255.0, label


# %% question="resize_and_scale" name="padded" hint="The picture may be stretched: no bars are added at its sides."
def resize_and_scale(image, label, size):
    return tf.image.resize_with_pad(image, size, size) / 255.0, label


# %% question="resize_and_scale" name="brightest-pixel" hint="Divide by the largest value a pixel can have, not by the largest one this image has."
def resize_and_scale(image, label, size):
    image = tf.image.resize(image, (size, size))
    return image / tf.reduce_max(image), label


# %% question="resize_and_scale" name="rounded-pixels" hint="Resize in floats: pixels that are mixed in uint8 are rounded."
def resize_and_scale(image, label, size):
    image = tf.cast(tf.round(tf.image.resize(image, (size, size))), tf.uint8)
    return tf.cast(image, tf.float32) / 255.0, label


# %% question="resize_and_scale" name="numpy-inside" hint="The code must also run as a graph, where a tensor has no numbers yet."
def resize_and_scale(image, label, size):
    image = image.numpy().astype("float32") / 255.0
    return tf.image.resize(image, (size, size)), label


# %% question="resize_and_scale" name="minus-one-to-one" hint="The pixels have to lie between 0 and 1, not between -1 and 1."
def resize_and_scale(image, label, size):
    image = tf.image.resize(image, (size, size)) / 127.5 - 1.0
    return image, label


# %% question="input_pipelines" name="small-buffer" hint="The buffer must hold the whole training set, or late examples never come early."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(batch_size).map(prepare).batch(batch_size)
    valid = valid.map(prepare).batch(batch_size)
    test = test.map(prepare).batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="unshuffled" hint="The training examples have to be shuffled."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.map(prepare).batch(batch_size)
    valid = valid.map(prepare).batch(batch_size)
    test = test.map(prepare).batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="shuffles-all" hint="Only training data is shuffled; validation and test keep their order."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(train_size).map(prepare).batch(batch_size)
    valid = valid.shuffle(train_size).map(prepare).batch(batch_size)
    test = test.shuffle(train_size).map(prepare).batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="shuffles-test" hint="The test examples keep their order, too: only training data is shuffled."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(train_size).map(prepare).batch(batch_size)
    valid = valid.map(prepare).batch(batch_size)
    test = test.shuffle(train_size).map(prepare).batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="batch-first" hint="Shuffle examples, not batches: neighbours must not stay together."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.map(prepare).batch(batch_size).shuffle(train_size)
    valid = valid.map(prepare).batch(batch_size)
    test = test.map(prepare).batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="frozen-order" hint="Every pass needs a new order: what is kept behind the shuffling never changes again."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(train_size).cache().map(prepare).batch(batch_size)
    valid = valid.map(prepare).batch(batch_size)
    test = test.map(prepare).batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="last-batch-dropped" hint="The last batch may be smaller than the others; its examples count, too."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(train_size).map(prepare).batch(batch_size, drop_remainder=True)
    valid = valid.map(prepare).batch(batch_size, drop_remainder=True)
    test = test.map(prepare).batch(batch_size, drop_remainder=True)
    return train, valid, test


# %% question="input_pipelines" name="train-remainder-dropped" hint="A pass gives every training example: the smaller last batch belongs to it."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(train_size).map(prepare).batch(batch_size, drop_remainder=True)
    valid = valid.map(prepare).batch(batch_size)
    test = test.map(prepare).batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="endless" hint="A pass has to come to an end: do not repeat the training part."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(train_size).repeat().map(prepare).batch(batch_size)
    valid = valid.map(prepare).batch(batch_size)
    test = test.map(prepare).batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="training-prepared-only" hint="All three parts are prepared, not only the training part."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(train_size).map(prepare).batch(batch_size)
    valid = valid.batch(batch_size)
    test = test.batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="prepared-twice" hint="Every example is prepared exactly once."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train, valid, test = train.map(prepare), valid.map(prepare), test.map(prepare)
    train = train.shuffle(train_size).map(prepare).batch(batch_size)
    valid = valid.map(prepare).batch(batch_size)
    test = test.map(prepare).batch(batch_size)
    return train, valid, test


# %% question="input_pipelines" name="fixed-batch-size" hint="Honour the argument: the batch size is not always the same."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(train_size).map(prepare).batch(32)
    valid = valid.map(prepare).batch(32)
    test = test.map(prepare).batch(32)
    return train, valid, test


# %% question="input_pipelines" name="test-before-validation" hint="Return the three parts in the stated order."
def input_pipelines(train, valid, test, train_size, prepare, batch_size):
    train = train.shuffle(train_size).map(prepare).batch(batch_size)
    valid = valid.map(prepare).batch(batch_size)
    test = test.map(prepare).batch(batch_size)
    return train, test, valid


# %% question="compiled_step" name="not-in-training-mode" hint="Batch normalisation and dropout must be told that this is training, or their averages never move."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="broadcast" hint="Bring labels and predictions to one shape first: (b,) beside (b, 1) broadcasts to a table."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y, tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="metric-broadcast" hint="The metric sees the labels as a column, too, not only the loss."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        column = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(column, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="integer-labels" hint="The labels become float32, like the predictions they are compared with."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = y[:, None]
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="retraces" hint="Build the graph once, outside of the function that is called for every batch: a new tf.function is traced anew."
def compiled_step(model, optimizer, loss_fn, metric):
    def step(x, y):
        @tf.function
        def compiled(x, y):
            y = tf.cast(y[:, None], tf.float32)
            with tf.GradientTape() as tape:
                predictions = model(x, training=True)
                loss = loss_fn(y, predictions)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            metric.update_state(y, predictions)
            return loss

        return compiled(x, y)

    return step


# %% question="compiled_step" name="eager" hint="The step is not compiled: it has to run as a graph."
def compiled_step(model, optimizer, loss_fn, metric):
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="metric-arguments" hint="Truth comes first: a metric takes the labels, then the predictions."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(predictions, y)
        return loss

    return step


# %% question="compiled_step" name="loss-arguments" hint="Truth comes first: a loss takes the labels, then the predictions."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(predictions, y)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="two-updates" hint="One update per call: the optimizer steps once."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="metric-reset" hint="The step never resets the metric: its state covers the whole epoch, and the caller resets it."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.reset_state()
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="metric-after-update" hint="The metric gets the predictions from before the update, the ones the gradient was computed from."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, model(x))
        return loss

    return step


# %% question="compiled_step" name="metric-forgotten" hint="The metric has to be updated in every step."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    return step


# %% question="compiled_step" name="one-optimizer-for-all" hint="One optimizer serves one model: use the optimizer that the function is given, not one that all steps share."
shared_optimizer = tf.keras.optimizers.SGD(learning_rate=0.1)


def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        shared_optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="new-optimizer" hint="The optimizer that is given takes the step, with its own rate and memory; a new one of your own does not."
def compiled_step(model, optimizer, loss_fn, metric):
    optimizer = tf.keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="first-model-for-all" hint="Every model needs a step of its own: a graph made for the first model trains only the first."
kept_steps = {}


def compiled_step(model, optimizer, loss_fn, metric):
    if "step" not in kept_steps:

        @tf.function
        def step(x, y):
            y = tf.cast(y[:, None], tf.float32)
            with tf.GradientTape() as tape:
                predictions = model(x, training=True)
                loss = loss_fn(y, predictions)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            metric.update_state(y, predictions)
            return loss

        kept_steps["step"] = step
    return kept_steps["step"]


# %% question="compiled_step" name="fixed-loss" hint="Use the loss that is given: it is not always the cross-entropy."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.keras.losses.BinaryCrossentropy()(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    return step


# %% question="compiled_step" name="returns-predictions" hint="The step returns the loss, a scalar."
def compiled_step(model, optimizer, loss_fn, metric):
    @tf.function
    def step(x, y):
        y = tf.cast(y[:, None], tf.float32)
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_fn(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return predictions

    return step


# %% question="train_in_graph" name="metric-never-reset" hint="Start every epoch from a fresh metric: what is in it from before does not belong to the epoch."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="reset-once" hint="The metric is reset at the beginning of every epoch, not only of the first."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        metric.reset_state()
        for _ in tf.range(epochs):
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="reset-every-batch" hint="The metric covers a whole epoch: reset it once per epoch, not once per batch."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.reset_state()
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="unrolled" hint="Loop in the graph, not while tracing: a loop over a Python range is written out epoch by epoch."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    rounds = range(int(epochs))

    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in rounds:
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="eager" hint="The loops are not compiled: they have to run as a graph."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    def loops():
        loss = tf.constant(0.0)
        for _ in range(int(epochs)):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="order" hint="The loss comes first, the metric's value second."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return metric.result(), loss

    return loops()


# %% question="train_in_graph" name="python-numbers" hint="Return tensors, not Python numbers."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    loss, value = loops()
    return float(loss), float(value)


# %% question="train_in_graph" name="number-inside" hint="While tracing there are no numbers yet: nothing inside may be asked for its NumPy value."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                last = loss.numpy()
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="mean-loss" hint="The loss of the very last batch is asked, not the mean of all."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        total, count = tf.constant(0.0), tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                total += loss
                count += 1.0
                metric.update_state(y, predictions)
        return total / count, metric.result()

    return loops()


# %% question="train_in_graph" name="not-in-training-mode" hint="Batch normalisation and dropout must be told that this is training, or their averages never move."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="broadcast" hint="Bring labels and predictions to one shape first: (b,) beside (b, 1) broadcasts to a table."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y, tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="one-epoch" hint="Honour the argument: train for as many epochs as asked."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(1):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="first-batch-only" hint="Every batch of the dataset is used in every epoch."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset.take(1):
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="last-batch-dropped" hint="The last batch may be smaller than the others; it is trained on, too."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    size = len(next(iter(dataset))[0])
    dataset = dataset.unbatch().batch(size, drop_remainder=True)

    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="metric-arguments" hint="Truth comes first: a metric takes the labels, then the predictions."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(predictions, y)
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="metric-after-update" hint="The metric gets the predictions from before the update, the ones the gradient was computed from."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, model(x))
        return loss, metric.result()

    return loops()


# %% question="train_in_graph" name="new-optimizer" hint="The optimizer that is given takes the steps, with its own rate and memory; a new one of your own does not."
def train_in_graph(model, optimizer, epochs, dataset, loss_fn, metric):
    optimizer = tf.keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)

    @tf.function
    def loops():
        loss = tf.constant(0.0)
        for _ in tf.range(epochs):
            metric.reset_state()
            for x, y in dataset:
                y = tf.cast(y[:, None], tf.float32)
                with tf.GradientTape() as tape:
                    predictions = model(x, training=True)
                    loss = loss_fn(y, predictions)
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables))
                metric.update_state(y, predictions)
        return loss, metric.result()

    return loops()


# %% question="newton_root" name="python-loop" hint="The number of rounds depends on the data: a loop over a Python range is fixed while tracing."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), tf.constant(0)
    for _ in range(50):
        goes_on = tf.logical_and(tf.abs(root * root - value) > tolerance, steps < max_steps)
        root = tf.where(goes_on, 0.5 * (root + value / root), root)
        steps = tf.where(goes_on, steps + 1, steps)
    return root, steps


# %% question="newton_root" name="number-inside" hint="While tracing there are no numbers yet: no tensor may be asked for its NumPy value."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0
    value, tolerance, max_steps = value.numpy(), tolerance.numpy(), max_steps.numpy()
    while tf.abs(root * root - value) > tolerance and steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="not-compiled" hint="It has to be a tf.function."
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0
    while tf.abs(root * root - value) > tolerance and steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, tf.constant(steps)


# %% question="newton_root" name="no-limit" hint="Also stop after the largest number of steps."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0
    while tf.abs(root * root - value) > tolerance:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="no-tolerance" hint="Stop as soon as the square is close enough."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0
    while steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="either-condition" hint="It goes on while both conditions hold, not while one of them does."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0
    while (tf.abs(root * root - value) > tolerance or steps < 3) and steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="tolerance-edge" hint="Try a square that is exactly the tolerance away: there it stops."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0
    while tf.abs(root * root - value) >= tolerance and steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="one-step-too-many" hint="Count again: it stops after the largest number of steps, not one later."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0
    while tf.abs(root * root - value) > tolerance and steps <= max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="at-least-one-step" hint="It may stop before the first step: ask before you step."
@tf.function
def newton_root(value, tolerance, max_steps):
    root = 0.5 * (tf.maximum(value, 1.0) + value / tf.maximum(value, 1.0))
    steps = 1
    while tf.abs(root * root - value) > tolerance and steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="starts-at-value" hint="The first guess is at least 1, also for values below it."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = value + 0.0, 0
    while tf.abs(root * root - value) > tolerance and steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="distance-of-roots" hint="The tolerance is about the square: compare it with the value, not one guess with the next."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0
    while tf.abs(root - value / root) > tolerance and steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="starts-at-one" hint="The first guess grows with the value: it is the larger of the value and 1."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.constant(1.0), 0
    while tf.abs(root * root - value) > tolerance and steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root, steps


# %% question="newton_root" name="root-only" hint="Return the pair: the root and the number of steps."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0
    while tf.abs(root * root - value) > tolerance and steps < max_steps:
        root = 0.5 * (root + value / root)
        steps += 1
    return root


# %% question="newton_root" name="float-steps" hint="The number of steps is an integer, int32."
@tf.function
def newton_root(value, tolerance, max_steps):
    root, steps = tf.maximum(value, 1.0), 0.0
    while tf.abs(root * root - value) > tolerance and steps < tf.cast(max_steps, tf.float32):
        root = 0.5 * (root + value / root)
        steps += 1.0
    return root, steps
