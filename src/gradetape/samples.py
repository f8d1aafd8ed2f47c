"""Statistical checks of samples, each with a stated false-alarm rate.

A check's `false_alarm` is the probability that a correct sampler fails it (all components together,
by Bonferroni's inequality). Each returns a `Finding`: true when nothing speaks against the sampler.
Pure NumPy and SciPy. The idea of stating both rates follows TensorFlow Probability's
`statistical_testing`; the tests themselves are textbook ones, named in each docstring.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from gradetape.tree import is_real

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "FALSE_ALARM", "Finding", "covariance_test", "distribution_test", "frequency_test", "mean_test",
    "same_distribution_test",
]  # fmt: skip

FALSE_ALARM = 1e-6
Array = np.ndarray[Any, Any]
_PROJECTIONS = 8
_MIN_EXPECTED = 10.0


@dataclass(frozen=True)
class Finding:
    """What a statistical check found: `ok`, and a sentence for the learner when not."""

    ok: bool
    message: str
    false_alarm: float = FALSE_ALARM

    def __bool__(self) -> bool:
        return self.ok


def _draws(draws: object, label: str) -> Array | Finding:
    """Return draws as (n, d) floats, or the finding that they are none."""
    array = np.asarray(draws)
    if array.dtype.kind != "b" and not is_real(array.dtype):
        return Finding(ok=False, message=f"{_upper(label)} are no numbers.")
    if array.ndim == 0 or array.shape[0] < 2 or array.size == 0:
        return Finding(
            ok=False, message=f"{_upper(label)} have shape {array.shape}; the first axis has to be the draws."
        )
    flat = array.reshape(array.shape[0], -1).astype("float64")
    if not np.isfinite(flat).all():
        return Finding(ok=False, message=f"{_upper(label)} hold NaN or infinite values.")
    return flat


def mean_test(
    draws: object, mean: object, sd: object, *, label: str = "the draws", false_alarm: float = FALSE_ALARM
) -> Finding:
    """Check the mean of draws whose standard deviation is known: two-sided z-test per component.

    Args:
        draws: (n, ...) independent draws.
        mean: (...) expected mean, broadcast over components.
        sd: (...) standard deviation of one draw, positive.
        label: how the message calls the draws (plural).
        false_alarm: probability that a correct sampler fails (exact for Gaussian draws, else by the
            central limit theorem: give at least 1,000 draws).
    """
    x = _draws(draws, label)
    if isinstance(x, Finding):
        return x
    m, s = (np.broadcast_to(np.asarray(v, dtype="float64").ravel(), x.shape[1:]) for v in (mean, sd))
    z = (x.mean(axis=0) - m) / (s / np.sqrt(len(x)))
    bound = stats.norm.isf(false_alarm / (2 * z.size))
    worst = float(np.abs(z).max())
    message = f"The mean of {label} is {worst:.3g} standard errors away from where it should be."
    return Finding(bool(worst <= bound), message, false_alarm)


def distribution_test(
    draws: object, cdf: Callable[[Array], Array], *, label: str = "the draws", false_alarm: float = FALSE_ALARM
) -> Finding:
    """Check draws against a continuous distribution: Kolmogorov-Smirnov, exact, per component.

    Args:
        draws: (n, ...) independent draws; all components follow the same `cdf`.
        cdf: cumulative distribution function, as `scipy.stats.norm(0, 1).cdf`.
        label: how the message calls the draws (plural).
        false_alarm: probability that a correct sampler fails.
    """
    x = _draws(draws, label)
    if isinstance(x, Finding):
        return x
    smallest = min(float(stats.kstest(column, cdf).pvalue) for column in x.T)
    message = f"{_upper(label)} do not follow the stated distribution."
    return Finding(smallest * x.shape[1] > false_alarm, message, false_alarm)


def covariance_test(
    draws: object,
    covariance: object,
    *,
    mean: object = None,
    label: str = "the draws",
    false_alarm: float = FALSE_ALARM,
) -> Finding:
    """Check the covariance of Gaussian draws: whiten, then chi-square per variance and t per correlation.

    Args:
        draws: (n, d) independent Gaussian draws.
        covariance: (d, d) expected covariance, positive definite.
        mean: (d,) known mean; None takes the draws' own.
        label: how the message calls the draws (plural).
        false_alarm: probability that a correct sampler fails (exact for Gaussian draws).
    """
    x = _draws(draws, label)
    if isinstance(x, Finding):
        return x
    factor = np.linalg.cholesky(np.asarray(covariance, dtype="float64"))
    if factor.shape[0] != x.shape[1]:
        return Finding(ok=False, message=f"{_upper(label)} have {x.shape[1]} components instead of {factor.shape[0]}.")
    center = x.mean(axis=0) if mean is None else np.asarray(mean, dtype="float64")
    white = np.linalg.solve(factor, (x - center).T)
    freedom = len(x) - (mean is None)
    share = false_alarm / (white.shape[0] * (white.shape[0] + 1) / 2)
    total = (white**2).sum(axis=1)
    spread = 2 * np.minimum(stats.chi2.cdf(total, freedom), stats.chi2.sf(total, freedom))
    if spread.min() <= share:
        return Finding(ok=False, message=f"The spread of {label} is not the stated one.", false_alarm=false_alarm)
    correlation = np.corrcoef(white) if white.shape[0] > 1 else np.eye(1)
    off = np.abs(correlation[np.triu_indices(white.shape[0], 1)])
    t = off * np.sqrt((len(x) - 2) / np.maximum(1 - off**2, 1e-300))
    if t.size and 2 * stats.t.sf(t.max(), len(x) - 2) <= share:
        return Finding(ok=False, message=f"The components of {label} depend on each other in another way.")
    return Finding(ok=True, message="", false_alarm=false_alarm)


def frequency_test(
    labels: object, probabilities: object, *, label: str = "the draws", false_alarm: float = FALSE_ALARM
) -> Finding:
    """Check how often each category is drawn: Pearson's chi-square.

    Args:
        labels: (n,) integer categories 0 … K-1.
        probabilities: (K,) expected probabilities; a category of probability 0 must never occur.
        label: how the message calls the draws (plural).
        false_alarm: probability that a correct sampler fails.

    Raises:
        ValueError: a category with positive probability is expected fewer than 10 times (draw more).
    """
    p = np.asarray(probabilities, dtype="float64")
    values = np.asarray(labels)
    if values.dtype.kind not in "iub" or values.size == 0 or values.min() < 0 or values.max() >= p.size:
        return Finding(ok=False, message=f"{_upper(label)} are no categories from 0 to {p.size - 1}.")
    counts = np.bincount(values.ravel().astype("int64"), minlength=p.size)
    if counts[p == 0].any():
        return Finding(ok=False, message=f"{_upper(label)} hold a category that has probability zero.")
    expected = values.size * p[p > 0] / p.sum()
    if expected.min() < _MIN_EXPECTED:
        raise ValueError(f"Too few draws: a category is expected {expected.min():.1f} times; at least 10 are needed.")
    chi_square = float(((counts[p > 0] - expected) ** 2 / expected).sum())
    ok = expected.size < 2 or stats.chi2.sf(chi_square, expected.size - 1) > false_alarm
    return Finding(bool(ok), f"The categories of {label} do not occur as often as stated.", false_alarm)


def same_distribution_test(
    draws: object, others: object, *, label: str = "the draws", false_alarm: float = FALSE_ALARM
) -> Finding:
    """Check whether two sets of draws come from one distribution.

    Two-sample Kolmogorov-Smirnov on each component and, for more than one, on 8 fixed random
    projections, which see dependence between components.

    Args:
        draws: (n, ...) draws under test.
        others: (m, ...) draws of the right sampler, the same component shape.
        label: how the message calls the draws (plural).
        false_alarm: probability that a correct sampler fails (independent draws).
    """
    x, y = _draws(draws, label), _draws(others, "the reference's draws")
    if isinstance(x, Finding):
        return x
    if isinstance(y, Finding):
        raise ValueError(y.message)  # noqa: TRY004 - a fault of the grader, not of a type
    if np.asarray(draws).shape[1:] != np.asarray(others).shape[1:]:
        shape, right = np.asarray(draws).shape[1:], np.asarray(others).shape[1:]
        return Finding(ok=False, message=f"{_upper(label)} have shape {shape} each; expected is {right}.")
    columns = list(zip(x.T, y.T, strict=True))
    if x.shape[1] > 1:
        scale = np.maximum(y.std(axis=0), 1e-12)
        ways = np.random.default_rng(0).normal(size=(_PROJECTIONS, x.shape[1])) / scale
        columns += [(x @ way, y @ way) for way in ways]
    smallest = min(float(stats.ks_2samp(a, b, method="asymp").pvalue) for a, b in columns)
    message = f"{_upper(label)} follow another distribution than they should."
    return Finding(smallest * len(columns) > false_alarm, message, false_alarm)


def _upper(label: str) -> str:
    return label[:1].upper() + label[1:]
