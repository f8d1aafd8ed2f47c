"""Known mistakes of probabilistic_w5_capstone_flow_vae."""


# %% question="plane_bijectors" name="clockwise" hint="Check the image of (1, 0): the rotation is counter-clockwise."
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0] ** 2], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0], y[..., 1] - self.a * y[..., 0] ** 2], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = theta

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] + sine * x[..., 1], -sine * x[..., 0] + cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] - sine * y[..., 1], cosine * y[..., 1] + sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


# %% question="plane_bijectors" name="log-det-shape" hint="The log-determinant belongs to a point, not to each of its coordinates."
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0] ** 2], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0], y[..., 1] - self.a * y[..., 0] ** 2], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x)


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = theta

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] - sine * x[..., 1], sine * x[..., 0] + cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] + sine * y[..., 1], cosine * y[..., 1] - sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x)


# %% question="plane_bijectors" name="rank-two-only" hint="Points may carry any leading axes."
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[:, 0], x[:, 1] + self.a * x[:, 0] ** 2], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[:, 0], y[:, 1] - self.a * y[:, 0] ** 2], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[:, 0])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = theta

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[:, 0] - sine * x[:, 1], sine * x[:, 0] + cosine * x[:, 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[:, 0] + sine * y[:, 1], cosine * y[:, 1] - sine * y[:, 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[:, 0])


# %% question="plane_bijectors" name="fixed-amounts" hint="Honour the arguments: bend and angle are given."
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = 2.0

    def _forward(self, x):
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0] ** 2], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0], y[..., 1] - self.a * y[..., 0] ** 2], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = np.pi / 2

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] - sine * x[..., 1], sine * x[..., 0] + cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] + sine * y[..., 1], cosine * y[..., 1] - sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


# %% question="plane_bijectors" name="inverse-is-forward" hint="The inverse undoes the forward map: check it on a point that is not on an axis."
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0] ** 2], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0], y[..., 1] + self.a * y[..., 0] ** 2], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = theta

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] - sine * x[..., 1], sine * x[..., 0] + cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] - sine * y[..., 1], cosine * y[..., 1] + sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


# %% question="plane_bijectors" name="event-of-numbers" hint="A point is one event: how many axes has it?"
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=0, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0] ** 2], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0], y[..., 1] - self.a * y[..., 0] ** 2], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=0, name=name)
        self.theta = theta

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] - sine * x[..., 1], sine * x[..., 0] + cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] + sine * y[..., 1], cosine * y[..., 1] - sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


# %% question="plane_bijectors" name="first-coordinate" hint="Which coordinate is shifted, and which one decides by how much?"
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[..., 0] + self.a * x[..., 1] ** 2, x[..., 1]], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0] - self.a * y[..., 1] ** 2, y[..., 1]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = theta

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] - sine * x[..., 1], sine * x[..., 0] + cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] + sine * y[..., 1], cosine * y[..., 1] - sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


# %% question="plane_bijectors" name="degrees" hint="The angle is measured in radians."
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0] ** 2], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0], y[..., 1] - self.a * y[..., 0] ** 2], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = theta * np.pi / 180

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] - sine * x[..., 1], sine * x[..., 0] + cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] + sine * y[..., 1], cosine * y[..., 1] - sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


# %% question="plane_bijectors" name="log-det-of-bend" hint="Both maps keep areas: the bend does not enter the log-determinant."
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0] ** 2], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0], y[..., 1] - self.a * y[..., 0] ** 2], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.math.log(tf.abs(2 * self.a * x[..., 0]))


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = theta

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] - sine * x[..., 1], sine * x[..., 0] + cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] + sine * y[..., 1], cosine * y[..., 1] - sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


# %% question="plane_bijectors" name="linear-shift" hint="The shift grows with the square of the first coordinate."
class ParabolaShift(tfb.Bijector):
    def __init__(self, a, name="parabola_shift"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.a = a

    def _forward(self, x):
        return tf.stack([x[..., 0], x[..., 1] + self.a * x[..., 0]], axis=-1)

    def _inverse(self, y):
        return tf.stack([y[..., 0], y[..., 1] - self.a * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


class PlaneRotation(tfb.Bijector):
    def __init__(self, theta, name="plane_rotation"):
        super().__init__(forward_min_event_ndims=1, name=name)
        self.theta = theta

    def _forward(self, x):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * x[..., 0] - sine * x[..., 1], sine * x[..., 0] + cosine * x[..., 1]], axis=-1)

    def _inverse(self, y):
        cosine, sine = tf.cos(self.theta), tf.sin(self.theta)
        return tf.stack([cosine * y[..., 0] + sine * y[..., 1], cosine * y[..., 1] - sine * y[..., 0]], axis=-1)

    def _forward_log_det_jacobian(self, x):
        return tf.zeros_like(x[..., 0])


# %% question="curved_density" name="reversed" hint="Which map is applied first?"
def curved_density(a, theta):
    steps = [tfb.Shift([0.0, -2.0]), tfb.Scale([1.0, 0.5]), ParabolaShift(a), PlaneRotation(theta), tfb.Tanh()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps))


# %% question="curved_density" name="scales-both" hint="Only the second coordinate is halved."
def curved_density(a, theta):
    steps = [tfb.Shift([0.0, -2.0]), tfb.Scale(0.5), ParabolaShift(a), PlaneRotation(theta), tfb.Tanh()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps[::-1]))


# %% question="curved_density" name="shifts-both" hint="Only the second coordinate is shifted."
def curved_density(a, theta):
    steps = [tfb.Shift(-2.0), tfb.Scale([1.0, 0.5]), ParabolaShift(a), PlaneRotation(theta), tfb.Tanh()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps[::-1]))


# %% question="curved_density" name="variance" hint="0.3 is a deviation."
def curved_density(a, theta):
    steps = [tfb.Shift([0.0, -2.0]), tfb.Scale([1.0, 0.5]), ParabolaShift(a), PlaneRotation(theta), tfb.Tanh()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3**0.5, 0.3**0.5]), tfb.Chain(steps[::-1]))


# %% question="curved_density" name="shift-after-scale" hint="The shift comes before the scaling."
def curved_density(a, theta):
    steps = [tfb.Scale([1.0, 0.5]), tfb.Shift([0.0, -2.0]), ParabolaShift(a), PlaneRotation(theta), tfb.Tanh()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps[::-1]))


# %% question="curved_density" name="rotation-first" hint="The bend comes before the rotation."
def curved_density(a, theta):
    steps = [tfb.Shift([0.0, -2.0]), tfb.Scale([1.0, 0.5]), PlaneRotation(theta), ParabolaShift(a), tfb.Tanh()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps[::-1]))


# %% question="curved_density" name="sigmoid" hint="Into which square do the points go?"
def curved_density(a, theta):
    steps = [tfb.Shift([0.0, -2.0]), tfb.Scale([1.0, 0.5]), ParabolaShift(a), PlaneRotation(theta), tfb.Sigmoid()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps[::-1]))


# %% question="curved_density" name="no-squeeze" hint="The last map squeezes the plane into the square."
def curved_density(a, theta):
    steps = [tfb.Shift([0.0, -2.0]), tfb.Scale([1.0, 0.5]), ParabolaShift(a), PlaneRotation(theta)]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps[::-1]))


# %% question="curved_density" name="upwards" hint="Check the sign of the shift."
def curved_density(a, theta):
    steps = [tfb.Shift([0.0, 2.0]), tfb.Scale([1.0, 0.5]), ParabolaShift(a), PlaneRotation(theta), tfb.Tanh()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps[::-1]))


# %% question="curved_density" name="batch-of-numbers" hint="A draw is one point of the plane, not a batch of two numbers."
def curved_density(a, theta):
    centre = np.tanh([0.0, -1.0]).astype("float32")
    return tfd.TransformedDistribution(tfd.Normal(tf.zeros(2), 0.3), tfb.Chain([tfb.Tanh(), tfb.Shift(centre)]))


# %% question="curved_density" name="fixed-bend" hint="Honour the arguments: bend and angle are given."
def curved_density(a, theta):
    steps = [tfb.Shift([0.0, -2.0]), tfb.Scale([1.0, 0.5]), ParabolaShift(2.0), PlaneRotation(0.0), tfb.Tanh()]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(scale_diag=[0.3, 0.3]), tfb.Chain(steps[::-1]))


# %% question="density_picture" name="transposed" hint="Which coordinate do the columns follow?"
def density_picture(distribution, size):
    centres = ((2 * np.arange(size) + 1) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres[::-1], indexing="ij"), axis=-1))
    return (density / (1 + density))[..., tf.newaxis]


# %% question="density_picture" name="upside-down" hint="The top row shows the largest second coordinate."
def density_picture(distribution, size):
    centres = ((2 * np.arange(size) + 1) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres), axis=-1))
    return (density / (1 + density))[..., tf.newaxis]


# %% question="density_picture" name="mirrored" hint="The first coordinate grows to the right."
def density_picture(distribution, size):
    centres = ((2 * np.arange(size) + 1) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres[::-1], centres[::-1]), axis=-1))
    return (density / (1 + density))[..., tf.newaxis]


# %% question="density_picture" name="edge-grid" hint="Use the centres of the cells, not their edges."
def density_picture(distribution, size):
    centres = np.linspace(-1, 1, size, dtype="float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1))
    return (density / (1 + density))[..., tf.newaxis]


# %% question="density_picture" name="left-edges" hint="Use the centres of the cells, not their left edges."
def density_picture(distribution, size):
    centres = ((2 * np.arange(size)) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1))
    return (density / (1 + density))[..., tf.newaxis]


# %% question="density_picture" name="raw-density" hint="Densities can be large: show the bounded value."
def density_picture(distribution, size):
    centres = ((2 * np.arange(size) + 1) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1))
    return density[..., tf.newaxis]


# %% question="density_picture" name="by-maximum" hint="The picture does not depend on the largest density."
def density_picture(distribution, size):
    centres = ((2 * np.arange(size) + 1) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1))
    return (density / tf.reduce_max(density))[..., tf.newaxis]


# %% question="density_picture" name="float64" hint="Check the dtype of the picture."
def density_picture(distribution, size):
    centres = ((2 * np.arange(size) + 1) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1))
    return np.asarray(density / (1 + density), dtype=float)[..., np.newaxis]


# %% question="density_picture" name="no-channel" hint="A picture has three axes."
def density_picture(distribution, size):
    centres = ((2 * np.arange(size) + 1) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1))
    return (density / (1 + density))


# %% question="density_picture" name="fixed-size" hint="Honour the argument: the size is given."
def density_picture(distribution, size):
    size = 16
    centres = ((2 * np.arange(size) + 1) / size - 1).astype("float32")
    density = distribution.prob(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1))
    return (density / (1 + density))[..., tf.newaxis]


# %% question="autoencoder_batches" name="keeps-remainder" hint="Whole batches only."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.take(train_count).shuffle(train_count)), batches(dataset.skip(train_count))


# %% question="autoencoder_batches" name="overlap" hint="No picture is in both parts."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.shuffle(len(images))), batches(dataset.skip(train_count))


# %% question="autoencoder_batches" name="first-for-validation" hint="Which pictures are for validation?"
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.skip(valid_count).shuffle(train_count)), batches(dataset.take(valid_count))


# %% question="autoencoder_batches" name="shuffled-before-the-split" hint="Divide first, then shuffle: otherwise the parts mix."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images))
    return batches(dataset.take(train_count)), batches(dataset.skip(train_count))


# %% question="autoencoder_batches" name="shuffled-apart" hint="Both parts of a pair are the same picture."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count
    dataset = tf.data.Dataset.from_tensor_slices(images)
    train, valid = dataset.take(train_count).shuffle(train_count), dataset.skip(train_count)
    return tuple(tf.data.Dataset.zip((d, d)).batch(batch_size, drop_remainder=True) for d in (train, valid))


# %% question="autoencoder_batches" name="batch-first" hint="Shuffle pictures, not batches."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.take(train_count)).shuffle(train_count), batches(dataset.skip(train_count))


# %% question="autoencoder_batches" name="not-shuffled" hint="The training pictures are shuffled."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.take(train_count)), batches(dataset.skip(train_count))


# %% question="autoencoder_batches" name="small-buffer" hint="Shuffle over the whole training part."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.take(train_count).shuffle(batch_size)), batches(dataset.skip(train_count))


# %% question="autoencoder_batches" name="same-order" hint="Every pass has an order of its own."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.take(train_count).shuffle(train_count, reshuffle_each_iteration=False)), batches(dataset.skip(train_count))


# %% question="autoencoder_batches" name="no-pairs" hint="Every example is a pair."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, tf.zeros_like(x))).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.take(train_count).shuffle(train_count)), batches(dataset.skip(train_count))


# %% question="autoencoder_batches" name="fixed-batch" hint="Honour the argument: the size of a batch is given."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(20, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.take(train_count).shuffle(train_count)), batches(dataset.skip(train_count))


# %% question="autoencoder_batches" name="valid-shuffled" hint="The validation pictures keep their order."
def autoencoder_batches(images, valid_count, batch_size):
    train_count = len(images) - valid_count

    def batches(dataset):
        return dataset.map(lambda x: (x, x)).batch(batch_size, drop_remainder=True)

    dataset = tf.data.Dataset.from_tensor_slices(images)
    return batches(dataset.take(train_count).shuffle(train_count)), batches(dataset.skip(train_count).shuffle(valid_count))


# %% question="dense_vae" name="no-kl" hint="The divergence belongs to the encoder."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="activity-regulariser" hint="The divergence enters the loss once, as the mean over the batch."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(
                latent_dim, activity_regularizer=lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))
            ),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="kl-summed" hint="The divergence is averaged over the batch, not added up."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_sum(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="kl-reversed" hint="From which of the two distributions to the other is the divergence taken?"
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(prior, q))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="wide-prior" hint="The prior is a standard normal."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim), 3 * tf.ones(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="sigmoid-before" hint="Bernoulli takes logits: the last dense layer is linear."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape), activation="sigmoid"),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="autoencoder" hint="The code must be random."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim, convert_to_tensor_fn=tfd.Distribution.mean),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="fixed-code" hint="Take the length of the code from the arguments."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(2))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(2)),
            tfpl.MultivariateNormalTriL(2),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(2,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="fixed-hidden" hint="Take the number of hidden units from the arguments."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(64, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(64, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="pixel-mean" hint="Sum the pixels, average the pictures."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x) / np.prod(image_shape))
    return encoder, decoder, model


# %% question="dense_vae" name="squares" hint="The loss is a log-probability, not a squared error."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss="mse")
    return encoder, decoder, model


# %% question="dense_vae" name="flat-event" hint="An event of the decoder has the shape of a picture."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(np.prod(image_shape)),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(tf.reshape(x, (-1, np.prod(image_shape)))))
    return encoder, decoder, model


# %% question="dense_vae" name="default-rate" hint="Compare the optimizer and its learning rate with the task."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="other-optimizer" hint="Which optimizer is asked?"
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.SGD(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


# %% question="dense_vae" name="not-compiled" hint="The model has to be compiled on return."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    return encoder, decoder, model


# %% question="dense_vae" name="parts-of-their-own" hint="Training the model has to train the encoder and the decoder that are returned."
def vae_parts(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return encoder, decoder, model


def dense_vae(latent_dim, hidden, image_shape):
    _, decoder, _ = vae_parts(latent_dim, hidden, image_shape)
    encoder, _, model = vae_parts(latent_dim, hidden, image_shape)
    return encoder, decoder, model


# %% question="dense_vae" name="order" hint="Return the three models in the stated order."
def dense_vae(latent_dim, hidden, image_shape):
    layers = tf_keras.layers
    prior = tfd.MultivariateNormalDiag(tf.zeros(latent_dim))
    encoder = tf_keras.Sequential(
        [
            layers.Flatten(input_shape=image_shape),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(tfpl.MultivariateNormalTriL.params_size(latent_dim)),
            tfpl.MultivariateNormalTriL(latent_dim),
            AddDivergence(lambda q: tf.reduce_mean(tfd.kl_divergence(q, prior))),
        ]
    )
    decoder = tf_keras.Sequential(
        [
            layers.Dense(hidden, activation="relu", input_shape=(latent_dim,)),
            layers.Dense(np.prod(image_shape)),
            tfpl.IndependentBernoulli(image_shape),
        ]
    )
    model = tf_keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss=lambda x, p: -p.log_prob(x))
    return decoder, encoder, model


# %% question="latent_use" name="sampled-codes" hint="A code is a mean here, not a draw."
def latent_means(encoder, images):
    return encoder(images).sample()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mean()


def prior_images(decoder, count):
    return decoder(tf.random.normal((count, decoder.input_shape[-1]))).mean()


# %% question="latent_use" name="sampled-on-the-way" hint="Nothing is drawn when a picture is restored."
def latent_means(encoder, images):
    return encoder(images).mean()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images)).mean()


def prior_images(decoder, count):
    return decoder(tf.random.normal((count, decoder.input_shape[-1]))).mean()


# %% question="latent_use" name="sampled-pictures" hint="A picture is the decoder's mean, not a draw."
def latent_means(encoder, images):
    return encoder(images).mean()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).sample()


def prior_images(decoder, count):
    return decoder(tf.random.normal((count, decoder.input_shape[-1]))).sample()


# %% question="latent_use" name="mode" hint="Return probabilities, not black and white."
def latent_means(encoder, images):
    return encoder(images).mean()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mode()


def prior_images(decoder, count):
    return decoder(tf.random.normal((count, decoder.input_shape[-1]))).mode()


# %% question="latent_use" name="prior-mean" hint="New pictures start from random codes."
def latent_means(encoder, images):
    return encoder(images).mean()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mean()


def prior_images(decoder, count):
    return decoder(tf.zeros((count, decoder.input_shape[-1]))).mean()


# %% question="latent_use" name="one-code" hint="Every new picture has a code of its own."
def latent_means(encoder, images):
    return encoder(images).mean()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mean()


def prior_images(decoder, count):
    return decoder(tf.repeat(tf.random.normal((1, decoder.input_shape[-1])), count, axis=0)).mean()


# %% question="latent_use" name="fixed-code" hint="Take the length of a code from the decoder."
def latent_means(encoder, images):
    return encoder(images).mean()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mean()


def prior_images(decoder, count):
    return decoder(tf.random.normal((count, 2))).mean()


# %% question="latent_use" name="fixed-count" hint="Honour the argument: the number of pictures is given."
def latent_means(encoder, images):
    return encoder(images).mean()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mean()


def prior_images(decoder, count):
    return decoder(tf.random.normal((10, decoder.input_shape[-1]))).mean()


# %% question="latent_use" name="uniform-codes" hint="The prior is a standard normal."
def latent_means(encoder, images):
    return encoder(images).mean()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mean()


def prior_images(decoder, count):
    return decoder(tf.random.uniform((count, decoder.input_shape[-1]), -1, 1)).mean()


# %% question="latent_use" name="seeded" hint="Another call gives other pictures."
def latent_means(encoder, images):
    return encoder(images).mean()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mean()


def prior_images(decoder, count):
    return decoder(tf.random.stateless_normal((count, decoder.input_shape[-1]), seed=(1, 2))).mean()


# %% question="latent_use" name="deviations" hint="A code is the mean of its distribution."
def latent_means(encoder, images):
    return encoder(images).stddev()


def reconstruct_mean(encoder, decoder, images):
    return decoder(encoder(images).mean()).mean()


def prior_images(decoder, count):
    return decoder(tf.random.normal((count, decoder.input_shape[-1]))).mean()
