"""What an instructor without Gradetape would write into hidden test cells, to check the same things.

The text of this module stands in the hidden cells of other graders' notebooks, so it needs nothing but NumPy and
the standard library. `judge` runs an assignment's hidden tests with stand-ins for Gradetape's fixtures: probes are
called in the learner's own process, on the learner's names and on those of the reference, and what they return is
compared by plain asserts.
"""

import contextlib
import io
import secrets
import types
import warnings

import numpy as np

TOLERANCES = {"float64": (1e-9, 1e-12), "float32": (1e-5, 1e-6), "float16": (2e-3, 2e-3)}


def _same(found, right, rtol, atol):
    """Assert that two trees have the same structure, shapes, dtypes and, within the tolerances, values."""
    if isinstance(right, dict):
        assert isinstance(found, dict), "a dict is expected"
        assert found.keys() == right.keys(), "other entries than expected"
        for key, value in right.items():
            _same(found[key], value, rtol, atol)
    elif isinstance(right, list | tuple):
        assert isinstance(found, list | tuple), "a list is expected"
        assert len(found) == len(right), "another number of parts than expected"
        for one, other in zip(found, right, strict=True):
            _same(one, other, rtol, atol)
    elif right is None or isinstance(right, str | bool):
        assert (type(found), found) == (type(right), right), "another value than expected"
    else:
        _same_array(np.asarray(found), np.asarray(right), rtol, atol)


def _same_array(found, right, rtol, atol):
    assert found.shape == right.shape, "another shape than expected"
    assert found.dtype == right.dtype, "another dtype than expected"
    default = TOLERANCES.get(right.dtype.name, (0.0, 0.0))
    rtol, atol = default[0] if rtol is None else rtol, default[1] if atol is None else atol
    assert np.allclose(found, right, rtol=rtol, atol=atol, equal_nan=True), "other values than expected"


def _fixtures(learner, reference):
    """Make what hidden tests are handed."""

    def compare(probe, *inputs, rtol=None, atol=None, **_):
        found = probe(learner, *inputs)
        _same(found, probe(reference, *inputs), rtol, atol)
        return found

    def check(condition, message):
        assert condition, message

    def ask(probe, *inputs):
        return probe(learner, *inputs)

    return {"compare": compare, "check": check, "learner": ask, "rng": np.random.default_rng(secrets.randbits(64))}


def _tests(text, name):
    """Execute a module of hidden tests; return those of one question."""
    found = []

    def question(of, **_):
        return lambda test: (found.append(test) if of == name else None) or test

    exec(compile(text, "hidden tests", "exec"), {"__name__": "hidden", "probe": lambda f: f, "question": question})
    assert found, f"there are no hidden tests of {name}"
    return found


def judge(name, text, solution, names):
    """Assert that the learner's `names` pass all hidden tests of a question."""
    reference = {"__name__": "reference"}
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):  # a line there costs all points
        warnings.simplefilter("ignore")
        exec(compile(solution, "reference", "exec"), reference)
        offered = _fixtures(types.SimpleNamespace(**names), types.SimpleNamespace(**reference))
        for test in _tests(text, name):
            wanted = test.__code__.co_varnames[: test.__code__.co_argcount]
            test(**{fixture: offered[fixture] for fixture in wanted})
