"""Known mistakes of custom_models_w4_models."""

# %% question="conv_stage" name="one-conv-reused" hint="Each repetition has weights of its own: the same layer several times is one layer."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu")] * repeats
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="plain-variables" hint="Some of your weights are not tracked by Keras, so they never train: a tf.Variable as an attribute of a layer is such a weight."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides

    def build(self, input_shape):
        self.kernels, self.biases = [], []
        channels = input_shape[-1]
        for _ in range(self.repeats):
            shape = (self.kernel_size, self.kernel_size, channels, self.filters)
            self.kernels.append(tf.Variable(tf.random.normal(shape, stddev=0.1), trainable=True))
            self.biases.append(tf.Variable(tf.zeros(self.filters), trainable=True))
            channels = self.filters

    def call(self, inputs):
        for kernel, bias in zip(self.kernels, self.biases):
            inputs = tf.nn.relu(tf.nn.conv2d(inputs, kernel, 1, "SAME") + bias)
        return tf.nn.max_pool2d(inputs, self.pool_size, self.strides, "VALID")


# %% question="conv_stage" name="hidden-in-vars" hint="Some of your weights are not tracked by Keras, so they never train: layers that are put in place past the attributes, by vars or __dict__, are not seen."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        for index in range(repeats):
            vars(self)[f"conv_{index}"] = tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu")
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for index in range(self.repeats):
            inputs = vars(self)[f"conv_{index}"](inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="fixed-filters" hint="Take every size from the arguments; stages with other numbers of filters are made."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(4, kernel_size, padding="same", activation="relu") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="fixed-kernel" hint="Take the size of the kernels from the argument."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="fixed-repeats" hint="Take the number of convolutions from the argument."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu") for _ in range(2)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="pool-size-ignored" hint="Honour the size of the pooling."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(2, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="strides-ignored" hint="Honour the stride of the pooling: by default Keras takes the pool's size."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="no-relu" hint="Check the activation: every convolution has a relu."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="relu-at-the-end" hint="Check the activations: every convolution has a relu, not only the last one."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(tf.nn.relu(inputs))


# %% question="conv_stage" name="valid-padding" hint="The convolutions keep width and height: look at their padding."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, activation="relu") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="padded-pooling" hint="The pooling has no padding: an odd last row or column is left out."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides, padding="same")

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="average-pooling" hint="Which pooling is asked?"
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.AveragePooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="pool-each-time" hint="There is one pooling per stage, after its last convolution."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = self.pool(conv(inputs))
        return inputs


# %% question="conv_stage" name="no-bias" hint="Each convolution has a bias."
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu", use_bias=False) for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="staged_conv_net" name="stage-skipped" hint="Every stage is applied, in order: the output of one is the input of the next."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks[:-1]:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="same-input-for-all" hint="Every stage is applied to the output of the one before, not to the images again."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            features = block(inputs)
        return self.head(self.middle(self.flatten(features)))


# %% question="staged_conv_net" name="reversed-stages" hint="The stages are applied in the given order."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in reversed(stages)]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="fixed-stages" hint="Take the stages from the argument; networks with more and with fewer of them are made."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(4, 3, 1), ConvStage(8, 3, 2)]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="fixed-hidden" hint="Take the number of hidden units from the argument."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(16, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="fixed-classes" hint="Take the number of classes from the argument."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(2, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="pair-swapped" hint="Each pair holds first the number of filters and then the number of repetitions."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for repeats, filters in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="one-repeat" hint="The second number of a pair counts the convolutions of the stage."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, 1) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="wide-kernels" hint="Compare the size of the kernels with the task."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 5, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="hidden-in-vars" hint="Some of your weights are not tracked by Keras, so they never train: stages that are put in place past the attributes, by vars or __dict__, are not seen."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        for n, (filters, repeats) in enumerate(stages):
            vars(self)[f"block_{n}"] = ConvStage(filters, 3, repeats)
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for n in range(len(self.plan)):
            inputs = vars(self)[f"block_{n}"](inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="hidden-in-object" hint="Some of your weights are not tracked by Keras, so they never train: it does not look into objects of other classes."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        from types import SimpleNamespace

        self.parts = SimpleNamespace(blocks=[ConvStage(filters, 3, repeats) for filters, repeats in stages])
        self.parts.head = tf.keras.layers.Dense(num_classes, activation="softmax")
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")

    def call(self, inputs):
        for block in self.parts.blocks:
            inputs = block(inputs)
        return self.parts.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="plain-variables" hint="Some of your weights are not tracked by Keras, so they never train: a tf.Variable as an attribute of a model is such a weight."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.w = tf.Variable(tf.random.normal((hidden, num_classes), stddev=0.3), trainable=True)
        self.b = tf.Variable(tf.zeros(num_classes), trainable=True)

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return tf.nn.softmax(self.middle(self.flatten(inputs)) @ self.w + self.b)


# %% question="staged_conv_net" name="new-layers-each-call" hint="Make the layers once and keep them: layers made in call start anew each time."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for filters, repeats in self.plan:
            inputs = ConvStage(filters, 3, repeats)(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="logits" hint="The network gives probabilities: check the activation of the last layer."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes)

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="sigmoid-head" hint="The probabilities of a row sum to one: check the activation of the last layer."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="sigmoid")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="no-relu" hint="Check the activation of the hidden layer."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden)
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="average-for-flatten" hint="The features are flattened, not averaged: the head sees every position."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.GlobalAveragePooling2D()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))


# %% question="staged_conv_net" name="no-hidden-layer" hint="There is a hidden layer between the features and the classes."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.flatten(inputs))


# %% question="staged_conv_net" name="same-name" hint="Two stages may have the same number of filters: kept under one name, the second takes the place of the first."
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        for filters, repeats in stages:
            setattr(self, f"stage_{filters}", ConvStage(filters, 3, repeats))
        self.flatten = tf.keras.layers.Flatten()
        self.dense = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        for filters, _ in self.plan:
            inputs = getattr(self, f"stage_{filters}")(inputs)
        return self.head(self.dense(self.flatten(inputs)))


# %% question="saved_net" name="config-defaults" hint="The configuration holds the actual arguments of this object, not the defaults."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}, "pool_size": 2, "strides": 2}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": ((4, 1), (8, 2)), "hidden": 16}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="argument-missing" hint="Every argument of the constructor belongs in the configuration, also those that have a default."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="stages-missing" hint="Every argument of the constructor belongs in the configuration of the network, the stages as well."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="wrong-key" hint="The configuration names every argument as the constructor does."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "plan": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="config-without-super" hint="Keep the base configuration: name and trainable belong to the object, too."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {name: getattr(self, name) for name in names}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return own


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="unregistered" hint="Keras must be able to find your classes: register them, or hand them over when loading."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path)


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="stage-unknown" hint="Keras must be able to find both classes: a model may contain your stage as well."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="layers-in-config" hint="The configuration holds plain data, from which the layers are made again: no layers and no weights."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": [tf.keras.layers.Dense(1) for _ in self.plan], "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="weights-lost" hint="The weights belong to the model as well: a model made from its configuration alone starts afresh."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    net = tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})
    return type(net).from_config(net.get_config())


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="weights-not-loaded" hint="The new network needs the weights of the file."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    return net


# %% question="saved_net" name="marked-as-built" hint="A network that is only marked as built has no variables to fill: call it once before you load the weights."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net.build((None, *image_shape))
    net.load_weights(path)
    return net


# %% question="saved_net" name="not-built" hint="Weights are loaded into variables that exist: a subclassed network has none before its first call."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net.load_weights(path)
    return net


# %% question="saved_net" name="returns-nothing" hint="Return the model: load_weights gives nothing back."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    return net.load_weights(path)


# %% question="saved_net" name="default-net" hint="Make the network from the configuration that is given."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet(config["num_classes"])
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="config-eaten" hint="Work on a copy: the caller still needs the configuration."
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet(config.pop("num_classes"), **config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net


# %% question="train_staged" name="shuffled" hint="Keep the given order of the rows."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size)


# %% question="train_staged" name="default-rate" hint="Honour the learning rate: a name alone brings the default."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)


# %% question="train_staged" name="fixed-batch" hint="Honour the batch size."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=4, shuffle=False)


# %% question="train_staged" name="default-batch" hint="Honour the batch size: without it Keras takes its own."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, shuffle=False)


# %% question="train_staged" name="fixed-epochs" hint="Honour the number of epochs."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=2, batch_size=batch_size, shuffle=False)


# %% question="train_staged" name="sgd" hint="Compare the optimizer with the task."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.SGD(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)


# %% question="train_staged" name="logits-assumed" hint="Decide once where the softmax is applied: the model gives probabilities already."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)


# %% question="train_staged" name="shared-optimizer" hint="One optimizer serves one model: make a new one in every call."
_OPTIMIZER = tf.keras.optimizers.Adam()


def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    _OPTIMIZER.learning_rate = learning_rate
    model.compile(optimizer=_OPTIMIZER, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)


# %% question="train_staged" name="compiled-once" hint="Every call compiles anew: the same model may come back with another learning rate."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    if model.compiled:
        return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)


# %% question="train_staged" name="squared-error" hint="Compare the loss with the task."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="mse", metrics=["accuracy"])
    return model.fit(images, tf.one_hot(labels, model.output_shape[-1]), epochs=epochs, batch_size=batch_size, shuffle=False)


# %% question="train_staged" name="no-metric" hint="The history holds the accuracy as well."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)


# %% question="train_staged" name="dict-returned" hint="Return the History object itself, not the dict that it holds."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False).history


# %% question="train_staged" name="returns-model" hint="Return what the task names: the History."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)
    return model


# %% question="train_staged" name="validation-split" hint="All given rows are training data."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False, validation_split=0.2)


# %% question="train_staged" name="remainder-dropped" hint="The last batch holds what is left."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    data = tf.data.Dataset.from_tensor_slices((images, labels)).batch(batch_size, drop_remainder=True)
    return model.fit(data, epochs=epochs)


# %% question="train_staged" name="epoch-by-epoch" hint="Train all epochs in one run: the returned History belongs to the last run only."
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    for _ in range(epochs):
        history = model.fit(images, labels, batch_size=batch_size, shuffle=False)
    return history
