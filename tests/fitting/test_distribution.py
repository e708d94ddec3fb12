"""The distribution of one measurement: quantile tables that change along the centre, and how they are fitted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import InputError
from hwbench_mo.fitting.distribution import Form, fit_distribution
from hwbench_mo.surrogates import QuantileTable
from hwbench_mo.surrogates.quantiles import LEVELS, MEDIAN
from hwbench_mo.typing import Floats, Ints


def _table(seed: int, n_knots: int) -> QuantileTable:
    rng = np.random.default_rng(seed)
    ratios = np.sort(rng.lognormal(0, 0.3, (4, n_knots, len(LEVELS))), axis=2)
    knots = np.cumsum(rng.uniform(0.5, 1.5, (4, n_knots)), axis=1)
    return QuantileTable(ratios / ratios[..., [MEDIAN]], LEVELS, knots)


@given(st.integers(0, 2**32), st.sampled_from([1, 2, 5]))
@settings(max_examples=25)
def test_a_table_is_one_function_of_level_and_centre(seed: int, n_knots: int) -> None:
    table = _table(seed, n_knots)
    rng = np.random.default_rng(seed)
    groups, medians = rng.integers(4, size=50), rng.uniform(0, 8, 50)
    levels = np.sort(rng.random(9))
    quantiles = table.quantile(groups, medians, levels)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert (table.quantile(groups, medians, np.array([0.5]))[:, 0] == medians).all()
    for row, (group, median) in enumerate(zip(groups, medians, strict=True)):
        assert quantiles[row] == pytest.approx([_slow(table, group, median, level) for level in levels], rel=1e-12)
    picked = rng.random(50)
    expected = [_slow(table, *key) for key in zip(groups, medians, picked, strict=True)]
    assert table.at(groups, medians, picked) == pytest.approx(expected, rel=1e-12)


def _slow(table: QuantileTable, group: int, median: float, level: float) -> float:
    """The twin: one knot at a time, then between them."""
    assert table.knots is not None
    at_knots = [float(np.interp(level, LEVELS, row)) for row in table.ratios[group]]
    return float(median * np.interp(median, table.knots[group], at_knots))


@pytest.mark.parametrize("n_knots", [1, 4])
def test_moments_are_those_of_the_quantile_function(n_knots: int) -> None:
    table = _table(0, n_knots)
    groups, medians = np.array([0, 1, 2, 3]), np.array([0.1, 1.5, 2.5, 9.0])
    levels = (np.arange(100_000) + 0.5) / 100_000
    draws = table.quantile(groups, medians, levels)
    assert table.mean(groups, medians) == pytest.approx(draws.mean(axis=1), rel=1e-6)
    assert table.std(groups, medians) == pytest.approx(draws.std(axis=1), rel=1e-4)


def test_wrong_tables_are_refused() -> None:
    with pytest.raises(InputError, match=r"ratios have shape \(4, 203\), but need \[groups, knots, 203\]"):
        QuantileTable(np.ones((4, 203)), LEVELS)
    with pytest.raises(InputError, match="need one each"):
        QuantileTable(np.ones((4, 2, 203)), LEVELS)
    with pytest.raises(InputError, match="knots must ascend"):
        QuantileTable(np.ones((4, 2, 203)), LEVELS, np.ones((4, 2)))


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
