"""Draws in probes: the same for the same probe, whatever was asked before; kernels are built once where they can be."""

import pytest
from helpers import probe_bytes

from gradetape import tree
from gradetape.guest.host import Host
from gradetape.notebook import CellSource
from gradetape.policy import Policy

pytestmark = pytest.mark.guests

CELL = """
import tensorflow as tf

@tf.function
def traced():
    return tf.random.uniform((3,), seed=5)

@tf.function
def seedless():
    return tf.random.normal((3,))

drawn_before = traced(), seedless()  # a function keeps the seed under which it was traced
data = tf.data.Dataset.range(8).shuffle(8)
drop = tf.keras.layers.Dropout(0.5)
"""
PLAIN = "import tensorflow as tf\n"


def draw_traced(nb):
    return [nb.traced(), nb.seedless()]


def draw_eager(nb):
    return [nb.tf.random.normal((3,)), nb.tf.random.uniform((2,), seed=3)]


def draw_data(nb):
    return [int(v) for v in nb.tf.data.Dataset.range(20).shuffle(20)]


def draw_keras(nb):
    import keras
    import numpy as np

    return [keras.random.normal((2,)), keras.layers.Dense(2)(np.ones((1, 2)))]


def clears(nb):
    """How often TensorFlow forgets its kernels from now on, counted at the next call."""
    from tensorflow.python.eager import context

    count = getattr(context.context(), "_counted", None)
    if count is None:
        stock = context.context()._set_global_seed
        context.context()._counted = count = [0]

        def counted(seed):
            count[0] += 1
            return stock(seed)

        context.context()._set_global_seed = counted
    return count[0]


@pytest.fixture
def hosts():
    opened = []

    def make(cell):
        host = Host([CellSource(0, cell)], {}, Policy())
        opened.append(host)
        return host

    yield make
    for host in opened:
        host.close()


def ask(host, probe, seed):
    answer = host.ask(*probe_bytes(probe), seed)
    assert answer.ok, answer
    return repr(tree.decode(answer.tree))


@pytest.mark.parametrize("probe", [draw_traced, draw_eager, draw_data, draw_keras])
def test_draws_do_not_depend_on_what_was_asked_before(hosts, probe):
    """One guest is asked this probe alone, the other after several others and twice."""
    quiet, busy = hosts(CELL), hosts(CELL)
    for seed, other in enumerate((draw_traced, draw_data, draw_eager, draw_keras)):
        ask(busy, other, 100 + seed)
    expected = ask(quiet, probe, 7)
    assert ask(busy, probe, 7) == expected
    assert ask(busy, probe, 7) == expected
    assert (ask(busy, probe, 8) == expected) is (probe is draw_traced)


def test_kernels_are_kept_where_nothing_can_have_drawn(hosts):
    """A notebook without random operations in functions or data sets does not pay for them."""
    host = hosts(PLAIN)
    ask(host, clears, 1)
    for seed in range(2, 6):
        ask(host, draw_eager, seed)
    assert ask(host, clears, 6) == "0"
    ask(host, draw_eager, 2)  # a seed that comes again
    assert ask(host, clears, 7) == "1"
    ask(host, draw_data, 8)
    ask(host, draw_eager, 9)
    assert ask(host, clears, 10) == "3"
