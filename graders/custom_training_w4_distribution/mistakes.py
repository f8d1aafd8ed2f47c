"""Known mistakes of custom_training_w4_distribution."""

# %% question="global_batch_size" name="device-count" hint="Ask the strategy for its replicas: it need not use all devices of the machine."
def global_batch_size(per_replica, strategy):
    return per_replica * len(tf.config.list_logical_devices("CPU"))


# %% question="global_batch_size" name="one-replica" hint="Count the examples of all replicas together, not those of one."
def global_batch_size(per_replica, strategy):
    return per_replica


# %% question="global_batch_size" name="float" hint="A number of examples is an integer."
def global_batch_size(per_replica, strategy):
    return per_replica * float(strategy.num_replicas_in_sync)


# %% question="global_batch_size" name="tensor" hint="A Python integer is asked, not a tensor."
def global_batch_size(per_replica, strategy):
    return tf.constant(per_replica * strategy.num_replicas_in_sync)


# %% question="global_batch_size" name="divided" hint="The given number is for one replica; all together take more, not less."
def global_batch_size(per_replica, strategy):
    return per_replica // strategy.num_replicas_in_sync


# %% question="global_batch_size" name="added" hint="Every replica takes its own share: multiply."
def global_batch_size(per_replica, strategy):
    return per_replica + strategy.num_replicas_in_sync


# %% question="distribute" name="two-only" hint="Any number of datasets may come, not always two."
def distribute(strategy, *datasets):
    train, test = datasets
    return [strategy.experimental_distribute_dataset(train), strategy.experimental_distribute_dataset(test)]


# %% question="distribute" name="first-only" hint="Every one of the datasets is distributed, and all of them come back."
def distribute(strategy, *datasets):
    for dataset in datasets:
        return [strategy.experimental_distribute_dataset(dataset)]
    return []


# %% question="distribute" name="no-list" hint="A list is asked, also for a single dataset."
def distribute(strategy, *datasets):
    distributed = [strategy.experimental_distribute_dataset(dataset) for dataset in datasets]
    return distributed[0] if len(distributed) == 1 else distributed


# %% question="distribute" name="not-distributed" hint="The strategy has to distribute the datasets; as they are, every replica would see nothing or all of them."
def distribute(strategy, *datasets):
    return list(datasets)


# %% question="distribute" name="whole-batch-each" hint="The given batch is the global one: each replica gets a part of it, not a batch of its own."
def distribute(strategy, *datasets):
    return [strategy.distribute_datasets_from_function(lambda context, dataset=dataset: dataset) for dataset in datasets]


# %% question="distribute" name="rebatched" hint="The given batch is the global one: the datasets are batched already, do not batch them anew."
def distribute(strategy, *datasets):
    return [strategy.experimental_distribute_dataset(dataset.unbatch().batch(2 * strategy.num_replicas_in_sync)) for dataset in datasets]


# %% question="distribute" name="batches-of-batches" hint="The datasets are batched already: a second batching makes batches of batches."
def distribute(strategy, *datasets):
    return [strategy.experimental_distribute_dataset(dataset.batch(strategy.num_replicas_in_sync, drop_remainder=True)) for dataset in datasets]


# %% question="distribute" name="reversed" hint="Keep the order of the datasets."
def distribute(strategy, *datasets):
    return [strategy.experimental_distribute_dataset(dataset) for dataset in datasets[::-1]]


# %% question="distribute" name="shuffled" hint="The rows keep their order: nothing is shuffled here."
def distribute(strategy, *datasets):
    return [strategy.experimental_distribute_dataset(dataset.shuffle(100)) for dataset in datasets]


# %% question="distribute" name="last-batch-dropped" hint="The smaller last batch is distributed, too."
def distribute(strategy, *datasets):
    distributed = []
    for dataset in datasets:
        full = dataset.take(dataset.cardinality() - 1)
        distributed.append(strategy.experimental_distribute_dataset(full))
    return distributed


# %% question="distribute" name="own-strategy" hint="Use the strategy that is given, not one of your own."
def distribute(strategy, *datasets):
    return [two_replicas.experimental_distribute_dataset(dataset) for dataset in datasets]


# %% question="scaled_loss" name="local-mean" hint="Divide by the global batch: the mean over a part counts too much."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    if losses.shape.rank == 0:
        raise ValueError("one loss per example is needed")
    return tf.reduce_mean(losses)


# %% question="scaled_loss" name="undivided" hint="A sum grows with the batch: divide it."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    if losses.shape.rank == 0:
        raise ValueError("one loss per example is needed")
    return tf.reduce_sum(losses)


# %% question="scaled_loss" name="mean-divided" hint="Divide once: the sum over the part by the global batch, not its mean."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    if losses.shape.rank == 0:
        raise ValueError("one loss per example is needed")
    return tf.reduce_mean(losses) / global_batch


# %% question="scaled_loss" name="mean-over-replicas" hint="A mean over the part, shared between the replicas, is right for full batches only; a smaller last batch would weigh too much."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    if losses.shape.rank == 0:
        raise ValueError("one loss per example is needed")
    return tf.reduce_mean(losses) / 2


# %% question="scaled_loss" name="accepts-scalars" hint="A loss that is a scalar already has to be refused with a ValueError: it is too late to scale it rightly."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    return tf.reduce_sum(losses) / global_batch


# %% question="scaled_loss" name="other-error" hint="The refusal has to be a ValueError."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    assert losses.shape.rank > 0, "one loss per example is needed"
    return tf.reduce_sum(losses) / global_batch


# %% question="scaled_loss" name="refuses-single-examples" hint="One example alone gives one loss, and that is no scalar: look at the rank, not at the size."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    if losses.shape.num_elements() == 1 or losses.shape.rank == 0:
        raise ValueError("one loss per example is needed")
    return tf.reduce_sum(losses) / global_batch


# %% question="scaled_loss" name="softmax-on-logits" hint="Hand the predictions on as they are: the softmax belongs either into the head or into the loss, not here."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, tf.nn.softmax(predictions))
    if losses.shape.rank == 0:
        raise ValueError("one loss per example is needed")
    return tf.reduce_sum(losses) / global_batch


# %% question="scaled_loss" name="swapped-arguments" hint="Labels come first in a loss, predictions second."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(predictions, labels)
    if losses.shape.rank == 0:
        raise ValueError("one loss per example is needed")
    return tf.reduce_sum(losses) / global_batch


# %% question="scaled_loss" name="number" hint="A gradient has to flow through the result, and it has to work in a graph: keep it a tensor."
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    if losses.shape.rank == 0:
        raise ValueError("one loss per example is needed")
    return float(tf.reduce_sum(losses)) / global_batch


# %% question="replica_steps" name="not-in-training-mode" hint="Batch normalisation never learns its averages when it is not told that this is training."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=False)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="evaluates-in-training-mode" hint="Evaluation must not run in training mode: batch normalisation goes on learning from the test data."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=True)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="mean-reduce" hint="The scaled losses of the replicas are added, not averaged."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("MEAN", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="unreduced" hint="One number for the whole batch is asked: add up what the replicas return."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.experimental_local_results(losses)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="first-replica-loss" hint="The loss of the batch is the sum over all replicas, not what the first of them says."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.experimental_local_results(losses)[0]

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="same-part" hint="Run the step on every replica with its own part of the batch, not with the first part everywhere."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        first = tuple(strategy.experimental_local_results(part)[0] for part in batch)
        losses = strategy.run(learn, args=first)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="unscaled-loss" hint="Use the given global batch: the mean over a replica's own part counts too much."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_mean(example_loss(y, predictions))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="undivided-loss" hint="Divide the sum of the losses by the global batch."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="softmax-on-logits" hint="Hand the predictions on as they are: a softmax before a loss that expects logits is one too many."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = tf.nn.softmax(model(x, training=True))
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="evaluate-learns" hint="Evaluation must not update the model."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(learn, args=batch)

    return train, evaluate


# %% question="replica_steps" name="evaluate-resets" hint="Neither step resets the metric: an evaluation goes over many batches."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        metric.reset_state()
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="evaluate-forgets-metric" hint="The evaluation is there for the metric: update it."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        return model(x, training=False)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="train-forgets-metric" hint="Training updates the metric, too."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="metric-arguments" hint="Truth comes first: a metric takes the labels, then the predictions."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(predictions, y)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="metric-after-update" hint="In training the metric gets the predictions from before the update."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, model(x))
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="two-updates" hint="One step per batch."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="eager" hint="train has to run as a graph, inside a tf.function."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="evaluate-eager" hint="evaluate has to run as a graph, too, not only train."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="retraces" hint="Build the graph once: a tf.function made anew for every batch is traced anew."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    def train(batch):
        @tf.function
        def compiled(batch):
            losses = strategy.run(learn, args=batch)
            return strategy.reduce("SUM", losses, axis=None)

        return compiled(batch)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return train, evaluate


# %% question="replica_steps" name="two-arguments" hint="Both functions take one argument: the batch, a pair."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(x, y):
        losses = strategy.run(learn, args=(x, y))
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(x, y):
        strategy.run(look, args=(x, y))

    return train, evaluate


# %% question="replica_steps" name="order" hint="The training step comes first, the evaluation second."
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def learn(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = tf.reduce_sum(example_loss(y, predictions)) / global_batch
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        metric.update_state(y, predictions)
        return loss

    def look(x, y):
        predictions = model(x, training=False)
        metric.update_state(y, predictions)

    @tf.function
    def train(batch):
        losses = strategy.run(learn, args=batch)
        return strategy.reduce("SUM", losses, axis=None)

    @tf.function
    def evaluate(batch):
        strategy.run(look, args=batch)

    return evaluate, train


# %% question="distributed_epoch" name="metric-never-reset" hint="Start from a fresh metric: what earlier epochs left in it does not belong to this one."
def distributed_epoch(train, dataset, metric):
    losses = []
    for batch in dataset:
        losses.append(train(batch))
    return sum(losses) / len(losses), metric.result()


# %% question="distributed_epoch" name="reset-every-batch" hint="The metric covers the whole epoch: reset it once, before the first batch."
def distributed_epoch(train, dataset, metric):
    losses = []
    for batch in dataset:
        metric.reset_state()
        losses.append(train(batch))
    return sum(losses) / len(losses), metric.result()


# %% question="distributed_epoch" name="reset-afterwards" hint="Reset the metric before the epoch: at the beginning there may be something in it."
def distributed_epoch(train, dataset, metric):
    losses = [train(batch) for batch in dataset]
    value = metric.result()
    metric.reset_state()
    return tf.reduce_mean(losses), value


# %% question="distributed_epoch" name="read-too-late" hint="Read the metric's result before it is reset."
def distributed_epoch(train, dataset, metric):
    metric.reset_state()
    losses = [train(batch) for batch in dataset]
    metric.reset_state()
    return tf.reduce_mean(losses), metric.result()


# %% question="distributed_epoch" name="read-too-early" hint="The metric's result belongs to the end of the epoch: ask for it after the last batch."
def distributed_epoch(train, dataset, metric):
    metric.reset_state()
    losses = []
    for batch in dataset:
        value = metric.result()
        losses.append(train(batch))
    return tf.reduce_mean(losses), value


# %% question="distributed_epoch" name="total" hint="The mean of the losses is asked, not their sum."
def distributed_epoch(train, dataset, metric):
    metric.reset_state()
    losses = []
    for batch in dataset:
        losses.append(train(batch))
    return sum(losses), metric.result()


# %% question="distributed_epoch" name="last-loss" hint="The mean over all batches is asked, not the last loss."
def distributed_epoch(train, dataset, metric):
    metric.reset_state()
    losses = []
    for batch in dataset:
        losses.append(train(batch))
    return losses[-1], metric.result()


# %% question="distributed_epoch" name="weighted" hint="Every batch counts alike: the losses were divided by the full batch size already."
def distributed_epoch(train, dataset, metric):
    metric.reset_state()
    total, rows = 0.0, 0
    for batch in dataset:
        total += train(batch) * len(batch)
        rows += len(batch)
    return total / rows, metric.result()


# %% question="distributed_epoch" name="last-batch-dropped" hint="The last batch may be smaller than the others; it is trained on, too."
def distributed_epoch(train, dataset, metric):
    metric.reset_state()
    losses, size = [], None
    for batch in dataset:
        size = size or len(batch)
        if len(batch) < size:
            break
        losses.append(train(batch))
    return sum(losses) / len(losses), metric.result()


# %% question="distributed_epoch" name="order" hint="The loss comes first, the metric's value second."
def distributed_epoch(train, dataset, metric):
    metric.reset_state()
    losses = []
    for batch in dataset:
        losses.append(train(batch))
    return metric.result(), sum(losses) / len(losses)


# %% question="distributed_epoch" name="length-asked" hint="The length of the dataset may be unknown: count the batches while they come."
def distributed_epoch(train, dataset, metric):
    metric.reset_state()
    losses = []
    for batch in dataset:
        losses.append(train(batch))
    return sum(losses) / len(dataset), metric.result()
