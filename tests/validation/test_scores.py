"""Scores are what they are defined as."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo.validation.scores import (
    LEVELS,
    Outcome,
    gaussian_crps,
    gaussian_quantiles,
    rank_correlation,
    score,
    summarise,
)


def test_crps_of_quantiles_is_close_to_the_closed_form_of_a_gaussian() -> None:
    rng = np.random.default_rng(0)
    mean, std, y = rng.normal(size=(3, 200))
    std = np.exp(std)
    outcome = score(np.arange(200), gaussian_quantiles(mean, std), y[:, None])
    # Levels beyond 0.01 and 0.99 are left out: the grid is off by 1 % of the spread where y is near, more in the tails.
    near = np.abs(y - mean) < 2 * std
    expected = gaussian_crps(mean, std, y)
    assert np.abs(outcome.crps - expected)[near].max() < 0.02 * std[near].max()
    assert outcome.crps[near] / std[near] == pytest.approx(expected[near] / std[near], abs=0.02)


def test_gaussian_crps_is_the_integral_of_squared_differences() -> None:
    x = np.arange(-30, 30, 0.001)
    distribution = np.array([NormalDist(1.0, 2.0).cdf(one) for one in x])
    integral = np.sum((distribution - (x >= 2.5)) ** 2) * 0.001
    assert gaussian_crps(np.array([1.0]), np.array([2.0]), np.array([2.5]))[0] == pytest.approx(integral, rel=1e-3)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_scores_agree_with_their_definitions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, r = 4, 3
    quantiles = np.sort(rng.normal(size=(n, 99)), axis=1)
    repeats = rng.normal(0, 2, (n, r))
    repeats[rng.random((n, r)) < 0.3] = np.nan
    repeats[:, 0] = quantiles[np.arange(n), rng.integers(99, size=n)]  # ties count as at most the quantile
    outcome = score(np.arange(n), quantiles, repeats)
    coverage = np.zeros(99)
    for i in range(n):
        known = [y for y in repeats[i] if np.isfinite(y)]
        losses = [[(level - (y < q)) * (y - q) for level, q in zip(LEVELS, quantiles[i], strict=True)] for y in known]
        assert outcome.crps[i] == pytest.approx(2 * np.mean(losses))
        assert outcome.pinball[i] == pytest.approx(np.mean(losses, axis=0)[[4, 49, 94]])
        for k, (low, high) in enumerate([(24, 74), (4, 94)]):
            inside = [quantiles[i, low] <= y <= quantiles[i, high] for y in known]
            assert outcome.inside[i, k] == pytest.approx(np.mean(inside))
            assert outcome.width[i, k] == quantiles[i, high] - quantiles[i, low]
        coverage += np.mean([[y <= q for q in quantiles[i]] for y in known], axis=0) / n
    assert outcome.coverage == pytest.approx(coverage)


def test_an_architecture_weighs_the_same_however_often_it_was_measured() -> None:
    quantiles = np.zeros((2, 99))
    often = score(np.arange(2), quantiles, np.array([[1.0, 1.0, 1.0], [2.0, np.nan, np.nan]]))
    assert often.crps.mean() == pytest.approx(1.5)


def test_only_a_perfect_forecaster_is_calibrated() -> None:
    rng = np.random.default_rng(0)
    n = 20_000
    mean = rng.normal(10, 1, n)
    y = rng.normal(mean, 1)[:, None]
    calibration, inside = {}, {}
    for name, std in (("perfect", 1.0), ("too sure", 0.5), ("too vague", 2.0)):
        outcome = score(np.arange(n), gaussian_quantiles(mean, np.full(n, std)), y)
        scores = summarise(outcome, y[:, 0], np.zeros(n, dtype=np.int64))
        calibration[name], inside[name] = scores["calibration"], outcome.inside.mean(axis=0)
        assert scores["crps"] == pytest.approx(gaussian_crps(mean, np.full(n, std), y[:, 0]).mean(), rel=0.02)
    assert calibration["perfect"] < 0.005
    assert min(calibration["too sure"], calibration["too vague"]) > 0.05
    assert inside["perfect"] == pytest.approx([0.5, 0.9], abs=0.01)


def test_pooled_outcomes_are_those_of_all_at_once() -> None:
    rng = np.random.default_rng(0)
    quantiles, repeats = np.sort(rng.normal(size=(30, 99)), axis=1), rng.normal(size=(30, 5))
    shuffled = rng.permutation(30)
    parts = [score(rows, quantiles[rows], repeats[rows]) for rows in (shuffled[:7], shuffled[7:])]
    joined, whole = Outcome.join(parts), score(np.arange(30), quantiles, repeats)
    for field in ("rows", "median", "crps", "pinball", "coverage", "inside", "width", "negative"):
        assert getattr(joined, field) == pytest.approx(getattr(whole, field)), field


def test_rank_correlation_counts_pairs_within_groups() -> None:
    measured, groups = np.array([1.0, 2, 3, 30, 20, 10]), np.array([0, 0, 0, 1, 1, 1])
    assert rank_correlation(measured, measured, groups) == pytest.approx(1)
    assert rank_correlation(np.array([1.0, 2, 3, 4, 5, 6]), measured, groups) == pytest.approx(0)
    assert rank_correlation(np.zeros(6), measured, groups) == 0
    assert np.isnan(rank_correlation(measured, np.ones(6), groups))


def test_summary_of_known_errors() -> None:
    centre = np.array([1.0, 2.0, 3.0, 4.0])
    outcome = score(np.arange(4), np.repeat(centre[:, None] * 1.1, 99, axis=1), centre[:, None], np.full(4, 0.16))
    scores = summarise(outcome, centre, np.zeros(4, dtype=np.int64))
    assert scores["relative_error"] == pytest.approx(0.1)
    assert scores["rmse"] == pytest.approx(0.1 * np.sqrt(7.5))
    assert scores["r2"] == pytest.approx(1 - 0.01 * 30 / 5)
    assert scores["crps"] == pytest.approx(0.25)
    assert scores["within_2_se"] == 0.75
    assert scores["tau_within"] == 1
