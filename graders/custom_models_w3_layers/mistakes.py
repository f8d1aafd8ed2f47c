"""Known mistakes of custom_models_w3_layers."""

# %% question="linear_units" name="fixed-size" hint="Take every size from the arguments; the layer is also made with other numbers of units."
class LinearUnits(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], 2), initializer="random_normal")
        self.b = self.add_weight(shape=(2,), initializer="zeros")

    def call(self, inputs):
        return inputs @ self.w + self.b


# %% question="linear_units" name="untracked" hint="Some of your weights are not tracked by Keras, so they never train."
class LinearUnits(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = tf.Variable(tf.random.normal((input_shape[-1], self.units)), trainable=True)
        self.b = tf.Variable(tf.zeros((self.units,)), trainable=True)

    def call(self, inputs):
        return inputs @ self.w + self.b


# %% question="linear_units" name="built-early" hint="The number of inputs is known at build time only: create the weights there, with the size of the input."
class LinearUnits(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.w = self.add_weight(shape=(units, units), initializer="random_normal")
        self.b = self.add_weight(shape=(units,), initializer="zeros")

    def call(self, inputs):
        return inputs @ self.w + self.b


# %% question="linear_units" name="last-two-axes" hint="Mix the last axis only: a sequence keeps its time axis."
class LinearUnits(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.n = int(np.prod(input_shape[1:]))
        self.w = self.add_weight(shape=(self.n, self.units), initializer="random_normal")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return tf.reshape(inputs, (-1, self.n)) @ self.w + self.b


# %% question="linear_units" name="zero-start" hint="Only b starts at zero; W has to start at random values, or all units stay alike."
class LinearUnits(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="zeros")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return inputs @ self.w + self.b


# %% question="linear_units" name="default-start" hint="Without a named initializer Keras draws from a uniform distribution; W is to be normal."
class LinearUnits(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units))
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return inputs @ self.w + self.b


# %% question="linear_units" name="random-bias" hint="The bias starts at zero, only the kernel is drawn."
class LinearUnits(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(name="w", shape=(input_shape[-1], self.units), initializer="random_normal")
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="random_normal")

    def call(self, inputs):
        return inputs @ self.w + self.b


# %% question="quadratic_units" name="square-of-product" hint="Square the input first, then mix it: x² A, not (x A)²."
class QuadraticUnits(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.a = self.add_weight(shape=shape, initializer="random_normal")
        self.b = self.add_weight(shape=shape, initializer="random_normal")
        self.c = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return self.activation(tf.square(inputs @ self.a) + inputs @ self.b + self.c)


# %% question="quadratic_units" name="untracked" hint="Some of your weights are not tracked by Keras, so they never train."
class QuadraticUnits(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.a = tf.Variable(tf.random.normal(shape, stddev=0.05), trainable=True)
        self.b = tf.Variable(tf.random.normal(shape, stddev=0.05), trainable=True)
        self.c = tf.Variable(tf.zeros((self.units,)), trainable=True)

    def call(self, inputs):
        return self.activation(tf.square(inputs) @ self.a + inputs @ self.b + self.c)


# %% question="quadratic_units" name="activation-ignored" hint="Apply the activation to the whole sum, at the very end."
class QuadraticUnits(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.a = self.add_weight(shape=shape, initializer="random_normal")
        self.b = self.add_weight(shape=shape, initializer="random_normal")
        self.c = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return tf.square(inputs) @ self.a + inputs @ self.b + self.c


# %% question="quadratic_units" name="always-relu" hint="The activation is an argument: use the one that the layer was given, and none for None."
class QuadraticUnits(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.a = self.add_weight(shape=shape, initializer="random_normal")
        self.b = self.add_weight(shape=shape, initializer="random_normal")
        self.c = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return tf.nn.relu(tf.square(inputs) @ self.a + inputs @ self.b + self.c)


# %% question="quadratic_units" name="shared-matrix" hint="Two matrices are learned: one for the squares, another one for the input itself."
class QuadraticUnits(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        self.a = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal")
        self.c = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return self.activation(tf.square(inputs) @ self.a + inputs @ self.a + self.c)


# %% question="quadratic_units" name="random-c" hint="The constant starts at zero."
class QuadraticUnits(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.a = self.add_weight(shape=shape, initializer="random_normal")
        self.b = self.add_weight(shape=shape, initializer="random_normal")
        self.c = self.add_weight(shape=(self.units,), initializer="random_normal")

    def call(self, inputs):
        return self.activation(tf.square(inputs) @ self.a + inputs @ self.b + self.c)


# %% question="quadratic_units" name="frozen-c" hint="All three weights are learned, the constant as well."
class QuadraticUnits(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.a = self.add_weight(shape=shape, initializer="random_normal")
        self.b = self.add_weight(shape=shape, initializer="random_normal")
        self.c = self.add_weight(shape=(self.units,), initializer="zeros", trainable=False)

    def call(self, inputs):
        return self.activation(tf.square(inputs) @ self.a + inputs @ self.b + self.c)


# %% question="clipped_relu" name="fixed-limit" hint="Honour the argument: layers with several limits are made."
class ClippedRelu(tf.keras.layers.Layer):
    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return tf.nn.relu6(inputs)


# %% question="clipped_relu" name="no-upper-limit" hint="Values above the limit have to be cut, too."
class ClippedRelu(tf.keras.layers.Layer):
    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return tf.nn.relu(inputs)


# %% question="clipped_relu" name="abs" hint="Negative inputs give zero."
class ClippedRelu(tf.keras.layers.Layer):
    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return tf.minimum(tf.abs(inputs), self.limit)


# %% question="clipped_relu" name="soft" hint="Values between zero and the limit pass unchanged."
class ClippedRelu(tf.keras.layers.Layer):
    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return self.limit * tf.tanh(tf.nn.relu(inputs) / self.limit)


# %% question="clipped_relu" name="cut-to-zero" hint="Values above the limit become the limit, not zero."
class ClippedRelu(tf.keras.layers.Layer):
    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return tf.where(inputs > self.limit, tf.zeros_like(inputs), tf.nn.relu(inputs))


# %% question="clipped_relu" name="symmetric" hint="The lower bound is zero, not the negative limit."
class ClippedRelu(tf.keras.layers.Layer):
    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return tf.clip_by_value(inputs, -self.limit, self.limit)


# %% question="clipped_relu" name="wrong-dtype" hint="Check the dtype of the result: the layer keeps the dtype it computes in."
class ClippedRelu(tf.keras.layers.Layer):
    def __init__(self, limit, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return tf.minimum(tf.maximum(tf.cast(inputs, tf.float32), 0), self.limit)


# %% question="saved_layers" name="config-without-super" hint="Keep the base configuration: name, trainable and dtype belong to the layer, too."
class SavedLinear(LinearUnits):
    def get_config(self):
        return {"units": self.units}


class SavedQuadratic(QuadraticUnits):
    def get_config(self):
        return {"units": self.units, "activation": tf.keras.activations.serialize(self.activation)}


class SavedClip(ClippedRelu):
    def get_config(self):
        return {"limit": self.limit}


def reload_model(path):
    known = {"SavedLinear": SavedLinear, "SavedQuadratic": SavedQuadratic, "SavedClip": SavedClip}
    return tf.keras.models.load_model(path, custom_objects=known)


# %% question="saved_layers" name="argument-missing" hint="Every constructor argument belongs in the configuration."
class SavedLinear(LinearUnits):
    def get_config(self):
        return {**super().get_config(), "units": self.units}


class SavedQuadratic(QuadraticUnits):
    def get_config(self):
        return {**super().get_config(), "units": self.units}


class SavedClip(ClippedRelu):
    def get_config(self):
        return {**super().get_config(), "limit": self.limit}


def reload_model(path):
    known = {"SavedLinear": SavedLinear, "SavedQuadratic": SavedQuadratic, "SavedClip": SavedClip}
    return tf.keras.models.load_model(path, custom_objects=known)


# %% question="saved_layers" name="base-only" hint="What the base class keeps is not enough: add every argument of your own constructor."
class SavedLinear(LinearUnits):
    def get_config(self):
        return super().get_config()


class SavedQuadratic(QuadraticUnits):
    def get_config(self):
        return super().get_config()


class SavedClip(ClippedRelu):
    def get_config(self):
        return super().get_config()


def reload_model(path):
    known = {"SavedLinear": SavedLinear, "SavedQuadratic": SavedQuadratic, "SavedClip": SavedClip}
    return tf.keras.models.load_model(path, custom_objects=known)


# %% question="saved_layers" name="unregistered" hint="Keras must be able to find the class: register it, or hand it over when loading."
class SavedLinear(LinearUnits):
    def get_config(self):
        return {**super().get_config(), "units": self.units}


class SavedQuadratic(QuadraticUnits):
    def get_config(self):
        return {**super().get_config(), "units": self.units, "activation": tf.keras.activations.serialize(self.activation)}


class SavedClip(ClippedRelu):
    def get_config(self):
        return {**super().get_config(), "limit": self.limit}


def reload_model(path):
    return tf.keras.models.load_model(path)


# %% question="saved_layers" name="function-in-config" hint="The configuration holds plain data only: the activation stands in it by its name."
class SavedLinear(LinearUnits):
    def get_config(self):
        return {**super().get_config(), "units": self.units}


class SavedQuadratic(QuadraticUnits):
    def get_config(self):
        return {**super().get_config(), "units": self.units, "activation": self.activation}


class SavedClip(ClippedRelu):
    def get_config(self):
        return {**super().get_config(), "limit": self.limit}


def reload_model(path):
    known = {"SavedLinear": SavedLinear, "SavedQuadratic": SavedQuadratic, "SavedClip": SavedClip}
    return tf.keras.models.load_model(path, custom_objects=known)


# %% question="saved_layers" name="config-constants" hint="The configuration holds the actual arguments of this layer, not constants."
class SavedLinear(LinearUnits):
    def get_config(self):
        return {**super().get_config(), "units": 2}


class SavedQuadratic(QuadraticUnits):
    def get_config(self):
        return {**super().get_config(), "units": 4, "activation": "relu"}


class SavedClip(ClippedRelu):
    def get_config(self):
        return {**super().get_config(), "limit": 2.5}


def reload_model(path):
    known = {"SavedLinear": SavedLinear, "SavedQuadratic": SavedQuadratic, "SavedClip": SavedClip}
    return tf.keras.models.load_model(path, custom_objects=known)


# %% question="saved_layers" name="weights-lost" hint="The weights belong to the model as well: a model made from its configuration alone starts afresh."
class SavedLinear(LinearUnits):
    def get_config(self):
        return {**super().get_config(), "units": self.units}


class SavedQuadratic(QuadraticUnits):
    def get_config(self):
        return {**super().get_config(), "units": self.units, "activation": tf.keras.activations.serialize(self.activation)}


class SavedClip(ClippedRelu):
    def get_config(self):
        return {**super().get_config(), "limit": self.limit}


def reload_model(path):
    known = {"SavedLinear": SavedLinear, "SavedQuadratic": SavedQuadratic, "SavedClip": SavedClip}
    with tf.keras.utils.custom_object_scope(known):
        model = tf.keras.models.load_model(path)
        return tf.keras.models.clone_model(model)


# %% question="quadratic_classifier" name="fixed-size" hint="Take every size from the arguments; the function is also called with others."
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential([
        tf.keras.Input((64,)),
        QuadraticUnits(16, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% question="quadratic_classifier" name="plain-dense" hint="The first layer is your own QuadraticUnits, not a Dense layer."
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential([
        tf.keras.Input((num_features,)),
        tf.keras.layers.Dense(16, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% question="quadratic_classifier" name="default-rate" hint="Compare the optimizer's learning rate with the task: the name alone brings the default."
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential([
        tf.keras.Input((num_features,)),
        QuadraticUnits(16, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% question="quadratic_classifier" name="other-loss" hint="Compare the loss with the task: the labels are integers, not one-hot rows or single yes-or-no answers."
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential([
        tf.keras.Input((num_features,)),
        QuadraticUnits(16, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


# %% question="quadratic_classifier" name="not-compiled" hint="Compile the model before you return it."
def quadratic_classifier(num_features, num_classes):
    return tf.keras.Sequential([
        tf.keras.Input((num_features,)),
        QuadraticUnits(16, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(num_classes, activation="softmax"),
    ])


# %% question="quadratic_classifier" name="activation-missing" hint="Check the activation of every layer: the quadratic layer has one, too."
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential([
        tf.keras.Input((num_features,)),
        QuadraticUnits(16),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% question="quadratic_classifier" name="logits-out" hint="Decide once where the softmax is applied: here the model itself gives probabilities."
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential([
        tf.keras.Input((num_features,)),
        QuadraticUnits(16, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(num_classes),
    ])
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss=loss, metrics=["accuracy"])
    return model


# %% question="quadratic_classifier" name="softmax-twice" hint="The model gives probabilities, so the loss must not take them for logits and apply a softmax once more."
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential([
        tf.keras.Input((num_features,)),
        QuadraticUnits(16, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(num_classes, activation="softmax"),
    ])
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss=loss, metrics=["accuracy"])
    return model


# %% question="quadratic_classifier" name="no-dropout" hint="The dropout layer between the two layers is missing."
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential([
        tf.keras.Input((num_features,)),
        QuadraticUnits(16, activation="relu"),
        tf.keras.layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% question="quadratic_classifier" name="not-built" hint="Give the model its input shape so that it is built on return."
def quadratic_classifier(num_features, num_classes):
    model = tf.keras.Sequential([
        QuadraticUnits(16, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
