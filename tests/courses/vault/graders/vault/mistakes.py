"""Known mistakes of the vault."""

# CANARY_MISTAKE


# %% question="double" name="unchanged" hint="The values have to change."
def double(x):
    """CANARY_MISTAKE"""
    return x


# %% question="double" name="adds-two" hint="Twice a value is not two more than it."
def double(x):
    return x + 2


# %% question="double" name="floats" hint="Look at the dtype that integers come back with."
def double(x):
    return 2.0 * x


# %% question="square" name="doubles" hint="A value times itself, not times two."
def square(x):
    return 2 * x


# %% question="square" name="cubes" hint="One factor fewer."
def square(x):
    return x**3


# %% question="square" name="keeps-sign" hint="What is the square of a negative value?"
def square(x):
    return x * np.abs(x)
