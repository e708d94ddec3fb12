"""Fits of the distribution of one measurement, which may change along the median."""

import numpy as np
import pytest

from hwbench_mo.fitting.distribution import Form, fit_distribution
from hwbench_mo.typing import Floats, Ints


def _rows(seed: int, n: int = 4000) -> tuple[Floats, Ints, Ints, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return rng.uniform(1, 2, n), rng.integers(2, size=n), rng.integers(2, size=n), rng


def _coverage_error(repeats: Floats, quantiles: Floats, levels: Floats) -> float:
    below = (repeats[:, :, None] <= quantiles[:, None]).mean(axis=(0, 1))
    return float(np.abs(below - levels).max())


def test_two_modes_whose_shares_change_along_the_sum() -> None:
    """Medians bend, and on new rows coverage is that of the levels, near and far along the sum."""

    def measure(sums: Floats, rng: np.random.Generator) -> Floats:
        high = rng.random((len(sums), 10)) < (sums[:, None] - 1)
        return np.asarray(sums[:, None] * np.where(high, 1.2, 0.9) * rng.lognormal(0, 0.02, high.shape))

    sums, e, b, rng = _rows(0)
    fitted = fit_distribution(sums, measure(sums, rng), e, b, may_bend=True)
    assert fitted.form.n_knots > 1
    assert fitted.curve is not None
    new, e, b, rng = _rows(1)
    repeats, levels = measure(new, rng), np.linspace(0.05, 0.95, 19)
    medians = fitted.medians(new, e, b)
    for rows in (new < 1.3, new > 1.7):
        quantiles = fitted.noise.quantile((e * 2 + b)[rows], medians[rows], levels)
        assert _coverage_error(repeats[rows], quantiles, levels) < 0.05


def test_what_does_not_change_is_pooled() -> None:
    sums, e, b, rng = _rows(0)
    repeats = sums[:, None] * 1.1 * rng.lognormal(0, 0.1, (len(sums), 10))
    fitted = fit_distribution(sums, repeats, e, b, may_bend=True)
    assert fitted.form == Form(by_bias=False, n_knots=1)
    assert fitted.factors == pytest.approx(np.full((2, 2), 1.1), rel=0.01)
    assert (fitted.noise.ratios[0] == fitted.noise.ratios[1]).all()


def test_noise_that_bias_changes_is_told_apart() -> None:
    sums, e, b, rng = _rows(0)
    repeats = sums[:, None] * rng.lognormal(0, np.where(b == 1, 0.2, 0.05)[:, None], (len(sums), 10))
    fitted = fit_distribution(sums, repeats, e, b, may_bend=True)
    assert fitted.form.by_bias
    width = fitted.noise.ratios[:, 0, -1] - fitted.noise.ratios[:, 0, 0]
    assert (width[1::2] > 3 * width[::2]).all()


def test_targets_that_may_not_bend_do_not() -> None:
    sums, e, b, rng = _rows(0)
    repeats = sums[:, None] ** 2 * rng.lognormal(0, 0.01, (len(sums), 1))
    assert fit_distribution(sums, repeats, e, b, may_bend=False).curve is None
    assert fit_distribution(sums, repeats, e, b, may_bend=True).curve is not None


def test_missing_repeats_are_left_out_of_quantiles() -> None:
    sums, e, b, rng = _rows(0)
    repeats = sums[:, None] * rng.lognormal(0, 0.1, (len(sums), 10))
    repeats[:, 1:] = np.nan
    fitted = fit_distribution(sums, repeats, e, b, may_bend=True)
    assert np.isfinite(fitted.noise.ratios).all()
