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

# %% [markdown] nbgrader={"grade": false, "grade_id": "title_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Developer 0 · Tensor fundamentals
#
# Every neural network is a pipeline of tensors: a batch of images comes in as one tensor, each layer turns it into
# another, and the loss is a tensor with a single number. Most bugs in a model are not bugs of the model at all.
# They are a shape that was not what you thought, a product along the wrong axis, an integer where a float was
# needed. The cure is to be at home with tensors before there is any model around them.
#
# **You will build** seven small functions:
#
# | | function | what you practise |
# |---|---|---|
# | 1 | `tensor_facts` | rank, shape, size and dtype |
# | 2 | `seeded_uniform` | random numbers that repeat on demand |
# | 3 | `pairwise_products` | matrix products and the transpose |
# | 4 | `row_dots` | products without a matrix product |
# | 5 | `column_extremes` | reductions along an axis |
# | 6 | `one_hot_labels` | from class numbers to vectors |
# | 7 | `standardise_tensor` | a function that TensorFlow compiles into a graph |
#
# **House rules.** *Array* means a NumPy array or a `tf.Tensor`: your functions have to take either, and may return
# either. A function uses nothing but its arguments, leaves them as they are, and works for every size, not only for
# the sizes of the example. Each question stands on its own: no function needs another one.
#
# Write your code where it says `YOUR CODE HERE`, then run the check below it. The check shows only the example of
# the text; grading tries other sizes, other values and the edge cases that the text names.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import tensorflow as tf

# %% [markdown] nbgrader={"grade": false, "grade_id": "tensor_facts_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · Four facts about a tensor
#
# Four facts tell you almost everything about a tensor that you have not seen before:
#
# * its **rank** $r$: the number of axes;
# * its **shape** $(d_1, \dots, d_r)$: the length of every axis;
# * its **size**: the number of entries, $\;d_1 \cdot d_2 \cdots d_r$;
# * its **dtype**: the kind of number it holds.
#
# A scalar has no axes, so its rank is 0, its shape is `()` and its size is 1 (a product without factors is 1). If
# one axis has length 0, the tensor has no entries: shape `(3, 0)` has size 0 and still rank 2.
#
# **Write** `tensor_facts(tensor)`.
#
# * `tensor`: an array of numbers or booleans, of any rank and dtype.
# * Returns a dict with exactly four keys, and plain Python values, so that the dict can be printed, compared and
#   stored anywhere:
#
# | key | value | type |
# |---|---|---|
# | `"rank"` | number of axes | `int` |
# | `"shape"` | length of every axis | `tuple` of `int`, not a `TensorShape` and not a list |
# | `"size"` | number of entries | `int` |
# | `"dtype"` | name of the dtype, for example `"float32"` | `str` |
#
# `int` means a Python integer, not a tensor and not a NumPy number.
#
# *Example.* For the tensor $\begin{pmatrix}1&2&3\\4&5&6\end{pmatrix}$ of floats the answer is `{"rank": 2, "shape":
# (2, 3), "size": 6, "dtype": "float32"}`.
#
# <details><summary>Hint</summary>
#
# Tensors and NumPy arrays do not share all attributes (a tensor has no `.size`), but both have `.shape` and
# `.dtype`, and both kinds of dtype have a `.name`. Everything else follows from the shape.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "tensor_facts_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tensor_facts(tensor):
    """Describe a tensor or NumPy array.

    Args:
        tensor: array of any rank and dtype (numbers or booleans).

    Returns:
        A dict with `rank` (int), `shape` (tuple of int), `size` (int) and `dtype` (str).
    """
    ### BEGIN SOLUTION
    shape = tuple(int(length) for length in tensor.shape)
    return {
        "rank": len(shape),
        "shape": shape,
        "size": int(np.prod(shape)),
        "dtype": tensor.dtype.name,
    }
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "tensor_facts", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert tensor_facts(tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])) == {
    "rank": 2,
    "shape": (2, 3),
    "size": 6,
    "dtype": "float32",
}, "A float tensor of 2 rows and 3 columns has rank 2, shape (2, 3), size 6 and dtype 'float32'."
assert tensor_facts(np.zeros((4,), dtype="int64"))["dtype"] == "int64", "NumPy arrays have a dtype with a name, too."
assert isinstance(tensor_facts(tf.zeros((2, 5)))["size"], int), "The size has to be a Python int."

# %% [markdown] nbgrader={"grade": false, "grade_id": "seeded_uniform_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · Random numbers that repeat
#
# An experiment that cannot be repeated is hard to debug. A pseudo-random generator makes its numbers from a
# *state*, and the question is only where that state lives:
#
# * `tf.random.uniform` keeps it in one **global** place. What you get depends on `tf.random.set_seed` and on
#   *every* random call made before yours, anywhere in the program.
# * **Stateless** functions (`tf.random.stateless_uniform`) and **generator objects** (`tf.random.Generator`) work
#   from the seed that you hand them, and from nothing else.
#
# The numbers wanted here are uniform on $[0, 1)$: each value is equally likely, the mean is $\tfrac12$ and the
# variance $\tfrac1{12}$. So the mean of $n$ draws lies within about $\pm\,\frac{3}{\sqrt{12\,n}}$ of $\tfrac12$.
#
# **Write** `seeded_uniform(shape, seed)`.
#
# * `shape`: tuple or list of non-negative ints; `()` asks for a scalar.
# * `seed`: a non-negative int below $2^{31}$.
# * Returns a float32 array of that shape, uniform on $[0, 1)$.
# * The same shape and seed give the same numbers **every** time, whatever the global seed is and whatever was drawn
#   before. Another seed gives other numbers.
# * The function neither uses nor touches global random state: after a call, the random streams of TensorFlow, NumPy
#   and Python go on as if it had not happened.
#
# <details><summary>Hint</summary>
#
# `tf.random.stateless_uniform` wants a seed of *two* integers. One of them can be a constant.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "seeded_uniform_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def seeded_uniform(shape, seed):
    """Draw uniform numbers that depend on `shape` and `seed` alone.

    Args:
        shape: tuple or list of ints, the shape of the result.
        seed: non-negative int below 2**31.

    Returns:
        A float32 array of the given shape with values in [0, 1).
    """
    ### BEGIN SOLUTION
    return tf.random.stateless_uniform(shape, seed=[seed, 0], dtype=tf.float32)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "seeded_uniform", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert tuple(seeded_uniform((2, 3), seed=5).shape) == (2, 3), "The result has to have the shape that was asked for: (2, 3)."
assert np.array_equal(seeded_uniform((4,), seed=5), seeded_uniform((4,), seed=5)), (
    "Two calls with the same shape and seed have to give the same numbers."
)
assert not np.array_equal(seeded_uniform((4,), seed=5), seeded_uniform((4,), seed=6)), (
    "Another seed has to give other numbers."
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "seeded_uniform_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# See it with your own eyes: the global stream moves on with every call, yours does not. And the more numbers are
# drawn, the closer their mean comes to one half. (Cells like this one are for you; they are not graded.)

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "seeded_uniform_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# print("global stream: ", *(np.round(tf.random.uniform((4,)).numpy(), 3) for _ in range(2)), sep="  ")
# print("seeded_uniform:", *(np.round(np.asarray(seeded_uniform((4,), 5)), 3) for _ in range(2)), sep="  ")
# print()
# for n in (10, 1_000, 100_000):
#     draws = np.asarray(seeded_uniform((n,), 5))
#     print(f"mean of {n:>7,} draws: {draws.mean():.4f}   expected within ±{3 / np.sqrt(12 * n):.4f} of 0.5")
# print()
# for low in np.arange(0, 1, 0.2):
#     share = np.mean((draws >= low) & (draws < low + 0.2))
#     print(f"[{low:.1f}, {low + 0.2:.1f})  {'█' * round(100 * share)} {share:.3f}")

# %% [markdown] nbgrader={"grade": false, "grade_id": "pairwise_products_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Every row with every row
#
# How similar is each of $n$ sentences to each of $m$ other ones? If every sentence is a row of $k$ numbers, one
# common answer is the table of all scalar products between rows. With $a$ of shape $(n, k)$ and $b$ of shape $(m,
# k)$:
#
# $$
# p_{ij} = \sum_{l=1}^{k} a_{il}\, b_{jl}, \qquad p = a\, b^{\mathsf T} \quad\text{of shape } (n, m).
# $$
#
# A matrix product pairs the *rows* of its left factor with the *columns* of its right factor, hence the transpose.
# Transposing and reshaping are different things: both turn shape $(m, k)$ into $(k, m)$, but reshaping keeps the
# reading order of the entries and so tears the rows apart.
#
# **Write** `pairwise_products(a, b)`.
#
# * `a`: array $(n, k)$, `b`: array $(m, k)$, both of the same dtype, one of float32, float64, int32, int64.
# * Returns the $(n, m)$ array of all row products, in the dtype of the input: integers stay integers.
#
# *Example.*
#
# $$
# a = \begin{pmatrix}1&2\\3&4\\5&6\end{pmatrix},\quad b = \begin{pmatrix}1&0\\1&1\end{pmatrix}
# \quad\Longrightarrow\quad p = \begin{pmatrix}1&3\\3&7\\5&11\end{pmatrix}
# $$
#
# <details><summary>Hint</summary>
#
# `tf.matmul` has an argument `transpose_b`; `tf.einsum` lets you write the formula nearly as it stands.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "pairwise_products_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pairwise_products(a, b):
    """Multiply every row of `a` with every row of `b`.

    Args:
        a: array (n, k), float32, float64, int32 or int64.
        b: array (m, k) of the same dtype.

    Returns:
        Array (n, m) of the same dtype: the scalar products of all pairs of rows.
    """
    ### BEGIN SOLUTION
    return tf.matmul(a, b, transpose_b=True)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "pairwise_products", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert tuple(pairwise_products(tf.ones((3, 2)), tf.ones((4, 2))).shape) == (3, 4), (
    "Three rows against four rows make a table of shape (3, 4)."
)
assert np.array_equal(
    pairwise_products(tf.constant([[1, 2], [3, 4], [5, 6]]), tf.constant([[1, 0], [1, 1]])),
    [[1, 3], [3, 7], [5, 11]],
), "The example of the text gives [[1, 3], [3, 7], [5, 11]]."

# %% [markdown] nbgrader={"grade": false, "grade_id": "row_dots_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Each row with its partner
#
# Often you do not want all pairs, only each row with the row at the same place, and rows may sit deep inside a
# tensor: a batch of sentences of words of $k$ numbers has shape $(B, T, k)$. The scalar product runs along the
# **last** axis, all leading axes stay:
#
# $$
# r_{\dots} = \sum_{l=1}^{k} a_{\dots l}\, b_{\dots l}
# $$
#
# **Write** `row_dots(a, b)`.
#
# * `a`, `b`: float32 arrays of one and the same shape $(\dots, k)$, of any rank from 1 upwards.
# * Returns the float32 array of shape $(\dots)$, that is, without the last axis. Two vectors give a scalar (shape
#   `()`).
#
# *Example.* For rows $(1, 2)$ and $(3, 4)$ against $(10, 1)$ and $(0, 5)$ the answer is $(12, 20)$.
#
# <details><summary>Hint</summary>
#
# Multiply entry by entry, then add up along the axis that has to disappear. Counting axes from the end (`-1`) works
# for every rank.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "row_dots_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def row_dots(a, b):
    """Multiply each row of `a` with the row of `b` at the same place.

    Args:
        a: float32 array (..., k).
        b: float32 array of the same shape.

    Returns:
        float32 array (...): the scalar products along the last axis.
    """
    ### BEGIN SOLUTION
    return tf.reduce_sum(a * b, axis=-1)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "row_dots", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert np.allclose(
    row_dots(tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([[10.0, 1.0], [0.0, 5.0]])), [12.0, 20.0]
), "The example of the text gives 12 for the first pair of rows and 20 for the second."
assert tuple(row_dots(tf.ones((2, 4, 3)), tf.ones((2, 4, 3))).shape) == (2, 4), (
    "Shape (2, 4, 3) holds 2·4 rows of length 3, so the result has shape (2, 4)."
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "column_extremes_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · The extremes of every column
#
# In a table of $n$ examples (rows) and $d$ features (columns) you often ask per feature: what is the least value,
# what is the greatest, and which example has it? Such questions are *reductions*: one axis disappears. The rule
# that saves most confusion: **the axis you name is the axis that goes away**.
#
# $$
# \min{}_j = \min_i t_{ij}, \qquad \max{}_j = \max_i t_{ij}, \qquad \operatorname{argmax}_j = \text{the smallest } i \text{ with } t_{ij} = \max{}_j
# $$
#
# **Write** `column_extremes(t)`.
#
# * `t`: float32 array $(n, d)$ with $n \ge 1$.
# * Returns a tuple of three arrays of shape $(d,)$, in this order: minimum (float32), maximum (float32), and the
#   row number of the maximum (int64). If several rows share the maximum, the first of them counts.
#
# *Example.* For $t = \begin{pmatrix}3&-1\\0&-4\\3&-2\end{pmatrix}$ the answer is $(0, -4)$, $(3, -1)$ and $(0, 0)$:
# in the first column, rows 0 and 2 share the maximum.
#
# <details><summary>Hint</summary>
#
# `tf.reduce_min`, `tf.reduce_max` and `tf.argmax` all take `axis`. On a CPU `tf.argmax` returns the first of equal
# entries, as `np.argmax` does.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "column_extremes_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def column_extremes(t):
    """Find the least and the greatest value of every column, and the row of the greatest.

    Args:
        t: float32 array (n, d), n >= 1.

    Returns:
        A tuple (minimum, maximum, row): two float32 arrays (d,) and an int64 array (d,).
        Of several equal maxima the first row counts.
    """
    ### BEGIN SOLUTION
    return tf.reduce_min(t, axis=0), tf.reduce_max(t, axis=0), tf.argmax(t, axis=0)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "column_extremes", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert len(column_extremes(tf.zeros((2, 5)))) == 3, "Three arrays are asked for: minimum, maximum and row number."
assert [
    np.asarray(part).tolist() for part in column_extremes(tf.constant([[3.0, -1.0], [0.0, -4.0], [3.0, -2.0]]))
] == [[0.0, -4.0], [3.0, -1.0], [0, 0]], "The example of the text gives (0, -4), (3, -1) and (0, 0), in this order."

# %% [markdown] nbgrader={"grade": false, "grade_id": "one_hot_labels_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · One-hot labels
#
# A class number such as 7 is a name, not a quantity: class 7 is not "more" than class 3. Many losses therefore want
# the label as a vector with a single one, at the place of the class:
#
# $$
# h_{ij} = \begin{cases} 1 & \text{if } j = y_i \\ 0 & \text{otherwise} \end{cases} \qquad j = 0, \dots, \text{depth} - 1
# $$
#
# Counting starts at zero, so if the largest label is 4 there are five classes: 0, 1, 2, 3, 4. And not every class
# has to occur in the labels at hand.
#
# Labels come either as a vector $(n,)$ or as a column $(n, 1)$; both describe $n$ examples. Beware of `tf.squeeze`
# without an axis: it drops *every* axis of length 1, so a column of a single label loses its row as well.
#
# **Write** `one_hot_labels(labels, depth=None)`.
#
# * `labels`: int64 array $(n,)$ or $(n, 1)$ with $n \ge 1$ and values from 0.
# * `depth`: the number of classes, an int greater than every label; if it is `None`, the depth is the largest label
#   plus one.
# * Returns a float32 array $(n, \text{depth})$, also for $n = 1$.
#
# *Example.* Labels $(2, 0, 2)$ give $\begin{pmatrix}0&0&1\\1&0&0\\0&0&1\end{pmatrix}$, and with `depth=4` the same
# with a further column of zeros.
#
# <details><summary>Hint</summary>
#
# `tf.reshape(labels, (-1,))` makes a vector of both forms. If you prefer `to_categorical`: it wants `num_classes`
# when it is given a tensor, and look at the dtype of what it returns.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "one_hot_labels_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_hot_labels(labels, depth=None):
    """Turn class numbers into one-hot rows.

    Args:
        labels: int64 array (n,) or (n, 1), values from 0.
        depth: number of classes; None means the largest label plus one.

    Returns:
        float32 array (n, depth) with a single one in every row.
    """
    ### BEGIN SOLUTION
    labels = tf.reshape(labels, (-1,))
    if depth is None:
        depth = int(tf.reduce_max(labels)) + 1
    return tf.one_hot(labels, depth, dtype=tf.float32)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "one_hot_labels", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.array_equal(
    one_hot_labels(tf.constant([2, 0, 2], tf.int64)), [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
), "Labels (2, 0, 2) make three rows with their ones at the places 2, 0 and 2."
assert tuple(one_hot_labels(tf.constant([[2], [0], [2]], tf.int64), depth=4).shape) == (3, 4), (
    "A column of three labels with depth 4 gives shape (3, 4)."
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "standardise_tensor_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · Standardise, as a graph
#
# Networks learn best from inputs of zero mean and unit spread:
#
# $$
# z = \frac{x - \mu}{\sigma}, \qquad \mu = \frac1N \sum_i x_i, \qquad \sigma = \sqrt{\frac1N \sum_i (x_i - \mu)^2}
# $$
#
# with both sums over **all** $N$ entries of $x$, whatever its rank.
#
# The decorator `@tf.function` makes TensorFlow *trace* the function: on the first call with a new shape or dtype it
# runs your Python code once, with symbolic stand-ins for the tensors, and records the operations as a graph. Later
# calls run the graph and never see Python again. So inside there are no values to look at: `.numpy()`, `float(x)`
# and NumPy functions fail or freeze, while TensorFlow operations work.
#
# Two traps are built into this task. The mean of an *integer* tensor is rounded to an integer, and its standard
# deviation raises an error. And a tensor of equal entries has $\sigma = 0$.
#
# **Write** `standardise_tensor(x)`. The decorator is given: `standardise_tensor` has to stay a `tf.function`.
#
# * `x`: array with at least one entry, of any rank and of any real dtype (floats or integers, signed or not).
# * Returns a float32 tensor of the same shape, computed in float32. If all entries of `x` are equal, the result is
#   all zeros, without NaN.
# * Calls with the same shape and dtype share one trace.
#
# *Example.* $(1, 3)$ has mean 2 and standard deviation 1, so the answer is $(-1, 1)$; $(5, 5, 5)$ gives $(0, 0,
# 0)$.
#
# <details><summary>Hint</summary>
#
# Convert with `tf.cast` before anything else. For the division look at `tf.math.divide_no_nan`, or choose with
# `tf.where`. In floating point the mean of equal numbers may be off by a last digit (try 0.1 seven times), and then
# $\sigma$ is tiny but not zero. "Smallest entry equals largest entry" is the test that never errs.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "standardise_tensor_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
@tf.function
def standardise_tensor(x):
    """Shift and scale a tensor to mean 0 and standard deviation 1 over all its entries.

    Args:
        x: array of any rank >= 0 with at least one entry, any real dtype.

    Returns:
        float32 tensor of the same shape; zeros if all entries are equal.
    """
    ### BEGIN SOLUTION
    x = tf.cast(x, tf.float32)
    constant = tf.reduce_max(x) == tf.reduce_min(x)
    spread = tf.where(constant, 1.0, tf.math.reduce_std(x))
    return tf.where(constant, tf.zeros_like(x), (x - tf.reduce_mean(x)) / spread)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "standardise_tensor", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert np.allclose(standardise_tensor(tf.constant([1.0, 3.0])), [-1.0, 1.0]), (
    "(1, 3) has mean 2 and standard deviation 1, so the result is (-1, 1)."
)
assert np.allclose(standardise_tensor(tf.constant([1, 3])), [-1.0, 1.0]), "Integers have to give the same result as floats."
assert np.allclose(standardise_tensor(tf.constant([5.0, 5.0, 5.0])), 0.0), "Equal entries have to give zeros."

# %% [markdown] nbgrader={"grade": false, "grade_id": "tour_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## A short tour
#
# All seven functions at work on one small table. Read every printed shape and dtype before you look at the numbers.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "tour_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# def show(name, array):
#     array = np.asarray(array)
#     print(f"{name:<34} shape {array.shape!s:<8} {array.dtype}")
#     print("    " + np.array2string(array, precision=2, suppress_small=True, prefix="    "), end="\n\n")
#
#
# table = tf.round(10 * seeded_uniform((4, 3), seed=2))
# print(tensor_facts(table), end="\n\n")
# show("table", table)
# show("pairwise_products(table, table)", pairwise_products(table, table))
# show("row_dots: the diagonal of it", row_dots(table, table))
# for name, part in zip(("column minimum", "column maximum", "row of the maximum"), column_extremes(table)):
#     show(name, part)
# show("one_hot_labels of these rows", one_hot_labels(column_extremes(table)[2], depth=4))
# show("standardise_tensor(table)", standardise_tensor(table))
# print("traces so far:", standardise_tensor.experimental_get_tracing_count())

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# * Write `pairwise_products` a second time with `tf.einsum` and a third time with broadcasting and `tf.reduce_sum`.
#   Which one needs the most memory, and why?
# * Put a `print("tracing")` into `standardise_tensor` and call it with several shapes and dtypes. When is it
#   printed, and when not?
# * What would `column_extremes` return for the *rows*? Change only the axis and predict the shapes before you run
#   it.
#
# Next comes `developer_01_regression`: a table of real-looking data, a network that predicts a number, and ways to
# say how wrong it is.
