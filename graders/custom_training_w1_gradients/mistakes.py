"""Known mistakes of custom_training_w1_gradients."""

# %% question="as_tensor" name="through-numpy" hint="Check the dtype of a list of Python floats: NumPy's habit is not TensorFlow's."
def as_tensor(values, dtype=None):
    return tf.constant(np.asarray(values), dtype=dtype)


# %% question="as_tensor" name="always-float32" hint="An array keeps its own dtype when none is named."
def as_tensor(values, dtype=None):
    return tf.constant(values, dtype=dtype or tf.float32)


# %% question="as_tensor" name="variable" hint="A constant tensor is asked, not a variable."
def as_tensor(values, dtype=None):
    return tf.Variable(values, dtype=dtype)


# %% question="as_tensor" name="dtype-ignored" hint="Honour the argument: a dtype that is given is the dtype of the result."
def as_tensor(values, dtype=None):
    return tf.constant(values)


# %% question="as_tensor" name="array" hint="The result has to be a tensor, not a NumPy array."
def as_tensor(values, dtype=None):
    return tf.constant(values, dtype=dtype).numpy()


# %% question="as_tensor" name="fixed-dtype" hint="The named dtype is not always the same: use the argument itself."
def as_tensor(values, dtype=None):
    if dtype is None:
        return tf.constant(values)
    return tf.constant(values, dtype=tf.float64)


# %% question="squares_in_shape" name="matrix-square" hint="Square element by element: a matrix product is something else."
def squares_in_shape(values, shape):
    values = tf.convert_to_tensor(values)
    if values.shape.rank == 2 and values.shape[0] == values.shape[1]:
        return tf.reshape(values @ values, shape)
    return tf.reshape(tf.square(values), shape)


# %% question="squares_in_shape" name="as-floats" hint="The dtype of the values is kept: integers stay integers."
def squares_in_shape(values, shape):
    return tf.reshape(tf.square(tf.cast(values, tf.float32)), shape)


# %% question="squares_in_shape" name="same-shape" hint="Honour the argument: the result has the given shape, not that of the values."
def squares_in_shape(values, shape):
    return tf.square(values)


# %% question="squares_in_shape" name="flat" hint="Honour the argument: the shape is not always a single row."
def squares_in_shape(values, shape):
    return tf.reshape(tf.square(values), [-1])


# %% question="squares_in_shape" name="column-major" hint="The last index runs fastest: entries keep their order in memory."
def squares_in_shape(values, shape):
    values = tf.square(values)
    return tf.reshape(tf.transpose(values), shape)


# %% question="squares_in_shape" name="no-minus-one" hint="One entry of the shape may be left open: it is found from the number of values."
def squares_in_shape(values, shape):
    return tf.reshape(tf.square(values), [abs(size) for size in shape])


# %% question="squares_in_shape" name="doubled" hint="A square is the value times itself."
def squares_in_shape(values, shape):
    values = tf.convert_to_tensor(values)
    return tf.reshape(values + values, shape)


# %% question="to_dtype" name="rounds" hint="A cast drops the fraction; it does not round."
def to_dtype(tensor, dtype):
    if tensor.dtype.is_floating and tf.as_dtype(dtype).is_integer:
        tensor = tf.round(tensor)
    return tf.cast(tensor, dtype)


# %% question="to_dtype" name="floors" hint="Dropping the fraction moves towards zero, also for negative numbers."
def to_dtype(tensor, dtype):
    if tensor.dtype.is_floating and tf.as_dtype(dtype).is_integer:
        tensor = tf.floor(tensor)
    return tf.cast(tensor, dtype)


# %% question="to_dtype" name="always-int32" hint="Honour the argument: int32 is not the only dtype."
def to_dtype(tensor, dtype):
    return tf.cast(tensor, tf.int32)


# %% question="to_dtype" name="always-float32" hint="Honour the argument: float32 is not the only dtype."
def to_dtype(tensor, dtype):
    return tf.cast(tensor, tf.float32)


# %% question="to_dtype" name="unchanged" hint="The result has another dtype: a tensor is never converted in place."
def to_dtype(tensor, dtype):
    tf.cast(tensor, dtype)
    return tensor


# %% question="to_dtype" name="array" hint="The result has to be a tensor, not a NumPy array."
def to_dtype(tensor, dtype):
    return tensor.numpy().astype(tf.as_dtype(dtype).as_numpy_dtype)


# %% question="to_dtype" name="through-integers" hint="A number counts as true as soon as it differs from zero, however small it is."
def to_dtype(tensor, dtype):
    if tf.as_dtype(dtype).is_bool:
        tensor = tf.cast(tensor, tf.int32)
    return tf.cast(tensor, dtype)


# %% question="scaled_sum" name="matmul" hint="Multiply element by element: this is no matrix product."
def scaled_sum(a, b, c):
    if a.shape.rank >= 2 and b.shape.rank >= 2 and a.shape[-1] == b.shape[-2]:
        return a @ b + c
    return a * b + c


# %% question="scaled_sum" name="add-first" hint="Multiply before adding."
def scaled_sum(a, b, c):
    return a * (b + c)


# %% question="scaled_sum" name="other-factors" hint="Look again at which two are multiplied and which one is added."
def scaled_sum(a, b, c):
    return a + b * c


# %% question="scaled_sum" name="numpy" hint="Compute with TensorFlow all the way: the result is a tensor."
def scaled_sum(a, b, c):
    return np.asarray(a) * np.asarray(b) + np.asarray(c)


# %% question="scaled_sum" name="numpy-inside" hint="What is computed outside TensorFlow the tape cannot see, and no gradient passes."
def scaled_sum(a, b, c):
    return tf.constant(np.asarray(a) * np.asarray(b) + np.asarray(c), dtype=a.dtype)


# %% question="scaled_sum" name="variable-inside" hint="A new variable begins at its value only: gradients do not pass through its creation to what it was made from."
def scaled_sum(a, b, c):
    a, b = tf.Variable(a), tf.Variable(b)
    return a * b + c


# %% question="scaled_sum" name="as-float32" hint="The dtype of the arguments is kept: float64 stays float64."
def scaled_sum(a, b, c):
    a, b, c = (tf.cast(part, tf.float32) for part in (a, b, c))
    return a * b + c


# %% question="scaled_sum" name="reduced" hint="A whole tensor is asked, with one entry for every product; nothing is added up over an axis."
def scaled_sum(a, b, c):
    return tf.reduce_sum(a * b) + c


# %% question="polynomial_slope" name="unwatched" hint="The tape follows only what it watches; constants it must be told about."
def polynomial_slope(x):
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(2 * x**3 - 5 * x**2 + 3 * x)
    return tape.gradient(y, x)


# %% question="polynomial_slope" name="hand-made-wrong" hint="Let the tape do the algebra: one term of the slope made by hand is off."
def polynomial_slope(x):
    x = tf.convert_to_tensor(x)
    return 6 * x**2 - 5 * x + 3


# %% question="polynomial_slope" name="constant-term-lost" hint="Let the tape do the algebra: the linear term has a slope, too."
def polynomial_slope(x):
    x = tf.convert_to_tensor(x)
    return 6 * x**2 - 10 * x


# %% question="polynomial_slope" name="scalar-only" hint="The gradient has the shape of x: one slope for every entry."
def polynomial_slope(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(2 * x**3 - 5 * x**2 + 3 * x)
    return tf.reduce_sum(tape.gradient(y, x))


# %% question="polynomial_slope" name="mean" hint="The sum is differentiated, not the mean: a slope must not shrink with the number of entries."
def polynomial_slope(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_mean(2 * x**3 - 5 * x**2 + 3 * x)
    return tape.gradient(y, x)


# %% question="polynomial_slope" name="value" hint="The slope is asked, not the value of the polynomial."
def polynomial_slope(x):
    return 2 * x**3 - 5 * x**2 + 3 * x


# %% question="polynomial_slope" name="as-float32" hint="The dtype of x is kept: float64 stays float64."
def polynomial_slope(x):
    x = tf.cast(x, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = 2 * x**3 - 5 * x**2 + 3 * x
    return tape.gradient(y, x)


# %% question="second_derivative" name="first" hint="Differentiate twice: this is the first derivative."
def second_derivative(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x, unconnected_gradients="zero")


# %% question="second_derivative" name="tape-closed" hint="Both tapes have to watch x, and the inner gradient must be taken while the outer tape still records."
def second_derivative(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
    slope = inner.gradient(y, x, unconnected_gradients="zero")
    return outer.gradient(slope, x, unconnected_gradients="zero")


# %% question="second_derivative" name="none-for-lines" hint="A slope that does not depend on x has the derivative zero: unconnected means zero here."
def second_derivative(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope = inner.gradient(y, x)
    return outer.gradient(slope, x)


# %% question="second_derivative" name="none-for-constants" hint="A constant function has no connection to x at all: its first derivative is zero, too."
def second_derivative(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope = inner.gradient(y, x)
    return outer.gradient(slope, x, unconnected_gradients="zero")


# %% question="second_derivative" name="slope-squared" hint="The second derivative is the slope of the slope, not the slope times itself."
def second_derivative(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x, unconnected_gradients="zero") ** 2


# %% question="second_derivative" name="differences" hint="Numeric differences are too inexact in float32; let two tapes differentiate."
def second_derivative(f, x):
    step = 0.01
    return (f(x + step) - 2 * f(x) + f(x - step)) / step**2


# %% question="second_derivative" name="summed" hint="One value for every entry of x is asked, not their sum."
def second_derivative(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope = inner.gradient(y, x, unconnected_gradients="zero")
    return tf.reduce_sum(outer.gradient(slope, x, unconnected_gradients="zero"))


# %% question="gradient_descent" name="changes-start" hint="Work on a variable of your own; the caller still needs the start."
def gradient_descent(f, start, learning_rate, steps):
    v = start if isinstance(start, tf.Variable) else tf.Variable(start)
    values = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            y = f(v)
        v.assign_sub(learning_rate * tape.gradient(y, v))
        values.append(v.numpy())
    return v.numpy(), values


# %% question="gradient_descent" name="ascent" hint="Walk against the gradient: it points uphill."
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    values = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            y = f(v)
        v.assign_add(learning_rate * tape.gradient(y, v))
        values.append(v.numpy())
    return v.numpy(), values


# %% question="gradient_descent" name="fixed-rate" hint="Honour the argument: the learning rate is not always the same."
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    values = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            y = f(v)
        v.assign_sub(0.1 * tape.gradient(y, v))
        values.append(v.numpy())
    return v.numpy(), values


# %% question="gradient_descent" name="values-before" hint="Record the value after each step, not before it."
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    values = []
    for _ in range(steps):
        values.append(v.numpy())
        with tf.GradientTape() as tape:
            y = f(v)
        v.assign_sub(learning_rate * tape.gradient(y, v))
    return v.numpy(), values


# %% question="gradient_descent" name="start-recorded" hint="The start is no step: the list has one entry for every step, and none for the beginning."
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    values = [v.numpy()]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            y = f(v)
        v.assign_sub(learning_rate * tape.gradient(y, v))
        values.append(v.numpy())
    return v.numpy(), values


# %% question="gradient_descent" name="same-box" hint="A list of one variable many times shows its last content everywhere; store what it holds at the time."
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    values = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            y = f(v)
        v.assign_sub(learning_rate * tape.gradient(y, v))
        values.append(v)
    return v, values


# %% question="gradient_descent" name="first-slope" hint="The slope changes along the way: ask for it anew in every step."
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    values = []
    with tf.GradientTape() as tape:
        y = f(v)
    slope = tape.gradient(y, v)
    for _ in range(steps):
        v.assign_sub(learning_rate * slope)
        values.append(v.numpy())
    return v.numpy(), values


# %% question="gradient_descent" name="heights" hint="The list holds the places v, not the heights f(v)."
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    values = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            y = f(v)
        v.assign_sub(learning_rate * tape.gradient(y, v))
        values.append(f(v).numpy())
    return v.numpy(), values


# %% question="gradient_descent" name="sign-only" hint="A step is as long as the slope is steep: the gradient itself counts, not just its direction."
def gradient_descent(f, start, learning_rate, steps):
    v = tf.Variable(start)
    values = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            y = f(v)
        v.assign_sub(learning_rate * tf.sign(tape.gradient(y, v)))
        values.append(v.numpy())
    return v.numpy(), values
