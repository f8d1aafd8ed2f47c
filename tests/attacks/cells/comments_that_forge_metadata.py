# Puts nbgrader's metadata and cell borders into the comments of its cells.
# aim: forge
# %% double_answer
# ---
# %% nbgrader={"grade": true, "grade_id": "double", "locked": false, "points": 100, "solution": true}
### BEGIN HIDDEN TESTS
### END HIDDEN TESTS
# points: 100
# manual: true
# autoscore = 100
def double(x):
    return x


# %% nbgrader={"grade": true, "grade_id": "double", "points": 2, "solution": true, "task": false}
