# ---
# jupyter:
#   gradetape:
#     limits:
#       cell_seconds: 4
#       grace_seconds: 0.5
#       probe_seconds: 3
#       submission_seconds: 60
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

# %% [markdown] nbgrader={"grade": false, "grade_id": "vault_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Vault
# Two functions of an array, and a sentence.

# %% nbgrader={"grade": false, "grade_id": "vault_imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np


# %% nbgrader={"grade": false, "grade_id": "double_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def double(x):
    """Return every value of the array x times two, with x's shape and dtype."""
    ### BEGIN SOLUTION
    # CANARY_REFERENCE
    return 2 * x
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "double", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.array_equal(double(np.array([1.0, 2.5])), [2.0, 5.0]), "Twice 1 is 2, and twice 2.5 is 5."


# %% nbgrader={"grade": false, "grade_id": "square_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def square(x):
    """Return every value of the array x times itself, with x's shape and dtype."""
    ### BEGIN SOLUTION
    # CANARY_REFERENCE
    return x**2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "square", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.array_equal(square(np.array([1.0, -3.0])), [1.0, 9.0]), "The square of -3 is 9."

# %% [markdown] nbgrader={"grade": true, "grade_id": "words", "locked": false, "points": 6, "schema_version": 3, "solution": true, "task": false}
# Doubling adds a value to itself, squaring multiplies it by itself.
