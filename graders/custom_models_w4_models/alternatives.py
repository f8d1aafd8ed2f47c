"""Right answers to custom_models_w4_models that look different from the reference."""

# %% question="conv_stage" name="ok-model-in-build"
class ConvStage(tf.keras.Model):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides

    def build(self, input_shape):
        self.body = tf.keras.Sequential()
        for _ in range(self.repeats):
            self.body.add(tf.keras.layers.Conv2D(self.filters, self.kernel_size, padding="same"))
            self.body.add(tf.keras.layers.ReLU())
        self.body.build(input_shape)

    def call(self, inputs):
        return tf.nn.max_pool2d(self.body(inputs), self.pool_size, self.strides, "VALID")


# %% question="conv_stage" name="ok-setattr"
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        for index in range(repeats):
            conv = tf.keras.layers.Conv2D(filters=filters, kernel_size=(kernel_size, kernel_size), padding="same", activation=tf.nn.relu)
            setattr(self, f"conv_{index}", conv)
        self.pool = tf.keras.layers.MaxPool2D(pool_size=pool_size, strides=(strides, strides))

    def call(self, inputs):
        for index in range(self.repeats):
            inputs = getattr(self, f"conv_{index}")(inputs)
        return self.pool(inputs)


# %% question="conv_stage" name="ok-own-weights"
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides

    def build(self, input_shape):
        channels, self.pairs = input_shape[-1], []
        for _ in range(self.repeats):
            kernel = self.add_weight(shape=(self.kernel_size, self.kernel_size, channels, self.filters), initializer="glorot_uniform")
            bias = self.add_weight(shape=(self.filters,), initializer="zeros")
            self.pairs.append((kernel, bias))
            channels = self.filters

    def call(self, inputs):
        for kernel, bias in self.pairs:
            inputs = tf.keras.ops.relu(tf.keras.ops.conv(inputs, kernel, padding="same") + bias)
        return tf.keras.ops.max_pool(inputs, self.pool_size, self.strides)


# %% question="conv_stage" name="ok-dict"
class ConvStage(tf.keras.layers.Layer):
    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        self.convs = {}
        for n in range(repeats):
            self.convs[str(n)] = tf.keras.layers.Conv2D(filters, kernel_size, 1, "same", activation=tf.keras.activations.relu)
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)

    def call(self, inputs):
        for conv in self.convs.values():
            inputs = conv(inputs)
        return self.pool(inputs)


# %% question="staged_conv_net" name="ok-sequential-inside"
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        layers = [ConvStage(filters=f, kernel_size=3, repeats=r) for f, r in stages]
        layers += [tf.keras.layers.Flatten(), tf.keras.layers.Dense(hidden, "relu"), tf.keras.layers.Dense(num_classes), tf.keras.layers.Softmax()]
        self.body = tf.keras.Sequential(layers)

    def call(self, inputs, training=None):
        return self.body(inputs, training=training)


# %% question="staged_conv_net" name="ok-setattr-head-first"
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(units=num_classes)
        for n, pair in enumerate(stages):
            setattr(self, f"block_{n}", ConvStage(pair[0], 3, pair[1], pool_size=2, strides=2))

    def call(self, inputs):
        for n in range(len(self.plan)):
            inputs = getattr(self, f"block_{n}")(inputs)
        return tf.keras.ops.softmax(self.head(self.middle(self.flatten(inputs))), axis=-1)


# %% question="staged_conv_net" name="ok-in-build"
class StagedConvNet(tf.keras.Model):
    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden

    def build(self, input_shape):
        self.everything = []
        for filters, repeats in self.plan:
            self.everything.append(ConvStage(filters, 3, repeats))
        self.everything += [
            tf.keras.layers.Reshape((-1,)),
            tf.keras.layers.Dense(self.hidden),
            tf.keras.layers.ReLU(),
            tf.keras.layers.Dense(self.num_classes, activation=tf.nn.softmax),
        ]

    def call(self, inputs):
        result = inputs
        for layer in self.everything:
            result = layer(result)
        return result


# %% question="saved_net" name="ok-registered"
@tf.keras.utils.register_keras_serializable(package="w4_alternative")
class SavedStage(ConvStage):
    def get_config(self):
        config = super().get_config()
        config.update(filters=self.filters, kernel_size=self.kernel_size, repeats=self.repeats)
        config["pool_size"], config["strides"] = self.pool_size, self.strides
        return config


@tf.keras.utils.register_keras_serializable(package="w4_alternative")
class SavedNet(StagedConvNet):
    def get_config(self):
        config = super().get_config()
        config.update({"num_classes": self.num_classes, "hidden": self.hidden})
        config["stages"] = [list(pair) for pair in self.plan]
        return config


def reload_model(path):
    return tf.keras.models.load_model(path)


def net_from_weights(config, image_shape, path):
    copy = dict(config)
    net = SavedNet(copy.pop("num_classes"), copy.pop("stages"), **copy)
    net.predict(np.zeros((2,) + tuple(image_shape), "float32"), verbose=0)
    net.load_weights(path)
    return net


# %% question="saved_net" name="ok-scope"
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}


def reload_model(path):
    with tf.keras.utils.custom_object_scope({"SavedStage": SavedStage, "SavedNet": SavedNet}):
        return tf.keras.models.load_model(path, compile=False)


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    h, w, c = image_shape
    net(tf.keras.Input((h, w, c)))
    net.load_weights(path)
    return net


# %% question="saved_net" name="ok-own-build"
class SavedStage(ConvStage):
    def get_config(self):
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SavedNet(StagedConvNet):
    def get_config(self):
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}

    def build(self, input_shape):
        self.call(tf.keras.Input(input_shape[1:]))


def reload_model(path):
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net.build((None,) + tuple(image_shape))
    net.load_weights(path)
    return net


# %% question="saved_net" name="ok-recorded"
class SavedStage(ConvStage):
    def get_config(self):
        own = {key: vars(self)[key] for key in ("filters", "kernel_size", "repeats", "pool_size", "strides")}
        return dict(super().get_config(), **own)


class SavedNet(StagedConvNet):
    def get_config(self):
        return dict(super().get_config(), num_classes=self.num_classes, stages=tuple(map(tuple, self.plan)), hidden=self.hidden)

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def reload_model(path):
    return tf.keras.models.load_model(path, {c.__name__: c for c in (SavedNet, SavedStage)})


def net_from_weights(config, image_shape, path):
    net = SavedNet.from_config(config)
    net(np.ones([3, *image_shape], dtype="float32"))
    net.load_weights(path)
    return net


# %% question="train_staged" name="ok-dataset"
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    data = tf.data.Dataset.from_tensor_slices((images, labels)).batch(batch_size).prefetch(tf.data.AUTOTUNE)
    return model.fit(data, epochs=epochs)


# %% question="train_staged" name="ok-objects"
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    optimizer = tf.keras.optimizers.Adam()
    optimizer.learning_rate = learning_rate
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=False)
    model.compile(optimizer, loss, metrics=[tf.keras.metrics.SparseCategoricalAccuracy("accuracy")])
    return model.fit(x=images, y=np.asarray(labels)[:, None], batch_size=batch_size, epochs=epochs, shuffle=False)


# %% question="train_staged" name="ok-own-loss"
def _negative_log(labels, probabilities):
    labels = tf.reshape(tf.cast(labels, tf.int32), (-1,))
    return -tf.math.log(tf.gather(probabilities, labels, axis=1, batch_dims=1) + 1e-9)


def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate), loss=_negative_log, metrics=["accuracy"])
    model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)
    return model.history


# %% question="train_staged" name="ok-generator-order"
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    class Batches(tf.keras.utils.PyDataset):
        def __len__(self):
            return -(-len(images) // batch_size)

        def __getitem__(self, n):
            rows = slice(n * batch_size, (n + 1) * batch_size)
            return images[rows], labels[rows]

    model.compile(tf.keras.optimizers.Adam(learning_rate=float(learning_rate)), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(Batches(), epochs=epochs, shuffle=False)
