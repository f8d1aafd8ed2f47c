"""Right answers of custom_training_w1_gradients that look different: all of them get full marks."""

# %% question="as_tensor" name="ok-convert"
def as_tensor(values, dtype=None):
    return tf.convert_to_tensor(values, dtype=dtype)


# %% question="as_tensor" name="ok-cast-afterwards"
def as_tensor(values, dtype=None):
    tensor = tf.constant(values)
    return tensor if dtype is None else tf.cast(tensor, dtype)


# %% question="as_tensor" name="ok-read-variable"
def as_tensor(values, dtype=None):
    return tf.Variable(values, dtype=dtype).read_value()


# %% question="squares_in_shape" name="ok-reshape-first"
def squares_in_shape(values, shape):
    reshaped = tf.reshape(values, shape)
    return reshaped * reshaped


# %% question="squares_in_shape" name="ok-numpy"
def squares_in_shape(values, shape):
    return tf.constant(np.reshape(np.asarray(values) ** 2, shape))


# %% question="squares_in_shape" name="ok-keras-ops"
def squares_in_shape(values, shape):
    return tf.keras.ops.reshape(tf.keras.ops.square(tf.convert_to_tensor(values)), tuple(shape))


# %% question="to_dtype" name="ok-numpy"
def to_dtype(tensor, dtype):
    return tf.constant(tensor.numpy().astype(tf.as_dtype(dtype).as_numpy_dtype))


# %% question="to_dtype" name="ok-keras-ops"
def to_dtype(tensor, dtype):
    return tf.keras.ops.cast(tensor, tf.as_dtype(dtype).name)


# %% question="to_dtype" name="ok-comparison"
def to_dtype(tensor, dtype):
    dtype = tf.dtypes.as_dtype(dtype)
    if dtype == tf.bool:
        return tf.not_equal(tensor, tf.zeros_like(tensor))
    return tf.cast(tensor, dtype=dtype, name="converted")


# %% question="scaled_sum" name="ok-functions"
def scaled_sum(a, b, c):
    return tf.add(tf.multiply(a, b), c)


# %% question="scaled_sum" name="ok-keras-ops"
def scaled_sum(a, b, c):
    return tf.keras.ops.add(c, tf.keras.ops.multiply(b, a))


# %% question="scaled_sum" name="ok-broadcast-first"
def scaled_sum(a, b, c):
    shape = tf.broadcast_dynamic_shape(tf.shape(a), tf.shape(b))
    product = tf.broadcast_to(a, shape) * tf.broadcast_to(b, shape)
    return product + tf.cast(c, product.dtype)


# %% question="polynomial_slope" name="ok-summed"
def polynomial_slope(x):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        total = tf.reduce_sum(2 * tf.pow(x, 3) - 5 * tf.square(x) + 3 * x)
    return tape.gradient(total, x)


# %% question="polynomial_slope" name="ok-new-variable"
def polynomial_slope(x):
    v = tf.Variable(x)
    with tf.GradientTape(persistent=True) as tape:
        total = tf.math.reduce_sum(v * (v * (2 * v - 5) + 3))
    return tape.gradient(total, [v])[0]


# %% question="polynomial_slope" name="ok-by-hand"
def polynomial_slope(x):
    x = tf.convert_to_tensor(x)
    return 6 * x**2 - 10 * x + 3


# %% question="polynomial_slope" name="ok-gradients-of-function"
def polynomial_slope(x):
    x = tf.identity(x)

    @tf.function
    def slope(x):
        return tf.gradients(2 * x**3 - 5 * x**2 + 3 * x, x)[0]

    return slope(x)


# %% question="second_derivative" name="ok-zeros-if-none"
def second_derivative(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            total = tf.reduce_sum(f(x))
        slope = inner.gradient(total, x)
        if slope is None:
            return tf.zeros_like(x)
        total_slope = tf.reduce_sum(slope)
    result = outer.gradient(total_slope, x)
    return tf.zeros_like(x) if result is None else result


# %% question="second_derivative" name="ok-variable"
def second_derivative(f, x):
    v = tf.Variable(x)
    zero = tf.UnconnectedGradients.ZERO
    with tf.GradientTape(persistent=True) as tape:
        with tf.GradientTape() as inner:
            y = f(v)
        slope = inner.gradient(y, v, unconnected_gradients=zero)
    return tape.gradient(slope, v, unconnected_gradients=zero)


# %% question="second_derivative" name="ok-helper"
def second_derivative(f, x):
    def derivative(g):
        def slope(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = g(x)
            return tape.gradient(y, x, unconnected_gradients="zero")

        return slope

    return derivative(derivative(f))(x)


# %% question="second_derivative" name="ok-forward-mode"
def second_derivative(f, x):
    ones = tf.ones_like(x)
    with tf.autodiff.ForwardAccumulator(x, ones) as forward:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        slope = tape.gradient(y, x, unconnected_gradients="zero")
    return forward.jvp(slope, unconnected_gradients="zero")


# %% question="gradient_descent" name="ok-variable"
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    values = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(v)
        v.assign_sub(learning_rate * tape.gradient(loss, v))
        values.append(v.numpy())
    return v.numpy(), values


# %% question="gradient_descent" name="ok-optimizer"
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    optimizer = tf.keras.optimizers.SGD(learning_rate)
    values = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = f(v)
        optimizer.apply_gradients([(tape.gradient(loss, v), v)])
        values.append(tf.identity(v))
    return tf.identity(v), values


# %% question="gradient_descent" name="ok-numpy"
def gradient_descent(f, start, learning_rate, steps):
    path = [np.array(start)]
    for _ in range(steps):
        x = tf.constant(path[-1])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            loss = f(x)
        gradient = tape.gradient(loss, x).numpy()
        path.append((path[-1] - learning_rate * gradient).astype(gradient.dtype))
    return path[-1], path[1:]


# %% question="gradient_descent" name="ok-recursion"
def gradient_descent(f, start, learning_rate, steps):
    v = tf.identity(start)
    if steps == 0:
        return [v, []]
    with tf.GradientTape() as tape:
        tape.watch(v)
        loss = f(v)
    following = v - tape.gradient(loss, v) * learning_rate
    value, values = gradient_descent(f, following, learning_rate, steps - 1)
    return [value, [following] + values]
