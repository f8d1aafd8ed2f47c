"""Right answers of probabilistic_w3_realnvp that look different from the reference."""

# %% question="coupling_network" name="ok-two-heads-of-one-convolution"
def coupling_network(input_shape, filters):
    _, _, channels = input_shape
    x = tf_keras.Input(shape=input_shape)
    h = tf_keras.layers.Conv2D(filters, (3, 3), padding="SAME", activation=tf.nn.relu)(x)
    h = tf_keras.layers.BatchNormalization()(h)
    h = tf_keras.layers.Conv2D(channels, (3, 3), padding="same", activation=None)(h)
    h = tf_keras.layers.BatchNormalization()(h) + x
    h = tf_keras.layers.Conv2D(channels * 2, 3, padding="same")(h)
    shift = tf_keras.layers.Lambda(lambda t: t[..., :channels])(h)
    log_scale = tf_keras.layers.Lambda(lambda t: tf.math.tanh(t[..., channels:]))(h)
    return tf_keras.Model(inputs=x, outputs=(shift, log_scale))


# %% question="coupling_network" name="ok-subclass"
class _Net(tf_keras.Model):
    def __init__(self, channels, filters):
        super().__init__()
        conv, norm = tf_keras.layers.Conv2D, tf_keras.layers.BatchNormalization
        self.steps = [
            conv(filters, 3, padding="same", activation="relu"), norm(),
            conv(channels, 3, padding="same"), norm(),
        ]
        self.last = conv(2 * channels, 3, padding="same")

    def call(self, inputs, training=None):
        h = inputs
        for step in self.steps:
            h = step(h, training=training) if isinstance(step, tf_keras.layers.BatchNormalization) else step(h)
        shift, log_scale = tf.split(self.last(h + inputs), 2, axis=-1)
        return shift, tf.tanh(log_scale)


def coupling_network(input_shape, filters):
    net = _Net(input_shape[-1], filters)
    net(tf.zeros((1, *input_shape)))
    return net


# %% question="masks" name="ok-numpy-indices"
def checker_mask(height, width, orientation):
    i, j = np.indices((height, width))
    return (((i + j + orientation) & 1)[..., None]).astype("float32")


def half_mask(channels, orientation):
    half = np.repeat([0.0, 1.0], channels // 2).astype("float32")
    return (half if orientation == 0 else 1 - half).reshape(1, 1, channels)


# %% question="masks" name="ok-tiled"
def checker_mask(height, width, orientation):
    mask = np.zeros((height, width, 1), "float32")
    mask[::2, 1::2] = mask[1::2, ::2] = 1
    return tf.constant(mask if orientation == 0 else 1 - mask)


def half_mask(channels, orientation):
    zeros, ones = tf.zeros((1, 1, channels // 2)), tf.ones((1, 1, channels // 2))
    return tf.concat([ones, zeros] if orientation else [zeros, ones], axis=-1)


# %% question="coupling" name="ok-masked-parameters"
def couple(x, mask, net):
    shift, log_scale = net(x * mask)
    return x * tf.exp(log_scale * (1 - mask)) + shift * (1 - mask)


def uncouple(y, mask, net):
    shift, log_scale = net(y * mask)
    return (y - shift * (1 - mask)) / tf.exp(log_scale * (1 - mask))


# %% question="coupling" name="ok-where"
def couple(x, mask, net):
    kept = tf.broadcast_to(mask, tf.shape(x)) > 0.5
    shift, log_scale = net(tf.where(kept, x, 0.0))
    return tf.where(kept, x, tf.exp(log_scale) * x + shift)


def uncouple(y, mask, net):
    kept = tf.broadcast_to(mask, tf.shape(y)) > 0.5
    shift, log_scale = net(tf.where(kept, y, 0.0))
    return tf.where(kept, y, (y - shift) / tf.exp(log_scale))


# %% question="coupling_log_det" name="ok-three-sums"
def coupling_log_det(x, mask, net):
    log_scale = net(mask * x)[1] * (1 - mask)
    for _ in range(3):
        log_scale = tf.reduce_sum(log_scale, axis=-1)
    return log_scale


# %% question="coupling_log_det" name="ok-log-of-product"
def coupling_log_det(x, mask, net):
    _, log_scale = net(x * mask)
    factor = tf.where(tf.broadcast_to(mask, tf.shape(log_scale)) > 0, 1.0, tf.exp(log_scale))
    return tf.reduce_sum(tf.math.log(factor), axis=[-1, -2, -3])


# %% question="masked_coupling" name="ok-inverse-log-det"
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, inverse_min_event_ndims=3, validate_args=False, name=name)
        self._kind, self._orientation, self._net = kind, orientation, net

    def _mask(self, x):
        h, w, c = x.shape[-3:]
        if self._kind == "checker":
            i, j = np.indices((h, w))
            mask = ((i + j + self._orientation) % 2 == 1)[..., None]
        else:
            mask = (np.arange(c) >= c // 2) != bool(self._orientation)
        return tf.cast(mask, tf.float32)

    def _forward(self, x):
        mask = self._mask(x)
        t, s = self._net(x * mask)
        return mask * x + (1.0 - mask) * (x * tf.exp(s) + t)

    def _inverse(self, y):
        mask = self._mask(y)
        t, s = self._net(y * mask)
        return mask * y + (1.0 - mask) * (y - t) / tf.exp(s)

    def _inverse_log_det_jacobian(self, y):
        mask = self._mask(y)
        s = self._net(y * mask)[1]
        return -tf.reduce_sum(s * (1.0 - mask), axis=[-3, -2, -1])


# %% question="masked_coupling" name="ok-masks-of-question-2"
class MaskedCoupling(tfb.Bijector):
    def __init__(self, kind, orientation, net, name="masked_coupling"):
        super().__init__(forward_min_event_ndims=3, name=name)
        self.kind, self.orientation, self.net = kind, orientation, net

    def _mask(self, x):
        height, width, channels = x.shape[-3:]
        if self.kind == "checker":
            return checker_mask(height, width, self.orientation)
        return half_mask(channels, self.orientation)

    def _forward(self, x):
        return couple(x, self._mask(x), self.net)

    def _inverse(self, y):
        return uncouple(y, self._mask(y), self.net)

    def _forward_log_det_jacobian(self, x):
        return coupling_log_det(x, self._mask(x), self.net)


# %% question="flow_block" name="ok-reversed-list"
def flow_block(networks, image_shape):
    first, second, third, fourth = networks
    return tfb.Chain(
        [
            MaskedCoupling(kind="half", orientation=1, net=fourth),
            MaskedCoupling(kind="half", orientation=0, net=third),
            squeeze(image_shape),
            MaskedCoupling(kind="checker", orientation=1, net=second),
            MaskedCoupling(kind="checker", orientation=0, net=first),
        ]
    )


# %% question="flow_block" name="ok-nested-chains"
def flow_block(networks, image_shape):
    checkers = tfb.Chain([MaskedCoupling("checker", o, networks[o]) for o in (1, 0)])
    halves = tfb.Chain([MaskedCoupling("half", o, networks[2 + o]) for o in (1, 0)])
    return tfb.Chain([halves, squeeze(image_shape), checkers])


# %% question="logit_bijector" name="ok-affine-in-one"
def logit_bijector(alpha):
    inner = tfb.Shift(alpha)(tfb.Scale(1 - 2 * alpha))
    return tfb.Invert(tfb.Sigmoid())(inner)


# %% question="logit_bijector" name="ok-inverted-chain"
def logit_bijector(alpha):
    back = tfb.Chain([tfb.Scale(1 / (1 - 2 * alpha)), tfb.Shift(-alpha), tfb.Sigmoid()])
    return tfb.Invert(back)
