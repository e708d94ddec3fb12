"""Sampling errors of calibration have their closed forms, and tell what is real from what is chance."""

import numpy as np
import pytest

from hwbench_mo.typing import Floats
from hwbench_mo.validation.calibration import calibration_is_off, coverage_is_off, sampling_error, shares_below
from hwbench_mo.validation.scores import CENTRAL, LEVELS, MISSING, Outcome, gaussian_quantiles, score, summarise

N = 1000


def outcome_of(std: float, *, seed: int, n: int = N, repeats: int = 1, shared: bool = False) -> Outcome:
    """Standard normal measurements, predicted with another spread; ``shared``: all repeats of one read the same."""
    rng = np.random.default_rng(seed)
    measured = np.repeat(rng.normal(size=(n, 1)), repeats, axis=1) if shared else rng.normal(size=(n, repeats))
    return score(np.arange(n), gaussian_quantiles(np.zeros(n), np.full(n, std)), measured)


def scores_of(outcome: Outcome) -> dict[str, float]:
    n = len(outcome.rows)
    return summarise(outcome, outcome.median + 1, np.zeros(n, dtype=np.int64)) | sampling_error(outcome)


def by_chance(n: int) -> Floats:
    """Mean |coverage − level| of n independent measurements: each coverage is Gaussian about its level."""
    expected: Floats = np.sqrt(2 / np.pi * LEVELS * (1 - LEVELS) / n).mean()
    return expected


def test_shares_below_are_those_that_coverage_is_the_mean_of() -> None:
    rng = np.random.default_rng(0)
    quantiles = np.sort(rng.normal(size=(30, 99)), axis=1)
    repeats = rng.normal(size=(30, 4))
    repeats[:, 0] = quantiles[np.arange(30), rng.integers(99, size=30)]  # ties count as at most the quantile
    repeats[rng.random(repeats.shape) < 0.4] = np.nan
    repeats[np.isnan(repeats).all(axis=1), 1] = 0.0
    outcome = score(np.arange(30), quantiles, repeats)
    assert ((outcome.ranks == MISSING) == np.isnan(repeats)).all()
    known = [row[np.isfinite(row)] for row in repeats]
    expected = np.array([[np.mean(y <= q) for q in own] for y, own in zip(known, quantiles, strict=True)])
    assert shares_below(outcome.ranks) == pytest.approx(expected)
    assert shares_below(outcome.ranks).mean(axis=0) == pytest.approx(outcome.coverage)


def test_chance_is_what_the_closed_form_says() -> None:
    assert by_chance(N) == pytest.approx(0.01, abs=2e-4)
    for n in (200, N, 9000):
        found = sampling_error(outcome_of(1.0, seed=n, n=n))
        assert found["calibration_chance"] == pytest.approx(by_chance(n), rel=0.06)
        se = np.sqrt(0.9 * 0.1 / n)
        width = found["coverage_90_high"] - found["coverage_90_low"]
        assert width == pytest.approx(2 * 1.96 * se, rel=0.25)


def test_repeats_of_one_architecture_stay_together() -> None:
    """Ten equal repeats say no more than one; ten independent ones say what ten times as many architectures do."""
    once, equal, independent = (
        sampling_error(outcome_of(1.0, seed=0, repeats=repeats, shared=shared))["calibration_chance"]
        for repeats, shared in ((1, True), (10, True), (10, False))
    )
    assert equal == pytest.approx(once)
    assert independent == pytest.approx(by_chance(10 * N), rel=0.06)


def test_an_exactly_calibrated_method_is_marked_as_often_as_chance_has_it() -> None:
    found = [scores_of(outcome_of(1.0, seed=seed)) for seed in range(150)]
    assert np.mean([one["calibration"] for one in found]) == pytest.approx(by_chance(N), rel=0.1)
    for marks in (
        [calibration_is_off(one) for one in found],
        *([coverage_is_off(one, central) for one in found] for central in CENTRAL),
    ):
        assert 0.01 <= np.mean(marks) <= 0.1  # 0.05 expected, 0.018 is the standard error of 150 samples


@pytest.mark.parametrize("std", [0.8, 1.25])
def test_a_miscalibrated_method_is_marked(std: float) -> None:
    for seed in range(5):
        found = scores_of(outcome_of(std, seed=seed))
        assert calibration_is_off(found)
        assert all(coverage_is_off(found, central) for central in CENTRAL)
        assert found["calibration_limit"] < found["calibration_low"] < found["calibration"] < found["calibration_high"]


def test_intervals_hold_the_true_error_of_a_miscalibrated_method() -> None:
    truth = np.abs(outcome_of(0.7, seed=0, n=200_000).coverage - LEVELS).mean()
    held = [
        found["calibration_low"] <= truth <= found["calibration_high"]
        for found in (sampling_error(outcome_of(0.7, seed=seed)) for seed in range(1, 61))
    ]
    assert np.mean(held) >= 0.86  # 0.95 expected, 0.028 is the standard error of 60 samples


def test_one_measurement_and_repetition() -> None:
    found = sampling_error(outcome_of(1.0, seed=0, n=1))
    assert found["calibration_chance"] == found["calibration_limit"] == 0
    assert sampling_error(outcome_of(1.0, seed=0)) == sampling_error(outcome_of(1.0, seed=0))
