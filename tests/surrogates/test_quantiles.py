"""Quantile tables: one function of level and median, with exact moments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwbench_mo import InputError
from hwbench_mo.surrogates import QuantileTable
from hwbench_mo.surrogates.quantiles import LEVELS, MEDIAN


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
