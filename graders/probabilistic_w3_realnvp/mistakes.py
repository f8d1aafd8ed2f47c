"""Known mistakes of probabilistic_w3_realnvp."""


# %% question="coupling_network" name="fixed-size" hint="Take every size from the arguments; the function is also called with others."
def coupling_network(input_shape, filters):
    layers = tf_keras.layers
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(3, 3, padding="same")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Add()([hidden, inputs])
    hidden = layers.Conv2D(6, 3, padding="same")(hidden)
    shift, log_scale = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [shift, tf.tanh(log_scale)])


# %% question="coupling_network" name="fixed-filters" hint="Honour the argument: the number of filters is given."
def coupling_network(input_shape, filters):
    layers = tf_keras.layers
    channels = input_shape[-1]
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(channels, 3, padding="same")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Add()([hidden, inputs])
    hidden = layers.Conv2D(2 * channels, 3, padding="same")(hidden)
    shift, log_scale = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [shift, tf.tanh(log_scale)])


# %% question="coupling_network" name="swapped-outputs" hint="Return the parts in the stated order."
def coupling_network(input_shape, filters):
    layers = tf_keras.layers
    channels = input_shape[-1]
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(channels, 3, padding="same")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Add()([hidden, inputs])
    hidden = layers.Conv2D(2 * channels, 3, padding="same")(hidden)
    shift, log_scale = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [tf.tanh(log_scale), shift])


# %% question="coupling_network" name="swapped-channels" hint="Which half of the channels of the last convolution is the shift?"
def coupling_network(input_shape, filters):
    layers = tf_keras.layers
    channels = input_shape[-1]
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(channels, 3, padding="same")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Add()([hidden, inputs])
    hidden = layers.Conv2D(2 * channels, 3, padding="same")(hidden)
    log_scale, shift = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [shift, tf.tanh(log_scale)])


# %% question="coupling_network" name="tanh-on-both" hint="Check the activation of every output: the shift is not limited."
def coupling_network(input_shape, filters):
    layers = tf_keras.layers
    channels = input_shape[-1]
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(channels, 3, padding="same")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Add()([hidden, inputs])
    hidden = layers.Conv2D(2 * channels, 3, padding="same", activation="tanh")(hidden)
    shift, log_scale = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [shift, log_scale])


# %% question="coupling_network" name="no-tanh" hint="Check the activation of every output: the log-scale stays within a fixed range."
def coupling_network(input_shape, filters):
    layers = tf_keras.layers
    channels = input_shape[-1]
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(channels, 3, padding="same")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Add()([hidden, inputs])
    hidden = layers.Conv2D(2 * channels, 3, padding="same")(hidden)
    shift, log_scale = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [shift, log_scale])


# %% question="coupling_network" name="no-relu" hint="Check the activation of every layer: the first convolution has one."
def coupling_network(input_shape, filters):
    layers = tf_keras.layers
    channels = input_shape[-1]
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(filters, 3, padding="same")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(channels, 3, padding="same")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Add()([hidden, inputs])
    hidden = layers.Conv2D(2 * channels, 3, padding="same")(hidden)
    shift, log_scale = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [shift, tf.tanh(log_scale)])


# %% question="coupling_network" name="relu-everywhere" hint="Check the activation of every layer: only the first convolution has one."
def coupling_network(input_shape, filters):
    layers = tf_keras.layers
    channels = input_shape[-1]
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(channels, 3, padding="same", activation="relu")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Add()([hidden, inputs])
    hidden = layers.Conv2D(2 * channels, 3, padding="same")(hidden)
    shift, log_scale = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [shift, tf.tanh(log_scale)])


# %% question="coupling_network" name="no-skip" hint="The input joins before the last layer."
def coupling_network(input_shape, filters):
    layers = tf_keras.layers
    channels = input_shape[-1]
    inputs = layers.Input(input_shape)
    hidden = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(channels, 3, padding="same")(hidden)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Conv2D(2 * channels, 3, padding="same")(hidden)
    shift, log_scale = tf.split(hidden, 2, axis=-1)
    return tf_keras.Model(inputs, [shift, tf.tanh(log_scale)])


# %% question="masks" name="float64" hint="Check the dtype of the masks."
def checker_mask(height, width, orientation):
    rows, columns = np.indices((height, width))
    return ((rows + columns + orientation) % 2).astype(float)[:, :, np.newaxis]


def half_mask(channels, orientation):
    first, second = np.zeros(channels // 2), np.ones(channels - channels // 2)
    return np.concatenate([second, first] if orientation else [first, second])[np.newaxis, np.newaxis, :]


# %% question="masks" name="fixed-size" hint="Take every size from the arguments; the masks are also needed in others."
def checker_mask(height, width, orientation):
    rows, columns = np.indices((8, 8))
    return ((rows + columns + orientation) % 2).astype("float32")[:, :, np.newaxis]


def half_mask(channels, orientation):
    return ((np.arange(12) // 6 + orientation) % 2).astype("float32")[np.newaxis, np.newaxis, :]


# %% question="masks" name="square" hint="Height and width may differ."
def checker_mask(height, width, orientation):
    rows, columns = np.indices((height, height))
    return ((rows + columns + orientation) % 2).astype("float32")[:, :, np.newaxis]


def half_mask(channels, orientation):
    return ((np.arange(channels) // (channels // 2) + orientation) % 2).astype("float32")[np.newaxis, np.newaxis, :]


# %% question="masks" name="stripes" hint="Neighbours in both directions differ: each row begins with the other colour than the row above, for even widths too."
def checker_mask(height, width, orientation):
    stripe = tf.cast((tf.range(width) + orientation) % 2, tf.float32)
    return tf.tile(stripe[tf.newaxis, :, tf.newaxis], [height, 1, 1])


def half_mask(channels, orientation):
    in_second_half = tf.range(channels) // (channels // 2)
    return tf.cast((in_second_half + orientation) % 2, tf.float32)[tf.newaxis, tf.newaxis, :]


# %% question="masks" name="inverted" hint="Check where orientation 0 puts its zeros."
def checker_mask(height, width, orientation):
    rows, columns = np.indices((height, width))
    return ((rows + columns + orientation) % 2 == 0).astype("float32")[:, :, np.newaxis]


def half_mask(channels, orientation):
    in_first_half = np.arange(channels) < channels // 2
    return (in_first_half != bool(orientation)).astype("float32")[np.newaxis, np.newaxis, :]


# %% question="masks" name="alternating-channels" hint="The channel mask divides at the middle; it does not alternate."
def checker_mask(height, width, orientation):
    rows, columns = np.indices((height, width))
    return ((rows + columns + orientation) % 2).astype("float32")[:, :, np.newaxis]


def half_mask(channels, orientation):
    return ((np.arange(channels) + orientation) % 2).astype("float32")[np.newaxis, np.newaxis, :]


# %% question="masks" name="one-orientation" hint="Honour the argument: the two orientations are each other's complement."
def checker_mask(height, width, orientation):
    rows, columns = np.indices((height, width))
    return ((rows + columns) % 2).astype("float32")[:, :, np.newaxis]


def half_mask(channels, orientation):
    return (np.arange(channels) >= channels // 2).astype("float32")[np.newaxis, np.newaxis, :]


# %% question="coupling" name="net-sees-all" hint="The network may only see the part that stays."
def couple(x, mask, net):
    shift, log_scale = net(x)
    return mask * x + (1 - mask) * (x * tf.exp(log_scale) + shift)


def uncouple(y, mask, net):
    shift, log_scale = net(y)
    return mask * y + (1 - mask) * (y - shift) * tf.exp(-log_scale)


# %% question="coupling" name="shift-first" hint="Scale, then shift."
def couple(x, mask, net):
    shift, log_scale = net(x * mask)
    return mask * x + (1 - mask) * (x + shift) * tf.exp(log_scale)


def uncouple(y, mask, net):
    shift, log_scale = net(y * mask)
    return mask * y + (1 - mask) * (y * tf.exp(-log_scale) - shift)


# %% question="coupling" name="inverse-net-input" hint="The inverse must rebuild the same scale and shift, so its network needs the same input."
def couple(x, mask, net):
    shift, log_scale = net(x * mask)
    return mask * x + (1 - mask) * (x * tf.exp(log_scale) + shift)


def uncouple(y, mask, net):
    shift, log_scale = net(y)
    return mask * y + (1 - mask) * (y - shift) * tf.exp(-log_scale)


# %% question="coupling" name="inverse-order" hint="The inverse undoes the last operation first."
def couple(x, mask, net):
    shift, log_scale = net(x * mask)
    return mask * x + (1 - mask) * (x * tf.exp(log_scale) + shift)


def uncouple(y, mask, net):
    shift, log_scale = net(y * mask)
    return mask * y + (1 - mask) * (y * tf.exp(-log_scale) - shift)


# %% question="coupling" name="whole-scaled" hint="The masked part stays: neither stretch nor shift it."
def couple(x, mask, net):
    shift, log_scale = net(x * mask)
    return x * tf.exp(log_scale) + shift


def uncouple(y, mask, net):
    shift, log_scale = net(y * mask)
    return (y - shift) * tf.exp(-log_scale)


# %% question="coupling" name="mask-reversed" hint="Where the mask is 1 the input stays and the network sees it; where it is 0 the input is transformed."
def couple(x, mask, net):
    shift, log_scale = net(x * (1 - mask))
    return (1 - mask) * x + mask * (x * tf.exp(log_scale) + shift)


def uncouple(y, mask, net):
    shift, log_scale = net(y * (1 - mask))
    return (1 - mask) * y + mask * (y - shift) * tf.exp(-log_scale)


# %% question="coupling" name="scale-not-exponentiated" hint="The network gives the logarithm of the scale."
def couple(x, mask, net):
    shift, scale = net(x * mask)
    return mask * x + (1 - mask) * (x * scale + shift)


def uncouple(y, mask, net):
    shift, scale = net(y * mask)
    return mask * y + (1 - mask) * (y - shift) / scale


# %% question="coupling_log_det" name="fixed-axes" hint="Look again at the axes you reduce over: count them from the end, any number of axes may stand before the picture."
def coupling_log_det(x, mask, net):
    _, log_scale = net(x * mask)
    return tf.reduce_sum((1 - mask) * log_scale, axis=[1, 2, 3])


# %% question="coupling_log_det" name="counts-all" hint="The unchanged part contributes nothing."
def coupling_log_det(x, mask, net):
    _, log_scale = net(x * mask)
    return tf.reduce_sum(log_scale, axis=(-3, -2, -1))


# %% question="coupling_log_det" name="counts-masked" hint="Only the stretched part counts, where the mask is 0."
def coupling_log_det(x, mask, net):
    _, log_scale = net(x * mask)
    return tf.reduce_sum(mask * log_scale, axis=(-3, -2, -1))


# %% question="coupling_log_det" name="batch-sum" hint="One value per example: do not add up the batch."
def coupling_log_det(x, mask, net):
    _, log_scale = net(x * mask)
    return tf.reduce_sum((1 - mask) * log_scale)


# %% question="coupling_log_det" name="mean" hint="The logarithms of the factors add up; they are not averaged."
def coupling_log_det(x, mask, net):
    _, log_scale = net(x * mask)
    return tf.reduce_mean((1 - mask) * log_scale, axis=(-3, -2, -1))


# %% question="coupling_log_det" name="net-sees-all" hint="The network may only see the part that stays."
def coupling_log_det(x, mask, net):
    _, log_scale = net(x)
    return tf.reduce_sum((1 - mask) * log_scale, axis=(-3, -2, -1))


# %% question="masked_coupling" name="wrong-event-rank" also="flow_block" hint="An image is one event: it has three axes."
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=0, name=name)
        self.kind, self.orientation, self.net = kind, orientation, net

    def _shift_and_log_scale(self, x):
        height, width, channels = x.shape[-3:]
        if self.kind == "checker":
            parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
        else:
            parity = np.arange(channels) // (channels // 2)
        mask = ((parity + self.orientation) % 2).astype("float32")
        shift, log_scale = self.net(x * mask)
        return (1 - mask) * shift, (1 - mask) * log_scale

    def _forward(self, x):
        shift, log_scale = self._shift_and_log_scale(x)
        return x * tf.exp(log_scale) + shift

    def _inverse(self, y):
        shift, log_scale = self._shift_and_log_scale(y)
        return (y - shift) * tf.exp(-log_scale)

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(self._shift_and_log_scale(x)[1], axis=(-3, -2, -1))


# %% question="masked_coupling" name="inverse-sign" hint="The inverse shrinks what the forward stretched."
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, name=name)
        self.kind, self.orientation, self.net = kind, orientation, net

    def _shift_and_log_scale(self, x):
        height, width, channels = x.shape[-3:]
        if self.kind == "checker":
            parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
        else:
            parity = np.arange(channels) // (channels // 2)
        mask = ((parity + self.orientation) % 2).astype("float32")
        shift, log_scale = self.net(x * mask)
        return (1 - mask) * shift, (1 - mask) * log_scale

    def _forward(self, x):
        shift, log_scale = self._shift_and_log_scale(x)
        return x * tf.exp(log_scale) + shift

    def _inverse(self, y):
        shift, log_scale = self._shift_and_log_scale(y)
        return (y - shift) * tf.exp(-log_scale)

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(self._shift_and_log_scale(x)[1], axis=(-3, -2, -1))

    def _inverse_log_det_jacobian(self, y):
        return tf.reduce_sum(self._shift_and_log_scale(y)[1], axis=(-3, -2, -1))


# %% question="masked_coupling" name="inverse-stretches" hint="The inverse undoes the last operation first, and divides by the factor instead of multiplying."
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, name=name)
        self.kind, self.orientation, self.net = kind, orientation, net

    def _shift_and_log_scale(self, x):
        height, width, channels = x.shape[-3:]
        if self.kind == "checker":
            parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
        else:
            parity = np.arange(channels) // (channels // 2)
        mask = ((parity + self.orientation) % 2).astype("float32")
        shift, log_scale = self.net(x * mask)
        return (1 - mask) * shift, (1 - mask) * log_scale

    def _forward(self, x):
        shift, log_scale = self._shift_and_log_scale(x)
        return x * tf.exp(log_scale) + shift

    def _inverse(self, y):
        shift, log_scale = self._shift_and_log_scale(y)
        return (y - shift) * tf.exp(log_scale)

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(self._shift_and_log_scale(x)[1], axis=(-3, -2, -1))


# %% question="masked_coupling" name="counts-all" hint="The unchanged part contributes nothing to the log-determinant."
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, name=name)
        self.kind, self.orientation, self.net = kind, orientation, net

    def _mask(self, x):
        height, width, channels = x.shape[-3:]
        if self.kind == "checker":
            parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
        else:
            parity = np.arange(channels) // (channels // 2)
        return ((parity + self.orientation) % 2).astype("float32")

    def _forward(self, x):
        mask = self._mask(x)
        shift, log_scale = self.net(x * mask)
        return mask * x + (1 - mask) * (x * tf.exp(log_scale) + shift)

    def _inverse(self, y):
        mask = self._mask(y)
        shift, log_scale = self.net(y * mask)
        return mask * y + (1 - mask) * (y - shift) * tf.exp(-log_scale)

    def _forward_log_det_jacobian(self, x):
        _, log_scale = self.net(x * self._mask(x))
        return tf.reduce_sum(log_scale, axis=(-3, -2, -1))


# %% question="masked_coupling" name="mask-fixed" also="flow_block" hint="Mask kind and orientation come from the arguments."
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, name=name)
        self.net = net

    def _shift_and_log_scale(self, x):
        height, width, _ = x.shape[-3:]
        parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
        mask = (parity % 2).astype("float32")
        shift, log_scale = self.net(x * mask)
        return (1 - mask) * shift, (1 - mask) * log_scale

    def _forward(self, x):
        shift, log_scale = self._shift_and_log_scale(x)
        return x * tf.exp(log_scale) + shift

    def _inverse(self, y):
        shift, log_scale = self._shift_and_log_scale(y)
        return (y - shift) * tf.exp(-log_scale)

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(self._shift_and_log_scale(x)[1], axis=(-3, -2, -1))


# %% question="masked_coupling" name="shared-mask" also="flow_block" hint="Every instance has a mask of its own: keep nothing in the class that belongs to one instance."
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, name=name)
        MaskedCoupling.kind, MaskedCoupling.orientation = kind, orientation
        self.net = net

    def _shift_and_log_scale(self, x):
        height, width, channels = x.shape[-3:]
        if self.kind == "checker":
            parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
        else:
            parity = np.arange(channels) // (channels // 2)
        mask = ((parity + self.orientation) % 2).astype("float32")
        shift, log_scale = self.net(x * mask)
        return (1 - mask) * shift, (1 - mask) * log_scale

    def _forward(self, x):
        shift, log_scale = self._shift_and_log_scale(x)
        return x * tf.exp(log_scale) + shift

    def _inverse(self, y):
        shift, log_scale = self._shift_and_log_scale(y)
        return (y - shift) * tf.exp(-log_scale)

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(self._shift_and_log_scale(x)[1], axis=(-3, -2, -1))


# %% question="masked_coupling" name="cached-mask" hint="Take the sizes from the array that comes in, every time; the next pictures may have another size."
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, name=name)
        self.kind, self.orientation, self.net = kind, orientation, net
        self.mask = None

    def _shift_and_log_scale(self, x):
        if self.mask is None:
            height, width, channels = x.shape[-3:]
            if self.kind == "checker":
                parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
            else:
                parity = np.arange(channels) // (channels // 2)
            self.mask = ((parity + self.orientation) % 2).astype("float32")
        shift, log_scale = self.net(x * self.mask)
        return (1 - self.mask) * shift, (1 - self.mask) * log_scale

    def _forward(self, x):
        shift, log_scale = self._shift_and_log_scale(x)
        return x * tf.exp(log_scale) + shift

    def _inverse(self, y):
        shift, log_scale = self._shift_and_log_scale(y)
        return (y - shift) * tf.exp(-log_scale)

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(self._shift_and_log_scale(x)[1], axis=(-3, -2, -1))


# %% question="masked_coupling" name="shared-net" also="flow_block" hint="Every instance has a net of its own: keep nothing in the class that belongs to one instance."
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, name=name)
        self.kind, self.orientation = kind, orientation
        MaskedCoupling.net = staticmethod(net)

    def _shift_and_log_scale(self, x):
        height, width, channels = x.shape[-3:]
        if self.kind == "checker":
            parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
        else:
            parity = np.arange(channels) // (channels // 2)
        mask = ((parity + self.orientation) % 2).astype("float32")
        shift, log_scale = MaskedCoupling.net(x * mask)
        return (1 - mask) * shift, (1 - mask) * log_scale

    def _forward(self, x):
        shift, log_scale = self._shift_and_log_scale(x)
        return x * tf.exp(log_scale) + shift

    def _inverse(self, y):
        shift, log_scale = self._shift_and_log_scale(y)
        return (y - shift) * tf.exp(-log_scale)

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(self._shift_and_log_scale(x)[1], axis=(-3, -2, -1))


# %% question="masked_coupling" name="untracked-net" hint="Some of your weights are not tracked, so they never train: keep the net itself in an attribute."
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, name=name)
        self.kind, self.orientation = kind, orientation
        self.answer = lambda x: net(x)

    def _shift_and_log_scale(self, x):
        height, width, channels = x.shape[-3:]
        if self.kind == "checker":
            parity = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis]
        else:
            parity = np.arange(channels) // (channels // 2)
        mask = ((parity + self.orientation) % 2).astype("float32")
        shift, log_scale = self.answer(x * mask)
        return (1 - mask) * shift, (1 - mask) * log_scale

    def _forward(self, x):
        shift, log_scale = self._shift_and_log_scale(x)
        return x * tf.exp(log_scale) + shift

    def _inverse(self, y):
        shift, log_scale = self._shift_and_log_scale(y)
        return (y - shift) * tf.exp(-log_scale)

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(self._shift_and_log_scale(x)[1], axis=(-3, -2, -1))


# %% question="flow_block" name="list-order" hint="A chain applies its last element first."
def flow_block(networks, image_shape):
    return tfb.Chain(
        [
            MaskedCoupling("checker", 0, networks[0]),
            MaskedCoupling("checker", 1, networks[1]),
            squeeze(image_shape),
            MaskedCoupling("half", 0, networks[2]),
            MaskedCoupling("half", 1, networks[3]),
        ]
    )


# %% question="flow_block" name="one-orientation" hint="Orientations alternate, so that every number is transformed."
def flow_block(networks, image_shape):
    steps = [
        MaskedCoupling("checker", 0, networks[0]),
        MaskedCoupling("checker", 0, networks[1]),
        squeeze(image_shape),
        MaskedCoupling("half", 0, networks[2]),
        MaskedCoupling("half", 0, networks[3]),
    ]
    return tfb.Chain(steps[::-1])


# %% question="flow_block" name="net-reused" hint="Each coupling has its own network."
def flow_block(networks, image_shape):
    steps = [
        MaskedCoupling("checker", 0, networks[0]),
        MaskedCoupling("checker", 1, networks[0]),
        squeeze(image_shape),
        MaskedCoupling("half", 0, networks[2]),
        MaskedCoupling("half", 1, networks[2]),
    ]
    return tfb.Chain(steps[::-1])


# %% question="flow_block" name="networks-reversed" hint="The networks come in the order in which their couplings act."
def flow_block(networks, image_shape):
    return tfb.Chain(
        [
            MaskedCoupling("half", 1, networks[0]),
            MaskedCoupling("half", 0, networks[1]),
            squeeze(image_shape),
            MaskedCoupling("checker", 1, networks[2]),
            MaskedCoupling("checker", 0, networks[3]),
        ]
    )


# %% question="flow_block" name="squeeze-last" hint="The squeeze stands between the checker couplings and the half couplings."
def flow_block(networks, image_shape):
    steps = [
        MaskedCoupling("checker", 0, networks[0]),
        MaskedCoupling("checker", 1, networks[1]),
        MaskedCoupling("half", 0, networks[2]),
        MaskedCoupling("half", 1, networks[3]),
        squeeze(image_shape),
    ]
    return tfb.Chain(steps[::-1])


# %% question="flow_block" name="fixed-size" hint="Take the shape of the pictures from the argument; the function is also called with others."
def flow_block(networks, image_shape):
    steps = [
        MaskedCoupling("checker", 0, networks[0]),
        MaskedCoupling("checker", 1, networks[1]),
        squeeze((8, 8, 3)),
        MaskedCoupling("half", 0, networks[2]),
        MaskedCoupling("half", 1, networks[3]),
    ]
    return tfb.Chain(steps[::-1])


# %% question="logit_bijector" name="sigmoid" hint="Pixels must become unbounded; the sigmoid goes the other way."
def logit_bijector(alpha):
    return tfb.Chain([tfb.Sigmoid(), tfb.Shift(alpha), tfb.Scale(1 - 2 * alpha)])


# %% question="logit_bijector" name="order" hint="Shrink before the logit; a chain applies its last element first."
def logit_bijector(alpha):
    return tfb.Chain([tfb.Scale(1 - 2 * alpha), tfb.Shift(alpha), tfb.Invert(tfb.Sigmoid())])


# %% question="logit_bijector" name="shift-first" hint="Scale the pixels, then shift them."
def logit_bijector(alpha):
    return tfb.Chain([tfb.Invert(tfb.Sigmoid()), tfb.Scale(1 - 2 * alpha), tfb.Shift(alpha)])


# %% question="logit_bijector" name="lopsided" hint="Black and white pixels keep the same distance from the edge; look at the factor again."
def logit_bijector(alpha):
    return tfb.Chain([tfb.Invert(tfb.Sigmoid()), tfb.Shift(alpha), tfb.Scale(1 - alpha)])


# %% question="logit_bijector" name="fixed-alpha" hint="Honour the argument."
def logit_bijector(alpha):
    return tfb.Chain([tfb.Invert(tfb.Sigmoid()), tfb.Shift(0.05), tfb.Scale(0.9)])


# %% question="logit_bijector" name="half-inverse" hint="The inverse undoes every step of the forward map, the shrinking too."
def logit_bijector(alpha):
    def logit(x):
        p = alpha + (1 - 2 * alpha) * x
        return tf.math.log(p) - tf.math.log(1 - p)

    def log_slope(x):
        p = alpha + (1 - 2 * alpha) * x
        return tf.math.log(1 - 2 * alpha) - tf.math.log(p) - tf.math.log(1 - p)

    return tfb.Inline(
        forward_fn=logit, inverse_fn=tf.sigmoid, forward_log_det_jacobian_fn=log_slope, forward_min_event_ndims=0
    )


# %% question="flow_block" name="pairs-reversed" hint="The whole order is turned round for a chain, within each pair of couplings too."
def flow_block(networks, image_shape):
    first = [MaskedCoupling("checker", 0, networks[0]), MaskedCoupling("checker", 1, networks[1])]
    last = [MaskedCoupling("half", 0, networks[2]), MaskedCoupling("half", 1, networks[3])]
    return tfb.Chain([*last, squeeze(image_shape), *first])
