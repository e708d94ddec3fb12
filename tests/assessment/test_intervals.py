"""Bootstrap intervals of the median: in closed form, against SciPy, and how often they hold the median."""

import numpy as np
import pytest
from scipy import stats

from hwbench_mo.assessment.intervals import median_interval


def exact_ends(n: int) -> tuple[int, int]:
    """Which order statistics (from 0) are the ends, for odd n: a resample's median is at most the k-th with the
    probability that a binomial variable of k/n is at least (n + 1)/2 (Efron, 1979)."""
    shares = [stats.binom.sf((n - 1) // 2, n, k / n) for k in range(1, n + 1)]
    low = next(k for k, share in enumerate(shares) if share > 0.025)
    return low, n - 1 - low


@pytest.mark.parametrize("n", [5, 9, 21, 25])
def test_ends_are_those_of_the_exact_bootstrap(n: int) -> None:
    values = np.random.default_rng(n).permutation(np.sort(np.random.default_rng(0).normal(size=n)))
    ordered, (low, high) = np.sort(values), exact_ends(n)
    assert median_interval(values) == (ordered[low], ordered[high])


def test_it_is_scipys() -> None:
    values = np.random.default_rng(0).lognormal(size=20)
    theirs = stats.bootstrap((values,), np.median, method="percentile", rng=np.random.default_rng(0), axis=-1)
    assert median_interval(values) == pytest.approx(tuple(theirs.confidence_interval), rel=1e-6)


@pytest.mark.parametrize(("n", "share"), [(5, 0.9375), (10, 0.95), (20, 0.95)])
def test_it_holds_the_median_about_as_often_as_it_says(n: int, share: float) -> None:
    rng = np.random.default_rng(n)
    held = []
    for _ in range(250):
        low, high = median_interval(rng.lognormal(size=n))
        held.append(low <= 1 <= high)
    assert np.mean(held) == pytest.approx(share, abs=0.05)


def test_one_many_and_equal_values() -> None:
    assert np.isnan(median_interval(np.array([1.0]))).all()
    assert median_interval(np.ones(7)) == (1, 1)
    low, high = median_interval(np.random.default_rng(0).normal(size=20_000))
    assert -0.05 < low < high < 0.05
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(np.pi / 2 / 20_000), rel=0.2)  # the normal approximation
