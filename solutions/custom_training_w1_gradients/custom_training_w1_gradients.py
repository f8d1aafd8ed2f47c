# ---
# jupyter:
#   jupytext:
#     notebook_metadata_filter: kernelspec,jupytext,gradetape
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] nbgrader={"grade": false, "grade_id": "intro_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Tensors and gradients by hand
#
# Everything that a network learns, it learns from one number per weight: the slope of the loss. This assignment takes the machinery apart. There is no layer, no model and no
# optimizer in it, only **tensors** (arrays with a fixed dtype that cannot be changed once they are made) and the **gradient tape**, which writes down
# what you compute and then runs the chain rule backwards through its notes.
#
# You will write
#
# 1. **`as_tensor`**, **`squares_in_shape`** and **`to_dtype`**: making, reshaping and converting tensors,
# 2. **`scaled_sum`**: arithmetic with broadcasting, through which a gradient can flow,
# 3. **`polynomial_slope`**: a first derivative with the tape,
# 4. **`second_derivative`**: a derivative of a derivative,
# 5. **`gradient_descent`**: the loop that all training comes down to.
#
# Each question is graded by itself, with other numbers, shapes and dtypes than the examples. Use only what a function is given, and leave it as it was.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown] nbgrader={"grade": false, "grade_id": "as_tensor_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 1: from Python to a tensor (1 point)
#
# A tensor is an array $T \in D^{n_1 \times \dots \times n_r}$ whose entries all come from one set $D$, its **dtype**. Where the dtype comes from depends on what you start with, and not knowing
# the rule costs many a first evening:
#
# | you start with | dtype of the tensor, if you do not name one |
# |---|---|
# | a NumPy array | the array's own: NumPy computes in float64, so float64 is what you get |
# | Python floats, also in nested lists | float32 |
# | Python integers | int32 |
# | Python truth values | bool |
#
# **Contract** for `as_tensor(values, dtype=None)`
#
# - `values` is a NumPy array, a Python number, or a (nested) list of Python numbers. It is left unchanged.
# - `dtype` is `None`, or a dtype such as `tf.float32`, or its name such as `"float32"`. With `None` the table above holds; otherwise the tensor has the named dtype. Only conversions that lose
#   nothing but digits are asked: integers to floats, floats to other floats, integers to other integers.
# - The result is a constant `tf.Tensor` (no `tf.Variable`, no NumPy array) with the shape and the values of `values`.
#
# **Example.** `as_tensor([1.0, 2.5])` is float32, `as_tensor(np.array([1.0, 2.5]))` is float64, and `as_tensor([1, 2], tf.float64)` is float64 with the values 1 and 2.
#
# <details><summary>Hint</summary>
#
# One function of TensorFlow follows this table by itself and takes a `dtype`, which may be `None`. Do not take a detour through `np.asarray`: it turns Python floats into float64.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "as_tensor_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def as_tensor(values, dtype=None):
    """Make a constant tensor.

    Args:
        values: a NumPy array, a Python number or a (nested) list of Python numbers.
        dtype: the dtype of the result; None keeps the array's own, and makes Python floats float32.

    Returns:
        A tf.Tensor with the shape and values of `values`.
    """
    ### BEGIN SOLUTION
    return tf.constant(values, dtype)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "as_tensor", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_as_tensor():
    result = as_tensor([1.0, 2.5])
    assert isinstance(result, tf.Tensor), f"the result has to be a tf.Tensor, yours is a {type(result).__name__}"
    assert result.dtype == tf.float32, f"a list of floats has to become float32, yours is {result.dtype.name}"
    result = as_tensor(np.array([1.0, 2.5]))
    assert result.dtype == tf.float64, f"a float64 array has to stay float64, yours is {result.dtype.name}"
    result = as_tensor([1, 2], tf.float64)
    assert result.dtype == tf.float64, f"with the dtype float64 the result has to be float64, yours is {result.dtype.name}"
    assert np.allclose(result, [1, 2]), f"the values have to be 1 and 2, yours are {np.asarray(result)}"


_see_as_tensor()

# %% [markdown] nbgrader={"grade": false, "grade_id": "squares_in_shape_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 2: squares in another shape (1 point)
#
# A tensor's entries lie in memory one after the other, the last index running fastest (*row-major* order). Reshaping leaves the entries where they are and only reads them with other indices: in a tensor of shape
# $(m, n)$ the entry $(i, j)$ is number $i \cdot n + j$ of the row. This is not the same as moving axes.
#
# **Contract** for `squares_in_shape(values, shape)`
#
# - `values` is a tensor or a NumPy array of any shape, of floats or integers.
# - `shape` is a tuple or list of integers; at most one of them may be $-1$, which stands for "as many as are left". It may be empty when there is a single value.
# - The result is a tensor with the squares of the values, **element by element**, in row-major order in the given shape. Its dtype is that of `values`: integers stay integers, float64 stays float64.
#
# **Example.** The values $\begin{pmatrix} 1 & 2 \\ 3 & -4 \end{pmatrix}$ in the shape `(4,)` give $(1, 4, 9, 16)$, in the shape `(-1, 1)` a column of these four. (The square of the *matrix* would hold $7, -6, -9, 22$.)
#
# <details><summary>Hint</summary>
#
# `tf.square` keeps the dtype; `tf.reshape` understands $-1$.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "squares_in_shape_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def squares_in_shape(values, shape):
    """Square every value and arrange the squares in another shape.

    Args:
        values: a tensor or NumPy array of floats or integers, of any shape.
        shape: the shape of the result; one entry may be -1.

    Returns:
        A tensor of the given shape, of the dtype of `values`.
    """
    ### BEGIN SOLUTION
    return tf.reshape(tf.square(values), shape)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "squares_in_shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_squares_in_shape():
    values = tf.constant([[1, 2], [3, -4]])
    result = squares_in_shape(values, (4,))
    assert np.array_equal(result, [1, 4, 9, 16]), f"the example has to give 1, 4, 9, 16, yours gives {np.asarray(result)}"
    assert result.dtype == tf.int32, f"integers have to stay integers, yours are {result.dtype.name}"
    result = squares_in_shape(values, (-1, 1))
    assert result.shape == (4, 1), f"four values in the shape (-1, 1) have to give (4, 1), yours has {tuple(result.shape)}"


_see_squares_in_shape()

# %% [markdown] nbgrader={"grade": false, "grade_id": "to_dtype_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 3: another dtype (1 point)
#
# TensorFlow never mixes dtypes by itself: `tf.constant(1) + tf.constant(0.5)` is an error. You convert explicitly, with a *cast*. A cast from floats to integers does not round, it drops the
# fraction, that is, it moves towards zero:
#
# $$ x \mapsto \operatorname{sign}(x) \, \lfloor |x| \rfloor, \qquad 1.9 \mapsto 1, \quad -1.9 \mapsto -1. $$
#
# A cast to truth values asks whether a number differs from zero; a cast from truth values gives 0 and 1.
#
# **Contract** for `to_dtype(tensor, dtype)`
#
# - `tensor` is a `tf.Tensor` of any shape: floats, integers or truth values. `dtype` is a dtype such as `tf.int32` or its name such as `"int32"`.
# - The result is a `tf.Tensor` (not a NumPy array) of the same shape and of that dtype, with the cast values.
#
# **Example.** $(1.9, -1.9)$ as `tf.int32` gives $(1, -1)$; $(\text{True}, \text{False})$ as `tf.float32` gives $(1, 0)$.
#
# <details><summary>Hint</summary>
#
# There is a function of TensorFlow for exactly this. Beware of rounding first.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "to_dtype_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def to_dtype(tensor, dtype):
    """Convert a tensor to another dtype; fractions are dropped, not rounded.

    Args:
        tensor: a tf.Tensor of any shape.
        dtype: the dtype of the result, such as tf.int32 or "int32".

    Returns:
        A tf.Tensor of the same shape and the given dtype.
    """
    ### BEGIN SOLUTION
    return tf.cast(tensor, dtype)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "to_dtype", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_to_dtype():
    result = to_dtype(tf.constant([1.9, -1.9]), tf.int32)
    assert isinstance(result, tf.Tensor), f"the result has to be a tf.Tensor, yours is a {type(result).__name__}"
    assert result.dtype == tf.int32, f"the result has to be int32, yours is {result.dtype.name}"
    assert np.array_equal(result, [1, -1]), f"1.9 and -1.9 have to become 1 and -1, yours are {np.asarray(result)}"
    result = to_dtype(tf.constant([True, False]), "float32")
    assert np.array_equal(result, [1.0, 0.0]), f"True and False have to become 1.0 and 0.0, yours are {np.asarray(result)}"


_see_to_dtype()

# %% [markdown] nbgrader={"grade": false, "grade_id": "scaled_sum_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 4: arithmetic with broadcasting (2 points)
#
# Between tensors, `*` and `+` work element by element. When shapes differ they are *broadcast*: aligned at the right, and every axis of length 1 (or missing) is repeated as needed. A column times a row gives a table:
#
# $$ y_{ij} = a_{i}\, b_{j} + c. $$
#
# Nothing of this stands in the way of a gradient. Where an entry was repeated, the tape adds up the slopes of its copies: $\partial \big(\sum_{ij} y_{ij}\big) / \partial a_i = \sum_j b_j$.
#
# **Contract** for `scaled_sum(a, b, c)`
#
# - `a`, `b`, `c` are float tensors of one dtype (float32 or float64) whose shapes can be broadcast against each other. `c` may also be a plain Python number.
# - The result is the `tf.Tensor` $a \cdot b + c$ of the same dtype, element by element. Two matrices are multiplied entry by entry, too: this is not a matrix product.
# - Gradients with respect to all three arguments can flow through it. (So there is no NumPy on the way: what is computed outside TensorFlow the tape cannot see.)
#
# **Example.** $a = (1, 2, 3)$ as a column (3, 1), $b = (1, 10)$, $c = 0.5$ give $\begin{pmatrix} 1.5 & 10.5 \\ 2.5 & 20.5 \\ 3.5 & 30.5 \end{pmatrix}$.
#
# <details><summary>Hint</summary>
#
# It is one line, and it looks like the formula.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "scaled_sum_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scaled_sum(a, b, c):
    """Compute a · b + c element by element, with broadcasting.

    Args:
        a, b, c: float tensors of one dtype whose shapes can be broadcast; c may be a Python number.

    Returns:
        A tf.Tensor of the broadcast shape, through which gradients flow to all three.
    """
    ### BEGIN SOLUTION
    return a * b + c
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "scaled_sum", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_scaled_sum():
    a, b = tf.constant([[1.0], [2.0], [3.0]]), tf.constant([1.0, 10.0])
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        result = scaled_sum(a, b, 0.5)
    assert result.shape == (3, 2), f"(3, 1) and (2,) have to give (3, 2), yours is {tuple(result.shape)}"
    expected = [[1.5, 10.5], [2.5, 20.5], [3.5, 30.5]]
    assert np.allclose(result, expected), f"the example has to give {expected}, yours gives {np.asarray(result).tolist()}"
    slopes = tape.gradient(result, [a, b])
    assert all(slope is not None for slope in slopes), "the gradient has to reach a and b: compute with TensorFlow all the way"
    assert np.allclose(slopes[0], 11), f"the slope for every entry of a has to be 1 + 10, yours is {np.asarray(slopes[0]).ravel()}"


_see_scaled_sum()

# %% [markdown] nbgrader={"grade": false, "grade_id": "polynomial_slope_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 5: the slope of a polynomial (2 points)
#
# Let the entries of a tensor $x$ go through a cubic, and add up the results:
#
# $$ s(x) = \sum_k \left( 2x_k^3 - 5x_k^2 + 3x_k \right). $$
#
# The sum is a single number, and its gradient has the shape of $x$. As each $x_k$ appears in one term only, entry $k$ of the gradient is the slope of the cubic at $x_k$.
#
# **Contract** for `polynomial_slope(x)`
#
# - `x` is a `tf.Tensor` **or** a `tf.Variable`, float32 or float64, of any shape, also a scalar.
# - The result is the gradient of $s$ with respect to $x$: a tensor of the shape and dtype of $x$.
#
# **Example.** At $x = 2$ the slope is $7$; at $(0, 1, -1)$ the slopes are $(3, -1, 19)$.
#
# > **A silent trap.** A tape follows variables by itself, but *constants only when it is told to watch them*. Without that, the gradient of a constant is `None`: no error, no warning, until you compute with it.
#
# <details><summary>Hint</summary>
#
# Inside `with tf.GradientTape() as tape:` first `tape.watch(x)` (harmless for a variable), then the polynomial as it stands. Ask the tape for the gradient after the block.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "polynomial_slope_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def polynomial_slope(x):
    """Compute the gradient of the sum of 2x³ - 5x² + 3x over all entries of x.

    Args:
        x: a tf.Tensor or tf.Variable, float32 or float64, of any shape.

    Returns:
        A tensor of the shape and dtype of x.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = 2 * x**3 - 5 * x**2 + 3 * x
    return tape.gradient(y, x)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "polynomial_slope", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_polynomial_slope():
    result = polynomial_slope(tf.Variable([0.0, 1.0, -1.0]))
    assert result is not None and result.shape == (3,), "three values have to give three slopes"
    assert np.allclose(result, [3, -1, 19]), f"the slopes at 0, 1, -1 have to be 3, -1, 19, yours are {np.asarray(result)}"
    result = polynomial_slope(tf.constant(2.0))
    assert result is not None, "the slope at a constant is None: the tape did not watch it"
    assert np.allclose(result, 7), f"the slope at 2 has to be 7, yours is {np.asarray(result)}"


_see_polynomial_slope()

# %% [markdown] nbgrader={"grade": false, "grade_id": "second_derivative_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 6: the slope of the slope (1 point)
#
# A tape can record what another tape does, its gradient included. Nest two of them, and the outer one can differentiate the derivative:
#
# $$ f''(x_k) = \frac{\mathrm{d}}{\mathrm{d}x_k} \, f'(x_k). $$
#
# **Contract** for `second_derivative(f, x)`
#
# - `f` is a function that works element by element on a tensor, written with TensorFlow: it takes a tensor and returns one of the same shape. `x` is a `tf.Tensor`, float32 or float64, of any shape.
# - The result is a tensor of the shape and dtype of `x` with $f''$ at every entry.
# - Where the slope does not depend on $x$ (a straight line), the second derivative is **zero**, and so it is for a constant function: never `None`, and no error.
#
# **Example.** For $f = \sin$ at $0.5$ the result is $-\sin(0.5) = -0.479426$. For the cubic of question 5 at $(0, 1, 2)$ it is $(-10, 2, 14)$. For $f(x) = 3x$ it is 0 everywhere.
#
# > **A silent trap.** A line's slope is the constant 3. The outer tape finds no way from this constant back to $x$, and reports `None` unless it is told that *unconnected means zero*.
#
# <details><summary>Hint</summary>
#
# The call of `inner.gradient(...)` must stand *inside* the outer tape's block, or the outer tape does not see it. `tape.gradient` takes `unconnected_gradients="zero"`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "second_derivative_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def second_derivative(f, x):
    """Compute the second derivative of an element-wise function.

    Args:
        f: a function of a tensor that works element by element.
        x: a tf.Tensor, float32 or float64, of any shape.

    Returns:
        A tensor of the shape and dtype of x; zero where the slope does not depend on x.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope = inner.gradient(y, x, unconnected_gradients="zero")
    return outer.gradient(slope, x, unconnected_gradients="zero")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "second_derivative", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def _see_second_derivative():
    result = second_derivative(tf.sin, tf.constant(0.5))
    assert result is not None, "the second derivative of the sine is None: does the outer tape see the inner gradient?"
    assert np.allclose(result, -0.479426), f"for the sine at 0.5 it has to be -0.479426, yours is {np.asarray(result)}"
    result = second_derivative(lambda x: 2 * x**3 - 5 * x**2 + 3 * x, tf.constant([0.0, 1.0, 2.0]))
    assert np.allclose(result, [-10, 2, 14]), f"for the cubic at 0, 1, 2 it has to be -10, 2, 14, yours is {np.asarray(result)}"
    result = second_derivative(lambda x: 3 * x, tf.constant([1.0, 2.0]))
    assert result is not None and np.allclose(result, 0), "for a straight line it has to be 0 everywhere"


_see_second_derivative()

# %% [markdown] nbgrader={"grade": false, "grade_id": "derivatives_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# The next cell draws the cubic with your two derivatives. Where the slope crosses zero the curve has a hilltop or a valley; the second derivative says which: negative on the hilltop, positive in the valley.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "derivatives_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# def cubic(x):
#     return 2 * x**3 - 5 * x**2 + 3 * x
#
#
# x = tf.linspace(-0.4, 1.9, 200)
# slope, curvature = polynomial_slope(x), second_derivative(cubic, x)
# turning = np.flatnonzero(np.diff(np.sign(slope)))
#
# fig, axes = plt.subplots(1, 3, figsize=(11, 3), sharex=True)
# for ax, values, title in zip(axes, (cubic(x), slope, curvature), ("the cubic", "its slope", "its second derivative")):
#     ax.plot(x, values)
#     ax.axhline(0, color="grey", linewidth=0.5)
#     ax.set_title(title)
#     for place in turning:
#         ax.plot(x[place], values[place], "o", color="tab:green" if curvature[place] > 0 else "tab:red")
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "gradient_descent_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 7: walking downhill (2 points)
#
# The gradient points uphill. To make $f$ smaller, take steps against it, again and again:
#
# $$ v_{t+1} = v_t - \eta \, \nabla f(v_t), \qquad v_0 = \text{start}, $$
#
# with the learning rate $\eta$. With millions of weights in place of $v$ and a loss in place of $f$, this line trains networks.
#
# **Contract** for `gradient_descent(f, start, learning_rate, steps)`
#
# - `f` is a function, written with TensorFlow, from a tensor (or variable) of the shape of `start` to a scalar. `start` is a `tf.Tensor`, a `tf.Variable` or a NumPy array, float32 or float64, a scalar or of any other shape.
#   `learning_rate` is a Python float, `steps` an integer, possibly 0.
# - The result is the pair `(value, values)`: the last $v$, and a Python list with $v_1, v_2, \dots$, one entry **after each step**. Everything has the shape and dtype of `start`. After 0 steps the value is the start, and the list is empty.
# - `start` is untouched: the caller's variable holds afterwards what it held before.
#
# **Example.** $f(v) = (v - 1)^2$ from $v_0 = 4$ with $\eta = 0.1$: the slope is $2 \cdot 3 = 6$, so $v_1 = 4 - 0.6 = 3.4$. Each step brings $v$ closer to 1 by a factor of $0.8$: $v_{10} = 1 + 3 \cdot 0.8^{10} = 1.322123$.
#
# > **A silent trap.** A list that holds a *variable* ten times holds ten names of one and the same box: all entries show its last content. Store what is in the box: a tensor or an array.
#
# <details><summary>Hint</summary>
#
# Either rebind a tensor, `v = v - ...`, which leaves the old tensors alone (then the tape has to watch the new one each time), or make a new `tf.Variable(start)`, use `assign_sub`, and store `v.numpy()` after each step.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "gradient_descent_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_descent(f, start, learning_rate, steps):
    """Walk against the gradient of f.

    Args:
        f: a function from a tensor of the shape of `start` to a scalar.
        start: a tf.Tensor, tf.Variable or NumPy array; left untouched.
        learning_rate: the factor of the gradient in each step.
        steps: the number of steps.

    Returns:
        (value, values): the last value, and a list of the values after each step.
    """
    ### BEGIN SOLUTION
    value, values = tf.convert_to_tensor(start), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(value)
            y = f(value)
        value = value - learning_rate * tape.gradient(y, value)
        values.append(value)
    return value, values
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "gradient_descent", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_gradient_descent():
    start = tf.Variable(4.0)
    result = gradient_descent(lambda v: (v - 1) ** 2, start, 0.1, 10)
    assert isinstance(result, (tuple, list)) and len(result) == 2, "the result has to be the pair (value, values)"
    value, values = result
    assert isinstance(values, list) and len(values) == 10, "10 steps have to give a list of 10 values"
    assert np.isclose(float(values[0]), 3.4), f"after the first step v has to be 3.4, yours is {float(values[0]):.6f}"
    assert np.isclose(float(value), 1.322123), f"after 10 steps v has to be 1.322123, yours is {float(value):.6f}"
    assert float(start) == 4, "the start has to hold 4 afterwards, as before"


_see_gradient_descent()

# %% [markdown] nbgrader={"grade": false, "grade_id": "descent_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Left: a ball rolls into the cubic's valley, with a small learning rate and with one that is too large and jumps from side to side. Right: a valley in the plane, five times as steep across as along. The path shoots across first and creeps
# along afterwards; this is why inputs are standardised, and what momentum is good for.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "descent_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# def cubic(x):
#     return 2 * x**3 - 5 * x**2 + 3 * x
#
#
# def valley(v):
#     return 0.5 * v[0] ** 2 + 2.5 * v[1] ** 2
#
#
# fig, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8))
# x = np.linspace(0.4, 1.9, 100)
# left.plot(x, cubic(x), color="grey")
# for rate, colour in ((0.05, "tab:blue"), (0.34, "tab:red")):
#     _, values = gradient_descent(cubic, np.float32(1.6), rate, 12)
#     path = np.array([1.6, *values])
#     left.plot(path, cubic(path), ".-", color=colour, label=f"learning rate {rate}")
# left.legend()
#
# across, along = np.meshgrid(np.linspace(-0.5, 4.2, 80), np.linspace(-1.6, 1.6, 60))
# right.contour(across, along, valley((across, along)), levels=12, cmap="Greys")
# for rate, colour in ((0.1, "tab:blue"), (0.38, "tab:red")):
#     start = np.array([4.0, 1.4], "float32")
#     _, values = gradient_descent(valley, start, rate, 15)
#     right.plot(*np.array([start, *values]).T, ".-", color=colour, label=f"learning rate {rate}")
# right.legend()
# plt.tight_layout()
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# Things to try: raise the learning rate of the left picture until the ball leaves the valley for good; where does it go? Use `second_derivative` for Newton's step, $v - f'(v)/f''(v)$, and count how many fewer steps it takes.
#
# In the next assignment, *A training loop of your own* (`custom_training_w2_training_loop`), the same walk trains a network: the value becomes a list of weights, and the function becomes a loss over batches of data.
