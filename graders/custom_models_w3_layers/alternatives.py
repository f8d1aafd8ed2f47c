"""Right answers of custom_models_w3_layers that look different from the reference."""

# %% question="linear_units" name="ok-matmul-other-start"
class LinearUnits(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        start = tf.keras.initializers.RandomNormal(stddev=0.3)
        self.kernel = self.add_weight(name="kernel", shape=(int(input_shape[-1]), self.units), initializer=start)
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer=tf.keras.initializers.Zeros())
        super().build(input_shape)

    def call(self, inputs):
        return tf.nn.bias_add(tf.tensordot(inputs, self.kernel, axes=1), self.bias)


# %% question="linear_units" name="ok-keras-ops"
class LinearUnits(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.parts = [
            self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal"),
            self.add_weight(shape=(self.units,), initializer="zeros"),
        ]

    def call(self, inputs):
        w, b = self.parts
        return tf.keras.ops.add(tf.keras.ops.matmul(inputs, w), b)


# %% question="quadratic_units" name="ok-one-product"
class QuadraticUnits(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        n = input_shape[-1]
        self.a = self.add_weight(shape=(n, self.units), initializer="random_normal")
        self.b = self.add_weight(shape=(n, self.units), initializer="random_normal")
        self.c = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        both = tf.concat([inputs * inputs, inputs], axis=-1)
        y = tf.tensordot(both, tf.concat([self.a, self.b], axis=0), axes=1) + self.c
        return self.activation(y)


# %% question="quadratic_units" name="ok-factored"
class QuadraticUnits(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        for name in ("a", "b"):
            weight = self.add_weight(name=name, shape=(input_shape[-1], self.units), initializer="random_normal")
            setattr(self, name, weight)
        self.c = self.add_weight(name="c", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        ops = tf.keras.ops
        y = ops.einsum("...n,nu->...u", ops.power(inputs, 2), self.a)
        return self.activation(y + ops.einsum("...n,nu->...u", inputs, self.b) + self.c)


# %% question="clipped_relu" name="ok-clip"
class ClippedRelu(tf.keras.layers.Layer):
    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return tf.keras.ops.clip(inputs, 0, self.limit)


# %% question="clipped_relu" name="ok-relu-then-minimum"
class ClippedRelu(tf.keras.layers.Layer):
    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return tf.math.minimum(tf.nn.relu(inputs), tf.cast(self.limit, inputs.dtype))


# %% question="saved_layers" name="ok-registered"
@tf.keras.utils.register_keras_serializable(package="mine")
class SavedLinear(LinearUnits):
    def get_config(self):
        config = super().get_config()
        config["units"] = self.units
        return config


@tf.keras.utils.register_keras_serializable(package="mine")
class SavedQuadratic(QuadraticUnits):
    def get_config(self):
        config = super().get_config()
        config["units"] = self.units
        config["activation"] = tf.keras.activations.serialize(self.activation)
        return config


@tf.keras.utils.register_keras_serializable(package="mine")
class SavedClip(ClippedRelu):
    def get_config(self):
        config = super().get_config()
        config["limit"] = self.limit
        return config


def reload_model(path):
    return tf.keras.models.load_model(path)


# %% question="saved_layers" name="ok-scope"
class SavedLinear(LinearUnits):
    def get_config(self):
        return dict(super().get_config(), units=self.units)


class SavedQuadratic(QuadraticUnits):
    def get_config(self):
        return super().get_config() | {
            "units": self.units,
            "activation": tf.keras.activations.serialize(self.activation),
        }


class SavedClip(ClippedRelu):
    def get_config(self):
        return {"limit": self.limit, **super().get_config()}


def reload_model(path):
    with tf.keras.utils.custom_object_scope(
        {"SavedLinear": SavedLinear, "SavedQuadratic": SavedQuadratic, "SavedClip": SavedClip}
    ):
        return tf.keras.models.load_model(path)


# %% question="quadratic_classifier" name="ok-functional"
def quadratic_classifier(num_features, num_classes):
    inputs = tf.keras.Input(shape=(num_features,))
    hidden = QuadraticUnits(16, activation=tf.nn.relu)(inputs)
    hidden = tf.keras.layers.Dropout(rate=0.2)(hidden)
    outputs = tf.keras.layers.Softmax()(tf.keras.layers.Dense(num_classes)(hidden))
    model = tf.keras.Model(inputs, outputs)
    model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    model.optimizer.learning_rate = 0.01
    return model


# %% question="quadratic_classifier" name="ok-add-one-by-one"
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential()
    model.add(tf.keras.Input((num_features,)))
    model.add(QuadraticUnits(16))
    model.layers[-1].activation = tf.keras.activations.relu
    model.add(tf.keras.layers.Dropout(0.2))
    model.add(tf.keras.layers.Dense(num_classes))
    model.add(tf.keras.layers.Activation("softmax"))
    model.compile(
        optimizer=tf.keras.optimizers.Adam(0.01),
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=False),
        metrics=[tf.keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model
