# ---
# jupyter:
#   gradetape:
#     limits:
#       cell_seconds: 4
#       grace_seconds: 1
#       probe_seconds: 3
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

# %% [markdown] nbgrader={"grade": false, "grade_id": "warmup_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Warm-up
# Two functions and a sentence.

# %% nbgrader={"grade": false, "grade_id": "warmup_imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import tensorflow as tf


# %% nbgrader={"grade": false, "grade_id": "row_means_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def row_means(x):
    """Return the mean of every row of x, shape (n, d), as (n,) float32."""
    ### BEGIN SOLUTION
    return tf.reduce_mean(tf.cast(x, tf.float32), axis=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "row_means", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
assert row_means(np.ones((3, 2))).shape == (3,), "One mean per row is expected."


# %% nbgrader={"grade": false, "grade_id": "coin_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def coin(n, seed):
    """Return n fair coin flips (0 or 1, int64), repeatable by seed."""
    ### BEGIN SOLUTION
    return np.random.default_rng(seed).integers(0, 2, n)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "coin", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
assert set(np.asarray(coin(50, 1)).tolist()) <= {0, 1}, "Only 0 and 1 are sides of a coin."

# %% nbgrader={"grade": false, "grade_id": "plain_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
plain = None
### BEGIN SOLUTION
plain = 7
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "plain", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert plain == 7, "plain has to be seven."

# %% [markdown] nbgrader={"grade": true, "grade_id": "essay", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# Means are sums over counts.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "warmup_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# import time
# time.sleep(3600)
