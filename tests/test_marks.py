"""The two marks an author writes are hard to use wrongly."""

import subprocess
import sys

import pytest

import gradetape
from gradetape.marks import ProbeError, is_probe, probe, question


def test_public_names():
    """The package offers what its __all__ says, sorted."""
    assert gradetape.__all__ == sorted(gradetape.__all__)
    assert all(hasattr(gradetape, name) for name in gradetape.__all__)


def test_the_package_is_light():
    """Importing gradetape imports neither pytest nor TensorFlow nor NumPy: guests import it too."""
    code = (
        "import sys, gradetape; print([m for m in ('pytest', 'tensorflow', 'numpy', 'nbformat') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_probe_stays_the_function_it_was():
    """The mark is an attribute; the function can be called as before."""

    def forward(nb, x):
        return nb + x

    assert probe(forward) is forward
    assert is_probe(forward)
    assert forward(1, 2) == 3
    assert not is_probe(len)


def test_a_probe_needs_nb_first():
    """Another first parameter is refused with the rule."""
    with pytest.raises(ProbeError, match="the first parameter has to be `nb`"):
        probe(lambda x: x)


def test_a_probe_cannot_close_over_locals():
    """Values of an enclosing function are named: they cannot travel."""
    hidden = 3
    with pytest.raises(ProbeError, match="it reads hidden of an enclosing function"):

        @probe
        def peek(nb):
            return hidden


def test_weights_are_positive():
    """A weight of zero or less is refused."""
    with pytest.raises(ValueError, match=r"Question 'q': weight has to be a positive number, not 0."):
        question("q", weight=0)
