"""Right answers of custom_training_w4_distribution that look different: all of them get full marks."""

# %% question="global_batch_size" name="ok-swapped"
def global_batch_size(per_replica, strategy):
    return int(strategy.num_replicas_in_sync * per_replica)


# %% question="global_batch_size" name="ok-summed"
def global_batch_size(per_replica, strategy):
    return sum(per_replica for _ in range(strategy.num_replicas_in_sync))


# %% question="global_batch_size" name="ok-named"
def global_batch_size(per_replica, strategy):
    replicas = getattr(strategy, "num_replicas_in_sync")
    total = np.multiply(per_replica, replicas)
    return total.item()


# %% question="distribute" name="ok-loop"
def distribute(strategy, *datasets):
    distributed = []
    for dataset in datasets:
        distributed.append(strategy.experimental_distribute_dataset(dataset))
    return distributed


# %% question="distribute" name="ok-map"
def distribute(strategy, *datasets):
    return list(map(strategy.experimental_distribute_dataset, datasets))


# %% question="distribute" name="ok-options"
def distribute(strategy, *datasets):
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    given = (dataset.with_options(options).prefetch(1) for dataset in datasets)
    return tuple(strategy.experimental_distribute_dataset(dataset) for dataset in given)


# %% question="scaled_loss" name="ok-compute-average-loss"
def scaled_loss(example_loss, labels, predictions, global_batch):
    return tf.nn.compute_average_loss(example_loss(labels, predictions), global_batch_size=global_batch)


# %% question="scaled_loss" name="ok-divide-first"
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = tf.convert_to_tensor(example_loss(labels, predictions))
    if len(losses.shape) == 0:
        raise ValueError("not one loss per example")
    return tf.math.add_n([tf.reduce_sum(losses / global_batch)])


# %% question="scaled_loss" name="ok-keras-ops"
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    if tf.keras.ops.ndim(losses) < 1:
        raise ValueError(f"a scalar: {losses}")
    return tf.keras.ops.sum(losses) * (1.0 / float(global_batch))


# %% question="scaled_loss" name="ok-mean-rescaled"
def scaled_loss(example_loss, labels, predictions, global_batch):
    losses = example_loss(labels, predictions)
    if losses.shape == ():
        raise ValueError("example_loss reduces")
    share = tf.cast(tf.size(losses), tf.float32) / tf.cast(global_batch, tf.float32)
    return tf.reduce_mean(losses) * share


# %% question="replica_steps" name="ok-average-loss-and-op"
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    def loss_of(y, predictions):
        return tf.nn.compute_average_loss(example_loss(y, predictions), global_batch_size=global_batch)

    def train_part(data):
        x, y = data
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_of(y, predictions)
        variables = model.trainable_weights
        optimizer.apply(tape.gradient(loss, variables), variables)
        metric.update_state(y, predictions)
        return loss

    def evaluate_part(data):
        metric.update_state(data[1], model(data[0], training=False))

    def train(batch):
        return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.run(train_part, args=(batch,)), axis=None)

    return tf.function(train), tf.function(lambda batch: strategy.run(evaluate_part, args=(batch,)))


# %% question="replica_steps" name="ok-local-results"
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    @tf.function
    def train(batch):
        def on_replica(x, y):
            with tf.GradientTape() as tape:
                predictions = model(x, training=True)
                losses = example_loss(y, predictions)
                loss = tf.reduce_sum(losses / global_batch)
            optimizer.apply_gradients(list(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables)))
            metric.update_state(y, predictions)
            return loss

        x, y = batch
        return tf.add_n(strategy.experimental_local_results(strategy.run(on_replica, args=(x, y))))

    @tf.function
    def evaluate(batch):
        def on_replica(x, y):
            predictions = model(x)
            metric.update_state(y, predictions)
            return predictions

        return strategy.run(on_replica, kwargs={"x": batch[0], "y": batch[1]})

    return [train, evaluate]


# %% question="replica_steps" name="ok-compiled-inside"
def replica_steps(strategy, model, optimizer, example_loss, metric, global_batch):
    class Steps:
        @tf.function
        def train_on_all(self, x, y):
            return strategy.reduce("sum", strategy.run(self.train_one, (x, y)), axis=None)

        @tf.function(reduce_retracing=True)
        def evaluate_on_all(self, x, y):
            strategy.run(self.evaluate_one, (x, y))

        def train_one(self, x, y):
            with tf.GradientTape(persistent=True) as tape:
                predictions = model(x, training=True)
                loss = tf.math.divide(tf.reduce_sum(example_loss(y, predictions)), global_batch)
            metric.update_state(y, predictions)
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            return loss

        def evaluate_one(self, x, y):
            metric.update_state(y, model(x, training=False))

    steps = Steps()
    return (lambda batch: steps.train_on_all(*batch)), (lambda batch: steps.evaluate_on_all(*batch))


# %% question="distributed_epoch" name="ok-mean-metric"
def distributed_epoch(train, dataset, metric):
    mean = tf.keras.metrics.Mean()
    metric.reset_state()
    for batch in dataset:
        mean.update_state(train(batch))
    return mean.result(), metric.result()


# %% question="distributed_epoch" name="ok-running-sum"
def distributed_epoch(train, dataset, metric):
    metric.reset_state()
    total, count = 0.0, 0
    for batch in dataset:
        total += float(train(batch))
        count += 1
    return [total / count, float(metric.result())]


# %% question="distributed_epoch" name="ok-numpy"
def distributed_epoch(train, dataset, metric):
    for variable in metric.variables:
        variable.assign(tf.zeros_like(variable))
    losses = np.array([train(batch) for batch in iter(dataset)])
    return losses.mean(), metric.result().numpy()
