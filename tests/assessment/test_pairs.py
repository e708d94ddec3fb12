"""Tests of two optimizers: against all orderings, published examples, SciPy, and simulation under the null."""

from itertools import combinations, product
from math import comb, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hwbench_mo import InputError
from hwbench_mo.assessment.pairs import holm, least_p, mann_whitney, seeds_to_tell, vargha_delaney, wilcoxon

DEPTHS = ([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21])
"""Permeability constants of Hollander & Wolfe (1973), whose one-sided p is 0.1272."""
DEPRESSION = (
    [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30],
    [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29],
)
"""Of patients before and after therapy, Hollander & Wolfe (1973), whose one-sided p is 0.01953."""


def slow_mann_whitney(first: list[float], second: list[float]) -> float:
    """Over all ways of choosing who is first."""
    together, n = np.array([*first, *second]), len(first)

    def distance(chosen: tuple[int, ...]) -> float:
        rest = np.setdiff1d(np.arange(len(together)), chosen)
        return abs(vargha_delaney(together[list(chosen)], together[rest]) - 0.5)

    observed = distance(tuple(range(n)))
    extreme = [distance(one) >= observed - 1e-12 for one in combinations(range(len(together)), n)]
    return float(np.mean(extreme))


@given(st.lists(st.floats(0, 1), min_size=3, max_size=9, unique=True))
def test_mann_whitney_is_exact(values: list[float]) -> None:
    first, second = values[: len(values) // 2], values[len(values) // 2 :]
    assert mann_whitney(np.array(first), np.array(second)) == pytest.approx(slow_mann_whitney(first, second))


def test_published_examples() -> None:
    first, second = map(np.array, DEPTHS)
    assert mann_whitney(first, second) == pytest.approx(2 * 0.1272, abs=1e-4)
    before, after = map(np.array, DEPRESSION)
    assert wilcoxon(before - after) == pytest.approx(2 * 0.01953, abs=2e-5)


def test_a12_of_vargha_and_delaney() -> None:
    """Their definition, counted; and that of normal distributions in closed form."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 6, 30).astype(float), rng.integers(0, 8, 20).astype(float)
    wins = sum((a < b) + 0.5 * (a == b) for a, b in product(first, second))
    assert vargha_delaney(first, second) == pytest.approx(wins / 600)
    assert vargha_delaney(first, second) + vargha_delaney(second, first) == pytest.approx(1)
    assert vargha_delaney(first, first) == 0.5
    assert vargha_delaney(rng.normal(0, 1, 4000), rng.normal(1, 1, 4000)) == pytest.approx(
        stats.norm.cdf(1 / np.sqrt(2)), abs=0.01
    )
    statistic = stats.mannwhitneyu(first, second).statistic
    assert vargha_delaney(first, second) == pytest.approx(1 - statistic / 600)


@pytest.mark.parametrize("n", [5, 10, 20])
@pytest.mark.parametrize("ties", [False, True])
def test_a_test_of_5_percent_rejects_at_most_5_percent_of_what_is_true(n: int, ties: bool) -> None:
    rng = np.random.default_rng(n)
    draws = rng.normal(size=(1500, 2, n))
    if ties:
        draws = draws.round(1)
    rejected = np.mean([mann_whitney(a, b) <= 0.05 for a, b in draws])
    attained = _attained(n)
    assert rejected == pytest.approx(attained, abs=3.5 * np.sqrt(0.05 * 0.95 / 1500) + 0.01 * ties)
    paired = np.mean([wilcoxon(a - b) <= 0.05 for a, b in rng.normal(size=(1500, 2, n))])
    assert paired <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)
    assert paired == 0 if n == 5 else paired > 0.03


def _attained(n: int) -> float:
    """The largest level up to 5 % that the exact test of n against n can have: how often it rejects."""
    counts = np.array([1])
    for i in range(1, n + 1):  # the generating function of the statistic: products of (1 - q^(n + i)) / (1 - q^i)
        counts = np.convolve(counts, np.r_[1, np.zeros(n + i - 1, dtype=object), -1])
        quotient = np.zeros(len(counts) - i, dtype=object)
        for place in range(len(quotient)):
            quotient[place] = counts[place] + (quotient[place - i] if place >= i else 0)
        counts = quotient
    tail = np.cumsum(counts[: n * n + 1].astype(float)) / comb(2 * n, n)
    return float(2 * tail[2 * tail <= 0.05].max())


def test_all_equal_and_few() -> None:
    assert mann_whitney(np.ones(5), np.ones(5)) == 1
    assert wilcoxon(np.zeros(5)) == 1
    assert mann_whitney(np.arange(5.0), np.arange(5.0) + 10) == pytest.approx(least_p(5, 5))
    assert wilcoxon(np.arange(1.0, 6.0)) == pytest.approx(least_p(5, 5, paired=True)) == 0.0625
    assert least_p(1, 1) == 1
    assert 0 <= least_p(2000, 2000) < 1e-300


def test_holm_of_a_published_example_and_its_invariants() -> None:
    """Holm (1979) as R's p.adjust has it."""
    p = [0.01, 0.02, 0.03, 0.04, 0.05]
    assert holm(p) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])
    assert holm([0.04, float("nan"), 0.03])[[0, 2]] == pytest.approx([0.06, 0.06])
    assert np.isnan(holm([float("nan")])).all()
    assert len(holm([])) == 0


def test_holm_keeps_the_familywise_level() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(size=(4000, 10))
    any_rejected = np.mean([(holm(row) <= 0.05).any() for row in p])
    assert any_rejected == pytest.approx(1 - (1 - 0.005) ** 10, abs=3.5 * np.sqrt(0.05 * 0.95 / 4000))


def test_seeds_to_tell_give_the_power_that_they_promise() -> None:
    """Noether's formula for shifted normal distributions, by simulation: he neglects that the variance changes."""
    rng = np.random.default_rng(0)
    for a12 in (0.65, 0.7, 0.8):
        n = int(seeds_to_tell(a12))
        shift = np.sqrt(2) * stats.norm.ppf(a12)
        found = [mann_whitney(rng.normal(0, 1, n), rng.normal(shift, 1, n)) <= 0.05 for _ in range(1500)]
        assert np.mean(found) == pytest.approx(0.8, abs=0.06), a12
    expected = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2 / (6 * 0.2**2)
    assert seeds_to_tell(0.7) == np.ceil(expected) == seeds_to_tell(0.3)
    assert seeds_to_tell(0.5) == inf
    with pytest.raises(InputError, match=r"a12 is 1\.5, but must be a probability"):
        seeds_to_tell(1.5)


def test_nearly_even_optimizers_and_many_seeds_take_no_time() -> None:
    """Of 300 seeds each A12 can be so close to a half that millions of seeds are needed."""
    assert seeds_to_tell(0.5 + 1 / 300**2) > 1e9
    assert least_p(400, 400) == pytest.approx(2 / comb(800, 400), rel=1e-9)
    assert least_p(1000, 1001) == 0
    assert least_p(600, 2) == pytest.approx(2 / comb(602, 2))
    assert least_p(1200, 2) == pytest.approx(2 / comb(1202, 2), rel=1e-9)
