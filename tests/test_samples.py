"""Statistical checks keep their stated false-alarm rate, and see what they are meant to see."""

import numpy as np
import pytest
from scipy import stats

from gradetape.samples import (
    FALSE_ALARM,
    covariance_test,
    distribution_test,
    frequency_test,
    mean_test,
    same_distribution_test,
)

COV = np.array([[2.0, 0.6, 0.0], [0.6, 1.0, -0.3], [0.0, -0.3, 0.5]])


def gauss(rng, n=400):
    return rng.multivariate_normal(np.zeros(3), COV, size=n)


TESTS = {
    "mean": lambda rng, a: mean_test(gauss(rng), 0.0, np.sqrt(np.diag(COV)), false_alarm=a),
    "distribution": lambda rng, a: distribution_test(rng.normal(size=(200, 2)), stats.norm.cdf, false_alarm=a),
    "covariance": lambda rng, a: covariance_test(gauss(rng), COV, false_alarm=a),
    "covariance, known mean": lambda rng, a: covariance_test(gauss(rng), COV, mean=np.zeros(3), false_alarm=a),
    "frequency": lambda rng, a: frequency_test(
        rng.choice(4, 500, p=[0.1, 0.2, 0.3, 0.4]), [0.1, 0.2, 0.3, 0.4], false_alarm=a
    ),
    "same": lambda rng, a: same_distribution_test(gauss(rng), gauss(rng), false_alarm=a),
}


@pytest.mark.parametrize("name", TESTS)
def test_the_stated_false_alarm_rate_holds(name):
    """At a stated rate of 1 %, right samplers fail at most 2 % of 2,000 trials (5 standard errors above)."""
    rng = np.random.default_rng(7)
    alarms = sum(not TESTS[name](rng, 0.01) for _ in range(2000))
    assert alarms <= 0.01 * 2000 + 5 * np.sqrt(0.01 * 0.99 * 2000)


@pytest.mark.parametrize("name", TESTS)
def test_right_samplers_pass_at_the_default_rate(name):
    """At one in a million, 200 right samplers raise no alarm."""
    rng = np.random.default_rng(8)
    assert all(TESTS[name](rng, FALSE_ALARM) for _ in range(200))


def test_wrong_samplers_are_seen():
    """Each check fails on the wrong it is made for, at the default rate, with a few thousand draws."""
    rng = np.random.default_rng(9)
    z = rng.normal(size=(4000, 2))
    assert not mean_test(z + 0.15, 0.0, 1.0)
    assert not distribution_test(1.15 * z, stats.norm.cdf)
    assert not covariance_test(z @ np.array([[1, 0.2], [0, 1]]).T, np.eye(2))
    assert not covariance_test(1.1 * z, np.eye(2))
    assert not frequency_test(rng.choice(2, 4000, p=[0.45, 0.55]), [0.5, 0.5])
    assert not same_distribution_test(z**3, z)
    assert not same_distribution_test(np.c_[z[:, 0], z[:, 0]], rng.normal(size=(4000, 2)))


@pytest.mark.parametrize(
    ("draws", "said"),
    [
        ("text", "The draws are no numbers."),
        (np.float64(3), "The draws have shape (); the first axis has to be the draws."),
        (np.full(10, np.nan), "The draws hold NaN or infinite values."),
    ],
)
def test_what_is_no_sample_fails_in_words(draws, said):
    """Text, scalars and NaN are findings, not crashes."""
    for test in (lambda d: mean_test(d, 0, 1), lambda d: same_distribution_test(d, np.zeros(9))):
        finding = test(draws)
        assert not finding
        assert finding.message == said


def test_messages_name_the_property():
    """What the learner reads says which property fails; never the expected number."""
    z = np.random.default_rng(3).normal(size=(5000, 1))
    assert "standard errors away from where it should be" in mean_test(z + 1, 0, 1, label="the samples").message
    assert same_distribution_test(z, np.zeros((50, 2))).message == "The draws have shape (1,) each; expected is (2,)."
    assert covariance_test(z, np.eye(2)).message == "The draws have 1 components instead of 2."


def test_categories():
    """Impossible categories fail, unknown ones fail, too few draws are the grader's fault."""
    assert not frequency_test([0, 1] * 500, [1.0, 0.0])
    assert not frequency_test([0, 5] * 500, [0.5, 0.5])
    assert not frequency_test([0.5] * 500, [0.5, 0.5])
    with pytest.raises(ValueError, match="Too few draws: a category is expected 5.0 times; at least 10 are needed."):
        frequency_test([0] * 10, [0.5, 0.5])


def test_a_broken_reference_is_the_graders_fault():
    """NaN in the reference's draws raises instead of failing the learner."""
    with pytest.raises(ValueError, match="The reference's draws hold NaN"):
        same_distribution_test(np.zeros(9), np.full(9, np.nan))
